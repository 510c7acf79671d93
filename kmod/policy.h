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
#include <linux/rcupdate.h>

#include "match.h"

struct fs_net;
struct fs_node;
struct genl_info;
struct netlink_callback;
struct nf_conn;
struct sk_buff;

/**
 * struct fs_policy - one policy
 * @list: in fs_node.policies, by @pref; RCU, written under fs_net.lock
 * @rcu: to free it
 * @pref: its place, unique
 * @mode: enum flowsync_mode
 * @match: what a connection is to be
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
	struct fs_match match;
	u8 conn;
	u32 age;
	u64 packets;
	u64 octets;
};

bool fs_policy_replicates(const struct fs_node *node, const struct nf_conn *ct);
void fs_policies_free(struct fs_node *node);

int fs_config_policy_add(struct fs_net *fsn, struct genl_info *info);
int fs_config_policy_set(struct fs_net *fsn, struct genl_info *info);
int fs_config_policy_del(struct fs_net *fsn, struct genl_info *info);
int fs_dump_policies(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* _FLOWSYNC_POLICY_H */
