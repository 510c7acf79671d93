/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random numbers. All that is left to chance in a run comes from one seed.
 */
#ifndef _SIM_RNG_H
#define _SIM_RNG_H

#include "port.h"

struct rng {
	u64 state;
};

void rng_init(struct rng *r, u64 seed);
u64 rng_next(struct rng *r);
u64 rng_below(struct rng *r, u64 limit);
u64 rng_range(struct rng *r, u64 least, u64 most);
bool rng_percent(struct rng *r, unsigned int percent);

#endif /* _SIM_RNG_H */
