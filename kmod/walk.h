/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The walk: a paced comparison of the flow table with conntrack, for what does
 * not pass the hooks: expiry, deletion and change from outside, entries that
 * were there before.
 */
#ifndef _FLOWSYNC_WALK_H
#define _FLOWSYNC_WALK_H

#include <linux/types.h>
#include <linux/workqueue.h>

struct fs_group;
struct fs_node;
struct nf_conn;

/**
 * struct fs_walk - where a node's walk is
 * @work: one step
 * @slot: next slot to look at
 * @tick: steps done
 * @strangers: entries of conntrack that do not belong into the table, as the last
 *	search found
 * @now: look for entries that are not in the table at the next step
 * @regroup: so many slots are still to be looked at anew, since which flows are
 *	whose has changed; written by others to begin anew
 */
struct fs_walk {
	struct delayed_work work;
	u32 slot;
	u32 tick;
	u32 strangers;
	bool now;
	u32 regroup;
};

struct fs_group *fs_walk_group(struct fs_node *node, const struct nf_conn *ct);
void fs_walk_start(struct fs_node *node);
void fs_walk_stop(struct fs_node *node);
void fs_walk_now(struct fs_node *node);
void fs_walk_regroup(struct fs_node *node);

#endif /* _FLOWSYNC_WALK_H */
