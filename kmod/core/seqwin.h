/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What has been received of a channel's sequence numbers, which is also what
 * is acknowledged.
 */
#ifndef _FLOWSYNC_CORE_SEQWIN_H
#define _FLOWSYNC_CORE_SEQWIN_H

#include "port.h"

/* How far behind the highest a number may arrive and still be told apart, and
 * be acknowledged. A sender has no more datagrams in flight.
 */
#define FS_SEQWIN_BITS	256
#define FS_SEQWIN_WORDS	(FS_SEQWIN_BITS / 64)

/**
 * struct fs_seqwin - receive window
 * @base: number before the first one that was expected
 * @top: highest number received or announced
 * @received: how many different ones were received
 * @seen: bit n (of word n / 64) is set if @top - n was received
 */
struct fs_seqwin {
	u64 base;
	u64 top;
	u64 received;
	u64 seen[FS_SEQWIN_WORDS];
};

/**
 * enum fs_seq_verdict - what a sequence number is
 * @FS_SEQ_NEW: not received before
 * @FS_SEQ_DUPLICATE: received before
 * @FS_SEQ_OLD: too far behind to tell
 */
enum fs_seq_verdict {
	FS_SEQ_NEW,
	FS_SEQ_DUPLICATE,
	FS_SEQ_OLD,
};

void fs_seqwin_init(struct fs_seqwin *w, u64 base);
enum fs_seq_verdict fs_seqwin_look(const struct fs_seqwin *w, u64 seq);
enum fs_seq_verdict fs_seqwin_receive(struct fs_seqwin *w, u64 seq);
void fs_seqwin_announce(struct fs_seqwin *w, u64 seq);
u64 fs_seqwin_missing(const struct fs_seqwin *w);

#endif /* _FLOWSYNC_CORE_SEQWIN_H */
