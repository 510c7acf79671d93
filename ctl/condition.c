// SPDX-License-Identifier: GPL-2.0
/* What connections a policy or a group is about */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "condition.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

/**
 * condition_init - any connection
 * @condition: the condition
 */
void condition_init(struct condition *condition)
{
	memset(condition, 0, sizeof(*condition));
	condition->zone = UINT64_MAX;
}

/**
 * words_condition - read one word of a condition, with what belongs to it
 * @words: words behind it
 * @word: which: a place in CONDITION_KEYWORDS; any other is wrong
 * @may: which words may follow
 * @condition: where it goes
 *
 * Return: enum status.
 */
int words_condition(struct words *words, int word, uint32_t *may,
		    struct condition *condition)
{
	int err = STATUS_USAGE;

	if (word == CONDITION_PROTO)
		err = words_proto(words, &condition->proto);
	else if (word == CONDITION_SRC)
		err = words_network(words, "src", &condition->source);
	else if (word == CONDITION_DST)
		err = words_network(words, "dst", &condition->dest);
	else if (word == CONDITION_SPORT)
		err = words_ports(words, "sport", &condition->source);
	else if (word == CONDITION_DPORT)
		err = words_ports(words, "dport", &condition->dest);
	else if (word == CONDITION_MARK)
		err = words_number(words, "mark", 0, UINT32_MAX,
				   &condition->mark);
	else if (word == CONDITION_MASK)
		err = words_number(words, "mask", 1, UINT32_MAX,
				   &condition->mark_mask);
	else if (word == CONDITION_ZONE)
		err = words_number(words, "zone", 0, UINT16_MAX,
				   &condition->zone);
	if (word >= 0)
		*may &= ~WORD(word);
	if (word == CONDITION_MARK) {
		condition->mark_mask = UINT32_MAX;
		*may |= WORD(CONDITION_MASK);
	}
	return err;
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

/**
 * condition_put - write a condition
 * @request: where to
 * @condition: the condition
 */
void condition_put(struct nlmsghdr *request, const struct condition *condition)
{
	if (condition->proto)
		mnl_attr_put_u32(request, FLOWSYNC_A_POLICY_PROTO,
				 condition->proto);
	put_end(request, &condition->source, FLOWSYNC_A_POLICY_SRC,
		FLOWSYNC_A_POLICY_SRC_BITS, FLOWSYNC_A_POLICY_SPORT,
		FLOWSYNC_A_POLICY_SPORT_MAX);
	put_end(request, &condition->dest, FLOWSYNC_A_POLICY_DST,
		FLOWSYNC_A_POLICY_DST_BITS, FLOWSYNC_A_POLICY_DPORT,
		FLOWSYNC_A_POLICY_DPORT_MAX);
	if (condition->mark_mask) {
		mnl_attr_put_u32(request, FLOWSYNC_A_POLICY_MARK,
				 condition->mark);
		mnl_attr_put_u32(request, FLOWSYNC_A_POLICY_MARK_MASK,
				 condition->mark_mask);
	}
	if (condition->zone <= UINT16_MAX)
		mnl_attr_put_u32(request, FLOWSYNC_A_POLICY_ZONE,
				 condition->zone);
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
 * condition_print - print a condition, in the words that make it
 * @out: printer, in an object
 * @attrs: enum flowsync_policy_attr
 */
void condition_print(struct out *out, const struct nlattr **attrs)
{
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
}
