// SPDX-License-Identifier: GPL-2.0
#include "event.h"
#include "node.h"
#include "peer.h"
#include "standing.h"
#include "told.h"

static_assert(FS_STANDING_COMPLETE == FLOWSYNC_STANDING_COMPLETE &&
	      FS_STANDING_SYNCED == FLOWSYNC_STANDING_SYNCED &&
	      FS_STANDING_HANDOVER == FLOWSYNC_STANDING_HANDOVER &&
	      FS_STANDING_HOLDS == FLOWSYNC_STANDING_HOLDS &&
	      FS_STANDING_LEFT == FLOWSYNC_STANDING_LEFT);

/* A peer is complete when no more than this is left to be told to it, or not
 * acknowledged: one flow in 16, and some for a small table under load. It is
 * not any more when it is four times that.
 */
#define BEHIND_PART	16
#define BEHIND_LEAST	64
#define BEHIND_LOST	4

/* Whether a peer is told of a group now. */
static bool is_told(const struct fs_group *group,
		    const struct fs_member *member)
{
	lockdep_assert_held(&group->node->flows.lock);

	return group->role == FS_ROLE_ACTIVE && group->learns &&
	       member->peer->telling && READ_ONCE(member->takes) &&
	       !member->parked;
}

/* What this node says to a peer of whose making the flows of the group are. */
static u8 flags_for(struct fs_group *group, struct fs_peer *peer)
{
	const struct fs_member *member = fs_group_member(group, peer);
	struct fs_flows *flows = &group->node->flows;
	u8 flags = 0;

	spin_lock_bh(&flows->lock);
	if (is_told(group, member)) {
		if (READ_ONCE(member->complete))
			flags |= FS_STANDING_COMPLETE;
		if (!fs_flows_behind(group, peer))
			flags |= FS_STANDING_SYNCED;
	}
	spin_unlock_bh(&flows->lock);
	if (READ_ONCE(group->handover) == peer->id)
		flags |= FS_STANDING_HANDOVER;
	if (READ_ONCE(group->left.waiting))
		flags |= FS_STANDING_LEFT;
	return flags | fs_standing_own(group);
}

/**
 * fs_standing_own - how a group stands on this node
 * @group: the group
 *
 * Context: any; the group must not go away.
 * Return: FS_STANDING_HOLDS if this node is the active, or was told of all its
 * flows when it was last heard; or 0.
 */
u8 fs_standing_own(struct fs_group *group)
{
	return READ_ONCE(group->role) == FS_ROLE_ACTIVE ||
	       READ_ONCE(group->holds) ? FS_STANDING_HOLDS : 0;
}

/**
 * fs_standing_of - how a group stands, as a peer is told
 * @group: the group
 * @peer: who is told, a member
 *
 * Context: any; the group must not go away.
 * Return: that.
 */
struct fs_standing fs_standing_of(struct fs_group *group, struct fs_peer *peer)
{
	return (struct fs_standing) {
		.id = group->id,
		.priority = READ_ONCE(group->priority),
		.flags = flags_for(group, peer),
	};
}

/* Whether a controller has to know. How synced a peer is changes all the time,
 * and an epoch only together with a role.
 */
static bool differs(const struct fs_told *a, const struct fs_told *b)
{
	return a->view.id != b->view.id || a->view.role != b->view.role ||
	       a->priority != b->priority ||
	       (a->flags ^ b->flags) & ~FS_STANDING_SYNCED;
}

static void note_standing(struct fs_told *told, unsigned int count,
			  const struct fs_standing *standing)
{
	for (; count--; told++) {
		if (told->view.id != standing->id)
			continue;
		told->priority = standing->priority;
		told->flags = standing->flags;
	}
}

static void learn(struct fs_peer *peer, const struct fs_told *told)
{
	struct fs_group *group = fs_group_find(peer->node, told->view.id);

	if (!group || !fs_group_member(group, peer) ||
	    told->view.role != FS_ROLE_ACTIVE)
		return;
	WRITE_ONCE(group->holds, told->flags & FS_STANDING_COMPLETE);
}

