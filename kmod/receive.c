// SPDX-License-Identifier: GPL-2.0
#include "advance.h"
#include "compat/uninitialized.h"
#include "core/advance.h"
#include "core/control.h"
#include "core/record.h"
#include "heartbeat.h"
#include "lifetime.h"
#include "link.h"
#include "live.h"
#include "node.h"
#include "peer.h"
#include "receive.h"
#include "results.h"
#include "send.h"
#include "standing.h"

/* The counters of decoding errors are in the order of the errors. */
static_assert(FS_STAT_rx_mandatory - FS_STAT_rx_badlen ==
	      FS_WIRE_MANDATORY - FS_WIRE_BADLEN);
static_assert(FS_STAT_rx_badmagic - FS_STAT_rx_badlen ==
	      FS_WIRE_BADMAGIC - FS_WIRE_BADLEN);
static_assert(FS_STAT_rx_badversion - FS_STAT_rx_badlen ==
	      FS_WIRE_BADVERSION - FS_WIRE_BADLEN);
static_assert(FS_STAT_rx_badchannel - FS_STAT_rx_badlen ==
	      FS_WIRE_BADCHANNEL - FS_WIRE_BADLEN);
static_assert(FS_STAT_rx_badvalue - FS_STAT_rx_badlen ==
	      FS_WIRE_BADVALUE - FS_WIRE_BADLEN);
static_assert(FS_STAT_rx_badauth - FS_STAT_rx_badlen ==
	      FS_WIRE_BADAUTH - FS_WIRE_BADLEN);
static_assert(FS_STAT_rx_badsession - FS_STAT_rx_badlen ==
	      FS_WIRE_BADSESSION - FS_WIRE_BADLEN);

/**
 * fs_wire_refused - count a datagram that is refused
 * @node: the node
 * @err: why, not FS_WIRE_OK
 *
 * Context: any.
 */
void fs_wire_refused(struct fs_node *node, enum fs_wire_error err)
{
	this_cpu_inc(node->stats->value[FS_STAT_rx_badlen +
					err - FS_WIRE_BADLEN]);
}

/* A datagram of the peer was taken. Returns whether that is news. */
static bool hear(struct fs_link *link, const struct fs_header *h, u64 now)
{
	struct fs_peer *peer = link->peer;
	bool news;

	lockdep_assert_held(&peer->lock);

	link->rx.datagrams++;
	link->rx.bytes += FS_WIRE_HEADER + h->len;
	peer->rx.bytes += FS_WIRE_HEADER + h->len;
	news = fs_liveness_heard(&link->live, now);
	news |= fs_liveness_heard(&peer->live, now);
	return news;
}

/* The peer hears this session, and sends it state from now on. What it sent
 * before was for an earlier life of this node.
 */
static void open_state(struct fs_peer *peer, const struct fs_control *c)
{
	lockdep_assert_held(&peer->lock);

	peer->open = true;
	fs_seqwin_init(&peer->window[FS_CHANNEL_STATE], c->state_seq);
}

/* The group of an id, if the peer is a member. */
static struct fs_group *shared_group(struct fs_peer *peer, u32 id)
{
	struct fs_group *group = fs_group_find(peer->node, id);

	if (group && fs_group_member(group, peer))
		return group;
	fs_stat_inc(peer->node, rx_group_unknown);
	return NULL;
}

/* Returns whether the peer's part in a group changed. */
static bool hear_groups(struct fs_peer *peer, const struct fs_rd body)
{
	struct fs_group_view view;
	struct fs_rd r = body;
	struct fs_group *group;

	while (fs_control_next_group(&r, &view)) {
		group = shared_group(peer, view.id);
		if (group)
			fs_group_heard(group, &view);
	}
	return fs_standing_heard(peer, &body);
}

/* Flows of the peer had packets. */
static void hear_alive(struct fs_peer *peer, const struct fs_alive *alive,
		       enum fs_alive_kind kind)
{
	unsigned long live;
	u32 n, first;

	for (n = 0; n < alive->octets; n++) {
		if (!alive->bits[n])
			continue;
		first = alive->first + 8 * n;
		live = fs_shadow_alive(peer, first, alive->bits[n], kind);
		for (; live; live &= live - 1)
			fs_live_prolong(peer->node, peer,
					first + (u32)__ffs(live));
	}
	fs_stat_inc(peer->node, rx_alive);
}

