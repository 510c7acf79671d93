// SPDX-License-Identifier: GPL-2.0
#include "oracle.h"
#include "world.h"

/**
 * node_start - a node starts, and knows nothing
 * @w: the world
 * @n: the node, not running
 */
void node_start(struct world *w, struct node *n)
{
	u32 i;

	say(w, "%u: start", n->id);
	n->life++;
	n->running = true;
	if (broken != BREAK_same_session || !n->session)
		n->session = rng_next(&w->rng) | 1;
	n->role = FS_ROLE_STANDBY;
	n->epoch = 0;
	n->claim = 0;
	n->rank = 0;
	n->traffic = 0;
	n->yields = 0;
	n->owner = NONE;
	n->heir = 0;
	table_reset(&n->table);
	memset(n->where, 0xff, sizeof(n->where));
	for (i = 0; i < w->nodes; i++) {
		if (i == n->id)
			continue;
		peer_init(&n->peer[i], n);
		plan(w, rng_below(&w->rng, n->heartbeat / 4), peer_heartbeat,
		     n->id, i);
	}
}

/**
 * node_stop - a node loses its power
 * @w: the world
 * @n: the node
 *
 * What it held stays to be looked at, until it starts again.
 */
void node_stop(struct world *w, struct node *n)
{
	say(w, "%u: stop", n->id);
	oracle_died(w, n);
	n->life++;
	n->running = false;
}

/**
 * node_receive - a datagram arrives at a node
 * @w: the world
 * @e: the datagram
 */
void node_receive(struct world *w, const struct event *e)
{
	struct node *n = &w->node[e->node];
	struct fs_header h;
	struct fs_rd r;

	if (!n->running)
		return;
	fs_rd_init(&r, e->data, e->len);
	if (fs_header_get(&r, &h)) {
		fail(w, "undecodable header");
		return;
	}
	if (h.node != e->peer + 1) {
		fail(w, "node id %u in a datagram of %u", h.node, e->peer + 1);
		return;
	}
	if (h.channel == FS_CHANNEL_CONTROL)
		receive_control(w, n, e->peer, &h, &r);
	else
		receive_state(w, n, e->peer, &h, &r);
}
