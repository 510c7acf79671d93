/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_TRACK_H
#define FLOWSYNCCTL_TRACK_H

#include <stdbool.h>

int track_open(void);
void track_drain(int fd);
bool track_carries(const char *device);

#endif
