// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "fault.h"
#include "load.h"
#include "oracle.h"
#include "world.h"

/* From the end of all faults until all must be at rest: after the last of the
 * elections what an heir does not know it is offered, a few flows in each round
 * trip if datagrams are small.
 */
#define REST_WITHIN	(15 * SECOND)

enum breaks broken;

static struct node nodes[NET_NODES];

/**
 * fail - something is not as it must be
 * @w: the world
 * @format: what
 */
void fail(struct world *w, const char *format, ...)
{
	va_list args;

	if (w->failed)
		return;
	w->failed = true;
	va_start(args, format);
	vsnprintf(w->why, sizeof(w->why), format, args);
	va_end(args);
	say(w, "FAILED: %s", w->why);
}

/**
 * say - tell what happens, if that is wanted
 * @w: the world
 * @format: what
 */
void say(struct world *w, const char *format, ...)
{
	va_list args;

	if (!w->trace)
		return;
	printf("%4llu.%06llu ", (unsigned long long)(w->now / SECOND),
	       (unsigned long long)(w->now % SECOND));
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/**
 * plan - let something happen later
 * @w: the world
 * @delay: how much later, microseconds
 * @fn: what
 * @node: at which node; it does not happen if that node dies before; NONE if
 *	it happens at none
 * @peer: about which other node
 */
void plan(struct world *w, u64 delay,
	  void (*fn)(struct world *w, const struct event *e), u32 node,
	  u32 peer)
{
	struct event e = {
		.time = w->now + delay,
		.fn = fn,
		.node = node,
		.peer = peer,
		.life = NONE,
	};

	/* Deciding and restarting happens to a node from outside. */
	if (node != NONE && w->node[node].running)
		e.life = w->node[node].life;
	queue_put(&w->queue, &e);
}

static void look(struct world *w, const struct event *e)
{
	(void)e;
	oracle_look(w);
	plan(w, rng_range(&w->rng, 50 * MS, 500 * MS), look, NONE, NONE);
}

static void begin(struct world *w, u64 seed)
{
	u64 load;
	u32 n;

	rng_init(&w->rng, seed);
	oracle_begin();
	w->node = nodes;
	w->nodes = (u32)rng_range(&w->rng, 2, NET_NODES);
	w->calm = rng_percent(&w->rng, 10);
	load = rng_range(&w->rng, 2 * SECOND, 7 * SECOND);
	if (rng_percent(&w->rng, 5))
		load = rng_range(&w->rng, 20 * SECOND, 35 * SECOND);
	w->load_end = load;
	net_draw(w);
	for (n = 0; n < w->nodes; n++) {
		nodes[n].id = n;
		nodes[n].life = 0;
		nodes[n].session = 0;
		/* Dead later than anything stays in the network. */
		nodes[n].heartbeat = rng_range(&w->rng, 100 * MS, 200 * MS);
		nodes[n].ack_delay = rng_range(&w->rng, 500, 25000);
		nodes[n].takes = (u16)rng_range(&w->rng, 8, 200);
		node_start(w, &nodes[n]);
	}
	fault_start(w);
	load_start(w);
	plan(w, 0, look, NONE, NONE);
}

/* How long it may take in a calm network from the last change to rest. */
static u64 calm_limit(const struct world *w)
{
	u64 limit = 30 * MS;
	u32 a, b;

	for (a = 0; a < w->nodes; a++)
		for (b = 0; b < w->nodes; b++) {
			u64 rtt = 2 * (w->net.link[a][b].delay +
				       w->net.link[a][b].jitter);

			if (limit < 30 * MS + 4 * rtt)
				limit = 30 * MS + 4 * rtt;
		}
	return limit;
}

static bool step(struct world *w)
{
	struct event e;

	if (!queue_take(&w->queue, &e))
		return false;
	w->now = e.time;
	if (e.fn == node_receive || e.life == NONE ||
	    (w->node[e.node].running && w->node[e.node].life == e.life))
		e.fn(w, &e);
	net_put_buffer(&w->net, e.data);
	return true;
}

static void run_until(struct world *w, u64 time)
{
	while (!w->failed && w->queue.count &&
	       w->queue.heap[0].time <= time)
		step(w);
	if (!w->failed)
		w->now = time;
}

/* Wait until all is at rest, which it has to be at a time. */
static void await_rest(struct world *w, u64 limit)
{
	u64 end = w->load_end + limit;
	char why[200] = "";

	while (!w->failed && !oracle_rest(w, why, sizeof(why))) {
		if (w->now > end) {
			fail(w, "not at rest %llu ms after the end: %s",
			     (unsigned long long)(limit / MS), why);
			return;
		}
		run_until(w, w->now + (w->calm ? 5 : 50) * MS);
	}
	say(w, "at rest");
}

/* All has ended: wait until it is at rest, and see that it stays so. As long as
 * there are elections the active may still give way to one that is no more, and the
 * next one go on from there.
 */
static void settle(struct world *w)
{
	char why[200] = "";

	await_rest(w, w->calm ? calm_limit(w) : REST_WITHIN);
	run_until(w, w->now + SECOND);
	while (!w->failed && !oracle_rest(w, why, sizeof(why))) {
		if (w->calm || w->now > w->load_end + FAULT_ELECTIONS * SECOND) {
			fail(w, "did not stay at rest: %s", why);
			return;
		}
		await_rest(w, REST_WITHIN);
		run_until(w, w->now + SECOND);
	}
}

static void clear_queue(struct world *w)
{
	size_t i;

	for (i = 0; i < w->queue.count; i++)
		net_put_buffer(&w->net, w->queue.heap[i].data);
	w->queue.count = 0;
	w->queue.order = 0;
}

/**
 * world_run - one run
 * @w: the world; @trace is set, its memory is used again
 * @seed: decides everything
 *
 * Return: true if nothing was wrong.
 */
bool world_run(struct world *w, u64 seed)
{
	clear_queue(w);
	w->now = 0;
	w->ended = false;
	w->failed = false;
	w->next_tid = 0;
	w->highest = 0;
	w->oom = 0;
	w->forgets = 0;
	begin(w, seed);
	run_until(w, w->load_end);
	if (!w->failed) {
		say(w, "load and faults end");
		w->ended = true;
		fault_end(w);
		settle(w);
	}
	return !w->failed;
}
