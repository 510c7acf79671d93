// SPDX-License-Identifier: GPL-2.0
#include <linux/netlink.h>
#include <linux/random.h>

#include "link.h"
#include "node.h"
#include "peer.h"
#include "receive.h"
#include "seal.h"

/* Hellos that are looked at: so many at once, and then one in so many ms. */
#define HELLOS		16
#define HELLO_MS	20

/* How long the peer has to make use of new keys, before it is asked again. */
#define CONFIRM_MS	1000

static u64 random_number(void)
{
	u64 number;

	do {
		get_random_bytes(&number, sizeof(number));
	} while (!number);
	return number;
}

/* What the session is asked with. The caller wipes it. */
static void look_around(struct fs_peer *peer, struct fs_shake_now *now)
{
	struct fs_seal *seal = &peer->seal;
	unsigned int i;

	lockdep_assert_held(&seal->mutex);

	memset(now, 0, sizeof(*now));
	now->now = fs_now_ms();
	now->interval = peer->live.interval;
	get_random_bytes(now->secret, sizeof(now->secret));
	now->fresh = random_number();
	spin_lock_bh(&peer->lock);
	now->keyed = seal->ring.now.id ||
		     (seal->ring.next.id &&
		      now->now - seal->ring.next.born < CONFIRM_MS);
	now->old = fs_keyring_old(&seal->ring, now->now);
	now->print = seal->ring.now.print;
	now->peer_cookie = seal->peer_cookie;
	for (i = 0; i < FS_PSKS; i++)
		now->peer_print[i] = seal->peer_print[i];
	spin_unlock_bh(&peer->lock);
}

/* What the session has come to is so from now on. */
static void conclude(struct fs_peer *peer, u64 now)
{
	struct fs_seal *seal = &peer->seal;
	const struct fs_shake *out = &seal->out;

	lockdep_assert_held(&seal->mutex);

	spin_lock_bh(&peer->lock);
	fs_session_filter(&seal->session, &seal->filter);
	if (out->offered)
		seal->offer = out->offer;
	if (out->agreed) {
		fs_keyring_add(&seal->ring, &out->keys, out->confirmed, now);
		seal->peer_cookie = out->cookie;
		seal->state = FLOWSYNC_HANDSHAKE_DONE;
		seal->rekeys++;
		if (out->confirmed && out->keys.session != peer->session)
			fs_peer_begin(peer, out->keys.session);
	}
	spin_unlock_bh(&peer->lock);
	if (out->agreed)
		fs_peer_kick(peer);
}

static void say(struct fs_peer *peer, struct fs_link *link)
{
	struct fs_shake *out = &peer->seal.out;

	if (!out->len)
		return;
	if (fs_link_send(link, out->data, out->len))
		fs_stat_inc(peer->node, tx_error);
	else
		fs_stat_inc(peer->node, tx_handshakes);
}

static void refused(struct fs_peer *peer, enum fs_wire_error err)
{
	fs_wire_refused(peer->node, err);
	spin_lock_bh(&peer->lock);
	if (err == FS_WIRE_BADAUTH && !peer->seal.ring.now.id)
		peer->seal.state = FLOWSYNC_HANDSHAKE_BADKEY;
	else if (err == FS_WIRE_BADVERSION)
		peer->seal.state = FLOWSYNC_HANDSHAKE_BADVERSION;
	else if (err == FS_WIRE_MANDATORY)
		peer->seal.state = FLOWSYNC_HANDSHAKE_BADOPTION;
	spin_unlock_bh(&peer->lock);
}

static bool take(struct fs_peer *peer, unsigned int which)
{
	struct fs_arrival *arrival = &peer->seal.arrival[which];
	struct fs_arrival *hand = &peer->seal.hand;

	spin_lock_bh(&peer->lock);
	hand->len = arrival->len;
	hand->link = arrival->link;
	memcpy(hand->data, arrival->data, arrival->len);
	arrival->len = 0;
	spin_unlock_bh(&peer->lock);
	return hand->len;
}

static void look_at(struct fs_peer *peer, unsigned int which)
{
	struct fs_seal *seal = &peer->seal;
	struct fs_shake_now now;
	enum fs_wire_error err;

	if (!take(peer, which))
		return;
	look_around(peer, &now);
	err = fs_session_receive(&seal->session, &now, seal->hand.data,
				 seal->hand.len, &seal->out);
	if (err)
		refused(peer, err);
	if (err == FS_WIRE_MANDATORY)
		fs_dialect_unknown(peer, FS_CHANNEL_HANDSHAKE,
				   seal->out.unknown);
	conclude(peer, now.now);
	say(peer, seal->hand.link);
	memzero_explicit(&now, sizeof(now));
	memzero_explicit(&seal->out, sizeof(seal->out));
	memzero_explicit(&seal->hand, sizeof(seal->hand));
}

