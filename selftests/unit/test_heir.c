// SPDX-License-Identifier: GPL-2.0
/* What an heir asks, what members answer, and what is in doubt until then. */
#include <stdlib.h>

#include "control.h"
#include "gen.h"
#include "heir.h"
#include "rnd.h"
#include "sync.h"
#include "tap.h"

static u8 octets[4096];

static struct fs_wr begin(void)
{
	struct fs_wr w;

	fs_wr_init(&w, octets, sizeof(octets));
	fs_control_put_heard(&w, 1, 2);
	return w;
}

/* A whole control datagram is taken, and cut anywhere within it is not. */
static struct fs_rd finish(const struct fs_wr *w, size_t head)
{
	size_t len, full = (size_t)(w->p - octets);
	struct fs_control c;
	struct fs_rd r;

	check(!w->failed);
	for (len = head + 1; len < full; len++) {
		fs_rd_init(&r, octets, len);
		check(fs_control_get(&r, &c) != FS_WIRE_OK);
	}
	fs_rd_init(&r, octets, full);
	check(fs_control_get(&r, &c) == FS_WIRE_OK);
	return r;
}

static void test_heir(void)
{
	struct fs_heir a = { 0xfffe, 1ull << 63, 0xffffffff }, b;
	struct fs_wr w = begin();
	size_t head = (size_t)(w.p - octets);
	struct fs_rd r;

	fs_heir_put(&w, &a);
	check((size_t)(w.p - octets) == head + FS_HEIR_LEN);
	r = finish(&w, head);
	check(fs_heir_get(&r, &b) && b.group == a.group &&
	      b.epoch == a.epoch && b.origin == a.origin);
}

static void test_ask(void)
{
	u64 digest[FS_BUCKET];
	struct fs_ask a, b;
	unsigned int n, i;
	struct fs_rd r;

	for (n = 0; n < 200; n++) {
		struct fs_wr w = begin();
		size_t head = (size_t)(w.p - octets);

		for (i = 0; i < FS_BUCKET; i++)
			digest[i] = rnd();
		a = (struct fs_ask) { .bucket = (u32)rnd() / FS_BUCKET,
				      .mask = rnd() & rnd(), .each = n & 1 };
		fs_ask_sum(&a, digest);
		fs_ask_put(&w, &a);
		r = finish(&w, head);
		/* Either the sum or the parts travel. */
		if (a.each)
			a.digest = 0;
		else
			memset(a.part, 0, sizeof(a.part));
		check(fs_ask_next(&r, &b) && !memcmp(&a, &b, sizeof(a)));
		check(!fs_ask_next(&r, &b));
	}
}

/* What is held is what is the same; of a sum all or nothing. */
static void test_match(void)
{
	u64 digest[FS_BUCKET], have[FS_BUCKET], want;
	unsigned int n, i;
	struct fs_ask ask;

	for (n = 0; n < 2000; n++) {
		want = 0;
		ask = (struct fs_ask) { .mask = rnd(), .each = n & 1 };
		for (i = 0; i < FS_BUCKET; i++) {
			digest[i] = rnd() | 1;
			have[i] = digest[i];
			if (n & 2 && rnd_percent(5))
				have[i] = rnd_percent(50) ? 0 : rnd() | 1;
			if (ask.mask >> i & 1 && have[i] == digest[i])
				want |= 1ull << i;
		}
		fs_ask_sum(&ask, digest);
		if (!ask.each && want != ask.mask)
			want = 0;
		check(fs_ask_match(&ask, have) == want);
	}
}

static void test_answers(void)
{
	struct fs_hold hold = { 1ull << 62, 77, true, 0xff, 0x81 }, got;
	struct fs_gone gone[2] = { { 0xffffffff, 1 }, { 3, 0xffffffff } };
	struct fs_acked acked = { 9, 1ull << 60 }, other;
	struct fs_rd r, list = { 0 };
	struct fs_wr w = begin();
	u32 slot, gen;
	u64 place;

	fs_hold_put(&w, &hold);
	fs_gone_put(&w, gone, 2);
	fs_acked_put(&w, &acked);
	fs_rest_put(&w, 1ull << 33);
	fs_offered_put(&w, 65535, 1ull << 63 | 5);
	check(!w.failed);
	fs_rd_init(&r, octets, (size_t)(w.p - octets));
	check(fs_rest_get(&r, &place) && place == 1ull << 33);
	check(fs_offered_get(&r, &place) == 65535 && place == (1ull << 63 | 5));
	check(!fs_offered_get(&(struct fs_rd){ r.p, r.p, false }, &place) &&
	      !place);
	check(fs_acked_next(&(struct fs_rd){ r.p, r.end, false }, &other) &&
	      other.node == 9 && other.op == 1ull << 60);
	check(fs_hold_next(&(struct fs_rd){ r.p, r.end, false }, &got) &&
	      got.epoch == hold.epoch && got.bucket == 77 && got.each &&
	      got.mask == 0xff && got.held == 0x81);
	check(fs_gone_next(&r, &list, &slot, &gen) && slot == 0xffffffff &&
	      gen == 1);
	check(fs_gone_next(&r, &list, &slot, &gen) && slot == 3 &&
	      gen == 0xffffffff);
	check(!fs_gone_next(&r, &list, &slot, &gen));
}

