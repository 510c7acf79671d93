// SPDX-License-Identifier: GPL-2.0
/* Which states can be replicated. */
#include "digest.h"
#include "gen.h"
#include "rnd.h"
#include "tap.h"

static void start(struct fs_state *s, u8 family, u8 proto)
{
	memset(s, 0, sizeof(*s));
	s->family = family;
	s->proto = proto;
	if (proto == FS_TCP)
		s->tcp.state = 3;
	if (proto == FS_ICMP) {
		s->tuple[0].dport = 8 << 8;
		s->tuple[1].dport = 0;
	}
	if (proto == FS_ICMPV6) {
		s->tuple[0].dport = 128 << 8;
		s->tuple[1].dport = 129 << 8;
	}
}

static void test_generated(void)
{
	struct fs_state s;
	unsigned int i;

	for (i = 0; i < 50000; i++) {
		gen_state(&s);
		check(fs_state_valid(&s));
	}
}

static void test_protocols(void)
{
	unsigned int family, proto;
	struct fs_state s;

	for (family = 0; family < 256; family++) {
		for (proto = 0; proto < 256; proto++) {
			bool want = (family == 4 || family == 6) &&
				    proto && proto != (family == 4 ? 58 : 1);

			start(&s, (u8)family, (u8)proto);
			check(fs_state_valid(&s) == want);
		}
	}
}

static void test_icmp(void)
{
	struct fs_state s;
	unsigned int type;

	start(&s, FS_IPV4, FS_ICMP);
	s.tuple[1].dport = 1;
	check(!fs_state_valid(&s));
	s.tuple[1].dport = 8 << 8;
	check(!fs_state_valid(&s));
	s.tuple[1].dport = 0;
	s.tuple[1].sport = 99;
	check(fs_state_valid(&s));
	for (type = 0; type < 256; type++) {
		start(&s, FS_IPV4, FS_ICMP);
		s.tuple[0].dport = (u16)(type << 8);
		check(fs_state_valid(&s) == (type == 8));
	}
}

static void test_numbers(void)
{
	struct fs_state s;
	unsigned int v;

	start(&s, FS_IPV4, FS_UDP);
	for (v = 0; v < 256; v++) {
		s.status = (u8)v;
		check(fs_state_valid(&s) == (v < 8));
	}
	s.status = 0;
	s.timeout = 1048576;
	check(fs_state_valid(&s));
	s.timeout = 1048577;
	check(!fs_state_valid(&s));
	s.timeout = 0xffffffff;
	check(!fs_state_valid(&s));
}

static void test_zone(void)
{
	struct fs_state s;
	unsigned int v;

	start(&s, FS_IPV6, FS_UDP);
	for (v = 0; v < 256; v++) {
		s.zone.id = 0;
		s.zone.dir = (u8)v;
		check(fs_state_valid(&s) == (v < 4));
		s.zone.id = 65535;
		check(fs_state_valid(&s) == (v && v < 4));
	}
}

static void test_tcp(void)
{
	struct fs_state s;
	unsigned int v, dir;

	for (v = 0; v < 256; v++) {
		start(&s, FS_IPV4, FS_TCP);
		s.tcp.state = (u8)v;
		check(fs_state_valid(&s) == (v >= 1 && v <= 9));
		for (dir = 0; dir < 2; dir++) {
			start(&s, FS_IPV4, FS_TCP);
			s.tcp.scale[dir] = (u8)v;
			check(fs_state_valid(&s) == (v <= 14));
			start(&s, FS_IPV4, FS_TCP);
			s.tcp.flags[dir] = (u8)v;
			check(fs_state_valid(&s) == (v <= 15));
		}
	}
}

/* What only one protocol has, another must not. */
static void test_attrs(void)
{
	static const struct {
		u32 attr;
		u8 proto;
	} own[] = {
		{ FS_ATTR_WINDOW, FS_TCP }, { FS_ATTR_SEQADJ, FS_TCP },
		{ FS_ATTR_SYNPROXY, FS_TCP }, { FS_ATTR_SCTP, FS_SCTP },
		{ FS_ATTR_DCCP, FS_DCCP },
	};
	unsigned int i, proto;
	struct fs_state s;

	for (i = 0; i < ARRAY_SIZE(own); i++) {
		for (proto = 2; proto < 256; proto++) {
			if (proto == FS_ICMPV6)
				continue;
			start(&s, FS_IPV4, (u8)proto);
			s.attrs.has = own[i].attr;
			check(fs_state_valid(&s) == (proto == own[i].proto));
			s.attrs.has = FS_ATTR_MARK | FS_ATTR_HELPER |
				      FS_ATTR_START;
			check(fs_state_valid(&s));
		}
	}
}

