// SPDX-License-Identifier: GPL-2.0
#include "world.h"

#define HEARTBEATS	4	/* that may be missing */
#define ACK_EVERY	8	/* datagrams acknowledged at once */

/**
 * peer_init - another node, of which nothing was heard
 * @p: the peer
 * @n: the node it is a peer of
 */
void peer_init(struct peer *p, const struct node *n)
{
	u32 i;

	memset(p->sync_mem, 0, sizeof(p->sync_mem));
	memset(p->needs_mem, 0, sizeof(p->needs_mem));
	memset(&p->sync, 0, sizeof(p->sync));
	memset(&p->needs, 0, sizeof(p->needs));
	memset(&p->flight, 0, sizeof(p->flight));
	memset(&p->view, 0, sizeof(p->view));
	memset(p->window, 0, sizeof(p->window));
	fs_sync_grow(&p->sync, p->sync_mem, SLOTS);
	fs_dirty_grow(&p->needs, p->needs_mem, SLOTS);
	fs_flight_init(&p->flight, p->ring);
	fs_liveness_init(&p->live, (u32)(n->heartbeat / MS), HEARTBEATS);
	p->sync_session = 0;
	p->filling = false;
	p->kicked = false;
	p->ticking = false;
	p->fill_session = 0;
	p->session = 0;
	p->answered = false;
	p->hears = false;
	p->up = false;
	p->control_seq = 0;
	p->unacked = 0;
	p->acking = false;
	p->current = 0;
	p->acked = 0;
	p->told_acked = 0;
	p->told_by = 0;
	p->doubt_session = 0;
	p->rest = 0;
	p->rested = false;
	p->answers = 0;
	p->rest_asked = false;
	p->gones = 0;
	for (i = 0; i < 2; i++)
		shadow_reset(&p->shadow[i]);
}

static void put_needs(struct peer *p, struct fs_wr *wr)
{
	u32 slot[FS_CONTROL_NEEDS];
	unsigned int i, count = 0;

	while (count < FS_CONTROL_NEEDS && p->needs.count)
		slot[count++] = fs_dirty_take(&p->needs);
	for (i = 0; i < count && broken != BREAK_need_once; i++)
		fs_dirty_add(&p->needs, slot[i]);
	fs_control_put_needs(wr, slot, count);
}

static void put_acked(struct world *w, const struct node *n, u32 to,
		      struct fs_wr *wr)
{
	struct fs_acked acked;
	u32 i;

	for (i = 0; n->role == FS_ROLE_ACTIVE && i < w->nodes; i++) {
		if (i == n->id || i == to)
			continue;
		acked.node = i + 1;
		acked.op = n->peer[i].acked;
		fs_acked_put(wr, &acked);
	}
}

static void send_control(struct world *w, struct node *n, u32 to, bool beat,
			 const struct fs_ask *ask, u32 count, bool rest);

/**
 * peer_send_control - send a heartbeat, an acknowledgement, or both
 * @w: the world
 * @n: the node
 * @to: the peer
 * @beat: it is a heartbeat
 */
void peer_send_control(struct world *w, struct node *n, u32 to, bool beat)
{
	send_control(w, n, to, beat, NULL, 0, false);
}

