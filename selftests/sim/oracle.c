// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "oracle.h"
#include "world.h"

/**
 * oracle_set - a flow is put into a slot of a shadow
 * @w: the world
 * @n: whose shadow
 * @from: the origin
 * @h: the slot, as it was
 * @rec: the record
 * @epoch: under which it comes
 *
 * No flow comes back whose end was applied; a later epoch's is another one.
 */
void oracle_set(struct world *w, const struct node *n, u32 from,
		const struct held *h, const struct fs_record *rec, u64 epoch)
{
	if (epoch < h->ended_epoch ||
	    (epoch == h->ended_epoch && rec->gen <= h->ended))
		fail(w, "node %u revives slot %u of %u: gen %u, ended %u",
		     n->id, rec->slot, from, rec->gen, h->ended);
}

/**
 * oracle_need - a flow is updated that the shadow does not have
 * @w: the world
 * @n: whose shadow
 * @from: the origin
 * @h: the slot
 * @rec: the record
 *
 * That is so only if the node itself took the flow out: an update is sent when
 * a checkpoint was acknowledged.
 */
void oracle_need(struct world *w, const struct node *n, u32 from,
		 const struct held *h, const struct fs_record *rec)
{
	if (!h->gone)
		fail(w, "%u is told an update of slot %u gen %u of %u, and had no checkpoint",
		     n->id, rec->slot, rec->gen, from);
}

/**
 * oracle_end - the end of a flow is applied
 * @h: the slot
 * @rec: the record
 * @epoch: under which it comes
 */
void oracle_end(struct held *h, const struct fs_record *rec, u64 epoch)
{
	if (epoch > h->ended_epoch || rec->gen > h->ended)
		h->ended = rec->gen;
	h->ended_epoch = epoch;
}

static bool same(const struct held *h, const struct flow *f);

/* Whether a node that is asked finds an origin's flow: it looks for what has the
 * slot in that one's latest session, and in the one before if nothing has. That it
 * does not look behind another flow costs a record at most, if the flow is in the
 * session before too: it is then told, and not missed.
 */
static bool holds(struct node *r, u32 origin, u32 slot, const struct flow *f,
		  u64 epoch)
{
	unsigned int map;

	for (map = 0; map < 2; map++) {
		struct peer *p = &r->peer[origin];
		struct held *h = &p->shadow[p->current ^ map].slot[slot];

		if (h->held == FS_HELD_FLOW && h->had.epoch < epoch)
			return same(h, f);
		if (h->gone)
			return false;
	}
	return false;
}

/**
 * oracle_told - a record leaves
 * @w: the world
 * @n: the node
 * @to: for whom
 * @rec: the record
 *
 * A flow that was taken over, and has not changed since, is not told to who
 * holds it: it was asked, and said so. Unless it lost since what it had taken for
 * the heir's then, and asks for it: what it still holds of the origin is of another
 * session of that, and it is not asked about it a second time.
 */
void oracle_told(struct world *w, struct node *n, u32 to,
		 const struct fs_record *rec)
{
	const struct flow *f = &n->table.flow[rec->slot];
	const struct node *r = &w->node[to];

	if (rec->type != FS_RECORD_CHECKPOINT || !f->live ||
	    f->gen != rec->gen || rec->op != (u32)f->adopted)
		return;
	w->stats.retold++;
	if (n->heir && n->claim == n->taken && r->running &&
	    r->role != FS_ROLE_ACTIVE && r->epoch <= n->claim &&
	    r->session == n->peer[to].sync_session &&
	    r->session == n->peer[to].doubt_session &&
	    !r->peer[n->id].shadow[r->peer[n->id].current].slot[rec->slot].gone &&
	    holds(&w->node[to], n->heir - 1, rec->slot, f, n->claim))
		fail(w, "%u tells %u of slot %u, which it holds as %u told it",
		     n->id, to, rec->slot, n->heir - 1);
}

