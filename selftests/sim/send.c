// SPDX-License-Identifier: GPL-2.0
#include "oracle.h"
#include "world.h"

/* How long a datagram is in the making at most, in microseconds: one in eight is
 * made by a node with other things to do.
 */
#define SLOW 5000

static void fill(struct world *w, const struct event *e);

/* Whether there is something to send, and it may be sent. */
static bool ready(const struct node *n, const struct peer *p)
{
	return n->role == FS_ROLE_ACTIVE && p->up && p->sync.dirty.count &&
	       fs_flight_open(&p->flight);
}

/**
 * send_kick - a peer may have to be told something
 * @w: the world
 * @n: the node
 * @to: the peer
 */
void send_kick(struct world *w, struct node *n, u32 to)
{
	struct peer *p = &n->peer[to];

	if (p->kicked || p->filling || !ready(n, p))
		return;
	p->kicked = true;
	plan(w, rng_below(&w->rng, 50), fill, n->id, to);
}

/**
 * send_settle - act upon the datagrams whose fate is known
 * @w: the world
 * @n: the node
 * @to: the peer they were for
 */
void send_settle(struct world *w, struct node *n, u32 to)
{
	struct peer *p = &n->peer[to];
	struct fs_datagram *d;
	u32 i;

	while ((d = fs_flight_next(&p->flight))) {
		bool acked = d->fate == FS_FATE_ACKED;

		if (acked)
			oracle_acked(w, n, to, d);
		else
			w->stats.lost++;
		for (i = 0; i < d->count; i++) {
			struct fs_slot now = table_slot(n, d->sent[i].slot);

			if (acked)
				fs_sync_acked(&p->sync, &d->sent[i], &now);
			else
				fs_sync_lost(&p->sync, &d->sent[i], &now);
		}
		fs_flight_settle(&p->flight, d);
	}
	send_kick(w, n, to);
}

static void tick(struct world *w, const struct event *e)
{
	struct node *n = &w->node[e->node];
	struct peer *p = &n->peer[e->peer];

	p->ticking = false;
	fs_flight_expire(&p->flight, w->now);
	send_settle(w, n, e->peer);
	send_tick(w, n, e->peer);
}

/**
 * send_tick - look at the timeout later, if anything is in flight
 * @w: the world
 * @n: the node
 * @to: the peer
 */
void send_tick(struct world *w, struct node *n, u32 to)
{
	struct peer *p = &n->peer[to];

	if (p->ticking || !p->flight.flying)
		return;
	p->ticking = true;
	plan(w, fs_flight_timeout(&p->flight) / 4 + 1000, tick, n->id, to);
}

/* Put back what was taken and did not go. */
static void put_back(struct node *n, struct peer *p, u32 from)
{
	u32 i;

	for (i = from; i < p->fill_count; i++) {
		struct fs_slot now = table_slot(n, p->fill[i].slot);

		fs_sync_lost(&p->sync, &p->fill[i], &now);
	}
}

/* What a record says: the state now, if the flow is still there, under the op
 * that was taken. The module does so without the table's lock.
 */
static struct fs_record record(const struct node *n, const struct peer *p,
			       u32 i)
{
	const struct fs_sent *sent = &p->fill[i];
	const struct flow *f = &n->table.flow[sent->slot];
	struct fs_record rec = {
		.type = sent->type,
		.slot = sent->slot,
		.gen = sent->gen,
		.op = sent->op,
	};

	if (f->live && f->gen == sent->gen)
		rec.state = f->state;
	else
		rec.state = p->fill_state[i];
	return rec;
}

/* The datagram leaves. */
static void leave(struct world *w, const struct event *e)
{
	struct node *n = &w->node[e->node];
	struct peer *p = &n->peer[e->peer];
	struct fs_header h = {
		.channel = FS_CHANNEL_STATE,
		.node = n->id + 1,
		.session = n->session,
	};
	u8 data[NET_MTU_MAX];
	struct fs_datagram *d;
	struct fs_batch batch;
	struct fs_wr wr, head;
	u32 i;

	p->filling = false;
	/* After a restart of the peer it is told everything anyway. */
	if (p->fill_session != p->sync_session)
		return;
	if (n->role != FS_ROLE_ACTIVE || !p->up ||
	    (p->fill_epoch != n->claim && broken != BREAK_reclaim_filled) ||
	    !fs_flight_open(&p->flight)) {
		put_back(n, p, 0);
		send_kick(w, n, e->peer);
		return;
	}
	d = fs_flight_begin(&p->flight);
	fs_wr_init(&wr, data, w->net.mtu);
	wr.p += FS_WIRE_HEADER;
	fs_batch_begin(&batch, &wr, GROUP, p->fill_epoch, FS_RECORD_KNOWN);
	for (i = 0; i < p->fill_count; i++) {
		struct fs_record rec = record(n, p, i);

		if (!fs_batch_put(&batch, &wr, &rec))
			break;
		oracle_told(w, n, e->peer, &rec);
		if (broken == BREAK_late_flying)
			fs_sync_taken(&p->sync, p->fill[i].slot);
		d->sent[d->count++] = p->fill[i];
	}
	put_back(n, p, i);
	if (!d->count) {
		fail(w, "no record fits into a datagram");
		return;
	}
	h.seq = d->seq;
	h.len = (u16)(wr.p - data - FS_WIRE_HEADER);
	fs_wr_init(&head, data, FS_WIRE_HEADER);
	fs_header_put(&head, &h);
	p->ring_claim[d - p->ring] = p->fill_epoch;
	fs_flight_commit(&p->flight, w->now);
	if (p->flight.flying > FS_FLIGHT_MAX)
		fail(w, "%u datagrams in flight", p->flight.flying);
	say(w, "%u -> %u state %llu: %u records, epoch %llu", n->id, e->peer,
	    (unsigned long long)h.seq, d->count,
	    (unsigned long long)p->fill_epoch);
	net_send(w, n->id, e->peer, data, (u32)(wr.p - data));
	send_tick(w, n, e->peer);
	send_kick(w, n, e->peer);
}

/* What changed goes first; of the rest, whatever comes. */
static u32 take_next(struct fs_sync *s)
{
	u32 slot = fs_sync_take_first(s);

	return slot == FS_DIRTY_NONE ? fs_dirty_take(&s->dirty) : slot;
}

/* Take what the next datagram shall tell. */
static void fill(struct world *w, const struct event *e)
{
	struct node *n = &w->node[e->node];
	struct peer *p = &n->peer[e->peer];
	u32 most = (u32)rng_range(&w->rng, 1, FILLED);

	p->kicked = false;
	if (!ready(n, p))
		return;
	p->fill_epoch = n->claim;
	p->fill_session = p->sync_session;
	p->fill_count = 0;
	while (p->fill_count < most) {
		u32 slot = take_next(&p->sync);
		struct fs_sent *sent = &p->fill[p->fill_count];
		struct fs_slot now;

		if (slot == FS_DIRTY_NONE)
			break;
		now = table_slot(n, slot);
		sent->slot = slot;
		sent->gen = now.gen;
		sent->op = (u32)now.op;
		sent->type = fs_sync_type(&p->sync, slot, &now);
		p->fill_state[p->fill_count++] = n->table.flow[slot].state;
		if (broken != BREAK_late_flying)
			fs_sync_taken(&p->sync, slot);
	}
	p->filling = true;
	plan(w, rng_below(&w->rng, rng_below(&w->rng, 8) ? 200 : SLOW), leave,
	     n->id, e->peer);
}
