// SPDX-License-Identifier: GPL-2.0
#include "keyring.h"

/**
 * fs_keyring_wipe - forget all keys
 * @ring: the keys; @renew stays
 */
void fs_keyring_wipe(struct fs_keyring *ring)
{
	fs_crypto_wipe(&ring->now, sizeof(ring->now));
	fs_crypto_wipe(&ring->next, sizeof(ring->next));
	fs_crypto_wipe(&ring->last, sizeof(ring->last));
}

static void switch_to(struct fs_keyring *ring, const struct fs_keys *keys,
		      u64 now)
{
	/* What a session before this one said is worth nothing any more. */
	if (ring->now.id && ring->now.session == keys->session)
		ring->last = ring->now;
	else
		fs_crypto_wipe(&ring->last, sizeof(ring->last));
	ring->now = *keys;
	ring->since = now;
}

/**
 * fs_keyring_add - a handshake came to its end
 * @ring: the keys
 * @keys: the new ones
 * @confirmed: the peer has them too
 * @now: in ms
 */
void fs_keyring_add(struct fs_keyring *ring, const struct fs_keys *keys,
		    bool confirmed, u64 now)
{
	if (!confirmed) {
		ring->next = *keys;
		return;
	}
	switch_to(ring, keys, now);
	fs_crypto_wipe(&ring->next, sizeof(ring->next));
}

/**
 * fs_keyring_find - keys by their name
 * @ring: the keys
 * @id: as a datagram has it, not 0
 *
 * Return: the keys, or NULL.
 */
struct fs_keys *fs_keyring_find(struct fs_keyring *ring, u64 id)
{
	if (ring->now.id == id)
		return &ring->now;
	if (ring->next.id == id)
		return &ring->next;
	if (ring->last.id == id)
		return &ring->last;
	return NULL;
}

/**
 * fs_keyring_opened - a datagram was opened
 * @ring: the keys
 * @id: with which
 * @now: in ms
 *
 * Return: whether the peer is known from now on to have the next keys, which
 * are the present ones then.
 */
bool fs_keyring_opened(struct fs_keyring *ring, u64 id, u64 now)
{
	if (ring->next.id != id)
		return false;
	switch_to(ring, &ring->next, now);
	fs_crypto_wipe(&ring->next, sizeof(ring->next));
	return true;
}

static bool lived(const struct fs_keyring *ring, const struct fs_keys *keys,
		  u64 now)
{
	return keys->id && now - keys->born >= FS_KEYS_LIVES * ring->renew;
}

/**
 * fs_keyring_expire - forget keys whose time is over
 * @ring: the keys
 * @now: in ms
 */
void fs_keyring_expire(struct fs_keyring *ring, u64 now)
{
	if (ring->last.id && now - ring->since >= FS_KEYS_LINGER)
		fs_crypto_wipe(&ring->last, sizeof(ring->last));
	if (lived(ring, &ring->next, now))
		fs_crypto_wipe(&ring->next, sizeof(ring->next));
	if (lived(ring, &ring->now, now))
		fs_keyring_wipe(ring);
}

/**
 * fs_keyring_old - whether the present keys are to be renewed
 * @ring: the keys
 * @now: in ms
 *
 * Return: by time or by count; false if there are none.
 */
bool fs_keyring_old(const struct fs_keyring *ring, u64 now)
{
	return ring->now.id && (now - ring->now.born >= ring->renew ||
				ring->now.uses >= FS_KEYS_USES);
}
