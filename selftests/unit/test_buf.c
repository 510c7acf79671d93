// SPDX-License-Identifier: GPL-2.0
/* Cursors: bounds, big-endian, varint and zigzag numbers. */
#include "buf.h"
#include "octets.h"
#include "rnd.h"
#include "tap.h"

static const struct {
	u64 value;
	const char *octets;
} varints[] = {
	{ 0, "00" },
	{ 1, "01" },
	{ 127, "7f" },
	{ 128, "80 01" },
	{ 300, "ac 02" },
	{ 16383, "ff 7f" },
	{ 16384, "80 80 01" },
	{ 0xffffffff, "ff ff ff ff 0f" },
	{ 1ull << 63, "80 80 80 80 80 80 80 80 80 01" },
	{ ~0ull, "ff ff ff ff ff ff ff ff ff 01" },
};

static const struct {
	s64 value;
	const char *octets;
} zigzags[] = {
	{ 0, "00" },
	{ -1, "01" },
	{ 1, "02" },
	{ -2, "03" },
	{ 63, "7e" },
	{ -64, "7f" },
	{ 64, "80 01" },
	{ INT64_MAX, "fe ff ff ff ff ff ff ff ff 01" },
	{ INT64_MIN, "ff ff ff ff ff ff ff ff ff 01" },
};

static const char *const bad_varints[] = {
	"",				/* nothing */
	"80",				/* short */
	"80 00",			/* 0 in two octets */
	"ff 00",			/* 127 in two octets */
	"80 80 00",
	"80 80 80 80 80 80 80 80 80 00",
	"80 80 80 80 80 80 80 80 80 02",	/* 2^64 */
	"ff ff ff ff ff ff ff ff ff 7f",
	"80 80 80 80 80 80 80 80 80 80 01",	/* eleven octets */
	"ff ff ff ff ff ff ff ff ff 81 00",
	"80 80 80 80 80 80 80 80 80",
};

static void test_varint_golden(void)
{
	u8 want[16], got[16];
	struct fs_wr w;
	struct fs_rd r;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(varints); i++) {
		len = octets_of(want, varints[i].octets);
		fs_wr_init(&w, got, sizeof(got));
		fs_wr_varint(&w, varints[i].value);
		check((size_t)(w.p - got) == len && !memcmp(got, want, len));
		fs_rd_init(&r, want, len);
		check(fs_rd_varint(&r) == varints[i].value);
		check(!r.failed && !fs_rd_left(&r));
	}
}

static void test_zigzag_golden(void)
{
	u8 want[16], got[16];
	struct fs_wr w;
	struct fs_rd r;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(zigzags); i++) {
		len = octets_of(want, zigzags[i].octets);
		fs_wr_init(&w, got, sizeof(got));
		fs_wr_zigzag(&w, zigzags[i].value);
		check((size_t)(w.p - got) == len && !memcmp(got, want, len));
		fs_rd_init(&r, want, len);
		check(fs_rd_zigzag(&r) == zigzags[i].value);
		check(!r.failed && !fs_rd_left(&r));
	}
}

static void test_varint_refused(void)
{
	u8 octets[16];
	struct fs_rd r;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(bad_varints); i++) {
		struct exact e;

		len = octets_of(octets, bad_varints[i]);
		e = exact_copy(octets, len);
		fs_rd_init(&r, e.p, len);
		check(fs_rd_varint(&r) == 0);
		if (!check(r.failed))
			note("%s\n", bad_varints[i]);
		exact_free(e);
	}
}

static void test_varint_round(void)
{
	unsigned int i;
	size_t cut, len;
	u8 octets[16];
	struct fs_wr w;
	struct fs_rd r;

	for (i = 0; i < 20000; i++) {
		u64 value = rnd_any_width();

		fs_wr_init(&w, octets, sizeof(octets));
		fs_wr_varint(&w, value);
		len = (size_t)(w.p - octets);
		fs_rd_init(&r, octets, len);
		check(fs_rd_varint(&r) == value && !r.failed);
		check(!fs_rd_left(&r) && len <= FS_VARINT_MAX);
		for (cut = 0; cut < len; cut++) {
			struct exact e = exact_copy(octets, cut);

			fs_rd_init(&r, e.p, cut);
			check(fs_rd_varint(&r) == 0 && r.failed);
			exact_free(e);
		}
		fs_wr_init(&w, octets, sizeof(octets));
		fs_wr_zigzag(&w, (s64)value);
		fs_wr_zigzag(&w, -(s64)(value >> 1));
		fs_rd_init(&r, octets, (size_t)(w.p - octets));
		check(fs_rd_zigzag(&r) == (s64)value);
		check(fs_rd_zigzag(&r) == -(s64)(value >> 1) || w.failed);
	}
}

