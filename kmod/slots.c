// SPDX-License-Identifier: GPL-2.0
/*
 * Slots of the flow table, and the memory of all that has a bit for each.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <net/netfilter/nf_conntrack.h>

#include "node.h"
#include "peer.h"

/* The sets of a peer must have a bit for every slot. */
static_assert(FS_FLOW_BLOCK % BITS_PER_LONG == 0);

/**
 * fs_flows_slots - how many slots there are
 * @flows: the table
 *
 * Return: the number; it only grows.
 */
u32 fs_flows_slots(const struct fs_flows *flows)
{
	return READ_ONCE(flows->blocks) * FS_FLOW_BLOCK;
}

/**
 * fs_slot_put - a slot is no flow's any more
 * @flows: the table
 * @flow: the slot
 *
 * Context: any; fs_flows.lock held.
 */
void fs_slot_put(struct fs_flows *flows, struct fs_flow *flow)
{
	lockdep_assert_held(&flows->lock);

	WRITE_ONCE(flow->ct, NULL);
	if (fs_dirty_add(&flows->vacant, flow->slot))
		fs_flow_part(flows, flow->slot)->vacant++;
}

/* An eighth of a group's slots, and never less than half a block, is kept free. */
static bool is_short(const struct fs_flows *flows, u8 place)
{
	const struct fs_part *part = &flows->part[place];

	return (READ_ONCE(part->vacant) <
		max(FS_FLOW_BLOCK / 2, READ_ONCE(part->slots) / 8) ||
		fs_flows_slots(flows) < READ_ONCE(part->reach)) &&
	       flows->blocks < FS_FLOW_BLOCKS;
}

/**
 * fs_flows_next - find the next slot that is in a set, and of a group
 * @flows: the table
 * @set: of slots of the table
 * @from: where to begin
 * @place: of the group
 *
 * Context: any; fs_flows.lock held.
 * Return: the slot, or FS_DIRTY_NONE if there is none at @from or behind.
 */
u32 fs_flows_next(const struct fs_flows *flows, const struct fs_dirty *set,
		  u32 from, u8 place)
{
	lockdep_assert_held(&flows->lock);

	return fs_dirty_next_in(set, from, flows->owner, FS_FLOW_BLOCK, place);
}

/**
 * fs_slot_take - take a slot that no flow has
 * @flows: the table
 * @place: of the group that the flow belongs to
 *
 * Context: any; fs_flows.lock held.
 * Return: the slot, with a generation that it did not have yet, or NULL if none is
 * free.
 */
struct fs_flow *fs_slot_take(struct fs_flows *flows, u8 place)
{
	struct fs_part *part = &flows->part[place];
	struct fs_flow *flow;
	u32 slot;

	lockdep_assert_held(&flows->lock);

	if (is_short(flows, place))
		queue_work(fs_wq, &flows->grow);
	if (!part->vacant)
		return NULL;
	slot = fs_flows_next(flows, &flows->vacant, part->cursor, place);
	if (slot == FS_DIRTY_NONE)
		slot = fs_flows_next(flows, &flows->vacant, 0, place);
	fs_dirty_remove(&flows->vacant, slot);
	part->vacant--;
	part->cursor = slot + 1;
	flow = fs_flow_at(flows, slot);
	/* Generation 0 is no generation. */
	if (!++flow->gen)
		flow->gen = 1;
	return flow;
}

/* A block with its slots numbered, not yet in the table. */
static struct fs_flow *new_block(u32 index)
{
	struct fs_flow *block;
	u32 i;

	/* By pages: kmalloc() would give 256 KiB for these 160. */
	block = __vmalloc(FS_FLOW_BLOCK * sizeof(*block),
			  GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!block)
		return NULL;
	for (i = 0; i < FS_FLOW_BLOCK; i++)
		block[i].slot = index * FS_FLOW_BLOCK + i;
	return block;
}

/* Give a peer's sets memory for so many slots. Sleeps. */
static int grow_peer(struct fs_flows *flows, struct fs_peer *peer, u32 slots)
{
	unsigned long *mem;

	mem = kvcalloc(fs_sync_longs(slots), sizeof(long), GFP_KERNEL_ACCOUNT);
	if (!mem)
		return -ENOMEM;
	spin_lock_bh(&flows->lock);
	mem = fs_sync_grow(&peer->sync, mem, slots);
	spin_unlock_bh(&flows->lock);
	kvfree(mem);
	return 0;
}

/* Give the table's own sets memory for so many slots. Sleeps. */
static int grow_sets(struct fs_flows *flows, u32 slots)
{
	unsigned long *mem, *old;

	mem = kvcalloc(3 * fs_dirty_longs(slots), sizeof(long),
		       GFP_KERNEL_ACCOUNT);
	if (!mem)
		return -ENOMEM;
	spin_lock_bh(&flows->lock);
	old = flows->sets;
	flows->sets = mem;
	fs_dirty_grow(&flows->vacant, mem, slots);
	fs_dirty_grow(&flows->placed, mem + fs_dirty_longs(slots), slots);
	fs_dirty_grow(&flows->helped, mem + 2 * fs_dirty_longs(slots), slots);
	spin_unlock_bh(&flows->lock);
	kvfree(old);
	return 0;
}

