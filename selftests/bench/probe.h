/* SPDX-License-Identifier: GPL-2.0 */
/* Packets of connections that exist, until one is answered. */
#ifndef FLOWSYNC_BENCH_PROBE_H
#define FLOWSYNC_BENCH_PROBE_H

#include <stdbool.h>
#include <stdint.h>

struct plan;

int probe_socket(const struct plan *plan, uint32_t n);
bool probe_echo(int fd, uint64_t until);
void probe_go_first(void);
void probe_sort(uint64_t *took, uint32_t count);

#endif
