// SPDX-License-Identifier: GPL-2.0
/*
 * Carrying out what an origin tells: one record, and what it does to the shadow.
 */
#include "compat/uninitialized.h"
#include "core/merge.h"
#include "extra.h"
#include "lifetime.h"
#include "node.h"
#include "peer.h"
#include "shadow.h"
#include "slab.h"

/* They share a word in the flow. */
static_assert(FS_TIMEOUT_MAX < 1 << 21 && FS_STATUS_MASK < 1 << 3);

/* Returns false if there is no memory: all is as it was. */
static bool set_fields(struct fs_shadow_flow *flow,
		       const struct fs_batch *batch,
		       const struct fs_record *rec)
{
	struct fs_source *from = fs_shadow_source(flow), *source = from;
	struct fs_peer *peer = from->peer;

	if (from->epoch != batch->epoch)
		source = fs_source_get(peer, from->map, from->group,
				       batch->epoch);
	if (!source)
		return false;
	if (!fs_extra_set(&peer->extra[from->map], flow->slot,
			  &rec->state.attrs)) {
		if (source != from)
			fs_source_put(source);
		return false;
	}
	if (rec->state.attrs.has & FS_ATTR_SECMARK)
		fs_secmark_told(peer->node, &rec->state.attrs);
	if (source != from) {
		rcu_assign_pointer(flow->source, source);
		fs_source_put(from);
	}
	flow->op = rec->op;
	flow->status = rec->state.status;
	flow->tcp = fs_tcp_pack(&rec->state.tcp);
	fs_shadow_time(flow, rec->state.timeout);
	return true;
}

/* Make room for a flow: another one that has one of its tuples goes, unless it
 * was sent under a later epoch of the same group.
 */
static bool displace(struct fs_node *node, struct fs_peer *peer,
		     const struct fs_batch *batch, const struct fs_record *rec,
		     const struct fs_place *place)
{
	const struct fs_source *from;
	struct fs_shadow_flow *other;
	unsigned int dir;

	for (dir = 0; dir < 2; dir++) {
		other = fs_shadow_at(&node->shadow, &place[dir]);
		if (!other)
			continue;
		from = fs_shadow_source(other);
		if (from->group == batch->group && from->epoch > batch->epoch)
			return false;
		if (from->peer != peer) {
			fs_shadow_drop(node, other);
		} else {
			/* One of the two has ended: the one that is older. */
			if (from->map == peer->current_map &&
			    (from->group != batch->group ||
			     from->epoch == batch->epoch) &&
			    other->op > rec->op)
				return false;
			fs_shadow_remove(node, other);
		}
		fs_stat_inc(node, shadow_replaced);
	}
	return true;
}

static enum fs_applied add_flow(struct fs_node *node, struct fs_peer *peer,
				const struct fs_batch *batch,
				const struct fs_record *rec)
{
	const struct fs_state *state = &rec->state;
	struct fs_place place[2] __uninitialized;
	u8 shape = fs_shape_of(state);
	struct fs_shadow_flow *flow;
	struct fs_source *source;

	fs_shadow_place(&node->shadow, state, 0, &place[0]);
	fs_shadow_place(&node->shadow, state, 1, &place[1]);
	if (!displace(node, peer, batch, rec, place)) {
		fs_stat_inc(node, shadow_stale);
		return FS_APPLIED;
	}
	flow = fs_shadow_alloc(shape);
	if (!flow)
		goto err;
	fs_pack(&flow->packed, shape, state, &place[0].key);
	flow->slot = rec->slot;
	flow->gen = rec->gen;
	flow->timeout = 0;
	flow->tried = FS_INSTALL_NONE;
	source = fs_source_get(peer, peer->current_map, batch->group,
			       batch->epoch);
	if (!source)
		goto err_free;
	rcu_assign_pointer(flow->source, source);
	if (!set_fields(flow, batch, rec))
		goto err_source;
	if (!fs_shadow_add(node, flow, place))
		goto err_extra;
	if (state->zone.id)
		fs_zones_want(node);
	fs_stat_inc(node, shadow_add);
	return FS_APPLIED_NEW;

err_extra:
	fs_extra_drop(&peer->extra[peer->current_map], flow->slot);
err_source:
	fs_source_put(source);
err_free:
	fs_shadow_free(flow);
err:
	fs_stat_inc(node, shadow_no_memory);
	return FS_APPLY_AGAIN;
}

