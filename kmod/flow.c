// SPDX-License-Identifier: GPL-2.0
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <net/netfilter/nf_conntrack.h>

#include "convert.h"
#include "node.h"
#include "peer.h"
#include "resync.h"
#include "send.h"
#include "warm.h"

static u32 hash_ct(const struct nf_conn *ct)
{
	return hash_ptr(ct, 32);
}

static struct fs_flow *flow_of(unsigned long entry)
{
	return container_of((struct fs_entry *)entry, struct fs_flow, by_ct);
}

static u32 hash_flow(const struct fs_table *table, unsigned long entry)
{
	return hash_ct(flow_of(entry)->ct);
}

static bool is_of(const void *ct, unsigned long entry)
{
	return READ_ONCE(flow_of(entry)->ct) == ct;
}

/* The flow of a conntrack entry, or NULL; without the lock, if it is just leaving
 * the table or entering, or its slot is used again, either.
 */
static struct fs_flow *find_ct(const struct fs_flows *flows,
			       const struct nf_conn *ct)
{
	unsigned long entry;

	entry = fs_table_find(&flows->by_ct, hash_ct(ct), is_of, ct);
	return entry ? flow_of(entry) : NULL;
}

/* A slot is a live flow's from now on; a reference is taken. */
static void set_ct(struct fs_flows *flows, struct fs_flow *flow,
		   struct nf_conn *ct)
{
	lockdep_assert_held(&flows->lock);

	nf_conntrack_get(&ct->ct_general);
	WRITE_ONCE(flow->ct, ct);
	fs_table_insert(&flows->by_ct, hash_ct(ct), &flow->by_ct, 0);
	flows->live++;
}

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

static void put_free(struct fs_flows *flows, struct fs_flow *flow)
{
	lockdep_assert_held(&flows->lock);

	WRITE_ONCE(flow->ct, NULL);
	fs_dirty_add(&flows->vacant, flow->slot);
}

/* An eighth of the table, and never less than half a block, is kept free. */
static bool is_short(const struct fs_flows *flows)
{
	u32 slots = fs_flows_slots(flows);

	return (flows->vacant.count < max(FS_FLOW_BLOCK / 2, slots / 8) ||
		slots < READ_ONCE(flows->reach)) &&
	       flows->blocks < FS_FLOW_BLOCKS;
}

static struct fs_flow *take_free(struct fs_flows *flows)
{
	struct fs_flow *flow;
	u32 slot;

	lockdep_assert_held(&flows->lock);

	if (is_short(flows))
		queue_work(fs_wq, &flows->grow);
	slot = fs_dirty_take(&flows->vacant);
	if (slot == FS_DIRTY_NONE)
		return NULL;
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

static int add_block(struct fs_node *node)
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
	for (i = 0; i < FS_FLOW_BLOCK; i++)
		put_free(flows, &block[i]);
	/* Pairs with the READ_ONCE in fs_flows_slots(): block first. */
	smp_store_release(&flows->blocks, flows->blocks + 1);
	spin_unlock_bh(&flows->lock);
	return 0;
}

static void grow(struct fs_node *node)
{
	struct fs_flows *flows = &node->flows;

	mutex_lock(&flows->growing);
	down_read(&node->peers_sem);
	while (is_short(flows))
		if (add_block(node))
			break;
	up_read(&node->peers_sem);
	mutex_unlock(&flows->growing);
}

static void grow_work(struct work_struct *work)
{
	struct fs_flows *flows = container_of(work, struct fs_flows, grow);

	grow(container_of(flows, struct fs_node, flows));
}

/**
 * fs_flows_init - set up a node's flow table
 * @node: the node
 *
 * Context: process; fs_net.lock held.
 * Return: 0 or a negative error.
 */
int fs_flows_init(struct fs_node *node)
{
	struct fs_flows *flows = &node->flows;
	int err;

	spin_lock_init(&flows->lock);
	mutex_init(&flows->growing);
	INIT_WORK(&flows->grow, grow_work);
	err = fs_table_init(&flows->by_ct, &flows->lock, hash_flow);
	if (err)
		return err;
	err = -ENOMEM;
	flows->block = kvcalloc(FS_FLOW_BLOCKS, sizeof(*flows->block),
				GFP_KERNEL_ACCOUNT);
	if (!flows->block)
		goto err_table;
	mutex_lock(&flows->growing);
	err = add_block(node);
	mutex_unlock(&flows->growing);
	if (err)
		goto err_blocks;
	return 0;

err_blocks:
	kvfree(flows->sets);
	kvfree(flows->block);
err_table:
	fs_table_exit(&flows->by_ct);
	return err;
}

