// SPDX-License-Identifier: GPL-2.0
/* Datagrams in flight: round trips, losses, and how many may be out. */
#include "flight.h"
#include "rnd.h"
#include "tap.h"

static struct fs_datagram ring[FS_FLIGHT_MAX];
static struct fs_flight f;

static void start(void)
{
	memset(&f, 0, sizeof(f));
	memset(ring, 0xee, sizeof(ring));
	fs_flight_init(&f, ring);
}

static u64 send(u64 now)
{
	struct fs_datagram *d;

	check(fs_flight_open(&f));
	d = fs_flight_begin(&f);
	check(d->seq == f.last + 1 && !d->count);
	fs_flight_commit(&f, now);
	return d->seq;
}

static void send_many(unsigned int count, u64 now)
{
	while (count--)
		send(now);
}

/* All from @from to @to were received. */
static struct fs_ack range(u64 from, u64 to)
{
	struct fs_ack ack = { .top = to, .window = 1000 };
	u64 n;

	for (n = 0; n <= to - from && n < 256; n++)
		ack.seen[n / 64] |= 1ull << n % 64;
	return ack;
}

static void ack_range(u64 from, u64 to, u64 now)
{
	struct fs_ack ack = range(from, to);

	fs_flight_ack(&f, &ack, now);
}

struct fates {
	unsigned int acked;
	unsigned int lost;
	u64 last_lost;
};

/* Settles all there is to be settled. */
static struct fates settle(void)
{
	struct fates n = { 0 };
	struct fs_datagram *d;

	while ((d = fs_flight_next(&f)) && n.acked + n.lost < 1000) {
		n.acked += d->fate == FS_FATE_ACKED;
		n.lost += d->fate == FS_FATE_LOST;
		if (d->fate == FS_FATE_LOST)
			n.last_lost = d->seq;
		fs_flight_settle(&f, d);
	}
	return n;
}

/* One datagram there and back. */
static u64 trip(u64 now, u64 rtt)
{
	u64 seq = send(now);

	ack_range(seq, seq, now + rtt);
	check(settle().acked == 1);
	return now + rtt;
}

/* A flight that has its round-trip time of @rtt, and @window. */
static u64 primed(u64 rtt, u32 window)
{
	u64 now = 1000000;
	unsigned int i;

	start();
	for (i = 0; i < 60; i++)
		now = trip(now, rtt);
	check(f.srtt == rtt);
	f.window = window;
	return now;
}

static void test_fresh(void)
{
	start();
	check(fs_flight_open(&f) && !f.flying && !fs_flight_next(&f));
	check(fs_flight_timeout(&f) == FS_RTO_START);
	fs_flight_expire(&f, ~0ull);
	check(!fs_flight_next(&f) && !f.backoff && !f.lost);
	check(f.window == FS_FLIGHT_START);
	/* Begun and not committed is nothing. */
	fs_flight_begin(&f)->count = 5;
	check(!f.flying && !f.last && !fs_flight_next(&f));
	check(fs_flight_begin(&f)->count == 0);
	check(send(0) == 1 && send(0) == 2 && f.flying == 2);
}

/* RFC 6298 section 2, by hand: R = 100, 120, 60 ms, then ten of 0.1 ms; and 30 ms
 * that an acknowledgement may wait.
 */
static void test_estimate(void)
{
	static const struct {
		u64 rtt;
		u32 srtt, rttvar, timeout;
	} step[] = {
		{ 100000, 100000, 50000, 330000 },
		{ 120000, 102500, 42500, 302500 },
		{ 60000, 97187, 42500, 297187 },
		{ 97187, 97187, 31875, 254687 },
	};
	u64 now = 5;
	size_t i;

	start();
	for (i = 0; i < ARRAY_SIZE(step); i++) {
		now = trip(now, step[i].rtt);
		if (!check(f.srtt == step[i].srtt) ||
		    !check(f.rttvar == step[i].rttvar) ||
		    !check(fs_flight_timeout(&f) == step[i].timeout))
			note("%zu: %u %u\n", i, f.srtt, f.rttvar);
	}
	for (i = 0; i < 200; i++)
		now = trip(now, 100);
	check(f.srtt >= 100 && f.srtt < 110 && f.rttvar < 10);
	check(fs_flight_timeout(&f) == FS_RTO_MIN);
	/* As short as the clock can tell. */
	now = trip(now, 0);
	check(f.srtt && f.srtt < 110);
	start();
	trip(now, 0);
	check(f.srtt == 1);
}

