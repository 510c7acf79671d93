// SPDX-License-Identifier: GPL-2.0
#include <linux/math64.h>

#include "node.h"
#include "peer.h"
#include "resync.h"
#include "warm.h"

/* How warm flows are that are taken in each pass over those that wait. */
static const u32 levels[] = { 16, 8, 4, 1, 0 };

/* Most slots that are looked at for one to take. */
#define LOOK	4096u

/**
 * fs_resync_begin - what waits from now on is what the peer missed
 * @peer: the peer
 *
 * Context: any; fs_flows.lock held.
 */
void fs_resync_begin(struct fs_peer *peer)
{
	struct fs_resync *r = &peer->resync;
	struct fs_member *member;
	struct fs_group *group;
	u8 place;

	lockdep_assert_held(&peer->node->flows.lock);

	r->started = fs_now_ms();
	r->total = fs_sync_waiting(&peer->sync);
	for (place = 0; place < FS_GROUPS; place++) {
		group = fs_group_at(peer->node, place);
		member = group ? fs_group_member(group, peer) : NULL;
		if (member)
			memset(&member->seek, 0, sizeof(member->seek));
	}
}

/**
 * fs_resync_left - how much of what a peer missed it has still to be told
 * @peer: the peer
 *
 * Context: any; fs_flows.lock held, or as good as.
 * Return: how many slots wait.
 */
u32 fs_resync_left(const struct fs_peer *peer)
{
	return fs_sync_waiting(&peer->sync);
}

static bool is_warm(const struct fs_flow *flow, u32 warm)
{
	/* That a flow ended can wait for what is alive. */
	if (!flow->ct)
		return !warm;
	return fs_warm(flow) >= warm || fs_warm_moved(flow);
}

/* A slot of a group of those that wait, or FS_DIRTY_NONE if none was found for
 * now.
 */
static u32 next_waiting(struct fs_peer *peer, u8 place)
{
	struct fs_group *group = fs_group_at(peer->node, place);
	struct fs_member *member = group ? fs_group_member(group, peer) : NULL;
	struct fs_flows *flows = &peer->node->flows;
	bool last = false;
	unsigned int look;
	u32 slot;

	if (!member)
		return FS_DIRTY_NONE;
	for (look = LOOK; look; look--) {
		slot = fs_flows_next(flows, &peer->sync.dirty,
				     member->seek.slot, place);
		if (slot == FS_DIRTY_NONE) {
			/* All of them were looked at, whatever they are. */
			if (last)
				return FS_DIRTY_NONE;
			member->seek.slot = 0;
			if (member->seek.level + 1 < ARRAY_SIZE(levels))
				member->seek.level++;
			else
				last = true;
			continue;
		}
		member->seek.slot = slot + 1;
		if (!fs_dirty_test(&peer->sync.first, slot) &&
		    is_warm(fs_flow_at(flows, slot),
			    levels[member->seek.level]))
			return slot;
	}
	peer->resync.unfinished = true;
	return FS_DIRTY_NONE;
}

/* The next slot of a group that goes before others. */
static u32 next_first(struct fs_peer *peer, u8 place)
{
	struct fs_flows *flows = &peer->node->flows;
	struct fs_dirty *first = &peer->sync.first;
	u32 slot;

	if (!first->count)
		return FS_DIRTY_NONE;
	slot = fs_flows_next(flows, first, first->cursor, place);
	if (slot == FS_DIRTY_NONE)
		slot = fs_flows_next(flows, first, 0, place);
	if (slot != FS_DIRTY_NONE) {
		first->cursor = slot + 1;
		fs_sync_take(&peer->sync, slot);
	}
	return slot;
}

/* How many slots may have been told by now, and how many should have been, so
 * that the last is in time.
 */
static void pace(const struct fs_peer *peer, u64 *may, u64 *should)
{
	u64 passed = fs_now_ms() - peer->resync.started;

	*should = div_u64(peer->resync.total * passed,
			  READ_ONCE(peer->resync_ms));
	*may = U64_MAX;
	if (READ_ONCE(peer->resync_rate))
		*may = max(*should, div_u64(passed * peer->resync_rate,
					    MSEC_PER_SEC) + 1);
}

/**
 * fs_resync_next - take the slot of a group that a peer is told of next
 * @peer: the peer
 * @place: of the group
 *
 * Context: any; fs_flows.lock held.
 * Return: the slot, or FS_DIRTY_NONE if there is none for now: if some wait all
 * the same, it is too early, or they were not found yet.
 */
u32 fs_resync_next(struct fs_peer *peer, u8 place)
{
	u32 left = fs_resync_left(peer);
	u64 may, should, done;
	u32 slot;

	lockdep_assert_held(&peer->node->flows.lock);

	peer->resync.early = false;
	peer->resync.unfinished = false;
	if (left) {
		pace(peer, &may, &should);
		done = peer->resync.total > left ? peer->resync.total - left : 0;
		/* Live changes must not keep the rest from ever being told. */
		if (done < should || (!peer->sync.first.count && done < may)) {
			slot = next_waiting(peer, place);
			if (slot != FS_DIRTY_NONE) {
				fs_sync_take(&peer->sync, slot);
				return slot;
			}
		} else {
			peer->resync.early = true;
		}
	}
	return next_first(peer, place);
}
