// SPDX-License-Identifier: GPL-2.0
/* Heartbeats, acknowledgements, and what is asked for. */
#include "gen.h"
#include "golden.h"
#include "heir.h"
#include "rnd.h"
#include "tap.h"

#define HEARD	"81 08 1122334455667788 "
#define SEQ	"02 08 00000000000000ff "
#define GROUP1	"83 17 0001 02 0000000000000005 0000000000000004 00000007 "
#define GROUP2	"83 17 fffe 01 8000000000000000 0000000000000000 00000000 "
#define ACK	"84 0b 0000000000000009 0002 07 "
#define NEEDS	"05 03 01 ac02 "

static void header(struct dgram *d)
{
	memset(d, 0, sizeof(*d));
	d->header.channel = FS_CHANNEL_CONTROL;
	d->header.node = 7;
	d->header.session = 8;
	d->header.seq = 9;
}

static enum fs_wire_error get(struct dgram *got, const u8 *payload, size_t len)
{
	u8 octets[FS_WIRE_HEADER + OCTETS_MAX];
	struct fs_wr w;

	header(got);
	got->header.len = (u16)len;
	fs_wr_init(&w, octets, sizeof(octets));
	fs_header_put(&w, &got->header);
	fs_wr_bytes(&w, payload, len);
	dgram_get(got, octets, (size_t)(w.p - octets));
	return got->err;
}

static enum fs_wire_error get_text(struct dgram *got, const char *text)
{
	u8 octets[OCTETS_MAX];

	return get(got, octets, octets_of(octets, text));
}

static void test_golden(void)
{
	static struct dgram want, got;
	u8 octets[OCTETS_MAX], drawn[OCTETS_MAX];
	size_t i, len, drawn_len;
	unsigned int kind;

	for (i = 0; i < ARRAY_SIZE(golden_control); i++) {
		const struct golden_control *g = &golden_control[i];

		header(&want);
		want.control = g->control;
		want.groups = g->groups;
		want.standings = g->standings;
		memcpy(want.standing, g->standing, sizeof(g->standing));
		want.needs = g->needs;
		memcpy(want.group, g->group, sizeof(g->group));
		memcpy(want.need, g->need, sizeof(g->need));
		memcpy(want.results, g->results, sizeof(g->results));
		for (kind = 0; kind < 2; kind++)
			memcpy(want.result[kind], g->result[kind],
			       sizeof(g->result[kind]));
		drawn_len = octets_of(drawn, g->octets);
		len = dgram_put(&want, octets, sizeof(octets));
		if (!check(len == FS_WIRE_HEADER + drawn_len) ||
		    !check(!memcmp(octets + FS_WIRE_HEADER, drawn, drawn_len)))
			note("%s, written\n", g->what);
		get(&got, drawn, drawn_len);
		if (!check(dgram_equal(&got, &want)))
			note("%s, read: %d\n", g->what, got.err);
	}
}

static void test_order(void)
{
	static struct dgram got;

	check(!get_text(&got, NEEDS GROUP2 SEQ "05 01 07 " GROUP1 ACK HEARD));
	check(got.control.is_heartbeat && got.control.has_ack);
	check(got.control.heard == 0x1122334455667788 &&
	      got.control.state_seq == 255);
	check(got.control.ack.top == 9 && got.control.ack.seen[0] == 7 &&
	      got.control.ack.window == 2);
	check(got.groups == 2 && got.group[0].id == 0xfffe &&
	      got.group[1].id == 1 && got.control.has_groups);
	check(got.needs == 3 && got.need[0] == 1 && got.need[1] == 300 &&
	      got.need[2] == 7);

	check(get_text(&got, HEARD) == FS_WIRE_OK);
	check(got.control.is_heartbeat && !got.control.has_ack);
	check(!got.control.has_groups);
	check(got.control.state_seq == 0 && !got.groups && !got.needs);
	check(!got.control.cookie);
	check(!get_text(&got, HEARD "18 10 0102030405060708 11223344 00000000"));
	check(got.control.cookie == 0x0102030405060708 &&
	      got.control.print[0] == 0x11223344 && !got.control.print[1]);
	check(get_text(&got, ACK) == FS_WIRE_OK);
	check(!got.control.is_heartbeat && got.control.has_ack);
	check(!got.control.heard && !got.control.state_seq);
}

