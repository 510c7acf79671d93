// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>

#include "compat/uninitialized.h"
#include "core/merge.h"
#include "extra.h"
#include "lifetime.h"
#include "node.h"
#include "peer.h"
#include "shadow.h"
#include "slab.h"

static u32 hash_words(const struct fs_table *table, const u32 *words, u8 shape,
		      u8 proto, u16 zone)
{
	return jhash2(words, fs_tuple_words(shape),
		      table->seed ^ (proto << 16 | zone));
}

static u32 hash_key(const struct fs_table *table,
		    const struct fs_packed_key *key)
{
	return hash_words(table, key->words, key->shape, key->proto, key->zone);
}

/* An entry's tag is the direction of the tuple that it is for. */
static struct fs_shadow_flow *flow_of(unsigned long tagged)
{
	struct fs_entry *entry = (struct fs_entry *)(tagged & ~1ul);

	if (tagged & 1)
		return &container_of(entry, struct fs_shadow_twice, reply)->flow;
	return container_of(entry, struct fs_shadow_flow, entry);
}

static struct fs_entry *reply_entry(struct fs_shadow_flow *flow)
{
	return &container_of(flow, struct fs_shadow_twice, flow)->reply;
}

static u32 hash_flow(const struct fs_table *table,
		     const struct fs_shadow_flow *flow, unsigned int dir)
{
	const struct fs_packed *packed = &flow->packed;
	struct fs_packed_key key __uninitialized;

	if (!dir)
		return hash_words(table, packed->words, packed->shape,
				  packed->proto, fs_packed_zone(packed, 0));
	fs_packed_reply(&key, packed);
	return hash_key(table, &key);
}

static u32 hash_entry(const struct fs_table *table, unsigned long entry)
{
	return hash_flow(table, flow_of(entry), entry & 1);
}

static bool is_of(const void *key, unsigned long entry)
{
	return fs_packed_is(&flow_of(entry)->packed, entry & 1, key);
}

/**
 * fs_shadow_init - set up a node's shadow table
 * @node: the node
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int fs_shadow_init(struct fs_node *node)
{
	struct fs_shadow *shadow = &node->shadow;

	spin_lock_init(&shadow->lock);
	return fs_table_init(&shadow->by_tuple, &shadow->lock, hash_entry);
}

/**
 * fs_shadow_exit - free a node's shadow table
 * @node: the node, with no peers left
 *
 * Context: process.
 */
void fs_shadow_exit(struct fs_node *node)
{
	WARN_ON_ONCE(node->shadow.count);
	fs_table_exit(&node->shadow.by_tuple);
}

/**
 * fs_shadow_place - where a flow's tuple belongs
 * @shadow: the table
 * @state: the flow
 * @dir: 0 for its original tuple, 1 for the reply
 * @place: result
 *
 * Context: any.
 */
void fs_shadow_place(const struct fs_shadow *shadow,
		     const struct fs_state *state, unsigned int dir,
		     struct fs_place *place)
{
	u16 zone = state->zone.dir & 1 << dir ? state->zone.id : 0;

	fs_packed_key(&place->key, state->family, state->proto, zone,
		      &state->tuple[dir]);
	place->hash = hash_key(&shadow->by_tuple, &place->key);
}

/**
 * fs_shadow_at - find the flow in a place
 * @shadow: the table
 * @place: by fs_shadow_place()
 *
 * Context: fs_shadow.lock held, or RCU read lock.
 * Return: the flow, or NULL.
 */
struct fs_shadow_flow *fs_shadow_at(const struct fs_shadow *shadow,
				    const struct fs_place *place)
{
	unsigned long entry;

	entry = fs_table_find(&shadow->by_tuple, place->hash, is_of,
			      &place->key);
	return entry ? flow_of(entry) : NULL;
}

/**
 * fs_shadow_find - find the flow that a tuple belongs to
 * @node: the node
 * @family: FS_IPV4 or FS_IPV6
 * @proto: protocol number
 * @zone: effective in the packet's direction
 * @tuple: of the packet, in either direction
 *
 * Context: RCU read lock.
 * Return: the flow, valid until the RCU read unlock, or NULL.
 */