/**
 * oracle_taken - a node takes a flow of the origin before it that it did not know
 * @w: the world
 * @n: the node
 * @session: of that origin, in which the flow bears this name
 * @slot: of the flow
 * @gen: of the slot
 *
 * It was never told of its end.
 */
void oracle_taken(struct world *w, struct node *n, u64 session, u32 slot,
		  u32 gen)
{
	const struct shadow *s = n->peer[n->heir - 1].shadow;
	u32 map;

	for (map = 0; map < 2; map++)
		if (s[map].session == session &&
		    s[map].slot[slot].held == FS_HELD_END &&
		    s[map].slot[slot].ended >= gen)
			fail(w, "%u revives slot %u gen %u of %u, which ended",
			     n->id, slot, gen, n->heir - 1);
}

/**
 * oracle_gone - a node says that a flow of the origin before it has ended
 * @w: the world
 * @n: the node
 * @from: to whom
 * @slot: of the flow
 * @gen: of the slot
 *
 * It has had it; and if the origin was active when it died, and told it to the one
 * who offers it, it has not; but one that an earlier active called ended in the same
 * session, and took over again from who did not know, may be either.
 */
void oracle_gone(struct world *w, struct node *n, u32 from, u32 slot, u32 gen)
{
	const struct node *origin = &w->node[n->heir - 1];
	const struct peer *p = &n->peer[n->heir - 1];
	const struct flow *f = &origin->table.flow[slot];

	if (!n->table.placed[slot] && !origin->running &&
	    origin->role == FS_ROLE_ACTIVE && f->live && f->gen == gen &&
	    !f->again &&
	    shadow_at(&w->node[from], n->heir - 1, slot)->had.gen == gen &&
	    w->node[from].peer[n->heir - 1].session == origin->session)
		fail(w, "%u says to %u that slot %u gen %u has ended, which lived when %u died",
		     n->id, from, slot, gen, n->heir - 1);
	if (!n->table.placed[slot] && p->shadow[0].slot[slot].had.gen < gen &&
	    p->shadow[1].slot[slot].had.gen < gen)
		fail(w, "%u says to %u that slot %u gen %u has ended, and never had it",
		     n->id, from, slot, gen);
}

/* Whether a slot of a shadow is at least at this version, or was before the node
 * took the flow out by itself.
 */
static bool has(const struct held *h, u32 gen, u32 op, bool live)
{
	if (h->held == FS_HELD_END)
		return h->had.gen >= gen;
	if (h->held == FS_HELD_NOTHING && !h->gone)
		return false;
	if (h->had.gen != gen)
		return h->had.gen > gen;
	return (live || h->gone) && (s32)((u32)h->had.op - op) >= 0;
}

/**
 * oracle_acked - a node takes a datagram for acknowledged
 * @w: the world
 * @n: the node
 * @to: by whom
 * @d: the datagram
 *
 * The peer, unless it restarted, has all that was in it; or it had, and took it out
 * by itself. One that knows of a later epoch may have given it to whoever claimed
 * that. It does so knowing more than the node, which nobody believes from then on:
 * sooner or later that hears of it, and gives way or claims anew, and in both cases
 * what was acknowledged before does not count any more. So what left under a claim
 * counts only as long as that is the node's.
 */
void oracle_acked(struct world *w, struct node *n, u32 to,
		  const struct fs_datagram *d)
{
	struct node *r = &w->node[to];
	struct peer *p = &r->peer[n->id];
	u32 i;

	if (r->session != n->peer[to].sync_session)
		return;
	if (n->peer[to].ring_claim[d - n->peer[to].ring] != n->claim)
		fail(w, "%u counts what %u acknowledged of an earlier claim",
		     n->id, to);
	if (r->epoch > n->claim)
		return;
	if (p->session != n->session) {
		fail(w, "%u takes %llu for acknowledged by %u, which never heard of it",
		     n->id, (unsigned long long)d->seq, to);
		return;
	}
	for (i = 0; i < d->count; i++) {
		const struct fs_sent *s = &d->sent[i];

		if (!has(shadow_at(r, n->id, s->slot), s->gen, s->op,
			 s->type != FS_RECORD_DELETE))
			fail(w, "acknowledged op lost: slot %u of %u at %u, gen %u op %u",
			     s->slot, n->id, to, s->gen, s->op);
	}
}

