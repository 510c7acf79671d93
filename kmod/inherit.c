// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>

#include "attrs.h"
#include "convert.h"
#include "heartbeat.h"
#include "inherit.h"
#include "install.h"
#include "node.h"
#include "peer.h"
#include "send.h"
#include "told.h"

/* Datagrams of questions sent to a peer at each of its heartbeats. */
#define PACE	16

/**
 * struct asking - questions in the making
 * @group: whose flows
 * @in: what the peer is asked about it
 * @heir: for whom this node goes on
 * @ask: of one datagram
 * @count: length of @ask
 * @digest: of the slots of the bucket at hand
 * @task: its flows in doubt
 */
struct asking {
	struct fs_group *group;
	struct fs_inherit *in;
	struct fs_heir heir;
	struct fs_ask ask[FS_HEIR_ASKS];
	unsigned int count;
	u64 digest[FS_BUCKET];
	struct fs_task task[FS_BUCKET];
};

/**
 * fs_inherit_start - a node becomes active, and goes on for the one before
 * @group: the group
 *
 * What is in flight of an earlier time as active may bear the same names: it is
 * given up.
 *
 * Context: process; fs_group.change held, the role not yet active.
 */
void fs_inherit_start(struct fs_group *group)
{
	struct fs_node *node = group->node;
	struct fs_flows *flows = &node->flows;
	struct fs_peer *owner;
	unsigned int i;

	spin_lock_bh(&group->lock);
	owner = group->owner;
	WRITE_ONCE(group->owner, NULL);
	spin_unlock_bh(&group->lock);

	for (i = 0; i < group->member_count; i++) {
		fs_send_abandon(group->member[i].peer);
		fs_inherit_reset(&group->member[i]);
		/* What it held when this node was active before says nothing. */
		spin_lock_bh(&flows->lock);
		fs_verify_restart(group->member[i].peer);
		spin_unlock_bh(&flows->lock);
	}
	spin_lock_bh(&node->shadow.lock);
	spin_lock(&flows->lock);
	group->learns = true;
	WRITE_ONCE(flows->part[group->place].served, 0);
	group->heir = owner ? owner->id : 0;
	group->heir_session = owner ? owner->map_session[owner->current_map] : 0;
	if (owner) {
		struct fs_part *part = &flows->part[group->place];

		flows->op = max(flows->op, owner->top_op);
		part->reach = owner->top_slot + 1;
		/* What is new goes where nothing is inherited, if it can. */
		part->cursor = part->reach;
	}
	group->taken = flows->op;
	spin_unlock(&flows->lock);
	spin_unlock_bh(&node->shadow.lock);
}

/**
 * fs_inherit_reset - nothing was asked of a peer about a group yet
 * @member: the peer in the group
 *
 * Context: any.
 */
void fs_inherit_reset(struct fs_member *member)
{
	struct fs_inherit *in = &member->inherit;

	spin_lock_bh(&member->peer->lock);
	member->peer->acked = 0;
	in->rest = 0;
	in->rested = false;
	in->each_count = 0;
	in->gones = 0;
	spin_unlock_bh(&member->peer->lock);
}

/**
 * fs_inherit_reset_peer - nothing was asked of a peer yet
 * @peer: the peer
 *
 * Context: any.
 */
void fs_inherit_reset_peer(struct fs_peer *peer)
{
	struct fs_member *member;
	struct fs_group *group;

	rcu_read_lock();
	list_for_each_entry_rcu(group, &peer->node->groups, list) {
		member = fs_group_member(group, peer);
		if (member)
			fs_inherit_reset(member);
	}
	rcu_read_unlock();
}

/* What is in doubt in a bucket, with references to its entries. Returns which
 * slots; @newest is the last op of any of them.
 */
