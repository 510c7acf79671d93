/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How groups stand between this node and its peers, for whoever decides which
 * node is active: what each holds of the other, and what it asks for.
 */
#ifndef _FLOWSYNC_STANDING_H
#define _FLOWSYNC_STANDING_H

#include <linux/types.h>

#include "core/control.h"

struct fs_group;
struct fs_peer;
struct fs_rd;

/**
 * struct fs_told - what a peer told of a group
 * @view: its role and epoch
 * @priority: its own; 0 also if it did not say
 * @flags: FS_STANDING_*
 */
struct fs_told {
	struct fs_group_view view;
	u8 priority;
	u8 flags;
};

struct fs_standing fs_standing_of(struct fs_group *group, struct fs_peer *peer);
u8 fs_standing_own(struct fs_group *group);
bool fs_standing_heard(struct fs_peer *peer, const struct fs_rd *body);
void fs_standing_look(struct fs_peer *peer);

#endif /* _FLOWSYNC_STANDING_H */
