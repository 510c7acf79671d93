// SPDX-License-Identifier: GPL-2.0
/*
 * What core does not do yet, or does wrong, as far as these tests know: not
 * part of a run (`make reported`). A case moves to its subject's test when it
 * passes.
 */
#include <stdlib.h>
#include "gen.h"
#include "sync.h"
#include "tap.h"

static struct fs_datagram ring[FS_FLIGHT_MAX];
static struct fs_flight f;
static struct fs_sync sync;

static void start(void)
{
	memset(&f, 0, sizeof(f));
	fs_flight_init(&f, ring);
}

static u64 send(u64 now)
{
	fs_flight_begin(&f);
	fs_flight_commit(&f, now);
	return f.last;
}

static void ack_range(u64 from, u64 to, u64 now)
{
	struct fs_ack ack = { .top = to, .window = 1000 };
	u64 n;

	for (n = 0; n <= to - from; n++)
		ack.seen[n / 64] |= 1ull << n % 64;
	fs_flight_ack(&f, &ack, now);
}

static unsigned int settle(void)
{
	struct fs_datagram *d;
	unsigned int lost = 0;

	while ((d = fs_flight_next(&f))) {
		lost += d->fate == FS_FATE_LOST;
		fs_flight_settle(&f, d);
	}
	return lost;
}

static u64 primed(u64 rtt)
{
	u64 now = 1000000, seq;
	unsigned int i;

	start();
	for (i = 0; i < 60; i++) {
		seq = send(now);
		now += rtt;
		ack_range(seq, seq, now);
		settle();
	}
	f.window = 20;
	return now;
}

/* The clock was read before the lock was taken: in between, another CPU sent.
 * now - d->time is then nearly 2^64.
 */
static void test_ack_clock_behind(void)
{
	u64 now = primed(200), first = send(now);

	send(now + 10);
	ack_range(first + 1, first + 1, now + 9);
	check(f.srtt < 1000);
	check(fs_flight_timeout(&f) < 100000);

	now = primed(200);
	first = send(now + 10);
	send(now - 300);
	send(now - 300);
	send(now - 300);
	ack_range(first + 1, first + 3, now);
	check(!settle());
}

static void test_expire_clock_behind(void)
{
	u64 now = primed(200);

	send(now + 1);
	fs_flight_expire(&f, now);
	check(!settle() && f.flying == 1);
	check(!f.backoff && f.window == 20);
}

/* The slack is taken before the first sample, and is 0 then: of the very first
 * flight, whatever arrives out of order is given up.
 */
static void test_first_slack(void)
{
	unsigned int i;

	start();
	for (i = 0; i < 5; i++)
		send(0);
	ack_range(2, 5, 1000);
	check(!settle() && f.flying == 1);
}

/* Of a burst that was acknowledged in time, the missing one is not late yet;
 * when it is, nothing looks: it waits for the timeout, here for fifty round
 * trips.
 */
static void test_tail_loss(void)
{
	u64 now = primed(200), first = send(now);
	unsigned int i;

	for (i = 0; i < 9; i++)
		send(now);
	ack_range(first + 1, first + 9, now + 200);
	settle();
	fs_flight_expire(&f, now + 400);
	check(settle() == 1 && !f.flying);
}

/* RFC 5681 section 3.1: the threshold is held when the timeout passes again
 * before anything was acknowledged. One outage leaves slow start no room.
 */
static void test_outage_threshold(void)
{
	u64 now = primed(200);
	unsigned int i;

	f.window = 100;
	for (i = 0; i < 5; i++) {
		while (fs_flight_open(&f))
			send(now);
		now += fs_flight_timeout(&f);
		fs_flight_expire(&f, now);
		settle();
	}
	check(f.backoff == 5);
	check(f.threshold == 50);
}

/* Acknowledgements from before the newest one that was taken, or of numbers
 * that were never sent, say nothing of what the receiver takes now.
 */
static void test_stale_window(void)
{
	struct fs_ack ack = { .seen = { 1 } };
	u64 now = primed(200), first = send(now);

	send(now);
	ack.top = first + 1;
	ack.seen[0] = 3;
	ack.window = 64;
	fs_flight_ack(&f, &ack, now + 200);
	ack.top = first;
	ack.window = 1;
	fs_flight_ack(&f, &ack, now + 201);
	check(f.receiver == 64);
	ack.top = f.last + 1;
	fs_flight_ack(&f, &ack, now + 202);
	check(f.receiver == 64);
}