/**
 * oracle_yields - an active gives way to another
 * @w: the world
 * @n: the node
 * @own: its claim
 * @other: the claim that it hears of
 *
 * Of two, one does, and never both: not to each other's claims, however late they
 * hear of them.
 */
void oracle_yields(struct world *w, const struct node *n,
		   const struct fs_claim *own, const struct fs_claim *other)
{
	const struct node *o = &w->node[other->node - 1];
	bool better = other->rank != own->rank ? other->rank > own->rank :
		      other->epoch != own->epoch ? other->epoch > own->epoch :
		      other->traffic != own->traffic ?
		      other->traffic > own->traffic : other->node < own->node;

	if (!better)
		fail(w, "%u gives way to %u, whose claim is not better", n->id,
		     other->node - 1);
	if (o->running && o->yields == n->id + 1 && o->claim == other->epoch)
		fail(w, "%u and %u give way to each other", n->id, o->id);
}

/* Flags may be told late: they come with the next change. */
static bool same_tcp(const struct fs_tcp *a, const struct fs_tcp *b)
{
	return a->state == b->state && a->scale[0] == b->scale[0] &&
	       a->scale[1] == b->scale[1];
}

static bool same(const struct held *h, const struct flow *f)
{
	return h->held == FS_HELD_FLOW && h->had.gen == f->gen &&
	       h->had.op == f->op && h->tid == f->tid &&
	       !memcmp(h->state.tuple, f->state.tuple, sizeof(f->state.tuple)) &&
	       h->state.family == f->state.family &&
	       h->state.proto == f->state.proto &&
	       h->state.status == f->state.status &&
	       same_tcp(&h->state.tcp, &f->state.tcp) &&
	       h->state.zone.id == f->state.zone.id &&
	       h->state.zone.dir == f->state.zone.dir &&
	       fs_attrs_equal(&h->state.attrs, &f->state.attrs);
}

/* Whether a node was told of a flow under the present claim, as it is now, and took
 * it out by itself: its origin cannot know yet.
 */
static bool is_excused(const struct node *n, const struct held *h,
		       const struct flow *f)
{
	return h->held == FS_HELD_NOTHING && h->gone &&
	       h->had.epoch == n->claim && h->had.gen == f->gen &&
	       h->had.op >= f->op;
}

/* Whether a slot is anything but synced at a peer. */
static bool is_pending(const struct fs_sync *s, u32 slot)
{
	return fs_dirty_test(&s->dirty, slot) ||
	       fs_dirty_test(&s->flying, slot) ||
	       fs_dirty_test(&s->doubt, slot);
}

/* What a node takes for synced at a peer is so: returns the first slot where it
 * is not.
 */
static u32 lie(struct node *n, struct node *r)
{
	struct peer *p = &n->peer[r->id], *q = &r->peer[n->id];
	u32 slot;

	/* Of one that others are ahead of nobody takes anything. */
	if (n->role != FS_ROLE_ACTIVE || !p->up || r->epoch > n->claim ||
	    p->sync_session != r->session || q->session != n->session)
		return NONE;
	for (slot = 0; slot < n->table.used; slot++) {
		const struct flow *f = &n->table.flow[slot];
		const struct held *h = shadow_at(r, n->id, slot);

		if (is_excused(n, h, f) ||
		    (broken == BREAK_doubt_synced ?
		     fs_dirty_test(&p->sync.dirty, slot) ||
		     fs_dirty_test(&p->sync.flying, slot) :
		     is_pending(&p->sync, slot)))
			continue;
		if (f->live ? !same(h, f) : h->held == FS_HELD_FLOW)
			return slot;
	}
	return NONE;
}

