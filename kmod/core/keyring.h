/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The keys that a session is sealed with, from one handshake to the next. New
 * keys and old ones overlap, so that no datagram on its way is lost by a rekey.
 */
#ifndef _FLOWSYNC_CORE_KEYRING_H
#define _FLOWSYNC_CORE_KEYRING_H

#include "crypto.h"
#include "wire.h"

/* How long the keys before the present ones open what is late, in ms. */
#define FS_KEYS_LINGER	5000
/* Keys live for so many times the time after which they are to be renewed. */
#define FS_KEYS_LIVES	3
/* Datagrams after which keys are to be renewed. */
#define FS_KEYS_USES	(1ull << 30)

/**
 * struct fs_keys - what one handshake came to
 * @id: what both sides know them by; 0 if there are none
 * @session: of the peer
 * @send: seals what goes to the peer
 * @recv: opens what comes from it
 * @name: key of the names that datagrams have, see fs_keys_name()
 * @born: when they were agreed on, in ms
 * @uses: datagrams that were sealed and opened
 * @print: of the pre-shared key
 */
struct fs_keys {
	u64 id;
	u64 session;
	u8 send[FS_KEY];
	u8 recv[FS_KEY];
	u8 name[FS_MAC_KEY];
	u64 born;
	u64 uses;
	u32 print;
};

/**
 * struct fs_keyring - the keys that are valid for a peer
 * @now: seal and open; none: there is no session
 * @next: open only, until the peer is known to have them too
 * @last: open only, what was on its way
 * @since: when @now became that, in ms
 * @renew: after how long keys are to be renewed, in ms
 */
struct fs_keyring {
	struct fs_keys now;
	struct fs_keys next;
	struct fs_keys last;
	u64 since;
	u64 renew;
};

/* Nonce of a datagram: channels have sequence numbers of their own, and share
 * keys.
 */
static inline u64 fs_keys_nonce(u8 channel, u64 seq)
{
	return (u64)channel << 48 | seq;
}

void fs_keyring_wipe(struct fs_keyring *ring);
void fs_keyring_add(struct fs_keyring *ring, const struct fs_keys *keys,
		    bool confirmed, u64 now);
u64 fs_keys_name(const struct fs_keys *keys, const u8 header[FS_WIRE_HEADER]);
void fs_keys_put_name(const struct fs_keys *keys, u8 header[FS_WIRE_HEADER]);
struct fs_keys *fs_keyring_find(struct fs_keyring *ring, u64 id);
struct fs_keys *fs_keyring_named(struct fs_keyring *ring, u64 name,
				 const u8 header[FS_WIRE_HEADER]);
bool fs_keyring_opened(struct fs_keyring *ring, u64 id, u64 now);
void fs_keyring_expire(struct fs_keyring *ring, u64 now);
bool fs_keyring_old(const struct fs_keyring *ring, u64 now);

#endif /* _FLOWSYNC_CORE_KEYRING_H */
