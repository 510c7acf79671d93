/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Going on for the active that this node took over from: which members hold its
 * flows as it told them is asked, not told again; and what this node does not
 * know they are asked for. See core/heir.h; the members' side is bequest.h.
 */
#ifndef _FLOWSYNC_INHERIT_H
#define _FLOWSYNC_INHERIT_H

#include <linux/types.h>

#include "core/heir.h"

struct fs_group;
struct fs_member;
struct fs_peer;

/* Buckets to be asked for slot by slot that wait for a peer. */
#define FS_INHERIT_WAIT	32

/**
 * struct fs_inherit - what is asked of a peer about a group; fs_peer.lock
 * @rest: place to go on from, with asking for what else it holds
 * @rested: it holds no more
 * @each: buckets of which it does not hold all
 * @each_count: length of @each
 * @gone: flows that it offered, and that have ended
 * @gones: length of @gone
 * @gone_session: of the origin, in which they bear these names
 */
struct fs_inherit {
	u64 rest;
	bool rested;
	u32 each[FS_INHERIT_WAIT];
	unsigned int each_count;
	struct fs_gone gone[FS_HEIR_GONE];
	unsigned int gones;
	u64 gone_session;
};

void fs_inherit_start(struct fs_group *group);
void fs_inherit_reset(struct fs_member *member);
void fs_inherit_reset_peer(struct fs_peer *peer);
void fs_inherit_step(struct fs_peer *peer);
void fs_inherit_heard(struct fs_peer *peer, const struct fs_rd *body);
void fs_inherit_put_acked(struct fs_peer *peer, struct fs_wr *w);

#endif /* _FLOWSYNC_INHERIT_H */
