// SPDX-License-Identifier: GPL-2.0
/*
 * What core/ needs of cryptography, for the simulator: worth nothing against
 * anybody, quick, and with what the protocol relies on. Two sides come to the
 * same number, and whatever differs in one bit comes out different.
 */
#include "crypto.h"

#define PRIME	((1ull << 61) - 1)

static u64 mix(u64 sum, const void *data, size_t len)
{
	const u8 *p = data;

	for (; len--; p++) {
		sum = (sum ^ *p) * 0x9e3779b97f4a7c15ull;
		sum ^= sum >> 29;
	}
	return sum;
}

static void spread(u8 out[FS_KEY], u64 sum)
{
	u64 word[FS_KEY / 8];
	unsigned int i;

	for (i = 0; i < FS_KEY / 8; i++)
		word[i] = sum = mix(sum, "word", 4);
	memcpy(out, word, FS_KEY);
}

static u64 number(const u8 data[FS_KEY])
{
	u64 word;

	memcpy(&word, data, 8);
	return word % PRIME | 1;
}

static bool times(u8 out[FS_KEY], const u8 secret[FS_KEY], u64 point)
{
	unsigned __int128 product = number(secret);
	u64 result = (u64)(product * point % PRIME);

	memset(out, 0, FS_KEY);
	memcpy(out, &result, 8);
	return result;
}

void fs_crypto_hash(u8 out[FS_KEY], const void *a, size_t alen, const void *b,
		    size_t blen)
{
	spread(out, mix(mix(alen + blen, a, alen), b, blen));
}

bool fs_crypto_public(u8 out[FS_KEY], const u8 secret[FS_KEY])
{
	return times(out, secret, 9);
}

bool fs_crypto_dh(u8 out[FS_KEY], const u8 secret[FS_KEY],
		  const u8 point[FS_KEY])
{
	u64 word;

	memcpy(&word, point, 8);
	return times(out, secret, word);
}

static void tag_of(u8 tag[FS_TAG], const u8 *data, size_t len, const void *ad,
		   size_t adlen, u64 nonce, const u8 key[FS_KEY])
{
	u64 sum = mix(mix(mix(mix(1, key, FS_KEY), &nonce, 8), ad, adlen), data,
		      len);

	memset(tag, 0, FS_TAG);
	memcpy(tag, &sum, sizeof(sum));
}

void fs_crypto_seal(u8 *data, size_t len, const void *ad, size_t adlen,
		    u64 nonce, const u8 key[FS_KEY])
{
	tag_of(data + len, data, len, ad, adlen, nonce, key);
}

bool fs_crypto_open(u8 *data, size_t len, const void *ad, size_t adlen,
		    u64 nonce, const u8 key[FS_KEY])
{
	u8 tag[FS_TAG];

	tag_of(tag, data, len, ad, adlen, nonce, key);
	return !memcmp(tag, data + len, FS_TAG);
}

u64 fs_crypto_mac(const u8 key[FS_MAC_KEY], const void *data, size_t len)
{
	return mix(mix(2, key, FS_MAC_KEY), data, len);
}

void fs_crypto_wipe(void *data, size_t len)
{
	memset(data, 0, len);
}
