// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "claim.h"
#include "event.h"
#include "inherit.h"
#include "match.h"
#include "node.h"
#include "peer.h"
#include "takeover.h"
#include "told.h"
#include "walk.h"

static_assert((int)FS_ROLE_INIT == FLOWSYNC_ROLE_INIT &&
	      (int)FS_ROLE_STANDBY == FLOWSYNC_ROLE_STANDBY &&
	      (int)FS_ROLE_ACTIVE == FLOWSYNC_ROLE_ACTIVE &&
	      (int)FS_ROLES == __FLOWSYNC_ROLE_MAX);
static_assert(FS_GROUPS == FLOWSYNC_GROUPS_MAX);

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
	unsigned int i;

	group = kzalloc(struct_size(group, member, count), GFP_KERNEL_ACCOUNT);
	if (!group)
		return NULL;
	refcount_set(&group->users, 1);
	group->node = node;
	group->id = id;
	group->priority = priority;
	mutex_init(&group->change);
	spin_lock_init(&group->lock);
	fs_claim_init(group);
	fs_leftover_init(group);
	fs_takeover_init(group);
	group->member_count = count;
	for (i = 0; i < count; i++) {
		group->member[i].peer = member[i];
		group->member[i].released = fs_now_ms();
	}
	return group;
}

static void kick_members(const struct fs_group *group)
{
	unsigned int i;

	for (i = 0; i < group->member_count; i++)
		fs_peer_kick(group->member[i].peer);
}

/* The group that the new one stands behind, in order of their ids. */
static struct list_head *before(struct fs_node *node, u32 id)
{
	struct list_head *last = &node->groups;
	struct fs_group *group;

	list_for_each_entry(group, &node->groups, list) {
		if (group->id > id)
			break;
		last = &group->list;
	}
	return last;
}

/**
 * fs_group_start - make a group one of its node's
 * @group: the group; there is none with its id, and room for one more
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or -ENOMEM; the group is then still the caller's.
 */
int fs_group_start(struct fs_group *group)
{
	struct fs_node *node = group->node;
	unsigned int i;
	int err;

	while (rcu_access_pointer(node->group[group->place]))
		group->place++;
	err = fs_flows_open(node, group->place);
	if (err)
		return err;
	for (i = 0; i < group->member_count; i++)
		group->member[i].peer->users++;
	WRITE_ONCE(node->regrouped, fs_now_ms());
	node->group_count++;
	list_add_rcu(&group->list, before(node, group->id));
	spin_lock_bh(&node->flows.lock);
	rcu_assign_pointer(node->group[group->place], group);
	spin_unlock_bh(&node->flows.lock);
	fs_ondemand_look(node, false);
	kick_members(group);
	fs_walk_regroup(node);
	return 0;
}

static void free_group(struct rcu_head *rcu)
{
	struct fs_group *group = container_of(rcu, struct fs_group, rcu);

	kfree(rcu_access_pointer(group->match));
	kfree(group);
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

	mutex_lock(&group->change);
	spin_lock_bh(&group->lock);
	WRITE_ONCE(group->role, FS_ROLE_INIT);
	spin_unlock_bh(&group->lock);
	fs_takeover_stop(group);
	/* Captures under way see the role, or are forgotten below. */
	synchronize_net();
	fs_flows_forget(group);
	fs_leftover_drop(group);
	mutex_unlock(&group->change);

	WRITE_ONCE(node->regrouped, fs_now_ms());
	node->group_count--;
	list_del_rcu(&group->list);
	spin_lock_bh(&node->flows.lock);
	rcu_assign_pointer(node->group[group->place], NULL);
	spin_unlock_bh(&node->flows.lock);
	for (i = 0; i < group->member_count; i++)
		group->member[i].peer->users--;
	synchronize_net();
	fs_claim_stop(group);
	fs_takeover_stop(group);
	kick_members(group);
	fs_walk_regroup(node);
	fs_group_put(group);
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
	u8 was;

	mutex_lock(&group->change);
	if (role == FS_ROLE_ACTIVE && group->role != FS_ROLE_ACTIVE)
		fs_inherit_start(group);
	spin_lock_bh(&group->lock);
	was = group->role;
	if (role == FS_ROLE_ACTIVE && was != FS_ROLE_ACTIVE) {
		WRITE_ONCE(group->epoch, group->epoch + 1);
		fs_claim_begin(group);
	}
	/* Before anybody can ask for it. */
	if (role != FS_ROLE_ACTIVE && was == FS_ROLE_ACTIVE)
		fs_leftover_begin(group);
	/* Pairs with smp_load_acquire() in fs_group_active(). */
	smp_store_release(&group->role, role);
	spin_unlock_bh(&group->lock);
	if (role == was)
		goto out;
	WRITE_ONCE(group->handover, 0);
	/* An active that gives way is as good as the last to take over again. */
	if (was == FS_ROLE_ACTIVE)
		WRITE_ONCE(group->holds, true);

	/* Before any peer hears that this node takes state. */
	fs_ondemand_look(node, false);
	if (role == FS_ROLE_ACTIVE) {
		fs_leftover_drop(group);
		fs_takeover_start(group);
		fs_walk_now(node);
	} else if (was == FS_ROLE_ACTIVE) {
		fs_takeover_stop(group);
		WRITE_ONCE(group->away, true);
		synchronize_net();
		fs_leftover_keep(group);
		fs_flows_forget(group);
	}
	kick_members(group);
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
	WRITE_ONCE(group->priority, priority);
	kick_members(group);
}