static int add_block(struct fs_node *node, u8 place)
{
	struct fs_flows *flows = &node->flows;
	struct fs_flow *block;
	struct fs_peer *peer;
	u32 i;

	lockdep_assert_held(&flows->growing);

	i = (flows->blocks + 1) * FS_FLOW_BLOCK;
	if (flows->vacant.slots < i && grow_sets(flows, i + ALIGN(i / 2, 64)))
		return -ENOMEM;
	block = new_block(flows->blocks);
	if (!block)
		return -ENOMEM;
	list_for_each_entry(peer, &node->peers, list) {
		u32 slots = (flows->blocks + 1) * FS_FLOW_BLOCK;

		/* By halves, so that the copying adds up to little. */
		if (peer->sync.dirty.slots < slots &&
		    grow_peer(flows, peer, slots + ALIGN(slots / 2, 64))) {
			vfree(block);
			return -ENOMEM;
		}
	}

	spin_lock_bh(&flows->lock);
	flows->block[flows->blocks] = block;
	flows->owner[flows->blocks] = place;
	flows->part[place].slots += FS_FLOW_BLOCK;
	for (i = 0; i < FS_FLOW_BLOCK; i++)
		fs_slot_put(flows, &block[i]);
	/* Pairs with the READ_ONCE in fs_flows_slots(): block first. */
	smp_store_release(&flows->blocks, flows->blocks + 1);
	spin_unlock_bh(&flows->lock);
	return 0;
}

static void grow_work(struct work_struct *work)
{
	struct fs_flows *flows = container_of(work, struct fs_flows, grow);
	struct fs_node *node = container_of(flows, struct fs_node, flows);
	u8 place;

	mutex_lock(&flows->growing);
	down_read(&node->peers_sem);
	for (place = 0; place < FS_GROUPS; place++)
		while (rcu_access_pointer(node->group[place]) &&
		       is_short(flows, place))
			if (add_block(node, place))
				break;
	up_read(&node->peers_sem);
	mutex_unlock(&flows->growing);
}

/**
 * fs_flows_open - see that a group has slots
 * @node: the node
 * @place: of the group
 *
 * As many as are to be free, and, if it goes on for the active before, as many as
 * that one used.
 *
 * Context: process; may be a work of fs_wq, which must not wait for another.
 * Return: 0 or -ENOMEM.
 */
int fs_flows_open(struct fs_node *node, u8 place)
{
	struct fs_flows *flows = &node->flows;
	int err = 0;

	mutex_lock(&flows->growing);
	down_read(&node->peers_sem);
	while (!err && is_short(flows, place))
		err = add_block(node, place);
	up_read(&node->peers_sem);
	mutex_unlock(&flows->growing);
	return err;
}

/**
 * fs_slots_init - set up the slots of a node's flow table
 * @node: the node
 *
 * Context: process; fs_net.lock held.
 * Return: 0 or -ENOMEM.
 */
int fs_slots_init(struct fs_node *node)
{
	struct fs_flows *flows = &node->flows;

	mutex_init(&flows->growing);
	INIT_WORK(&flows->grow, grow_work);
	flows->block = kvcalloc(FS_FLOW_BLOCKS, sizeof(*flows->block),
				GFP_KERNEL_ACCOUNT);
	if (!flows->block)
		return -ENOMEM;
	flows->owner = kvcalloc(FS_FLOW_BLOCKS, sizeof(*flows->owner),
				GFP_KERNEL_ACCOUNT);
	if (!flows->owner)
		goto err_blocks;
	/* The sets of a peer have to have some slots. */
	if (fs_flows_open(node, 0))
		goto err_sets;
	return 0;

err_sets:
	kvfree(flows->sets);
	kvfree(flows->owner);
err_blocks:
	kvfree(flows->block);
	return -ENOMEM;
}

/**
 * fs_slots_exit - free the slots of a flow table
 * @flows: the table, which nothing can reach any more
 *
 * Context: process.
 */
void fs_slots_exit(struct fs_flows *flows)
{
	u32 i;

	cancel_work_sync(&flows->grow);
	for (i = 0; i < flows->blocks; i++)
		vfree(flows->block[i]);
	kvfree(flows->sets);
	kvfree(flows->owner);
	kvfree(flows->block);
}

/**
 * fs_flows_add_peer - put a new peer on the node's list, with its sets of slots
 * @node: the node
 * @peer: the peer
 *
 * Context: process; fs_net.lock held.
 * Return: 0 or a negative error.
 */
int fs_flows_add_peer(struct fs_node *node, struct fs_peer *peer)
{
	struct fs_flows *flows = &node->flows;
	int err;

	down_write(&node->peers_sem);
	err = grow_peer(flows, peer, fs_flows_slots(flows));
	if (!err)
		list_add_tail_rcu(&peer->list, &node->peers);
	up_write(&node->peers_sem);
	return err;
}

/**
 * fs_flows_remove_peer - take a peer off the node's list
 * @node: the node
 * @peer: the peer, in no group
 *
 * Its sets are freed with it, after a grace period.
 *
 * Context: process; fs_net.lock held.
 */
void fs_flows_remove_peer(struct fs_node *node, struct fs_peer *peer)
{
	down_write(&node->peers_sem);
	list_del_rcu(&peer->list);
	up_write(&node->peers_sem);
}
