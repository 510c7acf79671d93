/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory for the flows of the shadow: a slab for each of their sizes, shared by all
 * nodes.
 */
#ifndef _FLOWSYNC_SLAB_H
#define _FLOWSYNC_SLAB_H

#include "shadow.h"

/**
 * struct fs_shadow_twice - a flow that is in the table by both its tuples
 * @reply: in fs_shadow.by_tuple, by the reply tuple
 * @flow: the flow
 */
struct fs_shadow_twice {
	struct fs_entry reply;
	struct fs_shadow_flow flow;
};

int fs_shadow_register(void);
void fs_shadow_unregister(void);
struct fs_shadow_flow *fs_shadow_alloc(u8 shape);
void fs_shadow_free(struct fs_shadow_flow *flow);
void fs_shadow_free_rcu(struct fs_shadow_flow *flow);

#endif /* _FLOWSYNC_SLAB_H */
