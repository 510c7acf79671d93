/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_NOTIFY_H
#define FLOWSYNCCTL_NOTIFY_H

#include <stdint.h>

void notify(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint64_t notify_interval(void);

#endif