static void shake_work(struct work_struct *work)
{
	struct fs_peer *peer = container_of(work, struct fs_peer, seal.work);

	down_read(&peer->links_sem);
	mutex_lock(&peer->seal.mutex);
	/* A hello that came later than the others must not undo them. */
	look_at(peer, 1);
	look_at(peer, 0);
	mutex_unlock(&peer->seal.mutex);
	up_read(&peer->links_sem);
}

/**
 * fs_handshake_forget - look at nothing more that came over a link
 * @link: the link, muted a grace period ago
 *
 * Context: process; fs_peer.links_sem held exclusively.
 */
void fs_handshake_forget(const struct fs_link *link)
{
	struct fs_peer *peer = link->peer;
	unsigned int i;

	lockdep_assert_held_write(&peer->links_sem);

	spin_lock_bh(&peer->lock);
	for (i = 0; i < ARRAY_SIZE(peer->seal.arrival); i++)
		if (peer->seal.arrival[i].link == link)
			peer->seal.arrival[i].len = 0;
	spin_unlock_bh(&peer->lock);
}

/**
 * fs_handshake_tick - a heartbeat interval has passed
 * @peer: the peer
 *
 * Old keys are forgotten; says hello if there are none, or asks for new ones.
 *
 * Context: process: the peer's heartbeat work.
 */
void fs_handshake_tick(struct fs_peer *peer)
{
	struct fs_seal *seal = &peer->seal;
	struct fs_link *link = fs_link_best(peer);
	struct fs_shake_now now;

	mutex_lock(&seal->mutex);
	spin_lock_bh(&peer->lock);
	fs_keyring_expire(&seal->ring, fs_now_ms());
	spin_unlock_bh(&peer->lock);
	look_around(peer, &now);
	fs_session_tick(&seal->session, &now, &seal->out);
	conclude(peer, now.now);
	if (now.keyed && link) {
		say(peer, link);
	} else if (!now.keyed) {
		list_for_each_entry(link, &peer->links, list)
			say(peer, link);
	}
	memzero_explicit(&now, sizeof(now));
	memzero_explicit(&seal->out, sizeof(seal->out));
	mutex_unlock(&seal->mutex);
}

/* Whether one more hello may be looked at. */
static bool take_token(struct fs_seal *seal)
{
	u64 now = fs_now_ms();
	u64 more = div_u64(now - seal->refilled, HELLO_MS);

	if (more) {
		seal->tokens = min_t(u64, seal->tokens + more, HELLOS);
		seal->refilled = now;
	}
	if (!seal->tokens)
		return false;
	seal->tokens--;
	return true;
}

/**
 * fs_handshake_receive - a datagram of the handshake channel arrived
 * @link: over which link; its header is good
 * @data: the datagram
 * @len: its octets
 *
 * Context: softirq, RCU read lock.
 */
void fs_handshake_receive(struct fs_link *link, const u8 *data, size_t len)
{
	struct fs_peer *peer = link->peer;
	struct fs_seal *seal = &peer->seal;
	struct fs_arrival *arrival;
	enum fs_shake_type type;
	enum fs_wire_error err;

	spin_lock(&peer->lock);
	err = fs_filter_check(&seal->filter, data, len, &type);
	if (err)
		goto out;
	arrival = &seal->arrival[type != FS_SHAKE_TYPE_HELLO];
	if (arrival->len ||
	    (type == FS_SHAKE_TYPE_HELLO && !take_token(seal))) {
		fs_stat_inc(peer->node, rx_limited);
		goto out;
	}
	arrival->link = link;
	arrival->len = len;
	memcpy(arrival->data, data, len);
	fs_stat_inc(peer->node, rx_handshakes);
	queue_work(fs_wq, &seal->work);
out:
	spin_unlock(&peer->lock);
	if (err)
		refused(peer, err);
}

/* The session's pre-shared keys are others: so is what passes, and what
 * heartbeats say.
 */
static void keys_changed(struct fs_peer *peer)
{
	struct fs_seal *seal = &peer->seal;
	unsigned int i;

	lockdep_assert_held(&seal->mutex);

	spin_lock_bh(&peer->lock);
	fs_session_filter(&seal->session, &seal->filter);
	for (i = 0; i < FS_PSKS; i++)
		seal->print[i] = seal->session.psk[i].set ?
				 seal->session.psk[i].print : 0;
	spin_unlock_bh(&peer->lock);
}

/**
 * fs_seal_init - set up a new peer's keys and handshake
 * @peer: the peer, with its node and ids
 * @config: what it is made of
 *
 * Context: process.
 */