static u64 take_bucket(struct fs_peer *peer, u32 bucket, struct fs_task *task,
		       u64 *newest)
{
	struct fs_flows *flows = &peer->node->flows;
	u64 mask = 0;
	u32 i;

	lockdep_assert_held(&flows->lock);

	*newest = 0;
	for (i = 0; i < FS_BUCKET; i++) {
		struct fs_flow *flow;

		task[i].ct = NULL;
		if (!fs_dirty_test(&peer->sync.doubt, bucket * FS_BUCKET + i))
			continue;
		flow = fs_flow_at(flows, bucket * FS_BUCKET + i);
		task[i].ct = flow->ct;
		task[i].slot = flow->slot;
		task[i].gen = flow->gen;
		task[i].op = flow->op;
		nf_conntrack_get(&flow->ct->ct_general);
		mask |= 1ull << i;
		*newest = max(*newest, flow->op);
	}
	return mask;
}

static void put_bucket(struct fs_task *task)
{
	u32 i;

	for (i = 0; i < FS_BUCKET; i++)
		nf_ct_put(task[i].ct);
}

static void send_asks(struct fs_peer *peer, struct asking *a, bool rest)
{
	if (a->count || rest)
		fs_heir_send(peer, &a->heir, a->in, a->ask, a->count,
			     rest);
	a->count = 0;
}

static void add_ask(struct fs_peer *peer, struct asking *a, u32 bucket,
		    u64 mask, bool each)
{
	struct fs_ask *ask = &a->ask[a->count];
	struct fs_state state;
	u32 i;

	for (i = 0; i < FS_BUCKET; i++) {
		if (!(mask >> i & 1))
			continue;
		fs_state_from_ct(&state, a->task[i].ct);
		fs_attrs_from_ct(peer->node, &state.attrs, a->task[i].ct, false);
		a->digest[i] = fs_heir_digest(a->task[i].slot, a->task[i].gen,
					      a->task[i].op, &state);
	}
	ask->bucket = bucket;
	ask->mask = mask;
	ask->each = each;
	fs_ask_sum(ask, a->digest);
	fs_stat_add(peer->node, heir_asked, hweight64(mask));
	/* Slot by slot it takes more room. */
	if (++a->count == (each ? FS_HEIR_ASKS / 2 : FS_HEIR_ASKS))
		send_asks(peer, a, false);
}

/* Ask about a bucket, if anything in it is in doubt, and, unless all are wanted,
 * newer than @after.
 */
static bool ask_bucket(struct fs_peer *peer, struct asking *a, u32 bucket,
		       u64 after, bool each)
{
	struct fs_flows *flows = &peer->node->flows;
	u64 mask, newest;
	u32 i;

	spin_lock_bh(&flows->lock);
	mask = take_bucket(peer, bucket, a->task, &newest);
	if (newest <= after)
		mask = 0;
	for (i = 0; mask && i < FS_BUCKET; i++)
		if (mask >> i & 1)
			fs_sync_asked(&peer->sync, bucket * FS_BUCKET + i);
	spin_unlock_bh(&flows->lock);
	if (mask)
		add_ask(peer, a, bucket, mask, each);
	put_bucket(a->task);
	return mask;
}

/* The next bucket of the group with anything in doubt, at or behind one. */
static u32 next_bucket(struct fs_peer *peer, struct asking *a, u32 bucket)
{
	struct fs_flows *flows = &peer->node->flows;
	u32 slot;

	spin_lock_bh(&flows->lock);
	slot = fs_flows_next(flows, &peer->sync.doubt, bucket * FS_BUCKET,
			     a->group->place);
	spin_unlock_bh(&flows->lock);
	return slot == FS_DIRTY_NONE ? slot : slot / FS_BUCKET;
}

/* What the active before this node had no acknowledgement of comes first. */
static void ask_all(struct fs_peer *peer, struct asking *a)
{
	u32 bucket, left = PACE * FS_HEIR_ASKS;
	u64 after = 0;

	spin_lock_bh(&peer->lock);
	if (peer->told_by == a->heir.origin)
		after = peer->told_acked;
	spin_unlock_bh(&peer->lock);
	for (;;) {
		for (bucket = 0; left; bucket++) {
			bucket = next_bucket(peer, a, bucket);
			if (bucket == FS_DIRTY_NONE)
				break;
			left -= ask_bucket(peer, a, bucket, after, false);
			cond_resched();
		}
		if (!after || !left)
			break;
		after = 0;
	}
}

