// SPDX-License-Identifier: GPL-2.0
#include <time.h>

#include "clock.h"

/**
 * now_ms - the clock of everything that waits
 *
 * Return: milliseconds since some moment.
 */
uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