/* One at a time, far below the window: that is no proof that the path carries
 * more (RFC 9002 section 7.8, RFC 7661). Then 128 leave at once.
 */
static void test_unused_window(void)
{
	u64 now = 0, seq;
	unsigned int i;

	start();
	for (i = 0; i < 200; i++) {
		seq = send(now);
		now += 200;
		ack_range(seq, seq, now);
		settle();
	}
	check(f.window <= FS_FLIGHT_START + 1);
}

/* In the round trip after a loss, what left before it still grows the window
 * (RFC 9002 section 7.3.2: not before the end of recovery).
 */
static void test_recovery_growth(void)
{
	u64 now = primed(8000), first = send(now);
	unsigned int i;

	f.threshold = 2;
	for (i = 0; i < 19; i++)
		send(now);
	ack_range(first + 1, first + 4, now + 10000);
	check(settle() == 1 && f.window == 10);
	ack_range(first + 1, first + 19, now + 10100);
	check(f.window == 10);
}

/* A path slower than FS_RTO_MAX: each is given up before its acknowledgement
 * comes, which is then not looked at; nothing ever arrives, though all does.
 */
static void test_slow_path(void)
{
	unsigned int acked = 0;
	struct fs_datagram *d;
	u64 now, left[1000];

	start();
	for (now = 0; now < 120000000; now += 100000) {
		while (fs_flight_open(&f)) {
			u64 seq = send(now);

			left[seq] = now;
		}
		if (f.last && left[1] + 2500000 <= now) {
			u64 top = f.last;

			while (left[top] + 2500000 > now)
				top--;
			ack_range(top > 200 ? top - 200 : 1, top, now);
		}
		fs_flight_expire(&f, now);
		while ((d = fs_flight_next(&f))) {
			acked += d->fate == FS_FATE_ACKED;
			fs_flight_settle(&f, d);
		}
	}
	check(acked);
}

/* A receiver acknowledges eight at once, a single one after FS_ACK_DELAY, that is
 * after up to three ticks: 30 ms at HZ = 100. The timeout has to bear it (RFC 9002
 * section 6.2.1 adds max_ack_delay), on a short path, and on a long one of which the
 * estimate knows nothing of the delay, as the last datagram before it was sampled.
 */
static void test_delayed_ack(void)
{
	static const u64 rtt[] = { 200, 45000 };
	unsigned int ms, i;

	for (i = 0; i < ARRAY_SIZE(rtt); i++) {
		u64 now = primed(rtt[i]), seq = send(now);

		for (ms = 1; ms <= 29 + rtt[i] / 1000; ms++)
			fs_flight_expire(&f, now + ms * 1000);
		ack_range(seq, seq, now + 29900 + rtt[i]);
		check(!settle() && !f.lost && f.window >= 20);
	}
}

static void sync_start(struct fs_slot *now)
{
	struct fs_sent sent = { 0, now->gen, (u32)now->op,
				FS_RECORD_CHECKPOINT };

	free(sync.dirty.bits);
	memset(&sync, 0, sizeof(sync));
	fs_sync_grow(&sync, calloc(fs_sync_longs(64), sizeof(long)), 64);
	fs_sync_reused(&sync, 0);
	fs_dirty_take(&sync.dirty);
	fs_sync_taken(&sync, 0);
	fs_sync_acked(&sync, &sent, now);
}

/* An update is in flight; the peer, that has lost the flow, asks for all of
 * it; the checkpoint leaves, of the same state. Then the acknowledgement of the
 * update comes: it could not be used, and yet makes the slot synced.
 */
