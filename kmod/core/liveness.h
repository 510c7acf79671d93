/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether something that should be heard regularly is alive.
 */
#ifndef _FLOWSYNC_CORE_LIVENESS_H
#define _FLOWSYNC_CORE_LIVENESS_H

#include "port.h"

/**
 * struct fs_liveness - of a peer, or of one of its links
 * @heard: when it was last heard, in the caller's milliseconds
 * @interval: how often it should be, in milliseconds
 * @count: how many intervals it may be silent for
 * @alive: what was last reported
 */
struct fs_liveness {
	u64 heard;
	u32 interval;
	u32 count;
	bool alive;
};

void fs_liveness_init(struct fs_liveness *l, u32 interval, u32 count);
bool fs_liveness_heard(struct fs_liveness *l, u64 now);
bool fs_liveness_expired(struct fs_liveness *l, u64 now);

#endif /* _FLOWSYNC_CORE_LIVENESS_H */
