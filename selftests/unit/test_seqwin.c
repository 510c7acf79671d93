// SPDX-License-Identifier: GPL-2.0
/* Receive windows, against a model that remembers every number. */
#include "rnd.h"
#include "seqwin.h"
#include "tap.h"

#define NUMBERS	4096
#define WINDOW	256

/* Numbers are @base + 1 to @base + NUMBERS - 1, kept as their distance. */
struct model {
	u64 base;
	u32 top;
	bool received[NUMBERS];
};

static enum fs_seq_verdict model_receive(struct model *m, u64 seq)
{
	u32 n = (u32)(seq - m->base);

	if (seq <= m->base || n + WINDOW <= m->top)
		return FS_SEQ_OLD;
	if (n > m->top)
		m->top = n;
	if (m->received[n])
		return FS_SEQ_DUPLICATE;
	m->received[n] = true;
	return FS_SEQ_NEW;
}

/* The window is what is acknowledged. */
static bool model_seen(const struct model *m, const struct fs_seqwin *w)
{
	u32 n;

	for (n = 0; n < WINDOW; n++) {
		bool seen = n <= m->top && m->received[m->top - n];

		if (seen != !!(w->seen[n / 64] & 1ull << n % 64))
			return false;
	}
	return true;
}

static u64 model_missing(const struct model *m)
{
	u64 missing = 0;
	u32 n;

	for (n = 1; n <= m->top; n++)
		missing += !m->received[n];
	return missing;
}

/* A sender's numbers go up; they arrive late, twice, or not at all. */
static void run(u64 base, unsigned int loss, unsigned int late,
		unsigned int reach)
{
	static struct model m;
	struct fs_seqwin w;
	enum fs_seq_verdict look;
	u32 sent = 0, n, last;
	u64 seq;

	memset(&m, 0, sizeof(m));
	m.base = base;
	fs_seqwin_init(&w, base);
	while (sent < NUMBERS - 1) {
		sent += rnd_percent(98) ? 1 : (u32)rnd_below(600);
		if (sent > NUMBERS - 1)
			sent = NUMBERS - 1;
		if (rnd_percent(loss))
			continue;
		n = sent;
		if (rnd_percent(late)) {
			last = (u32)rnd_below(reach);
			n = sent > last ? sent - last : 0;
		}
		if (rnd_percent(3)) {
			fs_seqwin_announce(&w, base + n);
			if (n > m.top)
				m.top = n;
			continue;
		}
		seq = base + n;
		look = fs_seqwin_look(&w, seq);
		check(fs_seqwin_receive(&w, seq) == look);
		check(model_receive(&m, seq) == look);
		check(w.top == base + m.top);
		if (n % 16)
			continue;
		check(fs_seqwin_missing(&w) == model_missing(&m));
		check(model_seen(&m, &w));
	}
	check(fs_seqwin_missing(&w) == model_missing(&m));
}

static void test_model(void)
{
	unsigned int i;

	for (i = 0; i < 400; i++) {
		u64 base = i % 3 == 0 ? 0 : i % 3 == 1 ? rnd() >> 1 :
			   ~0ull - NUMBERS;

		run(base, (unsigned int)rnd_below(40),
		    (unsigned int)rnd_below(60),
		    1 + (unsigned int)rnd_below(rnd_percent(50) ? 40 : 520));
	}
}

static void test_perfect(void)
{
	struct fs_seqwin w;
	u64 seq;

	fs_seqwin_init(&w, 41);
	check(fs_seqwin_missing(&w) == 0);
	for (seq = 42; seq < 1000; seq++) {
		check(fs_seqwin_receive(&w, seq) == FS_SEQ_NEW);
		check(fs_seqwin_receive(&w, seq) == FS_SEQ_DUPLICATE);
		check(fs_seqwin_missing(&w) == 0 && w.top == seq);
	}
}

static void test_base(void)
{
	struct fs_seqwin w;

	fs_seqwin_init(&w, 100);
	check(fs_seqwin_receive(&w, 100) == FS_SEQ_OLD);
	check(fs_seqwin_receive(&w, 99) == FS_SEQ_OLD);
	check(fs_seqwin_receive(&w, 0) == FS_SEQ_OLD);
	check(fs_seqwin_receive(&w, 102) == FS_SEQ_NEW);
	check(fs_seqwin_receive(&w, 100) == FS_SEQ_OLD);
	check(fs_seqwin_missing(&w) == 1);
	check(fs_seqwin_receive(&w, 101) == FS_SEQ_NEW);
	check(fs_seqwin_missing(&w) == 0);
}

