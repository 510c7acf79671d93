// SPDX-License-Identifier: GPL-2.0
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_acct.h>

#include "convert.h"
#include "leftover.h"
#include "lifetime.h"
#include "link.h"
#include "match.h"
#include "node.h"
#include "ondemand.h"
#include "refused.h"
#include "room.h"
#include "walk.h"
#include "warm.h"

/* A step each 100 ms looks at a tenth of the table, so that the end of a flow
 * is noticed within a second.
 */
#define STEP_MS		100
#define STEPS		10
/* Slots that are looked at under one hold of the lock, and most that are passed
 * over there since none of them is used.
 */
#define BATCH		((u32)BITS_PER_LONG)
#define PASS_OVER	(BATCH * 64)
/* Steps between searches for entries that are not in the table: if conntrack has
 * as many more as after the last one, only each of so many times; and between
 * searches for shadow flows whose time is over.
 */
#define SEARCH_STEPS	100
#define SEARCH_RARELY	6
#define EXPIRE_STEPS	10

/* Every so many passes a flow that is accounted for is told again. */
#define ACCT_PASSES	32

/* While it is warm, and when it has cooled: nothing is counted any more. */
static bool is_due(const struct fs_node *node, const struct fs_flow *flow,
		   u32 warm)
{
	if (!warm || !nf_conn_acct_find(flow->ct))
		return false;
	return !fs_warm(flow) ||
	       (node->walk.tick / STEPS + flow->slot) % ACCT_PASSES == 0;
}

/* Every eighth visit to a flow cools it. */
static bool is_cooling(const struct fs_walk *walk)
{
	return walk->tick / STEPS % 8 == 0;
}

/* Whether a flow belongs to another group than it is in, by what is configured by
 * now.
 */
static bool is_misplaced(struct fs_node *node, const struct fs_flow *flow)
{
	struct fs_group *now;
	bool misplaced;

	if (likely(!READ_ONCE(node->walk.regroup)))
		return false;
	rcu_read_lock();
	now = fs_group_at(node, fs_flow_owner(&node->flows, flow->slot));
	misplaced = fs_match_group(node, flow->ct, NULL, now) != now;
	rcu_read_unlock();
	return misplaced;
}

/* Returns an entry whose reference is the caller's, if the flow ended. */
static struct nf_conn *look_at(struct fs_node *node, struct fs_flow *flow)
{
	struct nf_conn *ct = flow->ct;
	u32 changed, warm;
	bool retimed;

	if (!ct)
		return NULL;

	if (!nf_ct_is_confirmed(ct)) {
		/* Nobody but the table: its packet was dropped. */
		if (refcount_read(&ct->ct_general.use) > 1)
			return NULL;
		fs_stat_inc(node, walk_unconfirmed);
		return fs_flow_end(node, flow);
	}
	if (nf_ct_is_dying(ct) || nf_ct_is_expired(ct)) {
		fs_stat_inc(node, walk_ended);
		return fs_flow_end(node, flow);
	}
	if (!fs_policy_replicates(node, ct)) {
		fs_stat_inc(node, policy_ended);
		return fs_flow_end(node, flow);
	}
	if (is_misplaced(node, flow)) {
		/* The search finds it, if this node is active in the other. */
		WRITE_ONCE(node->walk.now, true);
		fs_stat_inc(node, group_moved);
		return fs_flow_end(node, flow);
	}
	warm = fs_warm(flow);
	retimed = fs_flows_visit(node, flow, is_cooling(&node->walk));
	changed = fs_ct_changed(ct, &node->masks, flow->print, true);
	if (retimed)
		fs_stat_inc(node, walk_retimed);
	if (!changed && (retimed || is_due(node, flow, warm)))
		fs_flow_mark(node, flow, true);
	if (changed) {
		if (changed & ~(FS_PRINT_MOVED | FS_PRINT_WINDOWS))
			fs_stat_inc(node, walk_drift);
		else
			fs_stat_inc(node, walk_window);
		fs_flow_mark(node, flow, true);
	}
	return NULL;
}

/* Look at the next slots that are used, of no more than so many; both are whole
 * words of the set of those that are not. Returns how many are left.
 */
static u32 look_at_batch(struct fs_node *node, u32 left)
{
	struct fs_flows *flows = &node->flows;
	u32 slots = fs_flows_slots(flows), slot;
	struct fs_walk *walk = &node->walk;
	u32 least = left > PASS_OVER ? left - PASS_OVER : 0;
	struct nf_conn *ended[BATCH];
	unsigned int count = 0;
	unsigned long used;

	spin_lock_bh(&flows->lock);
	do {
		slot = walk->slot < slots ? walk->slot : 0;
		used = ~flows->vacant.bits[slot / BATCH];
		walk->slot = slot + BATCH;
		left -= BATCH;
	} while (!used && left > least);
	for (; used; used &= used - 1) {
		ended[count] = look_at(node, fs_flow_at(flows,
							slot + __ffs(used)));
		if (ended[count])
			count++;
	}
	spin_unlock_bh(&flows->lock);
	while (count--)
		nf_ct_put(ended[count]);
	return left;
}

