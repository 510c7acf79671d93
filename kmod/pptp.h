/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PPTP. Its helper keeps what it knows of a control connection in private: how far
 * that is, the identifiers of its call, and a map by which packets of the tunnel find
 * their connection, since each carries the identifier of one end only. It can be had
 * from the tunnel, which is a connection of GRE with both in its tuples.
 */
#ifndef _FLOWSYNC_PPTP_H
#define _FLOWSYNC_PPTP_H

#include <linux/types.h>

struct fs_node;
struct nf_conn;

bool fs_pptp_prepare(struct nf_conn *ct);
void fs_pptp_tunnel(struct fs_node *node, struct nf_conn *ct);

#endif /* _FLOWSYNC_PPTP_H */
