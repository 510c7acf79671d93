// SPDX-License-Identifier: GPL-2.0
#include "load.h"
#include "world.h"

/**
 * table_reset - empty a table, as at a node's start
 * @t: the table
 */
void table_reset(struct table *t)
{
	u32 i;

	memset(t->flow, 0, t->used * sizeof(t->flow[0]));
	for (i = 0; i < SLOTS; i++)
		t->free[i] = SLOTS - 1 - i;
	memset(t->placed, 0, sizeof(t->placed));
	memset(t->by_tid, 0xff, sizeof(t->by_tid));
	t->free_count = SLOTS;
	t->used = 0;
	t->live = 0;
	t->op = 0;
}

/**
 * table_slot - what a slot is, as core wants it
 * @n: the node
 * @slot: the slot
 *
 * Return: op, generation, life.
 */
struct fs_slot table_slot(const struct node *n, u32 slot)
{
	const struct flow *f = &n->table.flow[slot];
	struct fs_slot now = { .op = f->op, .gen = f->gen, .live = f->live };

	return now;
}

enum what { CHANGED, REUSED, ENDED, ADOPTED };

static void tell(struct world *w, struct node *n, u32 slot, enum what what)
{
	u32 i;

	w->stats.changes++;
	for (i = 0; i < w->nodes; i++) {
		struct fs_sync *s = &n->peer[i].sync;

		if (i == n->id)
			continue;
		if (broken == BREAK_forget_told && !n->peer[i].up)
			continue;
		if (what == CHANGED)
			fs_sync_changed(s, slot);
		else if (what == REUSED)
			fs_sync_reused(s, slot);
		else if (what == ENDED)
			fs_sync_ended(s, slot);
		else if (n->heir == i + 1 || broken == BREAK_retell)
			/* The origin before holds none of its own flows. */
			fs_sync_reused(s, slot);
		else
			fs_sync_adopted(s, slot);
		send_kick(w, n, i);
	}
}

/**
 * table_add - a new flow
 * @w: the world
 * @n: the node
 * @state: of the flow
 * @tid: its tuple, which no other flow of the node has
 *
 * Return: false if there is no slot left.
 */
bool table_add(struct world *w, struct node *n, const struct fs_state *state,
	       u32 tid)
{
	struct table *t = &n->table;
	struct flow *f;
	u32 slot;

	if (!t->free_count)
		return false;
	slot = t->free[--t->free_count];
	f = &t->flow[slot];
	f->gen++;
	f->op = ++t->op;
	f->tid = tid;
	f->state = *state;
	f->adopted = 0;
	f->again = false;
	f->live = true;
	t->by_tid[tid] = slot;
	t->live++;
	if (slot >= t->used)
		t->used = slot + 1;
	tell(w, n, slot, REUSED);
	return true;
}

/**
 * table_adopt - a flow that was another origin's, under the name it had there
 * @w: the world
 * @n: the node
 * @h: the flow
 * @slot: its slot
 *
 * Generations of a slot never go back, under whatever epoch: who knows the end of a
 * later one must not take it for the end of this.
 *
 * Return: false if the slot is taken, or was further.
 */
bool table_adopt(struct world *w, struct node *n, const struct held *h, u32 slot)
{
	struct table *t = &n->table;
	struct flow *f = &t->flow[slot];
	u32 i;

	if (f->live || (f->gen > h->had.gen && broken != BREAK_gen_back))
		return false;
	for (i = 0; t->free[i] != slot; i++)
		;
	t->free[i] = t->free[--t->free_count];
	f->again = f->gen == h->had.gen;
	f->gen = h->had.gen;
	f->op = h->had.op;
	f->adopted = f->op;
	f->tid = h->tid;
	f->state = h->state;
	f->live = true;
	t->placed[slot] = true;
	t->by_tid[h->tid] = slot;
	t->live++;
	if (t->op < f->op)
		t->op = f->op;
	if (slot >= t->used)
		t->used = slot + 1;
	w->stats.adopted++;
	tell(w, n, slot, ADOPTED);
	return true;
}

/**
 * table_change - a flow changes
 * @w: the world
 * @n: the node
 * @slot: of the flow, live
 */
void table_change(struct world *w, struct node *n, u32 slot)
{
	struct flow *f = &n->table.flow[slot];

	load_vary(w, &f->state);
	f->op = ++n->table.op;
	tell(w, n, slot, CHANGED);
}

/**
 * table_end - a flow ends
 * @w: the world
 * @n: the node
 * @slot: of the flow, live
 */
void table_end(struct world *w, struct node *n, u32 slot)
{
	struct table *t = &n->table;
	struct flow *f = &t->flow[slot];

	f->live = false;
	f->op = ++t->op;
	t->by_tid[f->tid] = NONE;
	t->free[t->free_count++] = slot;
	t->live--;
	tell(w, n, slot, ENDED);
}

/**
 * table_forget - the node is no longer the origin of anything
 * @w: the world
 * @n: the node, no longer active
 *
 * Nothing is sent while it is not active. What its peers were told of is
 * remembered: should it be active again, they have to drop it.
 */
void table_forget(struct world *w, struct node *n)
{
	u32 slot, i;

	for (slot = 0; slot < n->table.used; slot++)
		if (n->table.flow[slot].live)
			table_end(w, n, slot);
	for (i = 0; broken == BREAK_forget_table && i < w->nodes; i++)
		fs_sync_clear(&n->peer[i].sync);
}
