/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flows with a helper. It looks at a packet behind all hooks, so what it makes of
 * it, an expectation or an adjustment, is not there yet when the packet passes. So
 * such flows are looked at again a moment later.
 */
#ifndef _FLOWSYNC_HELPED_H
#define _FLOWSYNC_HELPED_H

struct fs_node;
struct nf_conn;

void fs_helped_init(struct fs_node *node);
void fs_helped_stop(struct fs_node *node);
void fs_helped_packet(struct fs_node *node, const struct nf_conn *ct);

#endif /* _FLOWSYNC_HELPED_H */
