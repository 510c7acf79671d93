/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What packets made of a flow at a node that is not its origin. Where the two
 * directions of a connection pass two nodes, each sees half of it: who is not the
 * origin tells it how far the connection has come.
 *
 * An option of control datagrams (see control.h):
 *
 *	type (1)  length (1)  value
 *	0x0c      1 to 255    updates of the receiver's flows, as in record.h, slot
 *			      and op of the first less 0: their status, timeout, and
 *			      of TCP state and windows are as packets made them at
 *			      the sender; op is the last one of the receiver's that
 *			      it knows of; repeated
 *
 * It is not confirmed: the origin's own record of the flow says as much then, and
 * until it does it is told again.
 */
#ifndef _FLOWSYNC_CORE_ADVANCE_H
#define _FLOWSYNC_CORE_ADVANCE_H

#include "record.h"

#define FS_OPT_ADVANCE	0x0c

/* Most octets that one can take with type and length: what an update without
 * attributes but windows can be.
 */
#define FS_ADVANCE_MAX	(2 + 1 + 5 + 10 + 5 + 1 + 1 + 3 + 3 + 1 + 12)

bool fs_advance_put(struct fs_wr *w, const struct fs_record *rec);
enum fs_wire_error fs_advance_check(struct fs_rd *value, u8 *unknown);
bool fs_advance_next(struct fs_rd *r, struct fs_rd *advances,
		     struct fs_batch *batch, struct fs_record *rec);

#endif /* _FLOWSYNC_CORE_ADVANCE_H */
