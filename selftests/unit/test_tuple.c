// SPDX-License-Identifier: GPL-2.0
/* Tuples: inversion as nf_ct_invert_tuple() does it, and comparison. */
#include "rnd.h"
#include "tap.h"
#include "tuple.h"

/* Answer to each ICMP type, 256 if it has none. Written from the invmap tables
 * of nf_conntrack_proto_icmp.c and nf_conntrack_proto_icmpv6.c.
 */
static unsigned int answer_to(u8 proto, unsigned int type)
{
	if (proto == FS_ICMPV6)
		return type == 128 ? 129 : type == 129 ? 128 :
		       type == 139 ? 140 : type == 140 ? 139 : 256;
	switch (type) {
	case 0: return 8;
	case 8: return 0;
	case 13: return 14;
	case 14: return 13;
	case 15: return 16;
	case 16: return 15;
	case 17: return 18;
	case 18: return 17;
	default: return 256;
	}
}

static void gen_tuple(struct fs_tuple *t)
{
	unsigned int i;

	for (i = 0; i < 16; i++) {
		t->src.octets[i] = (u8)rnd();
		t->dst.octets[i] = (u8)rnd();
	}
	t->sport = (u16)rnd();
	t->dport = (u16)rnd();
}

static bool addrs_swapped(const struct fs_tuple *a, const struct fs_tuple *b)
{
	return !memcmp(a->src.octets, b->dst.octets, 16) &&
	       !memcmp(a->dst.octets, b->src.octets, 16);
}

static void test_addr_len(void)
{
	unsigned int family;

	for (family = 0; family < 256; family++)
		check(fs_addr_len((u8)family) ==
		      (family == 4 ? 4u : family == 6 ? 16u : 0u));
}

static void test_ports(void)
{
	static const u8 protos[] = { FS_TCP, FS_UDP };
	struct fs_tuple t, inv;
	unsigned int i;

	for (i = 0; i < 200; i++) {
		gen_tuple(&t);
		check(fs_tuple_invert(&inv, &t, protos[i % 2]));
		check(addrs_swapped(&inv, &t));
		check(inv.sport == t.dport && inv.dport == t.sport);
	}
}

static void test_icmp(void)
{
	static const u8 protos[] = { FS_ICMP, FS_ICMPV6 };
	unsigned int i, type, want;
	struct fs_tuple t, inv;

	for (i = 0; i < 2; i++) {
		for (type = 0; type < 256; type++) {
			gen_tuple(&t);
			t.dport = (u16)(type << 8 | (t.dport & 0xff));
			want = answer_to(protos[i], type);
			if (!check(fs_tuple_invert(&inv, &t, protos[i]) ==
				   (want < 256)))
				note("protocol %u type %u\n", protos[i], type);
			if (want == 256)
				continue;
			check(addrs_swapped(&inv, &t));
			check(inv.sport == t.sport);
			check(inv.dport == (want << 8 | (t.dport & 0xff)));
		}
	}
}

static void test_twice(void)
{
	static const u16 types[] = { 8 << 8, 14 << 8 | 3, 128 << 8, 140 << 8 };
	static const u8 protos[] = { FS_ICMP, FS_ICMP, FS_ICMPV6, FS_ICMPV6,
				     FS_TCP, FS_UDP };
	struct fs_tuple t, u;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		gen_tuple(&t);
		if (i < ARRAY_SIZE(types))
			t.dport = types[i];
		u = t;
		check(fs_tuple_invert(&u, &u, protos[i]));
		check(!fs_tuple_equal(&u, &t));
		check(fs_tuple_invert(&u, &u, protos[i]));
		check(fs_tuple_equal(&u, &t));
	}
}

static void test_equal(void)
{
	struct fs_tuple t, u;
	unsigned int bit;

	gen_tuple(&t);
	u = t;
	check(fs_tuple_equal(&t, &u));
	for (bit = 0; bit < 8 * sizeof(t); bit++) {
		u = t;
		((u8 *)&u)[bit / 8] ^= (u8)(1 << bit % 8);
		check(!fs_tuple_equal(&t, &u) && !fs_tuple_equal(&u, &t));
	}
}

static const struct tap_case cases[] = {
	{ "address lengths", test_addr_len },
	{ "TCP and UDP: addresses and ports change places", test_ports },
	{ "ICMP and ICMPv6: every type has the kernel's answer, or none",
	  test_icmp },
	{ "inverting in place, and twice", test_twice },
	{ "every bit of a tuple counts", test_equal },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
