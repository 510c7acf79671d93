// SPDX-License-Identifier: GPL-2.0
#include <linux/hash.h>
#include <net/netfilter/nf_conntrack.h>

#include "convert.h"
#include "match.h"
#include "node.h"
#include "peer.h"
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
	fs_flow_part(flows, flow->slot)->live++;
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
	err = fs_table_init(&flows->by_ct, &flows->lock, hash_flow);
	if (err)
		return err;
	err = fs_slots_init(node);
	if (err)
		fs_table_exit(&flows->by_ct);
	return err;
}

/**
 * fs_flows_exit - free a node's flow table
 * @node: the node, without groups; no hook, work or peer can reach the table any
 *	more
 *
 * Context: process.
 */
void fs_flows_exit(struct fs_node *node)
{
	struct fs_flows *flows = &node->flows;

	WARN_ON_ONCE(flows->live);
	fs_slots_exit(flows);
	fs_table_exit(&flows->by_ct);
}

/* Note a change of a slot for every peer that its group has, up or not. */
static void note(struct fs_node *node, u32 slot,
		 void (*change)(struct fs_sync *sync, u32 slot))
{
	struct fs_group *group = fs_group_at(node,
					     fs_flow_owner(&node->flows, slot));
	unsigned int i;

	lockdep_assert_held(&node->flows.lock);

	for (i = 0; group && i < group->member_count; i++) {
		struct fs_peer *peer = group->member[i].peer;

		if (group->member[i].parked)
			continue;
		change(&peer->sync, slot);
		if (peer->telling && !peer->full &&
		    change != fs_sync_moved && change != fs_sync_rested)
			fs_send_kick(peer);
	}
}

/* A flow had packets here: what a claim weighs. */
static void serve(struct fs_flows *flows, const struct fs_flow *flow)
{
	struct fs_part *part = fs_flow_part(flows, flow->slot);

	lockdep_assert_held(&flows->lock);

	WRITE_ONCE(part->served, part->served + 1);
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
	/* Of what it is when it is told, not of each change until then. */
	flow->print = windows ? FS_PRINT_WINDOWS : 0;
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
	fs_flow_part(flows, flow->slot)->live--;
	flow->op = ++flows->op;
	fs_slot_put(flows, flow);
	note(node, flow->slot, fs_sync_ended);
	return ct;
}

/* Put a conntrack entry into the table; a reference is taken. */
static struct fs_flow *add_flow(struct fs_group *group, struct nf_conn *ct)
{
	struct fs_node *node = group->node;
	struct fs_flows *flows = &node->flows;
	struct fs_flow *flow;

	lockdep_assert_held(&flows->lock);

	/* It was active a moment ago. */
	if (!group->learns)
		return NULL;
	flow = fs_slot_take(flows, group->place);
	if (!flow) {
		fs_stat_inc(node, capture_no_slot);
		return NULL;
	}
	set_ct(flows, flow, ct);
	flow->op = ++flows->op;
	flow->print = 0;
	fs_warm_begin(flow);
	note(node, flow->slot, fs_sync_reused);
	return flow;
}

/* Every peer may hold the flow as the origin before told it, but for that one. */
static void note_adopted(struct fs_group *group, u32 slot)
{
	unsigned int i;

	for (i = 0; i < group->member_count; i++) {
		struct fs_peer *peer = group->member[i].peer;

		if (group->member[i].parked)
			continue;
		if (peer->id == group->heir)
			fs_sync_reused(&peer->sync, slot);
		else
			fs_sync_adopted(&peer->sync, slot);
	}
}

/**
 * fs_flows_adopt - put an installed flow of the origin before into the table
 * @group: the group, of which this node is active, and heir to that origin
 * @ct: its entry, with a reference held by the caller
 * @slot: its slot there
 * @gen: its generation
 * @op: of its last change
 * @moved: it went on since, without its origin
 *
 * It keeps its name, if the slot is the group's and free, and its generation is not
 * one that this node has called ended itself. Generations of a slot never go back,
 * under whatever epoch: who knows the end of a later one must not take it for the
 * end of this.
 *
 * Context: any.
 */
