/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much is held: flows in the shadow by origin and group.
 */
#ifndef _FLOWSYNC_HELD_H
#define _FLOWSYNC_HELD_H

#include <linux/types.h>

#include "group.h"

struct fs_node;
struct fs_peer;

/* Most groups of which flows of one origin can be in the shadow at a time: those
 * that there are, and as many that were deleted.
 */
#define FS_HELD_GROUPS	(2 * FS_GROUPS)

/**
 * struct fs_held_of - flows of one origin and group; fs_shadow.lock
 * @group: id of the group
 * @count: how many; 0 if the entry is free
 */
struct fs_held_of {
	u16 group;
	u32 count;
};

struct fs_held_of *fs_held_of(struct fs_peer *peer, u16 group);
void fs_held_less(struct fs_peer *peer, u16 group);
u64 fs_held_count(const struct fs_peer *peer, u16 group);
u64 fs_held_all(struct fs_node *node, u16 group);

#endif /* _FLOWSYNC_HELD_H */