/* Packets of this node's flows passed the peer. */
static noinline void hear_advances(struct fs_peer *peer, struct fs_rd r)
{
	struct fs_rd advances = {};
	struct fs_batch batch;
	struct fs_record rec;

	while (fs_advance_next(&r, &advances, &batch, &rec))
		fs_advance_heard(peer, &rec);
}

/* What the peer asks and answers about flows. */
static void hear_options(struct fs_peer *peer, const struct fs_rd body)
{
	struct fs_rd r = body, needs = {}, told = {}, noted = {};
	struct fs_result result;
	struct fs_alive alive;
	struct fs_answer answer;
	struct fs_check check;
	u32 slot;

	while (fs_control_next_need(&r, &needs, &slot))
		fs_send_need(peer, slot);
	fs_inherit_heard(peer, &body);
	fs_bequest_heard(peer, &body);
	r = body;
	while (fs_control_next_check(&r, &check))
		fs_check_due(peer, &check);
	r = body;
	while (fs_control_next_answer(&r, &answer))
		fs_verify_answered(peer, &answer);
	r = body;
	while (fs_control_next_alive(&r, FS_ALIVE_RESTED, &alive))
		hear_alive(peer, &alive, FS_ALIVE_RESTED);
	r = body;
	while (fs_control_next_alive(&r, FS_ALIVE_MOVED, &alive))
		hear_alive(peer, &alive, FS_ALIVE_MOVED);
	hear_advances(peer, body);
	r = body;
	while (fs_control_next_result(&r, &told, FS_RESULTS_TOLD, &result))
		fs_result_heard(peer, &result);
	r = body;
	while (fs_control_next_result(&r, &noted, FS_RESULTS_NOTED, &result))
		fs_result_confirmed(peer, &result);
}

static void receive_control(struct fs_link *link, const struct fs_header *h,
			    struct fs_rd *r)
{
	struct fs_peer *peer = link->peer;
	bool kick = false, hears, latest;
	struct fs_node *node = peer->node;
	enum fs_wire_error err;
	struct fs_control c;
	u64 now = fs_now_ms();

	err = fs_control_get(r, &c);
	if (!err && !c.is_heartbeat)
		err = FS_WIRE_BADLEN;
	if (err) {
		fs_wire_refused(node, err);
		if (err == FS_WIRE_MANDATORY)
			fs_dialect_unknown(peer, FS_CHANNEL_CONTROL, c.unknown);
		return;
	}
	hears = c.heard == peer->own_session;

	spin_lock_bh(&peer->lock);
	if (h->session != peer->session) {
		spin_unlock_bh(&peer->lock);
		fs_stat_inc(node, rx_badsession);
		return;
	}
	/* One that was overtaken says nothing new of its sender. */
	latest = h->seq == peer->window[FS_CHANNEL_CONTROL].top;
	if (hears && !peer->open)
		open_state(peer, &c);
	if (peer->open)
		fs_seqwin_announce(&peer->window[FS_CHANNEL_STATE],
				   c.state_seq);
	kick |= hear(link, h, now);
	if (latest) {
		kick |= hears != peer->hears;
		peer->hears = hears;
		if (c.has_room)
			peer->room = c.room;
		if (c.cookie) {
			peer->seal.peer_cookie = c.cookie;
			memcpy(peer->seal.peer_print, c.print,
			       sizeof(c.print));
		}
	}
	spin_unlock_bh(&peer->lock);

	if (hears && c.has_ack) {
		fs_send_acked(peer, &c.ack);
		if (c.has_more)
			hear_options(peer, *r);
	}
	/* Without either it is an acknowledgement, not a heartbeat. */
	if (c.has_groups || c.cookie) {
		fs_stat_inc(node, rx_heartbeats);
		if (latest)
			kick |= hear_groups(peer, *r);
	} else {
		fs_stat_inc(node, rx_acks);
	}
	if (kick)
		fs_peer_kick(peer);
}

/* Whether state of this group and epoch may be taken from the peer. */
static bool accept_batch(struct fs_peer *peer, const struct fs_batch *batch)
{
	struct fs_group *group = shared_group(peer, batch->group);

	if (!group || !fs_group_accepts(group, peer, batch->epoch))
		return false;
	/* Its heartbeat will say so too, if it is not behind this. */
	WRITE_ONCE(fs_group_member(group, peer)->active, true);
	return true;
}

