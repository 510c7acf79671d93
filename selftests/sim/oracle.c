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
 *
 * No flow comes back whose end was applied.
 */
void oracle_set(struct world *w, const struct node *n, u32 from,
		const struct held *h, const struct fs_record *rec)
{
	if (rec->gen <= h->ended)
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
 */
void oracle_end(struct held *h, const struct fs_record *rec)
{
	if (rec->gen > h->ended)
		h->ended = rec->gen;
}

/* Whether a slot of a shadow is at least at this version. */
static bool has(const struct held *h, u32 gen, u32 op, bool live)
{
	switch (h->held) {
	case FS_HELD_FLOW:
		if (h->had.gen != gen)
			return h->had.gen > gen;
		return live && (s32)((u32)h->had.op - op) >= 0;
	case FS_HELD_END:
		return h->had.gen >= gen;
	default:
		return false;
	}
}

/**
 * oracle_acked - a node takes a datagram for acknowledged
 * @w: the world
 * @n: the node
 * @to: by whom
 * @d: the datagram
 *
 * The peer, unless it restarted, has all that was in it, or knows that it has
 * to ask for it.
 */
void oracle_acked(struct world *w, struct node *n, u32 to,
		  const struct fs_datagram *d)
{
	struct node *r = &w->node[to];
	struct peer *p = &r->peer[n->id];
	u32 i;

	if (r->session != n->peer[to].sync_session)
		return;
	if (p->session != n->session) {
		fail(w, "%u takes %llu for acknowledged by %u, which never heard of it",
		     n->id, (unsigned long long)d->seq, to);
		return;
	}
	for (i = 0; i < d->count; i++) {
		const struct fs_sent *s = &d->sent[i];

		if (!fs_dirty_test(&p->needs, s->slot) &&
		    !has(shadow_at(r, n->id, s->slot), s->gen, s->op,
			 s->type != FS_RECORD_DELETE))
			fail(w, "acknowledged op lost: slot %u of %u at %u, gen %u op %u",
			     s->slot, n->id, to, s->gen, s->op);
	}
}

static bool same(const struct held *h, const struct flow *f)
{
	return h->held == FS_HELD_FLOW && h->had.gen == f->gen &&
	       h->had.op == f->op && h->tid == f->tid &&
	       !memcmp(h->state.tuple, f->state.tuple, sizeof(f->state.tuple)) &&
	       h->state.family == f->state.family &&
	       h->state.proto == f->state.proto &&
	       h->state.status == f->state.status &&
	       h->state.timeout == f->state.timeout &&
	       !memcmp(&h->state.tcp, &f->state.tcp, sizeof(f->state.tcp)) &&
	       h->state.zone.id == f->state.zone.id &&
	       h->state.zone.dir == f->state.zone.dir &&
	       fs_attrs_equal(&h->state.attrs, &f->state.attrs);
}

/* What a node takes for synced at a peer is so: returns the first slot where it
 * is not.
 */
static u32 lie(struct node *n, struct node *r)
{
	struct peer *p = &n->peer[r->id], *q = &r->peer[n->id];
	u32 slot;

	if (n->role != FS_ROLE_ACTIVE || !p->up ||
	    p->sync_session != r->session || q->session != n->session)
		return NONE;
	for (slot = 0; slot < n->table.used; slot++) {
		const struct flow *f = &n->table.flow[slot];
		const struct held *h = shadow_at(r, n->id, slot);

		if (fs_dirty_test(&p->sync.dirty, slot) ||
		    fs_dirty_test(&p->sync.flying, slot) ||
		    fs_dirty_test(&q->needs, slot))
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
	if (!p->sync.dirty.count && !p->sync.flying.count &&
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
