/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether conntrack has room for what the shadow may have to install, and
 * another try of what it had no room for.
 */
#ifndef _FLOWSYNC_ROOM_H
#define _FLOWSYNC_ROOM_H

#include "core/result.h"

struct fs_node;

void fs_room_of(const struct fs_node *node, struct fs_room *room);
void fs_room_look(struct fs_node *node);

#endif /* _FLOWSYNC_ROOM_H */
