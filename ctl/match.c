// SPDX-License-Identifier: GPL-2.0
/* What flows are told apart by: networks, ports, protocols */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "match.h"
#include "names.h"
#include "reply.h"

/**
 * words_proto - read a protocol: its name, or its number
 * @words: words
 * @proto: where its number goes
 *
 * Return: enum status.
 */
int words_proto(struct words *words, uint64_t *proto)
{
	const char *value = "";
	int err;

	err = words_value(words, "proto", &value);
	if (err)
		return err;
	for (*proto = 1; *proto <= UINT8_MAX; ++*proto)
		if (!strcmp(value, name_of_protocol(*proto)))
			return STATUS_DONE;
	return usage_error(words, "proto: \"%s\" is not a protocol", value);
}

/**
 * words_network - read ADDRESS or ADDRESS/BITS
 * @words: words
 * @what: what it is, for messages
 * @end: where it goes
 *
 * Return: enum status.
 */
int words_network(struct words *words, const char *what,
		  struct flow_end *end)
{
	char text[ADDRESS_TEXT + 5], *slash, *rest;
	struct words only = *words;
	char *word[] = { text, NULL };
	const char *value = "";
	unsigned long bits;
	int err;

	err = words_value(words, what, &value);
	if (err)
		return err;
	snprintf(text, sizeof(text), "%s", value);
	slash = strchr(text, '/');
	if (slash)
		*slash++ = '\0';
	only.count = 1;
	only.next = word;
	err = words_address(&only, what, &end->address);
	if (err)
		return err;
	end->bits = 8 * end->address.length;
	if (!slash)
		return STATUS_DONE;
	bits = strtoul(slash, &rest, 10);
	if (*slash < '0' || *slash > '9' || *rest || bits > end->bits)
		return usage_error(words, "%s: \"%s\" is not a prefix's length",
				   what, slash);
	end->bits = bits;
	return STATUS_DONE;
}

/**
 * words_ports - read PORT or PORT-PORT
 * @words: words
 * @what: what it is, for messages
 * @end: where it goes
 *
 * Return: enum status.
 */
int words_ports(struct words *words, const char *what, struct flow_end *end)
{
	unsigned long min, max;
	const char *value = "";
	char *rest;
	int err;

	err = words_value(words, what, &value);
	if (err)
		return err;
	min = max = strtoul(value, &rest, 10);
	if (*value >= '0' && *value <= '9' && *rest == '-' &&
	    rest[1] >= '0' && rest[1] <= '9')
		max = strtoul(rest + 1, &rest, 10);
	if (*rest || !min || min > max || max > UINT16_MAX)
		return usage_error(words,
				   "%s: \"%s\" is not a port, or a range of ports",
				   what, value);
	end->min = min;
	end->max = max;
	return STATUS_DONE;
}

/**
 * match_init - want all flows
 * @match: which are wanted
 */
void match_init(struct match *match)
{
	memset(match, 0, sizeof(*match));
	match->zone = UINT64_MAX;
}

/**
 * words_match - read what follows one of the words of MATCH_USAGE
 * @words: words
 * @keywords: those words, in that order, and others behind them
 * @word: which one it was
 * @match: where it goes
 *
 * Return: enum status.
 */
int words_match(struct words *words, const char *const keywords[], int word,
		struct match *match)
{
	enum { PROTO, SRC, DST, SPORT, DPORT, ZONE, ORIGIN };

	switch (word) {
	case PROTO:
		return words_proto(words, &match->proto);
	case SRC:
		return words_network(words, keywords[word], &match->source);
	case DST:
		return words_network(words, keywords[word], &match->dest);
	case SPORT:
		return words_ports(words, keywords[word], &match->source);
	case DPORT:
		return words_ports(words, keywords[word], &match->dest);
	case ZONE:
		return words_number(words, keywords[word], 0, UINT16_MAX,
				    &match->zone);
	case ORIGIN:
		return words_number(words, keywords[word], 1, UINT32_MAX,
				    &match->origin);
	default:
		return STATUS_USAGE;
	}
}

static bool in_network(const struct flow_end *end, const struct nlattr *address)
{
	const uint8_t *octets;
	unsigned int whole = end->bits / 8, rest = end->bits % 8;

	if (!end->address.family)
		return true;
	if (!address ||
	    mnl_attr_get_payload_len(address) != end->address.length)
		return false;
	octets = mnl_attr_get_payload(address);
	return !memcmp(octets, end->address.octets, whole) &&
	       (!rest || !((octets[whole] ^ end->address.octets[whole]) >>
			   (8 - rest)));
}

static bool in_ports(const struct flow_end *end, const struct nlattr *port)
{
	return !end->min ||
	       (port && attr_port(port) >= end->min &&
		attr_port(port) <= end->max);
}

/**
 * match_flow - whether a flow is wanted
 * @match: which are
 * @attrs: of FLOWSYNC_A_FLOW
 *
 * ICMP has no ports, though its tuples have something in their place.
 *
 * Return: true if it is.
 */
bool match_flow(const struct match *match, const struct nlattr **attrs)
{
	const struct nlattr *tuple[FLOWSYNC_A_TUPLE_MAX + 1];
	uint64_t proto = attr_uint(attrs[FLOWSYNC_A_FLOW_PROTO]);
	bool icmp = proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;

	if (match->proto && match->proto != proto)
		return false;
	if (match->zone <= UINT16_MAX &&
	    match->zone != attr_uint(attrs[FLOWSYNC_A_FLOW_ZONE]))
		return false;
	if (match->origin &&
	    match->origin != attr_uint(attrs[FLOWSYNC_A_FLOW_ORIGIN]))
		return false;
	if (icmp && (match->source.min || match->dest.min))
		return false;
	attrs_of_nest(attrs[FLOWSYNC_A_FLOW_ORIG], tuple, FLOWSYNC_A_TUPLE_MAX);
	return in_network(&match->source, tuple[FLOWSYNC_A_TUPLE_SRC]) &&
	       in_network(&match->dest, tuple[FLOWSYNC_A_TUPLE_DST]) &&
	       in_ports(&match->source, tuple[FLOWSYNC_A_TUPLE_SPORT]) &&
	       in_ports(&match->dest, tuple[FLOWSYNC_A_TUPLE_DPORT]);
}