/* Nothing of an acknowledgement is left over from the one before. */
static void test_twice(void)
{
	static struct dgram got;

	check(!get_text(&got, "84 0c 0000000000000063 0007 ffff " ACK));
	check(got.control.ack.top == 9 && got.control.ack.seen[0] == 7 &&
	      got.control.ack.window == 2);
}

static void test_unknown(void)
{
	static struct dgram got;
	char text[512];
	unsigned int type;

	for (type = 0; type < 256; type++) {
		if ((type >= 0x81 && type <= 0x84 && type != 0x82) ||
		    type == 0x02 || (type >= 0x05 && type <= 0x0d) ||
		    (type >= 0x10 && type <= 0x18) || type == 0x1f ||
		    type == 0x20 || type == 0x21)
			continue;
		snprintf(text, sizeof(text), "%02x 00 " HEARD
			 "%02x 03 838383 " GROUP1 "%02x 01 00 " NEEDS, type,
			 type, type);
		if (!check(get_text(&got, text) == (type & 0x80 ?
				FS_WIRE_MANDATORY : FS_WIRE_OK)))
			note("type %02x\n", type);
		if (got.err)
			continue;
		check(got.control.heard == 0x1122334455667788);
		check(got.groups == 1 && got.group[0].id == 1);
		check(got.needs == 2);
	}
}

