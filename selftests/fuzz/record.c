// SPDX-License-Identifier: GPL-2.0
/*
 * Records as read by a version that knows some options only (which, the first eight
 * octets of the input say), and what is sent to such a one.
 */
#include "gen.h"

#include "fuzz.h"

static void put_and_get(const struct fs_record *rec, u64 known)
{
	u8 octets[FS_RECORD_MAX + 8];
	static struct fs_record back;
	struct fs_batch b;
	struct fs_wr w;
	struct fs_rd r;

	fs_wr_init(&w, octets, sizeof(octets));
	fs_batch_begin(&b, &w, 1, 1, known);
	must(fs_batch_put(&b, &w, rec));
	fs_rd_init(&r, octets, (size_t)(w.p - octets));
	must(!fs_batch_open(&b, &r));
	b.ignore = ~known;
	must(!fs_batch_next(&b, &r, &back) && !fs_rd_left(&r));
	must(rec_equal(rec, &back));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fs_record rec;
	struct fs_batch b;
	struct exact e;
	struct fs_rd r;
	u64 known, out;

	if (size < 8 || size > OCTETS_MAX)
		return 0;
	e = exact_copy(data, size);
	fs_rd_init(&r, e.p, size);
	known = fs_rd_uint(&r, 8);
	if (!fs_batch_open(&b, &r)) {
		b.ignore = ~known;
		while (fs_rd_left(&r) && !fs_batch_next(&b, &r, &rec)) {
			must(rec_sane(&rec));
			must(!fs_record_lower(&rec, known));
			put_and_get(&rec, known);
			out = fs_record_lower(&rec, known >> 32);
			must(!(out & ~FS_RECORD_OPTIONS));
			if (!(out & FS_RECORD_MANDATORY))
				put_and_get(&rec, known >> 32);
		}
	}
	exact_free(e);
	return 0;
}