static void test_need_and_old_ack(void)
{
	struct fs_slot now = { 1, 1, true };
	struct fs_sent update, all;

	sync_start(&now);
	now.op = 2;
	fs_sync_changed(&sync, 0);
	fs_dirty_take(&sync.dirty);
	fs_sync_taken(&sync, 0);
	update = (struct fs_sent){ 0, 1, 2, fs_sync_type(&sync, 0, &now) };
	check(update.type == FS_RECORD_UPDATE);

	fs_sync_need(&sync, 0, &now);
	fs_dirty_take(&sync.dirty);
	fs_sync_taken(&sync, 0);
	all = (struct fs_sent){ 0, 1, 2, fs_sync_type(&sync, 0, &now) };
	check(all.type == FS_RECORD_CHECKPOINT);
	fs_sync_acked(&sync, &update, &now);
	check(fs_dirty_test(&sync.dirty, 0) || fs_dirty_test(&sync.flying, 0));
}

/* Between being taken and being sent a slot looks synced. */
static void test_taken_is_not_synced(void)
{
	struct fs_slot now = { 1, 1, true };

	sync_start(&now);
	now.op = 2;
	fs_sync_changed(&sync, 0);
	check(fs_dirty_take(&sync.dirty) == 0);
	fs_sync_taken(&sync, 0);
	check(fs_dirty_test(&sync.dirty, 0) || fs_dirty_test(&sync.flying, 0));
}

/* An end is in flight, and asked for again; while the second record is in the
 * making the first is acknowledged, and told is forgotten. The next flow in the
 * slot ends untold: the slot stays in flight, with nothing that is.
 */
static void test_told_forgotten(void)
{
	struct fs_slot now = { 1, 1, true };
	struct fs_sent end;

	sync_start(&now);
	now = (struct fs_slot){ 2, 1, false };
	fs_sync_ended(&sync, 0);
	fs_dirty_take(&sync.dirty);
	fs_sync_taken(&sync, 0);
	end = (struct fs_sent){ 0, 1, 2, FS_RECORD_DELETE };
	fs_sync_need(&sync, 0, &now);
	fs_dirty_take(&sync.dirty);
	fs_sync_taken(&sync, 0);
	fs_sync_acked(&sync, &end, &now);

	now = (struct fs_slot){ 3, 2, true };
	fs_sync_reused(&sync, 0);
	now = (struct fs_slot){ 4, 2, false };
	fs_sync_ended(&sync, 0);
	fs_sync_acked(&sync, &end, &now);
	check(fs_dirty_test(&sync.dirty, 0) || !fs_dirty_test(&sync.flying, 0));
}

static enum fs_wire_error control(const char *text)
{
	struct fs_control c;
	struct fs_rd r;
	u8 octets[64];

	fs_rd_init(&r, octets, octets_of(octets, text));
	return fs_control_get(&r, &c);
}

#define HEARD	"81 08 0000000000000001 "

/* control.h: 1 to 255 octets, octets of 0 at the end are left out, and a
 * sequence number has 48 bits.
 */
static void test_control_as_drawn(void)
{
	check(control(HEARD "05 00") == FS_WIRE_BADLEN);
	check(control(HEARD "05 01 80") == FS_WIRE_BADLEN);
	check(control("84 0b 0000000000000001 0001 00"));
	check(control("84 0a 0001000000000000 0001") == FS_WIRE_BADVALUE);
}

static const struct tap_case cases[] = {
	{ "flight: an acknowledgement at a time before the sending",
	  test_ack_clock_behind },
	{ "flight: a timer at a time before the sending",
	  test_expire_clock_behind },
	{ "flight: the first flight has its eighth of a round trip too",
	  test_first_slack },
	{ "flight: a lost one before the tail is found without the timeout",
	  test_tail_loss },
	{ "flight: an outage halves the threshold once",
	  test_outage_threshold },
	{ "flight: an old acknowledgement's window", test_stale_window },
	{ "flight: a window that is not used does not grow",
	  test_unused_window },
	{ "flight: no growth by what left before the loss",
	  test_recovery_growth },
	{ "flight: a path slower than the longest timeout",
	  test_slow_path },
	{ "flight: an acknowledgement that waited for others",
	  test_delayed_ack },
	{ "sync: an old update's acknowledgement after a need",
	  test_need_and_old_ack },
	{ "sync: taken and not sent is not synced",
	  test_taken_is_not_synced },
	{ "sync: told is not forgotten while a record is in the making",
	  test_told_forgotten },
	{ "control: as drawn, no more", test_control_as_drawn },
};

int main(void)
{
	return tap_run(cases, ARRAY_SIZE(cases));
}