static void test_uint(void)
{
	static const u8 octets[] = { 1, 2, 3, 4, 5, 6, 7, 0xf8 };
	static const u64 values[] = {
		0x01, 0x0102, 0x010203, 0x01020304, 0x0102030405,
		0x010203040506, 0x01020304050607, 0x01020304050607f8,
	};
	unsigned int width;
	struct fs_rd r;
	struct fs_wr w;
	struct exact e;

	for (width = 1; width <= 8; width++) {
		e = exact_copy(octets, width);
		fs_rd_init(&r, e.p, width);
		check(fs_rd_uint(&r, width) == values[width - 1]);
		check(!r.failed && !fs_rd_left(&r));
		memset(e.p, 0xee, width);
		fs_wr_init(&w, e.p, width);
		fs_wr_uint(&w, values[width - 1], width);
		check(!w.failed && w.p == w.end);
		check(!memcmp(e.p, octets, width));
		exact_free(e);

		e = exact_copy(octets, width - 1);
		fs_rd_init(&r, e.p, width - 1);
		check(fs_rd_uint(&r, width) == 0 && r.failed);
		exact_free(e);
	}
}

static void test_failed_stays(void)
{
	u8 octets[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, out[4] = { 9, 9, 9, 9 };
	struct fs_rd r, sub;
	struct fs_wr w;

	fs_rd_init(&r, octets, 3);
	check(fs_rd_uint(&r, 4) == 0 && r.failed);
	check(!fs_rd_left(&r));
	check(fs_rd_uint(&r, 1) == 0 && fs_rd_varint(&r) == 0);
	check(fs_rd_zigzag(&r) == 0);
	fs_rd_bytes(&r, out, 4);
	check(!out[0] && !out[1] && !out[2] && !out[3]);
	fs_rd_sub(&r, &sub, 1);
	check(sub.failed && !fs_rd_left(&sub) && r.failed);
	fs_rd_sub(&r, &sub, 0);
	check(sub.failed && !fs_rd_left(&sub) && r.failed);

	fs_wr_init(&w, octets, 3);
	fs_wr_uint(&w, 0xffffffff, 4);
	check(w.failed);
	fs_wr_uint(&w, 0xff, 1);
	fs_wr_varint(&w, 0x7f);
	fs_wr_bytes(&w, out, 1);
	check(w.failed && octets[0] == 1 && octets[1] == 2 && octets[2] == 3);
}

static void test_bytes_and_sub(void)
{
	static const u8 octets[] = { 1, 2, 3, 4, 5 };
	struct exact e = exact_copy(octets, sizeof(octets));
	struct fs_rd r, sub;
	u8 out[3] = { 0 };

	fs_rd_init(&r, e.p, 5);
	fs_rd_bytes(&r, out, 2);
	check(out[0] == 1 && out[1] == 2 && !out[2]);
	fs_rd_sub(&r, &sub, 2);
	check(fs_rd_left(&sub) == 2 && fs_rd_left(&r) == 1);
	check(fs_rd_uint(&sub, 2) == 0x0304);
	check(fs_rd_uint(&sub, 1) == 0 && sub.failed);
	check(!r.failed && fs_rd_uint(&r, 1) == 5);
	fs_rd_sub(&r, &sub, 0);
	check(!r.failed && !sub.failed && !fs_rd_left(&sub));
	fs_rd_sub(&r, &sub, 1);
	check(r.failed && sub.failed);

	fs_rd_init(&r, e.p, 5);
	fs_rd_sub(&r, &sub, SIZE_MAX);
	check(r.failed && sub.failed && !fs_rd_left(&sub));
	fs_rd_init(&r, e.p, 5);
	fs_rd_bytes(&r, out, 3);
	fs_rd_bytes(&r, out, 3);
	check(r.failed && !out[0] && !out[1] && !out[2]);
	exact_free(e);
}

static void test_writer_bounded(void)
{
	u8 octets[24] = { 0 };
	size_t room;

	for (room = 0; room <= 23; room++) {
		struct exact e = exact_copy(octets, room);
		struct fs_wr w;

		fs_wr_init(&w, e.p, room);
		fs_wr_uint(&w, 1, 3);
		fs_wr_varint(&w, ~0ull);
		fs_wr_bytes(&w, octets, 10);
		check(w.failed == (room < 23));
		check(w.p <= w.end);
		exact_free(e);
	}
}

static const struct tap_case cases[] = {
	{ "varint: octets as drawn", test_varint_golden },
	{ "zigzag: octets as drawn", test_zigzag_golden },
	{ "varint: short, long and not shortest ones are refused",
	  test_varint_refused },
	{ "varint and zigzag: what is written is read", test_varint_round },
	{ "uint: big endian, of every width", test_uint },
	{ "a cursor that failed stays failed", test_failed_stays },
	{ "bytes and sub-cursors stay in bounds", test_bytes_and_sub },
	{ "a writer stays in bounds", test_writer_bounded },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