/* 255 behind the highest can be told apart, 256 cannot. */
static void test_edge(void)
{
	struct fs_seqwin w;

	fs_seqwin_init(&w, 0);
	check(fs_seqwin_receive(&w, 1000) == FS_SEQ_NEW);
	check(fs_seqwin_receive(&w, 1000 - 256) == FS_SEQ_OLD);
	check(fs_seqwin_receive(&w, 1000 - 255) == FS_SEQ_NEW);
	check(fs_seqwin_receive(&w, 1000 - 255) == FS_SEQ_DUPLICATE);
	check(fs_seqwin_receive(&w, 1001) == FS_SEQ_NEW);
	check(fs_seqwin_receive(&w, 1000 - 255) == FS_SEQ_OLD);
	check(fs_seqwin_receive(&w, 1000) == FS_SEQ_DUPLICATE);
	check(fs_seqwin_receive(&w, 1001 + 255) == FS_SEQ_NEW);
	check(fs_seqwin_receive(&w, 1001) == FS_SEQ_DUPLICATE);
	check(fs_seqwin_receive(&w, 1002) == FS_SEQ_NEW);
	check(fs_seqwin_receive(&w, 1256 + 256) == FS_SEQ_NEW);
	check(fs_seqwin_receive(&w, 1256 + 1) == FS_SEQ_NEW);
	check(fs_seqwin_missing(&w) == 1512 - 7);
}

/* Every step of the top over every single bit. */
static void test_steps(void)
{
	struct fs_seqwin w;
	unsigned int bit, step, n;

	for (bit = 0; bit < WINDOW; bit += 1 + bit % 3) {
		for (step = 1; step <= WINDOW + 64; step++) {
			unsigned int to = bit + step;

			fs_seqwin_init(&w, 0);
			w.top = 1000;
			w.seen[bit / 64] = 1ull << bit % 64;
			fs_seqwin_announce(&w, 1000 + step);
			for (n = 0; n < FS_SEQWIN_WORDS; n++)
				check(w.seen[n] == (to / 64 == n ?
						    1ull << to % 64 : 0));
		}
	}
}

static void test_announced(void)
{
	struct fs_seqwin w;

	fs_seqwin_init(&w, 10);
	fs_seqwin_announce(&w, 10);
	fs_seqwin_announce(&w, 5);
	check(w.top == 10 && fs_seqwin_missing(&w) == 0);
	fs_seqwin_announce(&w, 12);
	check(fs_seqwin_missing(&w) == 2);
	fs_seqwin_announce(&w, 12);
	check(fs_seqwin_missing(&w) == 2);
	check(fs_seqwin_receive(&w, 12) == FS_SEQ_NEW);
	check(fs_seqwin_receive(&w, 11) == FS_SEQ_NEW);
	check(fs_seqwin_receive(&w, 12) == FS_SEQ_DUPLICATE);
	check(fs_seqwin_missing(&w) == 0);
	fs_seqwin_announce(&w, 268);
	check(fs_seqwin_missing(&w) == 256);
	check(fs_seqwin_receive(&w, 12) == FS_SEQ_OLD);
	check(fs_seqwin_receive(&w, 13) == FS_SEQ_NEW);
}

/* What is not new leaves no trace. */
static void test_no_trace(void)
{
	struct fs_seqwin w, before;
	unsigned int i;

	fs_seqwin_init(&w, 5);
	for (i = 0; i < 20000; i++) {
		before = w;
		if (fs_seqwin_receive(&w, rnd_below(i / 4 + 300)) != FS_SEQ_NEW)
			check(!memcmp(&w, &before, sizeof(w)));
		else
			check(w.received == before.received + 1);
	}
}

static const struct tap_case cases[] = {
	{ "loss, disorder, duplicates and announcements", test_model },
	{ "a perfect stream", test_perfect },
	{ "nothing is expected up to the base", test_base },
	{ "the window's two edges", test_edge },
	{ "each bit moves by each step", test_steps },
	{ "announced and not arrived is missing", test_announced },
	{ "duplicates and old ones change nothing", test_no_trace },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
