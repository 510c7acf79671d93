// SPDX-License-Identifier: GPL-2.0
/* node: the instance in this network namespace */
#include <arpa/inet.h>

#include "cmd.h"
#include "nl.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

static int node_set(struct out *out, struct words *words)
{
	enum { ID, NAME, PORT, MARK_MASK, LABEL_MASK, KEEP };
	static const char *const keywords[] = {
		"id", "name", "port", "mark-mask", "label-mask", "keep", NULL
	};
	uint32_t may = WORD(ID) | WORD(NAME) | WORD(PORT) | WORD(MARK_MASK) |
		       WORD(LABEL_MASK) | WORD(KEEP);
	uint64_t mark_mask = 0, label_mask = 0, keep = 0;
	const char *name = NULL;
	struct nlmsghdr *request;
	struct nlattr *nest;
	uint64_t id = 0;
	uint16_t port = 0;
	struct nl *nl;
	int err, word;

	do {
		word = words_pick(words, keywords, may);
		if (word == ID)
			err = words_number(words, "id", 1, UINT32_MAX, &id);
		else if (word == NAME)
			err = words_name(words, "name", &name);
		else if (word == PORT)
			err = words_port(words, "port", &port);
		else if (word == MARK_MASK)
			err = words_number(words, "mark-mask", 0, UINT32_MAX,
					   &mark_mask);
		else if (word == LABEL_MASK)
			err = words_number(words, "label-mask", 0, UINT64_MAX,
					   &label_mask);
		else if (word == KEEP)
			err = words_number(words, "keep", 0, FLOWSYNC_KEEP_MAX,
					   &keep);
		else
			err = STATUS_USAGE;
		if (err)
			return err;
		may &= ~WORD(word);
	} while (words->count);

	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	request = nl_request(nl, FLOWSYNC_CMD_NODE_SET);
	nest = mnl_attr_nest_start(request, FLOWSYNC_A_NODE);
	if (id)
		mnl_attr_put_u32(request, FLOWSYNC_A_NODE_ID, id);
	if (name)
		mnl_attr_put_strz(request, FLOWSYNC_A_NODE_NAME, name);
	if (port)
		mnl_attr_put_u16(request, FLOWSYNC_A_NODE_PORT, htons(port));
	if (!(may & WORD(MARK_MASK)))
		mnl_attr_put_u32(request, FLOWSYNC_A_NODE_MARK_MASK, mark_mask);
	if (!(may & WORD(LABEL_MASK)))
		mnl_attr_put_u64(request, FLOWSYNC_A_NODE_LABEL_MASK,
				 label_mask);
	if (!(may & WORD(KEEP)))
		mnl_attr_put_u32(request, FLOWSYNC_A_NODE_KEEP, keep);
	mnl_attr_nest_end(request, nest);
	err = nl_do(nl);
	nl_close(nl);
	return err;
}

static int node_del(struct out *out, struct words *words)
{
	struct nl *nl;
	int err;

	err = words_end(words);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	nl_request(nl, FLOWSYNC_CMD_NODE_DEL);
	err = nl_do(nl);
	nl_close(nl);
	return err;
}

/**
 * node_print - print the node
 * @out: printer, in an object
 * @node: FLOWSYNC_A_NODE, or NULL
 */
void node_print(struct out *out, const struct nlattr *node)
{
	const struct nlattr *attrs[FLOWSYNC_A_NODE_MAX + 1];
	uint64_t id;
	bool full;

	attrs_of_nest(node, attrs, FLOWSYNC_A_NODE_MAX);
	id = attr_uint(attrs[FLOWSYNC_A_NODE_ID]);
	full = attr_uint(attrs[FLOWSYNC_A_NODE_FULL]);
	out_uint(out, "id", id ? "node" : NULL, id);
	if (!id)
		out_text(out, "node not started");
	if (id) {
		out_string(out, "name", "name",
			   attr_string(attrs[FLOWSYNC_A_NODE_NAME]));
		out_uint(out, "port", "port",
			 attr_port(attrs[FLOWSYNC_A_NODE_PORT]));
		out_hex(out, "session", "session",
			attr_uint(attrs[FLOWSYNC_A_NODE_SESSION]));
		out_uint(out, "flows", "flows",
			 attr_uint(attrs[FLOWSYNC_A_NODE_FLOWS]));
		out_uint(out, "shadow", "shadow",
			 attr_uint(attrs[FLOWSYNC_A_NODE_SHADOW]));
		out_uint(out, "op", "op", attr_uint(attrs[FLOWSYNC_A_NODE_OP]));
		out_string(out, "table", full ? "table" : NULL,
			   full ? "full" : "room");
		out_uint(out, "room", out->stats ? "room" : NULL,
			 attr_uint(attrs[FLOWSYNC_A_NODE_ROOM]));
		out_hex(out, "mark_mask", "mark-mask",
			attr_uint(attrs[FLOWSYNC_A_NODE_MARK_MASK]));
		out_hex(out, "label_mask", "label-mask",
			attr_uint(attrs[FLOWSYNC_A_NODE_LABEL_MASK]));
		out_uint(out, "keep", "keep",
			 attr_uint(attrs[FLOWSYNC_A_NODE_KEEP]));
	}
	out_string(out, "module_version", "module",
		   attr_string(attrs[FLOWSYNC_A_NODE_MODULE_VERSION]));
}

static int node_show(struct out *out, struct words *words)
{
	struct rows rows;
	struct nl *nl;
	int err;

	err = words_end(words);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	nl_request(nl, FLOWSYNC_CMD_NODE_GET);
	err = nl_get(nl, &rows);
	nl_close(nl);
	if (err)
		return err;
	out_object(out, NULL);
	node_print(out, rows_next(&rows, FLOWSYNC_A_NODE));
	out_object_end(out);
	out_end(out);
	rows_free(&rows);
	return STATUS_DONE;
}

/**
 * node_object - run a command of the object node
 * @out: printer
 * @words: the words after "node"
 *
 * Return: enum status.
 */
int node_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "show", node_show, "", "show this network namespace's node" },
		{ "set", node_set,
		  "[id N] [name NAME] [port P] [mark-mask M] [label-mask M] [keep SECONDS]",
		  "start the node, or change it; it needs an id to start" },
		{ "del", node_del, "",
		  "stop the node: its peers, groups and tables go" },
		{ 0 }
	};

	return words_run(out, words, commands, NULL);
}
