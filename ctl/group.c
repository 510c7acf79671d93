// SPDX-License-Identifier: GPL-2.0
/* group: the units of failover */
#include <net/if.h>
#include <string.h>

#include "cmd.h"
#include "condition.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

#define GROUP_ID_MAX	UINT16_MAX
#define PRIORITY_MAX	UINT8_MAX

/**
 * struct group_wish - a group as the command line has it
 * @id: its number
 * @peers: names of its members
 * @peer_count: how many
 * @priority: among the members; -1 if not given
 * @role: enum flowsync_role; -1 if not given
 * @on_split: enum flowsync_on_split; -1 if not given
 * @matches: which flows are its is given
 * @condition: what they are
 * @dev: and a device that they pass; NULL for any
 */
struct group_wish {
	uint64_t id;
	const char *peers[FLOWSYNC_PEERS_MAX];
	unsigned int peer_count;
	int priority;
	int role;
	int on_split;
	bool matches;
	struct condition condition;
	const char *dev;
};

static int parse_id(struct words *words, struct group_wish *wish)
{
	wish->priority = -1;
	wish->role = -1;
	wish->on_split = -1;
	condition_init(&wish->condition);
	return words_number(words, "ID", 1, GROUP_ID_MAX, &wish->id);
}

static int parse_priority(struct words *words, struct group_wish *wish)
{
	uint64_t number;
	int err;

	err = words_number(words, "priority", 0, PRIORITY_MAX, &number);
	if (!err)
		wish->priority = number;
	return err;
}

static int parse_on_split(struct words *words, struct group_wish *wish)
{
	wish->on_split = words_pick(words, on_split_names, WORDS_ALL);
	return wish->on_split < 0 ? STATUS_USAGE : STATUS_DONE;
}

static int request_group(const struct words *words, enum flowsync_cmd cmd,
			 const struct group_wish *wish)
{
	struct nlattr *nest, *match;
	struct nlmsghdr *request;
	unsigned int i;
	struct nl *nl;
	int err;

	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	request = nl_request(nl, cmd);
	nest = mnl_attr_nest_start(request, FLOWSYNC_A_GROUP);
	mnl_attr_put_u32(request, FLOWSYNC_A_GROUP_ID, wish->id);
	for (i = 0; i < wish->peer_count; i++)
		mnl_attr_put_strz(request, FLOWSYNC_A_GROUP_PEER,
				  wish->peers[i]);
	if (wish->priority >= 0)
		mnl_attr_put_u32(request, FLOWSYNC_A_GROUP_PRIORITY,
				 wish->priority);
	if (wish->role >= 0)
		mnl_attr_put_u32(request, FLOWSYNC_A_GROUP_ROLE, wish->role);
	if (wish->on_split >= 0)
		mnl_attr_put_u32(request, FLOWSYNC_A_GROUP_ON_SPLIT,
				 wish->on_split);
	if (wish->matches) {
		match = mnl_attr_nest_start(request, FLOWSYNC_A_GROUP_MATCH);
		condition_put(request, &wish->condition);
		mnl_attr_nest_end(request, match);
	}
	if (wish->dev)
		mnl_attr_put_strz(request, FLOWSYNC_A_GROUP_DEV, wish->dev);
	mnl_attr_nest_end(request, nest);
	err = nl_do(nl);
	nl_close(nl);
	return err;
}

static int parse_peer(struct words *words, struct group_wish *wish)
{
	if (wish->peer_count == FLOWSYNC_PEERS_MAX)
		return usage_error(words, "a group has at most %d peers",
				   FLOWSYNC_PEERS_MAX);
	return words_name(words, "peer", &wish->peers[wish->peer_count++]);
}

/* match default, or conditions up to a word that is none */
static int parse_match(struct words *words, struct group_wish *wish)
{
	enum { DEV = CONDITION_WORDS, DEFAULT };
	static const char *const keywords[] = {
		CONDITION_KEYWORDS, "dev", "default", NULL
	};
	uint32_t may = WORDS_ALL & ~WORD(CONDITION_MASK);
	int err = STATUS_DONE, word;

	wish->matches = true;
	do {
		word = words_pick(words, keywords, may);
		if (word == DEFAULT)
			return STATUS_DONE;
		if (word == DEV)
			err = words_value(words, "dev", &wish->dev);
		else
			err = words_condition(words, word, &may,
					      &wish->condition);
		if (word == DEV && !err && strlen(wish->dev) >= IF_NAMESIZE)
			err = usage_error(words, "dev: \"%s\" is too long",
					  wish->dev);
		may &= ~WORD(DEFAULT);
		if (word == DEV)
			may &= ~WORD(DEV);
	} while (!err && words->count && word_matches(*words->next, keywords));
	return err;
}

