// SPDX-License-Identifier: GPL-2.0
/*
 * Matches as netlink has them.
 */
#include <net/genetlink.h>

#include <linux/flowsync.h>

#include "match.h"

#define refuse(info, err, text) ({			\
	NL_SET_ERR_MSG((info)->extack, text);		\
	-(err);						\
})

/* The attributes of one end. */
struct end_attrs {
	int addr;
	int bits;
	int port;
	int port_max;
};

static const struct end_attrs source_attrs = {
	.addr = FLOWSYNC_A_POLICY_SRC,
	.bits = FLOWSYNC_A_POLICY_SRC_BITS,
	.port = FLOWSYNC_A_POLICY_SPORT,
	.port_max = FLOWSYNC_A_POLICY_SPORT_MAX,
};

static const struct end_attrs dest_attrs = {
	.addr = FLOWSYNC_A_POLICY_DST,
	.bits = FLOWSYNC_A_POLICY_DST_BITS,
	.port = FLOWSYNC_A_POLICY_DPORT,
	.port_max = FLOWSYNC_A_POLICY_DPORT_MAX,
};

static int parse_end(struct genl_info *info, struct nlattr **tb,
		     const struct end_attrs *attrs, struct fs_match_end *end)
{
	struct nlattr *addr = tb[attrs->addr], *bits = tb[attrs->bits];
	struct nlattr *port = tb[attrs->port], *max = tb[attrs->port_max];

	if (addr) {
		if (nla_len(addr) != 4 && nla_len(addr) != 16)
			return refuse(info, EINVAL,
				      "an address has 4 or 16 octets");
		memcpy(&end->addr, nla_data(addr), nla_len(addr));
		end->family = nla_len(addr) == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
		end->bits = bits ? nla_get_u32(bits) : 8 * nla_len(addr);
		if (end->bits > 8 * nla_len(addr))
			return refuse(info, EINVAL,
				      "the prefix is longer than the address");
	} else if (bits) {
		return refuse(info, EINVAL, "a prefix needs an address");
	}
	if (max && !port)
		return refuse(info, EINVAL, "a range of ports needs its first");
	if (port) {
		end->port_min = be16_to_cpu(nla_get_be16(port));
		end->port_max = max ? be16_to_cpu(nla_get_be16(max)) :
				      end->port_min;
		if (end->port_max < end->port_min)
			return refuse(info, EINVAL,
				      "the last port is below the first");
	}
	return 0;
}

/**
 * fs_match_parse - read a match
 * @info: the request
 * @tb: enum flowsync_policy_attr; those of a match are read
 * @match: result, zeroed before
 *
 * Context: process.
 * Return: 0, or a negative error, explained.
 */
int fs_match_parse(struct genl_info *info, struct nlattr **tb,
		   struct fs_match *match)
{
	int err;

	if (tb[FLOWSYNC_A_POLICY_PROTO])
		match->proto = nla_get_u32(tb[FLOWSYNC_A_POLICY_PROTO]);
	if (tb[FLOWSYNC_A_POLICY_MARK]) {
		match->mark = nla_get_u32(tb[FLOWSYNC_A_POLICY_MARK]);
		match->mark_mask = U32_MAX;
	}
	if (tb[FLOWSYNC_A_POLICY_MARK_MASK])
		match->mark_mask = nla_get_u32(tb[FLOWSYNC_A_POLICY_MARK_MASK]);
	if (tb[FLOWSYNC_A_POLICY_ZONE]) {
		match->zone = nla_get_u32(tb[FLOWSYNC_A_POLICY_ZONE]);
		match->has_zone = true;
	}
	err = parse_end(info, tb, &source_attrs, &match->source);
	if (!err)
		err = parse_end(info, tb, &dest_attrs, &match->dest);
	if (!err && match->source.family && match->dest.family &&
	    match->source.family != match->dest.family)
		return refuse(info, EINVAL,
			      "no flow has addresses of two families");
	return err;
}

static int put_end(struct sk_buff *skb, const struct end_attrs *attrs,
		   const struct fs_match_end *end)
{
	unsigned int len = end->family == NFPROTO_IPV4 ? 4 : 16;

	if (end->family && (nla_put(skb, attrs->addr, len, &end->addr) ||
			    nla_put_u32(skb, attrs->bits, end->bits)))
		return -EMSGSIZE;
	if (end->port_min &&
	    (nla_put_be16(skb, attrs->port, htons(end->port_min)) ||
	     nla_put_be16(skb, attrs->port_max, htons(end->port_max))))
		return -EMSGSIZE;
	return 0;
}

/**
 * fs_match_put - write a match
 * @skb: where to, in a nest
 * @match: the match
 *
 * Context: any.
 * Return: 0, or -EMSGSIZE if it does not fit.
 */
int fs_match_put(struct sk_buff *skb, const struct fs_match *match)
{
	if (put_end(skb, &source_attrs, &match->source) ||
	    put_end(skb, &dest_attrs, &match->dest))
		return -EMSGSIZE;
	if (match->proto &&
	    nla_put_u32(skb, FLOWSYNC_A_POLICY_PROTO, match->proto))
		return -EMSGSIZE;
	if (match->mark_mask &&
	    (nla_put_u32(skb, FLOWSYNC_A_POLICY_MARK, match->mark) ||
	     nla_put_u32(skb, FLOWSYNC_A_POLICY_MARK_MASK, match->mark_mask)))
		return -EMSGSIZE;
	if (match->has_zone &&
	    nla_put_u32(skb, FLOWSYNC_A_POLICY_ZONE, match->zone))
		return -EMSGSIZE;
	return 0;
}
