// SPDX-License-Identifier: GPL-2.0
#include "load.h"
#include "oracle.h"
#include "world.h"

/**
 * heir_reset - nothing was asked of a peer yet under this claim
 * @p: the peer
 */
void heir_reset(struct peer *p)
{
	p->rest = 0;
	p->rested = false;
	p->gones = 0;
	p->acked = 0;
}

/**
 * heir_start - a node becomes active, and goes on for the active before it
 * @w: the world
 * @n: the node
 *
 * What is in flight of an earlier time is given up: it may bear the same names.
 */
void heir_start(struct world *w, struct node *n)
{
	u32 i;

	n->heir = n->owner == NONE ? 0 : n->owner + 1;
	n->heir_session = n->heir ? n->peer[n->owner].session : 0;
	n->owner = NONE;
	memset(n->table.placed, 0, sizeof(n->table.placed));
	for (i = 0; i < w->nodes; i++) {
		if (i == n->id)
			continue;
		fs_flight_abandon(&n->peer[i].flight);
		send_settle(w, n, i);
		heir_reset(&n->peer[i]);
		n->peer[i].doubt_session = n->peer[i].sync_session;
	}
}

static u64 digest_of(u32 slot, const struct fs_version *v,
		     const struct fs_state *state)
{
	if (broken == BREAK_ask_loose)
		return fs_heir_digest(slot, 1, 1, state);
	return fs_heir_digest(slot, v->gen, v->op, state);
}

/* The slots of a bucket that are in doubt, and their digests. */
static u64 look_at(const struct node *n, const struct peer *p, u32 bucket,
		   u64 *digest, u64 *newest)
{
	u64 mask = 0;
	u32 i;

	*newest = 0;
	for (i = 0; i < FS_BUCKET; i++) {
		u32 slot = bucket * FS_BUCKET + i;
		const struct flow *f = &n->table.flow[slot];
		struct fs_version v = { .gen = f->gen, .op = f->op };

		if (!fs_dirty_test(&p->sync.doubt, slot))
			continue;
		mask |= 1ull << i;
		digest[i] = digest_of(slot, &v, &f->state);
		if (f->op > *newest)
			*newest = f->op;
	}
	return mask;
}

static void make_ask(struct node *n, struct peer *p, struct fs_ask *ask,
		     u32 bucket, u64 mask, const u64 *digest, bool each)
{
	u32 i;

	ask->bucket = bucket;
	ask->mask = mask;
	ask->each = each;
	fs_ask_sum(ask, digest);
	for (i = 0; i < FS_BUCKET && broken != BREAK_ask_untold; i++)
		if (mask >> i & 1)
			fs_sync_asked(&p->sync, bucket * FS_BUCKET + i);
	(void)n;
}

/**
 * heir_step - ask a peer for what is in doubt, the newest first
 * @w: the world
 * @n: the node
 * @to: the peer
 */
void heir_step(struct world *w, struct node *n, u32 to)
{
	struct peer *p = &n->peer[to];
	struct fs_ask ask[FS_HEIR_ASKS];
	u32 bucket, stage, count = 0;
	u64 digest[FS_BUCKET], newest, mask;

	if (n->role != FS_ROLE_ACTIVE || !p->up)
		return;
	if (!p->sync.dirty.count && !p->sync.flying.count &&
	    !p->sync.doubt.count)
		p->acked = n->table.op;
	if (!n->heir || n->heir - 1 == to)
		return;
	for (stage = 0; stage < 2; stage++)
		for (bucket = 0; bucket < SLOTS / FS_BUCKET; bucket++) {
			bool fresh;

			mask = look_at(n, p, bucket, digest, &newest);
			fresh = p->told_by != n->heir ||
				newest > p->told_acked;
			if (!mask || fresh == stage ||
			    count == FS_HEIR_ASKS)
				continue;
			make_ask(n, p, &ask[count++], bucket, mask, digest,
				 false);
		}
	if (count) {
		peer_send_heir(w, n, to, ask, count, false);
		return;
	}
	if (!p->rested && broken != BREAK_no_rest)
		peer_send_heir(w, n, to, ask, 0, true);
}

/* Whether an heir may be answered. */
static bool accept(struct node *n, const struct fs_heir *heir)
{
	if (heir->group != GROUP || n->role == FS_ROLE_ACTIVE ||
	    heir->epoch < n->epoch)
		return false;
	if (heir->epoch > n->epoch)
		n->epoch = heir->epoch;
	return true;
}

/* What a node holds in a slot, as the heir has it or as the one before told. */
static struct held *find(struct node *n, u32 from, const struct fs_heir *heir,
			 u32 slot)
{
	struct held *own = shadow_at(n, from, slot), *h;
	struct peer *p = &n->peer[heir->origin - 1];
	u32 map;

	/* What the heir told of the slot is later than what it asks. */
	if ((own->held != FS_HELD_NOTHING || own->gone) &&
	    own->had.epoch >= heir->epoch &&
	    broken != BREAK_ask_late)
		return own->held == FS_HELD_FLOW ? own : NULL;
	for (map = 0; map < 2; map++) {
		h = &p->shadow[p->current ^ map].slot[slot];
		if (h->held == FS_HELD_FLOW && h->had.epoch < heir->epoch)
			return h;
	}
	return NULL;
}

