/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How warm a flow is: whether packets of it came lately, learnt without a word
 * from the packets. conntrack moves the timeout of an entry with each of them,
 * so an entry whose timeout is another than at the walk's last visit, about a
 * second ago, had some. So had one that is in the fast path of a flowtable, which
 * conntrack does not see, and which leaves that when it is idle.
 *
 * Packets since the last visit warm a flow by FS_WARM_STEP, every eighth visit
 * cools it by one: a busy flow is as warm as can be, and one that had its last
 * packet is cold after some minutes at most.
 *
 * And whether the timeout was set to something else than packets set it to, by
 * hand or by conntrack, without anything that the hook sees: its class, within a
 * quarter of it, is compared with that of what was last told. What is told of a flow
 * that is idle counts as class 0: the next packet gives it more than that, and the
 * standby must not let it end before.
 *
 * All of it is in fs_flow.seen:
 *
 *	bits 0 to 17	lower part of the entry's timeout at the last visit
 *	bit 18		packets had come before that visit, since the one before it
 *	bits 19 to 23	how warm
 *	bit 24		the timeout was found to be lower than was told
 *	bits 25 to 31	class of the timeout that was last told
 */
#ifndef _FLOWSYNC_WARM_H
#define _FLOWSYNC_WARM_H

#include <linux/types.h>

struct fs_flow;

#define FS_WARM_STEP	3u
#define FS_WARM_MOST	31u

/**
 * enum fs_visit - what a visit found
 * @FS_VISIT_MOVED: packets came since the last one
 * @FS_VISIT_RESTED: none did, but since the one before that
 * @FS_VISIT_RETIMED: the timeout is not what was told
 */
enum fs_visit {
	FS_VISIT_MOVED	 = 1 << 0,
	FS_VISIT_RESTED	 = 1 << 1,
	FS_VISIT_RETIMED = 1 << 2,
};

u32 fs_warm(const struct fs_flow *flow);
bool fs_warm_visited(const struct fs_flow *flow);
bool fs_warm_moved(const struct fs_flow *flow);
void fs_warm_begin(struct fs_flow *flow);
void fs_warm_told(struct fs_flow *flow);
bool fs_warm_idle(const struct fs_flow *flow, u8 type);
void fs_warm_sent(struct fs_flow *flow, bool idle);
unsigned int fs_warm_visit(struct fs_flow *flow, bool cool);

#endif /* _FLOWSYNC_WARM_H */
