// SPDX-License-Identifier: GPL-2.0
#include "session.h"

/* In the flags of a hello: the sender has no keys, and asks for some. */
#define WANTS		0x01

/* Where things are, in octets from the start. */
#define AT_HEARD	(FS_WIRE_HEADER + 4)
#define AT_E		FS_SHAKE_HEAD
#define AT_OFFER	(AT_E + FS_KEY)

/**
 * fs_session_init - know nothing of a peer yet
 * @s: session
 * @node: this node's id
 * @peer: the peer's
 * @own: random, not 0
 * @cookie: random, not 0
 * @offer: what this node can do
 */
void fs_session_init(struct fs_session *s, u32 node, u32 peer, u64 own,
		     u64 cookie, const struct fs_offer *offer)
{
	memset(s, 0, sizeof(*s));
	s->node = node;
	s->peer = peer;
	s->own = own;
	s->cookie = cookie;
	s->offer = *offer;
}

/**
 * fs_session_filter - what passes, as the session is now
 * @s: session
 * @filter: result
 */
void fs_session_filter(const struct fs_session *s, struct fs_filter *filter)
{
	unsigned int i;

	filter->cookie = s->cookie;
	for (i = 0; i < FS_PSKS; i++) {
		filter->set[i] = s->psk[i].set;
		memcpy(filter->mac[i], s->psk[i].mac, FS_MAC_KEY);
	}
}

/* Nothing may come of the handshake that was begun with a key. */
static void abandon(struct fs_session *s)
{
	s->waiting = false;
	s->tries = 0;
	fs_crypto_wipe(&s->noise, sizeof(s->noise));
	fs_crypto_wipe(s->secret, sizeof(s->secret));
}

/**
 * fs_session_next_key - have a second pre-shared key be valid beside the first
 * @s: session
 * @key: the key, in place of another second one; the caller wipes it
 *
 * The session's keys are renewed by it as soon as the peer says that it has it.
 *
 * Return: false if it is the first, and nothing has changed.
 */
bool fs_session_next_key(struct fs_session *s, const u8 key[FS_KEY])
{
	struct fs_psk next;
	bool good;

	fs_psk_init(&next, key);
	good = memcmp(next.mac, s->psk[0].mac, FS_MAC_KEY);
	if (good) {
		if (s->waiting && s->used == 1)
			abandon(s);
		s->psk[1] = next;
	}
	fs_crypto_wipe(&next, sizeof(next));
	return good;
}

/**
 * fs_session_drop_key - have the first pre-shared key be valid no longer
 * @s: session, that has a second, which becomes the first
 */
void fs_session_drop_key(struct fs_session *s)
{
	if (s->waiting && s->used == 0)
		abandon(s);
	s->used = 0;
	s->psk[0] = s->psk[1];
	fs_crypto_wipe(&s->psk[1], sizeof(s->psk[1]));
}

/* Which pre-shared key a datagram's tag is by, FS_PSKS for none. */
static unsigned int find_mac(const struct fs_filter *filter, const u8 *data,
			     size_t len)
{
	u64 mac = get_unaligned_be64(data + len - FS_MAC);
	unsigned int i;

	for (i = 0; i < FS_PSKS; i++)
		if (filter->set[i] &&
		    fs_crypto_mac(filter->mac[i], data, len - FS_MAC) == mac)
			break;
	return i;
}

static u64 heard_in(const u8 *data)
{
	return get_unaligned_be64(data + AT_HEARD);
}

/**
 * fs_filter_check - whether a datagram of the handshake channel is looked at
 * @filter: the filter
 * @data: the datagram, from its header on, which is good
 * @len: its octets
 * @type: result: what it is
 *
 * It costs little. What passes was made by a holder of the key; a hello may
 * still be old.
 *
 * Return: FS_WIRE_OK, or why it is refused.
 */
enum fs_wire_error fs_filter_check(const struct fs_filter *filter,
				   const u8 *data, size_t len,
				   enum fs_shake_type *type)
{
	if (len < FS_SHAKE_HELLO || len > FS_SHAKE_MAX)
		return FS_WIRE_BADLEN;
	*type = data[FS_WIRE_HEADER];
	switch (*type) {
	case FS_SHAKE_TYPE_HELLO:
		if (len != FS_SHAKE_HELLO)
			return FS_WIRE_BADLEN;
		break;
	case FS_SHAKE_TYPE_INIT:
	case FS_SHAKE_TYPE_RESPONSE:
		if (len < AT_OFFER + FS_OFFER + FS_TAG + FS_MAC)
			return FS_WIRE_BADLEN;
		break;
	default:
		return FS_WIRE_BADVALUE;
	}
	/* First what costs least. */
	if (*type != FS_SHAKE_TYPE_HELLO && heard_in(data) != filter->cookie)
		return FS_WIRE_BADSESSION;
	if (find_mac(filter, data, len) == FS_PSKS)
		return FS_WIRE_BADAUTH;
	return FS_WIRE_OK;
}

