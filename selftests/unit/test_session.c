// SPDX-License-Identifier: GPL-2.0
/*
 * Handshakes between two sessions, here and there: all that may happen to their
 * datagrams on the way, and what somebody makes of them who has no key.
 */
#include <stdlib.h>

#include "octets.h"
#include "rnd.h"
#include "session.h"
#include "tap.h"

struct side {
	struct fs_session s;
	struct fs_keyring ring;
	struct fs_offer theirs;
	u64 cookie;
	u32 print[FS_PSKS];
};

static struct side low, high;
static u64 now_ms;

static const u8 key_a[FS_KEY] = { 1, 2, 3 };
static const u8 key_b[FS_KEY] = { 4, 5, 6 };
static const u8 key_c[FS_KEY] = { 7, 8, 9 };
static const struct fs_offer offer = { .min = 1, .max = 1, .records = 6 };

static void side_init(struct side *side, u32 node, u32 peer, const u8 *key)
{
	memset(side, 0, sizeof(*side));
	fs_session_init(&side->s, node, peer, rnd() | 1, rnd() | 1, &offer);
	fs_psk_init(&side->s.psk[0], key);
	side->ring.renew = 120000;
}

static void start(void)
{
	now_ms = 1000;
	side_init(&low, 1, 2, key_a);
	side_init(&high, 2, 1, key_a);
}

static struct fs_shake_now at(struct side *side)
{
	struct fs_shake_now now = {
		.now = now_ms,
		.interval = 100,
		.keyed = side->ring.now.id,
		.old = fs_keyring_old(&side->ring, now_ms),
		.print = side->ring.now.print,
		.peer_cookie = side->cookie,
		.peer_print = { side->print[0], side->print[1] },
		.fresh = rnd() | 1,
	};
	unsigned int i;

	for (i = 0; i < FS_KEY; i++)
		now.secret[i] = (u8)rnd();
	return now;
}

static void take(struct side *side, struct fs_shake *out)
{
	if (out->offered)
		side->theirs = out->offer;
	if (!out->agreed)
		return;
	side->cookie = out->cookie;
	fs_keyring_add(&side->ring, &out->keys, out->confirmed, now_ms);
}

static void tick(struct side *side, struct fs_shake *out)
{
	struct fs_shake_now now = at(side);

	fs_session_tick(&side->s, &now, out);
}

/* As it does on the wire: nobody's buffer but the receiver's is changed. */
static enum fs_wire_error give(struct side *to, const struct fs_shake *in,
			       struct fs_shake *out)
{
	struct fs_shake_now now = at(to);
	enum fs_wire_error err;
	u8 *data = malloc(in->len);

	memcpy(data, in->data, in->len);
	err = fs_session_receive(&to->s, &now, data, in->len, out);
	free(data);
	take(to, out);
	return err;
}

static u8 type_of(const struct fs_shake *out)
{
	return out->len ? out->data[FS_WIRE_HEADER] : 0;
}

/* Whether what the one seals, the other opens, and nobody else. */
static bool opens(struct side *from, struct side *to)
{
	u8 data[8 + FS_TAG] = "flowsync", other[sizeof(data)];
	struct fs_keys *keys;

	fs_crypto_seal(data, 8, "ad", 2, 7, from->ring.now.send);
	keys = fs_keyring_find(&to->ring, from->ring.now.id);
	if (!keys)
		return false;
	memcpy(other, data, sizeof(data));
	if (fs_crypto_open(other, 8, "ad", 2, 8, keys->recv))
		return false;
	memcpy(other, data, sizeof(data));
	if (fs_crypto_open(other, 8, "da", 2, 7, keys->recv))
		return false;
	memcpy(other, data, sizeof(data));
	other[rnd_below(sizeof(data))] ^= (u8)(1 << rnd_below(8));
	if (fs_crypto_open(other, 8, "ad", 2, 7, keys->recv))
		return false;
	if (!fs_crypto_open(data, 8, "ad", 2, 7, keys->recv))
		return false;
	fs_keyring_opened(&to->ring, keys->id, now_ms);
	return !memcmp(data, "flowsync", 8);
}

/* Whether what the one names is known to the other by its name, and nothing else
 * is: no other name, and no other header of that name.
 */
