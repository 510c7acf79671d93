// SPDX-License-Identifier: GPL-2.0
/* policy: which connections are replicated */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "match.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

/**
 * struct policy - a policy as the command line has it
 * @pref: its preference
 * @mode: enum flowsync_mode
 * @proto: protocol number, 0 for any
 * @source: where connections come from
 * @dest: where they are sent to
 * @mark: their mark, in the bits of @mark_mask
 * @mark_mask: 0 for any mark
 * @zone: their zone; above UINT16_MAX for any
 * @conn: enum flowsync_conn that they are to have reached; 0 for any
 * @age: seconds since they began, at least
 * @packets: of both directions, at least
 * @bytes: of both directions, at least
 */
struct policy {
	uint64_t pref;
	int mode;
	uint64_t proto;
	struct flow_end source;
	struct flow_end dest;
	uint64_t mark;
	uint64_t mark_mask;
	uint64_t zone;
	int conn;
	uint64_t age;
	uint64_t packets;
	uint64_t bytes;
};

static int parse_pref(struct words *words, struct policy *policy)
{
	static const char *const keywords[] = { "pref", NULL };

	memset(policy, 0, sizeof(*policy));
	policy->zone = UINT64_MAX;
	if (words_pick(words, keywords, WORDS_ALL) < 0)
		return STATUS_USAGE;
	return words_number(words, "pref", 1, FLOWSYNC_POLICY_PREF_MAX,
			    &policy->pref);
}

static void put_end(struct nlmsghdr *request, const struct flow_end *end,
		    uint16_t address, uint16_t bits, uint16_t port,
		    uint16_t port_max)
{
	if (end->address.family) {
		mnl_attr_put(request, address, end->address.length,
			     end->address.octets);
		mnl_attr_put_u32(request, bits, end->bits);
	}
	if (end->min) {
		mnl_attr_put_u16(request, port, htons(end->min));
		mnl_attr_put_u16(request, port_max, htons(end->max));
	}
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
	if (policy->proto)
		mnl_attr_put_u32(request, FLOWSYNC_A_POLICY_PROTO,
				 policy->proto);
	put_end(request, &policy->source, FLOWSYNC_A_POLICY_SRC,
		FLOWSYNC_A_POLICY_SRC_BITS, FLOWSYNC_A_POLICY_SPORT,
		FLOWSYNC_A_POLICY_SPORT_MAX);
	put_end(request, &policy->dest, FLOWSYNC_A_POLICY_DST,
		FLOWSYNC_A_POLICY_DST_BITS, FLOWSYNC_A_POLICY_DPORT,
		FLOWSYNC_A_POLICY_DPORT_MAX);
	if (policy->mark_mask) {
		mnl_attr_put_u32(request, FLOWSYNC_A_POLICY_MARK,
				 policy->mark);
		mnl_attr_put_u32(request, FLOWSYNC_A_POLICY_MARK_MASK,
				 policy->mark_mask);
	}
	if (policy->zone <= UINT16_MAX)
		mnl_attr_put_u32(request, FLOWSYNC_A_POLICY_ZONE,
				 policy->zone);
	put_reached(request, policy);
	mnl_attr_nest_end(request, nest);
	err = nl_do(nl);
	nl_close(nl);
	return err;
}