static void asked(struct world *w, struct node *n, u32 from,
		  const struct fs_heir *heir, const struct fs_ask *ask)
{
	struct peer *p = &n->peer[from];
	struct held *h[FS_BUCKET];
	u64 digest[FS_BUCKET];
	struct fs_hold hold;
	u32 i;

	if (p->answers == ANSWERS || ask->bucket >= SLOTS / FS_BUCKET)
		return;
	for (i = 0; i < FS_BUCKET; i++) {
		u32 slot = ask->bucket * FS_BUCKET + i;

		digest[i] = 0;
		if (!(ask->mask >> i & 1))
			continue;
		h[i] = find(n, from, heir, slot);
		if (h[i])
			digest[i] = digest_of(slot, &h[i]->had, &h[i]->state);
	}
	hold.epoch = heir->epoch;
	hold.bucket = ask->bucket;
	hold.each = ask->each;
	hold.mask = ask->mask;
	hold.held = fs_ask_match(ask, digest);
	for (i = 0; i < FS_BUCKET; i++) {
		u32 slot = ask->bucket * FS_BUCKET + i;

		if (hold.held >> i & 1 && h[i] != shadow_at(n, from, slot))
			shadow_relabel(w, n, from, slot, h[i], heir->epoch);
	}
	p->answer[p->answers++] = hold;
}

static void answered(struct world *w, struct node *n, u32 from,
		     const struct fs_hold *hold)
{
	struct peer *p = &n->peer[from];
	u64 digest[FS_BUCKET], newest, mask;
	struct fs_ask ask;
	u32 i;

	if (n->role != FS_ROLE_ACTIVE || hold->bucket >= SLOTS / FS_BUCKET ||
	    hold->epoch != n->claim)
		return;
	if (!hold->each && hold->held != hold->mask) {
		mask = look_at(n, p, hold->bucket, digest, &newest) &
		       hold->mask;
		if (mask && p->up) {
			make_ask(n, p, &ask, hold->bucket, mask, digest, true);
			peer_send_heir(w, n, from, &ask, 1, false);
		}
		return;
	}
	for (i = 0; i < FS_BUCKET; i++)
		if (hold->mask >> i & 1)
			fs_sync_held(&p->sync, hold->bucket * FS_BUCKET + i,
				     hold->held >> i & 1);
	send_kick(w, n, from);
}

/* Whether a flow that a peer holds of the origin before has ended, as far as
 * this node knows. In another session of that the same name was another flow's.
 */
static bool has_ended(const struct node *n, u64 session, u32 slot, u32 gen)
{
	const struct flow *f = &n->table.flow[slot];
	const struct peer *p = &n->peer[n->heir - 1];
	u32 map;

	if (broken == BREAK_rest_revives)
		return false;
	if (session == n->heir_session && n->table.placed[slot] &&
	    f->gen >= gen && !(f->live && f->gen == gen))
		return true;
	for (map = 0; map < 2; map++) {
		const struct held *h = &p->shadow[map].slot[slot];

		if (p->shadow[map].session == session &&
		    h->held == FS_HELD_END && h->had.gen >= gen)
			return true;
	}
	return false;
}

/* Returns whether there is more to ask for at once. */
static bool offered(struct world *w, struct node *n, u32 from,
		    const struct fs_heir_offer *offer, u64 session)
{
	struct peer *p = &n->peer[from];
	const struct fs_record *rec = &offer->rec;
	bool on;
	u32 tid;

	if (n->role != FS_ROLE_ACTIVE || offer->epoch != n->claim || !n->heir)
		return false;
	if (!offer->any) {
		p->rest = 0;
		p->rested |= !offer->next || broken == BREAK_rest_late;
		return false;
	}
	say(w, "%u: %u offers slot %u gen %u", n->id, from, rec->slot, rec->gen);
	w->stats.offers++;
	on = offer->next > p->rest;
	if (on)
		p->rest = offer->next;
	tid = load_tid(&rec->state);
	if (has_ended(n, session, rec->slot, rec->gen)) {
		oracle_gone(w, n, from, rec->slot, rec->gen);
		if (!p->gones)
			p->gone_session = session;
		/* What is of another comes again. */
		if (p->gone_session == session && p->gones < FS_HEIR_GONE)
			p->gone[p->gones++] = (struct fs_gone) { rec->slot,
								rec->gen };
	} else if (n->table.by_tid[tid] == NONE) {
		oracle_taken(w, n, session, rec->slot, rec->gen);
		table_add(w, n, &rec->state, tid);
	} else {
		/* Its own flow has the tuple: that displaces it there. */
		table_change(w, n, n->table.by_tid[tid]);
	}
	return on;
}

/* Find a flow of the origin from a place on, first in what is its session now. */
static bool find_rest(const struct peer *p, const struct fs_heir *heir,
		      u64 *place, const struct held **h)
{
	for (; *place < 2 * SLOTS; ++*place) {
		*h = &p->shadow[p->current ^ (*place / SLOTS)].slot[*place % SLOTS];
		if ((*h)->held == FS_HELD_FLOW && (*h)->had.epoch < heir->epoch)
			return true;
	}
	return false;
}

