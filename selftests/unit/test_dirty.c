// SPDX-License-Identifier: GPL-2.0
/* Sets of slots, against an array of flags; memory is of exactly their size. */
#include <stdlib.h>
#include "dirty.h"
#include "rnd.h"
#include "tap.h"

#define SLOTS_MAX	300000

struct model {
	bool in[SLOTS_MAX];
	u32 slots;
	u32 count;
	u32 cursor;
};

static struct model m;
static struct fs_dirty d;

static void grow(u32 slots)
{
	unsigned long *old = d.bits;

	fs_dirty_grow(&d, calloc(fs_dirty_longs(slots), sizeof(long)), slots);
	free(old);
	m.slots = slots;
}

static void start(u32 slots)
{
	memset(&m, 0, sizeof(m));
	memset(&d, 0, sizeof(d));
	grow(slots);
}

static void stop(void)
{
	free(d.bits);
	memset(&d, 0, sizeof(d));
}

static bool model_set(u32 slot, bool in)
{
	if (slot >= m.slots || m.in[slot] == in)
		return false;
	m.in[slot] = in;
	m.count += in ? 1 : (u32)-1;
	return true;
}

static u32 model_take(void)
{
	u32 i, slot;

	for (i = 0; i < m.slots; i++) {
		slot = (u32)(((u64)m.cursor + i) % m.slots);
		if (!m.in[slot])
			continue;
		model_set(slot, false);
		m.cursor = slot + 1;
		return slot;
	}
	return FS_DIRTY_NONE;
}

static void compare(void)
{
	u32 slot;

	check(d.count == m.count && d.slots == m.slots);
	for (slot = 0; slot < m.slots; slot++)
		check(fs_dirty_test(&d, slot) == m.in[slot]);
	check(!fs_dirty_test(&d, m.slots));
	check(!fs_dirty_test(&d, FS_DIRTY_NONE));
}

static void one_step(void)
{
	u32 slot = (u32)rnd_below(m.slots);

	switch (rnd_below(8)) {
	case 0:
	case 1:
	case 2:
		check(fs_dirty_add(&d, slot) == model_set(slot, true));
		break;
	case 3:
	case 4:
		check(fs_dirty_remove(&d, slot) == model_set(slot, false));
		break;
	case 5:
		check(fs_dirty_test(&d, slot) == m.in[slot]);
		break;
	case 6:
		slot = m.slots + (u32)rnd_below(200);
		check(!fs_dirty_test(&d, slot) && !fs_dirty_remove(&d, slot));
		break;
	default:
		check(fs_dirty_take(&d) == model_take());
	}
	check(d.count == m.count);
}

static void test_model(void)
{
	static const u32 sizes[] = {
		1, 2, 63, 64, 65, 127, 128, 129, 1000, 4095, 4096, 4097, 4160,
		4161, 9999, 20000,
	};
	unsigned int i, step;

	start(sizes[0]);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		grow(sizes[i]);
		compare();
		for (step = 0; step < 20000; step++)
			one_step();
		compare();
		grow(sizes[i]);		/* by nothing */
		compare();
	}
	fs_dirty_clear(&d);
	check(!d.count && fs_dirty_take(&d) == FS_DIRTY_NONE);
	memset(m.in, 0, sizeof(m.in));
	m.count = 0;
	m.cursor = 0;
	compare();
	for (step = 0; step < 20000; step++)
		one_step();
	stop();
}

/* A large set with few slots in it: whole words of the summary are 0. */
static void test_sparse(void)
{
	unsigned int i, round;
	u32 slot;

	start(SLOTS_MAX);
	for (round = 0; round < 400; round++) {
		for (i = 0; i < 4; i++) {
			slot = (u32)rnd_below(SLOTS_MAX);
			check(fs_dirty_add(&d, slot) == model_set(slot, true));
		}
		for (i = 0; i < 3; i++)
			check(fs_dirty_take(&d) == model_take());
	}
	while (m.count)
		check(fs_dirty_take(&d) == model_take());
	check(fs_dirty_take(&d) == FS_DIRTY_NONE);
	stop();
}

static void test_each_alone(void)
{
	static const u32 sizes[] = { 1, 64, 65, 4096, 4097, 8200 };
	unsigned int i;
	u32 slot;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		start(sizes[i]);
		for (slot = sizes[i]; slot--;) {
			check(fs_dirty_add(&d, slot));
			check(!fs_dirty_add(&d, slot) && d.count == 1);
			check(fs_dirty_take(&d) == slot && !d.count);
			check(!fs_dirty_remove(&d, slot));
		}
		check(fs_dirty_take(&d) == FS_DIRTY_NONE);
		stop();
	}
}

