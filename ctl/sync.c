// SPDX-License-Identifier: GPL-2.0
/* verify, resync and wait-synced: whether the peers hold what they should */
#include <poll.h>
#include <stdio.h>

#include "clock.h"
#include "cmd.h"
#include "nl.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

/* How often to look, in milliseconds */
#define LOOK_MS		50

/**
 * struct sync_state - how far a peer is
 * @synced: it holds all flows
 * @pass: comparisons completed
 * @left: what is left of the present one
 * @repaired: slots told again because they differed
 * @known: flows that it acknowledged
 */
struct sync_state {
	bool synced;
	uint64_t pass;
	uint64_t left;
	uint64_t repaired;
	uint64_t known;
};

static void read_state(const struct nlattr *peer, struct sync_state *state)
{
	const struct nlattr *attrs[FLOWSYNC_A_PEER_MAX + 1];

	attrs_of_nest(peer, attrs, FLOWSYNC_A_PEER_MAX);
	state->synced = attr_uint(attrs[FLOWSYNC_A_PEER_SYNCED]);
	state->pass = attr_uint(attrs[FLOWSYNC_A_PEER_VERIFY_PASS]);
	state->left = attr_uint(attrs[FLOWSYNC_A_PEER_VERIFY_LEFT]);
	state->repaired = attr_uint(attrs[FLOWSYNC_A_PEER_REPAIRED]);
	state->known = attr_uint(attrs[FLOWSYNC_A_PEER_KNOWN]);
}

static int get_state(struct nl *nl, const char *name, struct sync_state *state)
{
	struct rows rows = { 0 };
	int err;

	peer_request(nl, FLOWSYNC_CMD_PEER_GET, name);
	err = nl_get(nl, &rows);
	if (!err)
		read_state(rows_next(&rows, FLOWSYNC_A_PEER), state);
	rows_free(&rows);
	return err;
}

static int compare(struct nl *nl, const char *name, uint64_t until,
		   uint64_t *repaired, struct sync_state *state)
{
	uint64_t before;
	int err;

	err = get_state(nl, name, state);
	if (err)
		return err;
	before = state->repaired;
	peer_request(nl, FLOWSYNC_CMD_PEER_VERIFY, name);
	err = nl_do(nl);
	while (!err) {
		err = get_state(nl, name, state);
		if (err || (!state->left && state->synced) ||
		    now_ms() >= until)
			break;
		poll(NULL, 0, LOOK_MS);
	}
	*repaired = state->repaired - before;
	return err;
}

static int verify_peer(struct out *out, struct words *words)
{
	struct sync_state state;
	uint64_t until, repaired;
	const char *name;
	struct nl *nl;
	char text[80];
	int err;

	err = words_name(words, "NAME", &name);
	if (!err)
		err = words_timeout(words, &until);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	err = compare(nl, name, until, &repaired, &state);
	nl_close(nl);
	if (err)
		return err;

	if (state.left || !state.synced)
		snprintf(text, sizeof(text), "not in sync before the timeout");
	else if (repaired)
		snprintf(text, sizeof(text), "differed, and in sync now");
	else
		snprintf(text, sizeof(text), "in sync");
	out_object(out, NULL);
	out_string(out, "peer", "peer", name);
	out_string(out, "verdict", "", text);
	out_uint(out, "flows", "flows", state.known);
	out_uint(out, "repaired", "repaired", repaired);
	out_end(out);
	out_object_end(out);
	return !state.left && state.synced && !repaired ? 0 : STATUS_REFUSED;
}

/**
 * verify_object - compare all flows with what a peer holds
 * @out: printer
 * @words: the words after "verify"
 *
 * Return: enum status; STATUS_REFUSED also if they were not the same.
 */
int verify_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "peer", verify_peer, "NAME [timeout SECONDS]",
		  "compare now, repair what differs, and say what was found" },
		{ 0 }
	};

	return words_run(out, words, commands, NULL);
}

static int resync_peer(struct out *out, struct words *words)
{
	static const char *const all_word[] = { "full", NULL };
	struct nlmsghdr *request;
	struct nlattr *nest;
	const char *name;
	bool all = false;
	struct nl *nl;
	int err;

	err = words_name(words, "NAME", &name);
	if (!err && words->count) {
		if (words_pick(words, all_word, WORDS_ALL) < 0)
			return STATUS_USAGE;
		all = true;
	}
	if (!err)
		err = words_end(words);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	request = nl_request(nl, FLOWSYNC_CMD_PEER_RESYNC);
	nest = mnl_attr_nest_start(request, FLOWSYNC_A_PEER);
	mnl_attr_put_strz(request, FLOWSYNC_A_PEER_NAME, name);
	if (all)
		mnl_attr_put(request, FLOWSYNC_A_PEER_RESYNC_ALL, 0, "");
	mnl_attr_nest_end(request, nest);
	err = nl_do(nl);
	nl_close(nl);
	return err;
}

/**
 * resync_object - tell a peer what differs, or everything again
 * @out: printer
 * @words: the words after "resync"
 *
 * Return: enum status.
 */
int resync_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "peer", resync_peer, "NAME [full]",
		  "send again what differs, or all flows; wait-synced tells when it is done" },
		{ 0 }
	};

	return words_run(out, words, commands, NULL);
}

/* Look once. Sets how many peers do not hold everything. */
static int count_behind(struct nl *nl, unsigned int *behind)
{
	struct sync_state state;
	struct rows rows = { 0 };
	const struct nlattr *peer;
	int err;

	*behind = 0;
	peer_request(nl, FLOWSYNC_CMD_PEER_GET, NULL);
	err = nl_dump(nl, &rows);
	while (!err && (peer = rows_next(&rows, FLOWSYNC_A_PEER))) {
		read_state(peer, &state);
		*behind += !state.synced;
	}
	rows_free(&rows);
	return err;
}

static int wait_synced(struct out *out, struct words *words)
{
	unsigned int behind;
	uint64_t until;
	struct nl *nl;
	int err;

	err = words_timeout(words, &until);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	while (!(err = count_behind(nl, &behind)) && behind &&
	       now_ms() < until)
		poll(NULL, 0, LOOK_MS);
	nl_close(nl);
	if (!err && behind) {
		complain(words->where, "%u peers are not in sync", behind);
		err = STATUS_REFUSED;
	}
	return err;
}

/**
 * wait_object - wait until every peer holds all flows
 * @out: printer
 * @words: the words after "wait-synced"
 *
 * Return: enum status; STATUS_REFUSED if the time is up.
 */
int wait_object(struct out *out, struct words *words)
{
	if (words->count && word_matches(words->next[0], (const char *const[]){
						"help", NULL })) {
		puts("Usage: flowsyncctl wait-synced [timeout SECONDS]\n"
		     "wait until every peer of this node, which has to be active, holds all flows");
		return 0;
	}
	return wait_synced(out, words);
}
