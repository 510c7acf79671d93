// SPDX-License-Identifier: GPL-2.0
/* flow: the two tables of flows */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "match.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

static bool is_icmp(uint64_t protocol)
{
	return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
}

/* One end of a flow: in text with its port, in JSON apart from it */
static void print_end(struct out *out, const char *key, const char *port_key,
		      const struct nlattr *address, const struct nlattr *port)
{
	char text[ADDRESS_TEXT], both[ADDRESS_TEXT + sizeof("[]:65535")];
	bool v6 = address && mnl_attr_get_payload_len(address) == 16;
	const char *shown;

	shown = attr_address(address, text);
	out_string(out, key, port ? NULL : "", shown);
	if (!port)
		return;
	snprintf(both, sizeof(both), "%s%s%s:%u", v6 ? "[" : "", shown,
		 v6 ? "]" : "", attr_port(port));
	out_text(out, both);
	out_uint(out, port_key, NULL, attr_port(port));
}

static void print_tuple(struct out *out, const char *key,
			const struct nlattr *tuple, uint64_t protocol)
{
	const struct nlattr *attrs[FLOWSYNC_A_TUPLE_MAX + 1];
	const struct nlattr *sport, *dport;
	bool icmp = is_icmp(protocol);
	uint16_t type_code;

	attrs_of_nest(tuple, attrs, FLOWSYNC_A_TUPLE_MAX);
	sport = attrs[FLOWSYNC_A_TUPLE_SPORT];
	dport = attrs[FLOWSYNC_A_TUPLE_DPORT];
	out_object(out, key);
	print_end(out, "src", "sport", attrs[FLOWSYNC_A_TUPLE_SRC],
		  icmp ? NULL : sport);
	out_text(out, "->");
	print_end(out, "dst", "dport", attrs[FLOWSYNC_A_TUPLE_DST],
		  icmp ? NULL : dport);
	if (icmp) {
		type_code = attr_port(dport);
		out_uint(out, "id", "id", attr_port(sport));
		out_uint(out, "type", "type", type_code >> 8);
		out_uint(out, "code", "code", type_code & 0xff);
	}
	out_object_end(out);
}

/*
 * Text shows what is worth a look: that there is no reply, not that there is
 * one; and not that addresses are translated, since the tuples show how.
 */
static void print_status(struct out *out, uint32_t status)
{
	const uint32_t quiet = FLOWSYNC_FLOW_SEEN_REPLY |
			       FLOWSYNC_FLOW_SRC_NAT | FLOWSYNC_FLOW_DST_NAT;
	char name[24], bracketed[sizeof(name) + 2];
	unsigned int bit;

	if (!(status & FLOWSYNC_FLOW_SEEN_REPLY))
		out_text(out, "[UNREPLIED]");
	out_array(out, "status");
	for (bit = 0; bit < 32; bit++) {
		if (!(status & UINT32_C(1) << bit))
			continue;
		if (status_names[bit])
			snprintf(name, sizeof(name), "%s", status_names[bit]);
		else
			snprintf(name, sizeof(name), "BIT_%u", bit);
		snprintf(bracketed, sizeof(bracketed), "[%s]", name);
		out_string(out, NULL, NULL, name);
		if (!(quiet & UINT32_C(1) << bit))
			out_text(out, bracketed);
	}
	out_array_end(out);
}

/* At each peer: in text only of those where something came of an install. */
static void print_peers(struct out *out, const struct nlattr *flow)
{
	const struct nlattr *attrs[FLOWSYNC_A_AT_MAX + 1];
	const struct nlattr *attr;

	out_array(out, "peers");
	mnl_attr_for_each_nested(attr, flow) {
		uint64_t install;
		bool quiet;

		if (mnl_attr_get_type(attr) != FLOWSYNC_A_FLOW_AT)
			continue;
		attrs_of_nest(attr, attrs, FLOWSYNC_A_AT_MAX);
		install = attr_uint(attrs[FLOWSYNC_A_AT_INSTALL]);
		quiet = install == FLOWSYNC_INSTALL_NONE;
		out_object(out, NULL);
		out_string(out, "peer", quiet ? NULL : "at",
			   attr_string(attrs[FLOWSYNC_A_AT_PEER]));
		out_string(out, "sync", NULL,
			   name_of(sync_names,
				   attr_uint(attrs[FLOWSYNC_A_AT_SYNC])));
		out_string(out, "install", quiet ? NULL : "",
			   name_of(install_names, install));
		out_object_end(out);
	}
	out_array_end(out);
}

static void print_place(struct out *out, const struct nlattr *flow,
			const struct nlattr **attrs)
{
	uint64_t table = attr_uint(attrs[FLOWSYNC_A_FLOW_TABLE]);
	uint64_t zone = attr_uint(attrs[FLOWSYNC_A_FLOW_ZONE]);

	out_uint(out, "zone", zone ? "zone" : NULL, zone);
	out_uint(out, "group", "group", attr_uint(attrs[FLOWSYNC_A_FLOW_GROUP]));
	out_uint(out, "origin", "origin",
		 attr_uint(attrs[FLOWSYNC_A_FLOW_ORIGIN]));
	out_uint(out, "slot", "slot", attr_uint(attrs[FLOWSYNC_A_FLOW_SLOT]));
	out_uint(out, "gen", "gen", attr_uint(attrs[FLOWSYNC_A_FLOW_GEN]));
	out_uint(out, "op", "op", attr_uint(attrs[FLOWSYNC_A_FLOW_OP]));
	if (attrs[FLOWSYNC_A_FLOW_INSTALL])
		out_string(out, "install", "install",
			   name_of(install_names,
				   attr_uint(attrs[FLOWSYNC_A_FLOW_INSTALL])));
	if (table == FLOWSYNC_TABLE_LOCAL)
		print_peers(out, flow);
	/* a flow of the local table has a sync state instead of its name */
	out_string(out, "table", table == FLOWSYNC_TABLE_LOCAL ? NULL : "",
		   name_of(table_names, table));
	if (table == FLOWSYNC_TABLE_LOCAL)
		out_string(out, "sync", "",
			   name_of(sync_names,
				   attr_uint(attrs[FLOWSYNC_A_FLOW_SYNC])));
}

