// SPDX-License-Identifier: GPL-2.0
#include "load.h"
#include "world.h"

/* How busy an active node is. */
static struct {
	u64 interval;
	u32 burst;
	u32 flows;
	u32 tuples;
} pace;

static const u8 protos[] = { FS_TCP, FS_UDP, FS_TCP, FS_ICMP };

/* The same tuple gives the same flow but for what load_vary() varies. */
static void make_state(struct world *w, struct fs_state *s, u32 tid)
{
	u8 len, i;

	memset(s, 0, sizeof(*s));
	s->family = tid & 16 ? FS_IPV6 : FS_IPV4;
	s->proto = protos[tid % ARRAY_SIZE(protos)];
	if (s->proto == FS_ICMP && s->family == FS_IPV6)
		s->proto = FS_ICMPV6;
	len = (u8)fs_addr_len(s->family);
	for (i = 0; i < 4; i++)
		s->tuple[0].src.octets[i] = (u8)(tid >> 8 * i);
	for (i = 0; i < len; i++)
		s->tuple[0].dst.octets[i] = (u8)(100 + i);
	s->tuple[0].sport = (u16)(1024 + tid);
	s->tuple[0].dport = s->proto == FS_ICMP ? 8 << 8 :
			    s->proto == FS_ICMPV6 ? 128 << 8 : 443;
	fs_tuple_invert(&s->tuple[1], &s->tuple[0], s->proto);
	if (tid & 32)
		s->tuple[1].dst.octets[0] = 203;
	if (tid & 64 && s->proto == FS_TCP)
		s->tuple[1].dport = (u16)(50000 - tid);
	if (tid % 7 == 0) {
		s->zone.id = (u16)tid;
		s->zone.dir = 3;
	}
	load_vary(w, s);
}

/**
 * load_tid - which tuple a flow has
 * @s: the flow
 *
 * Return: its number.
 */
u32 load_tid(const struct fs_state *s)
{
	const u8 *o = s->tuple[0].src.octets;

	return (o[0] | (u32)o[1] << 8) % TUPLES;
}

/**
 * load_vary - change what may change of a flow
 * @w: the world
 * @s: the flow
 */
void load_vary(struct world *w, struct fs_state *s)
{
	u64 chance = rng_next(&w->rng);

	s->status = chance & FS_STATUS_MASK;
	s->timeout = (u32)(chance >> 3) % FS_TIMEOUT_MAX;
	s->attrs.has = chance >> 23 & 1 ? FS_ATTR_MARK : 0;
	s->attrs.mark = (u32)(chance >> 24);
	if (s->proto != FS_TCP)
		return;
	s->tcp.state = (u8)(FS_TCP_STATE_MIN + (chance >> 40) %
			    (FS_TCP_STATE_MAX - FS_TCP_STATE_MIN + 1));
	s->tcp.scale[0] = (u8)((chance >> 44) % (FS_TCP_SCALE_MAX + 1));
	s->tcp.scale[1] = (u8)((chance >> 48) % (FS_TCP_SCALE_MAX + 1));
	s->tcp.flags[0] = (chance >> 52) & FS_TCP_FLAGS;
	s->tcp.flags[1] = (chance >> 56) & FS_TCP_FLAGS;
}

static void create(struct world *w, struct node *n)
{
	struct fs_state state;
	u32 tid;

	if (w->next_tid < pace.tuples && rng_percent(&w->rng, 70))
		tid = w->next_tid++;
	else
		tid = (u32)rng_below(&w->rng, pace.tuples);
	if (n->table.by_tid[tid] != NONE)
		return;
	make_state(w, &state, tid);
	table_add(w, n, &state, tid);
}

static void change(struct world *w, struct node *n, bool end)
{
	u32 slot;

	if (!n->table.used)
		return;
	slot = (u32)rng_below(&w->rng, n->table.used);
	if (!n->table.flow[slot].live)
		return;
	if (end)
		table_end(w, n, slot);
	else
		table_change(w, n, slot);
}

static void one(struct world *w, struct node *n)
{
	bool full = n->table.live >= pace.flows;

	switch (rng_below(&w->rng, 8)) {
	case 0:
	case 1:
	case 2:
		if (!full)
			create(w, n);
		else
			change(w, n, true);
		break;
	case 3:
		change(w, n, true);
		break;
	default:
		change(w, n, false);
	}
}

static void work(struct world *w, const struct event *e)
{
	u32 i, n, count = 1;

	(void)e;
	if (w->ended)
		return;
	if (rng_percent(&w->rng, 10))
		count = (u32)rng_range(&w->rng, 1, pace.burst);
	for (n = 0; n < w->nodes; n++) {
		if (!w->node[n].running || w->node[n].role != FS_ROLE_ACTIVE)
			continue;
		for (i = 0; i < count; i++)
			one(w, &w->node[n]);
		w->node[n].served += count;
	}
	plan(w, rng_range(&w->rng, 1, 2 * pace.interval), work, NONE, NONE);
}

/**
 * load_start - draw how much load there is, and begin it
 * @w: the world
 */
void load_start(struct world *w)
{
	pace.interval = rng_range(&w->rng, 500, 20000);
	pace.burst = (u32)rng_range(&w->rng, 1, 120);
	pace.flows = (u32)rng_range(&w->rng, 5, 350);
	pace.tuples = (u32)rng_range(&w->rng, pace.flows + 10, 600);
	plan(w, 0, work, NONE, NONE);
}