static void test_estimate_long(void)
{
	u64 now = 0;

	start();
	now = trip(now, 1ull << 40);
	check(f.srtt == 60000000 && f.rttvar == 30000000);
	check(fs_flight_timeout(&f) == FS_RTO_MAX);
	f.backoff = ~0u;
	check(fs_flight_timeout(&f) == FS_RTO_MAX);
	now = trip(now, 1ull << 62);
	check(f.srtt == 60000000 && !f.backoff);
}

/* Only the highest that an acknowledgement is the first to speak of tells the
 * time: the others may have been received long before.
 */
static void test_samples(void)
{
	u32 srtt, rttvar;

	start();
	send_many(4, 1000);
	ack_range(3, 3, 2000);
	check(f.srtt == 1000 && f.rttvar == 500);
	srtt = f.srtt;
	rttvar = f.rttvar;
	ack_range(1, 3, 9000);		/* 1 and 2, late; 3 again */
	check(f.srtt == srtt && f.rttvar == rttvar && f.flying == 1);
	ack_range(1, 2, 9500);
	check(f.srtt == srtt && f.flying == 1);

	/* Its top was only announced: the highest that was received counts. */
	struct fs_ack ack = range(4, 4);

	send_many(1, 9500);
	ack.top = 5;
	ack.seen[0] = 2;
	fs_flight_ack(&f, &ack, 9900);
	check(f.srtt == (7 * srtt + 8900) / 8 && f.flying == 1);
}

/* 3 later ones acknowledged, and an eighth of a round trip too late. */
static void test_reordered(void)
{
	u64 now = primed(8000, 20), first;
	unsigned int later;

	for (later = 1; later <= 5; later++) {
		now = primed(8000, 20);
		first = send(now);
		send_many(later, now);
		ack_range(first + 1, first + later, now + 10000);
		check(settle().lost == (later >= 3));
		check(f.flying == (later < 3));
	}
	/* Samples move the estimate; keep them out of it. */
	now = primed(8000, 20);
	first = send(now);
	send_many(4, now + 1000 - 1);
	ack_range(first + 1, first + 3, now + 8999);
	check(!settle().lost && f.srtt == 8000 && f.flying == 2);
	f.srtt = 8000;
	ack_range(first + 1, first + 4, now + 9000);
	check(f.srtt == 8000 && settle().lost == 1 && !f.flying);
	check(f.lost == 1);

	/* What is acknowledged out of order does not bring the highest back. */
	now = primed(8000, 20);
	first = send(now);
	send_many(5, now);
	ack_range(first + 2, first + 5, now + 8000);
	check(settle().acked == 4);
	ack_range(first + 1, first + 1, now + 10000);
	check(settle().lost == 1 && !f.flying);
}

static void test_acked_not_lost(void)
{
	u64 now = primed(8000, 20), first = send(now);

	send_many(9, now);
	ack_range(first + 4, first + 8, now + 8000);
	check(settle().acked == 5);
	/* Reordered in the network: they arrive before they are given up. */
	ack_range(first, first + 9, now + 20000);
	check(settle().acked == 5 && !f.lost && !f.flying);
}

