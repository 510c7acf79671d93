/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which zone a packet was put into that conntrack refused: the packet has neither
 * entry nor template then. So while there are flows of zones in the shadow, a hook
 * just before conntrack notes the zone of the packet that this CPU has in hand.
 */
#ifndef _FLOWSYNC_ZONE_H
#define _FLOWSYNC_ZONE_H

#include <linux/types.h>
#include <linux/workqueue.h>

struct fs_node;
struct sk_buff;

/**
 * struct fs_zones - whether a node's hooks that note zones are there
 * @work: registers them
 * @wanted: there is, or was, a shadow flow in a zone
 * @hooked: they are registered; of @work
 */
struct fs_zones {
	struct work_struct work;
	bool wanted;
	bool hooked;
};

void fs_zones_init(struct fs_node *node);
void fs_zones_stop(struct fs_node *node);
void fs_zones_want(struct fs_node *node);
u16 fs_zone_of(const struct sk_buff *skb);

#endif /* _FLOWSYNC_ZONE_H */
