// SPDX-License-Identifier: GPL-2.0
#include <linux/rculist.h>
#include <linux/slab.h>

#include "node.h"
#include "peer.h"
#include "source.h"

static bool is_it(const struct fs_source *source, unsigned int map, u16 group,
		  u64 epoch)
{
	return source->epoch == epoch && source->group == group &&
	       source->map == map;
}

static struct fs_source *find(const struct fs_peer *peer, unsigned int map,
			      u16 group, u64 epoch)
{
	struct fs_source *source;

	list_for_each_entry(source, &peer->sources, list)
		if (is_it(source, map, group, epoch))
			return source;
	return NULL;
}

/**
 * fs_source_get - one flow more comes from there
 * @peer: its origin
 * @map: which of fs_peer.shadow it is in
 * @group: id of its group
 * @epoch: of the group when the origin sent it
 *
 * Context: any; fs_shadow.lock held.
 * Return: the source, or NULL for want of memory.
 */
struct fs_source *fs_source_get(struct fs_peer *peer, unsigned int map,
				u16 group, u64 epoch)
{
	struct fs_source *source;

	lockdep_assert_held(&peer->node->shadow.lock);

	source = find(peer, map, group, epoch);
	if (source) {
		WRITE_ONCE(source->count, source->count + 1);
		return source;
	}
	source = kmalloc(sizeof(*source), GFP_ATOMIC);
	if (!source)
		return NULL;
	source->peer = peer;
	source->epoch = epoch;
	source->group = group;
	source->map = map;
	source->count = 1;
	/* In front: it is the one that others come from, too. */
	list_add_rcu(&source->list, &peer->sources);
	return source;
}

/**
 * fs_source_put - one flow less comes from there
 * @source: the source; freed after a grace period if it was the last
 *
 * Context: any; fs_shadow.lock held.
 */
void fs_source_put(struct fs_source *source)
{
	lockdep_assert_held(&source->peer->node->shadow.lock);

	WRITE_ONCE(source->count, source->count - 1);
	if (source->count)
		return;
	list_del_rcu(&source->list);
	kfree_rcu(source, rcu);
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
	const struct fs_source *source;
	u64 sum = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(source, &peer->sources, list)
		if (!group || source->group == group)
			sum += READ_ONCE(source->count);
	rcu_read_unlock();
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