static void begin(struct fs_wr *w, struct fs_shake *out, u8 type, u8 flags,
		  u64 heard)
{
	fs_wr_init(w, out->data, sizeof(out->data));
	w->p += FS_WIRE_HEADER;
	fs_wr_uint(w, type, 1);
	fs_wr_uint(w, flags, 1);
	fs_wr_uint(w, 0, 2);
	fs_wr_uint(w, heard, 8);
}

static void end(struct fs_session *s, struct fs_wr *w, struct fs_shake *out,
		unsigned int psk)
{
	struct fs_header h = {
		.channel = FS_CHANNEL_HANDSHAKE,
		.node = s->node,
		.session = s->own,
		.seq = ++s->seq,
	};
	struct fs_wr head;

	out->len = (size_t)(w->p - out->data) + FS_MAC;
	h.len = (u16)(out->len - FS_WIRE_HEADER);
	fs_wr_init(&head, out->data, FS_WIRE_HEADER);
	fs_header_put(&head, &h);
	fs_wr_uint(w, fs_crypto_mac(s->psk[psk].mac, out->data,
				    out->len - FS_MAC), FS_MAC);
}

static void say_hello(struct fs_session *s, const struct fs_shake_now *now,
		      struct fs_shake *out, u64 heard, unsigned int psk)
{
	struct fs_wr w;

	begin(&w, out, FS_SHAKE_TYPE_HELLO, now->keyed ? 0 : WANTS, heard);
	fs_wr_uint(&w, s->cookie, 8);
	end(s, &w, out, psk);
}

static void put_offer(struct fs_session *s, struct fs_wr *w)
{
	const struct fs_offer *offer = &s->offer;

	fs_wr_uint(w, s->node, 4);
	fs_wr_uint(w, s->peer, 4);
	fs_wr_uint(w, s->own, 8);
	fs_wr_uint(w, s->cookie, 8);
	fs_wr_uint(w, offer->plain, 1);
	fs_wr_uint(w, offer->min, 1);
	fs_wr_uint(w, offer->max, 1);
	fs_wr_uint(w, 0, 1);
	fs_wr_uint(w, offer->records, 8);
	fs_wr_uint(w, offer->controls, 8);
}

/* Options behind an offer: none is known yet. */
static enum fs_wire_error skip_options(struct fs_rd *r, struct fs_shake *out)
{
	struct fs_rd value;

	while (fs_rd_left(r)) {
		u8 type = (u8)fs_rd_uint(r, 1);

		fs_rd_sub(r, &value, (size_t)fs_rd_uint(r, 1));
		if (r->failed)
			return FS_WIRE_BADLEN;
		if (type & FS_OPT_MANDATORY) {
			out->unknown = type;
			return FS_WIRE_MANDATORY;
		}
	}
	return FS_WIRE_OK;
}

/* Read the peer's offer. It is authentic, but may not be meant for here. */
static enum fs_wire_error get_offer(const struct fs_session *s,
				    struct fs_rd *r, struct fs_shake *out)
{
	struct fs_offer *offer = &out->offer;
	u32 node = (u32)fs_rd_uint(r, 4);
	u32 peer = (u32)fs_rd_uint(r, 4);
	u8 plain;

	out->keys.session = fs_rd_uint(r, 8);
	out->cookie = fs_rd_uint(r, 8);
	plain = (u8)fs_rd_uint(r, 1);
	offer->plain = plain;
	offer->min = (u8)fs_rd_uint(r, 1);
	offer->max = (u8)fs_rd_uint(r, 1);
	fs_rd_uint(r, 1);
	offer->records = fs_rd_uint(r, 8);
	offer->controls = fs_rd_uint(r, 8);
	if (r->failed)
		return FS_WIRE_BADLEN;
	if (node != s->peer || peer != s->node || !out->keys.session ||
	    !out->cookie || plain > 1 || offer->min > offer->max)
		return FS_WIRE_BADVALUE;
	out->offered = true;
	if (offer->plain != s->offer.plain)
		return FS_WIRE_BADVALUE;
	if (offer->max < s->offer.min || offer->min > s->offer.max)
		return FS_WIRE_BADVERSION;
	return skip_options(r, out);
}

