// SPDX-License-Identifier: GPL-2.0
#include <net/netfilter/nf_conntrack.h>

#include "convert.h"
#include "node.h"
#include "peer.h"
#include "resync.h"
#include "send.h"
#include "told.h"
#include "warm.h"

/* The peer in the group that a slot belongs to, if it is to be told of it. */
static struct fs_member *member_of(struct fs_node *node,
				   const struct fs_peer *peer, u32 slot)
{
	struct fs_group *group = fs_group_at(node,
					     fs_flow_owner(&node->flows, slot));
	struct fs_member *member;

	lockdep_assert_held(&node->flows.lock);

	member = group && group->learns ? fs_group_member(group, peer) : NULL;
	return member && !member->parked ? member : NULL;
}

/**
 * fs_flows_tells - whether a peer is to be told of a slot
 * @node: the node
 * @peer: the peer
 * @slot: below fs_flows_slots()
 *
 * Context: any; fs_flows.lock held.
 * Return: true if this node is active in the slot's group, and the peer a member
 * that takes its state, as far as is known.
 */
bool fs_flows_tells(struct fs_node *node, const struct fs_peer *peer, u32 slot)
{
	return member_of(node, peer, slot);
}

/**
 * fs_flows_restart_peer - a peer came with a new session: it holds nothing
 * @node: the node
 * @peer: the peer, with nothing in flight
 *
 * Every live flow of its groups becomes dirty for it.
 *
 * Context: process.
 */
void fs_flows_restart_peer(struct fs_node *node, struct fs_peer *peer)
{
	struct fs_flows *flows = &node->flows;
	u32 slot, slots;

	spin_lock_bh(&flows->lock);
	fs_sync_clear(&peer->sync);
	fs_verify_restart(peer);
	spin_unlock_bh(&flows->lock);

	/* A flow that is added meanwhile marks itself. */
	slots = fs_flows_slots(flows);
	for (slot = 0; slot < slots; slot++) {
		spin_lock_bh(&flows->lock);
		if (fs_flow_at(flows, slot)->ct &&
		    fs_flows_tells(node, peer, slot))
			fs_sync_changed(&peer->sync, slot);
		spin_unlock_bh(&flows->lock);
		cond_resched();
	}
}

/* A peer has to hear of a slot again, if it is to be told of it: of what lives, and of
 * an end if it may have been told the beginning, or of all ends.
 */
static void tell_slot(struct fs_node *node, struct fs_peer *peer, u32 slot,
		      bool ends)
{
	struct fs_slot now = fs_flow_slot(fs_flow_at(&node->flows, slot));

	if (!fs_flows_tells(node, peer, slot))
		return;
	if (now.live || ends)
		fs_sync_need(&peer->sync, slot, &now);
	else
		fs_sync_ended(&peer->sync, slot);
}

/* Tell a peer everything of one group, or of all, again. What is in flight is given
 * up: it may have been carried out and undone since, and its acknowledgement on its way.
 */
static void tell_again(struct fs_node *node, struct fs_peer *peer,
		       const struct fs_group *only, bool ends)
{
	struct fs_flows *flows = &node->flows;
	u32 slot, slots = fs_flows_slots(flows);

	fs_send_abandon(peer);
	spin_lock_bh(&flows->lock);
	fs_verify_restart(peer);
	spin_unlock_bh(&flows->lock);
	for (slot = 0; slot < slots; slot++) {
		if (only && fs_flow_owner(flows, slot) != only->place) {
			slot |= FS_FLOW_BLOCK - 1;
			continue;
		}
		spin_lock_bh(&flows->lock);
		tell_slot(node, peer, slot, ends);
		spin_unlock_bh(&flows->lock);
		cond_resched();
	}
	spin_lock_bh(&flows->lock);
	fs_resync_begin(peer);
	spin_unlock_bh(&flows->lock);
	fs_send_kick(peer);
}

/**
 * fs_flows_resync_peer - tell a peer everything again
 * @node: the node
 * @peer: the peer
 *
 * Also of the ends of flows that it may still hold.
 *
 * Context: process.
 */
void fs_flows_resync_peer(struct fs_node *node, struct fs_peer *peer)
{
	tell_again(node, peer, NULL, true);
}

/**
 * fs_flows_resync - tell a peer everything of a group again
 * @group: the group
 * @member: the peer in it
 *
 * Context: process.
 */
void fs_flows_resync(struct fs_group *group, struct fs_member *member)
{
	tell_again(group->node, member->peer, group, true);
}

/**
 * fs_flows_park - a peer that is up does not take the state of a group
 * @group: the group
 * @member: the peer in it
 *
 * What waits for it is forgotten.
 *
 * Context: process.
 */
