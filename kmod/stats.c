// SPDX-License-Identifier: GPL-2.0
#include <linux/cpumask.h>

#include "stats.h"

const char *const fs_stat_names[FS_STAT_COUNT] = {
#define X(name) [FS_STAT_##name] = #name,
	FS_STATS(X)
#undef X
};

/**
 * fs_stat_sum - read a counter
 * @stats: the counters
 * @stat: which one
 *
 * Context: any.
 * Return: its value over all CPUs, exact only while nothing is counted.
 */
u64 fs_stat_sum(const struct fs_stats __percpu *stats, enum fs_stat stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(stats, cpu)->value[stat]);
	return sum;
}
