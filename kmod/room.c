// SPDX-License-Identifier: GPL-2.0
#include <net/netfilter/nf_conntrack.h>

#include "event.h"
#include "node.h"
#include "peer.h"
#include "room.h"
#include "takeover.h"

/* Most flows that are tried again at one step of the walk. */
#define RETRY_MOST	1000u
/* conntrack has room again when this part of it is free, so that one connection
 * that comes and goes makes no events.
 */
#define ROOM_PART	64

/**
 * fs_room_of - what room conntrack has
 * @node: the node
 * @room: result
 *
 * Context: any.
 */
void fs_room_of(const struct fs_node *node, struct fs_room *room)
{
	u32 most = READ_ONCE(nf_conntrack_max);
	u32 count = nf_conntrack_count(node->net);

	/* 0: as many as there is memory for. */
	room->left = !most ? U32_MAX : most > count ? most - count : 0;
	room->full = !room->left;
}

static void report(struct fs_node *node, bool full)
{
	WRITE_ONCE(node->full, full);
	if (full)
		fs_event_node(node, FLOWSYNC_EVENT_TABLE_FULL,
			      "nf_conntrack has no room: what is in the shadow cannot be installed");
	else
		fs_event_node(node, FLOWSYNC_EVENT_TABLE_ROOM,
			      "nf_conntrack has room again");
}

/**
 * fs_room_look - look whether conntrack is full, and use what room it has
 * @node: the node
 *
 * Context: process: the node's walk.
 */
void fs_room_look(struct fs_node *node)
{
	u32 most = READ_ONCE(nf_conntrack_max);
	struct fs_room room;

	fs_room_of(node, &room);
	if (room.full && !node->full)
		report(node, true);
	else if (node->full && room.left > most / ROOM_PART)
		report(node, false);
	if (!node->full && room.left)
		fs_takeover_retry(node, min(room.left, RETRY_MOST));
}
