/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a node leaves over that gives a group up: flows of which it was the origin and
 * that a member may not have, or not as they were last. They are kept for a while, and
 * offered to the member that is the active then. Its side is reunite.h.
 */
#ifndef _FLOWSYNC_LEFTOVER_H
#define _FLOWSYNC_LEFTOVER_H

#include <linux/mutex.h>
#include <linux/types.h>

struct fs_group;
struct fs_heir;
struct fs_node;
struct fs_peer;
struct fs_wr;
struct nf_conn;

/* For how long they are kept, in ms. */
#define FS_LEFTOVER_MS	60000

/**
 * struct fs_left - a flow that is left over
 * @ct: its conntrack entry, with a reference
 * @op: its last change
 * @slot: where it was
 * @gen: of the slot
 * @warm: packets of it came lately, so that its lifetime is another
 */
struct fs_left {
	struct nf_conn *ct;
	u64 op;
	u32 slot;
	u32 gen;
	bool warm;
};

/**
 * struct fs_leftover - the flows of a group that are left over
 * @lock: guards all but @keeping, which only whoever changes the role sets
 * @keeping: they are being gathered: whoever asks has to ask again
 * @waiting: this node was active, and nobody asked for all of it yet, if there is any;
 *	may be read without the lock
 * @flow: the flows
 * @count: length of @flow
 * @offered: so many of them were offered to whoever asked first
 * @since: when they were gathered, in ms
 */
struct fs_leftover {
	struct mutex lock;
	bool keeping;
	bool waiting;
	struct fs_left *flow;
	u32 count;
	u32 offered;
	u64 since;
};

void fs_leftover_init(struct fs_group *group);
void fs_leftover_begin(struct fs_group *group);
void fs_leftover_keep(struct fs_group *group);
void fs_leftover_drop(struct fs_group *group);
void fs_leftovers_expire(struct fs_node *node);
void fs_leftover_put(struct fs_peer *peer, const struct fs_heir *heir,
		     u64 place, struct fs_wr *w);

#endif /* _FLOWSYNC_LEFTOVER_H */
