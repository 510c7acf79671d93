/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this node refused of what was sent to it, told to whoever listens: not each
 * datagram, but for each cause how many since the last word of it.
 */
#ifndef _FLOWSYNC_REFUSED_H
#define _FLOWSYNC_REFUSED_H

#include <linux/types.h>

struct fs_node;

/* How many causes there are. */
#define FS_REFUSED_CAUSES	18

/**
 * struct fs_refused - what was told of one cause; only the node's walk uses it
 * @told: the counter's value then
 * @next: in ms, not before that it is told again
 */
struct fs_refused {
	u64 told;
	u64 next;
};

void fs_refused_look(struct fs_node *node);

#endif /* _FLOWSYNC_REFUSED_H */
