/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How two nodes come to a session: the handshake channel. Its datagrams are not
 * sealed as a whole; behind the header of wire.h they have:
 *
 *	type (1)  flags (1)  0 (2)  heard (8)		the receiver's cookie
 *	 hello:	   cookie (8)				the sender's
 *	 init:	   e (32)  offer, sealed  tag (16)
 *	 response: e (32)  offer, sealed  tag (16)
 *	mac (8)						of all before it
 *
 * A cookie is a random number that a node makes for a peer, and makes anew
 * whenever it was used: who says it back has heard the node lately, so that
 * nothing that was recorded is taken for new, without a clock. The node with
 * the lower id is the one that sends the init.
 *
 * Session, keyring and filter are apart as they are used in different places:
 * the filter where datagrams arrive, the keyring where they are opened, the
 * session where time does not matter.
 */
#ifndef _FLOWSYNC_CORE_SESSION_H
#define _FLOWSYNC_CORE_SESSION_H

#include "keyring.h"
#include "noise.h"
#include "wire.h"

/* Pre-shared keys that can be valid at a time: the present and the next. */
#define FS_PSKS		2

/* Octets of an offer, and room for options behind it, skipped if unknown. */
#define FS_OFFER	44
#define FS_OFFER_MAX	256

/* Octets of the largest datagram of the handshake channel. */
#define FS_SHAKE_HEAD	(FS_WIRE_HEADER + 12)
#define FS_SHAKE_HELLO	(FS_SHAKE_HEAD + 8 + FS_MAC)
#define FS_SHAKE_MAX	(FS_SHAKE_HEAD + FS_KEY + FS_OFFER_MAX + FS_TAG + FS_MAC)

/* How long an init is waited for to be answered, at first and at most, in ms. */
#define FS_SHAKE_WAIT	250
#define FS_SHAKE_WAIT_MAX 4000

/**
 * enum fs_shake_type - datagrams of the handshake channel
 * @FS_SHAKE_TYPE_HELLO: cookies
 * @FS_SHAKE_TYPE_INIT: the first half of the handshake
 * @FS_SHAKE_TYPE_RESPONSE: the second
 */
enum fs_shake_type {
	FS_SHAKE_TYPE_HELLO = 1,
	FS_SHAKE_TYPE_INIT,
	FS_SHAKE_TYPE_RESPONSE,
};

/**
 * struct fs_offer - what a node can do
 * @plain: it seals nothing for this peer
 * @min: lowest protocol version it speaks
 * @max: highest
 * @records: options of records that it understands, a bit each
 * @controls: options of the control channel, the same
 */
struct fs_offer {
	bool plain;
	u8 min;
	u8 max;
	u64 records;
	u64 controls;
};

/**
 * struct fs_filter - which datagrams of the handshake channel are looked at
 * @set: by pre-shared key: there is one
 * @mac: its key of the tags
 * @cookie: of this node
 */
struct fs_filter {
	bool set[FS_PSKS];
	u8 mac[FS_PSKS][FS_MAC_KEY];
	u64 cookie;
};

/**
 * struct fs_session - the association with a peer, in the making
 * @node: this node's id
 * @peer: the peer's
 * @own: this node's session towards the peer: random, not 0
 * @cookie: see above
 * @seq: last sequence number of the handshake channel
 * @psk: the pre-shared keys
 * @offer: what this node can do
 * @waiting: an init is under way
 * @hello_at: when the next hello is due, in ms
 * @until: when @waiting is over
 * @tries: inits in succession that were not answered
 * @used: which of @psk the init is by
 * @noise: state of the handshake that @waiting is about
 * @secret: the ephemeral key of it
 */
struct fs_session {
	u32 node;
	u32 peer;
	u64 own;
	u64 cookie;
	u64 seq;
	struct fs_psk psk[FS_PSKS];
	struct fs_offer offer;
	bool waiting;
	u64 hello_at;
	u64 until;
	u32 tries;
	unsigned int used;
	struct fs_noise noise;
	u8 secret[FS_KEY];
};

/**
 * struct fs_shake_now - how things stand when a session is asked for something
 * @now: in ms
 * @interval: between two hellos, in ms
 * @keyed: there are keys to seal with
 * @old: they are to be renewed
 * @print: of the pre-shared key they are by
 * @peer_cookie: the peer's cookie as its heartbeats say, or 0
 * @peer_print: of the pre-shared keys that it has, as they say
 * @secret: random
 * @fresh: random, not 0
 */
struct fs_shake_now {
	u64 now;
	u32 interval;
	bool keyed;
	bool old;
	u32 print;
	u64 peer_cookie;
	u32 peer_print[FS_PSKS];
	u8 secret[FS_KEY];
	u64 fresh;
};

/**
 * struct fs_shake - what a session has to say, or came to
 * @data: a datagram, to be sent
 * @len: its octets, 0 if there is none
 * @agreed: there are new keys
 * @confirmed: the peer has them already
 * @keys: these, if @agreed
 * @offer: what the peer can do, if it said so
 * @offered: it did
 * @cookie: the peer's cookie, if @agreed
 * @unknown: the option of its offer that had to be understood and is not known
 */
struct fs_shake {
	u8 data[FS_SHAKE_MAX];
	size_t len;
	bool agreed;
	bool confirmed;
	struct fs_keys keys;
	bool offered;
	struct fs_offer offer;
	u64 cookie;
	u8 unknown;
};

void fs_session_init(struct fs_session *s, u32 node, u32 peer, u64 own,
		     u64 cookie, const struct fs_offer *offer);
void fs_session_filter(const struct fs_session *s, struct fs_filter *filter);
bool fs_session_next_key(struct fs_session *s, const u8 key[FS_KEY]);
void fs_session_drop_key(struct fs_session *s);
void fs_session_tick(struct fs_session *s, const struct fs_shake_now *now,
		     struct fs_shake *out);
enum fs_wire_error fs_session_receive(struct fs_session *s,
				      const struct fs_shake_now *now, u8 *data,
				      size_t len, struct fs_shake *out);
enum fs_wire_error fs_filter_check(const struct fs_filter *filter,
				   const u8 *data, size_t len,
				   enum fs_shake_type *type);

#endif /* _FLOWSYNC_CORE_SESSION_H */
