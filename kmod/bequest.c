// SPDX-License-Identifier: GPL-2.0
#include "bequest.h"
#include "extra.h"
#include "heartbeat.h"
#include "node.h"
#include "peer.h"

/* A flow of the origin before the heir, as it was told before. */
static struct fs_shadow_flow *find_old(const struct fs_heir *heir,
				       struct fs_peer *origin,
				       unsigned int map, u32 slot)
{
	struct fs_shadow_flow *flow = xa_load(&origin->shadow[map], slot);
	const struct fs_source *source;

	if (!flow || xa_is_value(flow))
		return NULL;
	source = fs_shadow_source(flow);
	return source->epoch < heir->epoch && source->group == heir->group ?
	       flow : NULL;
}

/* What is held in a slot, as the heir told it or the origin before it. */
static struct fs_shadow_flow *find_held(struct fs_peer *peer,
					const struct fs_heir *heir,
					struct fs_peer *origin, u32 slot)
{
	struct fs_shadow_flow *flow;
	struct fs_version had;
	struct xarray *map;
	enum fs_held held;

	lockdep_assert_held(&peer->node->shadow.lock);

	/* What the heir told of the slot is later than what it asks. */
	map = &peer->shadow[peer->current_map];
	held = fs_shadow_held(map, slot, heir->group, heir->epoch, &had);
	if (held != FS_HELD_NOTHING && had.group == heir->group &&
	    had.epoch >= heir->epoch)
		return held == FS_HELD_FLOW ? xa_load(map, slot) : NULL;
	if (!origin)
		return NULL;
	flow = find_old(heir, origin, origin->current_map, slot);
	return flow ?: find_old(heir, origin, !origin->current_map, slot);
}

/* An heir asks for flows of a bucket: those that are held as it has them are its
 * from now on.
 */
static void asked(struct fs_peer *peer, const struct fs_heir *heir,
		  struct fs_peer *origin, const struct fs_ask *ask)
{
	struct fs_shadow *shadow = &peer->node->shadow;
	struct fs_hold hold = {
		.epoch = heir->epoch,
		.bucket = ask->bucket,
		.each = ask->each,
		.mask = ask->mask,
	};
	struct fs_shadow_flow *flow;
	u64 *digest = shadow->digest;
	struct fs_state state;
	u32 i, slot;

	spin_lock_bh(&shadow->lock);
	for (i = 0; i < FS_BUCKET; i++) {
		slot = ask->bucket * FS_BUCKET + i;
		digest[i] = 0;
		if (!(ask->mask >> i & 1))
			continue;
		flow = find_held(peer, heir, origin, slot);
		if (!flow)
			continue;
		fs_shadow_state(flow, fs_now_ms(), &state);
		fs_extra_get(fs_shadow_extra(flow), slot, &state.attrs);
		digest[i] = fs_heir_digest(slot, flow->gen, flow->op, &state);
	}
	hold.held = fs_ask_match(ask, digest);
	for (i = 0; i < FS_BUCKET; i++) {
		slot = ask->bucket * FS_BUCKET + i;
		if (!(hold.held >> i & 1))
			continue;
		flow = find_held(peer, heir, origin, slot);
		if (fs_shadow_source(flow)->peer != peer &&
		    !fs_shadow_relabel(peer, flow, heir->epoch))
			hold.held &= ~(1ull << i);
	}
	spin_unlock_bh(&shadow->lock);

	spin_lock_bh(&peer->lock);
	if (peer->bequest.answers < FS_BEQUEST_WAIT)
		peer->bequest.answer[peer->bequest.answers++] = hold;
	else
		fs_stat_inc(peer->node, rx_check_dropped);
	spin_unlock_bh(&peer->lock);
}

/* The heir says that a flow of the origin before it has ended. */
static void gone(struct fs_peer *peer, const struct fs_heir *heir,
		 struct fs_peer *origin, u64 session, u32 slot, u32 gen)
{
	struct fs_shadow *shadow = &peer->node->shadow;
	struct fs_shadow_flow *flow;
	unsigned int map;

	spin_lock_bh(&shadow->lock);
	for (map = 0; origin && map < FS_SESSIONS; map++) {
		if (origin->map_session[map] != session)
			continue;
		flow = find_old(heir, origin, map, slot);
		if (flow && flow->gen == gen) {
			fs_shadow_remove(peer->node, flow);
			fs_stat_inc(peer->node, shadow_delete);
		}
	}
	spin_unlock_bh(&shadow->lock);
}

