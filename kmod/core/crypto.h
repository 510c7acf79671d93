/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What core/ needs of cryptography. Whoever builds core/ brings it along: the
 * module the kernel's library, the host programs one of theirs.
 */
#ifndef _FLOWSYNC_CORE_CRYPTO_H
#define _FLOWSYNC_CORE_CRYPTO_H

#include "port.h"

/* Octets of a key, of a hash, and of a point of the curve. */
#define FS_KEY		32
/* Octets that sealing adds. */
#define FS_TAG		16
/* Octets of a key of fs_crypto_mac(), and of what it makes. */
#define FS_MAC_KEY	16
#define FS_MAC		8

/* BLAKE2s-256 of @a, then @b. */
void fs_crypto_hash(u8 out[FS_KEY], const void *a, size_t alen,
		    const void *b, size_t blen);
/* X25519. Both return false for a point that gives away what it shall not. */
bool fs_crypto_public(u8 out[FS_KEY], const u8 secret[FS_KEY]);
bool fs_crypto_dh(u8 out[FS_KEY], const u8 secret[FS_KEY],
		  const u8 point[FS_KEY]);
/* ChaCha20-Poly1305 as in RFC 8439, in place; the nonce is four octets of 0,
 * then @nonce, the least octet first. @len is that of the plain text; its tag
 * goes, and is, behind it.
 */
void fs_crypto_seal(u8 *data, size_t len, const void *ad, size_t adlen,
		    u64 nonce, const u8 key[FS_KEY]);
bool fs_crypto_open(u8 *data, size_t len, const void *ad, size_t adlen,
		    u64 nonce, const u8 key[FS_KEY]);
/* SipHash-2-4. */
u64 fs_crypto_mac(const u8 key[FS_MAC_KEY], const void *data, size_t len);
/* Overwrite what nobody may find in memory. */
void fs_crypto_wipe(void *data, size_t len);

#endif /* _FLOWSYNC_CORE_CRYPTO_H */