static void test_timeout(void)
{
	u64 now = primed(1000, 20), first = send(now);

	check(fs_flight_timeout(&f) == FS_RTO_MIN);
	send(now + 1);
	fs_flight_expire(&f, now + FS_RTO_MIN - 1);
	check(!fs_flight_next(&f) && f.flying == 2);
	fs_flight_expire(&f, now + FS_RTO_MIN);
	check(f.flying == 1 && f.lost == 1);
	check(settle().last_lost == first);
	check(f.backoff == 1 && f.window == FS_FLIGHT_LEAST);
	check(f.threshold == 10);
	/* Of the other, the timeout is twice as long now. */
	fs_flight_expire(&f, now + 2 * FS_RTO_MIN);
	check(!settle().lost);
	fs_flight_expire(&f, now + 2 * FS_RTO_MIN + 1);
	check(settle().last_lost == first + 1 && !f.flying);

	/* An acknowledgement in between: it is lost, but not all is. */
	now = primed(1000, 20);
	first = send(now);
	send(now + 5000);
	ack_range(first + 1, first + 1, now + 6000);
	send(now + 9999);
	fs_flight_expire(&f, now + fs_flight_timeout(&f));
	check(settle().lost == 1 && !f.backoff && f.window == 10);
	/* Nothing for so long; but the third has not been out for so long. */
	fs_flight_expire(&f, now + 6000 + fs_flight_timeout(&f));
	check(!settle().lost && !f.backoff && f.flying == 1);
}

static void test_backoff(void)
{
	static const u32 want[] = {
		200000, 400000, 800000, 1600000, 3200000, 4000000, 4000000,
	};
	u64 now = 12345;
	unsigned int i;

	start();
	for (i = 0; i < 40; i++) {
		u32 timeout = fs_flight_timeout(&f);

		check(timeout == want[i < 7 ? i : 6]);
		send(now);
		fs_flight_expire(&f, now + timeout - 1);
		check(f.flying == 1);
		now += timeout;
		fs_flight_expire(&f, now);
		check(settle().lost == 1 && f.backoff == i + 1);
		/* Once for each time. */
		fs_flight_expire(&f, now);
		check(f.backoff == i + 1);
		check(f.window == FS_FLIGHT_LEAST);
	}
	now = trip(now, 50000);
	check(!f.backoff && fs_flight_timeout(&f) == 180000);

	/* Idle is not in vain. */
	send(now + 100000000);
	fs_flight_expire(&f, now + 100000001);
	check(f.flying == 1 && !f.backoff);
}

static void test_growth(void)
{
	unsigned int i, round, sent;
	u64 now = 0, first = 1;

	start();
	for (round = 0; round < 5; round++) {
		for (sent = 0; fs_flight_open(&f) && sent < 200; sent++)
			send(now);
		check(sent == (round < 4 ? 10u << round : 128));
		ack_range(first, first + sent - 1, now + 500);
		check(settle().acked == sent);
		first += sent;
		now += 1000;
	}
	check(f.window == FS_FLIGHT_MAX);

	/* Past the threshold: one more for each window that was taken. */
	start();
	f.threshold = 10;
	for (i = 10; i < 20; i++) {
		check(f.window == i);
		for (sent = 0; fs_flight_open(&f) && sent < 200; sent++)
			send(now);
		check(sent == i);
		ack_range(f.last - sent + 1, f.last, now + 500);
		settle();
	}
	/* Not beyond what there is memory for. */
	f.threshold = 2;
	f.window = FS_FLIGHT_MAX;
	for (i = 0; i < 1000; i++)
		now = trip(now, 500);
	check(f.window == FS_FLIGHT_MAX);
}