static int policy_add(struct out *out, struct words *words)
{
	enum {
		PROTO, SRC, DST, SPORT, DPORT, MARK, MASK, ZONE, STATE, AGE,
		PACKETS, BYTES, MODE
	};
	static const char *const keywords[] = {
		"proto", "src", "dst", "sport", "dport", "mark", "mask",
		"zone", "state", "age", "packets", "bytes", "mode", NULL
	};
	uint32_t may = WORDS_ALL & ~WORD(MASK);
	struct policy policy;
	int err, word;

	err = parse_pref(words, &policy);
	while (!err && !policy.mode) {
		word = words_pick(words, keywords, may);
		if (word == PROTO)
			err = words_proto(words, &policy.proto);
		else if (word == SRC)
			err = words_network(words, "src", &policy.source);
		else if (word == DST)
			err = words_network(words, "dst", &policy.dest);
		else if (word == SPORT)
			err = words_ports(words, "sport", &policy.source);
		else if (word == DPORT)
			err = words_ports(words, "dport", &policy.dest);
		else if (word == MARK)
			err = words_number(words, "mark", 0, UINT32_MAX,
					   &policy.mark);
		else if (word == MASK)
			err = words_number(words, "mask", 1, UINT32_MAX,
					   &policy.mark_mask);
		else if (word == ZONE)
			err = words_number(words, "zone", 0, UINT16_MAX,
					   &policy.zone);
		else if (word == STATE)
			policy.conn = words_pick(words, conn_names,
						 WORDS_ALL & ~WORD(0));
		else if (word == AGE)
			err = words_number(words, "age", 1, UINT32_MAX,
					   &policy.age);
		else if (word == PACKETS)
			err = words_number(words, "packets", 1, UINT64_MAX,
					   &policy.packets);
		else if (word == BYTES)
			err = words_number(words, "bytes", 1, UINT64_MAX,
					   &policy.bytes);
		else if (word == MODE)
			policy.mode = words_pick(words, mode_names,
						 WORDS_ALL & ~WORD(0));
		else
			err = STATUS_USAGE;
		if (policy.mode < 0 || policy.conn < 0)
			err = STATUS_USAGE;
		if (word >= 0)
			may &= ~WORD(word);
		if (word == MARK) {
			policy.mark_mask = UINT32_MAX;
			may |= WORD(MASK);
		}
	}
	if (!err)
		err = words_end(words);
	return err ? err : request_policy(words, FLOWSYNC_CMD_POLICY_ADD,
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

static void print_network(struct out *out, const char *key,
			  const struct nlattr *address,
			  const struct nlattr *bits)
{
	char text[ADDRESS_TEXT], network[ADDRESS_TEXT + 5];

	if (!address)
		return;
	snprintf(network, sizeof(network), "%s/%u", attr_address(address, text),
		 (unsigned int)attr_uint(bits));
	out_string(out, key, key, network);
}

static void print_ports(struct out *out, const char *key,
			const struct nlattr *min, const struct nlattr *max)
{
	char ports[16];

	if (!min)
		return;
	if (attr_port(min) == attr_port(max))
		snprintf(ports, sizeof(ports), "%u", attr_port(min));
	else
		snprintf(ports, sizeof(ports), "%u-%u", attr_port(min),
			 attr_port(max));
	out_string(out, key, key, ports);
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
	if (attrs[FLOWSYNC_A_POLICY_PROTO])
		out_string(out, "proto", "proto",
			   name_of_protocol(attr_uint(attrs[FLOWSYNC_A_POLICY_PROTO])));
	print_network(out, "src", attrs[FLOWSYNC_A_POLICY_SRC],
		      attrs[FLOWSYNC_A_POLICY_SRC_BITS]);
	print_ports(out, "sport", attrs[FLOWSYNC_A_POLICY_SPORT],
		    attrs[FLOWSYNC_A_POLICY_SPORT_MAX]);
	print_network(out, "dst", attrs[FLOWSYNC_A_POLICY_DST],
		      attrs[FLOWSYNC_A_POLICY_DST_BITS]);
	print_ports(out, "dport", attrs[FLOWSYNC_A_POLICY_DPORT],
		    attrs[FLOWSYNC_A_POLICY_DPORT_MAX]);
	if (attrs[FLOWSYNC_A_POLICY_MARK]) {
		out_uint(out, "mark", "mark",
			 attr_uint(attrs[FLOWSYNC_A_POLICY_MARK]));
		out_uint(out, "mask", "mask",
			 attr_uint(attrs[FLOWSYNC_A_POLICY_MARK_MASK]));
	}
	if (attrs[FLOWSYNC_A_POLICY_ZONE])
		out_uint(out, "zone", "zone",
			 attr_uint(attrs[FLOWSYNC_A_POLICY_ZONE]));
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
		  "pref N [proto P] [src NET] [dst NET] [sport PORTS] [dport PORTS] [mark M [mask M]] [zone N] [state STATE] [age SECONDS] [packets N] [bytes N] mode MODE",
		  "add one: MODE is off or async; the first that matches decides" },
		{ "del", policy_del, "pref N", "delete one" },
		{ 0 }
	};

	return words_run(out, words, commands, NULL);
}
