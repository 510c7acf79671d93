// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "world.h"

/* How much later than others what lingers arrives, at least; twice as much at most. */
#define LINGER	(100 * MS)

static u8 *get_buffer(struct net *net)
{
	u8 *data;

	if (net->spares)
		return net->spare[--net->spares];
	data = malloc(NET_MTU_MAX);
	if (!data)
		abort();
	return data;
}

/**
 * net_put_buffer - a datagram's buffer is no longer used
 * @net: the network
 * @data: the buffer, or NULL
 */
void net_put_buffer(struct net *net, u8 *data)
{
	if (!data)
		return;
	if (net->spares == net->room) {
		net->room = net->room ? 2 * net->room : 256;
		net->spare = realloc(net->spare,
				     net->room * sizeof(*net->spare));
		if (!net->spare)
			abort();
	}
	net->spare[net->spares++] = data;
}

/**
 * net_draw - draw what kind of network it is
 * @w: the world
 */
void net_draw(struct world *w)
{
	struct net *net = &w->net;
	struct rng *r = &w->rng;
	bool same = rng_percent(r, 50);
	struct link common = { };
	u32 a, b;

	net->mtu = rng_percent(r, 30) ? (u32)rng_range(r, 640, 900) :
					NET_MTU_MAX;
	net->sent = 0;
	for (a = 0; a < w->nodes; a++)
		for (b = 0; b < w->nodes; b++) {
			struct link *l = &net->link[a][b];

			if (same && (a || b)) {
				*l = common;
				continue;
			}
			memset(l, 0, sizeof(*l));
			l->delay = (u32)rng_range(r, 50, 2000);
			if (rng_percent(r, 20))
				l->delay = (u32)rng_range(r, 2000, 100000);
			l->jitter = l->delay / 8;
			if (!w->calm && rng_percent(r, 70)) {
				l->loss = (u32)rng_below(r, 31);
				l->reorder = (u32)rng_below(r, 26);
				l->duplicate = (u32)rng_below(r, 11);
				l->jitter += rng_percent(r, 30) ? 1000 :
					     (u32)rng_range(r, 20000, 200000);
			}
			/* Not longer than until a dead node is missed. */
			if (!w->calm && rng_percent(r, 20))
				l->linger = (u32)rng_below(r, 11);
			common = *l;
		}
}

/**
 * net_calm - the network heals: nothing is lost or cut any more
 * @w: the world
 */
void net_calm(struct world *w)
{
	u32 a, b;

	for (a = 0; a < w->nodes; a++)
		for (b = 0; b < w->nodes; b++) {
			struct link *l = &w->net.link[a][b];

			l->loss = 0;
			l->reorder = 0;
			l->duplicate = 0;
			l->linger = 0;
			l->cuts = 0;
		}
}

/**
 * net_cut - cut a link, or mend it
 * @w: the world
 * @a: one end
 * @b: the other
 * @both: in both directions
 * @by: 1 to cut, -1 to mend
 */
void net_cut(struct world *w, u32 a, u32 b, bool both, int by)
{
	struct link *there = &w->net.link[a][b], *back = &w->net.link[b][a];

	if (by > 0 || there->cuts)
		there->cuts += (unsigned int)by;
	if (both && (by > 0 || back->cuts))
		back->cuts += (unsigned int)by;
}

static void deliver(struct world *w, u32 from, u32 to, const u8 *data, u32 len,
		    u64 more)
{
	struct link *l = &w->net.link[from][to];
	u64 delay = l->delay + rng_below(&w->rng, l->jitter / 4 + 1) + more;
	struct event e = {
		.fn = node_receive,
		.node = to,
		.peer = from,
		.len = len,
	};

	if (!more && rng_percent(&w->rng, l->reorder))
		delay += rng_below(&w->rng, l->jitter + 1);
	e.time = w->now + delay;
	e.data = get_buffer(&w->net);
	memcpy(e.data, data, len);
	queue_put(&w->queue, &e);
}

/**
 * net_send - a datagram leaves a node
 * @w: the world
 * @from: the node
 * @to: for whom
 * @data: the datagram
 * @len: its octets
 */
void net_send(struct world *w, u32 from, u32 to, const u8 *data, u32 len)
{
	struct link *l = &w->net.link[from][to];

	w->net.sent++;
	if (len > w->net.mtu) {
		fail(w, "datagram of %u octets, MTU %u", len, w->net.mtu);
		return;
	}
	if (l->cuts || rng_percent(&w->rng, l->loss))
		return;
	deliver(w, from, to, data, len, 0);
	if (rng_percent(&w->rng, l->duplicate))
		deliver(w, from, to, data, len, 0);
	if (rng_percent(&w->rng, l->linger))
		deliver(w, from, to, data, len, LINGER + rng_below(&w->rng, LINGER));
}
