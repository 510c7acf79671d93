// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/slab.h>

#include "core/merge.h"
#include "extra.h"
#include "held.h"
#include "lifetime.h"
#include "node.h"
#include "peer.h"
#include "shadow.h"

/* In words of four octets. */
static unsigned int packed_len(u8 family)
{
	return 2 * fs_addr_len(family) / 4 + 1;
}

static void pack(u32 *words, u8 family, const struct fs_tuple *tuple)
{
	unsigned int alen = fs_addr_len(family);

	memcpy(words, tuple->src.octets, alen);
	memcpy(words + alen / 4, tuple->dst.octets, alen);
	words[alen / 2] = (u32)tuple->sport << 16 | tuple->dport;
}

static void unpack(struct fs_tuple *tuple, u8 family, const u32 *words)
{
	unsigned int alen = fs_addr_len(family);

	memset(tuple, 0, sizeof(*tuple));
	memcpy(tuple->src.octets, words, alen);
	memcpy(tuple->dst.octets, words + alen / 4, alen);
	tuple->sport = words[alen / 2] >> 16;
	tuple->dport = (u16)words[alen / 2];
}

static u16 zone_in(const struct fs_zone *zone, unsigned int dir)
{
	return zone->dir & 1 << dir ? zone->id : 0;
}

static const u32 *packed_of(const struct fs_shadow_flow *flow, unsigned int dir)
{
	return flow->words + dir * packed_len(flow->family);
}

static u32 hash_packed(const struct fs_table *table, const u32 *words,
		       u8 family, u8 proto, u16 zone)
{
	return jhash2(words, packed_len(family),
		      table->seed ^ (proto << 16 | zone));
}

static u32 hash_flow(const struct fs_table *table,
		     const struct fs_shadow_flow *flow, unsigned int dir)
{
	return hash_packed(table, packed_of(flow, dir), flow->family,
			   flow->proto, zone_in(&flow->zone, dir));
}

/* An entry's tag is the direction of the tuple that it is for. */
static struct fs_shadow_flow *flow_of(unsigned long entry)
{
	unsigned int dir = entry & 1;

	return container_of((struct fs_entry *)(entry - dir),
			    struct fs_shadow_flow, by_tuple[dir]);
}

static u32 hash_entry(const struct fs_table *table, unsigned long entry)
{
	return hash_flow(table, flow_of(entry), entry & 1);
}

