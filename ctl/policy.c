// SPDX-License-Identifier: GPL-2.0
/* policy: which connections are replicated */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "condition.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

/**
 * struct policy - a policy as the command line has it
 * @pref: its preference
 * @mode: enum flowsync_mode
 * @condition: of which connections
 * @conn: enum flowsync_conn that they are to have reached; 0 for any
 * @age: seconds since they began, at least
 * @packets: of both directions, at least
 * @bytes: of both directions, at least
 */
struct policy {
	uint64_t pref;
	int mode;
	struct condition condition;
	int conn;
	uint64_t age;
	uint64_t packets;
	uint64_t bytes;
};

static int parse_pref(struct words *words, struct policy *policy)
{
	static const char *const keywords[] = { "pref", NULL };

	memset(policy, 0, sizeof(*policy));
	condition_init(&policy->condition);
	if (words_pick(words, keywords, WORDS_ALL) < 0)
		return STATUS_USAGE;
	return words_number(words, "pref", 1, FLOWSYNC_POLICY_PREF_MAX,
			    &policy->pref);
}

static void put_reached(struct nlmsghdr *request, const struct policy *policy)
{
	if (policy->conn)
		mnl_attr_put_u32(request, FLOWSYNC_A_POLICY_STATE,
				 policy->conn);
	if (policy->age)
		mnl_attr_put_u32(request, FLOWSYNC_A_POLICY_AGE, policy->age);
	if (policy->packets)
		mnl_attr_put_u64(request, FLOWSYNC_A_POLICY_PACKETS,
				 policy->packets);
	if (policy->bytes)
		mnl_attr_put_u64(request, FLOWSYNC_A_POLICY_BYTES,
				 policy->bytes);
}

static int request_policy(const struct words *words, enum flowsync_cmd cmd,
			  const struct policy *policy)
{
	struct nlmsghdr *request;
	struct nlattr *nest;
	struct nl *nl;
	int err;

	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	request = nl_request(nl, cmd);
	nest = mnl_attr_nest_start(request, FLOWSYNC_A_POLICY);
	mnl_attr_put_u32(request, FLOWSYNC_A_POLICY_PREF, policy->pref);
	if (policy->mode)
		mnl_attr_put_u32(request, FLOWSYNC_A_POLICY_MODE,
				 policy->mode);
	condition_put(request, &policy->condition);
	put_reached(request, policy);
	mnl_attr_nest_end(request, nest);
	err = nl_do(nl);
	nl_close(nl);
	return err;
}

/*
 * The rest of a policy. A new one ends with its mode; of one that is changed anything
 * may be left out, but not everything.
 */
static int parse_policy(struct words *words, struct policy *policy, bool whole)
{
	enum { STATE = CONDITION_WORDS, AGE, PACKETS, BYTES, MODE };
	static const char *const keywords[] = {
		CONDITION_KEYWORDS, "state", "age", "packets", "bytes", "mode",
		NULL
	};
	uint32_t may = WORDS_ALL & ~WORD(CONDITION_MASK);
	int err = 0, word;

	do {
		word = words_pick(words, keywords, may);
		if (word == STATE)
			policy->conn = words_pick(words, conn_names,
						  WORDS_ALL & ~WORD(0));
		else if (word == AGE)
			err = words_number(words, "age", 1, UINT32_MAX,
					   &policy->age);
		else if (word == PACKETS)
			err = words_number(words, "packets", 1, UINT64_MAX,
					   &policy->packets);
		else if (word == BYTES)
			err = words_number(words, "bytes", 1, UINT64_MAX,
					   &policy->bytes);
		else if (word == MODE)
			policy->mode = words_pick(words, mode_names,
						  WORDS_ALL & ~WORD(0));
		else
			err = words_condition(words, word, &may,
					      &policy->condition);
		if (word >= CONDITION_WORDS)
			may &= ~WORD(word);
		if (policy->mode < 0 || policy->conn < 0)
			err = STATUS_USAGE;
	} while (!err && !policy->mode && (whole || words->count));
	return err ? err : words_end(words);
}

static int policy_add(struct out *out, struct words *words)
{
	struct policy policy;
	int err;

	err = parse_pref(words, &policy);
	if (!err)
		err = parse_policy(words, &policy, true);
	return err ? err : request_policy(words, FLOWSYNC_CMD_POLICY_ADD,
					  &policy);
}

static int policy_set(struct out *out, struct words *words)
{
	struct policy policy;
	int err;

	err = parse_pref(words, &policy);
	if (!err)
		err = parse_policy(words, &policy, false);
	return err ? err : request_policy(words, FLOWSYNC_CMD_POLICY_SET,
					  &policy);
}

static int policy_del(struct out *out, struct words *words)
{
	struct policy policy;
	int err;

	err = parse_pref(words, &policy);
	if (!err)
		err = words_end(words);
	return err ? err : request_policy(words, FLOWSYNC_CMD_POLICY_DEL,
					  &policy);
}

/**
 * policy_print - print a policy, in the words that make it
 * @out: printer, in an object
 * @policy: FLOWSYNC_A_POLICY
 */
void policy_print(struct out *out, const struct nlattr *policy)
{
	const struct nlattr *attrs[FLOWSYNC_A_POLICY_MAX + 1];

	attrs_of_nest(policy, attrs, FLOWSYNC_A_POLICY_MAX);
	out_uint(out, "pref", "pref", attr_uint(attrs[FLOWSYNC_A_POLICY_PREF]));
	condition_print(out, attrs);
	if (attrs[FLOWSYNC_A_POLICY_STATE])
		out_string(out, "state", "state",
			   name_of(conn_names,
				   attr_uint(attrs[FLOWSYNC_A_POLICY_STATE])));
	if (attrs[FLOWSYNC_A_POLICY_AGE])
		out_uint(out, "age", "age",
			 attr_uint(attrs[FLOWSYNC_A_POLICY_AGE]));
	if (attrs[FLOWSYNC_A_POLICY_PACKETS])
		out_uint(out, "packets", "packets",
			 attr_uint(attrs[FLOWSYNC_A_POLICY_PACKETS]));
	if (attrs[FLOWSYNC_A_POLICY_BYTES])
		out_uint(out, "bytes", "bytes",
			 attr_uint(attrs[FLOWSYNC_A_POLICY_BYTES]));
	out_string(out, "mode", "mode",
		   name_of(mode_names,
			   attr_uint(attrs[FLOWSYNC_A_POLICY_MODE])));
}

static int policy_show(struct out *out, struct words *words)
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
	nl_request(nl, FLOWSYNC_CMD_POLICY_GET);
	err = nl_dump(nl, &rows);
	nl_close(nl);
	if (err)
		return err;
	rows_print(out, NULL, &rows, FLOWSYNC_A_POLICY, policy_print);
	rows_free(&rows);
	return STATUS_DONE;
}

/**
 * policy_object - run a command of the object policy
 * @out: printer
 * @words: the words after "policy"
 *
 * Return: enum status.
 */
int policy_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "show", policy_show, "", "show the policies, first to last" },
		{ "add", policy_add,
		  "pref N " CONDITION_USAGE " [state STATE] [age SECONDS] [packets N] [bytes N] mode MODE",
		  "add one: MODE is off or async; the first that matches decides" },
		{ "set", policy_set,
		  "pref N " CONDITION_USAGE " [state STATE] [age SECONDS] [packets N] [bytes N] [mode MODE]",
		  "change one in its place: what it is about, all of it, or its mode" },
		{ "del", policy_del, "pref N", "delete one" },
		{ 0 }
	};

	return words_run(out, words, commands, NULL);
}
