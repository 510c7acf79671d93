/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Repeatable random numbers. The same in every run; SEED=n in the environment
 * takes others.
 */
#ifndef _FLOWSYNC_UNIT_RND_H
#define _FLOWSYNC_UNIT_RND_H

#include "port.h"

void rnd_start(void);
u64 rnd(void);
u64 rnd_below(u64 bound);
bool rnd_percent(unsigned int percent);
u64 rnd_any_width(void);

#endif /* _FLOWSYNC_UNIT_RND_H */