static void test_offer(void)
{
	struct fs_heir_offer a = { .epoch = 5, .any = true }, b;
	unsigned int n;
	struct fs_rd r;

	for (n = 0; n < 200; n++) {
		struct fs_wr w = begin();
		size_t head = (size_t)(w.p - octets);

		do {
			gen_record(&a.rec);
		} while (a.rec.type != FS_RECORD_CHECKPOINT);
		/* Not offered, and too long. */
		a.rec.state.attrs.has &= ~(FS_ATTR_EXPECTS | FS_ATTR_MASTER |
					   FS_ATTR_SECMARK | FS_ATTR_TIMEOUTS);
		a.next = rnd_any_width();
		fs_heir_offer_put(&w, &a);
		check((size_t)(w.p - octets) - head <= FS_HEIR_OFFER_MAX);
		fs_rd_init(&r, octets, (size_t)(w.p - octets));
		check(fs_heir_offer_next(&r, &b) && b.any && b.epoch == 5 &&
		      b.next == a.next && rec_equal(&a.rec, &b.rec));
	}
	a.any = false;
	{
		struct fs_wr w = begin();

		fs_heir_offer_put(&w, &a);
		fs_rd_init(&r, octets, (size_t)(w.p - octets));
		check(fs_heir_offer_next(&r, &b) && !b.any);
	}
}

/* What members may have been told differently under one op makes a difference, and
 * what moves with the packets makes none.
 */
static void test_digest(void)
{
	struct fs_state a = { 0 }, b;
	u64 was;

	gen_state(&a);
	a.attrs.has = FS_ATTR_MARK | FS_ATTR_LABELS | FS_ATTR_SCTP |
		      FS_ATTR_DCCP | FS_ATTR_WINDOW | FS_ATTR_ACCT;
	was = fs_heir_digest(1, 2, 3, &a);
	b = a;
	b.attrs.window.end[0]++;
	b.attrs.acct[1].packets++;
	b.timeout ^= 1;
	check(fs_heir_digest(1, 2, 3, &b) == was);
	b.attrs.mark ^= 0x80000000;
	check(fs_heir_digest(1, 2, 3, &b) != was);
	b = a;
	b.attrs.labels[0] ^= 1;
	check(fs_heir_digest(1, 2, 3, &b) != was);
	b = a;
	b.attrs.labels[15] ^= 0x80;
	check(fs_heir_digest(1, 2, 3, &b) != was);
	b = a;
	b.attrs.sctp.state ^= 1;
	check(fs_heir_digest(1, 2, 3, &b) != was);
	b = a;
	b.attrs.dccp.state ^= 1;
	check(fs_heir_digest(1, 2, 3, &b) != was);
	/* One that is missing is not one of 0. */
	a.attrs.mark = 0;
	was = fs_heir_digest(1, 2, 3, &a);
	a.attrs.has &= ~(u32)FS_ATTR_MARK;
	check(fs_heir_digest(1, 2, 3, &a) != was);
}

static bool is_pending(const struct fs_sync *s, u32 slot)
{
	return fs_dirty_test(&s->dirty, slot) ||
	       fs_dirty_test(&s->flying, slot) ||
	       fs_dirty_test(&s->doubt, slot);
}

/* A flow in doubt is neither told nor synced, until it is answered or changes. */
static void test_doubt(void)
{
	unsigned long *mem = calloc(fs_sync_longs(128), sizeof(long));
	struct fs_slot now = { .op = 7, .gen = 2, .live = true };
	struct fs_sent old = { .slot = 5, .gen = 2, .op = 7,
			       .type = FS_RECORD_CHECKPOINT };
	struct fs_sync s = { 0 };

	fs_sync_grow(&s, mem, 128);
	fs_sync_adopted(&s, 5);
	check(is_pending(&s, 5) && !s.dirty.count &&
	      !fs_sync_settled(&s, 0));
	/* What an earlier time sent under the same name says nothing. */
	fs_sync_acked(&s, &old, &now);
	fs_sync_lost(&s, &old, &now);
	fs_sync_need(&s, 5, &now);
	check(fs_dirty_test(&s.doubt, 5) && !s.known.count && !s.dirty.count);
	fs_sync_asked(&s, 5);
	fs_sync_held(&s, 5, true);
	check(!is_pending(&s, 5) && fs_dirty_test(&s.known, 5) &&
	      fs_dirty_test(&s.told, 5));

	fs_sync_adopted(&s, 6);
	fs_sync_held(&s, 6, false);
	check(fs_dirty_test(&s.dirty, 6) && !fs_dirty_test(&s.known, 6));

	/* An answer that comes after a change says nothing. */
	fs_sync_adopted(&s, 7);
	fs_sync_changed(&s, 7);
	fs_sync_held(&s, 7, true);
	check(fs_dirty_test(&s.dirty, 7) && !fs_dirty_test(&s.known, 7) &&
	      fs_sync_type(&s, 7, &now) == FS_RECORD_CHECKPOINT);

	/* One that was asked for may be held: its end has to be told. */
	fs_sync_adopted(&s, 8);
	fs_sync_ended(&s, 8);
	check(!is_pending(&s, 8));
	fs_sync_adopted(&s, 8);
	fs_sync_asked(&s, 8);
	fs_sync_ended(&s, 8);
	check(fs_dirty_test(&s.dirty, 8) && !fs_dirty_test(&s.doubt, 8));
	free(mem);
}

static const struct tap_case cases[] = {
	{ "for whom an heir goes on", test_heir },
	{ "questions as written and read, and not when cut", test_ask },
	{ "what is the same is held, of a sum all or nothing", test_match },
	{ "answers as written and read", test_answers },
	{ "offers as written and read", test_offer },
	{ "the digest by which an heir asks", test_digest },
	{ "what is in doubt is asked about, and not told", test_doubt },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