static void test_refused(void)
{
	static const struct {
		enum fs_wire_error err;
		const char *octets;
	} bad[] = {
		{ FS_WIRE_BADLEN, "" },
		{ FS_WIRE_BADLEN, SEQ GROUP1 },	/* neither heard nor acks */
		{ FS_WIRE_BADLEN, NEEDS },
		{ FS_WIRE_BADLEN, HEARD "02" },
		{ FS_WIRE_BADLEN, HEARD "04 01" },
		{ FS_WIRE_BADLEN, HEARD "0a 04 00000000" },
		{ FS_WIRE_BADLEN, HEARD "0b 04 00000008" },
		{ FS_WIRE_BADVALUE, HEARD "0b 05 00000004 01" },
		{ FS_WIRE_BADLEN, HEARD "0a 06 00 00000000 00" },
		{ FS_WIRE_BADVALUE, HEARD "0a 05 02 00000000" },
		{ FS_WIRE_BADVALUE, HEARD "08 03 01 00 01" },
		{ FS_WIRE_BADVALUE, HEARD "08 03 01 01 00" },
		{ FS_WIRE_BADVALUE, HEARD "09 07 8080808010 01 01" },
		{ FS_WIRE_BADVALUE, HEARD "09 07 01 8080808010 01" },
		{ FS_WIRE_BADLEN, "81 07 11223344556677" },
		{ FS_WIRE_BADLEN, "81 09 112233445566778899" },
		{ FS_WIRE_BADLEN, HEARD "02 07 00000000000000" },
		{ FS_WIRE_BADLEN, HEARD "02 00" },
		{ FS_WIRE_BADLEN, HEARD "83 16 0001 02 0000000000000000 0000000000000000 000000" },
		{ FS_WIRE_BADLEN, HEARD "83 18 0001 02 0000000000000000 0000000000000000 00000001 00" },
		{ FS_WIRE_BADLEN, HEARD "83 17 0001 02" },
		{ FS_WIRE_BADLEN, HEARD "04 ff 00" },
		{ FS_WIRE_BADLEN, "84 00" },
		{ FS_WIRE_BADLEN, "84 09 0000000000000009 00" },
		{ FS_WIRE_BADLEN, "84 0b 0000000000000009 0002" },
		{ FS_WIRE_BADLEN, "84 2b 0000000000000009 0002"
				  "0000000000000000000000000000000000"
				  "00000000000000000000000000000001" },
		{ FS_WIRE_BADLEN, HEARD "20 03 000101" },
		{ FS_WIRE_BADLEN, HEARD "20 05 0001010101" },
		{ FS_WIRE_BADLEN, HEARD "20 00" },
		{ FS_WIRE_BADVALUE, HEARD "20 04 00000101" },
		{ FS_WIRE_BADLEN, HEARD GROUP1 "21 01 05" },
		{ FS_WIRE_BADLEN, HEARD GROUP1 "21 03 050505" },
		{ FS_WIRE_BADVALUE, HEARD GROUP1 "21 02 0041" },
		{ FS_WIRE_BADLEN, HEARD "18 0f 1122334455667788 11223344 556677" },
		{ FS_WIRE_BADLEN, HEARD "18 11 1122334455667788 11223344 55667788 00" },
		{ FS_WIRE_BADVALUE, HEARD "83 17 0000 02 0000000000000001 0000000000000001 00000001" },
		{ FS_WIRE_BADVALUE, HEARD "83 17 0001 03 0000000000000001 0000000000000001 00000001" },
		{ FS_WIRE_BADVALUE, HEARD "83 17 0001 ff 0000000000000001 0000000000000001 00000001" },
		/* Nobody claims under more than its sender knows; one that is
		 * active claims.
		 */
		{ FS_WIRE_BADVALUE, HEARD "83 17 0001 01 0000000000000001 0000000000000002 00000001" },
		{ FS_WIRE_BADVALUE, HEARD "83 17 0001 02 0000000000000001 0000000000000001 00000000" },
		/* A sequence number has 48 bits. */
		{ FS_WIRE_BADVALUE, HEARD "02 08 0001000000000000" },
		{ FS_WIRE_BADVALUE, HEARD "02 08 ffffffffffffffff" },
		/* Those of heir.h. */
		{ FS_WIRE_BADLEN, HEARD "10 0d 0001 0000000000000001 000001" },
		{ FS_WIRE_BADVALUE, HEARD "10 0e 0000 0000000000000001 00000001" },
		{ FS_WIRE_BADVALUE, HEARD "10 0e 0001 0000000000000001 00000000" },
		{ FS_WIRE_BADVALUE, HEARD "11 14 04000000 0000000000000001 0000000000000001" },
		{ FS_WIRE_BADLEN, HEARD "12 10 00000000 0000000000000003 00000001" },
		{ FS_WIRE_BADLEN, HEARD "12 12 00000000 0000000000000001 000000000001" },
		{ FS_WIRE_BADVALUE, HEARD "13 1d 0000000000000001 00000000"
				    "0000000000000001 0000000000000002 00" },
		{ FS_WIRE_BADLEN, HEARD "14 07 00000000000000" },
		{ FS_WIRE_BADLEN, HEARD "15 0f 000000000000000000000000000000" },
		{ FS_WIRE_BADVALUE, HEARD "15 14 00000000000000000000000000000000"
				    "03 02 02 01" },	/* a delete */
		{ FS_WIRE_BADVALUE, HEARD "16 02 01 00" },
		{ FS_WIRE_BADLEN, HEARD "16 01 01" },
		{ FS_WIRE_BADVALUE, HEARD "17 0c 00000000 0000000000000001" },
		{ FS_WIRE_BADVALUE, ACK "05 05 8080808010" },	/* 2^32 */
		{ FS_WIRE_BADVALUE, ACK "05 02 8000" },	/* not shortest */
		{ FS_WIRE_BADVALUE, ACK "05 01 80 01 01 00" },
		{ FS_WIRE_BADVALUE, ACK NEEDS "05 03 01 02 80" },
	};
	static struct dgram got;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		if (!check(get_text(&got, bad[i].octets) == bad[i].err))
			note("%s: %d\n", bad[i].octets, got.err);
}

/* A weight is of the group right before it, and of no other. */
static void test_weight(void)
{
	static struct dgram got;

	check(!get_text(&got, HEARD GROUP1 "21 02 ff40 " GROUP2 SEQ
			"21 02 0102 "));
	check(got.groups == 2 && got.group[0].weighed && !got.group[1].weighed);
	check(got.group[0].rank == 255 && got.group[0].traffic == 64);
	check(!get_text(&got, HEARD GROUP1 "22 02 ff40 21 02 0102 "));
	check(got.groups == 1 && !got.group[0].weighed);
	check(!get_text(&got, HEARD "21 02 0102 " GROUP1 "21 02 0304 21 02 0506"));
	check(got.group[0].rank == 3 && got.group[0].traffic == 4);
}

