/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a peer's datagrams are sealed with, and how keys come about.
 */
#ifndef _FLOWSYNC_SEAL_H
#define _FLOWSYNC_SEAL_H

#include <linux/mutex.h>
#include <linux/workqueue.h>

#include <linux/flowsync.h>

#include "core/keyring.h"
#include "core/seqwin.h"
#include "core/session.h"
#include "core/wire.h"

struct fs_link;
struct fs_peer;
struct netlink_ext_ack;

/**
 * struct fs_arrival - a datagram of the handshake channel that waits
 * @link: over which it came
 * @len: its octets, 0 for none
 * @data: the datagram
 */
struct fs_arrival {
	struct fs_link *link;
	size_t len;
	u8 data[FS_SHAKE_MAX];
};

/**
 * struct fs_seal - a peer's keys and handshake
 * @plain: nothing is sealed: both sides are configured so
 * @ring: the keys; fs_peer.lock
 * @filter: which handshake datagrams are looked at; fs_peer.lock
 * @arrival: what passed it: a hello, and one of the others; fs_peer.lock
 * @tokens: how many hellos may be looked at now; fs_peer.lock
 * @refilled: when @tokens grew last, in ms; fs_peer.lock
 * @opened: state datagrams that were opened; fs_peer.lock
 * @print: of this node's pre-shared keys, 0 for none; fs_peer.lock
 * @peer_cookie: as the peer's last heartbeat says; fs_peer.lock
 * @peer_print: of the peer's pre-shared keys, as it says; fs_peer.lock
 * @offer: what the peer can do, as it said last; fs_peer.lock
 * @state: how the handshake stands; fs_peer.lock
 * @rekeys: handshakes that came to keys; fs_peer.lock
 * @mutex: guards what follows
 * @session: the handshake's state
 * @hand: a datagram that is looked at
 * @out: what @session has to say
 * @work: looks at what arrived
 */
struct fs_seal {
	bool plain;
	struct fs_keyring ring;
	struct fs_filter filter;
	struct fs_arrival arrival[2];
	unsigned int tokens;
	u64 refilled;
	struct fs_seqwin opened;
	u32 print[FS_PSKS];
	u64 peer_cookie;
	u32 peer_print[FS_PSKS];
	struct fs_offer offer;
	enum flowsync_handshake state;
	u64 rekeys;

	struct mutex mutex;
	struct fs_session session;
	struct fs_arrival hand;
	struct fs_shake out;
	struct work_struct work;
};

/**
 * struct fs_seal_config - what a new peer's seal is made of
 * @key: the pre-shared key; NULL: nothing is to be sealed
 * @rekey_s: seconds after which keys are renewed
 */
struct fs_seal_config {
	const u8 *key;
	u32 rekey_s;
};

/* seal.c */
int fs_seal_send(struct fs_peer *peer, struct fs_link *link,
		 enum fs_channel channel, u64 seq, u8 *data, size_t len);
bool fs_seal_open(struct fs_peer *peer, struct fs_header *h, u8 *data);
bool fs_seal_ready(struct fs_peer *peer);

/* handshake.c */
void fs_seal_init(struct fs_peer *peer, const struct fs_seal_config *config);
int fs_seal_next_key(struct fs_peer *peer, const u8 *key,
		     struct netlink_ext_ack *extack);
int fs_seal_drop_key(struct fs_peer *peer, struct netlink_ext_ack *extack);
enum flowsync_rotation fs_seal_rotation(const struct fs_peer *peer);
void fs_seal_stop(struct fs_peer *peer);
void fs_seal_wipe(struct fs_peer *peer);
void fs_handshake_tick(struct fs_peer *peer);
void fs_handshake_forget(const struct fs_link *link);
void fs_handshake_receive(struct fs_link *link, const u8 *data, size_t len);

#endif /* _FLOWSYNC_SEAL_H */
