// SPDX-License-Identifier: GPL-2.0
/* State datagrams that must be refused, and with which reason. */
#include "gen.h"
#include "tap.h"

#define OK	FS_WIRE_OK
#define LEN	FS_WIRE_BADLEN
#define VALUE	FS_WIRE_BADVALUE
#define MUST	FS_WIRE_MANDATORY

#define B	"01 00 "			/* group 1, epoch 0 */
#define UDP4	"0a000001 0a000002 0001 0002 "
#define UDP6	"20010db8000000000000000000000001" \
		"20010db8000000000000000000000002 0001 0002 "
#define ICMP(type)	"0a000001 0a000002 0001 " type "00 "

struct payload {
	enum fs_wire_error err;
	const char *octets;
};

static const struct payload batches[] = {
	{ OK, "01 00" },
	{ OK, "ffff03 ffffffffffffffffff01" },
	{ LEN, "" },
	{ LEN, "01" },
	{ LEN, "80" },
	{ LEN, "8100 00" },			/* group not shortest */
	{ LEN, "01 8000" },
	{ VALUE, "00 00" },			/* group 0 */
	{ VALUE, "808004 00" },			/* group 65536 */
	{ VALUE, "8180808010 00" },		/* group 2^32 + 1 */
};

static const struct payload heads[] = {
	{ OK, B "03 00 02 01" },
	{ OK, B "03 feffffff1f 02 ffffffff0f" },	/* slot, gen 2^32 - 1 */
	{ VALUE, B "00 00 02 01" },		/* no type */
	{ VALUE, B "0b 00 02 01" },		/* unused bit */
	{ VALUE, B "49 00 02 01 00" UDP4 "00" },
	{ VALUE, B "13 00 02 01" },		/* a delete has no family, */
	{ VALUE, B "23 00 02 01" },		/* protocol */
	{ VALUE, B "07 00 02 01 00" },		/* or options */
	{ VALUE, B "03 01 02 01" },		/* slot -1 */
	{ VALUE, B "03 8080808020 02 01" },	/* slot 2^32 */
	{ VALUE, B "03 ffffffffffffffffff01 02 01" },
	{ VALUE, B "03 feffffffffffffffff01 02 01" },
	{ VALUE, B "03 02 02 01 03 feffffffffffffffff01 02 01" },
	{ VALUE, B "03 00 00 01" },		/* op 0 */
	{ VALUE, B "03 00 02 01 03 00 01 01" },
	{ VALUE, B "03 00 02 00" },		/* gen 0 */
	{ VALUE, B "03 00 02 8080808010" },	/* gen 2^32 */
	{ LEN, B "03 8000 02 01" },		/* not shortest */
	{ LEN, B "03 00 8200 01" },
	{ LEN, B "03 00 02 8100" },
	{ LEN, B "03 00 02" },
	{ VALUE, B "01 00 02 01 00" UDP4 "00" },	/* no protocol */
	{ OK, B "81 00 02 01 2f 00" UDP4 "00" },	/* another, by number */
	{ VALUE, B "81 00 02 01 00 00" UDP4 "00" },
	{ VALUE, B "81 00 02 01 01 00" UDP4 "00" },
	{ VALUE, B "81 00 02 01 06 00" UDP4 "00" },
	{ VALUE, B "81 00 02 01 11 00" UDP4 "00" },
	{ VALUE, B "81 00 02 01 3a 00" UDP4 "00" },
	{ LEN, B "82 00 02 01" },
	{ VALUE, B "a1 00 02 01 00" UDP4 "00" },
	{ VALUE, B "c1 00 02 01 00" UDP4 "00" },
	{ VALUE, B "e1 00 02 01 00" UDP4 "00" },
	{ VALUE, B "02 00 02 01 00 00" },
	{ OK, B "82 00 02 01 ff 00 00" },
	{ VALUE, B "a2 00 02 01 00 00" },
};