void fs_flows_adopt(struct fs_group *group, struct nf_conn *ct, u32 slot,
		    u32 gen, u64 op, bool moved)
{
	struct fs_node *node = group->node;
	struct fs_flows *flows = &node->flows;
	struct fs_flow *flow;

	spin_lock_bh(&flows->lock);
	if (find_ct(flows, ct))
		goto out;
	flow = slot < fs_flows_slots(flows) ? fs_flow_at(flows, slot) : NULL;
	/* One that this node had itself it has called ended, which a member may
	 * have heard under this claim.
	 */
	if (!group->learns || !group->heir || !flow || flow->gen > gen ||
	    (flow->gen == gen && group->recalled) ||
	    fs_flow_owner(flows, slot) != group->place ||
	    !fs_dirty_remove(&flows->vacant, slot)) {
		add_flow(group, ct);
		goto out;
	}
	flows->part[group->place].vacant--;
	set_ct(flows, flow, ct);
	flow->gen = gen;
	flow->op = op;
	flow->print = fs_ct_print(ct, &node->masks, false);
	fs_warm_begin(flow);
	flows->op = max(flows->op, op);
	fs_dirty_add(&flows->placed, slot);
	note_adopted(group, slot);
	fs_stat_inc(node, heir_adopted);
	if (moved)
		fs_flow_mark(node, flow, false);
out:
	spin_unlock_bh(&flows->lock);
}

/**
 * fs_flows_changed - a conntrack entry changed, or is new
 * @node: the node, active in a group
 * @ct: the entry, with a reference held by the caller
 * @way: devices that its packet passed
 *
 * The entry may be unconfirmed. What the table has no room for is counted, and
 * found later by the walk.
 *
 * Context: any, RCU read lock.
 */
void fs_flows_changed(struct fs_node *node, struct nf_conn *ct,
		      const struct fs_way *way)
{
	struct fs_flows *flows = &node->flows;
	struct fs_group *group;
	struct fs_flow *flow;

	spin_lock_bh(&flows->lock);
	flow = find_ct(flows, ct);
	if (flow) {
		fs_stat_inc(node, capture_change);
		serve(flows, flow);
		fs_flow_mark(node, flow, flow->print & FS_PRINT_WINDOWS);
		goto out;
	}
	if (!fs_policy_replicates(node, ct)) {
		fs_stat_inc(node, policy_off);
		goto out;
	}
	group = fs_match_group(node, ct, way, NULL);
	if (!group) {
		fs_stat_inc(node, group_none);
	} else if (!fs_group_active(group)) {
		/* Its active would be told of it, if it came that way. */
		fs_stat_inc(node, group_standby);
	} else if (fs_ct_supported(ct)) {
		fs_stat_inc(node, capture_new);
		flow = add_flow(group, ct);
		if (flow)
			serve(flows, flow);
	} else {
		fs_stat_inc(node, capture_unsupported);
	}
out:
	spin_unlock_bh(&flows->lock);
}

/**
 * fs_flows_advanced - a conntrack entry was brought forward by a peer
 * @node: the node
 * @ct: the entry, with a reference held by the caller
 *
 * If that changed it, all peers have to hear of it, the one that brought it forward
 * as well: it is its confirmation.
 *
 * Context: any.
 */
