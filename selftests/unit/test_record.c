// SPDX-License-Identifier: GPL-2.0
/* Flow records: octets as drawn, round trips, batches. */
#include "expect.h"
#include "gen.h"
#include "golden.h"
#include "rnd.h"
#include "tap.h"

static void test_golden_put(void)
{
	u8 want[256], got[256];
	struct fs_batch b;
	struct fs_wr w;
	char text[512];
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(golden); i++) {
		snprintf(text, sizeof(text), GOLDEN_BATCH "%s",
			 golden[i].octets);
		len = octets_of(want, text);
		fs_wr_init(&w, got, sizeof(got));
		fs_batch_begin(&b, &w, 1, 300, 0);
		check(fs_batch_put(&b, &w, &golden[i].rec));
		if (!check((size_t)(w.p - got) == len) ||
		    !check(!memcmp(got, want, len)))
			note("%s\n", golden[i].what);
	}
}

static void test_golden_get(void)
{
	struct fs_record rec;
	struct fs_batch b;
	struct fs_rd r;
	char text[512];
	u8 octets[256];
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(golden); i++) {
		struct exact e;

		snprintf(text, sizeof(text), GOLDEN_BATCH "%s",
			 golden[i].octets);
		len = octets_of(octets, text);
		e = exact_copy(octets, len);
		fs_rd_init(&r, e.p, len);
		check(fs_batch_open(&b, &r) == FS_WIRE_OK);
		check(b.group == 1 && b.epoch == 300 && !b.count);
		memset(&rec, 0xee, sizeof(rec));
		if (!check(fs_batch_next(&b, &r, &rec) == FS_WIRE_OK) ||
		    !check(rec_equal(&rec, &golden[i].rec)))
			note("%s\n", golden[i].what);
		check(!fs_rd_left(&r) && !r.failed && b.count == 1);
		exact_free(e);
	}
}

/* Slots and ops are sent less those of the record before. */
static void test_deltas(void)
{
	static const char octets[] = GOLDEN_BATCH
		"03 0a d00f 01"		/* slot 5, op 1000 */
		"03 03 02 01"		/* slot 3, op 1001 */
		"03 00 01 02"		/* slot 3, op 1000 */
		"03 f9ffffff1f 02 01"	/* slot 3 - 2147483645 - ... */
		;
	static const struct {
		u32 slot;
		u64 op;
	} want[] = { { 5, 1000 }, { 3, 1001 }, { 3, 1000 } };
	struct fs_record rec;
	struct fs_batch b;
	struct fs_rd r;
	u8 in[64], out[64];
	struct fs_wr w;
	size_t i, len = octets_of(in, octets);

	fs_rd_init(&r, in, len);
	check(fs_batch_open(&b, &r) == FS_WIRE_OK);
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		check(fs_batch_next(&b, &r, &rec) == FS_WIRE_OK);
		check(rec.slot == want[i].slot && rec.op == want[i].op);
	}
	/* Below slot 0. */
	check(fs_batch_next(&b, &r, &rec) == FS_WIRE_BADVALUE);
	check(b.count == 3);

	fs_wr_init(&w, out, sizeof(out));
	fs_batch_begin(&b, &w, 1, 300, 0);
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		memset(&rec, 0, sizeof(rec));
		rec.type = FS_RECORD_DELETE;
		rec.slot = want[i].slot;
		rec.op = want[i].op;
		rec.gen = i == 2 ? 2 : 1;
		check(fs_batch_put(&b, &w, &rec));
	}
	check(w.p - out == 3 + 5 + 4 + 4 && !memcmp(out, in, 16));
}

/* Two connections behind one address, and one of IPv6 behind another. */
#define HEAD4	"c0000202 c6336407 0035 8235 "
#define HEAD6	"20010db8000000000000000000000001 20010db8000000000000000000000002 0035 8235 "
#define VIA4	"cb007101"
#define VIA6	"20010db800000000000000000000000a"

static enum fs_wire_error read_all(const char *text, u64 ignore,
				   struct fs_record *rec, unsigned int *count)
{
	enum fs_wire_error err = FS_WIRE_OK;
	u8 octets[OCTETS_MAX];
	struct fs_batch b;
	struct fs_rd r;

	fs_rd_init(&r, octets, octets_of(octets, text));
	check(!fs_batch_open(&b, &r));
	b.ignore = ignore;
	for (*count = 0; !err && fs_rd_left(&r); ) {
		err = fs_batch_next(&b, &r, &rec[*count]);
		*count += !err;
	}
	return err;
}

