/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happens to the nodes: flows come, change and end on whoever is active.
 */
#ifndef _SIM_LOAD_H
#define _SIM_LOAD_H

#include "record.h"

struct world;

u32 load_tid(const struct fs_state *s);
void load_vary(struct world *w, struct fs_state *s);
void load_start(struct world *w);

#endif /* _SIM_LOAD_H */
