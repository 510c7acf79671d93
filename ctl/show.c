// SPDX-License-Identifier: GPL-2.0
/* show: node, groups and peers at a glance */
#include <string.h>

#include "cmd.h"
#include "nl.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

static int show_all(struct out *out, struct words *words)
{
	struct rows node = { 0 }, groups = { 0 }, peers = { 0 };
	struct nl *nl;
	int err;

	err = words_end(words);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	nl_request(nl, FLOWSYNC_CMD_NODE_GET);
	err = nl_get(nl, &node);
	if (!err) {
		nl_request(nl, FLOWSYNC_CMD_GROUP_GET);
		err = nl_dump(nl, &groups);
	}
	if (!err) {
		nl_request(nl, FLOWSYNC_CMD_PEER_GET);
		err = nl_dump(nl, &peers);
	}
	nl_close(nl);
	if (!err) {
		out_object(out, NULL);
		out_object(out, "node");
		node_print(out, rows_next(&node, FLOWSYNC_A_NODE));
		out_object_end(out);
		out_end(out);
		rows_print(out, "groups", &groups, FLOWSYNC_A_GROUP,
			   group_print);
		rows_print(out, "peers", &peers, FLOWSYNC_A_PEER, peer_print);
		out_object_end(out);
	}
	rows_free(&node);
	rows_free(&groups);
	rows_free(&peers);
	return err;
}

/**
 * show_object - show everything at a glance
 * @out: printer
 * @words: the words after "show"
 *
 * Return: enum status.
 */
int show_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "", show_all, "", "show the node, its groups and its peers" },
		{ 0 }
	};

	return words_run(out, words, commands, NULL);
}
