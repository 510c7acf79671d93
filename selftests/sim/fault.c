// SPDX-License-Identifier: GPL-2.0
#include "fault.h"
#include "world.h"

static u32 any_node(struct world *w)
{
	return (u32)rng_below(&w->rng, w->nodes);
}

static u32 find_active(const struct world *w)
{
	u32 n;

	for (n = 0; n < w->nodes; n++)
		if (w->node[n].running && w->node[n].role == FS_ROLE_ACTIVE)
			return n;
	return NONE;
}

static void promote(struct world *w, const struct event *e)
{
	struct node *n = &w->node[e->node];

	if (n->running && !w->ended)
		group_set_role(w, n, FS_ROLE_ACTIVE);
}

static void demote(struct world *w, const struct event *e)
{
	struct node *n = &w->node[e->node];

	if (n->running && !w->ended)
		group_set_role(w, n, FS_ROLE_STANDBY);
}

/* Nobody is active: somebody has to be. */
static void elect(struct world *w, const struct event *e)
{
	u32 n, tries;

	(void)e;
	if (find_active(w) != NONE)
		return;
	for (tries = 0; tries < 20; tries++) {
		n = any_node(w);
		if (w->node[n].running) {
			group_set_role(w, &w->node[n], FS_ROLE_ACTIVE);
			return;
		}
	}
}

static void restart(struct world *w, const struct event *e)
{
	if (!w->node[e->node].running)
		node_start(w, &w->node[e->node]);
}

static void kill_node(struct world *w, u32 n)
{
	/* Often sooner than the network forgets. */
	u64 least = rng_percent(&w->rng, 40) ? 5 * MS : 400 * MS;
	u64 more = least > 5 * MS && rng_percent(&w->rng, 50) ? 5 * SECOND :
								100 * MS;
	u64 down = rng_range(&w->rng, least, least + more);

	if (!w->node[n].running)
		return;
	w->stats.restarts++;
	node_stop(w, &w->node[n]);
	plan(w, down, restart, n, n);
	plan(w, rng_range(&w->rng, 100 * MS, 2 * SECOND), elect, NONE, NONE);
}

static u64 cut_time(struct world *w)
{
	u64 most = rng_percent(&w->rng, 20) ? 30 * SECOND : 4 * SECOND;

	return rng_range(&w->rng, rng_percent(&w->rng, 30) ? 50 * MS : SECOND,
			 most);
}

static void mend(struct world *w, const struct event *e)
{
	say(w, "link %u-%u mended", e->node, e->peer);
	net_cut(w, e->node, e->peer, e->len, -1);
}

static void cut(struct world *w, u32 a, u32 b, bool both, u64 time)
{
	struct event e = { .fn = mend, .node = a, .peer = b, .len = both };

	say(w, "link %u-%u cut, both %d, for %llu us", a, b, both,
	    (unsigned long long)time);
	net_cut(w, a, b, both, 1);
	e.life = NONE;
	e.time = w->now + time;
	queue_put(&w->queue, &e);
}

static void die(struct world *w, const struct event *e)
{
	if (!w->ended)
		kill_node(w, e->node);
}

/* Cut the nodes into two halves; the other half may get an active too, which may
 * have become a standby, or be dead, when the halves meet again.
 */
static void partition(struct world *w)
{
	u64 time = cut_time(w);
	u32 active = find_active(w), a, b;
	u64 side = rng_below(&w->rng, 1u << w->nodes);

	for (a = 0; a < w->nodes; a++)
		for (b = 0; b < a; b++)
			if ((side >> a & 1) != (side >> b & 1))
				cut(w, a, b, true, time);
	b = any_node(w);
	if (active == NONE || (side >> active & 1) == (side >> b & 1) ||
	    rng_percent(&w->rng, 30))
		return;
	a = (u32)rng_below(&w->rng, time);
	plan(w, a, promote, b, b);
	if (rng_percent(&w->rng, 50))
		plan(w, a + rng_below(&w->rng, time - a),
		     rng_percent(&w->rng, 50) ? demote : die, b, b);
}

/* Two are promoted that only hear of each other through others. */
static void rivals(struct world *w, u32 a, u32 b)
{
	cut(w, a, b, true, cut_time(w) / 4);
	plan(w, rng_below(&w->rng, 50 * MS), promote, a, a);
	plan(w, rng_below(&w->rng, 50 * MS), promote, b, b);
}

