// SPDX-License-Identifier: GPL-2.0
/* What core/ needs of cryptography, from the kernel's library. */
#include <crypto/blake2s.h>
#include <crypto/chacha20poly1305.h>
#include <crypto/curve25519.h>
#include <linux/siphash.h>
#include <linux/string.h>

#include "core/crypto.h"

static_assert(FS_KEY == BLAKE2S_HASH_SIZE);
static_assert(FS_KEY == CHACHA20POLY1305_KEY_SIZE);
static_assert(FS_KEY == CURVE25519_KEY_SIZE);
static_assert(FS_TAG == CHACHA20POLY1305_AUTHTAG_SIZE);
static_assert(FS_MAC_KEY == sizeof(siphash_key_t));

void fs_crypto_hash(u8 out[FS_KEY], const void *a, size_t alen, const void *b,
		    size_t blen)
{
	struct blake2s_state state;

	blake2s_init(&state, FS_KEY);
	blake2s_update(&state, a, alen);
	blake2s_update(&state, b, blen);
	blake2s_final(&state, out);
}

bool fs_crypto_public(u8 out[FS_KEY], const u8 secret[FS_KEY])
{
	u8 clamped[FS_KEY];
	bool good;

	memcpy(clamped, secret, FS_KEY);
	curve25519_clamp_secret(clamped);
	good = curve25519_generate_public(out, clamped);
	memzero_explicit(clamped, sizeof(clamped));
	return good;
}

bool fs_crypto_dh(u8 out[FS_KEY], const u8 secret[FS_KEY],
		  const u8 point[FS_KEY])
{
	u8 clamped[FS_KEY];
	bool good;

	memcpy(clamped, secret, FS_KEY);
	curve25519_clamp_secret(clamped);
	good = curve25519(out, clamped, point);
	memzero_explicit(clamped, sizeof(clamped));
	return good;
}

void fs_crypto_seal(u8 *data, size_t len, const void *ad, size_t adlen,
		    u64 nonce, const u8 key[FS_KEY])
{
	chacha20poly1305_encrypt(data, data, len, ad, adlen, nonce, key);
}

bool fs_crypto_open(u8 *data, size_t len, const void *ad, size_t adlen,
		    u64 nonce, const u8 key[FS_KEY])
{
	return chacha20poly1305_decrypt(data, data, len + FS_TAG, ad, adlen,
					nonce, key);
}

u64 fs_crypto_mac(const u8 key[FS_MAC_KEY], const void *data, size_t len)
{
	siphash_key_t k = {
		.key = { get_unaligned_le64(key), get_unaligned_le64(key + 8) },
	};

	return siphash(data, len, &k);
}

void fs_crypto_wipe(void *data, size_t len)
{
	memzero_explicit(data, len);
}
