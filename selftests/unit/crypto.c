// SPDX-License-Identifier: GPL-2.0
/* What core/ needs of cryptography, from OpenSSL's libcrypto; SipHash is ours. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "crypto.h"

static void must(bool good)
{
	if (!good)
		abort();
}

void fs_crypto_hash(u8 out[FS_KEY], const void *a, size_t alen, const void *b,
		    size_t blen)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	must(ctx && EVP_DigestInit_ex(ctx, EVP_blake2s256(), NULL) &&
	     EVP_DigestUpdate(ctx, a, alen) && EVP_DigestUpdate(ctx, b, blen) &&
	     EVP_DigestFinal_ex(ctx, out, NULL));
	EVP_MD_CTX_free(ctx);
}

bool fs_crypto_public(u8 out[FS_KEY], const u8 secret[FS_KEY])
{
	size_t len = FS_KEY;
	EVP_PKEY *key;

	key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret,
					   FS_KEY);
	must(key && EVP_PKEY_get_raw_public_key(key, out, &len));
	EVP_PKEY_free(key);
	return true;
}

bool fs_crypto_dh(u8 out[FS_KEY], const u8 secret[FS_KEY],
		  const u8 point[FS_KEY])
{
	EVP_PKEY *mine, *theirs;
	size_t len = FS_KEY;
	EVP_PKEY_CTX *ctx;
	bool good;

	mine = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret,
					    FS_KEY);
	theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, point,
					     FS_KEY);
	must(mine && theirs);
	ctx = EVP_PKEY_CTX_new(mine, NULL);
	must(ctx && EVP_PKEY_derive_init(ctx) == 1);
	/* It refuses a result of zeros, as the kernel does. */
	good = EVP_PKEY_derive_set_peer(ctx, theirs) == 1 &&
	       EVP_PKEY_derive(ctx, out, &len) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(mine);
	EVP_PKEY_free(theirs);
	return good;
}

static EVP_CIPHER_CTX *begin(const void *ad, size_t adlen, u64 nonce,
			     const u8 key[FS_KEY], int sealing)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	u8 iv[12] = { 0 };
	int i, len;

	for (i = 0; i < 8; i++)
		iv[4 + i] = (u8)(nonce >> 8 * i);
	must(ctx && EVP_CipherInit_ex(ctx, EVP_chacha20_poly1305(), NULL, key,
				      iv, sealing) &&
	     EVP_CipherUpdate(ctx, NULL, &len, ad, (int)adlen));
	return ctx;
}

void fs_crypto_seal(u8 *data, size_t len, const void *ad, size_t adlen,
		    u64 nonce, const u8 key[FS_KEY])
{
	EVP_CIPHER_CTX *ctx = begin(ad, adlen, nonce, key, 1);
	int done;

	must(EVP_CipherUpdate(ctx, data, &done, data, (int)len) &&
	     EVP_CipherFinal_ex(ctx, data + len, &done) &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, FS_TAG,
				 data + len));
	EVP_CIPHER_CTX_free(ctx);
}

bool fs_crypto_open(u8 *data, size_t len, const void *ad, size_t adlen,
		    u64 nonce, const u8 key[FS_KEY])
{
	EVP_CIPHER_CTX *ctx = begin(ad, adlen, nonce, key, 0);
	bool good;
	int done;

	must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, FS_TAG,
				 data + len) &&
	     EVP_CipherUpdate(ctx, data, &done, data, (int)len));
	good = EVP_CipherFinal_ex(ctx, data + len, &done) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return good;
}

static u64 little(const u8 *p, size_t len)
{
	u64 value = 0;

	while (len--)
		value = value << 8 | p[len];
	return value;
}

static void sip_round(u64 v[4])
{
#define ROTATE(x, n)	((x) << (n) | (x) >> (64 - (n)))
	v[0] += v[1];
	v[1] = ROTATE(v[1], 13) ^ v[0];
	v[0] = ROTATE(v[0], 32);
	v[2] += v[3];
	v[3] = ROTATE(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = ROTATE(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = ROTATE(v[1], 17) ^ v[2];
	v[2] = ROTATE(v[2], 32);
#undef ROTATE
}

static void sip_word(u64 v[4], u64 word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

u64 fs_crypto_mac(const u8 key[FS_MAC_KEY], const void *data, size_t len)
{
	u64 k0 = little(key, 8), k1 = little(key + 8, 8);
	u64 v[4] = {
		k0 ^ 0x736f6d6570736575ull, k1 ^ 0x646f72616e646f6dull,
		k0 ^ 0x6c7967656e657261ull, k1 ^ 0x7465646279746573ull,
	};
	u64 last = (u64)len << 56;
	const u8 *p = data;
	int i;

	for (; len >= 8; p += 8, len -= 8)
		sip_word(v, little(p, 8));
	sip_word(v, last | little(p, len));
	v[2] ^= 0xff;
	for (i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void fs_crypto_wipe(void *data, size_t len)
{
	OPENSSL_cleanse(data, len);
}
