// SPDX-License-Identifier: GPL-2.0
#include "rng.h"

/**
 * rng_init - begin a sequence
 * @r: the generator
 * @seed: any number; near ones give unrelated sequences
 */
void rng_init(struct rng *r, u64 seed)
{
	r->state = seed;
	r->state = rng_next(r) ^ seed;
}

/**
 * rng_next - the next number (splitmix64)
 * @r: the generator
 *
 * Return: any 64 bits.
 */
u64 rng_next(struct rng *r)
{
	u64 z = r->state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/**
 * rng_below - a number below a limit
 * @r: the generator
 * @limit: not 0
 *
 * Return: 0 to @limit - 1.
 */
u64 rng_below(struct rng *r, u64 limit)
{
	return rng_next(r) % limit;
}

/**
 * rng_range - a number of a range
 * @r: the generator
 * @least: first
 * @most: last, not below @least
 *
 * Return: @least to @most.
 */
u64 rng_range(struct rng *r, u64 least, u64 most)
{
	return least + rng_below(r, most - least + 1);
}

/**
 * rng_percent - whether something happens
 * @r: the generator
 * @percent: how likely, 0 to 100
 *
 * Return: true so often.
 */
bool rng_percent(struct rng *r, unsigned int percent)
{
	return rng_below(r, 100) < percent;
}
