// SPDX-License-Identifier: GPL-2.0
/*
 * How long a shadow flow is kept: as long as its origin holds it, and when that
 * is silent, gone or no longer active, until its own time is over.
 */
#include <linux/sched.h>

#include "compat/uninitialized.h"
#include "lifetime.h"
#include "node.h"
#include "peer.h"
#include "shadow.h"

/* When an origin that lives was last known to be active in a group. */
static u64 last_active(const struct fs_peer *peer, u16 id, u64 now)
{
	const struct fs_member *member;
	u64 seen;

	rcu_read_lock();
	member = fs_group_member_of(peer, id);
	if (!member)
		seen = READ_ONCE(peer->node->regrouped);
	else
		seen = READ_ONCE(member->active) ? now :
						   READ_ONCE(member->released);
	rcu_read_unlock();
	return seen;
}

/**
 * fs_shadow_seen - when a flow's origin was last known to hold it
 * @flow: the flow
 * @now: fs_now_ms()
 *
 * Context: RCU read lock, or fs_shadow.lock.
 * Return: now, unless the origin is silent, came with a new session, or is no
 * longer active in the flow's group; in ms.
 */
u64 fs_shadow_seen(const struct fs_shadow_flow *flow, u64 now)
{
	const struct fs_source *source = fs_shadow_source(flow);
	const struct fs_peer *peer = source->peer;

	if (source->map != READ_ONCE(peer->current_map))
		return READ_ONCE(peer->orphaned);
	if (!READ_ONCE(peer->live.alive))
		return READ_ONCE(peer->live.heard);
	return last_active(peer, source->group, now);
}

/* Whether any flow in one of an origin's maps may age: false if it lives and is
 * active in the groups of all of them.
 */
static bool ages(struct fs_peer *peer, unsigned int map)
{
	const struct fs_source *source;
	u64 now = fs_now_ms();
	bool any = false;

	if (map != READ_ONCE(peer->current_map) || !READ_ONCE(peer->live.alive))
		return true;
	rcu_read_lock();
	list_for_each_entry_rcu(source, &peer->sources, list)
		any |= last_active(peer, source->group, now) != now;
	rcu_read_unlock();
	return any;
}

/* Empty one of a peer's maps, which nothing is added to. */
static void drop_map(struct fs_node *node, struct fs_peer *peer,
		     unsigned int map)
{
	unsigned long slot;
	void *entry;

	xa_for_each(&peer->shadow[map], slot, entry) {
		spin_lock_bh(&node->shadow.lock);
		/* It may be another by now. */
		entry = xa_load(&peer->shadow[map], slot);
		if (xa_is_value(entry))
			xa_erase(&peer->shadow[map], slot);
		else if (entry)
			fs_shadow_drop(node, entry);
		spin_unlock_bh(&node->shadow.lock);
		cond_resched();
	}
}

/**
 * fs_shadow_new_session - an origin restarted
 * @node: the node
 * @peer: the origin; no state of its new session is accepted yet
 *
 * It no longer has the flows it told of before. They are kept, since nobody
 * else has them, until their own time has run out; those of the session before
 * that one go.
 *
 * Context: process.
 */
void fs_shadow_new_session(struct fs_node *node, struct fs_peer *peer)
{
	drop_map(node, peer, !peer->current_map);
	spin_lock_bh(&node->shadow.lock);
	WRITE_ONCE(peer->orphaned, fs_now_ms());
	WRITE_ONCE(peer->current_map, !peer->current_map);
	peer->top_slot = 0;
	peer->top_op = 0;
	spin_unlock_bh(&node->shadow.lock);
}

/**
 * fs_shadow_drop_peer - forget all flows of an origin
 * @node: the node
 * @peer: the origin, from which nothing is received any more
 *
 * Context: process.
 */
void fs_shadow_drop_peer(struct fs_node *node, struct fs_peer *peer)
{
	unsigned int map;

	for (map = 0; map < FS_SESSIONS; map++)
		drop_map(node, peer, map);
}

static void expire_map(struct fs_node *node, struct fs_peer *peer,
		       unsigned int map)
{
	struct fs_shadow_flow *flow;
	struct fs_state state __uninitialized;
	unsigned long slot;
	void *entry;

	xa_for_each(&peer->shadow[map], slot, entry) {
		spin_lock_bh(&node->shadow.lock);
		/* It may be another by now. */
		entry = xa_load(&peer->shadow[map], slot);
		if (entry && !xa_is_value(entry)) {
			flow = entry;
			fs_shadow_state(flow, fs_now_ms(), &state);
			if (!state.timeout) {
				fs_shadow_drop(node, flow);
				fs_stat_inc(node, shadow_expired);
			}
		}
		spin_unlock_bh(&node->shadow.lock);
		cond_resched();
	}
}

/**
 * fs_shadow_expire - drop flows whose origin is gone and whose time is over
 * @node: the node
 *
 * Context: process; the list of peers must not change.
 */
void fs_shadow_expire(struct fs_node *node)
{
	struct fs_peer *peer;
	unsigned int map;

	list_for_each_entry(peer, &node->peers, list)
		for (map = 0; map < FS_SESSIONS; map++)
			if (ages(peer, map))
				expire_map(node, peer, map);
}