/* Whoever wants all to be looked at anew while this one counts, gets that. */
static void looked(struct fs_walk *walk, u32 count)
{
	u32 left = READ_ONCE(walk->regroup);

	if (left)
		cmpxchg(&walk->regroup, left, left > count ? left - count : 0);
}

static void look_at_flows(struct fs_node *node)
{
	u32 left = roundup(fs_flows_slots(&node->flows) / STEPS, BATCH);

	if (!READ_ONCE(node->flows.live))
		return;
	while (left) {
		u32 had = left;

		left = look_at_batch(node, left);
		looked(&node->walk, had - left);
		cond_resched();
	}
}

/* Whether an entry belongs into the table. */
static bool is_ours(struct fs_node *node, const struct nf_conn *ct)
{
	return nf_ct_is_confirmed(ct) && !nf_ct_is_dying(ct) &&
	       !nf_ct_is_expired(ct) && fs_ct_supported(ct) &&
	       !fs_ct_is_local(ct) && !fs_link_carried(node, ct) &&
	       fs_policy_replicates(node, ct);
}

/**
 * fs_walk_group - the group that an entry belongs to, if this node is active in it
 * @node: the node
 * @ct: the entry; one that is in the shadow belongs where it was told
 *
 * Context: any, RCU read lock.
 * Return: the group, or NULL: the entry is not this node's.
 */
struct fs_group *fs_walk_group(struct fs_node *node, const struct nf_conn *ct)
{
	struct fs_group *group = fs_ondemand_group(node, ct);

	if (!group)
		group = fs_match_group(node, ct, NULL, NULL);
	return group && fs_group_active(group) ? group : NULL;
}

/* For every entry of conntrack, with its bucket's lock held. 0: it stays. */
static int learn(struct nf_conn *ct, void *data)
{
	struct fs_node *node = data;
	struct fs_group *group;

	if (fs_flows_has(node, ct))
		return 0;
	rcu_read_lock();
	group = is_ours(node, ct) ? fs_walk_group(node, ct) : NULL;
	if (!group)
		node->walk.strangers++;
	else if (fs_flows_learn(group, ct))
		fs_stat_inc(node, walk_new);
	rcu_read_unlock();
	return 0;
}

/* A search of a large and nearly empty table for nothing new is most of what an
 * idle node would do. With policies, what did not belong into the table may by now.
 */
static bool is_search_due(struct fs_node *node)
{
	struct fs_walk *walk = &node->walk;

	if (xchg(&walk->now, false))
		return true;
	return walk->tick % SEARCH_STEPS == 0 &&
	       (walk->tick % (SEARCH_STEPS * SEARCH_RARELY) == 0 ||
		!list_empty(&node->policies) ||
		nf_conntrack_count(node->net) !=
		READ_ONCE(node->flows.live) + walk->strangers);
}

static void look_at_conntrack(struct fs_node *node)
{
	struct nf_ct_iter_data iter = {
		.net = node->net,
		.data = node,
	};
	bool active;

	rcu_read_lock();
	active = fs_node_active(node);
	rcu_read_unlock();
	if (!active)
		return;
	node->walk.strangers = 0;
	down_read(&node->peers_sem);
	nf_ct_iterate_cleanup_net(learn, &iter);
	up_read(&node->peers_sem);
}

static void walk_work(struct work_struct *work)
{
	struct fs_walk *walk = container_of(to_delayed_work(work),
					    struct fs_walk, work);
	struct fs_node *node = container_of(walk, struct fs_node, walk);

	look_at_flows(node);
	if (is_search_due(node))
		look_at_conntrack(node);
	if (walk->tick % EXPIRE_STEPS == 0) {
		down_read(&node->peers_sem);
		fs_shadow_expire(node);
		up_read(&node->peers_sem);
		fs_leftovers_expire(node);
		fs_refused_look(node);
	}
	fs_room_look(node);
	fs_reunite_unsettle(node);
	fs_ondemand_look(node, true);
	walk->tick++;
	queue_delayed_work(system_unbound_wq, &walk->work,
			   msecs_to_jiffies(STEP_MS));
}

/**
 * fs_walk_start - start a node's walk
 * @node: the node
 *
 * Context: process.
 */
void fs_walk_start(struct fs_node *node)
{
	INIT_DELAYED_WORK(&node->walk.work, walk_work);
	queue_delayed_work(system_unbound_wq, &node->walk.work,
			   msecs_to_jiffies(STEP_MS));
}

/**
 * fs_walk_stop - stop a node's walk, and wait
 * @node: the node
 *
 * Context: process.
 */
void fs_walk_stop(struct fs_node *node)
{
	cancel_delayed_work_sync(&node->walk.work);
}

/**
 * fs_walk_now - look for entries that are not in the table now
 * @node: the node
 *
 * Context: any.
 */
void fs_walk_now(struct fs_node *node)
{
	WRITE_ONCE(node->walk.now, true);
	mod_delayed_work(system_unbound_wq, &node->walk.work, 0);
}

/**
 * fs_walk_regroup - which flows are whose has changed: look at all of them
 * @node: the node
 *
 * Context: process.
 */
void fs_walk_regroup(struct fs_node *node)
{
	/* And once more what is behind the place where the walk is. */
	WRITE_ONCE(node->walk.regroup, fs_flows_slots(&node->flows) + 1);
	fs_walk_now(node);
}
