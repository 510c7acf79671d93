// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>

#include "compat/uninitialized.h"
#include "convert.h"
#include "heartbeat.h"
#include "node.h"
#include "peer.h"
#include "send.h"
#include "told.h"
#include "verify.h"

static_assert(FS_FLOW_BLOCK % FS_BUCKET == 0);

/* Datagrams of checks sent at each heartbeat: by itself, and when asked to. */
#define PACE_QUIET	2
#define PACE_WANTED	6

/**
 * struct looking - checks in the making
 * @check: of one datagram
 * @task: flows of the bucket at hand
 */
struct looking {
	struct fs_check check[FS_CONTROL_CHECKS];
	struct fs_task task[FS_BUCKET];
};

/* Begin a pass if it is time to. Returns false if there is none under way. */
static bool under_way(struct fs_peer *peer)
{
	struct fs_verify *v = &peer->verify;
	u64 now = fs_now_ms();

	lockdep_assert_held(&peer->node->flows.lock);

	if (!peer->telling)
		return false;
	if (!v->running &&
	    (v->wanted || !v->pass ||
	     now - v->started >= FS_VERIFY_INTERVAL_MS)) {
		v->running = true;
		v->started = now;
		v->op = peer->node->flows.op;
		v->due = 0;
		fs_sync_recheck(&peer->sync);
	}
	return v->running;
}

static void look_for_end(struct fs_peer *peer)
{
	struct fs_verify *v = &peer->verify;

	lockdep_assert_held(&peer->node->flows.lock);

	if (!v->running || peer->sync.unchecked.count)
		return;
	v->running = false;
	v->wanted = false;
	v->differs = false;
	v->pass++;
}

/* The next bucket that can be compared, or FS_DIRTY_NONE. When all had their turn
 * the first is next, but not before the answers to what was asked are due: asked
 * again earlier, both would sum up for nothing what takes long on its way.
 */
static u32 next_bucket(struct fs_peer *peer)
{
	struct fs_dirty *left = &peer->sync.unchecked;
	struct fs_verify *v = &peer->verify;
	u32 bucket;

	lockdep_assert_held(&peer->node->flows.lock);

	bucket = fs_sync_next_settled(&peer->sync, left->cursor);
	if (bucket == FS_DIRTY_NONE && fs_now_ms() >= v->due)
		bucket = fs_sync_next_settled(&peer->sync, 0);
	if (bucket != FS_DIRTY_NONE)
		left->cursor = bucket + 1;
	return bucket;
}

/* Whether the peer is to hold what is in a bucket of its sets. */
static bool is_told(struct fs_peer *peer, u32 bucket)
{
	u32 slot = bucket * FS_BUCKET;

	/* The peers' sets may be ahead of the table. */
	return slot < fs_flows_slots(&peer->node->flows) &&
	       fs_flows_tells(peer->node, peer, slot);
}

/* Take a bucket that can be compared, with references to its entries. Returns
 * false if there is none. It stays unchecked until the peer has answered.
 */
static bool take_bucket(struct fs_peer *peer, struct fs_check *check,
			struct fs_task *task)
{
	struct fs_flows *flows = &peer->node->flows;
	u32 i;

	lockdep_assert_held(&flows->lock);

	check->bucket = next_bucket(peer);
	while (check->bucket != FS_DIRTY_NONE &&
	       !is_told(peer, check->bucket)) {
		fs_dirty_remove(&peer->sync.unchecked, check->bucket);
		check->bucket = next_bucket(peer);
	}
	if (check->bucket == FS_DIRTY_NONE)
		return false;

	/* As long as for the acknowledgement of a state datagram. */
	peer->verify.due = fs_now_ms() +
			   DIV_ROUND_UP(fs_flight_timeout(&peer->flight),
					USEC_PER_MSEC);
	check->op = flows->op;
	for (i = 0; i < FS_BUCKET; i++) {
		struct fs_flow *flow;

		flow = fs_flow_at(flows, check->bucket * FS_BUCKET + i);
		task[i].ct = flow->ct;
		task[i].slot = flow->slot;
		task[i].gen = flow->gen;
		task[i].op = flow->op;
		if (flow->ct)
			nf_conntrack_get(&flow->ct->ct_general);
	}
	return true;
}

static void sum_up(struct fs_check *check, struct fs_task *task)
{
	struct fs_state state __uninitialized;
	u32 i;

	check->count = 0;
	check->digest = 0;
	for (i = 0; i < FS_BUCKET; i++) {
		if (!task[i].ct)
			continue;
		fs_state_from_ct(&state, task[i].ct);
		check->digest += fs_digest_flow(task[i].slot, task[i].gen,
						task[i].op, &state);
		check->count++;
		nf_ct_put(task[i].ct);
	}
}

/**
 * fs_verify_step - send the next checks to a peer
 * @peer: the peer
 *
 * Context: process: the peer's heartbeat work.
 */
void fs_verify_step(struct fs_peer *peer)
{
	struct fs_flows *flows = &peer->node->flows;
	unsigned int pace, count;
	struct looking *look;
	bool more;
	u32 left;

	if (!fs_node_tells(peer->node, peer))
		return;

	spin_lock_bh(&flows->lock);
	more = under_way(peer);
	left = peer->sync.unchecked.count;
	pace = peer->verify.wanted ? PACE_WANTED : PACE_QUIET;
	spin_unlock_bh(&flows->lock);
	if (!more)
		return;

	look = kmalloc(sizeof(*look), GFP_KERNEL);
	if (!look)
		return;
	while (more && left && pace--) {
		for (count = 0; count < FS_CONTROL_CHECKS && left; left--) {
			spin_lock_bh(&flows->lock);
			more = take_bucket(peer, &look->check[count],
					   look->task);
			look_for_end(peer);
			spin_unlock_bh(&flows->lock);
			if (!more)
				break;
			sum_up(&look->check[count++], look->task);
			cond_resched();
		}
		if (count)
			fs_checks_send(peer, look->check, count);
	}
	kfree(look);
}