/* All that one datagram may carry. */
static void put_all(struct fs_wr *w, u8 *octets, size_t room,
		    unsigned int groups, bool whole)
{
	static const struct fs_ack ack = { 1, { 0, 0, 0, 1ull << 63 }, 1 };
	struct fs_group_view g = { .role = FS_ROLE_STANDBY, .weighed = whole };
	u32 need[FS_CONTROL_NEEDS];

	memset(need, 0xff, sizeof(need));
	fs_wr_init(w, octets, room);
	fs_control_put_heard(w, 1, 2);
	fs_control_put_cookie(w, 3, need);
	fs_control_put_ack(w, &ack);
	fs_control_put_needs(w, need, FS_CONTROL_NEEDS);
	if (whole)
		fs_control_put_room(w, &(struct fs_room){ .left = 7 });
	while (g.id < groups) {
		g.id++;
		fs_control_put_group(w, &g);
	}
}

static void test_full(void)
{
	u8 octets[FS_CONTROL_MAX + 29];
	struct fs_standing s[32] = { 0 };
	static struct dgram got;
	unsigned int i;
	struct fs_wr w;

	put_all(&w, octets, FS_CONTROL_MAX, 32, true);
	for (i = 0; i < 32; i++)
		s[i].id = (u16)(i + 1);
	fs_control_put_standings(&w, s, 32);
	check(!w.failed && w.p == w.end);
	get(&got, octets, (size_t)(w.p - octets));
	check(got.err == FS_WIRE_OK && got.groups == 32);
	check(got.group[31].id == 32 && got.group[31].weighed);
	check(got.standings == 32 && got.standing[31].id == 32);
	check(got.needs == FS_CONTROL_NEEDS && got.need[39] == 0xffffffff);
	check(got.control.ack.seen[3] == 1ull << 63);

	put_all(&w, octets, sizeof(octets), 33, true);
	check(!w.failed);
	get(&got, octets, (size_t)(w.p - octets));
	check(got.err == FS_WIRE_BADVALUE);
}

static void test_cut(void)
{
	static const size_t ends[] = { 10, 20, 38, 82, 284, 309, 334 };
	u8 octets[FS_CONTROL_MAX];
	static struct dgram got;
	size_t len, full, i;
	struct fs_wr w;
	bool whole;

	put_all(&w, octets, sizeof(octets), 3, false);
	full = (size_t)(w.p - octets);
	check(full == 359);
	for (len = 0; len < full; len++) {
		/* Between options the rest is a shorter datagram. */
		whole = false;
		for (i = 0; i < ARRAY_SIZE(ends); i++)
			whole |= len == ends[i];
		get(&got, octets, len);
		check(got.err == (whole ? FS_WIRE_OK : FS_WIRE_BADLEN));
		if (!whole)
			continue;
		check(got.groups == (len > 284 ? (len - 284) / 25 : 0));
		check(got.needs == (len >= 284 ? 40 : 0));
		check(got.control.has_ack == (len >= 82));
	}
	for (len = 0; len < full; len++) {
		struct exact e = exact_copy(octets, len);

		put_all(&w, e.p, len, 3, false);
		check(w.failed);
		exact_free(e);
	}
}

/* What a window of received numbers says is what an acknowledgement carries,
 * to each single bit.
 */
static void test_bits(void)
{
	static struct dgram d, got;
	u8 octets[OCTETS_MAX];
	unsigned int n;
	size_t len;

	for (n = 0; n < 256; n++) {
		header(&d);
		d.control.has_ack = true;
		d.control.ack.seen[n / 64] = 1ull << n % 64;
		len = dgram_put(&d, octets, sizeof(octets));
		check(len == FS_WIRE_HEADER + 12 + n / 8 + 1u);
		check(octets[len - 1] == 1 << n % 8);
		dgram_get(&got, octets, len);
		check(dgram_equal(&got, &d));
	}
}

/* A set of slots, told in as many options and datagrams as it takes, is the same
 * set, once each.
 */