struct fs_shadow_flow *fs_shadow_find(struct fs_node *node, u8 family,
				      u8 proto, u16 zone,
				      const struct fs_tuple *tuple)
{
	struct fs_place place __uninitialized;

	fs_packed_key(&place.key, family, proto, zone, tuple);
	place.hash = hash_key(&node->shadow.by_tuple, &place.key);
	return fs_shadow_at(&node->shadow, &place);
}

/**
 * fs_shadow_map - the slots of the origin that a flow is of
 * @flow: the flow
 *
 * Context: RCU read lock, or fs_shadow.lock held.
 * Return: one of fs_peer.shadow.
 */
struct xarray *fs_shadow_map(const struct fs_shadow_flow *flow)
{
	const struct fs_source *source = fs_shadow_source(flow);

	return &source->peer->shadow[source->map];
}

/**
 * fs_shadow_current - whether a flow is of its origin's present session
 * @flow: the flow
 *
 * Context: fs_shadow.lock held.
 * Return: false if the origin came anew since, and knows nothing of it.
 */
bool fs_shadow_current(const struct fs_shadow_flow *flow)
{
	const struct fs_source *source = fs_shadow_source(flow);

	return source->map == source->peer->current_map;
}

/**
 * fs_shadow_extra - attributes of the flows of the same origin and session
 * @flow: the flow
 *
 * Context: RCU read lock, or fs_shadow.lock held.
 * Return: one of fs_peer.extra.
 */
struct xarray *fs_shadow_extra(const struct fs_shadow_flow *flow)
{
	const struct fs_source *source = fs_shadow_source(flow);

	return &source->peer->extra[source->map];
}

/**
 * fs_shadow_state - a shadow flow's state
 * @flow: the flow
 * @now: fs_now_ms()
 * @state: result; its timeout is what is left, 0 if nothing is
 *
 * Context: RCU read lock, or fs_shadow.lock.
 */
void fs_shadow_state(const struct fs_shadow_flow *flow, u64 now,
		     struct fs_state *state)
{
	u32 left = fs_shadow_left(flow, now);
	struct fs_packed_tcp tcp = flow->tcp;

	fs_unpack(state, &flow->packed);
	state->status = flow->status;
	state->timeout = DIV_ROUND_UP(left, FS_TENTHS);
	state->rounded = (u8)(state->timeout * FS_TENTHS - left);
	state->tcp = fs_tcp_unpack(&tcp);
	state->attrs.has = 0;
}

/**
 * fs_shadow_attrs - a shadow flow's attributes
 * @node: the node
 * @flow: the flow
 * @attrs: result; none if the flow has left the shadow meanwhile
 *
 * Context: RCU read lock.
 */
void fs_shadow_attrs(struct fs_node *node, const struct fs_shadow_flow *flow,
		     struct fs_attrs *attrs)
{
	attrs->has = 0;
	/* Those of a flow were noted before it could be found. */
	if (xa_empty(fs_shadow_extra(flow)))
		return;
	spin_lock_bh(&node->shadow.lock);
	if (xa_load(fs_shadow_map(flow), flow->slot) == flow)
		fs_extra_get(fs_shadow_extra(flow), flow->slot, attrs);
	spin_unlock_bh(&node->shadow.lock);
}

/* Take a flow out of the tuple tables, and free it after a grace period. */
static void unlink_flow(struct fs_node *node, struct fs_shadow_flow *flow)
{
	struct fs_shadow *shadow = &node->shadow;
	struct fs_table *table = &shadow->by_tuple;

	lockdep_assert_held(&shadow->lock);

	fs_table_remove(table, hash_flow(table, flow, 0), &flow->entry, 0);
	if (fs_shape_twice(flow->packed.shape))
		fs_table_remove(table, hash_flow(table, flow, 1),
				reply_entry(flow), 1);
	fs_extra_drop(fs_shadow_extra(flow), flow->slot);
	fs_source_put(fs_shadow_source(flow));
	WRITE_ONCE(shadow->count, shadow->count - 1);
	fs_shadow_free_rcu(flow);
}

