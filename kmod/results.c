// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "heartbeat.h"
#include "node.h"
#include "peer.h"
#include "results.h"

/* Most datagrams of results in one heartbeat interval, and intervals between
 * two rounds over those that wait for their confirmation.
 */
#define PACE		8
#define ROUND		3
#define RESULTS		64u

/**
 * fs_result_note - something became of an install
 * @node: the node
 * @flow: the flow, in the shadow
 * @result: what; told to the origin if it differs from what it was before
 *
 * A flow for which there was no room is tried again when there is.
 *
 * Context: any; fs_shadow.lock held.
 */
void fs_result_note(struct fs_node *node, struct fs_shadow_flow *flow,
		    enum fs_installed result)
{
	struct xarray *map = fs_shadow_map(flow);

	lockdep_assert_held(&node->shadow.lock);

	if (fs_shadow_result(flow) == result)
		return;
	WRITE_ONCE(flow->tried, (flow->tried & FS_TRIED_LIVE) | result);
	if (result == FS_INSTALL_FULL || result == FS_INSTALL_NO_MEMORY)
		xa_set_mark(map, flow->slot, FS_MARK_RETRY);
	else
		xa_clear_mark(map, flow->slot, FS_MARK_RETRY);
	/* Of an earlier session the origin knows nothing any more. */
	if (fs_shadow_current(flow))
		xa_set_mark(map, flow->slot, FS_MARK_TELL);
}

/* The next results, from where the last call ended; the end of the map ends the
 * round. Returns how many there are.
 */
static unsigned int take(struct fs_peer *peer, struct fs_result *result)
{
	struct fs_shadow *shadow = &peer->node->shadow;
	unsigned int count = 0;
	struct xarray *map;
	void *entry;

	spin_lock_bh(&shadow->lock);
	map = &peer->shadow[peer->current_map];
	while (count < RESULTS) {
		const struct fs_shadow_flow *flow;

		entry = xa_find(map, &peer->tell_slot, ULONG_MAX, FS_MARK_TELL);
		if (!entry) {
			peer->tell_slot = 0;
			break;
		}
		result[count].slot = peer->tell_slot++;
		if (xa_is_value(entry)) {
			/* It is this node's own by now. */
			result[count].gen = (u32)xa_to_value(entry);
			result[count].result = FS_INSTALLED;
		} else {
			flow = entry;
			result[count].gen = flow->gen;
			result[count].result = fs_shadow_result(flow);
		}
		count++;
	}
	spin_unlock_bh(&shadow->lock);
	return count;
}

/**
 * fs_results_tell - return results to the origin of the flows
 * @peer: the origin
 *
 * A result is told in each round until it is confirmed.
 *
 * Context: process: the peer's heartbeat work.
 */
void fs_results_tell(struct fs_peer *peer)
{
	unsigned int count = RESULTS, pace = PACE;
	struct fs_result *result;

	if (!READ_ONCE(peer->up) ||
	    !xa_marked(&peer->shadow[READ_ONCE(peer->current_map)],
		       FS_MARK_TELL))
		return;
	if (!peer->tell_slot) {
		u64 now = fs_now_ms();

		if (now - peer->tell_round < ROUND * peer->live.interval)
			return;
		peer->tell_round = now;
	}
	result = kmalloc_array(RESULTS, sizeof(*result), GFP_KERNEL);
	if (!result)
		return;
	while (count == RESULTS && pace--) {
		count = take(peer, result);
		if (count)
			fs_results_send(peer, result, count);
	}
	kfree(result);
}

/**
 * fs_result_confirmed - an origin has noted a result
 * @peer: the origin
 * @result: as it was told; anything, as the peer sent it
 *
 * Context: softirq.
 */
void fs_result_confirmed(struct fs_peer *peer, const struct fs_result *result)
{
	struct fs_shadow *shadow = &peer->node->shadow;
	const struct fs_shadow_flow *flow;
	struct xarray *map;
	void *entry;

	spin_lock_bh(&shadow->lock);
	map = &peer->shadow[peer->current_map];
	entry = xa_load(map, result->slot);
	if (!entry || !xa_get_mark(map, result->slot, FS_MARK_TELL))
		goto out;
	flow = entry;
	if (xa_is_value(entry)) {
		if ((u32)xa_to_value(entry) == result->gen)
			xa_erase(map, result->slot);
	} else if (flow->gen == result->gen &&
		   fs_shadow_result(flow) == result->result) {
		xa_clear_mark(map, result->slot, FS_MARK_TELL);
	}
out:
	spin_unlock_bh(&shadow->lock);
}

/**
 * fs_result_heard - a peer tells what became of an install
 * @peer: the peer
 * @result: what; anything, as the peer sent it
 *
 * The flow is the slot's, if the generation is still the same: no search.
 * Confirmed in any case, unless many confirmations wait: it comes again.
 *
 * Context: softirq.
 */
void fs_result_heard(struct fs_peer *peer, const struct fs_result *result)
{
	struct fs_flows *flows = &peer->node->flows;
	u8 known = min_t(u8, result->result, FS_INSTALL_ERROR);
	bool ours;

	ours = result->slot < fs_flows_slots(flows);
	spin_lock_bh(&flows->lock);
	if (ours)
		ours = result->slot < peer->sync.dirty.slots &&
		       fs_flow_at(flows, result->slot)->gen == result->gen;
	if (ours &&
	    fs_sync_set_result(&peer->sync, result->slot, known) != known)
		peer->results[known]++;
	spin_unlock_bh(&flows->lock);
	if (ours)
		fs_stat_inc(peer->node, rx_results);
	else
		fs_stat_inc(peer->node, rx_results_old);
	fs_noted_due(peer, result);
}