static void put_rest(struct world *w, struct node *n, struct peer *p,
		     struct fs_wr *wr)
{
	struct fs_heir heir = { .epoch = n->epoch, .origin = p->view_heir };
	const struct peer *q = &n->peer[heir.origin - 1];
	u64 place = p->rest_from, session = 0;
	struct fs_heir_offer offer = { .epoch = heir.epoch };
	const struct held *h;

	(void)w;
	p->rest_asked = false;
	while (wr->end - wr->p >= 2 * FS_HEIR_OFFER_MAX + FS_OFFERED_LEN &&
	       find_rest(q, &heir, &place, &h)) {
		const struct shadow *s = &q->shadow[q->current ^ (place / SLOTS)];

		/* The flows of a datagram are of one session. */
		if (offer.any && s->session != session)
			break;
		session = s->session;
		offer.any = true;
		offer.next = place + 1;
		offer.rec.type = FS_RECORD_CHECKPOINT;
		offer.rec.slot = (u32)(place % SLOTS);
		offer.rec.gen = h->had.gen;
		offer.rec.op = h->had.op;
		offer.rec.state = h->state;
		fs_heir_offer_put(wr, &offer);
		place++;
	}
	if (offer.any)
		fs_offered_put(wr, GROUP, session);
	if (offer.any || find_rest(q, &heir, &place, &h))
		return;
	offer.next = p->rest_from;
	fs_heir_offer_put(wr, &offer);
}

/**
 * heir_waits - whether a peer waits for an answer
 * @p: the peer
 *
 * Return: true if it does.
 */
bool heir_waits(const struct peer *p)
{
	return p->answers || p->rest_asked || p->gones;
}

/**
 * heir_answer - answer what was asked
 * @w: the world
 * @n: the node
 * @to: by whom
 * @wr: the datagram
 */
void heir_answer(struct world *w, struct node *n, u32 to, struct fs_wr *wr)
{
	struct peer *p = &n->peer[to];

	u32 room = (u32)(wr->end - wr->p - FS_OFFERED_LEN - 2) / FS_GONE_MAX;
	u32 count = p->gones < room ? p->gones : room;

	if (count) {
		p->gones -= count;
		fs_gone_put(wr, &p->gone[p->gones], count);
		fs_offered_put(wr, GROUP, p->gone_session);
	}
	while (p->answers && wr->end - wr->p >= FS_HOLD_LEN)
		fs_hold_put(wr, &p->answer[--p->answers]);
	if (p->rest_asked && !count &&
	    wr->end - wr->p >= 2 * FS_HEIR_OFFER_MAX + FS_OFFERED_LEN)
		put_rest(w, n, p, wr);
}

/* A flow of the origin before the heir has ended. */
static void gone(struct node *n, const struct fs_heir *heir, u64 session,
		 u32 slot, u32 gen)
{
	struct peer *p = &n->peer[heir->origin - 1];
	u32 map;

	for (map = 0; map < 2 && slot < SLOTS; map++) {
		struct held *h = &p->shadow[map].slot[slot];

		if (h->held == FS_HELD_FLOW && h->had.gen == gen &&
		    p->shadow[map].session == session &&
		    h->had.epoch < heir->epoch)
			shadow_end(n, h);
	}
}

/**
 * heir_heard - what a peer asks and answers
 * @w: the world
 * @n: the node
 * @from: the peer
 * @r: payload of its control datagram
 *
 * Return: true if it is to be asked for more: on at the pace of the answers.
 */
bool heir_heard(struct world *w, struct node *n, u32 from,
		const struct fs_rd *r)
{
	struct peer *p = &n->peer[from];
	struct fs_rd again = *r, list = { };
	struct fs_acked acked;
	struct fs_heir_offer offer;
	struct fs_heir heir;
	struct fs_hold hold;
	struct fs_ask ask;
	bool more = false;
	u64 place, session;
	u32 slot, gen;

	fs_offered_get(r, &session);
	while (fs_acked_next(&again, &acked))
		if (acked.node <= w->nodes) {
			n->peer[acked.node - 1].told_acked = acked.op;
			n->peer[acked.node - 1].told_by = from + 1;
		}
	again = *r;
	while (fs_hold_next(&again, &hold))
		answered(w, n, from, &hold);
	again = *r;
	while (fs_heir_offer_next(&again, &offer))
		more |= offered(w, n, from, &offer, session);
	if (!fs_heir_get(r, &heir) || !accept(n, &heir))
		return more;
	p->view_heir = heir.origin;
	again = *r;
	while (fs_ask_next(&again, &ask))
		asked(w, n, from, &heir, &ask);
	if (fs_rest_get(r, &place)) {
		p->rest_asked = true;
		p->rest_from = place;
	}
	again = *r;
	while (fs_gone_next(&again, &list, &slot, &gen))
		gone(n, &heir, session, slot, gen);
	if (heir_waits(p))
		peer_ack(w, n, from);
	return more;
}