static bool names(struct side *from, struct side *to)
{
	u8 header[FS_WIRE_HEADER];
	unsigned int bit;
	u64 name;

	for (bit = 0; bit < sizeof(header); bit++)
		header[bit] = (u8)rnd();
	name = fs_keys_name(&from->ring.now, header);
	if (!name || fs_keyring_named(&to->ring, name, header) != &to->ring.now)
		return false;
	for (bit = 0; bit < 64; bit++)
		if (fs_keyring_named(&to->ring, name ^ (u64)1 << bit, header))
			return false;
	for (bit = 0; bit < 8 * sizeof(header); bit++) {
		bool counts = bit / 64 != 1;

		header[bit / 8] ^= (u8)(1 << bit % 8);
		if (!fs_keyring_named(&to->ring, name, header) != counts)
			return false;
		header[bit / 8] ^= (u8)(1 << bit % 8);
	}
	return true;
}

/* From a hello of @first to keys. Returns false if it did not come to them. */
static bool shake(struct side *first)
{
	struct side *second = first == &low ? &high : &low;
	struct fs_shake a, b;
	unsigned int i;

	tick(first, &a);
	if (type_of(&a) != FS_SHAKE_TYPE_HELLO)
		return false;
	for (i = 0; i < 8 && a.len; i++) {
		struct side *to = i & 1 ? first : second;

		if (give(to, &a, &b))
			return false;
		a = b;
	}
	return low.ring.now.id && opens(&low, &high) && opens(&high, &low) &&
	       low.ring.now.id == high.ring.now.id;
}

static void test_begin(void)
{
	start();
	check(shake(&low));
	check(names(&low, &high) && names(&high, &low));
	check(low.ring.now.session == high.s.own);
	check(high.ring.now.session == low.s.own);
	check(low.theirs.records == 6 && high.theirs.records == 6);
	start();
	check(shake(&high));
	/* Either restarts. */
	side_init(&low, 1, 2, key_a);
	check(shake(&low));
	check(high.ring.now.session == low.s.own && !high.ring.last.id);
	side_init(&high, 2, 1, key_a);
	check(shake(&high));
	check(low.ring.now.session == high.s.own && !low.ring.last.id);
}

static void test_other_key(void)
{
	struct fs_shake a, b;

	start();
	side_init(&high, 2, 1, key_b);
	tick(&low, &a);
	check(give(&high, &a, &b) == FS_WIRE_BADAUTH && !b.len);
	tick(&high, &a);
	check(give(&low, &a, &b) == FS_WIRE_BADAUTH && !b.len);
}

static void test_damage(void)
{
	struct fs_shake out[4], a, b;
	struct side before;
	unsigned int i, n;

	start();
	tick(&low, &out[0]);
	give(&high, &out[0], &out[1]);	/* hello */
	give(&low, &out[1], &out[2]);	/* init */
	check(type_of(&out[2]) == FS_SHAKE_TYPE_INIT);
	for (n = 0; n < 3; n++)
		for (i = 0; i < 8 * out[n].len; i++) {
			struct side *to = n & 1 ? &low : &high;

			/* The header is not what is looked at here; its octets
			 * are under the tag as all others.
			 */
			before = *to;
			a = out[n];
			a.data[i / 8] ^= (u8)(1 << i % 8);
			check(give(to, &a, &b) && !b.len && !b.agreed);
			check(!memcmp(&before, to, sizeof(before)));
		}
	for (n = 0; n < 3; n++)
		for (i = 0; i < out[n].len; i++) {
			struct side *to = n & 1 ? &low : &high;

			before = *to;
			a = out[n];
			a.len = i;
			check(give(to, &a, &b) && !b.len && !b.agreed);
			check(!memcmp(&before, to, sizeof(before)));
		}
	check(!give(&high, &out[2], &out[3]));
	for (i = 0; i < 8 * out[3].len; i++) {
		before = low;
		a = out[3];
		a.data[i / 8] ^= (u8)(1 << i % 8);
		check(give(&low, &a, &b) && !b.len && !b.agreed);
		check(!memcmp(&before, &low, sizeof(before)));
	}
	check(!give(&low, &out[3], &b) && b.agreed);
	check(opens(&low, &high));
}

