// SPDX-License-Identifier: GPL-2.0
/* top: what replication does, again and again */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "cmd.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

#define PEERS	FLOWSYNC_PEERS_MAX

/* Clear the screen, and go to its upper left corner (ECMA-48) */
#define CLEAR	"\033[2J\033[H"

/**
 * struct sample - what is counted, at one moment
 * @time: when, in ms
 * @op: changes of this node's flows
 * @created: connections seen for the first time
 * @session: of the node
 * @peers: those there were
 * @count: how many
 */
struct sample {
	uint64_t time;
	uint64_t op;
	uint64_t created;
	uint64_t session;
	struct {
		char name[FLOWSYNC_NAME_MAX + 1];
		uint64_t bytes;
		uint64_t records;
	} peers[PEERS];
	unsigned int count;
};

/**
 * struct view - the tables that a screen is made of
 * @node: one row
 * @peers: a row each
 * @stats: the counters
 */
struct view {
	struct rows node;
	struct rows peers;
	struct rows stats;
};

static void view_free(struct view *view)
{
	rows_free(&view->node);
	rows_free(&view->peers);
	rows_free(&view->stats);
}

static int view_get(struct view *view, struct nl *nl)
{
	int err;

	memset(view, 0, sizeof(*view));
	nl_request(nl, FLOWSYNC_CMD_NODE_GET);
	err = nl_get(nl, &view->node);
	if (!err) {
		nl_request(nl, FLOWSYNC_CMD_PEER_GET);
		err = nl_dump(nl, &view->peers);
	}
	if (!err) {
		nl_request(nl, FLOWSYNC_CMD_STATS_GET);
		err = nl_dump(nl, &view->stats);
	}
	if (err)
		view_free(view);
	return err;
}

static uint64_t counter(struct view *view, const char *name)
{
	const struct nlattr *attrs[FLOWSYNC_A_STAT_MAX + 1];
	const struct nlattr *stat;
	uint64_t value = 0;

	view->stats.next = 0;
	while ((stat = rows_next(&view->stats, FLOWSYNC_A_STAT))) {
		attrs_of_nest(stat, attrs, FLOWSYNC_A_STAT_MAX);
		if (!strcmp(attr_string(attrs[FLOWSYNC_A_STAT_NAME]), name))
			value = attr_uint(attrs[FLOWSYNC_A_STAT_VALUE]);
	}
	return value;
}

/* In a second, of what grew from one sample to the next */
static uint64_t rate(uint64_t before, uint64_t now, uint64_t ms)
{
	return ms && now > before ? (now - before) * 1000 / ms : 0;
}

static void print_peer(struct out *out, const struct nlattr *peer,
		       const struct sample *old, struct sample *sample)
{
	const struct nlattr *attrs[FLOWSYNC_A_PEER_MAX + 1];
	uint64_t ms = old->time ? sample->time - old->time : 0;
	uint64_t left, bytes, records;
	const char *name;
	unsigned int i;

	attrs_of_nest(peer, attrs, FLOWSYNC_A_PEER_MAX);
	name = attr_string(attrs[FLOWSYNC_A_PEER_NAME]);
	bytes = attr_uint(attrs[FLOWSYNC_A_PEER_TX_BYTES]);
	records = attr_uint(attrs[FLOWSYNC_A_PEER_TX_RECORDS]);
	left = attr_uint(attrs[FLOWSYNC_A_PEER_RESYNC_LEFT]);
	for (i = 0; i < old->count; i++)
		if (!strcmp(old->peers[i].name, name))
			break;
	/* of one that is new nothing is known before */
	if (i == old->count)
		ms = 0;
	out_string(out, "name", "peer", name);
	out_string(out, "state", "",
		   name_of(state_names,
			   attr_uint(attrs[FLOWSYNC_A_PEER_STATE])));
	out_string(out, "sync", "",
		   attr_uint(attrs[FLOWSYNC_A_PEER_SYNCED]) ? "synced" :
							      "not-synced");
	out_uint(out, "unacked", "unacked",
		 attr_uint(attrs[FLOWSYNC_A_PEER_UNACKED]));
	out_unit(out, "oldest_ms", "oldest",
		 attr_uint(attrs[FLOWSYNC_A_PEER_OLDEST_MS]), "ms");
	out_uint(out, "resync_left", left ? "resync" : NULL, left);
	out_unit(out, "rtt_us", "rtt",
		 attr_uint(attrs[FLOWSYNC_A_PEER_RTT_US]), "us");
	out_unit(out, "tx_records_s", "records",
		 rate(i < old->count ? old->peers[i].records : 0, records, ms),
		 "/s");
	out_unit(out, "tx_bytes_s", "bytes",
		 rate(i < old->count ? old->peers[i].bytes : 0, bytes, ms),
		 "/s");
	out_uint(out, "shadow", "shadow",
		 attr_uint(attrs[FLOWSYNC_A_PEER_SHADOW]));
	if (sample->count == PEERS)
		return;
	strcpy(sample->peers[sample->count].name, "");
	strncat(sample->peers[sample->count].name, name, FLOWSYNC_NAME_MAX);
	sample->peers[sample->count].bytes = bytes;
	sample->peers[sample->count++].records = records;
}