/**
 * fs_flows_exit - free a node's flow table
 * @node: the node; no hook, work or peer can reach the table any more
 *
 * Context: process.
 */
void fs_flows_exit(struct fs_node *node)
{
	struct fs_flows *flows = &node->flows;
	u32 i;

	cancel_work_sync(&flows->grow);
	fs_flows_forget(node);
	fs_table_exit(&flows->by_ct);
	for (i = 0; i < flows->blocks; i++)
		vfree(flows->block[i]);
	kvfree(flows->sets);
	kvfree(flows->block);
}

/* Note a change of a slot for every peer that the group has, up or not. */
static void note(struct fs_node *node, u32 slot,
		 void (*change)(struct fs_sync *sync, u32 slot))
{
	struct fs_group *group = rcu_dereference_check(node->group,
				lockdep_is_held(&node->flows.lock));
	unsigned int i;

	lockdep_assert_held(&node->flows.lock);

	for (i = 0; group && i < group->member_count; i++) {
		struct fs_peer *peer = group->member[i];

		change(&peer->sync, slot);
		if (peer->telling && !peer->full && change != fs_sync_moved)
			fs_send_kick(peer);
	}
}

/**
 * fs_flow_slot - what a slot is, for core/
 * @flow: the slot
 *
 * Context: any; fs_flows.lock held.
 * Return: the description.
 */
struct fs_slot fs_flow_slot(const struct fs_flow *flow)
{
	return (struct fs_slot) {
		.op = flow->op,
		.gen = flow->gen,
		.live = flow->ct,
	};
}

/**
 * fs_flow_mark - a flow changed: a new op, and every peer has to hear of it
 * @node: the node
 * @flow: the flow, live
 * @windows: whether to tell its TCP windows, if it has any
 *
 * Context: any; fs_flows.lock held.
 */
void fs_flow_mark(struct fs_node *node, struct fs_flow *flow, bool windows)
{
	flow->op = ++node->flows.op;
	flow->print = fs_ct_print(flow->ct, &node->masks, windows);
	fs_warm_told(flow);
	note(node, flow->slot, fs_sync_changed);
}

/**
 * fs_flow_end - a live flow ended
 * @node: the node
 * @flow: the flow
 *
 * The slot is free at once, whoever has still to hear of it: should it be used
 * again first, the new flow's checkpoint, of a higher generation, says both.
 *
 * Context: any; fs_flows.lock held.
 * Return: the flow's conntrack entry, whose reference is the caller's to drop,
 * after the lock.
 */
struct nf_conn *fs_flow_end(struct fs_node *node, struct fs_flow *flow)
{
	struct fs_flows *flows = &node->flows;
	struct nf_conn *ct = flow->ct;

	lockdep_assert_held(&flows->lock);

	fs_table_remove(&flows->by_ct, hash_ct(ct), &flow->by_ct, 0);
	flows->live--;
	flow->op = ++flows->op;
	put_free(flows, flow);
	note(node, flow->slot, fs_sync_ended);
	return ct;
}

/* Put a conntrack entry into the table; a reference is taken. */
static struct fs_flow *add_flow(struct fs_node *node, struct nf_conn *ct)
{
	struct fs_flows *flows = &node->flows;
	struct fs_flow *flow;

	lockdep_assert_held(&flows->lock);

	flow = take_free(flows);
	if (!flow) {
		fs_stat_inc(node, capture_no_slot);
		return NULL;
	}
	set_ct(flows, flow, ct);
	flow->op = ++flows->op;
	flow->print = fs_ct_print(ct, &node->masks, false);
	fs_warm_begin(flow);
	note(node, flow->slot, fs_sync_reused);
	return flow;
}

/* Every peer may hold the flow as the origin before told it, but for that one. */
static void note_adopted(struct fs_node *node, u32 slot)
{
	struct fs_group *group = rcu_dereference_check(node->group,
				lockdep_is_held(&node->flows.lock));
	unsigned int i;

	for (i = 0; group && i < group->member_count; i++) {
		struct fs_peer *peer = group->member[i];

		if (peer->id == node->flows.heir)
			fs_sync_reused(&peer->sync, slot);
		else
			fs_sync_adopted(&peer->sync, slot);
	}
}