/* Let a slot hold something else, with nothing to try, and to tell or not. */
static int set_entry(struct xarray *map, u32 slot, void *entry, bool tell)
{
	XA_STATE(xas, map, slot);

	do {
		xas_lock(&xas);
		xas_store(&xas, entry);
		if (!xas_error(&xas)) {
			/* Marks are the slot's: they stay with another entry. */
			xas_clear_mark(&xas, FS_MARK_RETRY);
			xas_clear_mark(&xas, FS_MARK_LIVE);
			if (tell)
				xas_set_mark(&xas, FS_MARK_TELL);
			else
				xas_clear_mark(&xas, FS_MARK_TELL);
		}
		xas_unlock(&xas);
	} while (xas_nomem(&xas, GFP_ATOMIC));
	return xas_error(&xas);
}

static int set_slot(struct xarray *map, u32 slot, void *entry)
{
	return set_entry(map, slot, entry, false);
}

/* The end of a flow, as a value in its slot: from bit 0 its generation, from bit 32
 * its group, and from bit 48 what there is room for of the epoch.
 */
#define END_GEN		0x7fffffffu
#define END_EPOCH	0x7fffull

static void *end_value(u16 group, u64 epoch, u32 gen)
{
	if (!IS_ENABLED(CONFIG_64BIT))
		return xa_mk_value(gen & END_GEN);
	return xa_mk_value((unsigned long)((epoch & END_EPOCH) << 48 |
					   (u64)group << 32 | gen));
}

/**
 * fs_shadow_remove - take a flow out of the shadow that has ended
 * @node: the node
 * @flow: the flow
 *
 * The slot remembers the generation, so that a record that comes late does not
 * bring the flow back.
 *
 * Context: any; fs_shadow.lock held.
 */
void fs_shadow_remove(struct fs_node *node, struct fs_shadow_flow *flow)
{
	const struct fs_source *source = fs_shadow_source(flow);

	lockdep_assert_held(&node->shadow.lock);

	fs_shadow_ended(fs_shadow_map(flow), flow->slot, source->group,
			source->epoch, flow->gen);
	unlink_flow(node, flow);
}

/**
 * fs_shadow_drop - take a flow out of the shadow that has not ended
 * @node: the node
 * @flow: the flow: it is this node's own now, or another origin's, or its time
 *	was over while its origin was away
 *
 * The slot holds nothing afterwards, so that the origin, should it still have
 * the flow, can tell of it again.
 *
 * Context: any; fs_shadow.lock held.
 */
void fs_shadow_drop(struct fs_node *node, struct fs_shadow_flow *flow)
{
	lockdep_assert_held(&node->shadow.lock);

	xa_erase(fs_shadow_map(flow), flow->slot);
	unlink_flow(node, flow);
}

/**
 * fs_shadow_give - take a flow out of the shadow that is this node's own now
 * @node: the node, active
 * @flow: the flow
 *
 * As fs_shadow_drop(); but an origin that is alive is told that it was
 * installed, and until it has confirmed that, the slot remembers it.
 *
 * Context: any; fs_shadow.lock held.
 */
void fs_shadow_give(struct fs_node *node, struct fs_shadow_flow *flow)
{
	lockdep_assert_held(&node->shadow.lock);

	if (!fs_shadow_current(flow) ||
	    !READ_ONCE(fs_shadow_source(flow)->peer->up)) {
		fs_shadow_drop(node, flow);
		return;
	}
	set_entry(fs_shadow_map(flow), flow->slot, xa_mk_value(flow->gen), true);
	unlink_flow(node, flow);
}

/**
 * fs_shadow_relabel - a flow of an origin is its heir's from now on
 * @to: the heir
 * @flow: the flow
 * @epoch: of the heir's claim
 *
 * It keeps slot, generation, op and attributes.
 *
 * Context: any; fs_shadow.lock held.
 * Return: false for want of memory: all is as it was.
 */
