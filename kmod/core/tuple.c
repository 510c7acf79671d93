// SPDX-License-Identifier: GPL-2.0
#include "tuple.h"

/* Pairs of ICMP types, query and answer: RFC 792, RFC 950. */
static const u8 icmp_pairs[][2] = {
	{ 8, 0 },	/* echo */
	{ 13, 14 },	/* timestamp */
	{ 15, 16 },	/* information */
	{ 17, 18 },	/* address mask */
};

/* The same for ICMPv6: RFC 4443, RFC 4620. */
static const u8 icmpv6_pairs[][2] = {
	{ 128, 129 },	/* echo */
	{ 139, 140 },	/* node information */
};

static bool icmp_invert(const u8 (*pairs)[2], size_t count, u16 *dport)
{
	u8 type = (u8)(*dport >> 8);
	size_t i;

	for (i = 0; i < count; i++) {
		if (type != pairs[i][0] && type != pairs[i][1])
			continue;
		type = pairs[i][type == pairs[i][0]];
		*dport = (u16)(type << 8 | (*dport & 0xff));
		return true;
	}
	return false;
}

/**
 * fs_tuple_invert - what an answer to a packet with this tuple carries
 * @inverse: result; may be @tuple itself
 * @tuple: of the packet
 * @proto: protocol number
 *
 * Return: false if there is no answer, which is so for ICMP types that are not
 * queries or answers; @inverse is then undefined.
 */
bool fs_tuple_invert(struct fs_tuple *inverse, const struct fs_tuple *tuple,
		     u8 proto)
{
	struct fs_tuple t = *tuple;

	inverse->src = t.dst;
	inverse->dst = t.src;
	switch (proto) {
	case FS_ICMP:
		inverse->sport = t.sport;
		inverse->dport = t.dport;
		return icmp_invert(icmp_pairs, ARRAY_SIZE(icmp_pairs),
				   &inverse->dport);
	case FS_ICMPV6:
		inverse->sport = t.sport;
		inverse->dport = t.dport;
		return icmp_invert(icmpv6_pairs, ARRAY_SIZE(icmpv6_pairs),
				   &inverse->dport);
	default:
		inverse->sport = t.dport;
		inverse->dport = t.sport;
		return true;
	}
}

/**
 * fs_tuple_equal - compare two tuples
 * @a: one
 * @b: the other
 *
 * Return: whether they are the same.
 */
bool fs_tuple_equal(const struct fs_tuple *a, const struct fs_tuple *b)
{
	return a->sport == b->sport && a->dport == b->dport &&
	       !memcmp(&a->src, &b->src, sizeof(a->src)) &&
	       !memcmp(&a->dst, &b->dst, sizeof(a->dst));
}