static void ask_for(struct fs_peer *peer, u32 slot)
{
	spin_lock_bh(&peer->lock);
	if (peer->need_count < FS_CONTROL_NEEDS)
		peer->need[peer->need_count++] = slot;
	spin_unlock_bh(&peer->lock);
}

/* Returns whether the datagram is done with: one that could not be carried out
 * is not acknowledged, and what was in it will come again.
 */
static bool receive_records(struct fs_peer *peer, struct fs_rd *r)
{
	struct fs_node *node = peer->node;
	enum fs_wire_error err;
	struct fs_record rec __uninitialized;
	struct fs_batch batch;
	bool done = true;

	err = fs_batch_open(&batch, r);
	if (err) {
		fs_wire_refused(node, err);
		return false;
	}
	if (!accept_batch(peer, &batch))
		return false;
	batch.ignore = ~peer->dialect.known;
	while (fs_rd_left(r)) {
		err = fs_batch_next(&batch, r, &rec);
		if (err) {
			fs_wire_refused(node, err);
			if (err == FS_WIRE_MANDATORY)
				fs_dialect_unknown(peer, FS_CHANNEL_STATE,
						   batch.unknown);
			done = false;
			break;
		}
		switch (fs_shadow_apply(node, peer, &batch, &rec)) {
		case FS_APPLIED:
			break;
		case FS_APPLIED_NEW:
			fs_live_supersede(node, &rec.state);
			break;
		case FS_APPLIED_ENDED:
			fs_live_end(node, &rec.state);
			break;
		case FS_APPLIED_LIVE:
			fs_live_update(node, peer, rec.slot);
			break;
		case FS_APPLY_NEED:
			/* What asks may be lost: let this come again too. */
			ask_for(peer, rec.slot);
			fallthrough;
		case FS_APPLY_AGAIN:
			done = false;
			break;
		}
	}
	fs_stat_add(node, rx_records, batch.count);
	spin_lock_bh(&peer->lock);
	peer->rx.records += batch.count;
	spin_unlock_bh(&peer->lock);
	return done;
}

static void receive_state(struct fs_link *link, const struct fs_header *h,
			  struct fs_rd *r)
{
	struct fs_peer *peer = link->peer;
	struct fs_seqwin *window = &peer->window[FS_CHANNEL_STATE];
	bool good;

	spin_lock_bh(&peer->lock);
	if (h->session != peer->accepted || h->session != peer->session ||
	    !peer->open) {
		fs_stat_inc(peer->node, rx_badsession);
		good = false;
	} else {
		/* One from before the window: it would not be acknowledged. */
		good = fs_seqwin_look(window, h->seq) == FS_SEQ_NEW;
		if (!good)
			fs_stat_inc(peer->node, rx_old);
	}
	if (good) {
		hear(link, h, fs_now_ms());
		peer->rx.datagrams++;
	}
	spin_unlock_bh(&peer->lock);
	if (!good)
		return;
	fs_stat_inc(peer->node, rx_datagrams);
	if (!receive_records(peer, r))
		return;

	spin_lock_bh(&peer->lock);
	if (h->session == peer->accepted) {
		fs_seqwin_receive(window, h->seq);
		fs_ack_due(peer);
	}
	spin_unlock_bh(&peer->lock);
}

/**
 * fs_receive - a datagram arrived
 * @link: over which link; it came from where the link's other end is
 * @data: the payload; overwritten
 * @len: its octets
 *
 * Context: softirq, RCU read lock.
 */
void fs_receive(struct fs_link *link, u8 *data, size_t len)
{
	struct fs_node *node = link->peer->node;
	enum fs_wire_error err;
	struct fs_header h;
	struct fs_rd r;

	fs_rd_init(&r, data, len);
	err = fs_header_get(&r, &h);
	if (err) {
		fs_wire_refused(node, err);
		return;
	}
	if (h.node != link->peer->id) {
		fs_stat_inc(node, rx_badnode);
		return;
	}
	if (h.channel == FS_CHANNEL_HANDSHAKE) {
		fs_handshake_receive(link, data, len);
		return;
	}
	if (!fs_seal_open(link->peer, &h, data))
		return;
	fs_rd_init(&r, data + FS_WIRE_HEADER, h.len);
	switch (h.channel) {
	case FS_CHANNEL_CONTROL:
		receive_control(link, &h, &r);
		break;
	case FS_CHANNEL_STATE:
		receive_state(link, &h, &r);
		break;
	}
}