bool fs_shadow_relabel(struct fs_peer *to, struct fs_shadow_flow *flow,
		       u64 epoch)
{
	struct xarray *was = fs_shadow_map(flow), *had = fs_shadow_extra(flow);
	struct fs_source *from = fs_shadow_source(flow), *source;
	unsigned int map = to->current_map;
	struct fs_node *node = to->node;
	u32 slot = flow->slot;
	void *entry;

	lockdep_assert_held(&node->shadow.lock);

	entry = xa_load(&to->shadow[map], slot);
	if (entry && !xa_is_value(entry))
		fs_shadow_remove(node, entry);
	source = fs_source_get(to, map, from->group, epoch);
	if (!source)
		return false;
	if (!fs_extra_lend(had, &to->extra[map], slot))
		goto err_source;
	if (set_slot(&to->shadow[map], slot, flow))
		goto err_extra;
	xa_erase(had, slot);
	/* What became of its install the heir has not heard. */
	if (fs_shadow_result(flow))
		xa_set_mark(&to->shadow[map], slot, FS_MARK_TELL);
	if (xa_get_mark(was, slot, FS_MARK_RETRY))
		xa_set_mark(&to->shadow[map], slot, FS_MARK_RETRY);
	if (fs_shadow_installed(flow))
		xa_set_mark(&to->shadow[map], slot, FS_MARK_LIVE);
	xa_erase(was, slot);
	to->top_slot = max(to->top_slot, slot);
	to->top_op = max(to->top_op, flow->op);
	rcu_assign_pointer(flow->source, source);
	fs_source_put(from);
	fs_stat_inc(node, heir_relabelled);
	return true;

err_extra:
	xa_erase(&to->extra[map], slot);
err_source:
	fs_source_put(source);
	return false;
}

/**
 * fs_shadow_add - put a flow into the shadow
 * @node: the node
 * @flow: the flow, with all its fields; none that is there has one of its tuples
 * @place: of both its tuples
 *
 * Context: any; fs_shadow.lock held.
 * Return: false if there is no memory.
 */
bool fs_shadow_add(struct fs_node *node, struct fs_shadow_flow *flow,
		   const struct fs_place *place)
{
	struct fs_shadow *shadow = &node->shadow;

	lockdep_assert_held(&shadow->lock);

	if (set_slot(fs_shadow_map(flow), flow->slot, flow))
		return false;
	fs_table_insert(&shadow->by_tuple, place[0].hash, &flow->entry, 0);
	if (fs_shape_twice(flow->packed.shape))
		fs_table_insert(&shadow->by_tuple, place[1].hash,
				reply_entry(flow), 1);
	WRITE_ONCE(shadow->count, shadow->count + 1);
	return true;
}

/**
 * fs_shadow_ended - a slot's flow ended, or one did that was never heard of
 * @map: of the origin
 * @slot: the slot, which holds no flow
 * @group: id of the group that it was of
 * @epoch: under which the origin told that
 * @gen: generation that ended
 *
 * Context: any; fs_shadow.lock held.
 * Return: 0, or a negative error for want of memory.
 */
int fs_shadow_ended(struct xarray *map, u32 slot, u16 group, u64 epoch, u32 gen)
{
	return set_slot(map, slot, end_value(group, epoch, gen));
}

/**
 * fs_shadow_held - what a slot of a map holds
 * @map: the map
 * @slot: the slot
 * @group: that is asked about
 * @epoch: a later one than that of anything held of it, or the same
 * @had: result: its version; of an end group, epoch and generation
 *
 * Context: any; fs_shadow.lock held.
 * Return: enum fs_held.
 */
enum fs_held fs_shadow_held(struct xarray *map, u32 slot, u16 group, u64 epoch,
			    struct fs_version *had)
{
	const struct fs_shadow_flow *flow;
	void *entry = xa_load(map, slot);

	memset(had, 0, sizeof(*had));
	if (!entry)
		return FS_HELD_NOTHING;
	if (xa_is_value(entry)) {
		u64 end = xa_to_value(entry);

		if (xa_get_mark(map, slot, FS_MARK_TELL))
			return FS_HELD_NOTHING;
		had->gen = (u32)end;
		had->group = group;
		had->epoch = epoch;
		if (IS_ENABLED(CONFIG_64BIT)) {
			had->group = (u16)(end >> 32);
			had->epoch -= (epoch - (end >> 48)) & END_EPOCH;
		}
		return FS_HELD_END;
	}
	flow = entry;
	had->epoch = fs_shadow_source(flow)->epoch;
	had->op = flow->op;
	had->gen = flow->gen;
	had->group = fs_shadow_source(flow)->group;
	return FS_HELD_FLOW;
}
