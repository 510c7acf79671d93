/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family. Documented in the uapi header.
 */
#ifndef _FLOWSYNC_NETLINK_H
#define _FLOWSYNC_NETLINK_H

#include <net/genetlink.h>

/* Index of the multicast group FLOWSYNC_GENL_EVENTS. */
#define FS_GENL_EVENTS	0

extern struct genl_family fs_genl_family;

int fs_netlink_register(void);
void fs_netlink_unregister(void);

int fs_dump_peers(struct sk_buff *skb, struct netlink_callback *cb);
int fs_dump_groups(struct sk_buff *skb, struct netlink_callback *cb);
int fs_dump_flows(struct sk_buff *skb, struct netlink_callback *cb);
int fs_dump_flows_start(struct netlink_callback *cb);
int fs_dump_stats(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* _FLOWSYNC_NETLINK_H */
