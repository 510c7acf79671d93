/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The receiving half of the engine: from datagrams to the shadow.
 */
#ifndef _FLOWSYNC_RECEIVE_H
#define _FLOWSYNC_RECEIVE_H

#include <linux/types.h>

#include "core/wire.h"

struct fs_link;
struct fs_node;

void fs_wire_refused(struct fs_node *node, enum fs_wire_error err);
void fs_receive(struct fs_link *link, u8 *data, size_t len);

#endif /* _FLOWSYNC_RECEIVE_H */