static void test_halving(void)
{
	u64 now = primed(8000, 64), first, again;

	f.threshold = 2;
	/* 60 in flight; the first two, then two more are found lost. */
	first = send(now);
	send_many(59, now);
	ack_range(first + 2, first + 9, now + 10000);
	check(settle().lost == 2);
	check(f.window == 32 && f.threshold == 32);
	ack_range(first + 12, first + 39, now + 11000);
	check(settle().lost == 2 && f.flying == 20);
	check(f.window == 32 && f.threshold == 32);
	/* What was sent after that is another round trip's. */
	again = send(now + 11000);
	check(again == first + 60);
	send_many(4, now + 11000);
	ack_range(first + 40, first + 59, now + 12000);
	check(settle().acked == 20 && f.window == 33);
	ack_range(again + 1, again + 4, now + 40000);
	check(settle().lost == 1);
	check(f.window == 16 && f.threshold == 16);

	/* Never below the least. */
	now = primed(8000, 3);
	send_many(3, now);
	fs_flight_expire(&f, now + 1000000);
	check(f.window == 2 && f.threshold == 2);
	settle();
	now = primed(8000, 4);
	first = send(now);
	send_many(3, now);
	f.window = 3;
	f.threshold = 2;
	ack_range(first + 1, first + 3, now + 10000);
	check(settle().lost == 1 && f.window == 2 && f.threshold == 2);
}

static void test_receiver(void)
{
	struct fs_ack ack;
	u64 now = primed(1000, 50), seq = send(now);
	unsigned int n;

	ack = range(seq, seq);
	ack.window = 3;
	fs_flight_ack(&f, &ack, now + 1000);
	settle();
	for (n = 0; fs_flight_open(&f) && n < 200; n++)
		seq = send(now + 1000);
	check(n == 3);
	/* None at all is one, or it would never be heard of again. */
	ack = range(seq - 2, seq);
	ack.window = 0;
	fs_flight_ack(&f, &ack, now + 2000);
	settle();
	for (n = 0; fs_flight_open(&f) && n < 200; n++)
		seq = send(now + 2000);
	check(n == 1);
	ack = range(seq, seq);
	ack.window = 65535;
	fs_flight_ack(&f, &ack, now + 3000);
	settle();
	f.window = FS_FLIGHT_MAX;
	for (n = 0; fs_flight_open(&f) && n < 200; n++)
		send(now + 3000);
	check(n == FS_FLIGHT_MAX);
	/* Less than are out: none until they are in. */
	ack = range(f.last, f.last);
	ack.window = 100;
	fs_flight_ack(&f, &ack, now + 3500);
	check(f.flying == 127 && !fs_flight_open(&f));
}

/* The oldest holds its place until its fate is settled. */
static void test_ring(void)
{
	u64 now = primed(1000, FS_FLIGHT_MAX), first = send(now);
	unsigned int i, n;

	f.threshold = FS_FLIGHT_MAX;
	for (n = 1; n < FS_FLIGHT_MAX; n++) {
		check(send(now) == first + n);
		ack_range(first + 1, first + n, now + 900);
		settle();
	}
	check(f.flying == 1 && f.first == first && f.window == FS_FLIGHT_MAX);
	check(!fs_flight_open(&f));
	fs_flight_expire(&f, now + 1000000);
	check(!fs_flight_open(&f));
	check(settle().last_lost == first);
	check(fs_flight_open(&f) && f.first == f.last + 1 && !f.flying);

	/* Round and round, each with what was put in it. */
	for (i = 0; i < 2000; i++) {
		struct fs_datagram *d = fs_flight_begin(&f);

		check(d >= ring && d < ring + FS_FLIGHT_MAX);
		d->count = 1;
		d->sent[0].slot = (u32)d->seq;
		fs_flight_commit(&f, now);
		if (!rnd_percent(10) && fs_flight_open(&f))
			continue;
		ack_range(f.first, f.last, now + 1000);
		while ((d = fs_flight_next(&f))) {
			check(d->fate == FS_FATE_ACKED && d->count == 1 &&
			      d->sent[0].slot == (u32)d->seq);
			fs_flight_settle(&f, d);
		}
		now += 1000;
	}
	check(f.last == first + FS_FLIGHT_MAX - 1 + 2000);
}

/* All that counts, but for what the receiver takes. */
static bool same(const struct fs_flight *a)
{
	struct fs_flight b = f;

	b.receiver = a->receiver;
	return !memcmp(a, &b, sizeof(b));
}