/**
 * oracle_look - look at all nodes
 * @w: the world
 *
 * No node takes a flow for synced that is not, and only promotions make epochs.
 */
void oracle_look(struct world *w)
{
	u32 a, b, slot;

	for (a = 0; a < w->nodes; a++) {
		if (w->node[a].epoch > w->highest)
			fail(w, "%u knows epoch %llu after %llu promotions",
			     a, (unsigned long long)w->node[a].epoch,
			     (unsigned long long)w->highest);
		for (b = 0; b < w->nodes; b++) {
			if (a == b)
				continue;
			slot = lie(&w->node[a], &w->node[b]);
			if (slot != NONE)
				fail(w, "%u takes slot %u for synced at %u",
				     a, slot, b);
		}
	}
}

/* What the only active had acknowledged by each of the others when it died. */
static struct {
	bool any;
	u32 of;
	u64 highest;
	u32 life[NET_NODES];
	bool has[NET_NODES][TUPLES];
} estate;

/**
 * oracle_begin - a run begins
 */
void oracle_begin(void)
{
	memset(&estate, 0, sizeof(estate));
}

/**
 * oracle_died - a node dies
 * @w: the world
 * @n: the node, as it was
 *
 * If it was the only active, those it had told keep what they had acknowledged,
 * until there is another: however soon it is back, and whatever of its earlier life
 * the network still delivers. Should it die again before, that is over.
 */
void oracle_died(struct world *w, struct node *n)
{
	u32 i, slot;

	if (n->role != FS_ROLE_ACTIVE) {
		if (estate.of == n->id)
			estate.any = false;
		return;
	}
	estate.any = !w->forgets;
	estate.of = n->id;
	estate.highest = w->highest;
	memset(estate.has, 0, sizeof(estate.has));
	for (i = 0; i < w->nodes; i++) {
		struct node *r = &w->node[i];
		struct peer *p = &n->peer[i];

		if (r == n)
			continue;
		if (r->running && r->role == FS_ROLE_ACTIVE)
			estate.any = false;
		estate.life[i] = r->life;
		if (!r->running || r->epoch > n->claim ||
		    p->sync_session != r->session ||
		    r->peer[n->id].session != n->session)
			continue;
		for (slot = 0; slot < n->table.used; slot++) {
			const struct flow *f = &n->table.flow[slot];

			if (f->live && !is_pending(&p->sync, slot))
				estate.has[i][f->tid] = true;
		}
	}
}

static void look_at_estate(struct world *w, const struct node *n)
{
	u32 tid;

	if (!estate.any || estate.highest != w->highest ||
	    estate.of == n->id || estate.life[n->id] != n->life)
		return;
	for (tid = 0; tid < TUPLES; tid++)
		if (estate.has[n->id][tid] && n->where[tid].peer == NONE)
			fail(w, "%u is promoted without tuple %u, which it had acknowledged to %u when that died",
			     n->id, tid, estate.of);
}

static bool expected[TUPLES];

/**
 * oracle_promoting - a node is about to become active
 * @w: the world
 * @n: the node
 *
 * It has what was acknowledged to those that are active, or were when they
 * died; and it will have, as its own flows, all that it held.
 */
void oracle_promoting(struct world *w, struct node *n)
{
	u32 a, tid;

	for (a = 0; a < w->nodes; a++) {
		u32 slot = a == n->id ? NONE : lie(&w->node[a], n);

		if (slot != NONE)
			fail(w, "%u is promoted without slot %u of %u, which was acknowledged",
			     n->id, slot, a);
	}
	look_at_estate(w, n);
	for (tid = 0; tid < TUPLES; tid++)
		expected[tid] = n->where[tid].peer != NONE;
}

