/* SPDX-License-Identifier: GPL-2.0 */
/* The clock of everything that waits */
#ifndef _CTL_CLOCK_H
#define _CTL_CLOCK_H

#include <stdint.h>

uint64_t now_ms(void);

#endif /* _CTL_CLOCK_H */
