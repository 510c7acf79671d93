/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Resync: the order and the pace in which a peer is told of what it missed. What
 * changes meanwhile goes first; of the rest the warm flows go before the cold
 * ones, and none waits for longer than a configured time, as far as the path
 * carries it.
 */
#ifndef _FLOWSYNC_RESYNC_H
#define _FLOWSYNC_RESYNC_H

#include <linux/types.h>

struct fs_peer;

/**
 * struct fs_resync - what a peer missed, while it is told; fs_flows.lock
 * @started: when that began, in ms
 * @total: how many slots waited then
 * @early: nothing was taken at the last try, since it is too early
 * @unfinished: nor was all looked at
 */
struct fs_resync {
	u64 started;
	u32 total;
	bool early;
	bool unfinished;
};

/**
 * struct fs_seek - the search for what is told next of a group; fs_flows.lock
 * @level: how warm a flow has to be to be taken now: a place in a list
 * @slot: where the search goes on
 */
struct fs_seek {
	u32 level;
	u32 slot;
};

void fs_resync_begin(struct fs_peer *peer);
u32 fs_resync_next(struct fs_peer *peer, u8 place);
u32 fs_resync_left(const struct fs_peer *peer);

#endif /* _FLOWSYNC_RESYNC_H */