/**
 * fs_flows_adopt - put an installed flow of the origin before into the table
 * @node: the node, active, heir to that origin
 * @ct: its entry, with a reference held by the caller
 * @slot: its slot there
 * @gen: its generation
 * @op: of its last change
 * @moved: it went on since, without its origin
 *
 * It keeps its name, if the slot is free and its generation is new to this node.
 * Generations of a slot never go back, under whatever epoch: who knows the end of a
 * later one must not take it for the end of this.
 *
 * Context: any.
 */
void fs_flows_adopt(struct fs_node *node, struct nf_conn *ct, u32 slot,
		    u32 gen, u64 op, bool moved)
{
	struct fs_flows *flows = &node->flows;
	struct fs_flow *flow;

	spin_lock_bh(&flows->lock);
	if (find_ct(flows, ct))
		goto out;
	flow = slot < fs_flows_slots(flows) ? fs_flow_at(flows, slot) : NULL;
	/* One that this node had itself it has called ended, which a member may
	 * have heard under this claim.
	 */
	if (!flows->heir || !flow || flow->gen >= gen ||
	    !fs_dirty_remove(&flows->vacant, slot)) {
		add_flow(node, ct);
		goto out;
	}
	set_ct(flows, flow, ct);
	flow->gen = gen;
	flow->op = op;
	flow->print = fs_ct_print(ct, &node->masks, false);
	fs_warm_begin(flow);
	flows->op = max(flows->op, op);
	fs_dirty_add(&flows->placed, slot);
	note_adopted(node, slot);
	fs_stat_inc(node, heir_adopted);
	if (moved)
		fs_flow_mark(node, flow, false);
out:
	spin_unlock_bh(&flows->lock);
}

/**
 * fs_flows_reach - see that the table has a slot for all that is inherited
 * @node: the node
 *
 * Context: process; may be a work of fs_wq, which must not wait for another.
 */
void fs_flows_reach(struct fs_node *node)
{
	grow(node);
}

/**
 * fs_flows_changed - a conntrack entry changed, or is new
 * @node: the node, active
 * @ct: the entry, with a reference held by the caller
 *
 * The entry may be unconfirmed. What the table has no room for is counted, and
 * found later by the walk.
 *
 * Context: any.
 */
void fs_flows_changed(struct fs_node *node, struct nf_conn *ct)
{
	struct fs_flows *flows = &node->flows;
	struct fs_flow *flow;

	spin_lock_bh(&flows->lock);
	flow = find_ct(flows, ct);
	if (flow) {
		fs_stat_inc(node, capture_change);
		fs_flow_mark(node, flow, flow->print & FS_PRINT_WINDOWS);
	} else if (!fs_policy_replicates(node, ct)) {
		fs_stat_inc(node, policy_off);
	} else if (fs_ct_supported(ct)) {
		fs_stat_inc(node, capture_new);
		add_flow(node, ct);
	} else {
		fs_stat_inc(node, capture_unsupported);
	}
	spin_unlock_bh(&flows->lock);
}

/**
 * fs_flow_find - the flow of a conntrack entry
 * @flows: the table
 * @ct: the entry
 *
 * Context: any; fs_flows.lock held.
 * Return: the flow, or NULL.
 */
struct fs_flow *fs_flow_find(struct fs_flows *flows, const struct nf_conn *ct)
{
	lockdep_assert_held(&flows->lock);

	return find_ct(flows, ct);
}

/**
 * fs_flows_has - whether a conntrack entry is in the table
 * @node: the node
 * @ct: the entry
 *
 * Without the lock: it may just be leaving the table, or entering.
 *
 * Context: any.
 * Return: true if it is.
 */
bool fs_flows_has(struct fs_node *node, const struct nf_conn *ct)
{
	return find_ct(&node->flows, ct);
}

/**
 * fs_flows_learn - make sure a conntrack entry is in the table
 * @node: the node, active
 * @ct: the entry, of a kind that is replicated, with a reference held
 *
 * Context: any.
 * Return: true if it was not in the table and is now.
 */
bool fs_flows_learn(struct fs_node *node, struct nf_conn *ct)
{
	struct fs_flows *flows = &node->flows;
	bool learnt = false;

	spin_lock_bh(&flows->lock);
	if (!find_ct(flows, ct))
		learnt = add_flow(node, ct);
	spin_unlock_bh(&flows->lock);
	return learnt;
}