static size_t write_all(const struct fs_record *rec, unsigned int count,
			u64 known, u8 *octets)
{
	struct fs_batch b;
	struct fs_wr w;

	fs_wr_init(&w, octets, OCTETS_MAX);
	fs_batch_begin(&b, &w, 1, 300, known);
	while (count--)
		check(fs_batch_put(&b, &w, rec++));
	return (size_t)(w.p - octets);
}

static void test_repeats(void)
{
	static const char told[] = GOLDEN_BATCH
		"41 02 02 01 21 " HEAD4 VIA4 " 1e"	/* first */
		"41 02 02 01 a1 " HEAD4 " 1e"		/* the same address */
		"41 02 02 01 01 " HEAD4 " 1e"		/* not translated */
		"03 02 02 01"				/* a delete */
		"51 02 02 01 21 " HEAD6 VIA6 " 1e"
		"51 02 02 01 a1 " HEAD6 " 1e"
		"41 02 02 01 21 " HEAD4 VIA4 " 1e";	/* the last one was IPv6 */
	static struct fs_record rec[7], back[7];
	u8 want[OCTETS_MAX], got[OCTETS_MAX];
	size_t len = octets_of(want, told);
	unsigned int count;
	struct fs_batch b;
	struct fs_rd r;

	check(!read_all(told, 0, rec, &count) && count == 7);
	check(!memcmp(&rec[1].state.tuple[1].dst, &rec[0].state.tuple[1].dst,
		      sizeof(struct fs_addr)));
	check(rec[1].state.tuple[1].dst.octets[0] == 0xcb);
	check(rec[5].state.tuple[1].dst.octets[15] == 0x0a);
	check(!fs_state_nat(&rec[2].state) && fs_state_nat(&rec[5].state));
	check(write_all(rec, 7, FS_RECORD_KNOWN, got) == len &&
	      !memcmp(got, want, len));

	/* In full, to who does not know of it. */
	check(write_all(rec, 7, FS_RECORD_OPTIONS, got) == len + 4 + 16);
	len += 4 + 16;
	fs_rd_init(&r, got, len);
	check(!fs_batch_open(&b, &r));
	for (count = 0; count < 7; count++)
		check(!fs_batch_next(&b, &r, &back[count]) &&
		      rec_equal(&back[count], &rec[count]));
	check(read_all(told, FS_RECORD_REPEATS, back, &count) ==
	      FS_WIRE_BADVALUE && count == 1);
}

/* What is left out has to have been told before, and of the same family. */
static void test_repeats_refused(void)
{
	static struct fs_record rec[3];
	unsigned int count;

	check(read_all(GOLDEN_BATCH "41 02 02 01 a1 " HEAD4 " 1e", 0, rec,
		       &count) == FS_WIRE_BADVALUE && !count);
	check(read_all(GOLDEN_BATCH "41 02 02 01 01 " HEAD4 " 1e"
		       "41 02 02 01 a1 " HEAD4 " 1e", 0, rec,
		       &count) == FS_WIRE_BADVALUE && count == 1);
	check(read_all(GOLDEN_BATCH "41 02 02 01 21 " HEAD4 VIA4 " 1e"
		       "51 02 02 01 a1 " HEAD6 " 1e", 0, rec,
		       &count) == FS_WIRE_BADVALUE && count == 1);
	/* The destination is the inverse, and yet repeated. */
	check(read_all(GOLDEN_BATCH "41 02 02 01 21 " HEAD4 VIA4 " 1e"
		       "41 02 02 01 81 " HEAD4 " 1e", 0, rec,
		       &count) == FS_WIRE_BADVALUE && count == 1);
	check(read_all(GOLDEN_BATCH "41 02 02 01 21 " HEAD4 VIA4 " 1e"
		       "42 02 02 01 81 1e", 0, rec,
		       &count) == FS_WIRE_BADVALUE && count == 1);
}

static void test_round(void)
{
	static struct dgram sent, got;
	u8 octets[OCTETS_MAX];
	unsigned int i;
	size_t len;

	for (i = 0; i < 40000; i++) {
		gen_dgram(&sent);
		len = dgram_put(&sent, octets, sizeof(octets));
		check(len);
		dgram_get(&got, octets, len);
		if (!check(dgram_equal(&sent, &got)))
			note("datagram %u\n", i);
	}
}