/* Whether there may be a live entry: one was installed, or is still there from when
 * this node was active.
 */
static bool may_live(const struct fs_node *node,
		     const struct fs_shadow_flow *flow)
{
	const struct fs_group *group;

	if (fs_shadow_installed(flow))
		return true;
	group = fs_group_find(node, fs_shadow_source(flow)->group);
	return group && READ_ONCE(group->away);
}

/* The slot's flow ended, or one did that was never heard of. */
static enum fs_applied end_flow(struct fs_node *node, struct xarray *map,
				struct fs_shadow_flow *flow,
				const struct fs_batch *batch,
				struct fs_record *rec)
{
	enum fs_applied result = FS_APPLIED;

	if (flow) {
		if (may_live(node, flow)) {
			fs_shadow_state(flow, fs_now_ms(), &rec->state);
			result = FS_APPLIED_ENDED;
		}
		fs_shadow_remove(node, flow);
		fs_stat_inc(node, shadow_delete);
	}
	if (fs_shadow_ended(map, rec->slot, batch->group, batch->epoch,
			    rec->gen)) {
		fs_stat_inc(node, shadow_no_memory);
		return FS_APPLY_AGAIN;
	}
	return result;
}

/**
 * fs_shadow_apply - carry out a record
 * @node: the node
 * @peer: its origin
 * @batch: group and epoch it came under, which were accepted
 * @rec: the record; with FS_APPLIED_ENDED its state is what ended
 *
 * Context: softirq, RCU read lock.
 * Return: what became of it.
 */
enum fs_applied fs_shadow_apply(struct fs_node *node, struct fs_peer *peer,
				const struct fs_batch *batch,
				struct fs_record *rec)
{
	enum fs_applied result = FS_APPLIED;
	struct fs_shadow_flow *flow = NULL;
	struct fs_version had;
	struct xarray *map;
	enum fs_held held;

	spin_lock_bh(&node->shadow.lock);
	map = &peer->shadow[peer->current_map];
	held = fs_shadow_held(map, rec->slot, batch->group, batch->epoch, &had);
	if (held == FS_HELD_FLOW)
		flow = xa_load(map, rec->slot);
	peer->top_slot = max(peer->top_slot, rec->slot);
	peer->top_op = max(peer->top_op, rec->op);

	switch (fs_merge_record(held, &had, batch, rec)) {
	case FS_MERGE_STALE:
		fs_stat_inc(node, shadow_stale);
		break;
	case FS_MERGE_SET:
		if (flow && flow->gen == rec->gen &&
		    fs_packed_same(&flow->packed, &rec->state)) {
			/* All of it again: it was asked for, or is in doubt. */
			goto update;
		}
		if (flow) {
			fs_shadow_remove(node, flow);
			fs_stat_inc(node, shadow_replaced);
		}
		result = add_flow(node, peer, batch, rec);
		break;
	case FS_MERGE_UPDATE:
		if (flow->packed.proto != rec->state.proto) {
			fs_stat_inc(node, shadow_unknown);
			result = FS_APPLY_NEED;
			break;
		}
update:
		if (!set_fields(flow, batch, rec)) {
			fs_stat_inc(node, shadow_no_memory);
			result = FS_APPLY_AGAIN;
			break;
		}
		if (fs_shadow_installed(flow))
			result = FS_APPLIED_LIVE;
		fs_stat_inc(node, shadow_update);
		break;
	case FS_MERGE_NEED:
		fs_stat_inc(node, shadow_unknown);
		result = FS_APPLY_NEED;
		break;
	case FS_MERGE_END:
		result = end_flow(node, map, flow, batch, rec);
		break;
	}
	spin_unlock_bh(&node->shadow.lock);
	return result;
}
