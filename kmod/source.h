/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the flows of the shadow come from: which peer told them, in which session,
 * as of which group and under which claim. Many have it in common, so it is kept
 * once, and counts them.
 */
#ifndef _FLOWSYNC_SOURCE_H
#define _FLOWSYNC_SOURCE_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct fs_node;
struct fs_peer;

/**
 * struct fs_source - what flows of one origin have in common
 * @list: in fs_peer.sources; RCU, written under fs_shadow.lock
 * @rcu: to free it
 * @peer: the origin
 * @epoch: of the group when the origin sent them
 * @group: id of their group
 * @map: which of fs_peer.shadow they are in
 * @count: how many there are; fs_shadow.lock, read without it
 *
 * All but @count stays as it is.
 */
struct fs_source {
	struct list_head list;
	struct rcu_head rcu;
	struct fs_peer *peer;
	u64 epoch;
	u16 group;
	u8 map;
	u32 count;
};

struct fs_source *fs_source_get(struct fs_peer *peer, unsigned int map,
				u16 group, u64 epoch);
void fs_source_put(struct fs_source *source);
u64 fs_held_count(const struct fs_peer *peer, u16 group);
u64 fs_held_all(struct fs_node *node, u16 group);

#endif /* _FLOWSYNC_SOURCE_H */