static void test_unknown(void)
{
	u64 now = primed(1000, 20), first = send(now);
	struct fs_flight before;
	struct fs_ack ack;

	send(now);
	before = f;
	/* Not sent yet, and long settled. */
	ack_range(first, first + 2, now + 1000);
	check(same(&before));
	ack = (struct fs_ack){ .top = ~0ull, .window = 9,
			       .seen = { ~0ull, ~0ull, ~0ull, ~0ull } };
	fs_flight_ack(&f, &ack, now + 1000);
	check(same(&before));
	ack_range(1, first - 1, now + 1000);
	check(same(&before));
	ack = (struct fs_ack){ .top = 0, .seen = { 1 }, .window = 9 };
	fs_flight_ack(&f, &ack, now + 1000);
	check(same(&before));
	/* Nothing received of what is in flight. */
	ack = (struct fs_ack){ .top = first + 1, .window = 9 };
	fs_flight_ack(&f, &ack, now + 1000);
	check(same(&before) && !fs_flight_next(&f));
}

static void test_duplicate(void)
{
	u64 now = primed(1000, 20), first = send(now);
	struct fs_flight before;

	send_many(5, now);
	ack_range(first + 1, first + 3, now + 800);
	before = f;
	ack_range(first + 1, first + 3, now + 900);
	check(same(&before));
	check(settle().acked == 3);
	before = f;
	ack_range(first + 1, first + 3, now + 5000);
	ack_range(first + 1, first + 2, now + 5000);
	check(same(&before) && !fs_flight_next(&f));
	/* What was taken for lost stays lost. */
	fs_flight_expire(&f, now + 100000);
	check(settle().lost == 3);
	before = f;
	ack_range(first, first + 5, now + 100001);
	check(same(&before) && !fs_flight_next(&f));
}

static void test_abandon(void)
{
	u64 now = primed(1000, 40), first = send(now);
	struct fates n;

	send_many(9, now);
	ack_range(first + 4, first + 5, now + 1000);
	f.backoff = 3;
	fs_flight_abandon(&f);
	check(!f.flying && !f.backoff && f.window == FS_FLIGHT_START);
	n = settle();
	check(n.acked == 2 && n.lost == 8 && f.first == f.last + 1);
	check(fs_flight_open(&f));
	ack_range(first, first + 9, now + 2000);
	fs_flight_expire(&f, now + 10000000);
	check(!fs_flight_next(&f) && !f.backoff);
	check(send(now + 20000000) == first + 10);
	fs_flight_expire(&f, now + 20000001);
	check(f.flying == 1);

	/* Begun anew, numbers go on. */
	f.lost = 7;
	fs_flight_init(&f, ring);
	check(!f.flying && !f.srtt && f.lost == 7 && !fs_flight_next(&f));
	ack_range(first, first + 10, now);
	check(!fs_flight_next(&f));
	check(send(now) == first + 11);
}

#define SIM_SENT	4096

/**
 * struct trip - a datagram of the simulation
 * @sent: when
 * @arrives: when, or 0 if it is lost on its way
 * @known: its fate was settled
 */
struct trip {
	u64 sent;
	u64 arrives;
	bool known;
};

static struct trip trips[SIM_SENT + 1];

static struct fs_ack sim_ack(u64 now)
{
	struct fs_ack ack = { .window = 1000 };
	u64 seq, back;

	for (seq = f.last; seq; seq--) {
		if (!trips[seq].arrives || trips[seq].arrives > now)
			continue;
		if (!ack.top)
			ack.top = seq;
		back = ack.top - seq;
		if (back >= 256)
			break;
		ack.seen[back / 64] |= 1ull << back % 64;
	}
	return ack;
}

static unsigned int sim_settle(u64 now)
{
	struct fs_datagram *d;
	unsigned int spurious = 0;

	while ((d = fs_flight_next(&f))) {
		struct trip *t = &trips[d->seq];

		check(!t->known && t->sent == d->time);
		t->known = true;
		if (d->fate == FS_FATE_ACKED)
			check(t->arrives && t->arrives <= now);
		else
			spurious += !!t->arrives;
		fs_flight_settle(&f, d);
	}
	return spurious;
}

