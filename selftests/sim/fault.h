/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What goes wrong, and who decides on roles.
 */
#ifndef _SIM_FAULT_H
#define _SIM_FAULT_H

/* When all has ended, somebody is elected, if need be, at once and after each second
 * of so many.
 */
#define FAULT_ELECTIONS	4

struct world;

void fault_start(struct world *w);
void fault_end(struct world *w);

#endif /* _SIM_FAULT_H */