void fs_flows_advanced(struct fs_node *node, struct nf_conn *ct)
{
	struct fs_flows *flows = &node->flows;
	struct fs_flow *flow;
	u32 changed;

	spin_lock_bh(&flows->lock);
	flow = find_ct(flows, ct);
	if (flow) {
		changed = flow->print ^ fs_ct_print(ct, &node->masks, false);
		if (changed & ~(FS_PRINT_MOVED | FS_PRINT_WINDOWS))
			fs_flow_mark(node, flow,
				     flow->print & FS_PRINT_WINDOWS);
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
 * fs_flows_elsewhere - whether a conntrack entry is a flow of another group
 * @group: the group
 * @ct: the entry
 *
 * Context: any.
 * Return: true if it is in the table, and not one of the group.
 */
bool fs_flows_elsewhere(const struct fs_group *group, const struct nf_conn *ct)
{
	struct fs_flows *flows = &group->node->flows;
	const struct fs_flow *flow;
	bool elsewhere;

	spin_lock_bh(&flows->lock);
	flow = find_ct(flows, ct);
	elsewhere = flow && fs_flow_owner(flows, flow->slot) != group->place;
	spin_unlock_bh(&flows->lock);
	return elsewhere;
}

/**
 * fs_flows_learn - make sure a conntrack entry is in the table
 * @group: the group that it belongs to, of which this node is active
 * @ct: the entry, of a kind that is replicated, with a reference held
 *
 * Context: any.
 * Return: true if it was not in the table and is now.
 */
bool fs_flows_learn(struct fs_group *group, struct nf_conn *ct)
{
	struct fs_flows *flows = &group->node->flows;
	bool learnt = false;

	spin_lock_bh(&flows->lock);
	if (!find_ct(flows, ct))
		learnt = add_flow(group, ct);
	spin_unlock_bh(&flows->lock);
	return learnt;
}

/* Do something with each slot of a group, one at a time. It returns an entry
 * whose reference is to be dropped, or NULL.
 */
static void for_each_slot(struct fs_group *group,
			  struct nf_conn *(*act)(struct fs_group *group,
						 struct fs_flow *flow))
{
	struct fs_flows *flows = &group->node->flows;
	u32 slot, slots = fs_flows_slots(flows);

	for (slot = 0; slot < slots; slot++) {
		struct nf_conn *ct;

		if (fs_flow_owner(flows, slot) != group->place) {
			slot |= FS_FLOW_BLOCK - 1;
			continue;
		}
		spin_lock_bh(&flows->lock);
		ct = act(group, fs_flow_at(flows, slot));
		spin_unlock_bh(&flows->lock);
		nf_ct_put(ct);
		cond_resched();
	}
}

static struct nf_conn *recall(struct fs_group *group, struct fs_flow *flow)
{
	if (!flow->ct)
		note(group->node, flow->slot, fs_sync_ended);
	return NULL;
}

/**
 * fs_flows_recall - a node is active again: what it told of that has ended since
 * @group: the group
 *
 * Context: process.
 */
void fs_flows_recall(struct fs_group *group)
{
	struct fs_flows *flows = &group->node->flows;

	spin_lock_bh(&flows->lock);
	group->recalled = true;
	spin_unlock_bh(&flows->lock);
	for_each_slot(group, recall);
}

static struct nf_conn *forget(struct fs_group *group, struct fs_flow *flow)
{
	struct fs_node *node = group->node;
	struct nf_conn *ct = NULL;
	unsigned int i;

	if (flow->ct)
		ct = fs_flow_end(node, flow);
	fs_dirty_remove(&node->flows.placed, flow->slot);
	for (i = 0; i < group->member_count; i++)
		fs_sync_drop(&group->member[i].peer->sync, flow->slot);
	return ct;
}

/**
 * fs_flows_forget - no flow of a group is in the table any more
 * @group: the group, of which this node is no longer active
 *
 * A node that is not active sends nothing: the peers keep the flows. Should it
 * become active again in this session, it will tell them of the ends, under its
 * new epoch: see fs_flows_recall().
 *
 * Context: process.
 */
void fs_flows_forget(struct fs_group *group)
{
	struct fs_flows *flows = &group->node->flows;

	spin_lock_bh(&flows->lock);
	group->learns = false;
	group->recalled = false;
	group->heir = 0;
	flows->part[group->place].reach = 0;
	spin_unlock_bh(&flows->lock);
	for_each_slot(group, forget);
}

/**
 * fs_flows_visit - the walk comes by a flow
 * @node: the node
 * @flow: the flow, live and confirmed
 * @cool: it is one of the visits that cool
 *
 * A flow that had packets goes first where it waits to be told, and is to be kept
 * alive where it was. One that is new was told less than a second ago: if packets came
 * since, that is said when it rests, or at the next visit.
 *
 * Context: any; fs_flows.lock held.
 * Return: true if its timeout is not what was told of it.
 */
bool fs_flows_visit(struct fs_node *node, struct fs_flow *flow, bool cool)
{
	bool visited = fs_warm_visited(flow);
	unsigned int found = fs_warm_visit(flow, cool);

	if (found & FS_VISIT_MOVED && visited) {
		note(node, flow->slot, fs_sync_moved);
		serve(&node->flows, flow);
	}
	if (found & FS_VISIT_RESTED)
		note(node, flow->slot, fs_sync_rested);
	return found & FS_VISIT_RETIMED;
}
