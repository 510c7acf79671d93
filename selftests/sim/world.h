/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One run: the nodes, the network, the clock, and what went wrong.
 */
#ifndef _SIM_WORLD_H
#define _SIM_WORLD_H

#include "breaks.h"
#include "net.h"
#include "node.h"
#include "queue.h"
#include "rng.h"

#define MS	1000ull
#define SECOND	1000000ull

/**
 * struct stats - that a run did something
 */
struct stats {
	u64 changes;
	u64 records;
	u64 needs;
	u64 lost;
	u64 promotions;
	u64 meetings;
	u64 restarts;
	u64 displaced;
	u64 no_memory;
	u64 refused;
	u64 adopted;
	u64 relabelled;
	u64 retold;
	u64 offers;
	u64 reclaims;
	u64 forgotten;
};

/**
 * struct world - one run
 * @rng: all chance comes from here
 * @now: virtual time, microseconds
 * @queue: what will happen
 * @net: the network
 * @nodes: how many there are
 * @node: the nodes
 * @calm: nothing goes wrong in this run
 * @oom: percent of datagrams for which a receiver has no memory
 * @forgets: percent of flows that leave a shadow as soon as they were told
 * @load_end: when the load and the faults end
 * @ended: they have
 * @next_tid: first tuple not used yet
 * @highest: epochs there can be: one for each promotion
 * @failed: what went wrong is in @why
 * @trace: tell what happens
 * @stats: what happened, in numbers
 */
struct world {
	struct rng rng;
	u64 now;
	struct queue queue;
	struct net net;
	u32 nodes;
	struct node *node;
	bool calm;
	unsigned int oom;
	unsigned int forgets;
	u64 load_end;
	bool ended;
	u32 next_tid;
	u64 highest;
	bool failed;
	bool trace;
	char why[256];
	struct stats stats;
};

void fail(struct world *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void say(struct world *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void plan(struct world *w, u64 delay,
	  void (*fn)(struct world *w, const struct event *e), u32 node,
	  u32 peer);
bool world_run(struct world *w, u64 seed);

#endif /* _SIM_WORLD_H */
