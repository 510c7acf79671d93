// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "queue.h"

static bool before(const struct event *a, const struct event *b)
{
	return a->time != b->time ? a->time < b->time : a->order < b->order;
}

/**
 * queue_put - plan an event
 * @q: the queue
 * @e: the event; its order is given here
 */
void queue_put(struct queue *q, const struct event *e)
{
	struct event new = *e;
	size_t i;

	if (q->count == q->room) {
		q->room = q->room ? 2 * q->room : 1024;
		q->heap = realloc(q->heap, q->room * sizeof(*q->heap));
		if (!q->heap)
			abort();
	}
	new.order = q->order++;
	for (i = q->count++; i && before(&new, &q->heap[(i - 1) / 2]);
	     i = (i - 1) / 2)
		q->heap[i] = q->heap[(i - 1) / 2];
	q->heap[i] = new;
}

/**
 * queue_take - take the event that is due first
 * @q: the queue
 * @e: result
 *
 * Return: false if there is none.
 */
bool queue_take(struct queue *q, struct event *e)
{
	struct event *last;
	size_t i = 0;

	if (!q->count)
		return false;
	*e = q->heap[0];
	last = &q->heap[--q->count];
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= q->count)
			break;
		if (child + 1 < q->count &&
		    before(&q->heap[child + 1], &q->heap[child]))
			child++;
		if (!before(&q->heap[child], last))
			break;
		q->heap[i] = q->heap[child];
		i = child;
	}
	q->heap[i] = *last;
	return true;
}