/* Whatever was said once is worth nothing when it is said again. */
static void test_replay(void)
{
	struct fs_shake out[6], b;
	unsigned int i, n;
	u64 id;

	start();
	tick(&low, &out[0]);
	give(&high, &out[0], &out[1]);
	give(&low, &out[1], &out[2]);
	give(&high, &out[2], &out[3]);
	check(give(&high, &out[2], &b) == FS_WIRE_BADSESSION && !b.len);
	check(!give(&low, &out[3], &b));
	check(opens(&low, &high));
	id = low.ring.now.id;
	for (i = 0; i < 2; i++)
		for (n = 0; n < 4; n++) {
			struct side *to = n & 1 ? &low : &high;

			give(to, &out[n], &b);
			/* A hello may be answered, by a hello and no more. */
			check(!b.agreed && (!b.len || n < 2));
			check(!b.len || type_of(&b) == FS_SHAKE_TYPE_HELLO);
			if (b.len)
				give(n & 1 ? &high : &low, &b, &out[5]);
			check(!out[5].len);
			out[5].len = 0;
		}
	check(low.ring.now.id == id && high.ring.now.id == id);
	/* Of an earlier life of both. */
	side_init(&low, 1, 2, key_a);
	side_init(&high, 2, 1, key_a);
	for (n = 0; n < 4; n++) {
		give(n & 1 ? &low : &high, &out[n], &b);
		check(!b.agreed && type_of(&b) <= FS_SHAKE_TYPE_HELLO);
	}
	check(shake(&low));
}

/* The peer, which answers; of its own it does not begin. */
static void renew(struct fs_shake *init)
{
	low.cookie = high.s.cookie;
	low.print[0] = high.s.psk[0].print;
	low.print[1] = high.s.psk[1].print;
	tick(&low, init);
}

static void test_rekey(void)
{
	struct fs_shake a, b;
	struct side old_low, old_high;
	u64 id;

	start();
	check(shake(&low));
	id = low.ring.now.id;
	renew(&a);
	check(!a.len);
	now_ms += 120000;
	tick(&high, &a);
	check(!a.len);
	renew(&a);
	check(type_of(&a) == FS_SHAKE_TYPE_INIT);
	old_low = low;
	old_high = high;
	check(!give(&high, &a, &b));
	/* It waits for the other to seal with the new keys. */
	check(high.ring.now.id == id && high.ring.next.id);
	check(opens(&high, &low));
	check(!give(&low, &b, &a) && low.ring.now.id != id);
	check(opens(&high, &low));	/* what is on its way */
	check(opens(&low, &high) && high.ring.now.id == low.ring.now.id);
	check(opens(&old_low, &high) && opens(&old_high, &low));
	now_ms += FS_KEYS_LINGER;
	fs_keyring_expire(&low.ring, now_ms);
	fs_keyring_expire(&high.ring, now_ms);
	check(!opens(&old_low, &high) && !opens(&old_high, &low));
	/* By count. */
	renew(&a);
	check(!a.len);
	low.ring.now.uses = FS_KEYS_USES;
	renew(&a);
	check(type_of(&a) == FS_SHAKE_TYPE_INIT);
	/* An answer that is lost is waited for, and then asked for again. */
	now_ms += FS_SHAKE_WAIT - 1;
	renew(&b);
	check(!b.len);
	now_ms++;
	renew(&b);
	check(type_of(&b) == FS_SHAKE_TYPE_INIT);
	check(!give(&high, &b, &a) && !give(&low, &a, &b) && b.agreed);
	/* Without any, all ends. */
	now_ms += FS_KEYS_LIVES * 120000;
	fs_keyring_expire(&low.ring, now_ms);
	check(!low.ring.now.id && !low.ring.next.id && !low.ring.last.id);
	tick(&low, &a);
	check(type_of(&a) == FS_SHAKE_TYPE_HELLO);
}

/* The peer begins anew while its keys are being renewed, which it cannot answer. */
static void test_restart_late(void)
{
	struct fs_shake a, b, old;

	start();
	tick(&high, &old);
	check(shake(&low));
	/* It did not: what it said before is answered, and changes nothing. */
	now_ms += 120000;
	renew(&a);
	check(!give(&high, &a, &b) && !give(&low, &old, &a));
	check(type_of(&a) == FS_SHAKE_TYPE_HELLO);
	check(!give(&high, &a, &old) && !old.len);
	check(!give(&low, &b, &a) && a.agreed);
	now_ms += 120000;
	renew(&a);
	check(type_of(&a) == FS_SHAKE_TYPE_INIT);
	side_init(&high, 2, 1, key_a);
	check(give(&high, &a, &b) == FS_WIRE_BADSESSION);
	check(shake(&high));
	check(low.ring.now.session == high.s.own && !low.ring.last.id);
}

