/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long a shadow flow is kept.
 */
#ifndef _FLOWSYNC_LIFETIME_H
#define _FLOWSYNC_LIFETIME_H

#include <linux/types.h>

struct fs_node;
struct fs_peer;
struct fs_shadow_flow;

u64 fs_shadow_seen(const struct fs_shadow_flow *flow, u64 now);
void fs_shadow_new_session(struct fs_node *node, struct fs_peer *peer);
void fs_shadow_drop_peer(struct fs_node *node, struct fs_peer *peer);
void fs_shadow_expire(struct fs_node *node);

#endif /* _FLOWSYNC_LIFETIME_H */
