/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Matches: what connections are told apart by. Policies have one each, and groups
 * may have one: it says which group a connection belongs to.
 */
#ifndef _FLOWSYNC_MATCH_H
#define _FLOWSYNC_MATCH_H

#include <linux/if.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>

struct fs_group;
struct fs_node;
struct genl_info;
struct nf_conn;
struct nlattr;
struct sk_buff;

/**
 * struct fs_match_end - what one end of a connection's original direction is to be
 * @addr: the network
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6; 0 for any address
 * @bits: of @addr that count
 * @port_min: the first port, or the only one; 0 for any
 * @port_max: the last one
 */
struct fs_match_end {
	union nf_inet_addr addr;
	u8 family;
	u8 bits;
	u16 port_min;
	u16 port_max;
};

/**
 * struct fs_match - what a connection is to be
 * @source: where it came from
 * @dest: where it was sent to, before translation
 * @mark: what its mark is to be, in the bits of @mark_mask
 * @mark_mask: 0 for any mark
 * @zone: of the original direction, if @has_zone
 * @has_zone: whether @zone counts
 * @proto: protocol number; 0 for any
 */
struct fs_match {
	struct fs_match_end source;
	struct fs_match_end dest;
	u32 mark;
	u32 mark_mask;
	u16 zone;
	bool has_zone;
	u8 proto;
};

/**
 * struct fs_group_match - which connections belong to a group
 * @rcu: to free it
 * @match: what they are to be
 * @dev: name of a device that their packets come from or go to; empty for any
 */
struct fs_group_match {
	struct rcu_head rcu;
	struct fs_match match;
	char dev[IFNAMSIZ];
};

/**
 * struct fs_way - devices that a packet passed
 * @in: index of the one that it came from
 * @out: index of the one that it goes to
 */
struct fs_way {
	int in;
	int out;
};

bool fs_match_fits(const struct fs_match *match, const struct nf_conn *ct);
struct fs_group *fs_match_group(const struct fs_node *node,
				const struct nf_conn *ct,
				const struct fs_way *way,
				const struct fs_group *now);

int fs_match_parse(struct genl_info *info, struct nlattr **tb,
		   struct fs_match *match);
int fs_match_put(struct sk_buff *skb, const struct fs_match *match);

#endif /* _FLOWSYNC_MATCH_H */