/**
 * fs_group_set_on_split - change what decides when two actives meet
 * @group: the group
 * @on_split: enum flowsync_on_split
 *
 * Context: process; fs_net.lock held.
 */
void fs_group_set_on_split(struct fs_group *group, u32 on_split)
{
	WRITE_ONCE(group->on_split, on_split);
	kick_members(group);
}

/**
 * fs_group_set_match - change which flows are a group's
 * @group: the group
 * @match: what they have to be, the group's from now on; NULL for all that are
 *	no other group's
 *
 * The walk looks at all flows anew.
 *
 * Context: process; fs_net.lock held.
 */
void fs_group_set_match(struct fs_group *group, struct fs_group_match *match)
{
	struct fs_net *fsn = fs_net(group->node->net);

	match = rcu_replace_pointer(group->match, match,
				    lockdep_is_held(&fsn->lock));
	if (match)
		kfree_rcu(match, rcu);
	fs_walk_regroup(group->node);
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
	WRITE_ONCE(group->handover, peer ? peer->id : 0);
	kick_members(group);
}

/**
 * fs_group_accepts - whether state of a peer may be taken, and answered
 * @group: the group
 * @peer: the peer, a member
 * @epoch: under which it is sent
 *
 * Context: softirq.
 * Return: true if it may; else it is counted why not.
 */
bool fs_group_accepts(struct fs_group *group, struct fs_peer *peer, u64 epoch)
{
	bool accepted = false;

	spin_lock_bh(&group->lock);
	if (epoch < group->epoch) {
		fs_stat_inc(group->node, rx_epoch_stale);
	} else if (group->role == FS_ROLE_ACTIVE) {
		/* The heartbeats decide which of the two stays active. */
		fs_stat_inc(group->node, rx_while_active);
	} else {
		WRITE_ONCE(group->epoch, epoch);
		WRITE_ONCE(group->owner, peer);
		accepted = true;
	}
	spin_unlock_bh(&group->lock);
	return accepted;
}

/**
 * fs_group_disown - a peer came with a new session: it holds nothing to go on with
 * @peer: the peer
 *
 * Context: process.
 */
void fs_group_disown(struct fs_peer *peer)
{
	struct fs_group *group;

	rcu_read_lock();
	list_for_each_entry_rcu(group, &peer->node->groups, list) {
		spin_lock_bh(&group->lock);
		if (group->owner == peer)
			WRITE_ONCE(group->owner, NULL);
		spin_unlock_bh(&group->lock);
	}
	rcu_read_unlock();
}

/**
 * fs_group_find - a group by its id
 * @node: the node
 * @id: the id
 *
 * Context: RCU read lock, or fs_net.lock.
 * Return: the group or NULL.
 */
struct fs_group *fs_group_find(const struct fs_node *node, u32 id)
{
	struct fs_group *group;

	list_for_each_entry_rcu(group, &node->groups, list,
				lockdep_is_held(&fs_net(node->net)->lock))
		if (group->id == id)
			return group;
	return NULL;
}

/**
 * fs_group_at - a group by its place
 * @node: the node
 * @place: below FS_GROUPS
 *
 * Context: RCU read lock, or fs_flows.lock.
 * Return: the group or NULL.
 */
struct fs_group *fs_group_at(const struct fs_node *node, u8 place)
{
	return rcu_dereference_check(node->group[place],
				     lockdep_is_held(&node->flows.lock));
}

static struct fs_group *hold(const struct fs_node *node, u8 place)
{
	struct fs_group *group = rcu_dereference(node->group[place]);

	return group && refcount_inc_not_zero(&group->users) ? group : NULL;
}

