/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a peer has to be told of the flow table, group by group. Of a group that it
 * is no member of it is told nothing, and nothing is kept for it.
 */
#ifndef _FLOWSYNC_TOLD_H
#define _FLOWSYNC_TOLD_H

#include <linux/types.h>

struct fs_group;
struct fs_member;
struct fs_node;
struct fs_peer;
struct fs_task;

void fs_flows_restart_peer(struct fs_node *node, struct fs_peer *peer);
void fs_flows_return_peer(struct fs_node *node, struct fs_peer *peer);
void fs_flows_resync_peer(struct fs_node *node, struct fs_peer *peer);
void fs_flows_resync(struct fs_group *group, struct fs_member *member);
void fs_flows_park(struct fs_group *group, struct fs_member *member);
void fs_flows_unpark(struct fs_group *group, struct fs_member *member);
bool fs_flows_tells(struct fs_node *node, const struct fs_peer *peer, u32 slot);
u32 fs_flows_behind(const struct fs_group *group, const struct fs_peer *peer);
unsigned int fs_flows_take(struct fs_node *node, struct fs_peer *peer, u8 place,
			   struct fs_task *task, unsigned int max);

#endif /* _FLOWSYNC_TOLD_H */
