/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two actives met, or one gave its group to another: whoever stays asks the one that
 * gave way for the flows that only that one has, takes them for its own where no
 * other connection has one of their tuples, and reports those that it cannot take.
 * The side that is asked is leftover.h.
 */
#ifndef _FLOWSYNC_REUNITE_H
#define _FLOWSYNC_REUNITE_H

#include <linux/types.h>

struct fs_group;
struct fs_member;
struct fs_node;
struct fs_peer;
struct fs_rd;

/**
 * struct fs_reunion - what of a member's flows this node has still to ask for;
 *	fs_peer.lock
 * @begun: it has something left over, and is asked for that
 * @done: it has no more, whatever its heartbeats say that are on their way
 * @place: from which place on
 * @retold: it was told everything again, as it was active; only in its heartbeat work
 */
struct fs_reunion {
	bool begun;
	bool done;
	u64 place;
	bool retold;
};

bool fs_reunite_step(struct fs_group *group, struct fs_member *member);
bool fs_reunite_heard(struct fs_peer *peer, const struct fs_rd *body);
void fs_reunite_unsettle(struct fs_node *node);

#endif /* _FLOWSYNC_REUNITE_H */
