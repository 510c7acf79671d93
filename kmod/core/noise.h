/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handshake's key schedule: Noise_NNpsk0_25519_ChaChaPoly_BLAKE2s, revision
 * 34 of the Noise Protocol Framework, with the prologue "flowsync 1":
 *
 *	-> psk, e
 *	<- e, ee
 *
 * Both ephemeral keys and the pre-shared key are mixed into what the session is
 * sealed with: who learns the pre-shared key later opens nothing of before.
 */
#ifndef _FLOWSYNC_CORE_NOISE_H
#define _FLOWSYNC_CORE_NOISE_H

#include "crypto.h"

/**
 * struct fs_noise - a handshake's state
 * @ck: chaining key
 * @h: hash of all that was said
 * @k: seals the next payload
 */
struct fs_noise {
	u8 ck[FS_KEY];
	u8 h[FS_KEY];
	u8 k[FS_KEY];
};

/**
 * struct fs_psk - a pre-shared key, as far as it is kept
 * @set: there is one
 * @print: names it, and says nothing of it; not 0
 * @start: a handshake's state once the key is mixed in; the key itself is not
 *	kept
 * @mac: of the tags that let a handshake's datagrams pass
 */
struct fs_psk {
	bool set;
	u32 print;
	struct fs_noise start;
	u8 mac[FS_MAC_KEY];
};

void fs_psk_init(struct fs_psk *psk, const u8 key[FS_KEY]);
bool fs_noise_e_out(struct fs_noise *n, const u8 secret[FS_KEY],
		    u8 point[FS_KEY]);
void fs_noise_e_in(struct fs_noise *n, const u8 point[FS_KEY]);
bool fs_noise_ee(struct fs_noise *n, const u8 secret[FS_KEY],
		 const u8 point[FS_KEY]);
void fs_noise_seal(struct fs_noise *n, u8 *data, size_t len);
bool fs_noise_open(struct fs_noise *n, u8 *data, size_t len);
u64 fs_noise_split(struct fs_noise *n, u8 first[FS_KEY], u8 second[FS_KEY],
		   u8 name[FS_MAC_KEY]);

#endif /* _FLOWSYNC_CORE_NOISE_H */
