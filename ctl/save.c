// SPDX-License-Identifier: GPL-2.0
/* save and restore: the running configuration, as flowsyncctl's own commands */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "condition.h"
#include "conf.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

static void save_node(FILE *file, const struct nlattr *node)
{
	const struct nlattr *attrs[FLOWSYNC_A_NODE_MAX + 1];

	attrs_of_nest(node, attrs, FLOWSYNC_A_NODE_MAX);
	fprintf(file, "node set id %llu name %s port %u mark-mask %#llx label-mask %#llx keep %llu\n",
		(unsigned long long)attr_uint(attrs[FLOWSYNC_A_NODE_ID]),
		attr_string(attrs[FLOWSYNC_A_NODE_NAME]),
		attr_port(attrs[FLOWSYNC_A_NODE_PORT]),
		(unsigned long long)attr_uint(attrs[FLOWSYNC_A_NODE_MARK_MASK]),
		(unsigned long long)
		attr_uint(attrs[FLOWSYNC_A_NODE_LABEL_MASK]),
		(unsigned long long)attr_uint(attrs[FLOWSYNC_A_NODE_KEEP]));
}

static void save_link(FILE *file, const struct nlattr *link)
{
	const struct nlattr *attrs[FLOWSYNC_A_LINK_MAX + 1];
	char text[ADDRESS_TEXT], name[IF_NAMESIZE];
	uint32_t ifindex;

	attrs_of_nest(link, attrs, FLOWSYNC_A_LINK_MAX);
	fprintf(file, " \\\n    link local %s",
		attr_address(attrs[FLOWSYNC_A_LINK_LOCAL], text));
	fprintf(file, " port %u remote",
		attr_port(attrs[FLOWSYNC_A_LINK_LOCAL_PORT]));
	fprintf(file, " %s", attr_address(attrs[FLOWSYNC_A_LINK_REMOTE], text));
	fprintf(file, " port %u",
		attr_port(attrs[FLOWSYNC_A_LINK_REMOTE_PORT]));
	ifindex = attr_uint(attrs[FLOWSYNC_A_LINK_IFINDEX]);
	if (ifindex && if_indextoname(ifindex, name))
		fprintf(file, " dev %s", name);
}

/* "WORD NUMBER" for each option of a peer that is a number */
static void save_numbers(FILE *file, const struct nlattr **attrs)
{
	static const struct {
		const char *word;
		uint16_t type;
	} numbers[] = {
		{ "id", FLOWSYNC_A_PEER_ID },
		{ "heartbeat", FLOWSYNC_A_PEER_HEARTBEAT_MS },
		{ "dead", FLOWSYNC_A_PEER_DEAD_COUNT },
		{ "delay", FLOWSYNC_A_PEER_DELAY_MS },
		{ "resync-rate", FLOWSYNC_A_PEER_RESYNC_RATE },
		{ "resync-within", FLOWSYNC_A_PEER_RESYNC_MS },
		{ "mtu", FLOWSYNC_A_PEER_MTU },
		{ "lag-flows", FLOWSYNC_A_PEER_LAG_FLOWS },
		{ "lag-age", FLOWSYNC_A_PEER_LAG_MS },
	};
	unsigned int i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (attrs[numbers[i].type])
			fprintf(file, " %s %llu", numbers[i].word,
				(unsigned long long)
				attr_uint(attrs[numbers[i].type]));
}

static void save_peer(FILE *file, const struct nlattr *peer)
{
	const struct nlattr *attrs[FLOWSYNC_A_PEER_MAX + 1];
	const struct nlattr *attr;

	attrs_of_nest(peer, attrs, FLOWSYNC_A_PEER_MAX);
	fprintf(file, "peer add %s",
		attr_string(attrs[FLOWSYNC_A_PEER_NAME]));
	save_numbers(file, attrs);
	/* the kernel gives no key away: its file is named where it should be */
	if (attr_uint(attrs[FLOWSYNC_A_PEER_ENCRYPTION]) ==
	    FLOWSYNC_ENCRYPTION_NONE)
		fputs(" encryption none", file);
	else
		fprintf(file, " key-file /etc/flowsync/%s.key rekey %llu",
			attr_string(attrs[FLOWSYNC_A_PEER_NAME]),
			(unsigned long long)
			attr_uint(attrs[FLOWSYNC_A_PEER_REKEY_S]));
	if (attr_uint(attrs[FLOWSYNC_A_PEER_ROTATION]) !=
	    FLOWSYNC_ROTATION_NONE)
		fprintf(file, " next-key-file /etc/flowsync/%s.next.key",
			attr_string(attrs[FLOWSYNC_A_PEER_NAME]));
	mnl_attr_for_each_nested(attr, peer)
		if (mnl_attr_get_type(attr) == FLOWSYNC_A_PEER_LINK)
			save_link(file, attr);
	putc('\n', file);
}