/* Whether an heir may be answered: as for its state. */
static bool accept(struct fs_peer *peer, const struct fs_heir *heir)
{
	struct fs_group *group = fs_group_find(peer->node, heir->group);

	return group && fs_group_member(group, peer) &&
	       fs_group_accepts(group, peer, heir->epoch);
}

/**
 * fs_bequest_heard - what a peer asks as heir
 * @peer: the peer
 * @body: the checked control datagram, behind its header
 *
 * Context: softirq, RCU read lock.
 */
void fs_bequest_heard(struct fs_peer *peer, const struct fs_rd *body)
{
	struct fs_rd r = *body, list = {};
	struct fs_peer *origin;
	struct fs_heir heir;
	struct fs_ask ask;
	u64 place, session;
	u32 slot, gen;

	if (!fs_heir_get(body, &heir) || !accept(peer, &heir))
		return;
	fs_offered_get(body, &session);
	origin = fs_peer_by_id(peer->node, heir.origin);
	while (fs_ask_next(&r, &ask))
		asked(peer, &heir, origin, &ask);
	r = *body;
	while (fs_gone_next(&r, &list, &slot, &gen))
		gone(peer, &heir, origin, session, slot, gen);
	if (fs_rest_get(body, &place)) {
		spin_lock_bh(&peer->lock);
		peer->bequest.wants_rest = true;
		peer->bequest.rest_from = place;
		peer->bequest.heir = heir;
		spin_unlock_bh(&peer->lock);
	}
	fs_ack_now(peer);
}

/* Offer what is held of the origin from a place on, as much as fits, and of one
 * session.
 */
static void put_rest(struct fs_peer *peer, const struct fs_heir *heir,
		     u64 place, struct fs_wr *w)
{
	struct fs_shadow *shadow = &peer->node->shadow;
	struct fs_heir_offer offer = { .epoch = heir->epoch };
	struct fs_shadow_flow *flow;
	struct fs_peer *origin;
	u64 asked = place;
	unsigned long slot;
	void *entry;

	rcu_read_lock();
	origin = fs_peer_by_id(peer->node, heir->origin);
	for (; origin && !offer.any && place >> 32 < FS_SESSIONS;
	     place = ((place >> 32) + 1) << 32) {
		struct xarray *map = &origin->shadow[place >> 32];

		slot = (u32)place;
		spin_lock_bh(&shadow->lock);
		xa_for_each_start(map, slot, entry, slot) {
			flow = find_old(heir, origin, place >> 32, slot);
			if (!flow)
				continue;
			if (w->end - w->p < 2 * FS_HEIR_OFFER_MAX) {
				spin_unlock_bh(&shadow->lock);
				goto out;
			}
			if (!offer.any)
				fs_offered_put(w, heir->group,
					       origin->map_session[place >> 32]);
			offer.any = true;
			offer.next = (place >> 32 << 32 | slot) + 1;
			offer.rec.type = FS_RECORD_CHECKPOINT;
			offer.rec.slot = flow->slot;
			offer.rec.gen = flow->gen;
			offer.rec.op = flow->op;
			fs_shadow_state(flow, fs_now_ms(), &offer.rec.state);
			if (fs_dialect_lower(peer, &offer.rec))
				fs_heir_offer_put(w, &offer);
		}
		spin_unlock_bh(&shadow->lock);
	}
	/* If some were put, who asks goes on behind them. */
	if (!offer.any) {
		offer.next = asked;
		fs_offered_put(w, heir->group, 0);
		fs_heir_offer_put(w, &offer);
	}
out:
	rcu_read_unlock();
}

/**
 * fs_bequest_put - answer what a peer asked, as much as fits
 * @peer: the peer
 * @w: cursor in the datagram
 *
 * Context: process.
 * Return: true if some answers are left for the next datagram.
 */
bool fs_bequest_put(struct fs_peer *peer, struct fs_wr *w)
{
	struct fs_bequest *b = &peer->bequest;
	struct fs_heir heir;
	bool rest, more;
	u64 place;

	spin_lock_bh(&peer->lock);
	while (b->answers && w->end - w->p >= FS_HOLD_LEN)
		fs_hold_put(w, &b->answer[--b->answers]);
	rest = b->wants_rest && w->end - w->p >=
	       FS_OFFERED_LEN + 2 * FS_HEIR_OFFER_MAX;
	if (rest)
		b->wants_rest = false;
	more = b->answers;
	place = b->rest_from;
	heir = b->heir;
	spin_unlock_bh(&peer->lock);
	if (rest && heir.origin == peer->node->id)
		fs_leftover_put(peer, &heir, place, w);
	else if (rest)
		put_rest(peer, &heir, place, w);
	return more;
}

