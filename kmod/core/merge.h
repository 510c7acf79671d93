/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which of two states of a flow wins.
 */
#ifndef _FLOWSYNC_CORE_MERGE_H
#define _FLOWSYNC_CORE_MERGE_H

#include "record.h"

/**
 * struct fs_version - age of a flow's state
 * @epoch: of its group when the origin sent it
 * @op: op id of its last change at the origin
 * @gen: generation of the origin's slot
 * @group: id of its group
 */
struct fs_version {
	u64 epoch;
	u64 op;
	u32 gen;
	u16 group;
};

/**
 * enum fs_held - what a slot of the shadow holds
 * @FS_HELD_NOTHING: nothing was ever heard of it
 * @FS_HELD_FLOW: a flow
 * @FS_HELD_END: the end of one; its generation is not to come back
 */
enum fs_held {
	FS_HELD_NOTHING,
	FS_HELD_FLOW,
	FS_HELD_END,
};

/**
 * enum fs_merge - what a record does to a slot
 * @FS_MERGE_STALE: nothing: the slot holds as much, or more
 * @FS_MERGE_SET: it becomes the slot's flow, in the place of what is there
 * @FS_MERGE_UPDATE: it changes the slot's flow
 * @FS_MERGE_NEED: it changes a flow that is not there: the origin has to send
 *	all of it
 * @FS_MERGE_END: it ends whatever flow is there
 */
enum fs_merge {
	FS_MERGE_STALE,
	FS_MERGE_SET,
	FS_MERGE_UPDATE,
	FS_MERGE_NEED,
	FS_MERGE_END,
};

int fs_version_cmp(const struct fs_version *a, const struct fs_version *b);
enum fs_merge fs_merge_record(enum fs_held held, const struct fs_version *had,
			      const struct fs_batch *batch,
			      const struct fs_record *rec);
int fs_tcp_merge(struct fs_tcp *to, const struct fs_tcp *from);

#endif /* _FLOWSYNC_CORE_MERGE_H */
