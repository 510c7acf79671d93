// SPDX-License-Identifier: GPL-2.0
/* group handover and drain: planned moves, which lose nothing */
#include <poll.h>
#include <stdio.h>

#include "clock.h"
#include "cmd.h"
#include "nl.h"
#include "parse.h"
#include "state.h"

/* How often to look, in milliseconds */
#define LOOK_MS	20

static bool moved(const struct group_state *state)
{
	return state->role != FLOWSYNC_ROLE_ACTIVE;
}

/* Look until it is so; STATUS_REFUSED, without a word, when time is up */
static int wait_for(struct nl *nl, struct group_state *state, uint64_t until,
		    bool (*is_so)(const struct group_state *state))
{
	int err;

	for (;;) {
		err = state_get(nl, state->id, state);
		if (err || is_so(state))
			return err;
		if (now_ms() >= until)
			return STATUS_REFUSED;
		poll(NULL, 0, LOOK_MS);
	}
}

static int wait_complete(struct nl *nl, struct group_state *state,
			 const char *name, uint64_t until)
{
	const struct member_state *member;
	int err;

	for (;;) {
		err = state_get(nl, state->id, state);
		if (err)
			return err;
		member = state_member(state, name);
		/* not a member, down, not active: the kernel has the words */
		if (!member || !member->up || moved(state) || member->complete)
			return STATUS_DONE;
		if (now_ms() >= until)
			return STATUS_REFUSED;
		poll(NULL, 0, LOOK_MS);
	}
}

static int hand_over(struct nl *nl, struct words *words, uint32_t id,
		     const char *name, uint64_t until)
{
	struct group_state state = { .id = id };
	int err;

	err = wait_complete(nl, &state, name, until);
	if (err) {
		complain(words->where, "%s was not told of all flows in time",
			 name);
		return err;
	}
	err = state_hand_over(nl, id, name);
	if (err)
		return err;
	err = wait_for(nl, &state, until, moved);
	if (!err)
		return STATUS_DONE;
	/* It may have happened just now, and is then not to be taken back */
	state_hand_over(nl, id, NULL);
	complain(words->where, "%s did not become active in time: does a daemon run there?",
		 name);
	return STATUS_REFUSED;
}

/**
 * group_handover - have a peer become active in a group of this node
 * @out: printer
 * @words: the words after "handover"
 *
 * Return: enum status.
 */
int group_handover(struct out *out, struct words *words)
{
	static const char *const to[] = { "to", NULL };
	uint64_t id, until = 0;
	const char *name;
	struct nl *nl;
	int err;

	err = words_number(words, "ID", 1, UINT16_MAX, &id);
	if (!err && words_pick(words, to, WORDS_ALL) < 0)
		err = STATUS_USAGE;
	if (!err)
		err = words_name(words, "to", &name);
	if (!err)
		err = words_timeout(words, &until);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	err = hand_over(nl, words, id, name, until);
	nl_close(nl);
	return err;
}

/**
 * group_drain - no longer want to be active in a group, and wait for that
 * @out: printer
 * @words: the words after "drain"
 *
 * Return: enum status.
 */
int group_drain(struct out *out, struct words *words)
{
	struct group_state state = { 0 };
	uint64_t id, until = 0;
	struct nl *nl;
	int err;

	err = words_number(words, "ID", 1, UINT16_MAX, &id);
	if (!err)
		err = words_timeout(words, &until);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	state.id = id;
	err = state_set_priority(nl, id, 0);
	if (!err) {
		err = wait_for(nl, &state, until, moved);
		if (err)
			complain(words->where, "no peer became active in time; this node stays, with priority 0");
	}
	nl_close(nl);
	return err;
}
