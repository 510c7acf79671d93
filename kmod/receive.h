/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The receiving half of the engine: from datagrams to the shadow.
 */
#ifndef _FLOWSYNC_RECEIVE_H
#define _FLOWSYNC_RECEIVE_H

#include <linux/types.h>

struct fs_link;

void fs_receive(struct fs_link *link, const void *data, size_t len);

#endif /* _FLOWSYNC_RECEIVE_H */
