// SPDX-License-Identifier: GPL-2.0
#include <net/netfilter/nf_conntrack.h>

#include "advance.h"
#include "convert.h"
#include "core/advance.h"
#include "core/merge.h"
#include "heartbeat.h"
#include "install.h"
#include "lifetime.h"
#include "live.h"
#include "node.h"
#include "ondemand.h"
#include "peer.h"
#include "told.h"
#include "window.h"

/* How often all marked flows of a peer are looked at, in ms, and how many of them
 * for one datagram at most.
 */
#define ROUND_MS	1000
#define LOOKS		512

/* What packets set, and nothing clears. */
#define STATUS		(FS_STATUS_SEEN_REPLY | FS_STATUS_ASSURED)

/* A lifetime is told again when it was prolonged by a quarter, or by so many
 * seconds.
 */
#define LONGEST		(1 << 13)

/* Whether the origin's own record can be waited for: one of an older version would
 * never tell as much.
 */
static bool is_open(const struct fs_peer *peer)
{
	return READ_ONCE(peer->up) &&
	       READ_ONCE(peer->seal.offer.controls) >> FS_OPT_ADVANCE & 1;
}

/**
 * fs_advance_packet - a packet changed an entry: if it is of a flow of another
 *	origin, that has to hear of it
 * @node: the node
 * @ct: the entry
 *
 * It is told at once, or, if many wait, with the next round.
 *
 * Context: any, RCU read lock.
 * Return: true if it is: it is not this node's to tell others of.
 */
bool fs_advance_packet(struct fs_node *node, struct nf_conn *ct)
{
	struct fs_shadow_flow *flow;
	struct fs_peer *peer;

	if (!READ_ONCE(node->shadow.count) || !nf_ct_is_confirmed(ct))
		return false;
	flow = fs_ondemand_flow(node, ct);
	if (!flow || !fs_shadow_installed(flow))
		return false;
	peer = fs_shadow_source(flow)->peer;
	if (!is_open(peer))
		return true;
	if (nf_ct_protonum(ct) == IPPROTO_TCP)
		fs_window_apart(ct);
	spin_lock_bh(&peer->lock);
	/* One that left the shadow just now may show any slot, which is looked at. */
	if (peer->advance_count < FS_ADVANCES_WAIT)
		peer->advance[peer->advance_count++] = READ_ONCE(flow->slot);
	spin_unlock_bh(&peer->lock);
	fs_ack_now(peer);
	return true;
}

/* When an entry's time is over, as in fs_shadow_flow.over. */
static u32 over_of(const struct nf_conn *ct)
{
	return fs_shadow_over(nf_ct_expires(ct));
}

/**
 * fs_advance_mark - a flow of another origin has a live entry here
 * @flow: the flow, in the shadow
 * @ct: the entry
 *
 * Context: any; fs_shadow.lock held.
 */
void fs_advance_mark(struct fs_shadow_flow *flow, const struct nf_conn *ct)
{
	lockdep_assert_held(&fs_shadow_source(flow)->peer->node->shadow.lock);

	WRITE_ONCE(flow->over, over_of(ct));
	/* Of an earlier session the origin knows nothing any more. */
	if (fs_shadow_current(flow))
		xa_set_mark(fs_shadow_map(flow), flow->slot, FS_MARK_LIVE);
}

/* Whether an entry lives longer than was told last. */
static bool is_prolonged(const struct fs_shadow_flow *flow,
			 const struct nf_conn *ct)
{
	s32 more = (s32)(over_of(ct) - flow->over);
	u32 quarter = min_t(u32, flow->timeout / 4, LONGEST);

	return more >= (s32)(max(quarter, 1u) * FS_TENTHS);
}

/* What of an entry is ahead of what its origin told. Returns whether anything is. */
static bool is_ahead(const struct fs_shadow_flow *flow, struct nf_conn *ct,
		     struct fs_record *rec)
{
	struct fs_tcp was = fs_tcp_unpack(&flow->tcp), told = was;
	struct fs_state *state = &rec->state;

	fs_state_from_ct(state, ct);
	if (state->status & STATUS & ~flow->status)
		return true;
	if (state->proto == FS_TCP) {
		int order = fs_tcp_merge(&told, &state->tcp);

		/* What closed elsewhere is not kept by old packets. */
		if (order < 0)
			return false;
		if (memcmp(&told, &was, sizeof(told)))
			return true;
	}
	return is_prolonged(flow, ct);
}

/* Look at a marked slot, and say what is to be said of it; its mark goes with its
 * entry. Returns false if it does not fit.
 */
