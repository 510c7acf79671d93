// SPDX-License-Identifier: GPL-2.0
/* How the shadow keeps a flow's tuples: what was packed comes out, and is found. */
#include "gen.h"
#include "packed.h"
#include "rnd.h"
#include "tap.h"

/* With room for the longest. */
struct kept {
	struct fs_packed packed;
	u32 words[FS_PACKED_WORDS];
};

/* A flow whose reply differs in what bits 0 to 3 say: source, destination, their
 * ports; with a zone, in the directions of bits 4 and 5.
 */
static void gen_flow(struct fs_state *s, u8 family, unsigned int differs)
{
	unsigned int i, alen = fs_addr_len(family);
	struct fs_tuple *orig = &s->tuple[0], *reply = &s->tuple[1];

	memset(s, 0, sizeof(*s));
	s->family = family;
	s->proto = rnd_percent(50) ? FS_UDP : FS_TCP;
	for (i = 0; i < alen; i++) {
		orig->src.octets[i] = (u8)rnd();
		orig->dst.octets[i] = (u8)rnd();
	}
	/* That which end is the lower one is decided by the last octet, or the port. */
	if (rnd_percent(30))
		memcpy(orig->src.octets, orig->dst.octets, alen - rnd_below(2));
	orig->sport = (u16)rnd();
	orig->dport = (u16)rnd();
	reply->src = orig->dst;
	reply->dst = orig->src;
	reply->sport = orig->dport;
	reply->dport = orig->sport;
	if (differs & 1)
		reply->src.octets[rnd_below(alen)] ^= (u8)(1 << rnd_below(8));
	if (differs & 2)
		reply->dst.octets[rnd_below(alen)] ^= (u8)(1 << rnd_below(8));
	if (differs & 4)
		reply->sport ^= (u16)(1 << rnd_below(16));
	if (differs & 8)
		reply->dport ^= (u16)(1 << rnd_below(16));
	s->zone.dir = differs >> 4 & 3;
	s->zone.id = s->zone.dir ? (u16)(1 + rnd_below(0xffff)) : 0;
}

static u16 zone_in(const struct fs_state *s, unsigned int dir)
{
	return s->zone.dir >> dir & 1 ? s->zone.id : 0;
}

static void key_of(struct fs_packed_key *key, const struct fs_state *s,
		   unsigned int dir)
{
	fs_packed_key(key, s->family, s->proto, zone_in(s, dir), &s->tuple[dir]);
}

static void pack(struct kept *kept, const struct fs_state *s)
{
	struct fs_packed_key key;

	key_of(&key, s, 0);
	memset(kept, 0xa5, sizeof(*kept));
	fs_pack(&kept->packed, fs_shape_of(s), s, &key);
}

/* Each kind of flow, again and again. */
static bool next_flow(struct fs_state *s, unsigned int *turn)
{
	if (*turn == 2 * 64 * 20)
		return false;
	gen_flow(s, *turn & 1 ? FS_IPV6 : FS_IPV4, *turn / 2 % 64);
	++*turn;
	return true;
}

static void test_unpack(void)
{
	struct fs_state s, out;
	struct kept kept;
	unsigned int turn = 0;

	while (next_flow(&s, &turn)) {
		pack(&kept, &s);
		memset(&out, 0, sizeof(out));
		fs_unpack(&out, &kept.packed);
		if (!check(!memcmp(&s, &out, sizeof(s))))
			note("flow %u\n", turn);
		check(fs_packed_same(&kept.packed, &s));
	}
}

static void test_room(void)
{
	static const struct {
		unsigned int differs, words4, words6;
	} want[] = {
		{ 0, 3, 9 },		/* not translated */
		{ 2, 4, 13 },		/* source address */
		{ 2 | 8, 4, 13 },	/* and port */
		{ 1 | 4, 4, 13 },	/* destination address and port */
		{ 4 | 8, 4, 10 },	/* both ports */
		{ 15, 6, 18 },		/* all of it */
		{ 15 | 48, 7, 19 },	/* with a zone */
	};
	struct fs_state s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		gen_flow(&s, FS_IPV4, want[i].differs);
		check(fs_packed_words(fs_shape_of(&s)) == want[i].words4);
		gen_flow(&s, FS_IPV6, want[i].differs);
		check(fs_packed_words(fs_shape_of(&s)) == want[i].words6);
	}
	check(want[i - 1].words6 == FS_PACKED_WORDS);
}

/* Where the table would look for a key: its words, protocol and zone. */
static bool same_place(const struct fs_packed_key *a,
		       const struct fs_packed_key *b)
{
	return !memcmp(a->words, b->words,
		       fs_tuple_words(a->shape) * sizeof(u32)) &&
	       a->proto == b->proto && a->zone == b->zone;
}