static void ask_each(struct fs_peer *peer, struct asking *a)
{
	struct fs_inherit *in = a->in;
	u32 bucket[FS_INHERIT_WAIT];
	unsigned int i, count;

	spin_lock_bh(&peer->lock);
	count = in->each_count;
	memcpy(bucket, in->each, count * sizeof(*bucket));
	in->each_count = 0;
	spin_unlock_bh(&peer->lock);
	for (i = 0; i < count; i++)
		ask_bucket(peer, a, bucket[i], 0, true);
	send_asks(peer, a, false);
}

/* For whom this node goes on. Returns false if it is not active. */
static bool learn_heir(struct fs_group *group, struct fs_heir *heir)
{
	struct fs_claim claim = fs_group_claim(group);

	heir->group = group->id;
	heir->epoch = claim.epoch;
	heir->origin = READ_ONCE(group->heir);
	return claim.role == FS_ROLE_ACTIVE;
}

/* Ask what is to be asked about one group. */
static void step(struct fs_group *group, struct fs_member *member)
{
	struct fs_peer *peer = member->peer;
	struct fs_flows *flows = &peer->node->flows;
	bool rested, rest, doubt, gones;
	struct fs_heir heir;
	struct asking *a;

	if (!learn_heir(group, &heir) || !READ_ONCE(member->takes) ||
	    fs_reunite_step(group, member) ||
	    !heir.origin || heir.origin == peer->id)
		return;
	spin_lock_bh(&flows->lock);
	doubt = fs_flows_next(flows, &peer->sync.doubt, 0, group->place) !=
		FS_DIRTY_NONE;
	spin_unlock_bh(&flows->lock);
	spin_lock_bh(&peer->lock);
	rested = member->inherit.rested;
	gones = member->inherit.gones;
	spin_unlock_bh(&peer->lock);
	if (!doubt && rested)
		return;

	a = kmalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return;
	a->group = group;
	a->in = &member->inherit;
	a->heir = heir;
	a->count = 0;
	ask_each(peer, a);
	ask_all(peer, a);
	/* What is not installed yet is not unknown. */
	rest = !doubt && !rested && !work_busy(&group->takeover);
	send_asks(peer, a, rest || gones);
	kfree(a);
}

/**
 * fs_inherit_step - ask a peer what is to be asked
 * @peer: the peer
 *
 * Context: process: the peer's heartbeat work.
 */
void fs_inherit_step(struct fs_peer *peer)
{
	struct fs_node *node = peer->node;
	struct fs_flows *flows = &node->flows;
	struct fs_member *member;
	struct fs_group *group;
	bool settled;
	u64 op;

	if (!READ_ONCE(peer->telling))
		return;
	spin_lock_bh(&flows->lock);
	settled = !peer->sync.doubt.count && !peer->sync.dirty.count &&
		  !peer->sync.flying.count;
	op = flows->op;
	spin_unlock_bh(&flows->lock);
	/* What it does not take is not kept for it, so it may look settled. */
	if (settled && fs_node_told_all(node, peer, false)) {
		spin_lock_bh(&peer->lock);
		peer->acked = op;
		spin_unlock_bh(&peer->lock);
	}
	fs_for_each_group(group, node) {
		member = fs_group_member(group, peer);
		if (member)
			step(group, member);
	}
}

