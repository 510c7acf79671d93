/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control datagrams on their way out: heartbeats and acknowledgements.
 */
#ifndef _FLOWSYNC_HEARTBEAT_H
#define _FLOWSYNC_HEARTBEAT_H

struct fs_ask;
struct fs_check;
struct fs_heir;
struct fs_inherit;
struct fs_peer;
struct fs_result;

void fs_heartbeats_send(struct fs_peer *peer);
bool fs_ack_init(struct fs_peer *peer);
void fs_ack_exit(struct fs_peer *peer);
void fs_ack_now(struct fs_peer *peer);
void fs_heir_send(struct fs_peer *peer, const struct fs_heir *heir,
		  struct fs_inherit *in, const struct fs_ask *ask,
		  unsigned int count, bool rest);
void fs_rest_send(struct fs_peer *peer, const struct fs_heir *heir, u64 place);
void fs_ack_due(struct fs_peer *peer);
void fs_check_due(struct fs_peer *peer, const struct fs_check *check);
void fs_checks_send(struct fs_peer *peer, const struct fs_check *check,
		    unsigned int count);

void fs_alive_tell(struct fs_peer *peer);
void fs_advances_tell(struct fs_peer *peer);
void fs_results_send(struct fs_peer *peer, const struct fs_result *result,
		     unsigned int count);
void fs_noted_due(struct fs_peer *peer, const struct fs_result *result);

#endif /* _FLOWSYNC_HEARTBEAT_H */
