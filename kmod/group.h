/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Groups: the unit of failover. Who is active in each, and since which epoch.
 * Which flows are a group's is in match.h, where they are in flow.h.
 */
#ifndef _FLOWSYNC_GROUP_H
#define _FLOWSYNC_GROUP_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>

#include <linux/flowsync.h>

#include "claim.h"
#include "core/control.h"
#include "inherit.h"
#include "leftover.h"
#include "resync.h"
#include "reunite.h"

struct fs_group_match;
struct fs_node;
struct fs_peer;

/* Most groups of a node: as many as a heartbeat can name. */
#define FS_GROUPS	FS_HEARTBEAT_GROUPS

/* So many of those that a peer is a member of are named on the narrowest path. */
#define FS_GROUPS_ANYWHERE	5

/**
 * struct fs_member - a peer in a group
 * @peer: the peer
 * @takes: by its last heartbeat it takes the group's state: it names the group,
 *	and is not active in it; fs_peer.lock
 * @active: by its last heartbeat it is active in the group; fs_peer.lock
 * @released: time in ms at which it stopped being that
 * @was_active: it was active since it was last told; only in its heartbeat work
 * @parked: it is up and does not take the group's state: what it would have to be
 *	told is not kept, and it is told everything when it does; fs_flows.lock
 * @complete: it was told of all flows of the group; written by its heartbeat work
 * @seek: where among the group's flows that it missed is looked for the next;
 *	fs_flows.lock
 * @inherit: what it is asked about the flows of the active before; fs_peer.lock
 * @reunion: what it is asked of the flows of which it was the origin; fs_peer.lock
 * @has: when this node gave the group up: it had acknowledged all ops up to this one;
 *	fs_peer.lock
 */
struct fs_member {
	struct fs_peer *peer;
	bool takes;
	bool active;
	u64 released;
	bool was_active;
	bool parked;
	bool complete;
	struct fs_seek seek;
	struct fs_inherit inherit;
	struct fs_reunion reunion;
	u64 has;
};

/**
 * struct fs_group - a group, as this node sees it
 * @list: in fs_node.groups, by @id; RCU, written under fs_net.lock
 * @rcu: to free it
 * @users: references; the node's list is one
 * @node: the node
 * @id: 1 to 65535
 * @place: of the group in fs_node.group
 * @priority: for whoever decides; the kernel reports it, also to the peers
 * @on_split: enum flowsync_on_split
 * @match: which flows are its; NULL for those that no other group's match fits;
 *	RCU, written under fs_net.lock
 * @change: held while the role changes; inside fs_net.lock
 * @lock: guards @role, @epoch and @claim, which may be read without it, and the
 *	rest of the claim
 * @role: enum fs_role of this node
 * @epoch: highest known
 * @owner: whose state was taken last, as long as that session lasts; @lock
 * @claim: epoch under which this node is active
 * @rank: of the claim; @lock
 * @traffic: of the claim; @lock
 * @yields: this node is about to give way: its claim does not change any more;
 *	@lock
 * @holds: this node was told of all flows of the active it heard last
 * @learns: flows may enter the flow table; fs_flows.lock
 * @heir: node id of the active before this one, for whom it goes on; 0 for none;
 *	fs_flows.lock
 * @heir_session: the session of that one whose names it took over; fs_flows.lock
 * @recalled: members are told of the ends of what this node told them when it was
 *	active before: these names are not taken again; fs_flows.lock
 * @taken: last op before this node became active; fs_flows.lock
 * @left: flows that only this node has, since it gave the group up
 * @away: this node was active, and is not any more; until it has taken over again
 * @handover: node id of the peer that is to become active, 0 for none; until
 *	the role changes
 * @takeover: installs the group's shadow after a promotion
 * @takeover_on: cleared to stop @takeover
 * @unsettle: windows are to be learnt anew, by the node's walk
 * @yield: becomes standby when another active has the better claim
 * @reclaim: claims the group anew when nobody else does, and others know of a
 *	later epoch
 * @member_count: length of @member
 * @member: peers that the group's flows are replicated to
 */
struct fs_group {
	struct list_head list;
	struct rcu_head rcu;
	refcount_t users;
	struct fs_node *node;
	u32 id;
	u8 place;
	u32 priority;
	u32 on_split;
	struct fs_group_match __rcu *match;
	struct mutex change;
	spinlock_t lock;
	u8 role;
	u64 epoch;
	u64 claim;
	u8 rank;
	u8 traffic;
	bool yields;
	struct fs_peer *owner;
	bool holds;
	bool learns;
	u32 heir;
	u64 heir_session;
	bool recalled;
	u64 taken;
	struct fs_leftover left;
	bool away;
	u32 handover;
	struct work_struct takeover;
	bool takeover_on;
	bool unsettle;
	struct work_struct yield;
	struct work_struct reclaim;
	unsigned int member_count;
	struct fs_member member[];
};

struct fs_group *fs_group_new(struct fs_node *node, u32 id, u32 priority,
			      struct fs_peer **member, unsigned int count);
int fs_group_start(struct fs_group *group);
void fs_group_stop(struct fs_group *group);
void fs_group_set_role(struct fs_group *group, u8 role, const char *cause);
void fs_group_set_priority(struct fs_group *group, u32 priority);
void fs_group_set_on_split(struct fs_group *group, u32 on_split);
void fs_group_set_match(struct fs_group *group, struct fs_group_match *match);
void fs_group_hand_over(struct fs_group *group, struct fs_peer *peer);
bool fs_group_accepts(struct fs_group *group, struct fs_peer *peer, u64 epoch);
void fs_group_disown(struct fs_peer *peer);

struct fs_group *fs_group_find(const struct fs_node *node, u32 id);
struct fs_group *fs_group_at(const struct fs_node *node, u8 place);
struct fs_group *fs_group_get(const struct fs_node *node, u8 place);
struct fs_group *fs_group_next(const struct fs_node *node,
			       struct fs_group *group);
void fs_group_put(struct fs_group *group);

/* Every group, for work that sleeps; who leaves the loop early has a reference. */
#define fs_for_each_group(group, node)					\
	for (group = fs_group_next(node, NULL); group;			\
	     group = fs_group_next(node, group))

struct fs_member *fs_group_member(struct fs_group *group,
				  const struct fs_peer *peer);
struct fs_member *fs_group_member_of(const struct fs_peer *peer, u32 id);
bool fs_group_active(const struct fs_group *group);
bool fs_node_active(const struct fs_node *node);
bool fs_node_tells(struct fs_node *node, const struct fs_peer *peer);
bool fs_node_told_all(struct fs_node *node, const struct fs_peer *peer,
		      bool complete);

#endif /* _FLOWSYNC_GROUP_H */
