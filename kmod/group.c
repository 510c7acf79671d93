// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "core/control.h"
#include "event.h"
#include "node.h"
#include "peer.h"
#include "takeover.h"
#include "walk.h"

static_assert((int)FS_ROLE_INIT == FLOWSYNC_ROLE_INIT &&
	      (int)FS_ROLE_STANDBY == FLOWSYNC_ROLE_STANDBY &&
	      (int)FS_ROLE_ACTIVE == FLOWSYNC_ROLE_ACTIVE &&
	      (int)FS_ROLES == __FLOWSYNC_ROLE_MAX);

/* Another active has the better claim: become standby. */
static void yield_work(struct work_struct *work)
{
	struct fs_group *group = container_of(work, struct fs_group, yield);

	fs_group_set_role(group, FS_ROLE_STANDBY,
			  "another node is active with a better claim");
}

/**
 * fs_group_new - make a group
 * @node: the node
 * @id: of the group
 * @priority: of this node in it
 * @member: its peers
 * @count: how many
 *
 * Context: process; fs_net.lock held.
 * Return: the group, in role init and not yet the node's, or NULL for want of
 * memory.
 */
struct fs_group *fs_group_new(struct fs_node *node, u32 id, u32 priority,
			      struct fs_peer **member, unsigned int count)
{
	struct fs_group *group;

	group = kzalloc(struct_size(group, member, count), GFP_KERNEL_ACCOUNT);
	if (!group)
		return NULL;
	group->node = node;
	group->id = id;
	group->priority = priority;
	mutex_init(&group->change);
	spin_lock_init(&group->lock);
	INIT_WORK(&group->yield, yield_work);
	group->member_count = count;
	memcpy(group->member, member, count * sizeof(*member));
	return group;
}

/**
 * fs_group_start - make a group the node's
 * @group: the group
 *
 * Context: process; fs_net.lock held.
 */
void fs_group_start(struct fs_group *group)
{
	struct fs_node *node = group->node;
	unsigned int i;

	for (i = 0; i < group->member_count; i++)
		group->member[i]->users++;
	spin_lock_bh(&node->flows.lock);
	rcu_assign_pointer(node->group, group);
	spin_unlock_bh(&node->flows.lock);
	for (i = 0; i < group->member_count; i++)
		fs_peer_kick(group->member[i]);
}

/**
 * fs_group_stop - take a group from its node, and free it
 * @group: the group
 *
 * Its flows are forgotten without a word to the peers, who keep them.
 *
 * Context: process; fs_net.lock held. Waits for a grace period.
 */
void fs_group_stop(struct fs_group *group)
{
	struct fs_node *node = group->node;
	unsigned int i;

	spin_lock_bh(&group->lock);
	WRITE_ONCE(group->role, FS_ROLE_INIT);
	spin_unlock_bh(&group->lock);
	fs_takeover_stop(node);
	/* Captures under way see the role, or are forgotten below. */
	synchronize_net();
	fs_flows_forget(node);

	spin_lock_bh(&node->flows.lock);
	rcu_assign_pointer(node->group, NULL);
	spin_unlock_bh(&node->flows.lock);
	for (i = 0; i < group->member_count; i++)
		group->member[i]->users--;
	synchronize_net();
	cancel_work_sync(&group->yield);
	kfree_rcu(group, rcu);
}

/**
 * fs_group_set_role - change this node's role
 * @group: the group
 * @role: enum fs_role
 * @cause: for the event, a short text
 *
 * To become active costs the same however many flows there are: the epoch is
 * raised above all that are known, and the tables are worked through in the
 * background.
 *
 * Context: process.
 */
void fs_group_set_role(struct fs_group *group, u8 role, const char *cause)
{
	struct fs_node *node = group->node;
	unsigned int i;
	u8 was;

	mutex_lock(&group->change);
	spin_lock_bh(&group->lock);
	was = group->role;
	if (role == FS_ROLE_ACTIVE && was != FS_ROLE_ACTIVE)
		WRITE_ONCE(group->epoch, group->epoch + 1);
	/* Pairs with smp_load_acquire() in fs_node_active(). */
	smp_store_release(&group->role, role);
	spin_unlock_bh(&group->lock);
	if (role == was)
		goto out;
	WRITE_ONCE(group->handover, 0);
	/* An active that gives way is as good as the last to take over again. */
	if (was == FS_ROLE_ACTIVE)
		WRITE_ONCE(group->holds, true);

	if (role == FS_ROLE_ACTIVE) {
		fs_takeover_start(node);
		fs_walk_now(node);
	} else if (was == FS_ROLE_ACTIVE) {
		fs_takeover_stop(node);
		synchronize_net();
		fs_flows_forget(node);
	}
	for (i = 0; i < group->member_count; i++)
		fs_peer_kick(group->member[i]);
	fs_event_group(group, FLOWSYNC_EVENT_GROUP_ROLE, cause);
out:
	mutex_unlock(&group->change);
}

