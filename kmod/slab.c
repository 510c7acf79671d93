// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "slab.h"

/* Flows are of many sizes, each a multiple of SIZE_STEP, and each has a slab. */
#define SIZE_STEP	8u
#define SIZE_MOST	(sizeof(struct fs_shadow_twice) + FS_PACKED_WORDS * sizeof(u32))
#define SIZES		(SIZE_MOST / SIZE_STEP + 1)

static struct kmem_cache *slab[SIZES];

static unsigned int size_of(u8 shape)
{
	return (fs_shape_twice(shape) ? sizeof(struct fs_shadow_twice) :
					sizeof(struct fs_shadow_flow)) +
	       fs_packed_words(shape) * sizeof(u32);
}

/**
 * fs_shadow_register - have slabs for the flows of all nodes
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int fs_shadow_register(void)
{
	char name[32];
	unsigned int i;

	for (i = size_of(0) / SIZE_STEP; i < SIZES; i++) {
		unsigned int size = (i + 1) * SIZE_STEP;

		snprintf(name, sizeof(name), "flowsync_shadow_%u", size);
		slab[i] = kmem_cache_create(name, size, 0, 0, NULL);
		if (!slab[i])
			goto err;
	}
	return 0;

err:
	fs_shadow_unregister();
	return -ENOMEM;
}

/**
 * fs_shadow_unregister - give them back
 *
 * Context: process; the last flow was freed, and its grace period is over.
 */
void fs_shadow_unregister(void)
{
	unsigned int i;

	for (i = 0; i < SIZES; i++)
		kmem_cache_destroy(slab[i]);
}

static struct kmem_cache *slab_of(u8 shape)
{
	return slab[(size_of(shape) - 1) / SIZE_STEP];
}

/**
 * fs_shadow_alloc - have memory for a flow
 * @shape: fs_shape_of() it
 *
 * Context: any.
 * Return: the flow, with nothing set, or NULL.
 */
struct fs_shadow_flow *fs_shadow_alloc(u8 shape)
{
	void *room = kmem_cache_alloc(slab_of(shape), GFP_ATOMIC);

	if (!room || !fs_shape_twice(shape))
		return room;
	return &((struct fs_shadow_twice *)room)->flow;
}

/**
 * fs_shadow_free - give it back
 * @flow: the flow, which nobody could find yet, or any more; packed
 *
 * Context: any.
 */
void fs_shadow_free(struct fs_shadow_flow *flow)
{
	u8 shape = flow->packed.shape;
	void *room = flow;

	if (fs_shape_twice(shape))
		room = container_of(flow, struct fs_shadow_twice, flow);
	kmem_cache_free(slab_of(shape), room);
}

static void free_rcu(struct rcu_head *rcu)
{
	fs_shadow_free(container_of(rcu, struct fs_shadow_flow, rcu));
}

/**
 * fs_shadow_free_rcu - give it back after a grace period
 * @flow: the flow, which nobody can find any more; packed
 *
 * Context: any.
 */
void fs_shadow_free_rcu(struct fs_shadow_flow *flow)
{
	call_rcu(&flow->rcu, free_rcu);
}
