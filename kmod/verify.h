/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Assessment: whether a peer holds what this node believes it does. An origin
 * sends digests of its buckets; what differs is sent again.
 */
#ifndef _FLOWSYNC_VERIFY_H
#define _FLOWSYNC_VERIFY_H

#include <linux/types.h>

#include "core/digest.h"

struct fs_peer;

/* How often a pass begins by itself. */
#define FS_VERIFY_INTERVAL_MS	10000

/**
 * struct fs_verify - assessment of one peer; fs_flows.lock
 * @started: when the pass began, in ms
 * @op: last op before it began: answers to older checks are of another pass
 * @due: when all answers should be there to what was asked since the first bucket
 *	had its turn, in ms
 * @pass: passes that were completed since it was last begun to tell the peer, or to
 *	tell it everything
 * @running: a pass has begun and is not complete
 * @wanted: begin a pass now
 * @differs: a bucket was found to differ since the last pass that was clean
 * @repaired: slots told again because a bucket differed, since the peer was added
 */
struct fs_verify {
	u64 started;
	u64 op;
	u64 due;
	u32 pass;
	bool running;
	bool wanted;
	bool differs;
	u64 repaired;
};

void fs_verify_step(struct fs_peer *peer);
void fs_verify_request(struct fs_peer *peer);
void fs_verify_restart(struct fs_peer *peer);
void fs_verify_answered(struct fs_peer *peer, const struct fs_answer *answer);
void fs_verify_asked(struct fs_peer *peer, const struct fs_check *check,
		     struct fs_answer *answer);
bool fs_verify_synced(struct fs_peer *peer);

#endif /* _FLOWSYNC_VERIFY_H */