static int group_add(struct out *out, struct words *words)
{
	enum { PEER, PRIORITY, ON_SPLIT, MATCH };
	static const char *const keywords[] = {
		"peer", "priority", "on-split", "match", NULL
	};
	uint32_t may = WORDS_ALL;
	struct group_wish wish = { 0 };
	int err, word;

	err = parse_id(words, &wish);
	while (!err && words->count) {
		word = words_pick(words, keywords, may);
		if (word == PEER)
			err = parse_peer(words, &wish);
		else if (word == PRIORITY)
			err = parse_priority(words, &wish);
		else if (word == ON_SPLIT)
			err = parse_on_split(words, &wish);
		else if (word == MATCH)
			err = parse_match(words, &wish);
		else
			err = STATUS_USAGE;
		if (!err && word != PEER)
			may &= ~WORD(word);
	}
	return err ? err : request_group(words, FLOWSYNC_CMD_GROUP_ADD, &wish);
}

static int group_set(struct out *out, struct words *words)
{
	enum { ROLE, PRIORITY, ON_SPLIT, MATCH };
	static const char *const keywords[] = {
		"role", "priority", "on-split", "match", NULL
	};
	uint32_t may = WORDS_ALL;
	struct group_wish wish = { 0 };
	int err, word;

	err = parse_id(words, &wish);
	if (err)
		return err;
	do {
		word = words_pick(words, keywords, may);
		if (word == ROLE) {
			wish.role = words_pick(words, role_names, WORDS_ALL);
			err = wish.role < 0 ? STATUS_USAGE : STATUS_DONE;
		} else if (word == PRIORITY) {
			err = parse_priority(words, &wish);
		} else if (word == ON_SPLIT) {
			err = parse_on_split(words, &wish);
		} else if (word == MATCH) {
			err = parse_match(words, &wish);
		} else {
			err = STATUS_USAGE;
		}
		if (err)
			return err;
		may &= ~WORD(word);
	} while (words->count);
	return request_group(words, FLOWSYNC_CMD_GROUP_SET, &wish);
}

static int group_del(struct out *out, struct words *words)
{
	struct group_wish wish = { 0 };
	int err;

	err = parse_id(words, &wish);
	if (!err)
		err = words_end(words);
	return err ? err : request_group(words, FLOWSYNC_CMD_GROUP_DEL, &wish);
}

/* What a node says of itself in a group, here or at a peer */
static void print_claim(struct out *out, const struct nlattr **attrs)
{
	out_uint(out, "id", "group", attr_uint(attrs[FLOWSYNC_A_GROUP_ID]));
	out_string(out, "role", "role",
		   name_of(role_names,
			   attr_uint(attrs[FLOWSYNC_A_GROUP_ROLE])));
	out_uint(out, "priority", "priority",
		 attr_uint(attrs[FLOWSYNC_A_GROUP_PRIORITY]));
	out_uint(out, "epoch", "epoch",
		 attr_uint(attrs[FLOWSYNC_A_GROUP_EPOCH]));
}

static void print_standing(struct out *out, uint64_t standing)
{
	unsigned int bit;

	out_array(out, "standing");
	for (bit = 0; standing_names[bit]; bit++)
		if (standing & UINT64_C(1) << bit)
			out_string(out, NULL, "", standing_names[bit]);
	out_array_end(out);
}

/**
 * group_print_told - print a group as a peer tells it
 * @out: printer, in an object
 * @group: FLOWSYNC_A_PEER_GROUP
 */
void group_print_told(struct out *out, const struct nlattr *group)
{
	const struct nlattr *attrs[FLOWSYNC_A_GROUP_MAX + 1];

	attrs_of_nest(group, attrs, FLOWSYNC_A_GROUP_MAX);
	print_claim(out, attrs);
	print_standing(out, attr_uint(attrs[FLOWSYNC_A_GROUP_STANDING]));
	out_uint(out, "complete", "complete",
		 attr_uint(attrs[FLOWSYNC_A_GROUP_COMPLETE]));
}