static bool put(struct fs_peer *peer, u32 slot, struct fs_wr *w)
{
	struct fs_node *node = peer->node;
	struct fs_record rec = { .type = FS_RECORD_UPDATE };
	struct fs_shadow_flow *flow;
	struct nf_conn *ct = NULL;
	struct xarray *map;
	void *entry;
	bool fits = true;

	if (w->end - w->p < FS_ADVANCE_MAX)
		return false;
	rcu_read_lock();
	spin_lock_bh(&node->shadow.lock);
	map = &peer->shadow[peer->current_map];
	entry = xa_load(map, slot);
	if (!entry || xa_is_value(entry) ||
	    !xa_get_mark(map, slot, FS_MARK_LIVE))
		goto out;
	flow = entry;
	fs_shadow_state(flow, fs_now_ms(), &rec.state);
	ct = fs_install_entry(node, &rec.state);
	if (!ct) {
		xa_clear_mark(map, slot, FS_MARK_LIVE);
		goto out;
	}
	if (!is_ahead(flow, ct, &rec))
		goto out;
	memset(&rec.state.zone, 0, sizeof(rec.state.zone));
	if (rec.state.proto == FS_TCP)
		fs_window_from_ct(&rec.state.attrs, ct);
	rec.slot = slot;
	rec.gen = flow->gen;
	rec.op = flow->op;
	WRITE_ONCE(flow->over, over_of(ct));
	fits = fs_advance_put(w, &rec);
	if (fits)
		fs_stat_inc(node, tx_advances);
out:
	spin_unlock_bh(&node->shadow.lock);
	rcu_read_unlock();
	nf_ct_put(ct);
	return fits;
}

/**
 * fs_advance_put_now - say what packets have just changed
 * @peer: the origin
 * @w: cursor in the datagram
 *
 * Context: process.
 * Return: true if some is left for the next datagram.
 */
bool fs_advance_put_now(struct fs_peer *peer, struct fs_wr *w)
{
	bool any;
	u32 slot;

	for (;;) {
		spin_lock_bh(&peer->lock);
		any = peer->advance_count;
		if (any && w->end - w->p >= FS_ADVANCE_MAX)
			slot = peer->advance[--peer->advance_count];
		spin_unlock_bh(&peer->lock);
		if (!any || !put(peer, slot, w))
			return any;
	}
}

/**
 * fs_advance_due - whether it is time to look at all marked flows of a peer
 * @peer: the peer
 *
 * Context: process: the peer's heartbeat work.
 * Return: true if there are any and a round is to begin, or to go on.
 */
bool fs_advance_due(struct fs_peer *peer)
{
	u64 now = fs_now_ms();

	if (!is_open(peer) ||
	    !xa_marked(&peer->shadow[READ_ONCE(peer->current_map)],
		       FS_MARK_LIVE))
		return false;
	if (peer->advance_slot)
		return true;
	if (now < peer->advance_next)
		return false;
	peer->advance_next = now + ROUND_MS;
	return true;
}

/**
 * fs_advance_put_all - say what is ahead of what its origin told
 * @peer: the origin
 * @w: cursor in the datagram
 *
 * From where the last call ended; the end of the map ends the round.
 *
 * Context: process: the peer's heartbeat work.
 * Return: true if the round goes on.
 */
bool fs_advance_put_all(struct fs_peer *peer, struct fs_wr *w)
{
	struct xarray *map = &peer->shadow[READ_ONCE(peer->current_map)];
	unsigned int looks = LOOKS;

	while (looks--) {
		if (!xa_find(map, &peer->advance_slot, ULONG_MAX,
			     FS_MARK_LIVE)) {
			peer->advance_slot = 0;
			return false;
		}
		if (!put(peer, (u32)peer->advance_slot, w))
			break;
		peer->advance_slot++;
	}
	return true;
}

/* The entry of one of this node's flows, with a reference, or NULL. */
static struct nf_conn *own_entry(struct fs_peer *peer,
				 const struct fs_record *rec)
{
	struct fs_flows *flows = &peer->node->flows;
	struct nf_conn *ct = NULL;
	const struct fs_flow *flow;

	spin_lock_bh(&flows->lock);
	if (rec->slot < fs_flows_slots(flows) &&
	    fs_flows_tells(peer->node, peer, rec->slot)) {
		flow = fs_flow_at(flows, rec->slot);
		if (flow->ct && flow->gen == rec->gen &&
		    nf_ct_is_confirmed(flow->ct) &&
		    nf_ct_protonum(flow->ct) == rec->state.proto) {
			ct = flow->ct;
			nf_conntrack_get(&ct->ct_general);
		}
	}
	spin_unlock_bh(&flows->lock);
	return ct;
}

/**
 * fs_advance_heard - a peer tells how far one of this node's flows has come there
 * @peer: the peer
 * @rec: an update; anything, as the peer sent it
 *
 * Context: softirq, RCU read lock.
 */
void fs_advance_heard(struct fs_peer *peer, const struct fs_record *rec)
{
	struct nf_conn *ct = own_entry(peer, rec);

	if (!ct) {
		fs_stat_inc(peer->node, rx_advances_old);
		return;
	}
	fs_live_advance(peer->node, ct, &rec->state);
	fs_flows_advanced(peer->node, ct);
	fs_stat_inc(peer->node, rx_advances);
	nf_ct_put(ct);
}