void fs_flows_park(struct fs_group *group, struct fs_member *member)
{
	struct fs_flows *flows = &group->node->flows;
	u32 slot, slots = fs_flows_slots(flows);

	spin_lock_bh(&flows->lock);
	WRITE_ONCE(member->parked, true);
	spin_unlock_bh(&flows->lock);
	for (slot = 0; slot < slots; slot++) {
		if (fs_flow_owner(flows, slot) != group->place) {
			slot |= FS_FLOW_BLOCK - 1;
			continue;
		}
		spin_lock_bh(&flows->lock);
		fs_sync_drop(&member->peer->sync, slot);
		spin_unlock_bh(&flows->lock);
		cond_resched();
	}
}

/**
 * fs_flows_unpark - a peer takes the state of a group, again or for the first time
 * @group: the group
 * @member: the peer in it
 *
 * It is told everything. One that was active has made the flows that it held its
 * own, and may hold others as it was told them before: it is told of all ends.
 *
 * Context: process: the peer's heartbeat work.
 */
void fs_flows_unpark(struct fs_group *group, struct fs_member *member)
{
	struct fs_flows *flows = &group->node->flows;

	spin_lock_bh(&flows->lock);
	WRITE_ONCE(member->parked, false);
	spin_unlock_bh(&flows->lock);
	tell_again(group->node, member->peer, group, member->was_active);
}

/**
 * fs_flows_return_peer - a peer is about to be told, from now on or again
 * @node: the node
 * @peer: the peer
 *
 * What is dirty by now waits for what changes from now on, and goes out in the
 * order of resync.h. It may have lost since what it was found to hold, as flows age
 * there that nobody tells of: what was compared before says nothing.
 *
 * Context: process.
 */
void fs_flows_return_peer(struct fs_node *node, struct fs_peer *peer)
{
	struct fs_flows *flows = &node->flows;

	spin_lock_bh(&flows->lock);
	fs_verify_restart(peer);
	fs_dirty_clear(&peer->sync.first);
	fs_resync_begin(peer);
	spin_unlock_bh(&flows->lock);
}

/**
 * fs_flows_behind - how much of a group a peer has still to be told
 * @group: the group
 * @peer: the peer
 *
 * Context: any; fs_flows.lock held.
 * Return: how many slots of the group are dirty, flying or in doubt, those that are
 * two of these counted twice.
 */
u32 fs_flows_behind(const struct fs_group *group, const struct fs_peer *peer)
{
	const struct fs_flows *flows = &group->node->flows;
	const struct fs_sync *sync = &peer->sync;
	u32 count, from, slots = fs_flows_slots(flows);

	lockdep_assert_held(&flows->lock);

	count = sync->dirty.count + sync->flying.count + sync->doubt.count;
	if (!count || flows->part[group->place].slots == slots)
		return count;
	count = 0;
	for (from = 0; from < slots; from += FS_FLOW_BLOCK) {
		if (fs_flow_owner(flows, from) != group->place)
			continue;
		count += fs_dirty_within(&sync->dirty, from, FS_FLOW_BLOCK) +
			 fs_dirty_within(&sync->flying, from, FS_FLOW_BLOCK) +
			 fs_dirty_within(&sync->doubt, from, FS_FLOW_BLOCK);
	}
	return count;
}

/**
 * fs_flows_take - take what a peer has to be told next of a group
 * @node: the node
 * @peer: the peer
 * @place: of the group
 * @task: result
 * @max: most tasks to take
 *
 * A live flow is taken with a reference to its conntrack entry, so that what is
 * sent is its state at that moment. The tasks are the caller's to settle.
 *
 * Context: any; fs_flows.lock held.
 * Return: how many tasks were taken.
 */
unsigned int fs_flows_take(struct fs_node *node, struct fs_peer *peer, u8 place,
			   struct fs_task *task, unsigned int max)
{
	struct fs_flows *flows = &node->flows;
	unsigned int count = 0;

	lockdep_assert_held(&flows->lock);

	while (count < max) {
		u32 slot = fs_resync_next(peer, place);
		struct fs_flow *flow;
		struct fs_slot now;
		u8 type;

		if (slot == FS_DIRTY_NONE)
			break;
		flow = fs_flow_at(flows, slot);
		now = fs_flow_slot(flow);
		type = fs_sync_type(&peer->sync, slot, &now);
		/* Whoever is told later is told what is not older. */
		if (flow->ct && !(flow->print & FS_PRINT_STATE))
			flow->print = fs_ct_print(flow->ct, &node->masks,
						  flow->print & FS_PRINT_WINDOWS);
		fs_sync_taken(&peer->sync, slot);
		task[count++] = (struct fs_task) {
			.slot = slot,
			.gen = now.gen,
			.op = now.op,
			.ct = flow->ct,
			.type = type,
			.windows = flow->ct && flow->print & FS_PRINT_WINDOWS,
			.idle = flow->ct && fs_warm_idle(flow, type),
		};
		if (flow->ct)
			nf_conntrack_get(&flow->ct->ct_general);
	}
	return count;
}