static const struct payload bodies[] = {
	{ OK, B "41 00 02 01 00" UDP4 "00" },
	{ OK, B "51 00 02 01 00" UDP6 "00" },
	{ VALUE, B "41 00 02 01 80" UDP4 "00" },	/* shape's unused bit */
	{ OK, B "42 00 02 01 07 00" },
	{ VALUE, B "42 00 02 01 08 00" },	/* translation in an update */
	{ VALUE, B "42 00 02 01 10 00" },
	{ VALUE, B "42 00 02 01 20 00" },
	{ VALUE, B "42 00 02 01 40 00" },
	{ VALUE, B "42 00 02 01 80 00" },
	{ OK, B "42 00 02 01 00 808040" },
	{ VALUE, B "42 00 02 01 00 818040" },	/* timeout 2^20 + 1 */
	{ VALUE, B "42 00 02 01 00 ffffffffffffffffff01" },
	{ VALUE, B "42 00 02 01 00 8080808010" },	/* 2^32 */
	{ LEN, B "42 00 02 01 00 8000" },
	{ LEN, B "51 00 02 01 00" UDP4 "00" },
	/* ICMP: 8 is a query, 3 an error; its answer's type is given by it */
	{ OK, B "61 00 02 01 00" ICMP("08") "00" },
	{ VALUE, B "61 00 02 01 00" ICMP("03") "00" },
	{ VALUE, B "61 00 02 01 00" ICMP("80") "00" },
	{ OK, B "61 00 02 01 40" ICMP("08") "0000 00" },
	{ VALUE, B "61 00 02 01 40" ICMP("08") "0800 00" },
	{ VALUE, B "61 00 02 01 40" ICMP("08") "0001 00" },
	/* TCP: state, scales, flags */
	{ OK, B "22 00 02 01 00 01 ee ff 00" },
	{ OK, B "22 00 02 01 00 09 00 00 00" },
	{ VALUE, B "22 00 02 01 00 00 00 00 00" },
	{ VALUE, B "22 00 02 01 00 0a 00 00 00" },
	{ VALUE, B "22 00 02 01 00 ff 00 00 00" },
	{ VALUE, B "22 00 02 01 00 03 0f 00 00" },
	{ VALUE, B "22 00 02 01 00 03 f0 00 00" },
	{ LEN, B "22 00 02 01 00 03 00 00" },
};

#define REC	B "45 00 02 01 00" UDP4 "00 "
#define TCP	B "26 00 02 01 00 03 00 00 00 "
#define SCTP	B "86 00 02 01 84 00 00 "
#define DCCP	B "86 00 02 01 21 00 00 "

#define FN23	"66666666666666666666666666666666 66666666666666"
#define A6	"20010db8000000000000000000000001 "

