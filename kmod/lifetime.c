// SPDX-License-Identifier: GPL-2.0
/*
 * How long a shadow flow is kept: as long as its origin holds it, and when that
 * is silent, gone or no longer active, until its own time is over.
 */
#include <linux/sched.h>

#include "lifetime.h"
#include "node.h"
#include "peer.h"
#include "shadow.h"

/* They overflow in 13 years; what is compared is less than half of that apart. */
static u32 tenths(u64 now)
{
	return (u32)div_u64(now, MSEC_PER_SEC / FS_TENTHS);
}

/**
 * fs_shadow_over - when the time of an entry will be over
 * @left: what it has left, in jiffies
 *
 * Context: any.
 * Return: it, as in struct fs_shadow_flow.
 */
u32 fs_shadow_over(unsigned long left)
{
	return tenths(fs_now_ms()) + (u32)div_u64((u64)left * FS_TENTHS, HZ);
}

/**
 * fs_shadow_time - the origin told how much time a flow has left
 * @flow: the flow
 * @timeout: in seconds, up to FS_TIMEOUT_MAX
 *
 * What had its last packet a second ago has a second less than that gave it, and gets
 * that from the next one, without a word.
 *
 * Context: any; fs_shadow.lock held, or nobody can find the flow yet.
 */
void fs_shadow_time(struct fs_shadow_flow *flow, u32 timeout)
{
	WRITE_ONCE(flow->over, tenths(fs_now_ms()) + timeout * FS_TENTHS);
	if (timeout + 1 != flow->timeout)
		flow->timeout = timeout;
}

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

/* When a flow's origin was last known to hold it: now, unless it is silent, came with
 * a new session, or is no longer active in the flow's group.
 */
static u64 last_held(const struct fs_shadow_flow *flow, u64 now)
{
	const struct fs_source *source = fs_shadow_source(flow);
	const struct fs_peer *peer = source->peer;

	if (source->map != READ_ONCE(peer->current_map))
		return READ_ONCE(peer->orphaned);
	if (!READ_ONCE(peer->live.alive))
		return READ_ONCE(peer->live.heard);
	return last_active(peer, source->group, now);
}

/**
 * fs_shadow_left - how much time a flow has left
 * @flow: the flow
 * @now: fs_now_ms()
 *
 * Once nobody holds it its time stands still for as long as the node is to keep it: no
 * packets come that could prolong it.
 *
 * Context: RCU read lock, or fs_shadow.lock.
 * Return: tenths of a second, 0 if it is over.
 */
u32 fs_shadow_left(const struct fs_shadow_flow *flow, u64 now)
{
	const struct fs_node *node = fs_shadow_source(flow)->peer->node;
	u64 keep = READ_ONCE(node->keep_ms), held;
	s32 left;

	if (keep) {
		held = last_held(flow, now);
		now -= clamp_t(s64, now - held, 0, keep);
	}
	left = (s32)(READ_ONCE(flow->over) - tenths(now));
	return (u32)max(left, 0);
}

/**
 * fs_shadow_alive - flows of an origin had packets
 * @peer: the origin
 * @first: slot of the first of them
 * @bits: which of it and the seven behind it
 * @kind: when
 *
 * Context: softirq, RCU read lock.
 * Return: bits of those that have a live entry here, which should live on as long.
 */
u8 fs_shadow_alive(struct fs_peer *peer, u32 first, u8 bits,
		   enum fs_alive_kind kind)
{
	struct fs_shadow *shadow = &peer->node->shadow;
	u32 last = tenths(fs_now_ms()), over;
	bool moved = kind == FS_ALIVE_MOVED;
	unsigned long left = bits;
	struct fs_shadow_flow *flow;
	u8 live = 0;
	void *entry;

	/* It was between one second and two ago. */
	if (!moved)
		last -= FS_TENTHS * 3 / 2;
	spin_lock_bh(&shadow->lock);
	for (; left; left &= left - 1) {
		entry = xa_load(&peer->shadow[peer->current_map],
				first + __ffs(left));
		if (!entry || xa_is_value(entry))
			continue;
		flow = entry;
		over = last + flow->timeout * FS_TENTHS;
		if (!fs_shadow_installed(flow)) {
			WRITE_ONCE(flow->over, over);
		} else if (moved && (s32)(over - flow->over) > 0) {
			WRITE_ONCE(flow->over, over);
			live |= left & -left;
		}
	}
	spin_unlock_bh(&shadow->lock);
	return live;
}

/* Whether any flow in one of an origin's maps may go: false if it lives and is
 * active in the groups of all of them.
 */
static bool any_left(struct fs_peer *peer, unsigned int map)
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
	unsigned long slot;
	void *entry;
	u64 now;

	xa_for_each(&peer->shadow[map], slot, entry) {
		spin_lock_bh(&node->shadow.lock);
		/* It may be another by now. */
		entry = xa_load(&peer->shadow[map], slot);
		if (entry && !xa_is_value(entry)) {
			flow = entry;
			now = fs_now_ms();
			if (!fs_shadow_left(flow, now) &&
			    last_held(flow, now) != now) {
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
			if (any_left(peer, map))
				expire_map(node, peer, map);
}