static void sim_check(u32 window)
{
	u64 seq, flying = 0;

	for (seq = f.first; seq <= f.last; seq++)
		flying += ring[seq % FS_FLIGHT_MAX].fate == FS_FATE_FLYING;
	check(flying == f.flying);
	check(f.window >= FS_FLIGHT_LEAST && f.window <= FS_FLIGHT_MAX);
	check(f.last + 1 - f.first <= FS_FLIGHT_MAX);
	check(f.window >= window / 2 || f.backoff);
}

/* A network that takes @delay each way, up to @jitter more, and loses @loss
 * of a hundred, acknowledgements too. Returns how many were given up although
 * they did arrive.
 */
static unsigned int simulate(u64 delay, u64 jitter, unsigned int loss)
{
	struct fs_ack ack, late = { 0 };
	unsigned int spurious = 0;
	u64 now = 1, step = delay / 4 + 1, seq;
	u32 window;

	start();
	memset(trips, 0, sizeof(trips));
	while ((f.last < SIM_SENT || f.flying) && tap_failed < 100) {
		while (f.last < SIM_SENT && fs_flight_open(&f)) {
			seq = send(now);
			trips[seq].sent = now;
			if (!rnd_percent(loss))
				trips[seq].arrives = now + delay +
					(jitter ? rnd_below(jitter) : 0);
			if (rnd_percent(20))
				break;
		}
		now += 1 + rnd_below(step);
		window = f.window;
		ack = sim_ack(now > delay ? now - delay : 0);
		if (!rnd_percent(loss))
			fs_flight_ack(&f, &ack, now);
		if (rnd_percent(5))
			fs_flight_ack(&f, &late, now);
		if (rnd_percent(5))
			late = ack;
		sim_check(window);
		fs_flight_expire(&f, now);
		spurious += sim_settle(now);
		if (!check(now < 4000000000000ull))
			return 0;
	}
	for (seq = 1; seq <= SIM_SENT; seq++)
		check(trips[seq].known);
	check(f.first == f.last + 1);
	return spurious;
}

static void test_simulated(void)
{
	static const struct {
		u64 delay, jitter;
		unsigned int loss;
		unsigned int spurious;
	} net[] = {
		{ 100, 0, 0, 0 },
		{ 100, 0, 10, 0 },
		{ 100, 20, 1, 20 },
		{ 25000, 0, 2, 20 },
		{ 25000, 5000, 2, 100 },
		{ 100, 2000, 5, 4096 },
		{ 90000, 0, 0, 20 },
		{ 1000, 100, 60, 4096 },
	};
	unsigned int spurious;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(net); i++) {
		spurious = simulate(net[i].delay, net[i].jitter, net[i].loss);
		if (!check(spurious <= net[i].spurious))
			note("network %zu: %u given up and arrived\n", i,
			     spurious);
	}
}

static const struct tap_case cases[] = {
	{ "nothing in flight", test_fresh },
	{ "the estimate of RFC 6298", test_estimate },
	{ "round trips longer than any", test_estimate_long },
	{ "what is taken for a round trip's time", test_samples },
	{ "lost: three later ones, and an eighth of a round trip",
	  test_reordered },
	{ "acknowledged late is not lost", test_acked_not_lost },
	{ "lost: the timeout", test_timeout },
	{ "the timeout doubles up to its bound, and comes back",
	  test_backoff },
	{ "slow start, then one for each window", test_growth },
	{ "losses halve the window once a round trip", test_halving },
	{ "never more than the receiver takes", test_receiver },
	{ "never more than the ring holds, however it wraps", test_ring },
	{ "acknowledgements of what is not in flight", test_unknown },
	{ "the same acknowledgement twice", test_duplicate },
	{ "a peer that is gone", test_abandon },
	{ "networks that delay, lose and mix: each has one fate",
	  test_simulated },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
