/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What will happen, by virtual time in microseconds. What is due at the same
 * time happens in the order in which it was planned.
 */
#ifndef _SIM_QUEUE_H
#define _SIM_QUEUE_H

#include "port.h"

struct world;

/**
 * struct event - something that will happen
 * @time: when
 * @order: breaks ties
 * @fn: what
 * @node: at which node
 * @peer: about which other node
 * @life: of @node: what is planned dies with it
 * @data: a datagram, or NULL
 * @len: its octets
 */
struct event {
	u64 time;
	u64 order;
	void (*fn)(struct world *w, const struct event *e);
	u32 node;
	u32 peer;
	u32 life;
	u32 len;
	u8 *data;
};

struct queue {
	struct event *heap;
	size_t count;
	size_t room;
	u64 order;
};

void queue_put(struct queue *q, const struct event *e);
bool queue_take(struct queue *q, struct event *e);

#endif /* _SIM_QUEUE_H */