/* However little room there is, what was put before stays sendable. */
static void test_no_room(void)
{
	struct fs_batch b, before;
	struct fs_record rec[2], back;
	struct fs_wr w;
	struct fs_rd r;
	unsigned int i;
	size_t room;

	for (i = 0; i < 500; i++) {
		gen_record(&rec[0]);
		gen_record(&rec[1]);
		for (room = 3; room < 3 + 2 * FS_RECORD_MAX; room++) {
			u8 zero[3 + 2 * FS_RECORD_MAX] = { 0 };
			struct exact e = exact_copy(zero, room);
			unsigned int n = 0;

			fs_wr_init(&w, e.p, room);
			fs_batch_begin(&b, &w, 1, 300, 0);
			do {
				before = b;
				if (!fs_batch_put(&b, &w, &rec[n])) {
					check(!memcmp(&b, &before, sizeof(b)));
					break;
				}
			} while (++n < 2);
			check(!w.failed && b.count == n);
			fs_rd_init(&r, e.p, (size_t)(w.p - e.p));
			check(fs_batch_open(&before, &r) == FS_WIRE_OK);
			while (fs_rd_left(&r)) {
				check(!fs_batch_next(&before, &r, &back));
				check(rec_equal(&back,
						&rec[before.count - 1]));
			}
			check(before.count == n);
			exact_free(e);
			if (n == 2)
				break;
		}
		check(room < 3 + 2 * FS_RECORD_MAX);
	}
}

/* A header that did not fit: nothing can be put behind it. */
static void test_failed_writer(void)
{
	struct fs_batch b;
	struct fs_wr w;
	u8 octets[8];

	fs_wr_init(&w, octets, 1);
	fs_batch_begin(&b, &w, 1, 300, 0);
	check(w.failed);
	check(!fs_batch_put(&b, &w, &golden[0].rec) && w.failed && !b.count);
}

/* A security mark takes of the room that expectations have. */
static void test_secmark(void)
{
	struct fs_expect e = { .proto = FS_UDP, .timeout = 1 };
	struct fs_attrs attrs = { .has = FS_ATTR_SECMARK };
	struct fs_expect_cursor c;
	unsigned int count = 0;

	memset(attrs.secmark, 's', FS_SECMARK_MAX - 1);
	check(fs_expects_room(&attrs) == FS_EXPECTS_MAX - 2 - 127);
	fs_expects_begin(&c, &attrs.expects, FS_IPV4);
	while (fs_expects_add(&attrs, &c, &e))
		count++;
	/* Of 10 octets each. */
	check(count == (FS_EXPECTS_MAX - 2 - 127) / 10);
	attrs.has |= FS_ATTR_EXPECTS;
	check(fs_attrs_valid(&attrs, FS_IPV4, FS_TCP));
	attrs.expects.len = (u8)(fs_expects_room(&attrs) + 1);
	check(!fs_attrs_valid(&attrs, FS_IPV4, FS_TCP));
}

/* So does a timeout policy; both together leave some. */
static void test_timeouts(void)
{
	struct fs_attrs attrs = {
		.has = FS_ATTR_TIMEOUTS,
		.timeouts = { 3, { 0, 128, FS_TIMEOUT_MAX } },
	};
	unsigned int n;

	check(fs_timeouts_len(&attrs.timeouts) == 1 + 2 + 3);
	check(fs_expects_room(&attrs) == FS_EXPECTS_MAX - 2 - 6);
	attrs.timeouts.count = FS_TIMEOUTS;
	for (n = 0; n < FS_TIMEOUTS; n++)
		attrs.timeouts.seconds[n] = FS_TIMEOUT_MAX;
	attrs.has |= FS_ATTR_SECMARK;
	memset(attrs.secmark, 's', FS_SECMARK_MAX - 1);
	check(fs_expects_room(&attrs) == FS_EXPECTS_MAX - 2 - 127 - 2 - 42);
}

static enum fs_wire_error get_timeouts(const u8 *value, u8 len,
				       struct fs_attrs *attrs)
{
	struct fs_rd r;

	attrs->has = 0;
	fs_rd_init(&r, value, len);
	return fs_attrs_get(attrs, 0x0f, &r);
}

