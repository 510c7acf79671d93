/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long a shadow flow is kept, and how much time it has left.
 *
 * Its time is over when the origin's is, to a second. What the origin tells says what
 * is left, and packets that nothing else is told of give the flow its whole time again:
 * of them there is a bit, a second later. While the origin holds the flow it is kept
 * all the same: it says when one ends.
 *
 * Times are in tenths of a second since boot, as 32 bits.
 */
#ifndef _FLOWSYNC_LIFETIME_H
#define _FLOWSYNC_LIFETIME_H

#include <linux/types.h>

#include "core/control.h"

struct fs_node;
struct fs_peer;
struct fs_shadow_flow;

void fs_shadow_time(struct fs_shadow_flow *flow, u32 timeout);
u32 fs_shadow_over(unsigned long left);
u32 fs_shadow_left(const struct fs_shadow_flow *flow, u64 now);
u8 fs_shadow_alive(struct fs_peer *peer, u32 first, u8 bits,
		   enum fs_alive_kind kind);
void fs_shadow_new_session(struct fs_node *node, struct fs_peer *peer);
void fs_shadow_drop_peer(struct fs_node *node, struct fs_peer *peer);
void fs_shadow_expire(struct fs_node *node);

#endif /* _FLOWSYNC_LIFETIME_H */
