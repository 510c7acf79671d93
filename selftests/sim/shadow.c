// SPDX-License-Identifier: GPL-2.0
#include "load.h"
#include "oracle.h"
#include "world.h"

/* The flow of a slot is no longer in the shadow. */
static void unlink_flow(struct node *n, const struct held *h)
{
	if (h->held == FS_HELD_FLOW)
		n->where[h->tid].peer = NONE;
}

/**
 * shadow_reset - empty a shadow
 * @s: the shadow, none of whose flows is found by its tuple
 */
void shadow_reset(struct shadow *s)
{
	memset(s->slot, 0, s->used * sizeof(s->slot[0]));
	s->used = 0;
	s->session = 0;
}

/**
 * shadow_at - what a slot of an origin's present session is
 * @n: the node
 * @from: the origin
 * @slot: the slot
 *
 * Return: what is held.
 */
struct held *shadow_at(struct node *n, u32 from, u32 slot)
{
	struct peer *p = &n->peer[from];

	return &p->shadow[p->current].slot[slot];
}

/* This node takes a flow out of the shadow by itself: its origin may still have
 * it, and is then asked for it. An older state of it does not do.
 */
static void put_aside(struct node *n, const struct where *at)
{
	struct peer *p = &n->peer[at->peer];
	struct held *h = &p->shadow[at->map].slot[at->slot];

	if (broken == BREAK_tombstone) {
		h->held = FS_HELD_END;
		h->had.epoch = n->epoch;
		return;
	}
	h->held = FS_HELD_NOTHING;
	h->gone = true;
	if (at->map == p->current)
		fs_dirty_add(&p->needs, at->slot);
}

static void take_out(struct node *n, const struct where *at)
{
	unlink_flow(n, &n->peer[at->peer].shadow[at->map].slot[at->slot]);
	put_aside(n, at);
}

enum outcome {
	WINS,
	LOSES,	/* against another origin's */
	ENDED,	/* a later flow of the same origin has the tuple */
};

/* Another flow has the tuple of a new one. Of one origin the later op is the
 * later flow: the other has ended there.
 */
static enum outcome displace(struct world *w, struct node *n,
			     const struct where *new, u32 tid,
			     const struct fs_batch *batch,
			     const struct fs_record *rec)
{
	struct where at = n->where[tid];
	struct held *other;

	if (at.peer == NONE)
		return WINS;
	w->stats.displaced++;
	other = &n->peer[at.peer].shadow[at.map].slot[at.slot];
	if (at.peer == new->peer && at.map == new->map) {
		if (other->had.epoch == batch->epoch &&
		    other->had.op > rec->op && broken != BREAK_displace_op)
			return ENDED;
		unlink_flow(n, other);
		other->held = FS_HELD_END;
		return WINS;
	}
	if (other->had.epoch > batch->epoch)
		return LOSES;
	take_out(n, &at);
	return WINS;
}

static void set_version(struct held *h, const struct fs_batch *batch,
			const struct fs_record *rec)
{
	h->had.gen = rec->gen;
	h->had.op = rec->op;
	h->had.epoch = batch->epoch;
	h->had.group = batch->group;
	h->gone = false;
}

/* A flow leaves the shadow though nobody said that it ended, as when its time is
 * over while its origin is away.
 */
static void forget(struct world *w, struct node *n, const struct where *at)
{
	if (w->ended || !rng_percent(&w->rng, w->forgets) ||
	    n->peer[at->peer].shadow[at->map].slot[at->slot].held !=
	    FS_HELD_FLOW)
		return;
	w->stats.forgotten++;
	take_out(n, at);
}

static void set_flow(struct world *w, struct node *n, const struct where *at,
		     const struct fs_batch *batch, const struct fs_record *rec)
{
	struct held *h = &n->peer[at->peer].shadow[at->map].slot[at->slot];
	u32 tid = load_tid(&rec->state);

	unlink_flow(n, h);
	set_version(h, batch, rec);
	h->held = FS_HELD_FLOW;
	h->tid = tid;
	h->state = rec->state;
	switch (displace(w, n, at, tid, batch, rec)) {
	case WINS:
		n->where[tid] = *at;
		break;
	case ENDED:
		h->held = FS_HELD_END;
		break;
	case LOSES:
		put_aside(n, at);
		break;
	}
}

static void update_flow(struct held *h, const struct fs_batch *batch,
			const struct fs_record *rec)
{
	set_version(h, batch, rec);
	h->state.status = rec->state.status;
	h->state.tcp = rec->state.tcp;
	h->state.attrs = rec->state.attrs;
	h->state.timeout = rec->state.timeout;
}

/* Whether a record is older than what this node took out by itself. */
static bool before_gone(const struct held *h, const struct fs_batch *batch,
			const struct fs_record *rec)
{
	struct fs_version now = {
		.epoch = batch->epoch,
		.op = rec->op,
		.gen = rec->gen,
		.group = batch->group,
	};

	return h->gone && h->held == FS_HELD_NOTHING &&
	       broken != BREAK_gone_version &&
	       fs_version_cmp(&now, &h->had) < 0;
}

/**
 * shadow_apply - carry out a record
 * @w: the world
 * @n: the node
 * @from: the origin
 * @batch: group and epoch, which were accepted
 * @rec: the record
 *
 * Return: false if a checkpoint is needed: what asks for that may be lost, so the
 * datagram must come again too.
 */