/**
 * fs_verify_request - begin a pass now, and hurry
 * @peer: the peer
 *
 * Context: process.
 */
void fs_verify_request(struct fs_peer *peer)
{
	spin_lock_bh(&peer->node->flows.lock);
	/* One that is under way began too early to say how it is now. */
	peer->verify.running = false;
	peer->verify.wanted = true;
	spin_unlock_bh(&peer->node->flows.lock);
	fs_peer_kick(peer);
}

/**
 * fs_verify_restart - nothing is known of what the peer holds
 * @peer: the peer
 *
 * A pass that was asked for is still wanted, and begins anew.
 *
 * Context: any; fs_flows.lock held.
 */
void fs_verify_restart(struct fs_peer *peer)
{
	struct fs_verify *v = &peer->verify;

	lockdep_assert_held(&peer->node->flows.lock);

	v->pass = 0;
	v->running = false;
	v->differs = false;
}

/* Tell all of a bucket again, unless it changed since the check. */
static void repair(struct fs_peer *peer, const struct fs_answer *answer)
{
	struct fs_flows *flows = &peer->node->flows;
	u32 first = answer->bucket * FS_BUCKET;
	u32 i;

	lockdep_assert_held(&flows->lock);

	if (!fs_flows_tells(peer->node, peer, first) ||
	    !fs_sync_settled(&peer->sync, answer->bucket))
		return;
	for (i = 0; i < FS_BUCKET; i++)
		if (fs_flow_at(flows, first + i)->op > answer->op)
			return;
	for (i = 0; i < FS_BUCKET; i++) {
		struct fs_slot now = fs_flow_slot(fs_flow_at(flows, first + i));

		if (!now.gen)
			continue;
		fs_sync_need(&peer->sync, first + i, &now);
		fs_sync_hurry(&peer->sync, first + i);
		peer->verify.repaired++;
		fs_stat_inc(peer->node, verify_repaired);
	}
}

/**
 * fs_verify_answered - a peer compared a bucket
 * @peer: the peer
 * @answer: what it says
 *
 * Context: softirq.
 */
void fs_verify_answered(struct fs_peer *peer, const struct fs_answer *answer)
{
	struct fs_node *node = peer->node;
	struct fs_flows *flows = &node->flows;

	spin_lock_bh(&flows->lock);
	if (answer->bucket >= fs_flows_slots(flows) / FS_BUCKET ||
	    answer->op < peer->verify.op || !peer->verify.running)
		goto out;
	switch (answer->verdict) {
	case FS_VERDICT_SAME:
		fs_stat_inc(node, verify_same);
		fs_dirty_remove(&peer->sync.unchecked, answer->bucket);
		look_for_end(peer);
		break;
	case FS_VERDICT_DIFFERS:
		fs_stat_inc(node, verify_differs);
		peer->verify.differs = true;
		repair(peer, answer);
		break;
	default:
		fs_stat_inc(node, verify_moved);
	}
out:
	spin_unlock_bh(&flows->lock);
	if (answer->verdict == FS_VERDICT_DIFFERS)
		fs_send_kick(peer);
}

/**
 * fs_verify_asked - compare a bucket of a peer's flows
 * @peer: the peer, their origin
 * @check: the bucket as it has it
 * @answer: result
 *
 * Context: process.
 */
void fs_verify_asked(struct fs_peer *peer, const struct fs_check *check,
		     struct fs_answer *answer)
{
	struct fs_shadow *shadow = &peer->node->shadow;
	unsigned long slot = (unsigned long)check->bucket * FS_BUCKET;
	unsigned long last = slot + FS_BUCKET - 1;
	struct fs_shadow_flow *flow;
	struct fs_state state __uninitialized;
	bool moved = false;
	u64 digest = 0;
	u32 count = 0;
	void *entry;

	spin_lock_bh(&shadow->lock);
	xa_for_each_range(&peer->shadow[peer->current_map], slot, entry, slot,
			  last) {
		if (xa_is_value(entry))
			continue;
		flow = entry;
		moved |= flow->op > check->op;
		fs_shadow_state(flow, fs_now_ms(), &state);
		digest += fs_digest_flow(flow->slot, flow->gen, flow->op,
					 &state);
		count++;
	}
	spin_unlock_bh(&shadow->lock);

	answer->bucket = check->bucket;
	answer->op = check->op;
	if (moved)
		answer->verdict = FS_VERDICT_MOVED;
	else if (count == check->count && digest == check->digest)
		answer->verdict = FS_VERDICT_SAME;
	else
		answer->verdict = FS_VERDICT_DIFFERS;
}

/**
 * fs_verify_synced - whether a peer holds all there is, on evidence
 * @peer: the peer
 *
 * Context: any.
 * Return: true if it takes the state of all groups of which it is to be told,
 * nothing is dirty or in flight, and the last pass of this session, or what there
 * is of the present one, has found no difference.
 */
bool fs_verify_synced(struct fs_peer *peer)
{
	bool synced, all = fs_node_told_all(peer->node, peer, false);

	spin_lock_bh(&peer->node->flows.lock);
	synced = all && peer->telling && peer->verify.pass &&
		 !peer->verify.differs && !peer->sync.dirty.count &&
		 !peer->sync.flying.count && !peer->sync.doubt.count;
	spin_unlock_bh(&peer->node->flows.lock);
	return synced;
}
