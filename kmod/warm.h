/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How warm a flow is: whether packets of it came lately, learnt without a word
 * from the packets. conntrack moves the timeout of an entry with each of them,
 * so an entry whose timeout is another than at the walk's last visit, about a
 * second ago, had some.
 *
 * A visit cools a flow by a part of its warmth, and packets since the last one
 * warm it by WARM_STEP: a busy flow is as warm as can be, one with a packet now
 * and then in the middle, and one that had its last packet is cold in less than
 * half a minute.
 */
#ifndef _FLOWSYNC_WARM_H
#define _FLOWSYNC_WARM_H

#include <linux/minmax.h>
#include <net/netfilter/nf_conntrack.h>

#include "flow.h"

#define FS_WARM_STEP	24u
#define FS_WARM_MOST	255u
#define FS_WARM_TIME	0xffffffu

/**
 * fs_warm_moved - whether packets of a flow came since the last visit
 * @flow: the flow, live
 *
 * Context: any; fs_flows.lock held.
 * Return: true if some did.
 */
static inline bool fs_warm_moved(const struct fs_flow *flow)
{
	return (READ_ONCE(flow->ct->timeout) ^ flow->seen) & FS_WARM_TIME;
}

/**
 * fs_warm - how warm a flow is
 * @flow: the flow, live
 *
 * Context: any; fs_flows.lock held.
 * Return: up to FS_WARM_MOST.
 */
static inline u32 fs_warm(const struct fs_flow *flow)
{
	return flow->seen >> 24;
}

/**
 * fs_warm_visit - visit a flow
 * @flow: the flow, live
 *
 * Context: any; fs_flows.lock held.
 * Return: true if packets of it came since the last visit.
 */
static inline bool fs_warm_visit(struct fs_flow *flow)
{
	bool moved = fs_warm_moved(flow);
	u32 warm = fs_warm(flow);

	warm -= min(warm, max(warm / 32, 1u));
	if (moved)
		warm = min(warm + FS_WARM_STEP, FS_WARM_MOST);
	flow->seen = warm << 24 | (READ_ONCE(flow->ct->timeout) & FS_WARM_TIME);
	return moved;
}

#endif /* _FLOWSYNC_WARM_H */
