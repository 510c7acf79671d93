/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Live conntrack entries of flows of other origins: they follow what the origin tells,
 * and end as the flow does. And those of this node's own flows, which packets that pass
 * another node bring forward.
 */
#ifndef _FLOWSYNC_LIVE_H
#define _FLOWSYNC_LIVE_H

#include <linux/types.h>

struct fs_node;
struct fs_peer;
struct fs_state;
struct nf_conn;

void fs_live_forward(struct fs_node *node, struct nf_conn *ct,
		     const struct fs_state *state, bool behind);
void fs_live_update(struct fs_node *node, struct fs_peer *peer, u32 slot);
void fs_live_prolong(struct fs_node *node, struct fs_peer *peer, u32 slot);
void fs_live_advance(struct fs_node *node, struct nf_conn *ct,
		     const struct fs_state *state);
void fs_live_supersede(struct fs_node *node, const struct fs_state *state);
void fs_live_end(struct fs_node *node, const struct fs_state *state);

#endif /* _FLOWSYNC_LIVE_H */
