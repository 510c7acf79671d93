/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What goes wrong, and who decides on roles.
 */
#ifndef _SIM_FAULT_H
#define _SIM_FAULT_H

struct world;

void fault_start(struct world *w);
void fault_end(struct world *w);

#endif /* _SIM_FAULT_H */