static void test_timeouts_refused(void)
{
	static const u8 long_one[] = { 0x81, 0x80, 0x40 };
	static const u8 last[] = { 0x80, 0x80, 0x40 };
	static const u8 cut[] = { 1, 0x80 };
	struct fs_attrs attrs;
	u8 many[15] = { 0 };

	check(get_timeouts(many, 0, &attrs) == FS_WIRE_BADLEN);
	check(get_timeouts(many, 14, &attrs) == FS_WIRE_OK &&
	      attrs.timeouts.count == 14);
	check(get_timeouts(many, 15, &attrs) == FS_WIRE_BADVALUE);
	check(get_timeouts(cut, 2, &attrs) == FS_WIRE_BADLEN);
	check(get_timeouts(last, 3, &attrs) == FS_WIRE_OK &&
	      attrs.timeouts.seconds[0] == FS_TIMEOUT_MAX);
	check(get_timeouts(long_one, 3, &attrs) == FS_WIRE_BADVALUE);
}

/* As many octets as there may be: of IPv6, 62, 62 and 56 of them. */
static void full_expects(struct fs_attrs *attrs)
{
	struct fs_expect_cursor c;
	struct fs_expect e = {
		.proto = FS_UDP, .saved_port = 1, .port_mask = 0xffff,
		.timeout = 16384, .helper = "h",
	};
	unsigned int i;

	memset(&e.mask, 0xff, sizeof(e.mask));
	memset(&e.saved, 0x55, sizeof(e.saved));
	attrs->expects.len = 0;
	fs_expects_begin(&c, &attrs->expects, FS_IPV6);
	for (i = 0; i < 3; i++) {
		if (i == 2) {
			e.helper[0] = '\0';
			e.port_mask = 0;
			e.timeout = 30;
		}
		check(fs_expects_add(attrs, &c, &e));
	}
	check(!fs_expects_add(attrs, &c, &e));
	check(attrs->expects.len == FS_EXPECTS_MAX);
}

static void test_largest(void)
{
	struct fs_record rec;
	u8 octets[FS_RECORD_MAX];
	struct fs_batch b;
	struct fs_wr w;

	memset(&rec, 0, sizeof(rec));
	rec.type = FS_RECORD_CHECKPOINT;
	rec.slot = 0xffffffff;
	rec.gen = 0xffffffff;
	rec.op = 1ull << 63;
	memset(rec.state.tuple, 0x55, sizeof(rec.state.tuple));
	rec.state.tuple[1].sport = 1;
	rec.state.tuple[1].dport = 2;
	rec.state.tuple[1].src.octets[0] = 1;
	rec.state.tuple[1].dst.octets[0] = 1;
	rec.state.family = FS_IPV6;
	rec.state.proto = FS_TCP;
	rec.state.status = FS_STATUS_MASK;
	rec.state.timeout = FS_TIMEOUT_MAX;
	rec.state.tcp.state = 3;
	rec.state.zone.id = 65535;
	rec.state.zone.dir = 3;
	rec.state.attrs.has = FS_ATTR_WINDOW | FS_ATTR_MARK | FS_ATTR_LABELS |
			      FS_ATTR_HELPER | FS_ATTR_SEQADJ | FS_ATTR_SYNPROXY |
			      FS_ATTR_ACCT | FS_ATTR_START |
			      FS_ATTR_EXPECTS | FS_ATTR_MASTER;
	full_expects(&rec.state.attrs);
	rec.state.attrs.master.family = FS_IPV6;
	rec.state.attrs.master.proto = FS_TCP;
	memset(rec.state.attrs.helper, 'h', FS_HELPER_NAME - 1);
	rec.state.attrs.acct[0].packets = FS_PACKETS_MAX;
	rec.state.attrs.acct[1] = rec.state.attrs.acct[0];
	rec.state.attrs.acct[0].octets = FS_OCTETS_MAX;
	rec.state.attrs.acct[1].octets = FS_OCTETS_MAX;
	check(fs_state_valid(&rec.state));
	fs_wr_init(&w, octets, sizeof(octets));
	memset(&b, 0, sizeof(b));
	check(fs_batch_put(&b, &w, &rec));
	check(w.p - octets == 1 + 5 + 10 + 5 + 1 + 36 + 36 + 3 + 3 + 2 + 5 +
	      12 + 6 + 18 + 17 + 26 + 14 + 28 + 10 + 182 + 39);
	check(w.p - octets == FS_RECORD_MAX);
}

/* One option of @type behind an update, read by a node that lacks @ignore. Its only
 * octet is no value of any that is known: of timeouts, half of one.
 */