static void send_control(struct world *w, struct node *n, u32 to, bool beat,
			 const struct fs_ask *ask, u32 count, bool rest)
{
	struct peer *p = &n->peer[to];
	struct fs_header h = {
		.channel = FS_CHANNEL_CONTROL,
		.node = n->id + 1,
		.session = n->session,
		.seq = ++p->control_seq,
	};
	struct fs_heir heir = { GROUP, n->claim, n->heir };
	struct fs_claim best = group_claim(w, n);
	struct fs_group_view view = { GROUP, n->role, n->epoch, best.epoch,
				      best.node, best.weighed, best.rank,
				      best.traffic };
	u8 data[NET_MTU_MAX];
	struct fs_wr wr, head;

	fs_wr_init(&wr, data, w->net.mtu);
	wr.p += FS_WIRE_HEADER;
	fs_control_put_heard(&wr, p->session, p->flight.last);
	if (beat)
		fs_control_put_group(&wr, &view);
	if (p->answered) {
		const struct fs_seqwin *window = &p->window[FS_CHANNEL_STATE];
		struct fs_ack ack = { .top = window->top,
				      .window = n->takes };

		memcpy(ack.seen, window->seen, sizeof(ack.seen));
		fs_control_put_ack(&wr, &ack);
		p->unacked = 0;
	}
	if (n->role != FS_ROLE_ACTIVE && p->needs.count &&
	    p->view.role == FS_ROLE_ACTIVE)
		put_needs(p, &wr);
	if (n->role != FS_ROLE_ACTIVE || !n->heir)
		p->gones = 0;
	if (count || rest || p->gones)
		fs_heir_put(&wr, &heir);
	if (beat)
		put_acked(w, n, to, &wr);
	while (count--)
		fs_ask_put(&wr, ask++);
	if (rest)
		fs_rest_put(&wr, p->rest);
	heir_answer(w, n, to, &wr);
	if (wr.failed)
		fail(w, "control datagram too long");
	h.len = (u16)(wr.p - data - FS_WIRE_HEADER);
	fs_wr_init(&head, data, FS_WIRE_HEADER);
	fs_header_put(&head, &h);
	/* Heartbeats say the same again and again: lost ones do not matter. */
	if ((u32)(wr.p - data) <= w->net.mtu)
		net_send(w, n->id, to, data, (u32)(wr.p - data));
	else
		fail(w, "control datagram over the MTU");
}

/**
 * peer_send_heir - ask a peer for what it holds
 * @w: the world
 * @n: the node, heir to another
 * @to: the peer
 * @ask: questions
 * @count: how many
 * @rest: ask for what else it holds, too
 */
void peer_send_heir(struct world *w, struct node *n, u32 to,
		    const struct fs_ask *ask, u32 count, bool rest)
{
	send_control(w, n, to, true, ask, count, rest);
}

static void ack_late(struct world *w, const struct event *e)
{
	struct node *n = &w->node[e->node];

	n->peer[e->peer].acking = false;
	if (n->peer[e->peer].answered)
		peer_send_control(w, n, e->peer, false);
}

/**
 * peer_ack - something is to be acknowledged, or asked for
 * @w: the world
 * @n: the node
 * @to: the peer
 */
void peer_ack(struct world *w, struct node *n, u32 to)
{
	struct peer *p = &n->peer[to];

	if ((p->unacked >= ACK_EVERY || heir_waits(p)) && p->answered) {
		peer_send_control(w, n, to, false);
		return;
	}
	if (p->acking)
		return;
	p->acking = true;
	plan(w, rng_below(&w->rng, n->ack_delay), ack_late, n->id, to);
}

/* Nothing reaches the peer: what is in flight to it is lost. */
static void set_down(struct world *w, struct node *n, u32 to)
{
	struct peer *p = &n->peer[to];

	say(w, "%u: peer %u down", n->id, to);
	p->up = false;
	fs_flight_abandon(&p->flight);
	send_settle(w, n, to);
	if (broken == BREAK_forget_told)
		fs_sync_clear(&p->sync);
}

static void mark_all(struct node *n, struct peer *p)
{
	u32 slot;

	for (slot = 0; slot < n->table.used; slot++)
		if (n->table.flow[slot].live)
			fs_sync_reused(&p->sync, slot);
}

static void set_up(struct world *w, struct node *n, u32 to)
{
	struct peer *p = &n->peer[to];

	say(w, "%u: peer %u up", n->id, to);
	p->up = true;
	if (broken == BREAK_forget_told)
		mark_all(n, p);
	if (p->sync_session != p->session) {
		fs_flight_abandon(&p->flight);
		send_settle(w, n, to);
		p->sync_session = p->session;
		if (broken != BREAK_keep_sync) {
			fs_sync_clear(&p->sync);
			mark_all(n, p);
			p->acked = 0;
		}
	}
	send_kick(w, n, to);
}

