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
 * fs_keys_name - the name of a datagram that is sealed with keys
 * @keys: the keys
 * @header: its header, in which the name's own place does not count
 *
 * SipHash of the rest of the header. Who does not have the keys cannot tell the
 * name of a datagram that was not sent, so that made up ones are refused for a
 * small part of what opening them costs; and nobody can tell by it which
 * datagrams belong to one session. It is no substitute for the tag: it says
 * nothing of the payload.
 *
 * Return: the name, not 0.
 */
u64 fs_keys_name(const struct fs_keys *keys, const u8 header[FS_WIRE_HEADER])
{
	u8 rest[FS_WIRE_HEADER - 8];
	u64 name;

	memcpy(rest, header, FS_WIRE_NAME);
	memcpy(rest + FS_WIRE_NAME, header + FS_WIRE_NAME + 8,
	       sizeof(rest) - FS_WIRE_NAME);
	name = fs_crypto_mac(keys->name, rest, sizeof(rest));
	return name ? name : 1;
}

/**
 * fs_keys_put_name - name a datagram
 * @keys: the keys that it is sealed with
 * @header: its header, otherwise complete
 */
void fs_keys_put_name(const struct fs_keys *keys, u8 header[FS_WIRE_HEADER])
{
	struct fs_wr w;

	fs_wr_init(&w, header + FS_WIRE_NAME, 8);
	fs_wr_uint(&w, fs_keys_name(keys, header), 8);
}

/**
 * fs_keyring_named - the keys that a datagram is sealed with
 * @ring: the keys
 * @name: the datagram's
 * @header: its header
 *
 * Return: the keys, or NULL.
 */
struct fs_keys *fs_keyring_named(struct fs_keyring *ring, u64 name,
				 const u8 header[FS_WIRE_HEADER])
{
	struct fs_keys *all[] = { &ring->now, &ring->next, &ring->last };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i]->id && fs_keys_name(all[i], header) == name)
			return all[i];
	return NULL;
}

/**
 * fs_keyring_find - keys by what both sides know them by
 * @ring: the keys
 * @id: of the keys, not 0
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
