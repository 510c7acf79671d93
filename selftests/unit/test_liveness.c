// SPDX-License-Identifier: GPL-2.0
/* Alive or dead, at any time of the clock. */
#include "liveness.h"
#include "tap.h"

static const u64 starts[] = {
	0, 1, 1000000, 1ull << 31, (1ull << 32) - 100, 1ull << 32,
	(1ull << 63) - 100, ~0ull - 300, ~0ull - 299, ~0ull - 1, ~0ull,
};

static void test_unheard(void)
{
	struct fs_liveness l;
	size_t i;

	memset(&l, 0xff, sizeof(l));
	fs_liveness_init(&l, 100, 3);
	check(!l.alive && l.interval == 100 && l.count == 3 && !l.heard);
	for (i = 0; i < ARRAY_SIZE(starts); i++)
		check(!fs_liveness_expired(&l, starts[i]) && !l.alive);
}

static void test_edges(void)
{
	struct fs_liveness l;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		u64 t = starts[i];

		fs_liveness_init(&l, 100, 3);
		check(fs_liveness_heard(&l, t) && l.alive);
		check(!fs_liveness_heard(&l, t));
		check(!fs_liveness_expired(&l, t));
		check(!fs_liveness_expired(&l, t + 299));
		check(!fs_liveness_expired(&l, t + 300) && l.alive);
		check(fs_liveness_expired(&l, t + 301) && !l.alive);
		/* Reported once. */
		check(!fs_liveness_expired(&l, t + 302));
		check(!fs_liveness_expired(&l, t + 100000) && !l.alive);
		check(fs_liveness_heard(&l, t + 100001) && l.alive);
		check(!fs_liveness_expired(&l, t + 100301));
		check(fs_liveness_expired(&l, t + 100302));
	}
}

static void test_refreshed(void)
{
	struct fs_liveness l;
	u64 t = ~0ull - 5000;
	unsigned int i;

	fs_liveness_init(&l, 100, 3);
	check(fs_liveness_heard(&l, t));
	for (i = 0; i < 100; i++) {
		t += 300;
		check(!fs_liveness_expired(&l, t));
		check(!fs_liveness_heard(&l, t));
	}
	check(l.alive && fs_liveness_expired(&l, t + 301));
}

static void test_long(void)
{
	struct fs_liveness l;
	u64 limit;

	fs_liveness_init(&l, 0xffffffff, 0x3fffffff);
	limit = 0xffffffffull * 0x3fffffff;
	check(fs_liveness_heard(&l, 7));
	check(!fs_liveness_expired(&l, 7 + limit));
	check(fs_liveness_expired(&l, 7 + limit + 1));

	fs_liveness_init(&l, 100000, 100000);	/* over 32 bits */
	check(fs_liveness_heard(&l, 7));
	check(!fs_liveness_expired(&l, 7 + 10000000000));
	check(fs_liveness_expired(&l, 7 + 10000000001));

	fs_liveness_init(&l, 100, 0);
	check(fs_liveness_heard(&l, 7));
	check(!fs_liveness_expired(&l, 7));
	check(fs_liveness_expired(&l, 8));
}

/* The timer took its time just before a datagram was received elsewhere. */
static void test_clock_behind(void)
{
	struct fs_liveness l;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		fs_liveness_init(&l, 100, 3);
		fs_liveness_heard(&l, starts[i]);
		check(!fs_liveness_expired(&l, starts[i] - 1));
		check(!fs_liveness_expired(&l, starts[i] - 100000) && l.alive);
	}
}

static const struct tap_case cases[] = {
	{ "what was never heard does not die", test_unheard },
	{ "dies once, one millisecond after its time, at any clock",
	  test_edges },
	{ "heard regularly it lives on, across the clock's wrap",
	  test_refreshed },
	{ "a clock read before the last datagram", test_clock_behind },
	{ "the longest and the shortest patience", test_long },
};

int main(void)
{
	return tap_run(cases, ARRAY_SIZE(cases));
}