/**
 * oracle_promoted - a node became active
 * @w: the world
 * @n: the node
 */
void oracle_promoted(struct world *w, struct node *n)
{
	u32 tid;

	for (tid = 0; tid < TUPLES; tid++) {
		if (n->where[tid].peer != NONE)
			fail(w, "%u is active and its shadow has tuple %u",
			     n->id, tid);
		if (expected[tid] && n->table.by_tid[tid] == NONE)
			fail(w, "%u did not take over tuple %u", n->id, tid);
	}
}

/* Whether a peer holds nothing of the origin before the active that the active
 * does not have, or know to have ended.
 */
static bool heir_at_rest(const struct node *n, const struct node *r, char *why,
			 size_t len)
{
	const struct peer *q = &r->peer[n->heir - 1];
	u32 map, slot;

	if (n->heir - 1 == r->id)
		return true;
	for (map = 0; map < 2; map++)
		for (slot = 0; slot < q->shadow[map].used; slot++) {
			const struct held *h = &q->shadow[map].slot[slot];

			if (h->held != FS_HELD_FLOW ||
			    h->had.epoch >= n->claim)
				continue;
			snprintf(why, len, "%u holds slot %u of %u, for which %u goes on",
				 r->id, slot, n->heir - 1, n->id);
			return false;
		}
	return true;
}

/* Whether a peer has exactly what the active has, and the active knows. */
static bool pair_rest(struct node *n, struct node *r, char *why, size_t len)
{
	struct peer *p = &n->peer[r->id], *q = &r->peer[n->id];
	struct shadow *s = &q->shadow[q->current];
	u32 slot, most = n->table.used > s->used ? n->table.used : s->used;

	if (!p->up || p->sync_session != r->session ||
	    q->session != n->session) {
		snprintf(why, len, "%u and %u have no session", n->id, r->id);
		return false;
	}
	for (slot = 0; slot < most; slot++) {
		const struct flow *f = &n->table.flow[slot];
		const struct held *h = &s->slot[slot];

		if (f->live ? same(h, f) : h->held != FS_HELD_FLOW)
			continue;
		snprintf(why, len,
			 "slot %u of %u: live %d gen %u op %llu; at %u: held %u gen %u op %llu",
			 slot, n->id, f->live, f->gen,
			 (unsigned long long)f->op, r->id, h->held,
			 h->had.gen, (unsigned long long)h->had.op);
		return false;
	}
	if (n->heir && !heir_at_rest(n, r, why, len))
		return false;
	if (!p->sync.dirty.count && !p->sync.flying.count &&
	    !p->sync.doubt.count &&
	    p->sync.told.count == n->table.live &&
	    p->sync.known.count == n->table.live && !p->flight.flying)
		return true;
	snprintf(why, len, "%u to %u: %u dirty, %u flying, %u told, %u known of %u, %u in flight",
		 n->id, r->id, p->sync.dirty.count, p->sync.flying.count,
		 p->sync.told.count, p->sync.known.count, n->table.live,
		 p->flight.flying);
	return false;
}

/**
 * oracle_rest - whether all is well and at rest
 * @w: the world
 * @why: result if not: what is not so yet
 * @len: octets of @why
 *
 * Return: true if one node is active, and all others hold what it holds.
 */
bool oracle_rest(struct world *w, char *why, size_t len)
{
	u32 i, actives = 0, active = 0;

	for (i = 0; i < w->nodes; i++)
		if (w->node[i].role == FS_ROLE_ACTIVE) {
			active = i;
			actives++;
		}
	if (actives != 1) {
		snprintf(why, len, "%u nodes are active", actives);
		return false;
	}
	for (i = 0; i < w->nodes; i++)
		if (i != active &&
		    !pair_rest(&w->node[active], &w->node[i], why, len))
			return false;
	return true;
}