/* What the peer is in one group, or no longer. Returns whether that is new. */
static bool note_group(struct fs_group *group, struct fs_member *member)
{
	const struct fs_peer *peer = member->peer;
	bool active = false, takes = false, changed;
	unsigned int i;

	lockdep_assert_held(&peer->lock);

	for (i = 0; i < peer->told_count; i++) {
		if (peer->told[i].view.id != group->id)
			continue;
		active = peer->told[i].view.role == FS_ROLE_ACTIVE;
		takes = !active;
	}
	changed = active != member->active || takes != member->takes;
	if (member->active && !active)
		WRITE_ONCE(member->released, fs_now_ms());
	WRITE_ONCE(member->active, active);
	WRITE_ONCE(member->takes, takes);
	return changed;
}

static bool note_groups(struct fs_peer *peer)
{
	struct fs_member *member;
	struct fs_group *group;
	bool changed = false;

	list_for_each_entry_rcu(group, &peer->node->groups, list) {
		member = fs_group_member(group, peer);
		if (member)
			changed |= note_group(group, member);
	}
	return changed;
}

/**
 * fs_standing_heard - a peer told how its groups stand
 * @peer: the peer
 * @body: the checked heartbeat, behind its header
 *
 * Context: softirq, RCU read lock.
 * Return: true if something is new that is reported by fs_standing_look().
 */
bool fs_standing_heard(struct fs_peer *peer, const struct fs_rd *body)
{
	struct fs_rd r = *body, standings = {};
	struct fs_standing standing;
	unsigned int count = 0, i;
	struct fs_told *told;
	bool changed;

	spin_lock_bh(&peer->lock);
	told = peer->told_next;
	while (count < FS_HEARTBEAT_GROUPS &&
	       fs_control_next_group(&r, &told[count].view)) {
		told[count].priority = 0;
		told[count++].flags = 0;
	}
	r = *body;
	while (fs_control_next_standing(&r, &standings, &standing))
		note_standing(told, count, &standing);
	changed = count != peer->told_count;
	for (i = 0; i < count && !changed; i++)
		changed = differs(&told[i], &peer->told[i]);
	swap(peer->told, peer->told_next);
	peer->told_count = count;
	peer->told_new |= changed;
	for (i = 0; i < count; i++)
		learn(peer, &told[i]);
	changed |= note_groups(peer);
	spin_unlock_bh(&peer->lock);
	return changed;
}

static void look_at_complete(struct fs_group *group, struct fs_member *member)
{
	struct fs_flows *flows = &group->node->flows;
	bool told, complete, was = member->complete;
	u64 behind, bound;

	spin_lock_bh(&flows->lock);
	told = is_told(group, member);
	behind = told ? fs_flows_behind(group, member->peer) : 0;
	bound = flows->part[group->place].live / BEHIND_PART + BEHIND_LEAST;
	spin_unlock_bh(&flows->lock);
	complete = told && behind <= bound * (was ? BEHIND_LOST : 1);
	if (complete == was)
		return;
	WRITE_ONCE(member->complete, complete);
	if (complete)
		fs_event_peer(member->peer, FLOWSYNC_EVENT_PEER_COMPLETE,
			      "the peer was told of all flows of a group");
	else
		fs_event_peer(member->peer, FLOWSYNC_EVENT_PEER_BEHIND,
			      told ?
			      "the peer is far behind with what it is told of a group" :
			      "the peer is not told any more of a group");
}

/**
 * fs_standing_look - find out how things stand with a peer, and report it
 * @peer: the peer
 *
 * Context: process: the peer's heartbeat.
 */
void fs_standing_look(struct fs_peer *peer)
{
	struct fs_member *member;
	struct fs_group *group;
	bool changed;

	fs_for_each_group(group, peer->node) {
		member = fs_group_member(group, peer);
		if (member)
			look_at_complete(group, member);
	}
	spin_lock_bh(&peer->lock);
	changed = peer->told_new;
	peer->told_new = false;
	spin_unlock_bh(&peer->lock);
	if (changed)
		fs_event_peer(peer, FLOWSYNC_EVENT_PEER_GROUP,
			      "the peer told another role, priority or standing in a group");
}
