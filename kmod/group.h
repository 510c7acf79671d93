/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Groups: the unit of failover. Who is active, and since which epoch.
 */
#ifndef _FLOWSYNC_GROUP_H
#define _FLOWSYNC_GROUP_H

#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include <linux/flowsync.h>

#include "core/role.h"

struct fs_group_view;
struct fs_node;
struct fs_peer;

/**
 * struct fs_group - a group, as this node sees it
 * @rcu: to free it
 * @node: the node
 * @id: 1 to 65535
 * @priority: for whoever decides; the kernel reports it, also to the peers
 * @change: held while the role changes; inside fs_net.lock
 * @lock: guards @role, @epoch and @claim; they may be read without it
 * @role: enum fs_role of this node
 * @epoch: highest known
 * @owner: whose state was taken last, as long as that session lasts; @lock
 * @claim: epoch under which this node is active
 * @holds: this node was told of all flows of the active it heard last
 * @handover: node id of the peer that is to become active, 0 for none; until
 *	the role changes
 * @yield: becomes standby when another active has the better claim
 * @reclaim: claims the group anew when nobody else does, and others know of a
 *	later epoch
 * @member_count: length of @member
 * @member: peers that the group's flows are replicated to
 */
struct fs_group {
	struct rcu_head rcu;
	struct fs_node *node;
	u32 id;
	u32 priority;
	struct mutex change;
	spinlock_t lock;
	u8 role;
	u64 epoch;
	u64 claim;
	struct fs_peer *owner;
	bool holds;
	u32 handover;
	struct work_struct yield;
	struct work_struct reclaim;
	unsigned int member_count;
	struct fs_peer *member[];
};

struct fs_group *fs_group_new(struct fs_node *node, u32 id, u32 priority,
			      struct fs_peer **member, unsigned int count);
void fs_group_start(struct fs_group *group);
void fs_group_stop(struct fs_group *group);
void fs_group_set_role(struct fs_group *group, u8 role, const char *cause);
void fs_group_set_priority(struct fs_group *group, u32 priority);
void fs_group_hand_over(struct fs_group *group, struct fs_peer *peer);
struct fs_claim fs_group_claim(struct fs_group *group);
struct fs_claim fs_group_best(struct fs_group *group, bool own);
void fs_group_look(struct fs_group *group);
void fs_group_heard(struct fs_group *group, const struct fs_group_view *view);
bool fs_group_accepts(struct fs_group *group, struct fs_peer *peer, u64 epoch);
void fs_group_disown(struct fs_peer *peer);
bool fs_group_member(const struct fs_group *group, const struct fs_peer *peer);
bool fs_group_has_member(struct fs_node *node, const struct fs_peer *peer);
bool fs_node_active(const struct fs_node *node);

#endif /* _FLOWSYNC_GROUP_H */
