/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sending half of the engine: from a peer's dirty set to datagrams, and
 * from acknowledgements back to what is synced.
 */
#ifndef _FLOWSYNC_SEND_H
#define _FLOWSYNC_SEND_H

#include <linux/types.h>

struct fs_ack;
struct fs_peer;

bool fs_send_init(struct fs_peer *peer);
void fs_send_exit(struct fs_peer *peer);
void fs_send_stop(struct fs_peer *peer);
void fs_send_kick(struct fs_peer *peer);
void fs_send_now(struct fs_peer *peer);
void fs_send_acked(struct fs_peer *peer, const struct fs_ack *ack);
void fs_send_need(struct fs_peer *peer, u32 slot);
void fs_send_abandon(struct fs_peer *peer);

#endif /* _FLOWSYNC_SEND_H */
