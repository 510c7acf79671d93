// SPDX-License-Identifier: GPL-2.0
/* Datagram headers. */
#include "octets.h"
#include "rnd.h"
#include "tap.h"
#include "wire.h"

static const char golden[] =
	"46 53 01 01"			/* 'F' 'S' version channel */
	"01 02 03 04"			/* node */
	"11 22 33 44 55 66 77 88"	/* session */
	"01 00 00 00 00 02"		/* sequence number */
	"00 01"				/* octets of payload */
	"aa";				/* payload */

static enum fs_wire_error get(const u8 *octets, size_t len,
			      struct fs_header *h, size_t *left)
{
	struct exact e = exact_copy(octets, len);
	enum fs_wire_error err;
	struct fs_rd r;

	fs_rd_init(&r, e.p, len);
	err = fs_header_get(&r, h);
	if (left)
		*left = fs_rd_left(&r);
	exact_free(e);
	return err;
}

static void test_golden(void)
{
	struct fs_header h = {
		.channel = FS_CHANNEL_STATE, .node = 0x01020304,
		.session = 0x1122334455667788,
		.seq = 0x010000000002, .len = 1,
	};
	u8 want[64], got[64];
	struct fs_wr w;
	size_t len, left;

	len = octets_of(want, golden);
	check(len == FS_WIRE_HEADER + 1);
	fs_wr_init(&w, got, sizeof(got));
	fs_header_put(&w, &h);
	check(w.p - got == 24 && !memcmp(got, want, 24));

	memset(&h, 0xee, sizeof(h));
	check(get(want, 25, &h, &left) == FS_WIRE_OK && left == 1);
	check(h.channel == 1 && h.node == 0x01020304 && h.len == 1 &&
	      h.session == 0x1122334455667788 && h.seq == 0x010000000002);
}

static void test_truncated(void)
{
	struct fs_header h;
	u8 octets[64];
	size_t len;

	octets_of(octets, golden);
	for (len = 0; len < 25; len++)
		check(get(octets, len, &h, NULL) == FS_WIRE_BADLEN);
}

/* Header with the octet at @at replaced. */
static enum fs_wire_error with(size_t at, unsigned int octet)
{
	struct fs_header h;
	u8 octets[64];

	octets_of(octets, golden);
	octets[at] = (u8)octet;
	return get(octets, 25, &h, NULL);
}

static void test_refused(void)
{
	unsigned int v;

	for (v = 0; v < 256; v++) {
		check(with(0, v) == (v == 0x46 ? FS_WIRE_OK :
				     FS_WIRE_BADMAGIC));
		check(with(1, v) == (v == 0x53 ? FS_WIRE_OK :
				     FS_WIRE_BADMAGIC));
		check(with(2, v) == (v == 1 ? FS_WIRE_OK :
				     FS_WIRE_BADVERSION));
		check(with(3, v) == (v <= 2 ? FS_WIRE_OK :
				     FS_WIRE_BADCHANNEL));
	}
}

static void test_length(void)
{
	struct fs_header h;
	u8 octets[300];
	size_t len;

	memset(octets, 0, sizeof(octets));
	octets_of(octets, golden);
	octets[22] = 1;
	octets[23] = 2;
	for (len = 24; len <= 300; len++)
		check(get(octets, len, &h, NULL) ==
		      (len == 24 + 0x102 ? FS_WIRE_OK : FS_WIRE_BADLEN));
}

static void test_zero(void)
{
	static const struct {
		size_t at, len;
	} field[] = { { 4, 4 }, { 8, 8 }, { 16, 6 } };
	struct fs_header h;
	u8 octets[64];
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(field); i++) {
		octets_of(octets, golden);
		memset(octets + field[i].at, 0, field[i].len);
		check(get(octets, 25, &h, NULL) == FS_WIRE_BADVALUE);
		for (j = 0; j < field[i].len; j++) {
			octets[field[i].at + j] = 0x80;
			check(get(octets, 25, &h, NULL) == FS_WIRE_OK);
			octets[field[i].at + j] = 0;
		}
	}
}

static void test_round(void)
{
	struct fs_header h, back;
	u8 octets[24 + 100] = { 0 };
	struct fs_wr w;
	unsigned int i;

	for (i = 0; i < 20000; i++) {
		h.channel = (u8)rnd_below(FS_CHANNELS);
		h.node = (u32)rnd() | 1;
		h.session = rnd() | 1;
		h.seq = (rnd_any_width() & FS_WIRE_SEQ_MAX) | 1;
		h.len = (u16)rnd_below(101);
		fs_wr_init(&w, octets, sizeof(octets));
		fs_header_put(&w, &h);
		check(!w.failed && w.p - octets == 24);
		check(get(octets, 24 + h.len, &back, NULL) == FS_WIRE_OK);
		check(back.channel == h.channel && back.node == h.node &&
		      back.session == h.session && back.seq == h.seq &&
		      back.len == h.len);
	}
}

static void test_no_room(void)
{
	struct fs_header h = { .node = 1, .session = 1, .seq = 1 };
	u8 zero[24] = { 0 };
	struct fs_wr w;
	size_t room;

	for (room = 0; room <= 24; room++) {
		struct exact e = exact_copy(zero, room);

		fs_wr_init(&w, e.p, room);
		fs_header_put(&w, &h);
		check(w.failed == (room < 24));
		exact_free(e);
	}
}

static const struct tap_case cases[] = {
	{ "octets as drawn", test_golden },
	{ "every truncation is refused", test_truncated },
	{ "other magic, version and channel have their own reasons",
	  test_refused },
	{ "the payload is as long as the header says", test_length },
	{ "node, session and sequence number are not 0", test_zero },
	{ "what is written is read", test_round },
	{ "nothing is written past the room there is", test_no_room },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
