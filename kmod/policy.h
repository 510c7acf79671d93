/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies: which connections are replicated. The first one that matches decides;
 * what none matches is replicated. They are looked at when a connection that is not
 * replicated is seen to change, and by the walk, so that a change applies to existing
 * ones too; never for a packet that changes nothing.
 */
#ifndef _FLOWSYNC_POLICY_H
#define _FLOWSYNC_POLICY_H

#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>

struct fs_net;
struct fs_node;
struct genl_info;
struct netlink_callback;
struct nf_conn;
struct sk_buff;

/**
 * struct fs_policy_end - what one end of a connection's original direction is to be
 * @addr: the network
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6; 0 for any address
 * @bits: of @addr that count
 * @port_min: the first port, or the only one; 0 for any
 * @port_max: the last one
 */
struct fs_policy_end {
	union nf_inet_addr addr;
	u8 family;
	u8 bits;
	u16 port_min;
	u16 port_max;
};

/**
 * struct fs_policy - one policy
 * @list: in fs_node.policies, by @pref; RCU, written under fs_net.lock
 * @rcu: to free it
 * @pref: its place, unique
 * @mode: enum flowsync_mode
 * @source: where the connection came from
 * @dest: where it was sent to, before translation
 * @mark: what its mark is to be, in the bits of @mark_mask
 * @mark_mask: 0 for any mark
 * @zone: of the original direction, if @has_zone
 * @has_zone: whether @zone counts
 * @proto: protocol number; 0 for any
 * @conn: enum flowsync_conn that it is to have reached; 0 for any
 * @age: seconds since it began, at least
 * @packets: of both directions, at least
 * @octets: of both directions, at least
 */
struct fs_policy {
	struct list_head list;
	struct rcu_head rcu;
	u32 pref;
	u8 mode;
	struct fs_policy_end source;
	struct fs_policy_end dest;
	u32 mark;
	u32 mark_mask;
	u16 zone;
	bool has_zone;
	u8 proto;
	u8 conn;
	u32 age;
	u64 packets;
	u64 octets;
};

bool fs_policy_replicates(const struct fs_node *node, const struct nf_conn *ct);
void fs_policies_free(struct fs_node *node);

int fs_config_policy_add(struct fs_net *fsn, struct genl_info *info);
int fs_config_policy_del(struct fs_net *fsn, struct genl_info *info);
int fs_dump_policies(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* _FLOWSYNC_POLICY_H */
