// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include "rnd.h"

static u64 state = 1;

/* Start from $SEED, or 1. */
void rnd_start(void)
{
	const char *seed = getenv("SEED");

	state = seed ? strtoull(seed, NULL, 0) : 1;
}

/* 64 random bits: splitmix64. */
u64 rnd(void)
{
	u64 z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* 0 to @bound - 1. */
u64 rnd_below(u64 bound)
{
	return rnd() % bound;
}

bool rnd_percent(unsigned int percent)
{
	return rnd_below(100) < percent;
}

/* A number of 0 to 64 bits, each width as likely as the others. */
u64 rnd_any_width(void)
{
	unsigned int bits = (unsigned int)rnd_below(65);

	return bits ? rnd() >> (64 - bits) : 0;
}