static void look(struct world *w, struct node *n, u32 to)
{
	struct peer *p = &n->peer[to];

	fs_liveness_expired(&p->live, w->now / MS);
	if (p->up && (!p->live.alive || !p->hears ||
		      p->session != p->sync_session))
		set_down(w, n, to);
	if (!p->up && p->live.alive && p->hears)
		set_up(w, n, to);
}

static void beat(struct world *w, struct node *n, u32 to)
{
	look(w, n, to);
	group_look(w, n);
	peer_send_control(w, n, to, true);
	heir_step(w, n, to);
}

/**
 * peer_heartbeat - it is time for a heartbeat
 * @w: the world
 * @e: of which node, for whom
 */
void peer_heartbeat(struct world *w, const struct event *e)
{
	struct node *n = &w->node[e->node];

	beat(w, n, e->peer);
	plan(w, n->heartbeat, peer_heartbeat, e->node, e->peer);
}

static void begin_session(struct world *w, struct node *n, u32 from,
			  const struct fs_header *h,
			  const struct fs_control *c)
{
	struct peer *p = &n->peer[from];

	say(w, "%u: new session of %u: %llx after %llx", n->id, from,
	    (unsigned long long)h->session, (unsigned long long)p->session);
	if (p->session)
		shadow_new_session(n, from);
	p->session = h->session;
	p->shadow[p->current].session = h->session;
	p->answered = broken == BREAK_early_window;
	p->answers = 0;
	p->rest_asked = false;
	p->rested = false;
	p->rest = 0;
	p->unacked = 0;
	fs_seqwin_init(&p->window[FS_CHANNEL_CONTROL], h->seq - 1);
	fs_seqwin_init(&p->window[FS_CHANNEL_STATE], c->state_seq);
}

/**
 * receive_control - a datagram of the control channel arrived
 * @w: the world
 * @n: the node
 * @from: its sender
 * @h: its header
 * @r: its payload
 */
void receive_control(struct world *w, struct node *n, u32 from,
		     const struct fs_header *h, struct fs_rd *r)
{
	struct peer *p = &n->peer[from];
	struct fs_seqwin *state = &p->window[FS_CHANNEL_STATE];
	bool kick = false, hears = p->hears, mine;
	struct fs_group_view view;
	struct fs_rd needs = { };
	struct fs_control c;
	struct fs_rd again;
	u32 slot;

	if (fs_control_get(r, &c)) {
		fail(w, "undecodable control datagram of %u", from);
		return;
	}
	if (h->session != p->session) {
		/* While the one that is known is alive, another may be an echo
		 * of a life before it.
		 */
		if (!c.is_heartbeat ||
		    (p->live.alive && broken != BREAK_echo))
			return;
		begin_session(w, n, from, h, &c);
		kick = true;
	}
	if (fs_seqwin_receive(&p->window[FS_CHANNEL_CONTROL], h->seq) !=
	    FS_SEQ_NEW)
		return;
	mine = !c.is_heartbeat || c.heard == n->session;
	if (c.is_heartbeat) {
		hears = c.heard == n->session;
		/* All that it sent before was for somebody else. */
		if (hears && !p->answered) {
			fs_seqwin_init(state, c.state_seq);
			p->answered = true;
		}
		if (p->answered)
			fs_seqwin_announce(state, c.state_seq);
	}
	kick |= fs_liveness_heard(&p->live, w->now / MS);
	kick |= hears != p->hears;
	p->hears = hears;

	again = *r;
	while (fs_control_next_group(&again, &view)) {
		p->view = view;
		group_heard(w, n, from, &view);
	}
	if (mine)
		kick |= heir_heard(w, n, from, r);
	if (c.has_ack && mine && p->session == p->sync_session) {
		fs_flight_ack(&p->flight, &c.ack, w->now);
		send_settle(w, n, from);
	}
	again = *r;
	while (mine && fs_control_next_need(&again, &needs, &slot)) {
		struct fs_slot now;

		if (slot >= SLOTS || n->role != FS_ROLE_ACTIVE)
			continue;
		now = table_slot(n, slot);
		fs_sync_need(&p->sync, slot, &now);
		send_kick(w, n, from);
	}
	if (kick)
		beat(w, n, from);
}