static void alive_of(enum fs_alive_kind kind, const char *drawing)
{
	static unsigned long mem[8192 / 64 + 8], want[8192 / 64 + 8];
	static struct dgram got;
	struct fs_dirty set, left;
	u8 octets[600], drawn[32];
	unsigned int i, n, round;
	struct fs_wr w;

	memset(&set, 0, sizeof(set));
	memset(mem, 0, sizeof(mem));
	fs_dirty_grow(&set, mem, 8192);
	fs_wr_init(&w, octets, sizeof(octets));
	check(!fs_control_put_alive(&w, kind, &set));
	fs_dirty_add(&set, 17);
	fs_dirty_add(&set, 16);
	fs_dirty_add(&set, 39);
	check(fs_control_put_alive(&w, kind, &set) && !set.count);
	n = (unsigned int)octets_of(drawn, drawing);
	check(w.p == octets + n && !memcmp(octets, drawn, n));

	for (round = 0; round < 50; round++) {
		memset(&set, 0, sizeof(set));
		memset(&left, 0, sizeof(left));
		memset(mem, 0, sizeof(mem));
		memset(want, 0, sizeof(want));
		fs_dirty_grow(&set, mem, 8192);
		fs_dirty_grow(&left, want, 8192);
		for (i = 0; i < 1 + rnd_below(3000); i++) {
			n = (unsigned int)rnd_below(8192);
			fs_dirty_add(&set, n);
			fs_dirty_add(&left, n);
		}
		set.cursor = (u32)rnd_below(8192);
		while (set.count) {
			fs_wr_init(&w, octets, 30 + rnd_below(500));
			fs_control_put_heard(&w, 1, 2);
			if (!check(fs_control_put_alive(&w, kind, &set)))
				break;
			while (fs_control_put_alive(&w, kind, &set))
				;
			check(!w.failed);
			check(!get(&got, octets, (size_t)(w.p - octets)));
			check(!got.alives[!kind]);
			for (i = 0; i < got.alives[kind]; i++) {
				const struct fs_alive *a = &got.alive[kind][i];

				for (n = 0; n < 8 * a->octets; n++)
					if (a->bits[n / 8] >> n % 8 & 1)
						check(fs_dirty_remove(&left,
								      a->first + n));
			}
		}
		check(!left.count);
	}
}

static void test_alive(void)
{
	alive_of(FS_ALIVE_MOVED, "0b 07 00000010 03 00 80");
	alive_of(FS_ALIVE_RESTED, "0d 07 00000010 03 00 80");
}

static enum fs_wire_error get_option(u8 type, struct fs_control *c)
{
	u8 octets[] = { 0x81, 8, 0, 0, 0, 0, 0, 0, 0, 1, type, 1, 0xff };
	struct fs_rd r;

	fs_rd_init(&r, octets, sizeof(octets));
	return fs_control_get(&r, c);
}

/* What is said to be understood is, and nothing else. */
static void test_options(void)
{
	struct fs_control c;
	unsigned int n;

	for (n = 1; n < 0x80; n++) {
		enum fs_wire_error may = get_option((u8)n, &c);
		enum fs_wire_error must = get_option((u8)(0x80 | n), &c);

		if (!check((may || must != FS_WIRE_MANDATORY) ==
			   (n < 64 && FS_CONTROL_OPTIONS >> n & 1)))
			note("option 0x%02x\n", n);
		check(c.unknown == (must == FS_WIRE_MANDATORY ? 0x80 | n : 0));
	}
}

static bool has_more(const u8 *octets, const struct fs_wr *w)
{
	struct fs_control c;
	struct fs_rd r;

	fs_rd_init(&r, octets, (size_t)(w->p - octets));
	return check(!fs_control_get(&r, &c)) && c.has_more;
}

/* What the module looks through a datagram for again, and what not. */
static void test_more(void)
{
	static const struct fs_standing standing = { .id = 1 };
	static const struct fs_result result = { 3, 1, FS_INSTALLED };
	static const struct fs_answer answer = { .bucket = 1, .op = 1 };
	static const struct fs_check check_ = { .bucket = 1, .op = 1 };
	static const struct fs_group_view group = { .id = 1 };
	static const struct fs_ack ack = { .top = 1, .window = 1 };
	static const u32 print[2], slot = 5;
	u8 octets[OCTETS_MAX];
	struct fs_wr w, plain;

	fs_wr_init(&w, octets, sizeof(octets));
	fs_control_put_heard(&w, 1, 1);
	fs_control_put_ack(&w, &ack);
	fs_control_put_group(&w, &group);
	fs_control_put_standings(&w, &standing, 1);
	fs_control_put_room(&w, &(struct fs_room) { .left = 1 });
	fs_control_put_cookie(&w, 1, print);
	check(!has_more(octets, &w));
	plain = w;
	fs_control_put_needs(&w, &slot, 1);
	check(has_more(octets, &w));
	w = plain;
	fs_control_put_check(&w, &check_);
	check(has_more(octets, &w));
	w = plain;
	fs_control_put_answer(&w, &answer);
	check(has_more(octets, &w));
	w = plain;
	fs_control_put_results(&w, FS_RESULTS_TOLD, &result, 1);
	check(has_more(octets, &w));
	w = plain;
	fs_control_put_results(&w, FS_RESULTS_NOTED, &result, 1);
	check(has_more(octets, &w));
	w = plain;
	fs_wr_uint(&w, 0x0b05, 2);
	fs_wr_uint(&w, 8ull << 8 | 1, 5);
	check(has_more(octets, &w));
	w = plain;
	fs_rest_put(&w, 7);
	check(has_more(octets, &w));
	w = plain;
	w.p += octets_of(w.p, "0c 06 42 04 02 05 00 1e");
	check(has_more(octets, &w));
}

