// SPDX-License-Identifier: GPL-2.0
#include "held.h"
#include "node.h"
#include "peer.h"

/**
 * fs_held_of - where the flows of an origin and group are counted
 * @peer: the origin
 * @group: id of the group
 *
 * Context: any; fs_shadow.lock held.
 * Return: the count, which may be 0; or NULL if there are flows of FS_HELD_GROUPS
 * other groups.
 */
struct fs_held_of *fs_held_of(struct fs_peer *peer, u16 group)
{
	struct fs_held_of *vacant = NULL;
	unsigned int i;

	lockdep_assert_held(&peer->node->shadow.lock);

	for (i = 0; i < FS_HELD_GROUPS; i++) {
		struct fs_held_of *held = &peer->held[i];

		if (held->count && held->group == group)
			return held;
		if (!held->count && !vacant)
			vacant = held;
	}
	if (vacant)
		WRITE_ONCE(vacant->group, group);
	return vacant;
}

/**
 * fs_held_less - a flow leaves the shadow
 * @peer: its origin
 * @group: id of its group
 *
 * Context: any; fs_shadow.lock held.
 */
void fs_held_less(struct fs_peer *peer, u16 group)
{
	struct fs_held_of *held = fs_held_of(peer, group);

	if (!WARN_ON_ONCE(!held || !held->count))
		WRITE_ONCE(held->count, held->count - 1);
}

/**
 * fs_held_count - how many flows of an origin are in the shadow
 * @peer: the origin
 * @group: id of the group; 0 for any
 *
 * Context: any.
 * Return: the number.
 */
u64 fs_held_count(const struct fs_peer *peer, u16 group)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < FS_HELD_GROUPS; i++)
		if (!group || READ_ONCE(peer->held[i].group) == group)
			sum += READ_ONCE(peer->held[i].count);
	return sum;
}

/**
 * fs_held_all - how many flows of a group are in the shadow
 * @node: the node
 * @group: id of the group
 *
 * Context: any.
 * Return: the number.
 */
u64 fs_held_all(struct fs_node *node, u16 group)
{
	const struct fs_peer *peer;
	u64 sum = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(peer, &node->peers, list)
		sum += fs_held_count(peer, group);
	rcu_read_unlock();
	return sum;
}