/**
 * fs_flows_forget - empty the table
 * @node: the node, no longer the origin of anything
 *
 * A node that is not active sends nothing: the peers keep the flows. Should it
 * become active again in this session, it will tell them of the ends, under its
 * new epoch.
 *
 * Context: process.
 */
void fs_flows_forget(struct fs_node *node)
{
	struct fs_flows *flows = &node->flows;
	u32 slot, slots = fs_flows_slots(flows);

	for (slot = 0; slot < slots; slot++) {
		struct fs_flow *flow = fs_flow_at(flows, slot);
		struct nf_conn *ct = NULL;

		spin_lock_bh(&flows->lock);
		if (flow->ct)
			ct = fs_flow_end(node, flow);
		spin_unlock_bh(&flows->lock);

		nf_ct_put(ct);
		cond_resched();
	}
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

/**
 * fs_flows_restart_peer - a peer came with a new session: it holds nothing
 * @node: the node
 * @peer: the peer, with nothing in flight
 *
 * Every live flow becomes dirty for it.
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
		    fs_group_has_member(node, peer))
			fs_sync_changed(&peer->sync, slot);
		spin_unlock_bh(&flows->lock);
		cond_resched();
	}
}

/**
 * fs_flows_resync_peer - tell a peer everything again
 * @node: the node
 * @peer: the peer
 *
 * Also of the ends of flows that it may still hold. What is in flight is given up:
 * it may have been carried out and undone since, and its acknowledgement on its way.
 *
 * Context: process.
 */
void fs_flows_resync_peer(struct fs_node *node, struct fs_peer *peer)
{
	struct fs_flows *flows = &node->flows;
	u32 slot, slots = fs_flows_slots(flows);

	fs_send_abandon(peer);
	spin_lock_bh(&flows->lock);
	fs_verify_restart(peer);
	spin_unlock_bh(&flows->lock);
	for (slot = 0; slot < slots; slot++) {
		struct fs_slot now;

		spin_lock_bh(&flows->lock);
		now = fs_flow_slot(fs_flow_at(flows, slot));
		if (fs_group_has_member(node, peer))
			fs_sync_need(&peer->sync, slot, &now);
		spin_unlock_bh(&flows->lock);
		cond_resched();
	}
	spin_lock_bh(&flows->lock);
	fs_resync_begin(peer);
	spin_unlock_bh(&flows->lock);
	fs_send_kick(peer);
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
 * fs_flows_visit - the walk comes by a flow
 * @node: the node
 * @flow: the flow, live and confirmed
 * @cool: it is one of the visits that cool
 *
 * A flow that had packets goes first where it waits to be told, and is to be kept
 * alive where it was.
 *
 * Context: any; fs_flows.lock held.
 * Return: true if its timeout is not what was told of it.
 */
bool fs_flows_visit(struct fs_node *node, struct fs_flow *flow, bool cool)
{
	unsigned int found = fs_warm_visit(flow, cool);

	if (found & FS_VISIT_MOVED)
		note(node, flow->slot, fs_sync_moved);
	return found & FS_VISIT_RETIMED;
}

/**
 * fs_flows_take - take what a peer has to be told next
 * @node: the node
 * @peer: the peer
 * @task: result
 * @max: most tasks to take
 *
 * A live flow is taken with a reference to its conntrack entry, so that what is
 * sent is its state at that moment. The tasks are the caller's to settle.
 *
 * Context: any; fs_flows.lock held.
 * Return: how many tasks were taken.
 */
unsigned int fs_flows_take(struct fs_node *node, struct fs_peer *peer,
			   struct fs_task *task, unsigned int max)
{
	struct fs_flows *flows = &node->flows;
	unsigned int count = 0;

	lockdep_assert_held(&flows->lock);

	while (count < max) {
		u32 slot = fs_resync_next(peer);
		struct fs_flow *flow;
		struct fs_slot now;

		if (slot == FS_DIRTY_NONE)
			break;
		flow = fs_flow_at(flows, slot);
		now = fs_flow_slot(flow);
		fs_sync_taken(&peer->sync, slot);
		task[count++] = (struct fs_task) {
			.slot = slot,
			.gen = now.gen,
			.op = now.op,
			.ct = flow->ct,
			.type = fs_sync_type(&peer->sync, slot, &now),
			.windows = flow->ct && flow->print & FS_PRINT_WINDOWS,
		};
		if (flow->ct)
			nf_conntrack_get(&flow->ct->ct_general);
	}
	return count;
}