static void answered(struct fs_peer *peer, const struct fs_hold *hold)
{
	struct fs_flows *flows = &peer->node->flows;
	struct fs_member *member;
	struct fs_inherit *in;
	struct fs_group *group;
	struct fs_heir own;
	u32 i;

	if (hold->bucket >= fs_flows_slots(flows) / FS_BUCKET)
		return;
	/* It was asked about a bucket of the group. */
	group = fs_group_at(peer->node,
			    fs_flow_owner(flows, hold->bucket * FS_BUCKET));
	member = group ? fs_group_member(group, peer) : NULL;
	if (!member || !learn_heir(group, &own) || !own.origin ||
	    hold->epoch != own.epoch)
		return;
	in = &member->inherit;
	if (!hold->each && hold->held != hold->mask) {
		spin_lock_bh(&peer->lock);
		if (in->each_count < FS_INHERIT_WAIT)
			in->each[in->each_count++] = hold->bucket;
		spin_unlock_bh(&peer->lock);
		fs_peer_kick(peer);
		return;
	}
	spin_lock_bh(&flows->lock);
	for (i = 0; i < FS_BUCKET; i++)
		if (hold->mask >> i & 1)
			fs_sync_held(&peer->sync, hold->bucket * FS_BUCKET + i,
				     hold->held >> i & 1);
	spin_unlock_bh(&flows->lock);
	fs_stat_add(peer->node, heir_held, hweight64(hold->held));
	fs_send_kick(peer);
}

/* Of a flow that a peer holds of the origin before: what this node knows. In another
 * session of that the same name was another flow's.
 */
enum known {
	UNKNOWN,
	HELD,
	ENDED,
};

static enum known what_is_known(const struct fs_group *group,
				struct fs_peer *origin, u64 session, u32 slot,
				u32 gen)
{
	struct fs_node *node = group->node;
	struct fs_flows *flows = &node->flows;
	enum known known = UNKNOWN;
	struct fs_version had;
	enum fs_held held;
	unsigned int map;

	spin_lock_bh(&node->shadow.lock);
	for (map = 0; map < FS_SESSIONS; map++) {
		if (origin->map_session[map] != session)
			continue;
		held = fs_shadow_held(&origin->shadow[map], slot, 0, 0, &had);
		if (held != FS_HELD_NOTHING && had.gen >= gen)
			known = held == FS_HELD_FLOW ? HELD : ENDED;
	}
	spin_lock(&flows->lock);
	if (session == group->heir_session &&
	    fs_dirty_test(&flows->placed, slot) &&
	    fs_flow_owner(flows, slot) == group->place) {
		struct fs_flow *flow = fs_flow_at(flows, slot);

		if (flow->gen >= gen)
			known = flow->ct && flow->gen == gen ? HELD : ENDED;
	}
	spin_unlock(&flows->lock);
	spin_unlock_bh(&node->shadow.lock);
	return known;
}

/* A flow that only the peer knew: it is as if the origin had told it to this
 * node too, and is asked about like the others.
 */
static void take(struct fs_node *node, struct fs_peer *origin,
		 const struct fs_heir *own, struct fs_record *rec)
{
	struct fs_batch batch = { .group = own->group, .epoch = own->epoch };
	void *entry;

	fs_shadow_apply(node, origin, &batch, rec);
	entry = xa_load(&origin->shadow[READ_ONCE(origin->current_map)],
			rec->slot);
	if (entry && !xa_is_value(entry))
		fs_install(node, entry);
}

/* Returns whether there is more to ask for at once: each place of a round makes
 * that so only once, whatever comes twice.
 */
static bool offered(struct fs_group *group, struct fs_member *member,
		    const struct fs_heir *own, u64 session,
		    struct fs_heir_offer *offer)
{
	struct fs_record *rec = &offer->rec;
	struct fs_inherit *in = &member->inherit;
	struct fs_peer *peer = member->peer;
	struct fs_node *node = peer->node;
	enum known known = UNKNOWN;
	struct fs_peer *origin;
	bool on = false;