void fs_seal_init(struct fs_peer *peer, const struct fs_seal_config *config)
{
	static const u8 open[FS_KEY];
	struct fs_seal *seal = &peer->seal;
	struct fs_offer offer = { .plain = !config->key };

	fs_dialect_init(peer, &offer);
	mutex_init(&seal->mutex);
	INIT_WORK(&seal->work, shake_work);
	seal->plain = offer.plain;
	seal->ring.renew = (u64)config->rekey_s * MSEC_PER_SEC;
	seal->tokens = HELLOS;
	fs_seqwin_init(&seal->opened, 0);
	fs_session_init(&seal->session, peer->node->id, peer->id,
			peer->own_session, random_number(), &offer);
	/* With nothing sealed, the handshake still says who is there now. */
	fs_psk_init(&seal->session.psk[0], config->key ?: open);
	mutex_lock(&seal->mutex);
	keys_changed(peer);
	mutex_unlock(&seal->mutex);
}

/**
 * fs_seal_rotation - how far the rotation of the pre-shared key has come
 * @peer: the peer
 *
 * Context: any; fs_peer.lock held.
 */
enum flowsync_rotation fs_seal_rotation(const struct fs_peer *peer)
{
	const struct fs_seal *seal = &peer->seal;

	lockdep_assert_held(&peer->lock);

	if (!seal->print[1])
		return FLOWSYNC_ROTATION_NONE;
	return seal->ring.now.id && seal->ring.now.print == seal->print[1] ?
	       FLOWSYNC_ROTATION_READY : FLOWSYNC_ROTATION_WAITING;
}

/**
 * fs_seal_next_key - begin to rotate the pre-shared key: two are valid
 * @peer: the peer
 * @key: the new one; the caller wipes it
 * @extack: where a refusal is explained
 *
 * A new one that the session is not by yet can be replaced.
 *
 * Context: process; fs_net.lock held, or the peer not started.
 * Return: 0 or a negative error, with nothing changed.
 */
int fs_seal_next_key(struct fs_peer *peer, const u8 *key,
		     struct netlink_ext_ack *extack)
{
	struct fs_seal *seal = &peer->seal;
	enum flowsync_rotation rotation;
	int err = 0;

	if (seal->plain) {
		NL_SET_ERR_MSG(extack, "a peer without encryption has no key");
		return -EINVAL;
	}
	if (!memchr_inv(key, 0, FS_KEY)) {
		NL_SET_ERR_MSG(extack, "a key of zeros is none");
		return -EINVAL;
	}
	mutex_lock(&seal->mutex);
	spin_lock_bh(&peer->lock);
	rotation = fs_seal_rotation(peer);
	spin_unlock_bh(&peer->lock);
	if (rotation == FLOWSYNC_ROTATION_READY) {
		NL_SET_ERR_MSG(extack,
			       "the session is by the new key already: drop the old one first");
		err = -EBUSY;
	} else if (!fs_session_next_key(&seal->session, key)) {
		NL_SET_ERR_MSG(extack, "that is the key the peer has");
		err = -EEXIST;
	} else {
		keys_changed(peer);
	}
	mutex_unlock(&seal->mutex);
	return err;
}

/**
 * fs_seal_drop_key - end the rotation: only the new pre-shared key is valid
 * @peer: the peer
 * @extack: where a refusal is explained
 *
 * Not while there is a session by the old one: it would end.
 *
 * Context: process; fs_net.lock held.
 * Return: 0 or a negative error, with nothing changed.
 */
int fs_seal_drop_key(struct fs_peer *peer, struct netlink_ext_ack *extack)
{
	struct fs_seal *seal = &peer->seal;
	enum flowsync_rotation rotation;
	bool keyed;
	int err = 0;

	mutex_lock(&seal->mutex);
	spin_lock_bh(&peer->lock);
	rotation = fs_seal_rotation(peer);
	keyed = seal->ring.now.id;
	spin_unlock_bh(&peer->lock);
	if (rotation == FLOWSYNC_ROTATION_NONE) {
		NL_SET_ERR_MSG(extack,
			       "there is one key only: give the next one first");
		err = -ENOENT;
	} else if (rotation == FLOWSYNC_ROTATION_WAITING && keyed) {
		NL_SET_ERR_MSG(extack,
			       "the session is by the old key still: give the peer the new one too, and wait for \"rotation ready\"");
		err = -EBUSY;
	} else {
		fs_session_drop_key(&seal->session);
		keys_changed(peer);
	}
	mutex_unlock(&seal->mutex);
	return err;
}

/**
 * fs_seal_stop - look at no handshake any more, and wait
 * @peer: the peer, whose links are muted
 *
 * Context: process.
 */
void fs_seal_stop(struct fs_peer *peer)
{
	cancel_work_sync(&peer->seal.work);
}

/**
 * fs_seal_wipe - forget all keys
 * @peer: the peer, about to be freed
 *
 * Context: process.
 */
void fs_seal_wipe(struct fs_peer *peer)
{
	memzero_explicit(&peer->seal, sizeof(peer->seal));
}