static void isolate(struct world *w, u32 n, u64 time)
{
	u32 i;

	for (i = 0; i < w->nodes; i++)
		if (i != n)
			cut(w, i, n, true, time);
}

/* The role goes to another and back, while a third hears of neither: what it was
 * told before bears the same names as what it will be told, or will find with
 * others should the one with the role be dead by then.
 */
static void there_and_back(struct world *w, u32 a, u32 b)
{
	u64 time = cut_time(w), first = rng_below(&w->rng, time);
	u32 third = any_node(w);

	if (third == a || third == b)
		return;
	isolate(w, third, time);
	plan(w, first, promote, b, b);
	first += rng_below(&w->rng, time - first);
	plan(w, first, promote, a, a);
	if (rng_percent(&w->rng, 50))
		plan(w, first + rng_below(&w->rng, time - first), die, a, a);
}

/* How long until all have missed a node. */
#define MISSED	(SECOND)

static void swing_back(struct world *w, const struct event *e)
{
	if (!w->ended)
		isolate(w, e->peer, 2 * MISSED + rng_below(&w->rng, SECOND));
}

/* Two are active in turn for those between them, and neither ever hears of the
 * other: what the first told at last the second has to find out.
 */
static void swing(struct world *w, u32 a, u32 b)
{
	u64 first = 2 * MISSED + rng_below(&w->rng, SECOND);

	isolate(w, a, first);
	plan(w, rng_below(&w->rng, first - MISSED), promote, b, b);
	plan(w, first - MISSED, swing_back, NONE, b);
	plan(w, first + MISSED / 2 - rng_below(&w->rng, MISSED / 4), die, a, a);
}

static void strike(struct world *w, const struct event *e)
{
	u32 a = any_node(w), b = any_node(w), active = find_active(w);

	(void)e;
	if (w->ended)
		return;
	switch (rng_below(&w->rng, 9)) {
	case 0:
		if (a != b)
			cut(w, a, b, rng_percent(&w->rng, 70), cut_time(w));
		break;
	case 1:
		partition(w);
		break;
	case 2:
		kill_node(w, a);
		break;
	case 3:
		if (active != NONE)
			kill_node(w, active);
		break;
	case 4:	/* a switch-over, announced to nobody */
		if (w->node[a].running)
			group_set_role(w, &w->node[a], FS_ROLE_ACTIVE);
		break;
	case 5:	/* the active is set standby, and sooner or later another */
		if (active != NONE)
			group_set_role(w, &w->node[active], FS_ROLE_STANDBY);
		plan(w, rng_below(&w->rng, SECOND), elect, NONE, NONE);
		break;
	case 6:
		if (a != b)
			rivals(w, a, b);
		break;
	case 7:
		if (active != NONE && active != b)
			there_and_back(w, active, b);
		break;
	case 8:
		if (active != NONE && active != b)
			swing(w, active, b);
		break;
	}
}

/**
 * fault_start - plan all that goes wrong
 * @w: the world, whose load's end is known
 */
void fault_start(struct world *w)
{
	u32 count = w->calm ? 0 : (u32)rng_below(&w->rng, 13);

	/* What goes wrong after a takeover, while the last one is not over. */
	if (rng_percent(&w->rng, 20))
		count *= 4;
	plan(w, rng_range(&w->rng, 1, 500 * MS), elect, NONE, NONE);
	if (!w->calm && rng_percent(&w->rng, 30))
		w->oom = (u32)rng_range(&w->rng, 1, 20);
	if (!w->calm && rng_percent(&w->rng, 20))
		w->forgets = (u32)rng_range(&w->rng, 1, 20);
	while (count--)
		plan(w, rng_range(&w->rng, 600 * MS, w->load_end), strike,
		     NONE, NONE);
}

/**
 * fault_end - nothing goes wrong any more
 * @w: the world
 */
void fault_end(struct world *w)
{
	u32 n;

	net_calm(w);
	for (n = 0; n < w->nodes; n++)
		if (!w->node[n].running)
			node_start(w, &w->node[n]);
	elect(w, NULL);
	/* The last one may yet give way to one that is no more: whoever decides
	 * goes on watching.
	 */
	for (n = 1; n <= FAULT_ELECTIONS; n++)
		plan(w, n * SECOND, elect, NONE, NONE);
}