static void test_two_keys(void)
{
	struct fs_shake a, b;

	start();
	check(shake(&low));
	fs_psk_init(&low.s.psk[1], key_b);
	renew(&a);
	check(!a.len);		/* the peer has it not yet */
	fs_psk_init(&high.s.psk[1], key_b);
	renew(&a);
	check(type_of(&a) == FS_SHAKE_TYPE_INIT);
	check(!give(&high, &a, &b) && !give(&low, &b, &a));
	check(opens(&low, &high) && opens(&high, &low));
	check(low.ring.now.print == low.s.psk[1].print);
	check(high.ring.now.print == high.s.psk[1].print);
	renew(&a);
	check(!a.len);
	/* One is retired here, the other there: one of two hellos is heard. */
	start();
	fs_psk_init(&low.s.psk[1], key_b);
	side_init(&high, 2, 1, key_b);
	if (!shake(&low)) {
		now_ms += 100;
		check(shake(&low));
	}
	start();
	fs_psk_init(&low.s.psk[1], key_b);
	if (!shake(&low)) {
		now_ms += 100;
		check(shake(&low));
	}
}

/* Rotated by the operators, on the one node and then on the other. */
static void test_rotate(void)
{
	struct fs_shake a, b;
	u32 print;

	start();
	check(shake(&low));
	check(!fs_session_next_key(&low.s, key_a) && !low.s.psk[1].set);
	check(fs_session_next_key(&low.s, key_b) && low.s.psk[1].set);
	print = low.s.psk[1].print;
	renew(&a);
	check(!a.len);		/* the peer has it not yet */
	check(fs_session_next_key(&high.s, key_b));
	renew(&a);
	check(type_of(&a) == FS_SHAKE_TYPE_INIT);
	/* The other one is quick to drop the old one. */
	fs_session_drop_key(&high.s);
	check(!give(&high, &a, &b) && !give(&low, &b, &a));
	check(opens(&low, &high) && opens(&high, &low));
	check(low.ring.now.print == print && high.ring.now.print == print);
	check(low.ring.now.session == high.s.own);
	fs_session_drop_key(&low.s);
	check(low.s.psk[0].print == print && !low.s.psk[1].set);
	renew(&a);
	check(!a.len);
	/* The old one is of no use to anybody. */
	side_init(&high, 2, 1, key_a);
	check(!shake(&high));
	side_init(&high, 2, 1, key_b);
	check(shake(&high));

	/* What was begun by a key that is dropped comes to nothing. */
	start();
	check(shake(&low));
	now_ms += 120000;
	renew(&a);
	check(type_of(&a) == FS_SHAKE_TYPE_INIT && low.s.waiting);
	check(fs_session_next_key(&low.s, key_b) && low.s.waiting);
	fs_session_drop_key(&low.s);
	check(!low.s.waiting);
	check(!give(&high, &a, &b) && type_of(&b) == FS_SHAKE_TYPE_RESPONSE);
	check(give(&low, &b, &a) && !a.agreed);
	/* As does what was begun by a next one that is replaced. */
	start();
	check(shake(&low));
	check(fs_session_next_key(&low.s, key_b));
	check(fs_session_next_key(&high.s, key_b));
	renew(&a);
	check(type_of(&a) == FS_SHAKE_TYPE_INIT);
	check(fs_session_next_key(&low.s, key_c));
	check(!low.s.waiting);
	check(!give(&high, &a, &b) && give(&low, &b, &a) && !a.agreed);
}

static void test_versions(void)
{
	struct fs_shake a, b;

	start();
	low.s.offer.min = 2;
	low.s.offer.max = 3;
	tick(&low, &a);
	give(&high, &a, &b);
	give(&low, &b, &a);
	check(type_of(&a) == FS_SHAKE_TYPE_INIT);
	check(give(&high, &a, &b) == FS_WIRE_BADVERSION && !b.agreed);
	check(high.theirs.min == 2 && high.theirs.max == 3);
	/* It is told why. */
	check(give(&low, &b, &a) == FS_WIRE_BADVERSION && !a.agreed);
	check(low.theirs.max == 1);
	start();
	low.s.offer.max = 7;
	check(shake(&low));
}

static const struct tap_case cases[] = {
	{ "either side begins, and restarts", test_begin },
	{ "another key opens nothing", test_other_key },
	{ "no bit may change, no octet may be missing", test_damage },
	{ "what was recorded is worth nothing", test_replay },
	{ "keys are renewed, and overlap", test_rekey },
	{ "a peer that begins anew meanwhile is heard", test_restart_late },
	{ "two pre-shared keys are valid at a time", test_two_keys },
	{ "a pre-shared key is rotated", test_rotate },
	{ "versions that have nothing in common are told so", test_versions },
};

int main(void)
{
	return tap_run(cases, sizeof(cases) / sizeof(cases[0]));
}