/* The init. It has this node's cookie, a new one, for the response to say. */
static void say_init(struct fs_session *s, const struct fs_shake_now *now,
		     struct fs_shake *out, u64 heard, unsigned int psk)
{
	u64 wait = (u64)FS_SHAKE_WAIT << (s->tries < 4 ? s->tries : 4);
	struct fs_wr w;

	s->noise = s->psk[psk].start;
	memcpy(s->secret, now->secret, FS_KEY);
	s->cookie = now->fresh;
	s->used = psk;
	s->waiting = true;
	s->until = now->now + wait;
	s->tries++;

	begin(&w, out, FS_SHAKE_TYPE_INIT, 0, heard);
	if (!fs_noise_e_out(&s->noise, s->secret, w.p))
		return;
	w.p += FS_KEY;
	put_offer(s, &w);
	fs_noise_seal(&s->noise, out->data + AT_OFFER, FS_OFFER);
	w.p += FS_TAG;
	end(s, &w, out, psk);
}

/* The end of a handshake, on either side. */
static void agree(struct fs_session *s, const struct fs_shake_now *now,
		  struct fs_noise *noise, struct fs_shake *out, bool initiator,
		  unsigned int psk)
{
	struct fs_keys *keys = &out->keys;

	keys->id = fs_noise_split(noise, initiator ? keys->send : keys->recv,
				  initiator ? keys->recv : keys->send,
				  keys->name);
	keys->born = now->now;
	keys->uses = 0;
	keys->print = s->psk[psk].print;
	out->agreed = true;
	out->confirmed = initiator;
	s->waiting = false;
	s->tries = 0;
}

static enum fs_wire_error hear_hello(struct fs_session *s,
				     const struct fs_shake_now *now,
				     const u8 *data, struct fs_shake *out,
				     unsigned int psk)
{
	bool wants = data[FS_WIRE_HEADER + 1] & WANTS;
	u64 heard = heard_in(data);
	struct fs_rd r;
	u64 cookie;

	fs_rd_init(&r, data + FS_SHAKE_HEAD, 8);
	cookie = fs_rd_uint(&r, 8);
	if (!cookie)
		return FS_WIRE_BADVALUE;
	/* Who has no keys cannot answer the init that would renew them: its
	 * cookie is of an earlier life. But that it has none may be an old word.
	 */
	if (s->waiting && !(wants && now->keyed))
		return FS_WIRE_OK;
	if (heard == s->cookie && (wants || !now->keyed)) {
		/* It is there now, and so is its cookie. */
		if (s->node < s->peer)
			say_init(s, now, out, cookie, psk);
		else
			say_hello(s, now, out, cookie, psk);
	} else if (wants) {
		say_hello(s, now, out, cookie, psk);
	}
	return FS_WIRE_OK;
}

static enum fs_wire_error open_offer(struct fs_session *s,
				     struct fs_noise *noise, u8 *data,
				     size_t len, struct fs_shake *out)
{
	size_t offer = len - AT_OFFER - FS_TAG - FS_MAC;
	struct fs_rd r;

	if (!fs_noise_open(noise, data + AT_OFFER, offer))
		return FS_WIRE_BADAUTH;
	fs_rd_init(&r, data + AT_OFFER, offer);
	return get_offer(s, &r, out);
}

static enum fs_wire_error hear_init(struct fs_session *s,
				    const struct fs_shake_now *now, u8 *data,
				    size_t len, struct fs_shake *out,
				    unsigned int psk)
{
	struct fs_noise noise = s->psk[psk].start;
	enum fs_wire_error err;
	struct fs_wr w;

	if (s->node < s->peer)
		return FS_WIRE_BADVALUE;
	fs_noise_e_in(&noise, data + AT_E);
	err = open_offer(s, &noise, data, len, out);
	/* Of what was said for sure, nothing is to be said again. */
	if (err != FS_WIRE_BADAUTH)
		s->cookie = now->fresh;
	if (err && err != FS_WIRE_BADVERSION)
		goto out;

	begin(&w, out, FS_SHAKE_TYPE_RESPONSE, 0, out->cookie);
	if (!fs_noise_e_out(&noise, now->secret, w.p) ||
	    !fs_noise_ee(&noise, now->secret, data + AT_E)) {
		err = FS_WIRE_BADVALUE;
		goto out;
	}
	w.p += FS_KEY;
	put_offer(s, &w);
	fs_noise_seal(&noise, out->data + AT_OFFER, FS_OFFER);
	w.p += FS_TAG;
	end(s, &w, out, psk);
	if (!err)
		agree(s, now, &noise, out, false, psk);
out:
	fs_crypto_wipe(&noise, sizeof(noise));
	return err;
}