/* Source translation shows in where answers go to, destination translation in
 * where they come from; an ICMP identifier belongs to the source.
 */
static void test_nat(void)
{
	static const struct {
		u8 family, proto;
	} kinds[] = {
		{ FS_IPV4, FS_TCP }, { FS_IPV6, FS_UDP },
		{ FS_IPV4, FS_ICMP }, { FS_IPV6, FS_ICMPV6 },
	};
	unsigned int i, parts, want;
	struct fs_state s;
	bool icmp;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		icmp = i >= 2;
		for (parts = 0; parts < 16; parts++) {
			if (icmp && parts & 8)
				continue;
			start(&s, kinds[i].family, kinds[i].proto);
			want = 0;
			if (parts & 1) {
				s.tuple[1].dst.octets[3] ^= 1;
				want |= FS_NAT_SRC;
			}
			if (parts & 2) {
				s.tuple[1].src.octets[0] ^= 0x80;
				want |= FS_NAT_DST;
			}
			if (parts & 4) {
				s.tuple[1].sport ^= 0x100;
				want |= icmp ? FS_NAT_SRC : FS_NAT_DST;
			}
			if (parts & 8) {
				s.tuple[1].dport ^= 1;
				want |= FS_NAT_SRC;
			}
			check(fs_state_valid(&s));
			check(fs_state_nat(&s) == want);
		}
	}
}

/* What an IPv4 address does not use is zero, in each of the four. */
static void test_addresses(void)
{
	unsigned int dir, octet;
	struct fs_state s;

	for (dir = 0; dir < 2; dir++) {
		for (octet = 0; octet < 16; octet++) {
			start(&s, FS_IPV4, FS_UDP);
			s.tuple[dir].src.octets[octet] = 1;
			check(fs_state_valid(&s) == (octet < 4));
			start(&s, FS_IPV4, FS_UDP);
			s.tuple[dir].dst.octets[octet] = 0x80;
			check(fs_state_valid(&s) == (octet < 4));
			start(&s, FS_IPV6, FS_UDP);
			s.tuple[dir].dst.octets[octet] = 0xff;
			s.tuple[!dir].src.octets[octet] = 1;
			check(fs_state_valid(&s));
		}
	}
}

/* Both ends have to come to the same; the numbers are those of version 1. */
static void test_digest(void)
{
	static const u64 want[] = {
		0x9f4d3c7935d2cd02ull, 0x51987445f9453666ull,
	};
	static const u8 family[] = { FS_IPV4, FS_IPV6 };
	unsigned int i, dir, octet;
	struct fs_state s;

	for (i = 0; i < ARRAY_SIZE(family); i++) {
		start(&s, family[i], FS_TCP);
		s.zone.id = 7;
		s.zone.dir = 3;
		for (dir = 0; dir < 2; dir++) {
			struct fs_tuple *tuple = &s.tuple[dir];

			for (octet = 0; octet < fs_addr_len(s.family); octet++) {
				tuple->src.octets[octet] =
					(u8)(0xf0 + 17 * octet + dir);
				tuple->dst.octets[octet] =
					(u8)(0x81 + 29 * octet + 3 * dir);
			}
			tuple->sport = (u16)(50000 + dir);
			tuple->dport = (u16)(443 - dir);
		}
		check(fs_digest_flow(70000, 3, 1ull << 40 | 5, &s) == want[i]);
	}
}

static const struct tap_case cases[] = {
	{ "generated states are valid", test_generated },
	{ "families and protocols", test_protocols },
	{ "IPv4 in the first four octets, the rest zero", test_addresses },
	{ "ICMP types, and what answers them", test_icmp },
	{ "status bits and timeouts", test_numbers },
	{ "zones", test_zone },
	{ "which end is translated", test_nat },
	{ "TCP states, scales and flags", test_tcp },
	{ "attributes belong to their protocols", test_attrs },
	{ "the digest of a flow", test_digest },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