bool shadow_apply(struct world *w, struct node *n, u32 from,
		  const struct fs_batch *batch, const struct fs_record *rec)
{
	struct peer *p = &n->peer[from];
	struct where at = { from, p->current, rec->slot };
	struct shadow *s = &p->shadow[p->current];
	struct held *h;

	if (rec->slot >= SLOTS) {
		fail(w, "slot %u on the wire", rec->slot);
		return true;
	}
	if (rec->slot >= s->used)
		s->used = rec->slot + 1;
	h = &s->slot[rec->slot];
	w->stats.records++;
	if (batch->epoch < n->epoch)
		fail(w, "%u takes state of epoch %llu, and knows %llu", n->id,
		     (unsigned long long)batch->epoch,
		     (unsigned long long)n->epoch);
	if (before_gone(h, batch, rec))
		return true;
	switch (fs_merge_record(h->held, &h->had, batch, rec)) {
	case FS_MERGE_STALE:
		return true;
	case FS_MERGE_NEED:
		w->stats.needs++;
		oracle_need(w, n, from, h, rec);
		fs_dirty_add(&p->needs, rec->slot);
		peer_ack(w, n, from);
		return broken == BREAK_need_acked;
	case FS_MERGE_SET:
		fs_dirty_remove(&p->needs, rec->slot);
		oracle_set(w, n, from, h, rec, batch->epoch);
		set_flow(w, n, &at, batch, rec);
		forget(w, n, &at);
		return true;
	case FS_MERGE_UPDATE:
		fs_dirty_remove(&p->needs, rec->slot);
		update_flow(h, batch, rec);
		return true;
	case FS_MERGE_END:
		fs_dirty_remove(&p->needs, rec->slot);
		oracle_end(h, rec, batch->epoch);
		unlink_flow(n, h);
		h->held = FS_HELD_END;
		set_version(h, batch, rec);
		return true;
	}
	return true;
}

/**
 * shadow_new_session - an origin restarted
 * @n: the node
 * @from: the origin
 *
 * The flows of the session that ended are kept; those of the one before go.
 */
void shadow_new_session(struct node *n, u32 from)
{
	struct peer *p = &n->peer[from];
	struct shadow *old = &p->shadow[!p->current];
	u32 slot;

	for (slot = 0; slot < old->used; slot++)
		unlink_flow(n, &old->slot[slot]);
	shadow_reset(old);
	p->current = !p->current;
	fs_dirty_clear(&p->needs);
	if (n->owner == from)
		n->owner = NONE;
}

/**
 * shadow_relabel - a flow of an origin that died is its heir's now
 * @w: the world
 * @n: the node
 * @from: the heir
 * @slot: the flow's slot, with both
 * @h: the flow
 * @epoch: of the heir's claim
 */
void shadow_relabel(struct world *w, struct node *n, u32 from, u32 slot,
		    struct held *h, u64 epoch)
{
	struct peer *p = &n->peer[from];
	struct where at = { from, p->current, slot }, was = n->where[h->tid];
	struct held *to = &p->shadow[p->current].slot[slot], flow = *h;
	struct fs_record rec = { .gen = flow.had.gen, .slot = slot };

	take_out(n, &was);
	/* The old origin is not asked for what its heir has. */
	fs_dirty_remove(&n->peer[was.peer].needs, was.slot);
	oracle_set(w, n, from, to, &rec, epoch);
	unlink_flow(n, to);
	to->held = FS_HELD_FLOW;
	to->gone = false;
	to->had = flow.had;
	to->had.epoch = epoch;
	to->tid = flow.tid;
	to->state = flow.state;
	n->where[to->tid] = at;
	if (slot >= p->shadow[p->current].used)
		p->shadow[p->current].used = slot + 1;
	fs_dirty_remove(&p->needs, slot);
	w->stats.relabelled++;
}

/**
 * shadow_end - a flow has ended
 * @n: the node
 * @h: the flow
 */
void shadow_end(struct node *n, struct held *h)
{
	unlink_flow(n, h);
	h->held = FS_HELD_END;
}

static void adopt(struct world *w, struct node *n, const struct where *at)
{
	struct held *h = &n->peer[at->peer].shadow[at->map].slot[at->slot];

	if (broken == BREAK_no_adopt && rng_percent(&w->rng, 10)) {
		take_out(n, at);
		return;
	}
	if (n->table.by_tid[h->tid] == NONE) {
		/* Its slot may be taken, by a flow that began meanwhile. */
		if (n->heir != at->peer + 1 ||
		    at->map != n->peer[at->peer].current ||
		    rng_percent(&w->rng, 5) ||
		    !table_adopt(w, n, h, at->slot))
			table_add(w, n, &h->state, h->tid);
	}
	take_out(n, at);
}

/**
 * shadow_adopt - the node is active: the flows it held are its own
 * @w: the world
 * @n: the node
 */
void shadow_adopt(struct world *w, struct node *n)
{
	struct where at;

	heir_start(w, n);
	/* What goes on under its name has its slot first. */
	for (at.peer = n->heir - 1, at.map = 0; n->heir && at.map < 2; at.map++) {
		struct shadow *s = &n->peer[at.peer].shadow[at.map];

		for (at.slot = 0; at.slot < s->used; at.slot++)
			if (s->slot[at.slot].held == FS_HELD_FLOW)
				adopt(w, n, &at);
	}
	for (at.peer = 0; at.peer < w->nodes; at.peer++)
		for (at.map = 0; at.map < 2; at.map++) {
			struct shadow *s = &n->peer[at.peer].shadow[at.map];

			for (at.slot = 0; at.slot < s->used; at.slot++)
				if (s->slot[at.slot].held == FS_HELD_FLOW)
					adopt(w, n, &at);
		}
}