static enum fs_wire_error hear_response(struct fs_session *s,
					const struct fs_shake_now *now,
					u8 *data, size_t len,
					struct fs_shake *out, unsigned int psk)
{
	struct fs_noise noise = s->noise;
	enum fs_wire_error err;

	if (!s->waiting || psk != s->used)
		return FS_WIRE_BADSESSION;
	fs_noise_e_in(&noise, data + AT_E);
	if (!fs_noise_ee(&noise, s->secret, data + AT_E)) {
		err = FS_WIRE_BADVALUE;
		goto out;
	}
	err = open_offer(s, &noise, data, len, out);
	if (err != FS_WIRE_BADAUTH)
		s->cookie = now->fresh;
	if (!err) {
		agree(s, now, &noise, out, true, psk);
		fs_crypto_wipe(&s->noise, sizeof(s->noise));
		fs_crypto_wipe(s->secret, sizeof(s->secret));
	}
out:
	fs_crypto_wipe(&noise, sizeof(noise));
	return err;
}

/**
 * fs_session_receive - a datagram of the handshake channel arrived
 * @s: session
 * @now: how things stand
 * @data: the datagram, from its header on, which is good; overwritten
 * @len: its octets
 * @out: result: what to answer, and what it came to; the caller wipes it
 *
 * Return: FS_WIRE_OK, or why it is refused. There may be an answer even so.
 */
enum fs_wire_error fs_session_receive(struct fs_session *s,
				      const struct fs_shake_now *now, u8 *data,
				      size_t len, struct fs_shake *out)
{
	enum fs_shake_type type;
	struct fs_filter filter;
	enum fs_wire_error err;
	unsigned int psk;

	memset(out, 0, sizeof(*out));
	/* The filter it has passed may be of before. */
	fs_session_filter(s, &filter);
	err = fs_filter_check(&filter, data, len, &type);
	if (!err) {
		psk = find_mac(&filter, data, len);
		switch (type) {
		case FS_SHAKE_TYPE_HELLO:
			err = hear_hello(s, now, data, out, psk);
			break;
		case FS_SHAKE_TYPE_INIT:
			err = hear_init(s, now, data, len, out, psk);
			break;
		case FS_SHAKE_TYPE_RESPONSE:
			err = hear_response(s, now, data, len, out, psk);
			break;
		}
	}
	fs_crypto_wipe(&filter, sizeof(filter));
	return err;
}

static bool peer_has(const struct fs_shake_now *now, u32 print)
{
	return now->peer_print[0] == print || now->peer_print[1] == print;
}

/* By which key to renew the session's keys: the next if the peer has it too. */
static unsigned int choose(const struct fs_session *s,
			   const struct fs_shake_now *now)
{
	unsigned int i;

	for (i = FS_PSKS; i--;)
		if (s->psk[i].set && peer_has(now, s->psk[i].print))
			return i;
	return FS_PSKS;
}

/**
 * fs_session_tick - time has passed
 * @s: session
 * @now: how things stand
 * @out: result: what to say now, if anything; the caller wipes it
 */
void fs_session_tick(struct fs_session *s, const struct fs_shake_now *now,
		     struct fs_shake *out)
{
	unsigned int psk;

	memset(out, 0, sizeof(*out));
	if (s->waiting && now->now < s->until)
		return;
	s->waiting = false;
	if (!now->keyed) {
		if (now->now < s->hello_at)
			return;
		s->hello_at = now->now + now->interval;
		/* Nobody knows which of two the peer has: by turns. */
		psk = s->psk[1].set && (!s->psk[0].set || s->seq & 1);
		if (s->psk[psk].set)
			say_hello(s, now, out, 0, psk);
		return;
	}
	psk = choose(s, now);
	if (psk < FS_PSKS && s->node < s->peer && now->peer_cookie &&
	    (now->old || s->psk[psk].print != now->print))
		say_init(s, now, out, now->peer_cookie, psk);
}
