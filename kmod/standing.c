// SPDX-License-Identifier: GPL-2.0
#include "event.h"
#include "node.h"
#include "peer.h"
#include "standing.h"

static_assert(FS_STANDING_COMPLETE == FLOWSYNC_STANDING_COMPLETE &&
	      FS_STANDING_SYNCED == FLOWSYNC_STANDING_SYNCED &&
	      FS_STANDING_HANDOVER == FLOWSYNC_STANDING_HANDOVER &&
	      FS_STANDING_HOLDS == FLOWSYNC_STANDING_HOLDS);

/* A peer is complete when no more than this is left to be told to it, or not
 * acknowledged: one flow in 16, and some for a small table under load. It is
 * not any more when it is four times that.
 */
#define BEHIND_PART	16
#define BEHIND_LEAST	64
#define BEHIND_LOST	4

/* What this node says to a peer of whose making the flows of the group are. */
static u8 flags_for(struct fs_group *group, struct fs_peer *peer)
{
	struct fs_flows *flows = &group->node->flows;
	u8 flags = 0;

	spin_lock_bh(&flows->lock);
	if (group->role == FS_ROLE_ACTIVE && peer->telling) {
		if (READ_ONCE(peer->complete))
			flags |= FS_STANDING_COMPLETE;
		if (!peer->sync.dirty.count && !peer->sync.flying.count &&
		    !peer->sync.doubt.count)
			flags |= FS_STANDING_SYNCED;
	}
	spin_unlock_bh(&flows->lock);
	if (READ_ONCE(group->handover) == peer->id)
		flags |= FS_STANDING_HANDOVER;
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
 * fs_standing_put - write how a group stands into a heartbeat
 * @group: the group
 * @peer: who is told
 * @w: where to
 *
 * Context: any; the group must not go away.
 */
void fs_standing_put(struct fs_group *group, struct fs_peer *peer,
		     struct fs_wr *w)
{
	struct fs_standing standing = {
		.id = group->id,
		.priority = READ_ONCE(group->priority),
	};

	if (!fs_group_member(group, peer))
		return;
	standing.flags = flags_for(group, peer);
	fs_control_put_standings(w, &standing, 1);
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
	struct fs_group *group = rcu_dereference(peer->node->group);

	if (!group || group->id != told->view.id ||
	    told->view.role != FS_ROLE_ACTIVE)
		return;
	WRITE_ONCE(group->holds, told->flags & FS_STANDING_COMPLETE);
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
	struct fs_told *told = peer->told_next;
	struct fs_standing standing;
	struct fs_rd r = *body, standings = {};
	unsigned int count = 0, i;
	bool changed;

	spin_lock_bh(&peer->lock);
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
	spin_unlock_bh(&peer->lock);
	return changed;
}

static void look_at_complete(struct fs_peer *peer)
{
	struct fs_flows *flows = &peer->node->flows;
	bool complete, was = peer->complete;
	u64 behind, bound;

	spin_lock_bh(&flows->lock);
	behind = peer->sync.dirty.count + peer->sync.flying.count +
		 peer->sync.doubt.count;
	bound = flows->live / BEHIND_PART + BEHIND_LEAST;
	complete = peer->telling && behind <= bound * (was ? BEHIND_LOST : 1);
	spin_unlock_bh(&flows->lock);
	if (complete == was)
		return;
	WRITE_ONCE(peer->complete, complete);
	if (complete)
		fs_event_peer(peer, FLOWSYNC_EVENT_PEER_COMPLETE,
			      "the peer was told of all flows");
	else
		fs_event_peer(peer, FLOWSYNC_EVENT_PEER_BEHIND,
			      peer->telling ?
			      "the peer is far behind with what it is told" :
			      "the peer is not told any more");
}

/**
 * fs_standing_look - find out how things stand with a peer, and report it
 * @peer: the peer
 *
 * Context: process: the peer's heartbeat.
 */
void fs_standing_look(struct fs_peer *peer)
{
	bool changed;

	look_at_complete(peer);
	spin_lock_bh(&peer->lock);
	changed = peer->told_new;
	peer->told_new = false;
	spin_unlock_bh(&peer->lock);
	if (changed)
		fs_event_peer(peer, FLOWSYNC_EVENT_PEER_GROUP,
			      "the peer told another role, priority or standing in a group");
}