static void save_match(FILE *file, const struct nlattr **attrs)
{
	const struct nlattr *match[FLOWSYNC_A_POLICY_MAX + 1];
	struct out out = { .file = file };

	if (!attrs[FLOWSYNC_A_GROUP_MATCH]) {
		fputs(" default", file);
		return;
	}
	attrs_of_nest(attrs[FLOWSYNC_A_GROUP_MATCH], match,
		      FLOWSYNC_A_POLICY_MAX);
	putc(' ', file);
	out_object(&out, NULL);
	condition_print(&out, match);
	if (attrs[FLOWSYNC_A_GROUP_DEV])
		out_string(&out, "dev", "dev",
			   attr_string(attrs[FLOWSYNC_A_GROUP_DEV]));
	out_object_end(&out);
}

static void save_group(FILE *file, const struct nlattr *group)
{
	const struct nlattr *attrs[FLOWSYNC_A_GROUP_MAX + 1];
	const struct nlattr *attr;

	attrs_of_nest(group, attrs, FLOWSYNC_A_GROUP_MAX);
	fprintf(file, "group add %llu",
		(unsigned long long)attr_uint(attrs[FLOWSYNC_A_GROUP_ID]));
	mnl_attr_for_each_nested(attr, group)
		if (mnl_attr_get_type(attr) == FLOWSYNC_A_GROUP_PEER)
			fprintf(file, " peer %s", attr_string(attr));
	fprintf(file, " priority %llu on-split %s match",
		(unsigned long long)
		attr_uint(attrs[FLOWSYNC_A_GROUP_PRIORITY]),
		name_of(on_split_names,
			attr_uint(attrs[FLOWSYNC_A_GROUP_ON_SPLIT])));
	save_match(file, attrs);
	fprintf(file, "\n# its role is %s\n",
		name_of(role_names, attr_uint(attrs[FLOWSYNC_A_GROUP_ROLE])));
}

static void save_policy(FILE *file, const struct nlattr *policy)
{
	struct out out = { .file = file };

	fputs("policy add ", file);
	out_object(&out, NULL);
	policy_print(&out, policy);
	out_object_end(&out);
	putc('\n', file);
}

static const struct {
	enum flowsync_cmd get;
	uint16_t type;
	void (*save)(FILE *file, const struct nlattr *nest);
} objects[] = {
	{ FLOWSYNC_CMD_POLICY_GET, FLOWSYNC_A_POLICY, save_policy },
	{ FLOWSYNC_CMD_PEER_GET, FLOWSYNC_A_PEER, save_peer },
	{ FLOWSYNC_CMD_GROUP_GET, FLOWSYNC_A_GROUP, save_group },
};

static int save_all(FILE *file, struct nl *nl)
{
	const struct nlattr *attrs[FLOWSYNC_A_NODE_MAX + 1];
	const struct nlattr *nest;
	struct rows rows;
	unsigned int i;
	int err;

	nl_request(nl, FLOWSYNC_CMD_NODE_GET);
	err = nl_get(nl, &rows);
	if (err)
		return err;
	nest = rows_next(&rows, FLOWSYNC_A_NODE);
	attrs_of_nest(nest, attrs, FLOWSYNC_A_NODE_MAX);
	if (attr_uint(attrs[FLOWSYNC_A_NODE_ID]))
		save_node(file, nest);
	rows_free(&rows);
	for (i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		nl_request(nl, objects[i].get);
		err = nl_dump(nl, &rows);
		if (err)
			return err;
		while ((nest = rows_next(&rows, objects[i].type)))
			objects[i].save(file, nest);
		rows_free(&rows);
	}
	return STATUS_DONE;
}

static int save(struct out *out, struct words *words)
{
	struct nl *nl;
	int err;

	err = words_end(words);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	err = save_all(out->file, nl);
	nl_close(nl);
	return err;
}

/**
 * save_object - print the commands that make what there is
 * @out: printer
 * @words: the words after "save"
 *
 * Return: enum status.
 */
int save_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "", save, "",
		  "print the running configuration, for restore and the daemon" },
		{ 0 }
	};

	return words_run(out, words, commands, NULL);
}

static int restore(struct out *out, struct words *words)
{
	const char *path = CONF_PATH;
	struct conf conf;
	struct nl *nl;
	int err = 0;

	if (words->count)
		err = words_value(words, "FILE", &path);
	if (!err)
		err = words_end(words);
	if (!err)
		err = conf_read(&conf, path);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	err = conf_apply(&conf, nl);
	nl_close(nl);
	return err;
}

/**
 * restore_object - have the kernel do what a configuration file says
 * @out: printer
 * @words: the words after "restore"
 *
 * Return: enum status.
 */
int restore_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "", restore, "[FILE]",
		  "configure what FILE says, as the daemon does, and no more" },
		{ 0 }
	};
	static const char *const help[] = { "help", NULL };

	if (words->count && !word_matches(*words->next, help))
		return restore(out, words);
	return words_run(out, words, commands, NULL);
}
