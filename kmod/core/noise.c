// SPDX-License-Identifier: GPL-2.0
#include "noise.h"

#define BLOCK	64	/* of BLAKE2s */

static const char protocol[] = "Noise_NNpsk0_25519_ChaChaPoly_BLAKE2s";
static const char prologue[] = "flowsync 1";
static const char mac_label[] = "flowsync mac";
static const char print_label[] = "flowsync print";

static void hmac(u8 out[FS_KEY], const u8 key[FS_KEY], const void *data,
		 size_t len)
{
	u8 pad[BLOCK], inner[FS_KEY];
	unsigned int i;

	memset(pad, 0x36, sizeof(pad));
	for (i = 0; i < FS_KEY; i++)
		pad[i] ^= key[i];
	fs_crypto_hash(inner, pad, sizeof(pad), data, len);
	for (i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36 ^ 0x5c;
	fs_crypto_hash(out, pad, sizeof(pad), inner, sizeof(inner));
	fs_crypto_wipe(pad, sizeof(pad));
	fs_crypto_wipe(inner, sizeof(inner));
}

/* HKDF of Noise; @third may be NULL. Outputs may be the chaining key itself. */
static void hkdf(const u8 ck[FS_KEY], const void *input, size_t len,
		 u8 first[FS_KEY], u8 second[FS_KEY], u8 third[FS_KEY])
{
	u8 temp[FS_KEY], last[FS_KEY + 1];

	hmac(temp, ck, input, len);
	last[0] = 1;
	hmac(first, temp, last, 1);
	memcpy(last, first, FS_KEY);
	last[FS_KEY] = 2;
	hmac(second, temp, last, sizeof(last));
	if (third) {
		memcpy(last, second, FS_KEY);
		last[FS_KEY] = 3;
		hmac(third, temp, last, sizeof(last));
	}
	fs_crypto_wipe(temp, sizeof(temp));
	fs_crypto_wipe(last, sizeof(last));
}

static void mix_hash(struct fs_noise *n, const void *data, size_t len)
{
	fs_crypto_hash(n->h, n->h, FS_KEY, data, len);
}

static void mix_key(struct fs_noise *n, const u8 *input)
{
	hkdf(n->ck, input, FS_KEY, n->ck, n->k, NULL);
}

static void mix_key_and_hash(struct fs_noise *n, const u8 *input)
{
	u8 temp[FS_KEY];

	hkdf(n->ck, input, FS_KEY, n->ck, temp, n->k);
	mix_hash(n, temp, sizeof(temp));
	fs_crypto_wipe(temp, sizeof(temp));
}

/**
 * fs_psk_init - take what is needed of a pre-shared key
 * @psk: result
 * @key: the key; the caller wipes it
 */
void fs_psk_init(struct fs_psk *psk, const u8 key[FS_KEY])
{
	struct fs_noise *n = &psk->start;
	u8 derived[FS_KEY];
	unsigned int i;

	fs_crypto_hash(n->h, protocol, sizeof(protocol) - 1, NULL, 0);
	memcpy(n->ck, n->h, FS_KEY);
	mix_hash(n, prologue, sizeof(prologue) - 1);
	mix_key_and_hash(n, key);

	hmac(derived, key, mac_label, sizeof(mac_label) - 1);
	memcpy(psk->mac, derived, FS_MAC_KEY);
	hmac(derived, key, print_label, sizeof(print_label) - 1);
	for (psk->print = 0, i = 0; i < 4; i++)
		psk->print = psk->print << 8 | derived[i];
	if (!psk->print)
		psk->print = 1;
	fs_crypto_wipe(derived, sizeof(derived));
	psk->set = true;
}

/**
 * fs_noise_e_in - token e, of the other side
 * @n: state
 * @point: its ephemeral public key
 */
void fs_noise_e_in(struct fs_noise *n, const u8 point[FS_KEY])
{
	mix_hash(n, point, FS_KEY);
	mix_key(n, point);
}

/**
 * fs_noise_e_out - token e, of this side
 * @n: state
 * @secret: random
 * @point: result: the ephemeral public key to send
 *
 * Return: false if there is none for @secret.
 */
bool fs_noise_e_out(struct fs_noise *n, const u8 secret[FS_KEY],
		    u8 point[FS_KEY])
{
	if (!fs_crypto_public(point, secret))
		return false;
	fs_noise_e_in(n, point);
	return true;
}

/**
 * fs_noise_ee - token ee
 * @n: state
 * @secret: of this side
 * @point: of the other
 *
 * Return: false if @point is one that no honest side sends.
 */
bool fs_noise_ee(struct fs_noise *n, const u8 secret[FS_KEY],
		 const u8 point[FS_KEY])
{
	u8 shared[FS_KEY];
	bool good;

	good = fs_crypto_dh(shared, secret, point);
	if (good)
		mix_key(n, shared);
	fs_crypto_wipe(shared, sizeof(shared));
	return good;
}

/**
 * fs_noise_seal - EncryptAndHash
 * @n: state; each of its keys seals one payload
 * @data: the payload, with FS_TAG octets of room behind it
 * @len: of the payload
 */
void fs_noise_seal(struct fs_noise *n, u8 *data, size_t len)
{
	fs_crypto_seal(data, len, n->h, FS_KEY, 0, n->k);
	mix_hash(n, data, len + FS_TAG);
}

/**
 * fs_noise_open - DecryptAndHash
 * @n: state; worthless if this fails
 * @data: what was sealed, with its tag
 * @len: of the payload, without it
 *
 * Return: whether it is authentic.
 */
bool fs_noise_open(struct fs_noise *n, u8 *data, size_t len)
{
	u8 h[FS_KEY];

	fs_crypto_hash(h, n->h, FS_KEY, data, len + FS_TAG);
	if (!fs_crypto_open(data, len, n->h, FS_KEY, 0, n->k))
		return false;
	memcpy(n->h, h, FS_KEY);
	return true;
}

/**
 * fs_noise_split - the end of a handshake
 * @n: state; wiped
 * @first: result: seals what the initiator sends
 * @second: result: seals what the responder sends
 * @name: result: names what either sends, see fs_keys_name(); the first octets of
 *	a third output, as Noise has it where more than two keys are needed
 *
 * Return: what both know these keys by: the first octets of the handshake's hash,
 * not 0.
 */
u64 fs_noise_split(struct fs_noise *n, u8 first[FS_KEY], u8 second[FS_KEY],
		   u8 name[FS_MAC_KEY])
{
	u8 third[FS_KEY];
	unsigned int i;
	u64 id = 0;

	hkdf(n->ck, NULL, 0, first, second, third);
	memcpy(name, third, FS_MAC_KEY);
	fs_crypto_wipe(third, sizeof(third));
	for (i = 0; i < 8; i++)
		id = id << 8 | n->h[i];
	fs_crypto_wipe(n, sizeof(*n));
	return id ? id : 1;
}