/**
 * fs_group_get - a group by its place, with a reference
 * @node: the node
 * @place: below FS_GROUPS
 *
 * For work that sleeps. The group may be stopped meanwhile: then it has no flows,
 * and its role is init.
 *
 * Context: any.
 * Return: the group, to be given back by fs_group_put(), or NULL.
 */
struct fs_group *fs_group_get(const struct fs_node *node, u8 place)
{
	struct fs_group *group;

	rcu_read_lock();
	group = hold(node, place);
	rcu_read_unlock();
	return group;
}

/**
 * fs_group_next - the next group by its place, with a reference
 * @node: the node
 * @group: one, whose reference is given back; or NULL, for the first
 *
 * See fs_group_get(), and fs_for_each_group().
 *
 * Context: any.
 * Return: the next group, or NULL if there is none.
 */
struct fs_group *fs_group_next(const struct fs_node *node,
			       struct fs_group *group)
{
	struct fs_group *next = NULL;
	unsigned int place;

	rcu_read_lock();
	for (place = group ? group->place + 1 : 0;
	     place < FS_GROUPS && !next; place++)
		next = hold(node, place);
	rcu_read_unlock();
	if (group)
		fs_group_put(group);
	return next;
}

/**
 * fs_group_put - give a reference back
 * @group: the group
 *
 * Context: any.
 */
void fs_group_put(struct fs_group *group)
{
	if (refcount_dec_and_test(&group->users))
		call_rcu(&group->rcu, free_group);
}

/**
 * fs_group_member - a peer in a group
 * @group: the group
 * @peer: the peer
 *
 * Context: any; the group must not go away.
 * Return: what it is there, or NULL if it is no member.
 */
struct fs_member *fs_group_member(struct fs_group *group,
				  const struct fs_peer *peer)
{
	unsigned int i;

	for (i = 0; i < group->member_count; i++)
		if (group->member[i].peer == peer)
			return &group->member[i];
	return NULL;
}

/**
 * fs_group_member_of - a peer in the group with an id
 * @peer: the peer
 * @id: of the group
 *
 * Context: RCU read lock.
 * Return: what it is there, or NULL if there is no such group, or it is no member.
 */
struct fs_member *fs_group_member_of(const struct fs_peer *peer, u32 id)
{
	struct fs_group *group = fs_group_find(peer->node, id);

	return group ? fs_group_member(group, peer) : NULL;
}

/**
 * fs_group_active - whether this node learns and replicates a group's flows
 * @group: the group
 *
 * Context: any; the group must not go away.
 * Return: true if it is active in it.
 */
bool fs_group_active(const struct fs_group *group)
{
	return smp_load_acquire(&group->role) == FS_ROLE_ACTIVE;
}

/**
 * fs_node_active - whether the node learns and replicates flows
 * @node: the node
 *
 * Context: RCU read lock, or fs_net.lock.
 * Return: true if it is active in any group.
 */
bool fs_node_active(const struct fs_node *node)
{
	struct fs_group *group;

	list_for_each_entry_rcu(group, &node->groups, list,
				lockdep_is_held(&fs_net(node->net)->lock))
		if (fs_group_active(group))
			return true;
	return false;
}

/**
 * fs_node_tells - whether there is a group whose flows a peer is to be told of
 * @node: the node
 * @peer: the peer
 *
 * Context: any.
 * Return: true if the node is active in a group of which the peer is a member.
 */
bool fs_node_tells(struct fs_node *node, const struct fs_peer *peer)
{
	struct fs_group *group;
	bool tells = false;

	rcu_read_lock();
	list_for_each_entry_rcu(group, &node->groups, list)
		tells |= fs_group_active(group) && fs_group_member(group, peer);
	rcu_read_unlock();
	return tells;
}

/**
 * fs_node_told_all - whether a peer takes all groups that it is to be told of
 * @node: the node
 * @peer: the peer
 * @complete: and was told of all their flows, more or less
 *
 * Context: any.
 * Return: true if it does; false also if there is no such group.
 */
bool fs_node_told_all(struct fs_node *node, const struct fs_peer *peer,
		      bool complete)
{
	const struct fs_member *member;
	struct fs_group *group;
	bool any = false, all = true;

	rcu_read_lock();
	list_for_each_entry_rcu(group, &node->groups, list) {
		member = fs_group_member(group, peer);
		if (!member || !fs_group_active(group))
			continue;
		any = true;
		if (!READ_ONCE(member->takes) || READ_ONCE(member->parked) ||
		    (complete && !READ_ONCE(member->complete)))
			all = false;
	}
	rcu_read_unlock();
	return any && all;
}