/**
 * flow_print - print a flow
 * @out: printer, in an object
 * @flow: FLOWSYNC_A_FLOW
 */
void flow_print(struct out *out, const struct nlattr *flow)
{
	const struct nlattr *attrs[FLOWSYNC_A_FLOW_MAX + 1];
	uint64_t family, protocol;

	attrs_of_nest(flow, attrs, FLOWSYNC_A_FLOW_MAX);
	family = attr_uint(attrs[FLOWSYNC_A_FLOW_FAMILY]);
	protocol = attr_uint(attrs[FLOWSYNC_A_FLOW_PROTO]);
	out_string(out, "family", NULL, family == AF_INET6 ? "inet6" : "inet");
	out_string(out, "proto", "", name_of_protocol(protocol));
	if (protocol == IPPROTO_TCP)
		out_string(out, "tcp_state", "",
			   name_of(tcp_state_names,
				   attr_uint(attrs[FLOWSYNC_A_FLOW_TCP_STATE])));
	out_unit(out, "timeout", "",
		 attr_uint(attrs[FLOWSYNC_A_FLOW_TIMEOUT]), "s");
	print_tuple(out, "orig", attrs[FLOWSYNC_A_FLOW_ORIG], protocol);
	out_text(out, "reply");
	print_tuple(out, "reply", attrs[FLOWSYNC_A_FLOW_REPLY], protocol);
	print_status(out, attr_uint(attrs[FLOWSYNC_A_FLOW_STATUS]));
	print_place(out, flow, attrs);
}

/**
 * struct showing - what of the tables is shown
 * @out: printer
 * @match: which flows
 * @skip: how many of them are passed over first
 * @left: how many of the others at most
 */
struct showing {
	struct out *out;
	struct match match;
	uint64_t skip;
	uint64_t left;
};

static bool flow_row(const struct nlattr **attrs, void *data)
{
	const struct nlattr *flow[FLOWSYNC_A_FLOW_MAX + 1];
	struct showing *showing = data;
	struct out *out = showing->out;

	if (!attrs[FLOWSYNC_A_FLOW])
		return true;
	attrs_of_nest(attrs[FLOWSYNC_A_FLOW], flow, FLOWSYNC_A_FLOW_MAX);
	if (!match_flow(&showing->match, flow))
		return true;
	if (showing->skip) {
		showing->skip--;
		return true;
	}
	out_object(out, NULL);
	flow_print(out, attrs[FLOWSYNC_A_FLOW]);
	out_end(out);
	out_object_end(out);
	return --showing->left && !out_broken(out);
}

static int flow_words(struct words *words, struct showing *showing, int *table)
{
	enum { LIMIT = 7, SKIP, LOCAL, SHADOW };
	static const char *const keywords[] = {
		"proto", "src", "dst", "sport", "dport", "zone", "origin",
		"limit", "skip", "local", "shadow", NULL
	};
	uint32_t may = WORDS_ALL;
	int err = 0, word;

	match_init(&showing->match);
	showing->left = UINT64_MAX;
	while (!err && words->count) {
		word = words_pick(words, keywords, may);
		if (word < 0)
			return STATUS_USAGE;
		may &= ~WORD(word);
		if (word == LOCAL || word == SHADOW) {
			*table = word == LOCAL ? FLOWSYNC_TABLE_LOCAL :
						 FLOWSYNC_TABLE_SHADOW;
			may &= ~(WORD(LOCAL) | WORD(SHADOW));
		} else if (word == LIMIT) {
			err = words_number(words, "limit", 1, UINT32_MAX,
					   &showing->left);
		} else if (word == SKIP) {
			err = words_number(words, "skip", 0, UINT32_MAX,
					   &showing->skip);
		} else {
			err = words_match(words, keywords, word,
					  &showing->match);
		}
	}
	return err;
}

static int flow_show(struct out *out, struct words *words)
{
	struct showing showing = { .out = out };
	int table = FLOWSYNC_TABLE_UNSPEC;
	struct nlmsghdr *request;
	struct nlattr *nest;
	struct nl *nl;
	int err;

	err = flow_words(words, &showing, &table);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	request = nl_request(nl, FLOWSYNC_CMD_FLOW_GET);
	if (table != FLOWSYNC_TABLE_UNSPEC) {
		nest = mnl_attr_nest_start(request, FLOWSYNC_A_FLOW);
		mnl_attr_put_u32(request, FLOWSYNC_A_FLOW_TABLE, table);
		mnl_attr_nest_end(request, nest);
	}
	out_array(out, NULL);
	err = nl_stream(nl, flow_row, &showing);
	out_array_end(out);
	nl_close(nl);
	return err;
}

/**
 * flow_object - run a command of the object flow
 * @out: printer
 * @words: the words after "flow"
 *
 * Return: enum status.
 */
int flow_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "show", flow_show,
		  "[local|shadow] " MATCH_USAGE " [skip N] [limit N]",
		  "show the flows, or those of one table, or that are as said" },
		{ 0 }
	};

	return words_run(out, words, commands, NULL);
}
