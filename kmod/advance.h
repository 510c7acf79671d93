/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flows of other origins that packets advance here: their directions pass two
 * nodes, or their packets came here before this node became active. Each has a
 * live entry here, is marked in the map of its origin, and what the entry is ahead
 * of the shadow is returned to the origin, until that has told as much itself.
 */
#ifndef _FLOWSYNC_ADVANCE_H
#define _FLOWSYNC_ADVANCE_H

#include <linux/types.h>

struct fs_node;
struct fs_peer;
struct fs_record;
struct fs_shadow_flow;
struct fs_wr;
struct nf_conn;

/* Most flows that wait to be told at once, for a peer. */
#define FS_ADVANCES_WAIT	64

bool fs_advance_packet(struct fs_node *node, struct nf_conn *ct);
void fs_advance_mark(struct fs_shadow_flow *flow, const struct nf_conn *ct);
bool fs_advance_put_now(struct fs_peer *peer, struct fs_wr *w);
bool fs_advance_due(struct fs_peer *peer);
bool fs_advance_put_all(struct fs_peer *peer, struct fs_wr *w);
void fs_advance_heard(struct fs_peer *peer, const struct fs_record *rec);

#endif /* _FLOWSYNC_ADVANCE_H */
