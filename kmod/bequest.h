/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a member answers an heir, a peer that goes on for the active before it:
 * which flows of that one it holds as the heir has them, and what it holds
 * besides. The heir's side is inherit.h.
 */
#ifndef _FLOWSYNC_BEQUEST_H
#define _FLOWSYNC_BEQUEST_H

#include <linux/types.h>

#include "core/heir.h"

struct fs_peer;

/* Answers that wait for a peer. */
#define FS_BEQUEST_WAIT	32

/**
 * struct fs_bequest - what a peer asks as heir; fs_peer.lock
 * @answer: answers for it
 * @answers: length of @answer
 * @wants_rest: it asks for the rest
 * @rest_from: from which place on
 * @heir: for whom it goes on
 */
struct fs_bequest {
	struct fs_hold answer[FS_BEQUEST_WAIT];
	unsigned int answers;
	bool wants_rest;
	u64 rest_from;
	struct fs_heir heir;
};

void fs_bequest_heard(struct fs_peer *peer, const struct fs_rd *body);
bool fs_bequest_put(struct fs_peer *peer, struct fs_wr *w);

#endif /* _FLOWSYNC_BEQUEST_H */