/**
 * fs_group_set_priority - change this node's priority, and tell the peers
 * @group: the group
 * @priority: new
 *
 * Context: process; fs_net.lock held.
 */
void fs_group_set_priority(struct fs_group *group, u32 priority)
{
	unsigned int i;

	WRITE_ONCE(group->priority, priority);
	for (i = 0; i < group->member_count; i++)
		fs_peer_kick(group->member[i]);
}

/**
 * fs_group_hand_over - ask a peer to become active, or no longer
 * @group: the group, of which this node is the active
 * @peer: a member; or NULL
 *
 * It is asked in every heartbeat until this node's role changes.
 *
 * Context: process; fs_net.lock held.
 */
void fs_group_hand_over(struct fs_group *group, struct fs_peer *peer)
{
	unsigned int i;

	WRITE_ONCE(group->handover, peer ? peer->id : 0);
	for (i = 0; i < group->member_count; i++)
		fs_peer_kick(group->member[i]);
}

/**
 * fs_group_claim - what this node is in a group, and since which epoch
 * @group: the group
 *
 * Context: any; the group must not go away.
 * Return: role and epoch as they belong together.
 */
struct fs_claim fs_group_claim(struct fs_group *group)
{
	struct fs_claim claim = { .node = group->node->id };

	spin_lock_bh(&group->lock);
	claim.role = group->role;
	claim.epoch = group->epoch;
	spin_unlock_bh(&group->lock);
	return claim;
}

/**
 * fs_group_heard - a peer told what it is in a group
 * @group: the group
 * @node_id: the peer's node id
 * @view: what it told
 *
 * Context: softirq.
 */
void fs_group_heard(struct fs_group *group, u32 node_id,
		    const struct fs_group_view *view)
{
	struct fs_claim own, other = {
		.role = view->role,
		.epoch = view->epoch,
		.node = node_id,
	};
	bool yields;

	spin_lock_bh(&group->lock);
	own.role = group->role;
	own.epoch = group->epoch;
	own.node = group->node->id;
	yields = fs_claim_yields(&own, &other);
	/* One that yields keeps its own until it is a standby: it must not claim
	 * the other's in the meantime.
	 */
	if (view->epoch > group->epoch && !yields)
		WRITE_ONCE(group->epoch, view->epoch);
	spin_unlock_bh(&group->lock);

	if (yields)
		queue_work(fs_wq, &group->yield);
}

/**
 * fs_group_member - whether a peer is a member of a group
 * @group: the group
 * @peer: the peer
 *
 * Context: any; the group must not go away.
 * Return: true if it is.
 */
bool fs_group_member(const struct fs_group *group, const struct fs_peer *peer)
{
	unsigned int i;

	for (i = 0; i < group->member_count; i++)
		if (group->member[i] == peer)
			return true;
	return false;
}

/**
 * fs_group_has_member - whether the node's flows are replicated to a peer
 * @node: the node
 * @peer: the peer
 *
 * Context: any; fs_flows.lock held.
 * Return: true if the peer is a member of the node's group.
 */
bool fs_group_has_member(struct fs_node *node, const struct fs_peer *peer)
{
	struct fs_group *group = rcu_dereference_check(node->group,
				lockdep_is_held(&node->flows.lock));

	return group && fs_group_member(group, peer);
}

/**
 * fs_node_active - whether the node learns and replicates flows
 * @node: the node
 *
 * Context: RCU read lock, or fs_net.lock.
 * Return: true if it is active in its group.
 */
bool fs_node_active(const struct fs_node *node)
{
	struct fs_net *fsn = fs_net(node->net);
	struct fs_group *group = rcu_dereference_check(node->group,
						lockdep_is_held(&fsn->lock));

	return group && smp_load_acquire(&group->role) == FS_ROLE_ACTIVE;
}
