/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ruler: how many instructions the whole machine has run that were not idle.
 *
 * Made for QEMU's -icount shift=0 with one processor, where the time stamp
 * counter counts instructions. `meter spin` runs at SCHED_IDLE for as long as the
 * machine lives, takes what nobody else wants, and counts it: what is left is
 * what the machine was busy with, kernel and all programs together.
 *
 * Without RULER_FILE in the environment it is a clock, and all of the time busy.
 */
#ifndef FLOWSYNC_BENCH_RULER_H
#define FLOWSYNC_BENCH_RULER_H

#include <stdbool.h>
#include <stdint.h>

/* Instructions of one turn of the spinner. */
#define RULER_TURN	1000

/**
 * struct stamp - a reading of the ruler
 * @at: nanoseconds of the machine's clock, which are instructions since it started
 * @idle: those that the spinner took
 * @octets: that passed the sync link in either direction, Ethernet included
 * @packets: the same
 */
struct stamp {
	uint64_t at;
	uint64_t idle;
	uint64_t octets;
	uint64_t packets;
};

int spin_main(int argc, char **argv);

uint64_t ruler_now(void);
void ruler_mark(void);
void ruler_read(struct stamp *stamp);
void ruler_sleep_until(uint64_t at);
uint64_t ruler_busy(const struct stamp *from, const struct stamp *to);
void ruler_report(const struct stamp *from, const struct stamp *to);

#endif
