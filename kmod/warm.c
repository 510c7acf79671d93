// SPDX-License-Identifier: GPL-2.0
#include <linux/bitfield.h>
#include <linux/log2.h>
#include <net/netfilter/nf_conntrack.h>

#include "flow.h"
#include "warm.h"

#define SEEN_TIME	GENMASK(17, 0)
#define SEEN_FRESH	BIT(18)
#define SEEN_WARM	GENMASK(23, 19)
#define SEEN_LOWER	BIT(24)
#define SEEN_CLASS	GENMASK(31, 25)

/* Nothing was told of the timeout yet: the entry was not confirmed. */
#define CLASS_NONE	127u

/* Of an octave of timeouts there are four classes. */
static u32 class_of(const struct nf_conn *ct)
{
	u32 seconds = DIV_ROUND_UP(nf_ct_expires(ct), HZ);
	u32 octave;

	if (seconds < 4)
		return seconds;
	octave = ilog2(seconds);
	return 4 * (octave - 1) + (seconds >> (octave - 2) & 3);
}

static void set_seen(struct fs_flow *flow, u32 mask, u32 bits)
{
	flow->seen = (flow->seen & ~mask) | bits;
}

/**
 * fs_warm - how warm a flow is
 * @flow: the flow, live
 *
 * Context: any; fs_flows.lock held.
 * Return: up to FS_WARM_MOST.
 */
u32 fs_warm(const struct fs_flow *flow)
{
	return FIELD_GET(SEEN_WARM, flow->seen);
}

/**
 * fs_warm_visited - whether the walk came by a flow before
 * @flow: the flow, live
 *
 * Before the first visit nothing is known of its packets, and it counts as moved.
 *
 * Context: any; fs_flows.lock held.
 * Return: true if it did.
 */
bool fs_warm_visited(const struct fs_flow *flow)
{
	return flow->seen & SEEN_TIME;
}

/**
 * fs_warm_moved - whether packets of a flow came since the last visit
 * @flow: the flow, live
 *
 * Context: any; fs_flows.lock held.
 * Return: true if some did.
 */
bool fs_warm_moved(const struct fs_flow *flow)
{
	return test_bit(IPS_OFFLOAD_BIT, &flow->ct->status) ||
	       (READ_ONCE(flow->ct->timeout) ^ flow->seen) & SEEN_TIME;
}

/**
 * fs_warm_begin - a flow is new
 * @flow: the flow, live
 *
 * It is as warm as if a packet had just come, which is mostly so. An entry that was
 * there before may have been idle for long; it counts as visited.
 *
 * Context: any; fs_flows.lock held.
 */
void fs_warm_begin(struct fs_flow *flow)
{
	flow->seen = FIELD_PREP(SEEN_WARM, FS_WARM_STEP);
	if (nf_ct_is_confirmed(flow->ct))
		flow->seen = FIELD_PREP(SEEN_WARM, 2 * FS_WARM_STEP) |
			     (READ_ONCE(flow->ct->timeout) & SEEN_TIME);
	fs_warm_told(flow);
}

/**
 * fs_warm_told - a flow's timeout is about to be told, with the rest of it
 * @flow: the flow, live
 *
 * Context: any; fs_flows.lock held.
 */
void fs_warm_told(struct fs_flow *flow)
{
	u32 class = CLASS_NONE;

	/* Before that the timeout is no point in time. */
	if (nf_ct_is_confirmed(flow->ct))
		class = class_of(flow->ct);
	set_seen(flow, SEEN_CLASS | SEEN_LOWER, FIELD_PREP(SEEN_CLASS, class));
}

/**
 * fs_warm_idle - whether a flow has less time left than the next packet gives it
 * @flow: the flow, live
 * @type: enum fs_record_type: with what it is told. Who gets an update knows what a
 *	packet gives, and a second less is no news to it.
 *
 * Context: any; fs_flows.lock held.
 * Return: true if no packets came since the last visit, or the last but one.
 */
bool fs_warm_idle(const struct fs_flow *flow, u8 type)
{
	return !fs_warm_moved(flow) &&
	       (type == FS_RECORD_CHECKPOINT || !(flow->seen & SEEN_FRESH));
}

/**
 * fs_warm_sent - a flow's timeout was told, as it was a moment ago
 * @flow: the flow, live and confirmed
 * @idle: by fs_warm_idle(), then
 *
 * When it was marked the entry was perhaps not confirmed. And what was told of a flow
 * that is idle is less than the next packet makes of it: that has to be told then.
 *
 * Context: any; fs_flows.lock held.
 */
void fs_warm_sent(struct fs_flow *flow, bool idle)
{
	if (FIELD_GET(SEEN_CLASS, flow->seen) == CLASS_NONE)
		fs_warm_told(flow);
	else if (idle)
		set_seen(flow, SEEN_CLASS, 0);
}

/* Packets move a timeout back to where it was: it runs down in between, and may
 * have fallen out of its class by the time of the visit. TCP uses a shorter one
 * while data is not acknowledged: a lower one counts if nothing followed.
 */
static bool is_retimed(struct fs_flow *flow, bool moved)
{
	u32 told = FIELD_GET(SEEN_CLASS, flow->seen);
	u32 class;

	if (!moved)
		return flow->seen & SEEN_LOWER;
	class = class_of(flow->ct);
	if (told == CLASS_NONE) {
		set_seen(flow, SEEN_CLASS, FIELD_PREP(SEEN_CLASS, class));
		return false;
	}
	set_seen(flow, SEEN_LOWER, class + 1 < told ? SEEN_LOWER : 0);
	return class > told;
}

/**
 * fs_warm_visit - visit a flow
 * @flow: the flow, live and confirmed
 * @cool: it is one of the visits that cool
 *
 * Context: any; fs_flows.lock held.
 * Return: enum fs_visit bits.
 */
unsigned int fs_warm_visit(struct fs_flow *flow, bool cool)
{
	bool moved = fs_warm_moved(flow);
	u32 warm = fs_warm(flow);
	unsigned int found = 0;

	if (cool && warm)
		warm--;
	if (moved) {
		warm = min(warm + FS_WARM_STEP, FS_WARM_MOST);
		found |= FS_VISIT_MOVED;
	} else if (flow->seen & SEEN_FRESH) {
		found |= FS_VISIT_RESTED;
	}
	if (is_retimed(flow, moved))
		found |= FS_VISIT_RETIMED;
	set_seen(flow, SEEN_TIME | SEEN_FRESH | SEEN_WARM,
		 (READ_ONCE(flow->ct->timeout) & SEEN_TIME) |
		 (moved ? SEEN_FRESH : 0) | FIELD_PREP(SEEN_WARM, warm));
	return found;
}
