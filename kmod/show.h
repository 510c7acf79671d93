/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Objects as netlink attributes: the same for replies, dumps and events.
 */
#ifndef _FLOWSYNC_SHOW_H
#define _FLOWSYNC_SHOW_H

#include <linux/types.h>

/* Room for any one object: a peer with 8 links and 64 groups is the largest. */
#define FS_SHOW_SIZE	7680

struct fs_flow;
struct fs_group;
struct fs_link;
struct fs_node;
struct fs_peer;
struct fs_record;
struct fs_shadow_flow;
struct nf_conn;
struct nlattr;
struct sk_buff;

int fs_show_end(struct sk_buff *skb, struct nlattr *nest, int err);
int fs_show_node(struct sk_buff *skb, struct fs_node *node);
int fs_show_peer(struct sk_buff *skb, struct fs_peer *peer,
		 const struct fs_link *only);
int fs_show_group(struct sk_buff *skb, struct fs_group *group);
int fs_show_local(struct sk_buff *skb, struct fs_node *node, u32 slot);
int fs_show_shadow(struct sk_buff *skb, const struct fs_shadow_flow *flow);
int fs_show_told(struct sk_buff *skb, u32 group, const struct fs_peer *peer,
		 const struct fs_record *rec, u8 result);
int fs_show_count(struct sk_buff *skb, unsigned int stat, u64 value);
int fs_show_stat(struct sk_buff *skb, struct fs_node *node, unsigned int stat);

#endif /* _FLOWSYNC_SHOW_H */
