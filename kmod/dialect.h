/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a node and a peer understand of each other. Each offers the protocol
 * versions and options that it knows; what the other does not know is left out
 * of what it is told, and can be seen. A flow that says something else without
 * what has to be left out is not told.
 */
#ifndef _FLOWSYNC_DIALECT_H
#define _FLOWSYNC_DIALECT_H

#include <linux/atomic.h>
#include <linux/types.h>

struct fs_offer;
struct fs_peer;
struct fs_record;
struct sk_buff;

/**
 * struct fs_dialect - what a peer was not told, and said that is not known here
 * @known: options of records that this node understands; fixed
 * @left_out: options that flows had and the peer was told without
 * @refused: options that flows had, which it was not told of for that
 * @unknown: channel << 8 | type of the last option of the peer that had to be
 *	understood and is not known; 0 for none
 * @refused_reported: what was reported of @refused; only in the heartbeat work
 * @unknown_reported: the same of @unknown
 */
struct fs_dialect {
	u64 known;
	atomic64_t left_out;
	atomic64_t refused;
	u16 unknown;
	u64 refused_reported;
	u16 unknown_reported;
};

void fs_dialect_init(struct fs_peer *peer, struct fs_offer *offer);
void fs_dialect_reset(struct fs_peer *peer);
bool fs_dialect_lower(struct fs_peer *peer, struct fs_record *rec);
void fs_dialect_unknown(struct fs_peer *peer, u8 channel, u8 type);
void fs_dialect_look(struct fs_peer *peer);
int fs_dialect_show(struct sk_buff *skb, struct fs_peer *peer);

#endif /* _FLOWSYNC_DIALECT_H */