static enum fs_wire_error get_option(u8 type, u64 ignore, struct fs_batch *b,
				     struct fs_record *rec)
{
	u8 octets[] = { 1, 1, FS_RECORD_UPDATE | 4 | 2 << 5, 2, 2, 1, 0, 30,
			3, type, 1, type == 0x0f ? 0x80 : 0 };
	struct fs_rd r;

	fs_rd_init(&r, octets, sizeof(octets));
	check(!fs_batch_open(b, &r));
	b->ignore = ignore;
	return fs_batch_next(b, &r, rec);
}

/* What is said to be understood is, and nothing else. */
static void test_options(void)
{
	struct fs_record rec;
	struct fs_batch b;
	unsigned int n;

	for (n = 1; n < 0x80; n++) {
		enum fs_wire_error may = get_option((u8)n, 0, &b, &rec);
		enum fs_wire_error must = get_option((u8)(0x80 | n), 0, &b,
						     &rec);
		bool known = may || must != FS_WIRE_MANDATORY;

		if (!check(known == (n < 64 && FS_RECORD_OPTIONS >> n & 1)))
			note("option 0x%02x\n", n);
		check(b.unknown == (must == FS_WIRE_MANDATORY ? 0x80 | n : 0));
		/* Those that must be understood can only be said so. */
		check(!known || !may == (n < 64 && FS_RECORD_MANDATORY >> n & 1));
		if (n >= 64)
			continue;
		/* A version before knew none of them. */
		check(!get_option((u8)n, ~0ull, &b, &rec));
		check(get_option((u8)(0x80 | n), ~0ull, &b, &rec) ==
		      FS_WIRE_MANDATORY && b.unknown == (0x80 | n));
	}
}

static void put_and_get(struct fs_record *rec, u64 known, struct fs_record *got)
{
	u8 octets[FS_RECORD_MAX + 8];
	struct fs_batch b;
	struct fs_wr w;
	struct fs_rd r;

	fs_wr_init(&w, octets, sizeof(octets));
	fs_batch_begin(&b, &w, 1, 1, 0);
	check(fs_batch_put(&b, &w, rec));
	fs_rd_init(&r, octets, (size_t)(w.p - octets));
	check(!fs_batch_open(&b, &r));
	b.ignore = ~known;
	check(!fs_batch_next(&b, &r, got));
}

/* To a version that knows some options only, it says all but the others. */
static void test_lower(void)
{
	static struct fs_record rec, low, got, as_is;
	unsigned int i, refused = 0, lowered = 0;

	for (i = 0; i < 20000; i++) {
		u64 known = rnd() & FS_RECORD_OPTIONS, out, had;

		gen_record(&rec);
		low = rec;
		out = fs_record_lower(&low, known);
		had = (u64)rec.state.attrs.has << FS_ATTR_SHIFT |
		      (rec.type == FS_RECORD_CHECKPOINT && rec.state.zone.dir ?
		       2u : 0u);
		if (rec.type == FS_RECORD_DELETE)
			had = 0;
		check(out == (had & ~known));
		if (out & FS_RECORD_MANDATORY) {
			refused++;
			continue;
		}
		lowered += out != 0;
		put_and_get(&low, known, &got);
		check(rec_equal(&low, &got));
		/* As if it had been sent as it is, and the receiver skipped. */
		put_and_get(&rec, known, &as_is);
		check(rec_equal(&got, &as_is));
		check(!fs_record_lower(&rec, FS_RECORD_OPTIONS));
	}
	check(refused > 100 && lowered > 1000);
}

static const struct tap_case cases[] = {
	{ "written octets are as drawn", test_golden_put },
	{ "drawn octets are read", test_golden_get },
	{ "the options that are offered are those understood", test_options },
	{ "a record is lowered to what a version before knows", test_lower },
	{ "slots and ops are differences", test_deltas },
	{ "an address that is repeated is left out", test_repeats },
	{ "and refused where there was none", test_repeats_refused },
	{ "what is written is read, 40000 datagrams", test_round },
	{ "a record that does not fit leaves the batch as it was",
	  test_no_room },
	{ "nothing is put behind a header that did not fit",
	  test_failed_writer },
	{ "a security mark takes of the room that expectations have", test_secmark },
	{ "so does a timeout policy", test_timeouts },
	{ "timeouts that are too many, too long or cut short",
	  test_timeouts_refused },
	{ "the largest record is within FS_RECORD_MAX", test_largest },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