/* A slot that is added all the time does not keep the others waiting. */
static void test_fair(void)
{
	u32 slot, taken = 0, waiting = 0;

	start(5000);
	for (slot = 0; slot < 5000; slot += 7) {
		fs_dirty_add(&d, slot);
		waiting++;
	}
	while (!fs_dirty_test(&d, 4998) || taken < waiting) {
		slot = fs_dirty_take(&d);
		check(slot == 7 * taken);
		taken++;
		if (taken == waiting)
			break;
		fs_dirty_add(&d, 0);
		fs_dirty_add(&d, slot);
	}
	check(fs_dirty_take(&d) == 0);
	stop();
}

static void test_full(void)
{
	u32 slot, round;

	start(4097);
	for (round = 0; round < 2; round++) {
		for (slot = 0; slot < 4097; slot++)
			check(fs_dirty_add(&d, slot));
		check(d.count == 4097);
		grow(4097);
		for (slot = 0; slot < 4097; slot++)
			check(fs_dirty_take(&d) == slot);
		check(fs_dirty_take(&d) == FS_DIRTY_NONE && !d.count);
	}
	stop();
}

/* What was in the set is found after it grew, wherever it was. */
static void test_grown(void)
{
	static const u32 sizes[] = { 1, 64, 65, 4096, 4097, 8192, 8193, 20000,
				     262144, 262145, SLOTS_MAX };
	unsigned int i, j;
	u32 slot;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (j = i; j < ARRAY_SIZE(sizes); j++) {
			start(sizes[i]);
			for (slot = 0; slot < sizes[i]; slot += 61)
				check(fs_dirty_add(&d, slot));
			grow(sizes[j]);
			for (slot = 0; slot < sizes[i]; slot += 61)
				check(fs_dirty_take(&d) == slot);
			check(fs_dirty_take(&d) == FS_DIRTY_NONE);
			check(!d.count);
			stop();
		}
	}
}

/* Each 64 slots belong to one of three parts: the set of each is found alone. */
static void test_parts(void)
{
	u8 part[16], of;
	u32 slot, next, n, found;
	unsigned int round;

	for (round = 0; round < 200; round++) {
		start(1024);
		for (n = 0; n < ARRAY_SIZE(part); n++)
			part[n] = (u8)rnd_below(3);
		for (n = rnd_below(200); n; n--)
			fs_dirty_add(&d, rnd_below(1024));
		for (of = 0, found = 0; of < 4; of++) {
			slot = 0;
			while ((next = fs_dirty_next_in(&d, slot, part, 64, of)) !=
			       FS_DIRTY_NONE) {
				check(next >= slot && next < 1024 &&
				      part[next / 64] == of &&
				      fs_dirty_test(&d, next));
				slot = next + 1;
				found++;
			}
		}
		check(found == d.count);
		for (n = 0, found = 0; n < 16; n++)
			found += fs_dirty_within(&d, 64 * n, 64);
		check(found == d.count);
		check(fs_dirty_within(&d, 0, 1024) == d.count &&
		      fs_dirty_within(&d, 0, 4096) == d.count);
		stop();
	}
}

static void test_memory(void)
{
	/* 64 bits a long: words, and a bit for each of them. */
	check(fs_dirty_longs(0) == 0);
	check(fs_dirty_longs(1) == 2);
	check(fs_dirty_longs(64) == 2);
	check(fs_dirty_longs(65) == 3);
	check(fs_dirty_longs(4096) == 65);
	check(fs_dirty_longs(4097) == 67);
	check(fs_dirty_longs(1000000) == 15625 + 245);
	check(fs_dirty_longs(0xffffffff) == (1 << 26) + (1 << 20));

	memset(&d, 0, sizeof(d));
	check(!fs_dirty_test(&d, 0) && !fs_dirty_remove(&d, 0));
	check(fs_dirty_take(&d) == FS_DIRTY_NONE);
	fs_dirty_clear(&d);
	check(!d.count);
}

static const struct tap_case cases[] = {
	{ "any order of operations, while it grows", test_model },
	{ "a large set with few slots in it", test_sparse },
	{ "each slot alone", test_each_alone },
	{ "no slot waits for more than a round", test_fair },
	{ "a full set", test_full },
	{ "what was in it is found after it grew", test_grown },
	{ "the slots of a part", test_parts },
	{ "memory follows the slots; none is needed for none", test_memory },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