/* Which flows are a group's, in the words that make it so */
static void print_match(struct out *out, const struct nlattr **attrs)
{
	const struct nlattr *match[FLOWSYNC_A_POLICY_MAX + 1];

	if (!attrs[FLOWSYNC_A_GROUP_MATCH] && !attrs[FLOWSYNC_A_GROUP_DEV])
		return;
	attrs_of_nest(attrs[FLOWSYNC_A_GROUP_MATCH], match,
		      FLOWSYNC_A_POLICY_MAX);
	out_text(out, "match");
	out_object(out, "match");
	condition_print(out, match);
	if (attrs[FLOWSYNC_A_GROUP_DEV])
		out_string(out, "dev", "dev",
			   attr_string(attrs[FLOWSYNC_A_GROUP_DEV]));
	out_object_end(out);
}

/**
 * group_print - print a group
 * @out: printer, in an object
 * @group: FLOWSYNC_A_GROUP
 */
void group_print(struct out *out, const struct nlattr *group)
{
	const struct nlattr *attrs[FLOWSYNC_A_GROUP_MAX + 1];
	const struct nlattr *attr;

	attrs_of_nest(group, attrs, FLOWSYNC_A_GROUP_MAX);
	print_claim(out, attrs);
	out_string(out, "on_split", "on-split",
		   name_of(on_split_names,
			   attr_uint(attrs[FLOWSYNC_A_GROUP_ON_SPLIT])));
	out_array(out, "peers");
	mnl_attr_for_each_nested(attr, group)
		if (mnl_attr_get_type(attr) == FLOWSYNC_A_GROUP_PEER)
			out_string(out, NULL, "peer", attr_string(attr));
	out_array_end(out);
	out_uint(out, "flows", "flows",
		 attr_uint(attrs[FLOWSYNC_A_GROUP_FLOWS]));
	out_uint(out, "shadow", "shadow",
		 attr_uint(attrs[FLOWSYNC_A_GROUP_SHADOW]));
	out_uint(out, "install_left", "install-left",
		 attr_uint(attrs[FLOWSYNC_A_GROUP_INSTALL_LEFT]));
	print_standing(out, attr_uint(attrs[FLOWSYNC_A_GROUP_STANDING]));
	print_match(out, attrs);
}

static int group_show(struct out *out, struct words *words)
{
	struct group_wish wish = { 0 };
	struct nlmsghdr *request;
	struct nlattr *nest;
	struct rows rows;
	struct nl *nl;
	int err = 0;

	if (words->count)
		err = parse_id(words, &wish);
	if (!err)
		err = words_end(words);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	request = nl_request(nl, FLOWSYNC_CMD_GROUP_GET);
	if (wish.id) {
		nest = mnl_attr_nest_start(request, FLOWSYNC_A_GROUP);
		mnl_attr_put_u32(request, FLOWSYNC_A_GROUP_ID, wish.id);
		mnl_attr_nest_end(request, nest);
	}
	err = wish.id ? nl_get(nl, &rows) : nl_dump(nl, &rows);
	nl_close(nl);
	if (err)
		return err;
	rows_print(out, NULL, &rows, FLOWSYNC_A_GROUP, group_print);
	rows_free(&rows);
	return STATUS_DONE;
}

/**
 * group_object - run a command of the object group
 * @out: printer
 * @words: the words after "group"
 *
 * Return: enum status.
 */
int group_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "show", group_show, "[ID]", "show the groups, or one of them" },
		{ "add", group_add,
		  "ID [peer NAME]... [priority N] [on-split epoch|priority] [match default|MATCH]",
		  "define a group and its members; its role is init at first" },
		{ "set", group_set,
		  "ID [role ROLE] [priority N] [on-split epoch|priority] [match default|MATCH]",
		  "change this node's role or priority in a group, who stays when two are active, or which flows are its" },
		{ "del", group_del, "ID", "delete a group" },
		{ "handover", group_handover, "ID to NAME [timeout SECONDS]",
		  "have a peer become active, without losing anything" },
		{ "drain", group_drain, "ID [timeout SECONDS]",
		  "give the group to any peer that can take it, and keep away from it" },
		{ 0 }
	};

	return words_run(out, words, commands,
			 "where ROLE is active, standby or init, and MATCH " CONDITION_USAGE " [dev IF]");
}
