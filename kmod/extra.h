/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attributes of shadow flows. Few flows have any, so they are beside the flows: in
 * an array of each origin and session, by slot, encoded as in a record.
 */
#ifndef _FLOWSYNC_EXTRA_H
#define _FLOWSYNC_EXTRA_H

#include <linux/types.h>
#include <linux/xarray.h>

struct fs_attrs;

/* Mark on the slots whose flows have expectations. */
#define FS_MARK_EXPECTS	XA_MARK_0

bool fs_extra_lend(struct xarray *from, struct xarray *to, u32 slot);
bool fs_extra_set(struct xarray *map, u32 slot, const struct fs_attrs *attrs);
void fs_extra_get(struct xarray *map, u32 slot, struct fs_attrs *attrs);
void fs_extra_drop(struct xarray *map, u32 slot);

#endif /* _FLOWSYNC_EXTRA_H */