static bool is_of(const void *data, unsigned long entry)
{
	const struct fs_shadow_flow *flow = flow_of(entry);
	const struct fs_shadow_key *key = data;
	const u32 *words = packed_of(flow, entry & 1);
	unsigned int i;

	/* The family says where the words are, and what differs most is the last. */
	if (key->family != flow->family)
		return false;
	for (i = packed_len(key->family); i--;)
		if (words[i] != key->words[i])
			return false;
	return key->proto == flow->proto &&
	       key->zone == zone_in(&flow->zone, entry & 1);
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

static u32 hash_key(const struct fs_table *table,
		    const struct fs_shadow_key *key)
{
	return hash_packed(table, key->words, key->family, key->proto,
			   key->zone);
}

static struct fs_shadow_flow *find_key(const struct fs_shadow *shadow,
				       const struct fs_shadow_key *key,
				       u32 hash)
{
	unsigned long entry;

	entry = fs_table_find(&shadow->by_tuple, hash, is_of, key);
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
	struct fs_shadow_key key = {
		.zone = zone,
		.family = family,
		.proto = proto,
	};

	pack(key.words, family, tuple);
	return find_key(&node->shadow, &key,
			hash_key(&node->shadow.by_tuple, &key));
}

/**
 * fs_shadow_state - a shadow flow's state
 * @flow: the flow
 * @now: fs_now_ms()
 * @state: result; its timeout is what is left, 0 if nothing is
 *
 * A flow does not age while its origin is alive, which would say if it ended.
 *
 * Context: RCU read lock, or fs_shadow.lock.
 */
void fs_shadow_state(const struct fs_shadow_flow *flow, u64 now,
		     struct fs_state *state)
{
	u64 seen = fs_shadow_seen(flow, now);
	u64 silent = now > seen ? div_u64(now - seen, MSEC_PER_SEC) : 0;
	u32 timeout = READ_ONCE(flow->timeout);
	unsigned int dir;

	for (dir = 0; dir < 2; dir++)
		unpack(&state->tuple[dir], flow->family, packed_of(flow, dir));
	state->family = flow->family;
	state->proto = flow->proto;
	state->status = flow->status;
	state->timeout = timeout > silent ? timeout - silent : 0;
	state->tcp = flow->tcp;
	state->zone = flow->zone;
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
	struct fs_peer *peer = flow->peer;

	attrs->has = 0;
	/* Those of a flow were noted before it could be found. */
	if (xa_empty(&peer->extra[flow->map]))
		return;
	spin_lock_bh(&node->shadow.lock);
	if (xa_load(&peer->shadow[flow->map], flow->slot) == flow)
		fs_extra_get(&peer->extra[flow->map], flow->slot, attrs);
	spin_unlock_bh(&node->shadow.lock);
}

/* Returns false if there is no memory. */
static bool set_fields(struct fs_shadow_flow *flow,
		       const struct fs_batch *batch,
		       const struct fs_record *rec)
{
	if (!fs_extra_set(&flow->peer->extra[flow->map], flow->slot,
			  &rec->state.attrs))
		return false;
	if (rec->state.attrs.has & FS_ATTR_SECMARK)
		fs_secmark_told(flow->peer->node, &rec->state.attrs);
	flow->op = rec->op;
	flow->epoch = batch->epoch;
	flow->status = rec->state.status;
	flow->tcp = rec->state.tcp;
	WRITE_ONCE(flow->timeout, rec->state.timeout);
	return true;
}

/* Take a flow out of the tuple tables, and free it after a grace period. */
static void unlink_flow(struct fs_node *node, struct fs_shadow_flow *flow)
{
	struct fs_shadow *shadow = &node->shadow;
	unsigned int dir;

	lockdep_assert_held(&shadow->lock);

	for (dir = 0; dir < 2; dir++)
		fs_table_remove(&shadow->by_tuple,
				hash_flow(&shadow->by_tuple, flow, dir),
				&flow->by_tuple[dir], dir);
	fs_extra_drop(&flow->peer->extra[flow->map], flow->slot);
	fs_held_less(flow->peer, flow->group);
	WRITE_ONCE(shadow->count, shadow->count - 1);
	kfree_rcu(flow, rcu);
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
	struct xarray *map = &flow->peer->shadow[flow->map];

	lockdep_assert_held(&node->shadow.lock);

	set_slot(map, flow->slot,
		 end_value(flow->group, flow->epoch, flow->gen));
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

	xa_erase(&flow->peer->shadow[flow->map], flow->slot);
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
	struct fs_peer *peer = flow->peer;
	struct xarray *map = &peer->shadow[flow->map];

	lockdep_assert_held(&node->shadow.lock);

	if (flow->map != peer->current_map || !READ_ONCE(peer->up)) {
		fs_shadow_drop(node, flow);
		return;
	}
	set_entry(map, flow->slot, xa_mk_value(flow->gen), true);
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
	struct fs_node *node = to->node;
	struct fs_peer *from = flow->peer;
	unsigned int map = to->current_map;
	struct fs_held_of *held;
	void *was;

	lockdep_assert_held(&node->shadow.lock);

	was = xa_load(&to->shadow[map], flow->slot);
	if (was && !xa_is_value(was))
		fs_shadow_remove(node, was);
	held = fs_held_of(to, flow->group);
	if (!held || !fs_extra_lend(&from->extra[flow->map], &to->extra[map],
				    flow->slot))
		return false;
	if (set_slot(&to->shadow[map], flow->slot, flow)) {
		xa_erase(&to->extra[map], flow->slot);
		return false;
	}
	xa_erase(&from->extra[flow->map], flow->slot);
	/* What became of its install the heir has not heard. */
	if (flow->result)
		xa_set_mark(&to->shadow[map], flow->slot, FS_MARK_TELL);
	if (xa_get_mark(&from->shadow[flow->map], flow->slot, FS_MARK_RETRY))
		xa_set_mark(&to->shadow[map], flow->slot, FS_MARK_RETRY);
	if (flow->installed)
		xa_set_mark(&to->shadow[map], flow->slot, FS_MARK_LIVE);
	xa_erase(&from->shadow[flow->map], flow->slot);
	fs_held_less(from, flow->group);
	WRITE_ONCE(held->count, held->count + 1);
	to->top_slot = max(to->top_slot, flow->slot);
	to->top_op = max(to->top_op, flow->op);
	flow->epoch = epoch;
	/* Whoever looks at its lifetime meanwhile sees one or the other. */
	WRITE_ONCE(flow->map, map);
	WRITE_ONCE(flow->peer, to);
	fs_stat_inc(node, heir_relabelled);
	return true;
}

/**
 * struct place - where a tuple belongs
 * @key: what it is found by
 * @hash: of @key
 */
struct place {
	struct fs_shadow_key key;
	u32 hash;
};

static void place_of(const struct fs_node *node, const struct fs_state *state,
		     unsigned int dir, struct place *place)
{
	place->key.zone = zone_in(&state->zone, dir);
	place->key.family = state->family;
	place->key.proto = state->proto;
	pack(place->key.words, state->family, &state->tuple[dir]);
	place->hash = hash_key(&node->shadow.by_tuple, &place->key);
}

/* Returns false if there is no memory. */
static bool put_flow(struct fs_node *node, struct fs_shadow_flow *flow,
		     const struct place *place)
{
	struct fs_held_of *held = fs_held_of(flow->peer, flow->group);
	struct fs_shadow *shadow = &node->shadow;
	unsigned int dir;

	if (!held ||
	    set_slot(&flow->peer->shadow[flow->map], flow->slot, flow))
		return false;
	for (dir = 0; dir < 2; dir++)
		fs_table_insert(&shadow->by_tuple, place[dir].hash,
				&flow->by_tuple[dir], dir);
	WRITE_ONCE(held->count, held->count + 1);
	WRITE_ONCE(shadow->count, shadow->count + 1);
	return true;
}

/* Make room for a flow: another one that has one of its tuples goes, unless it
 * was sent under a later epoch of the same group.
 */
static bool displace(struct fs_node *node, struct fs_peer *peer,
		     const struct fs_batch *batch, const struct fs_record *rec,
		     const struct place *place)
{
	struct fs_shadow_flow *other;
	unsigned int dir;

	for (dir = 0; dir < 2; dir++) {
		other = find_key(&node->shadow, &place[dir].key,
				 place[dir].hash);
		if (!other)
			continue;
		if (other->group == batch->group &&
		    other->epoch > batch->epoch)
			return false;
		if (other->peer != peer) {
			fs_shadow_drop(node, other);
		} else {
			/* One of the two has ended: the one that is older. */
			if (other->map == peer->current_map &&
			    (other->group != batch->group ||
			     other->epoch == batch->epoch) &&
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
	unsigned int len = packed_len(state->family);
	struct fs_shadow_flow *flow;
	struct place place[2];

	place_of(node, state, 0, &place[0]);
	place_of(node, state, 1, &place[1]);
	if (!displace(node, peer, batch, rec, place)) {
		fs_stat_inc(node, shadow_stale);
		return FS_APPLIED;
	}
	flow = kmalloc(struct_size(flow, words, 2 * len), GFP_ATOMIC);
	if (!flow)
		goto err;
	flow->peer = peer;
	flow->slot = rec->slot;
	flow->gen = rec->gen;
	flow->zone = state->zone;
	flow->family = state->family;
	flow->proto = state->proto;
	flow->map = peer->current_map;
	flow->group = batch->group;
	flow->installed = false;
	flow->result = FS_INSTALL_NONE;
	flow->until = 0;
	memcpy(flow->words, place[0].key.words, len * sizeof(u32));
	memcpy(flow->words + len, place[1].key.words, len * sizeof(u32));
	if (!set_fields(flow, batch, rec))
		goto err_free;
	if (!put_flow(node, flow, place))
		goto err_extra;
	if (flow->zone.id)
		fs_zones_want(node);
	fs_stat_inc(node, shadow_add);
	return FS_APPLIED_NEW;

err_extra:
	fs_extra_drop(&peer->extra[flow->map], flow->slot);
err_free:
	kfree(flow);
err:
	fs_stat_inc(node, shadow_no_memory);
	return FS_APPLY_AGAIN;
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
	had->epoch = flow->epoch;
	had->op = flow->op;
	had->gen = flow->gen;
	had->group = flow->group;
	return FS_HELD_FLOW;
}

/* Whether a flow is the connection of a checkpoint, translated in the same way
 * and in the same zone.
 */
static bool is_same(const struct fs_shadow_flow *flow,
		    const struct fs_state *state)
{
	u32 words[2 * FS_PACKED_WORDS];
	unsigned int len = packed_len(state->family);

	pack(words, state->family, &state->tuple[0]);
	pack(words + len, state->family, &state->tuple[1]);
	return flow->family == state->family && flow->proto == state->proto &&
	       flow->zone.id == state->zone.id &&
	       flow->zone.dir == state->zone.dir &&
	       !memcmp(flow->words, words, 2 * len * sizeof(*words));
}

/* Whether there may be a live entry: one was installed, or is still there from when
 * this node was active.
 */
static bool may_live(const struct fs_node *node,
		     const struct fs_shadow_flow *flow)
{
	const struct fs_group *group;

	if (flow->installed)
		return true;
	group = fs_group_find(node, flow->group);
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
	if (set_slot(map, rec->slot,
		     end_value(batch->group, batch->epoch, rec->gen))) {
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
		    is_same(flow, &rec->state)) {
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
		if (flow->proto != rec->state.proto) {
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
		if (flow->installed)
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
