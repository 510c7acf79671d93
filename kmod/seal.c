// SPDX-License-Identifier: GPL-2.0
#include "link.h"
#include "node.h"
#include "peer.h"
#include "seal.h"

/**
 * fs_seal_ready - whether there is a session, so that anything can be sent
 * @peer: the peer
 *
 * Context: any.
 */
bool fs_seal_ready(struct fs_peer *peer)
{
	return READ_ONCE(peer->seal.ring.now.id);
}

/**
 * fs_seal_send - seal a datagram and send it
 * @peer: the peer
 * @link: over which of its links
 * @channel: of the datagram
 * @seq: its sequence number; never the same again
 * @data: room for the header, then the payload, then room for FS_TAG octets
 * @len: octets of header and payload
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int fs_seal_send(struct fs_peer *peer, struct fs_link *link,
		 enum fs_channel channel, u64 seq, u8 *data, size_t len)
{
	struct fs_seal *seal = &peer->seal;
	struct fs_header header = {
		.channel = channel,
		.node = peer->node->id,
		.seq = seq,
	};
	u8 key[FS_KEY];
	struct fs_wr w;
	bool ready;

	header.len = len - FS_WIRE_HEADER + (seal->plain ? 0 : FS_TAG);
	fs_wr_init(&w, data, FS_WIRE_HEADER);
	fs_header_put(&w, &header);

	spin_lock_bh(&peer->lock);
	ready = seal->ring.now.id;
	if (ready) {
		seal->ring.now.uses++;
		fs_keys_put_name(&seal->ring.now, data);
		memcpy(key, seal->ring.now.send, FS_KEY);
		peer->tx.bytes += FS_WIRE_HEADER + header.len;
		link->tx.datagrams++;
		link->tx.bytes += FS_WIRE_HEADER + header.len;
	}
	spin_unlock_bh(&peer->lock);
	if (!ready)
		return -ENOTCONN;

	if (!seal->plain) {
		fs_crypto_seal(data + FS_WIRE_HEADER, len - FS_WIRE_HEADER,
			       data, FS_WIRE_HEADER,
			       fs_keys_nonce(channel, seq), key);
		len += FS_TAG;
	}
	memzero_explicit(key, sizeof(key));
	return fs_link_send(link, data, len);
}

static struct fs_seqwin *window_of(struct fs_peer *peer, u8 channel)
{
	lockdep_assert_held(&peer->lock);

	return channel == FS_CHANNEL_CONTROL ?
	       &peer->window[FS_CHANNEL_CONTROL] : &peer->seal.opened;
}

/* Whether a datagram's number is one that was not had before, if @keys are of
 * the session that the window is of.
 */
static bool is_new(struct fs_peer *peer, const struct fs_header *h,
		   const struct fs_keys *keys)
{
	lockdep_assert_held(&peer->lock);

	if (keys->session != peer->session)
		return true;
	switch (fs_seqwin_look(window_of(peer, h->channel), h->seq)) {
	case FS_SEQ_NEW:
		return true;
	case FS_SEQ_DUPLICATE:
		fs_stat_inc(peer->node, rx_replay);
		return false;
	default:
		fs_stat_inc(peer->node, rx_old);
		return false;
	}
}

/* The keys to open a datagram with; @session is what they are known by then. What
 * can be refused without them is. Bottom halves are off where datagrams arrive: the
 * lock is taken without turning them off, here and below.
 */
static bool find_keys(struct fs_peer *peer, struct fs_header *h, const u8 *data,
		      u8 key[FS_KEY])
{
	struct fs_keys *keys;
	bool good = false;

	spin_lock(&peer->lock);
	keys = fs_keyring_named(&peer->seal.ring, h->session, data);
	if (!keys) {
		fs_stat_inc(peer->node, rx_badsession);
	} else if (is_new(peer, h, keys)) {
		memcpy(key, keys->recv, FS_KEY);
		h->session = keys->id;
		good = true;
	}
	spin_unlock(&peer->lock);
	return good;
}

/* Take note of what was opened, once. */
static bool note(struct fs_peer *peer, struct fs_header *h)
{
	struct fs_keys *keys;
	bool good = false;

	spin_lock(&peer->lock);
	/* It may all have changed meanwhile. */
	keys = fs_keyring_find(&peer->seal.ring, h->session);
	if (!keys) {
		fs_stat_inc(peer->node, rx_badsession);
	} else if (is_new(peer, h, keys)) {
		u64 session = keys->session;

		keys->uses++;
		if (fs_keyring_opened(&peer->seal.ring, h->session,
				      fs_now_ms()))
			fs_peer_begin(peer, session);
		fs_seqwin_receive(window_of(peer, h->channel), h->seq);
		h->session = session;
		good = true;
	}
	spin_unlock(&peer->lock);
	return good;
}

/**
 * fs_seal_open - find out whether a datagram is the peer's, and new
 * @peer: the peer
 * @h: its header; in the end @session is the peer's, @len that of the payload
 * @data: the datagram; its payload is opened in place
 *
 * If it is not, that is counted, and nothing is changed.
 *
 * Context: softirq, RCU read lock.
 */
bool fs_seal_open(struct fs_peer *peer, struct fs_header *h, u8 *data)
{
	u8 key[FS_KEY];
	bool good;

	if (!peer->seal.plain && h->len < FS_TAG) {
		fs_stat_inc(peer->node, rx_badlen);
		return false;
	}
	if (!find_keys(peer, h, data, key))
		return false;
	if (!peer->seal.plain) {
		h->len -= FS_TAG;
		good = fs_crypto_open(data + FS_WIRE_HEADER, h->len, data,
				      FS_WIRE_HEADER,
				      fs_keys_nonce(h->channel, h->seq), key);
		memzero_explicit(key, sizeof(key));
		if (!good) {
			fs_stat_inc(peer->node, rx_badauth);
			return false;
		}
	}
	return note(peer, h);
}