#define WINDOWS	"26 02 02 01 03 03 97 13 80af1a 0c" /* of TCP */ \
		"02 0a 11223344 55667788 10 12"

/* How far flows have come: records, of updates only. */
static void test_advance(void)
{
	static struct dgram got;
	const struct fs_record *rec = got.advance;
	u8 drawn[OCTETS_MAX], octets[OCTETS_MAX];
	size_t len;
	struct fs_wr w;

	check(!get_text(&got, HEARD "0c 1e " WINDOWS "42 04 02 05 00 1e"));
	check(got.advances == 2);
	check(rec[0].slot == 1 && rec[0].op == 1 && rec[0].gen == 1);
	check(rec[0].state.proto == FS_TCP && rec[0].state.tcp.state == 3 &&
	      rec[0].state.status == 3 && rec[0].state.timeout == 432000);
	check(rec[0].state.attrs.has == FS_ATTR_WINDOW &&
	      rec[0].state.attrs.window.end[1] == 0x55667788);
	/* The second is told less the first. */
	check(rec[1].slot == 3 && rec[1].op == 2 && rec[1].gen == 5 &&
	      rec[1].state.proto == FS_UDP && rec[1].state.timeout == 30);

	fs_wr_init(&w, octets, sizeof(octets));
	check(fs_advance_put(&w, &rec[0]));
	len = octets_of(drawn, "0c 18 " WINDOWS);
	check((size_t)(w.p - octets) == len && !memcmp(octets, drawn, len));
	check(len <= FS_ADVANCE_MAX);

	/* The next option begins anew. */
	check(!get_text(&got, HEARD "0c 06 42 04 02 05 00 1e "
			"0c 06 42 04 02 05 00 1e"));
	check(got.advances == 2 && rec[0].slot == 2 && rec[1].slot == 2);

	check(get_text(&got, HEARD "0c 00") == FS_WIRE_BADLEN);
	check(get_text(&got, HEARD "0c 05 42 04 02 05 00") == FS_WIRE_BADLEN);
	/* An end, a checkpoint, and an option that has to be understood. */
	check(get_text(&got, HEARD "0c 04 03 04 02 05") == FS_WIRE_BADVALUE);
	check(get_text(&got, HEARD "0c 12 41 04 02 05 00 0a000001 c0000250"
		       " 9c40 01bb 1e") == FS_WIRE_BADVALUE);
	check(get_text(&got, HEARD "0c 09 46 04 02 05 00 1e 02 bf 00") ==
	      FS_WIRE_MANDATORY && got.control.unknown == 0xbf);
}

static const struct tap_case cases[] = {
	{ "the options that are offered are those understood", test_options },
	{ "octets as drawn, written and read", test_golden },
	{ "options in any order", test_order },
	{ "the last of two acknowledgements is taken, whole", test_twice },
	{ "unknown options: optional skipped, mandatory refused",
	  test_unknown },
	{ "wrong lengths and values have their reasons", test_refused },
	{ "a weight is of the group before it", test_weight },
	{ "as much as a datagram can carry, and no more", test_full },
	{ "cut short, in reading and in writing", test_cut },
	{ "each bit of an acknowledgement is in its place", test_bits },
	{ "slots that had packets, as drawn and as many as there are",
	  test_alive },
	{ "whether there is anything about flows", test_more },
	{ "how far flows have come, as drawn, and nothing else",
	  test_advance },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