	origin = fs_peer_by_id(node, own->origin);
	if (offer->epoch != own->epoch || !origin)
		return false;
	if (offer->any) {
		fs_stat_inc(node, heir_offered);
		known = what_is_known(group, origin, session, rec->slot,
				      rec->gen);
		if (known == UNKNOWN)
			take(node, origin, own, rec);
	}
	spin_lock_bh(&peer->lock);
	if (!offer->any) {
		/* Behind what was offered: does it still hold that? */
		in->rested |= !offer->next;
		in->rest = 0;
	} else {
		on = offer->next > in->rest;
		in->rest = max(in->rest, offer->next);
		if (!in->gones)
			in->gone_session = session;
		/* What is of another session comes again. */
		if (known == ENDED && in->gone_session == session &&
		    in->gones < FS_HEIR_GONE) {
			in->gone[in->gones].slot = rec->slot;
			in->gone[in->gones++].gen = rec->gen;
		}
	}
	spin_unlock_bh(&peer->lock);
	return on;
}

static bool takes(struct fs_group *group, const struct fs_peer *peer)
{
	const struct fs_member *member = fs_group_member(group, peer);

	return member && READ_ONCE(member->takes);
}

/* The group that a peer offers flows of. It may not say so, if it is the only one
 * of which this node is heir.
 */
static struct fs_group *offered_group(struct fs_peer *peer,
				      const struct fs_rd *body,
				      struct fs_heir *heir, u64 *session)
{
	u16 id = fs_offered_get(body, session);
	struct fs_group *group;

	list_for_each_entry_rcu(group, &peer->node->groups, list)
		if ((!id || group->id == id) && takes(group, peer) &&
		    learn_heir(group, heir) && heir->origin)
			return group;
	return NULL;
}

/**
 * fs_inherit_heard - what a peer answers, and tells of members
 * @peer: the peer
 * @body: the checked control datagram, behind its header
 *
 * Context: softirq, RCU read lock.
 */
void fs_inherit_heard(struct fs_peer *peer, const struct fs_rd *body)
{
	struct fs_node *node = peer->node;
	struct fs_heir_offer offer;
	struct fs_acked acked;
	struct fs_group *group;
	struct fs_heir heir;
	struct fs_hold hold;
	struct fs_peer *of;
	struct fs_rd r = *body;
	bool more = false;
	u64 session;

	while (fs_acked_next(&r, &acked)) {
		of = fs_peer_by_id(node, acked.node);
		if (!of)
			continue;
		spin_lock_bh(&of->lock);
		of->told_acked = acked.op;
		of->told_by = peer->id;
		spin_unlock_bh(&of->lock);
	}
	r = *body;
	while (fs_hold_next(&r, &hold))
		answered(peer, &hold);
	if (fs_reunite_heard(peer, body))
		return;
	group = offered_group(peer, body, &heir, &session);
	if (!group)
		return;
	r = *body;
	while (fs_heir_offer_next(&r, &offer))
		more |= offered(group, fs_group_member(group, peer), &heir,
				session, &offer);
	/* On to the next, at the pace of the answers. */
	if (more)
		fs_peer_kick(peer);
}

/* Whether two peers are members of a group in which this node is active. */
static bool share(struct fs_node *node, const struct fs_peer *a,
		  const struct fs_peer *b)
{
	struct fs_group *group;

	list_for_each_entry_rcu(group, &node->groups, list)
		if (fs_group_active(group) && fs_group_member(group, a) &&
		    fs_group_member(group, b))
			return true;
	return false;
}

/**
 * fs_inherit_put_acked - tell a member how far the others are
 * @peer: the member
 * @w: cursor in a heartbeat, in which there is not room for all
 *
 * Context: process.
 */
void fs_inherit_put_acked(struct fs_peer *peer, struct fs_wr *w)
{
	struct fs_node *node = peer->node;
	unsigned int left = FS_HEIR_ACKED;
	struct fs_acked acked;
	struct fs_peer *of;

	rcu_read_lock();
	list_for_each_entry_rcu(of, &node->peers, list) {
		acked.node = of->id;
		acked.op = READ_ONCE(of->acked);
		if (of == peer || !acked.op || !share(node, peer, of))
			continue;
		if (!left-- || w->end - w->p < FS_ACKED_LEN)
			break;
		fs_acked_put(w, &acked);
	}
	rcu_read_unlock();
}