static const struct payload options[] = {
	{ OK, REC "00" },
	{ OK, REC "05 81 03 0001 01" },
	{ OK, REC "05 81 03 0000 03" },
	{ OK, REC "02 71 00" },				/* optional, skipped */
	{ OK, REC "0a 7f 03 818181 81 03 ffff 03" },
	{ MUST, REC "02 80 00" },
	{ MUST, REC "02 f2 00" },
	{ OK, REC "06 03 04 12345678" },		/* mark */
	{ LEN, REC "05 03 03 123456" },
	{ LEN, REC "07 03 05 1234567800" },
	{ LEN, REC "05 04 03 000000" },			/* labels */
	{ OK, REC "03 05 01 61" },			/* helper */
	{ LEN, REC "02 05 00" },
	{ VALUE, REC "04 05 02 6100" },
	{ OK, REC "11 05 0f 616161616161616161616161616161" },
	{ LEN, REC "12 05 10 61616161616161616161616161616161" },
	{ VALUE, REC "0c 02 0a 00000000 00000000 00 00" },	/* windows of UDP */
	{ OK, TCP "0c 02 0a 00000000 00000000 1e 1e" },
	{ VALUE, TCP "0c 02 0a 00000000 00000000 1f 00" },
	{ VALUE, TCP "0c 02 0a 00000000 00000000 00 1f" },
	{ LEN, TCP "0b 02 09 00000000 00000000 00" },
	{ LEN, TCP "0d 02 0b 00000000 00000000 00 00 00" },
	{ VALUE, TCP "0b 88 09 01 00000000 00000000" },
	{ OK, SCTP "0b 88 09 09 00000000 00000000" },
	{ VALUE, SCTP "0b 88 09 0a 00000000 00000000" },
	{ VALUE, SCTP "0c 02 0a 00000000 00000000 00 00" },
	{ VALUE, SCTP "0d 89 0b 00 00 00 0000000000000000" },
	{ OK, DCCP "0d 89 0b 07 01 00 0000000000000000" },
	{ VALUE, DCCP "0d 89 0b 08 01 00 0000000000000000" },
	{ VALUE, DCCP "0d 89 0b 07 02 00 0000000000000000" },
	{ VALUE, DCCP "0d 89 0b 07 01 02 0000000000000000" },
	{ LEN, REC "05 0a 03 00 00 00" },		/* accounting */
	{ OK, REC "06 0a 04 00 00 00 00" },
	{ LEN, REC "07 0a 05 00 00 00 00 00" },
	{ OK, REC "0b 0a 09 ffffffffff7f 00 00 00" },
	{ VALUE, REC "0c 0a 0a 80808080808001 00 00 00" },
	{ OK, REC "0c 0a 0a 00 ffffffffffff7f 00 00" },
	{ VALUE, REC "0d 0a 0b 00 8080808080808001 00 00" },
	{ LEN, REC "09 0b 07 00000000000000" },		/* start */
	{ OK, REC "0c 0c 0a 000006 cb007109 9c41 1e" },	/* expectations */
	{ LEN, REC "02 0c 00" },
	{ VALUE, REC "0b 0c 09 000006 cb007109 9c41" },
	{ VALUE, REC "0c 0c 0a 000000 cb007109 9c41 1e" },
	{ VALUE, REC "0c 0c 0a 000806 cb007109 9c41 1e" },
	{ VALUE, REC "0c 0c 0a 004006 cb007109 9c41 1e" },
	{ VALUE, REC "0c 0c 0a 008006 cb007109 9c41 1e" },
	{ VALUE, REC "0c 0c 0a 040006 cb007109 9c41 1e" },	/* masks of nothing */
	{ VALUE, REC "0d 0c 0b 400006 cb007109 9c41 00 1e" },	/* a helper, no name */
	{ VALUE, REC "0e 0c 0c 400006 cb007109 9c41 01 00 1e" },
	{ OK, REC "0d 0c 0b 800006 cb007109 9c41 00 1e" },
	{ VALUE, REC "0e 0c 0c 800006 cb007109 9c41 01 00 1e" },
	{ OK, REC "0e 0c 0c 000006 cb007109 9c41 808040" },
	{ VALUE, REC "0e 0c 0c 000006 cb007109 9c41 818040" },
	{ VALUE, REC "0d 0c 0b 000006 cb007109 9c41 1e 00" },	/* half of a second */
	{ OK, REC "24 0c 22 800006 cb007109 9c41 17 " FN23 " 1e" },
	{ VALUE, REC "25 0c 23 800006 cb007109 9c41 18 66 " FN23 " 1e" },
	{ OK, REC "0f 0d 0d 06 0a000004 c0000202 9c40 0015" },	/* master */
	{ VALUE, REC "0f 0d 0d 00 0a000004 c0000202 9c40 0015" },
	{ LEN, REC "0e 0d 0c 06 0a000004 c0000202 9c40 00" },
	{ VALUE, REC "27 0d 25 06 " A6 A6 " 9c40 0015" },
	{ VALUE, REC "0a 0e 03 61 3a 62 0e 03 61 3a 62" },	/* twice */
	{ OK, REC "05 0e 03 61 3a 62" },		/* security mark */
	{ LEN, REC "02 0e 00" },
	{ VALUE, REC "05 0e 03 61 00 62" },
	{ MUST, REC "07 81 03 0001 01 ff 00" },
	{ LEN, REC },
	{ LEN, REC "01" },
	{ LEN, REC "8200 01 00" },			/* not shortest */
	{ LEN, REC "ffffffffffffffffff01 01 00" },
	{ LEN, REC "01 01" },
	{ LEN, REC "02 71 01" },
	{ LEN, REC "03 71 02 00 0000" },	/* runs out of the options */
	{ LEN, REC "04 81 02 0001" },
	{ LEN, REC "06 81 04 0001 01 00" },
	{ LEN, REC "04 81 03 0001 01" },
	{ VALUE, REC "05 81 03 0001 00" },	/* a zone in no direction */
	{ VALUE, REC "05 81 03 0001 04" },
	{ VALUE, REC "05 81 03 0000 ff" },
	{ OK, B "46 00 02 01 00 00 02 71 00" },		/* in an update */
	{ MUST, B "46 00 02 01 00 00 02 f2 00" },
	{ VALUE, B "46 00 02 01 00 00 05 81 03 0001 01" },
	{ VALUE, B "46 00 02 01 00 00 05 81 03 0001 00" },
	{ VALUE, B "46 00 02 01 00 00 05 81 03 0000 01" },
	{ VALUE, B "46 00 02 01 00 00 05 81 03 0001 ff" },
};