static void print_view(struct out *out, struct view *view,
		       const struct sample *old, struct sample *sample)
{
	const struct nlattr *attrs[FLOWSYNC_A_NODE_MAX + 1];
	const struct nlattr *peer;
	uint64_t ms;

	attrs_of_nest(rows_next(&view->node, FLOWSYNC_A_NODE), attrs,
		      FLOWSYNC_A_NODE_MAX);
	sample->time = now_ms();
	sample->op = attr_uint(attrs[FLOWSYNC_A_NODE_OP]);
	sample->session = attr_uint(attrs[FLOWSYNC_A_NODE_SESSION]);
	sample->created = counter(view, "capture_new");
	ms = old->time && old->session == sample->session ?
	     sample->time - old->time : 0;

	out_object(out, NULL);
	out_string(out, "node", "node",
		   attr_string(attrs[FLOWSYNC_A_NODE_NAME]));
	out_uint(out, "flows", "flows", attr_uint(attrs[FLOWSYNC_A_NODE_FLOWS]));
	out_uint(out, "shadow", "shadow",
		 attr_uint(attrs[FLOWSYNC_A_NODE_SHADOW]));
	out_unit(out, "new_s", "new", rate(old->created, sample->created, ms),
		 "/s");
	out_unit(out, "changes_s", "changes", rate(old->op, sample->op, ms),
		 "/s");
	out_array(out, "peers");
	while ((peer = rows_next(&view->peers, FLOWSYNC_A_PEER))) {
		out_end(out);
		out_object(out, NULL);
		print_peer(out, peer, old, sample);
		out_object_end(out);
	}
	out_array_end(out);
	out_object_end(out);
	out_end(out);
}

static void pause_for(uint64_t ms)
{
	struct timespec rest = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&rest, &rest))
		;
}

static int watch(struct out *out, struct nl *nl, uint64_t interval,
		 uint64_t count)
{
	bool screen = !out->json && isatty(fileno(out->file));
	struct sample samples[2] = { 0 };
	unsigned int i = 0;
	struct view view;
	int err;

	for (;;) {
		err = view_get(&view, nl);
		if (err)
			return err;
		if (screen)
			fputs(CLEAR, out->file);
		memset(&samples[i % 2], 0, sizeof(samples[0]));
		print_view(out, &view, &samples[1 - i % 2], &samples[i % 2]);
		view_free(&view);
		if (fflush(out->file) || out_broken(out) || ++i == count)
			return STATUS_DONE;
		pause_for(interval);
	}
}

static int top(struct out *out, struct words *words)
{
	enum { INTERVAL, COUNT };
	static const char *const keywords[] = { "interval", "count", NULL };
	uint64_t interval = 1000, count = UINT64_MAX;
	int err = 0, word;
	struct nl *nl;

	while (!err && words->count) {
		word = words_pick(words, keywords, WORDS_ALL);
		if (word < 0)
			return STATUS_USAGE;
		err = word == INTERVAL ?
		      words_number(words, "interval", 100, 3600000, &interval) :
		      words_number(words, "count", 1, UINT32_MAX, &count);
	}
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	err = watch(out, nl, interval, count);
	nl_close(nl);
	return err;
}

/**
 * top_object - show what replication does, until interrupted
 * @out: printer
 * @words: the words after "top"
 *
 * Return: enum status.
 */
int top_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "", top, "[interval MS] [count N]",
		  "show flows, rates and peers, each second; of JSON a line" },
		{ 0 }
	};
	static const char *const help[] = { "help", NULL };

	if (words->count && !word_matches(*words->next, help))
		return top(out, words);
	return words_run(out, words, commands, NULL);
}