static void test_find(void)
{
	struct fs_packed_key key[2], reply;
	struct fs_state s;
	struct kept kept;
	unsigned int turn = 0;

	while (next_flow(&s, &turn)) {
		pack(&kept, &s);
		key_of(&key[0], &s, 0);
		key_of(&key[1], &s, 1);
		check(fs_packed_is(&kept.packed, 0, &key[0]));
		if (fs_shape_twice(kept.packed.shape)) {
			check(fs_packed_is(&kept.packed, 1, &key[1]));
			fs_packed_reply(&reply, &kept.packed);
			check(same_place(&reply, &key[1]) &&
			      reply.shape == key[1].shape);
		} else {
			check(same_place(&key[0], &key[1]));
			check(fs_packed_is(&kept.packed, 0, &key[1]));
		}
		check(fs_packed_zone(&kept.packed, 0) == zone_in(&s, 0));
		check(fs_packed_zone(&kept.packed, 1) == zone_in(&s, 1));
		check(!memcmp(kept.packed.words, key[0].words,
			      fs_tuple_words(key[0].shape) * sizeof(u32)));
	}
}

/* A tuple is found by what it is, bit by bit, and a translated one from its own end
 * only.
 */
static void test_others(void)
{
	unsigned int turn = 0, dir, bit;
	struct fs_packed_key key;
	struct fs_state s, other;
	struct fs_tuple turned;
	struct kept kept;
	u8 proto;

	while (next_flow(&s, &turn)) {
		pack(&kept, &s);
		for (dir = 0; dir < 2; dir++) {
			if (dir && !fs_shape_twice(kept.packed.shape))
				continue;
			other = s;
			bit = (unsigned int)rnd_below(8 * fs_addr_len(s.family));
			if (rnd_percent(25))
				other.tuple[dir].sport ^= (u16)(1 << bit % 16);
			else if (rnd_percent(33))
				other.tuple[dir].dport ^= (u16)(1 << bit % 16);
			else if (rnd_percent(50))
				other.tuple[dir].src.octets[bit / 8] ^=
					(u8)(1 << bit % 8);
			else
				other.tuple[dir].dst.octets[bit / 8] ^=
					(u8)(1 << bit % 8);
			key_of(&key, &other, dir);
			/* It may have become its own other end. */
			turned = (struct fs_tuple) {
				.src = s.tuple[dir].dst,
				.dst = s.tuple[dir].src,
				.sport = s.tuple[dir].dport,
				.dport = s.tuple[dir].sport,
			};
			if (!fs_tuple_equal(&turned, &other.tuple[dir]))
				check(!fs_packed_is(&kept.packed, dir, &key));
			check(!fs_packed_same(&kept.packed, &other));

			proto = s.proto == FS_TCP ? FS_UDP : FS_TCP;
			fs_packed_key(&key, s.family, proto, zone_in(&s, dir),
				      &s.tuple[dir]);
			check(!fs_packed_is(&kept.packed, dir, &key));
			fs_packed_key(&key, s.family, s.proto,
				      (u16)(zone_in(&s, dir) + 1), &s.tuple[dir]);
			check(!fs_packed_is(&kept.packed, dir, &key));
			fs_packed_key(&key, s.family, s.proto, zone_in(&s, dir),
				      &turned);
			if (fs_shape_twice(kept.packed.shape) &&
			    !fs_tuple_equal(&turned, &s.tuple[dir]))
				check(!fs_packed_is(&kept.packed, dir, &key));
		}
	}
}

static void test_same(void)
{
	struct fs_state s, other;
	struct kept kept;
	unsigned int turn = 0;

	while (next_flow(&s, &turn)) {
		pack(&kept, &s);
		other = s;
		other.zone.dir ^= 1;
		other.zone.id = other.zone.dir ? 77 : 0;
		check(!fs_packed_same(&kept.packed, &other));
		other = s;
		other.proto ^= FS_TCP ^ FS_UDP;
		check(!fs_packed_same(&kept.packed, &other));
		other = s;
		other.family ^= FS_IPV4 ^ FS_IPV6;
		check(!fs_packed_same(&kept.packed, &other));
	}
}

static void test_tcp(void)
{
	struct fs_packed_tcp packed;
	struct fs_tcp tcp, out;
	unsigned int i, j;

	for (i = 0; i <= FS_TCP_SCALE_MAX; i++)
		for (j = 0; j <= FS_TCP_SCALE_MAX; j++) {
			tcp = (struct fs_tcp) {
				.state = (u8)rnd(),
				.scale = { (u8)i, (u8)j },
				.flags = { (u8)rnd(), (u8)rnd() },
			};
			packed = fs_tcp_pack(&tcp);
			out = fs_tcp_unpack(&packed);
			check(!memcmp(&tcp, &out, sizeof(tcp)));
		}
}

static const struct tap_case cases[] = {
	{ "what was packed comes out, translated or not, with zones", test_unpack },
	{ "only what differs takes room", test_room },
	{ "a flow is found by both its tuples", test_find },
	{ "and by no other, protocol and zone included", test_others },
	{ "another zone, protocol or family is another flow", test_same },
	{ "TCP state, scales and flags", test_tcp },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