static enum fs_wire_error get(const char *text)
{
	static const char header[] = "46530101 00000001 0000000000000001"
				     "000000000001 0000";
	static struct dgram got;
	u8 octets[OCTETS_MAX];
	size_t len = octets_of(octets, header);
	unsigned int i;

	octets[23] = (u8)octets_of(octets + len, text);
	dgram_get(&got, octets, len + octets[23]);
	for (i = 0; i < got.records; i++)
		check(rec_sane(&got.rec[i]));
	return got.err;
}

static void check_all(const struct payload *p, size_t count)
{
	enum fs_wire_error err;

	for (; count--; p++) {
		err = get(p->octets);
		if (!check(err == p->err))
			note("%s: %d, not %d\n", p->octets, err, p->err);
	}
}

static void test_batches(void)
{
	check_all(batches, ARRAY_SIZE(batches));
}

static void test_heads(void)
{
	check_all(heads, ARRAY_SIZE(heads));
}

static void test_bodies(void)
{
	check_all(bodies, ARRAY_SIZE(bodies));
}

static void test_options(void)
{
	check_all(options, ARRAY_SIZE(options));
}

/* A refused record does not take back those before it. */
static void test_rest(void)
{
	struct fs_record rec;
	struct fs_batch b;
	struct fs_rd r;
	u8 octets[64];
	size_t len;

	len = octets_of(octets, B "03 08 02 01 03 02 02 00");
	fs_rd_init(&r, octets, len);
	check(fs_batch_open(&b, &r) == OK);
	check(fs_batch_next(&b, &r, &rec) == OK && rec.slot == 4);
	check(fs_batch_next(&b, &r, &rec) == VALUE);
	check(b.count == 1 && b.slot == 4 && b.op == 1);

	len = octets_of(octets, B);
	fs_rd_init(&r, octets, len);
	check(fs_batch_open(&b, &r) == OK && !fs_rd_left(&r));
	check(fs_batch_next(&b, &r, &rec) == LEN);
}

static const struct tap_case cases[] = {
	{ "group and epoch", test_batches },
	{ "type, slot, op and generation", test_heads },
	{ "shape, tuples, TCP and timeout", test_bodies },
	{ "options of a record", test_options },
	{ "records before a refused one stay", test_rest },
};

int main(void)
{
	return tap_run(cases, ARRAY_SIZE(cases));
}
