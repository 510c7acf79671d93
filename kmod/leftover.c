// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <net/netfilter/nf_conntrack.h>

#include "attrs.h"
#include "convert.h"
#include "leftover.h"
#include "node.h"
#include "peer.h"
#include "warm.h"

/* Octets of the record in an offer. */
#define RECORD_MAX	(FS_HEIR_OFFER_MAX - 2 - 16)

/* If a record does not fit, it goes without these, in this order. */
static const u32 spare[] = {
	FS_ATTR_ACCT, FS_ATTR_START, FS_ATTR_EXPECTS, FS_ATTR_SECMARK,
	FS_ATTR_MASTER, FS_ATTR_LABELS, FS_ATTR_MARK,
};

/**
 * fs_leftover_init - set up a new group's
 * @group: the group
 *
 * Context: process.
 */
void fs_leftover_init(struct fs_group *group)
{
	mutex_init(&group->left.lock);
}

/* Up to which op each member has acknowledged what this node told of the group, at
 * least. Returns the least of all; what is inherited, and did not change since this
 * node became active, they have from the origin before it.
 */
static u64 look_at_members(struct fs_group *group)
{
	u64 least = U64_MAX;
	unsigned int i;

	for (i = 0; i < group->member_count; i++) {
		struct fs_member *member = &group->member[i];

		spin_lock_bh(&member->peer->lock);
		member->has = max(group->taken, member->peer->acked);
		least = min(least, member->has);
		spin_unlock_bh(&member->peer->lock);
	}
	return least;
}

/* Packets of it came here. It is warmer than one that is new in the table, and that the
 * walk came by once.
 */
static bool is_warm(const struct fs_flow *flow)
{
	return fs_warm(flow) > 2 * FS_WARM_STEP;
}

/* Go through the group's flows, and note those that are left over, with a reference,
 * if there is room. Returns how many there are.
 */
static u32 gather(struct fs_group *group, u64 has, struct fs_left *left,
		  u32 room)
{
	struct fs_flows *flows = &group->node->flows;
	u32 slot, slots = fs_flows_slots(flows), count = 0;

	for (slot = 0; slot < slots; slot++) {
		const struct fs_flow *flow = fs_flow_at(flows, slot);

		if (fs_flow_owner(flows, slot) != group->place) {
			slot |= FS_FLOW_BLOCK - 1;
			continue;
		}
		spin_lock_bh(&flows->lock);
		if (flow->ct && (flow->op > has || is_warm(flow))) {
			if (count < room) {
				nf_conntrack_get(&flow->ct->ct_general);
				left[count] = (struct fs_left) {
					.ct = flow->ct,
					.op = flow->op,
					.slot = slot,
					.gen = flow->gen,
					.warm = is_warm(flow),
				};
			}
			count++;
		}
		spin_unlock_bh(&flows->lock);
		cond_resched();
	}
	return count;
}

/* Forget them; what nobody asked for is counted. */
static void drop(struct fs_node *node, struct fs_leftover *left)
{
	u32 i;

	lockdep_assert_held(&left->lock);

	for (i = 0; i < left->count; i++)
		nf_ct_put(left->flow[i].ct);
	fs_stat_add(node, split_unasked, left->count - left->offered);
	kvfree(left->flow);
	left->flow = NULL;
	left->count = 0;
	left->offered = 0;
	WRITE_ONCE(left->waiting, false);
}

/**
 * fs_leftover_begin - a node is about to cease to be active
 * @group: the group
 *
 * From the moment at which that is heard it is told, too, that it has something left
 * over, and who asks too early is not told that there is nothing.
 *
 * Context: any; fs_group.change held.
 */
void fs_leftover_begin(struct fs_group *group)
{
	WRITE_ONCE(group->left.keeping, true);
	WRITE_ONCE(group->left.waiting, true);
}

/**
 * fs_leftover_keep - keep what is left over
 * @group: the group, in which this node has just ceased to be active; no flow enters
 *	the table any more, and those in it are not forgotten yet
 *
 * Context: process; fs_group.change held.
 */
void fs_leftover_keep(struct fs_group *group)
{
	struct fs_leftover *left = &group->left;
	u64 has = look_at_members(group);
	struct fs_left *flow = NULL;
	u32 count;

	mutex_lock(&left->lock);
	drop(group->node, left);
	count = gather(group, has, NULL, 0);
	if (count)
		flow = kvmalloc_array(count, sizeof(*flow), GFP_KERNEL_ACCOUNT);
	if (flow)
		count = min(count, gather(group, has, flow, count));
	fs_stat_add(group->node, split_left, count);
	if (!flow)
		fs_stat_add(group->node, split_unasked, count);
	left->flow = flow;
	left->count = flow ? count : 0;
	left->since = fs_now_ms();
	WRITE_ONCE(left->waiting, true);
	WRITE_ONCE(left->keeping, false);
	mutex_unlock(&left->lock);
}

/**
 * fs_leftover_drop - keep nothing any more
 * @group: the group
 *
 * Context: process.
 */
void fs_leftover_drop(struct fs_group *group)
{
	mutex_lock(&group->left.lock);
	drop(group->node, &group->left);
	mutex_unlock(&group->left.lock);
}

/**
 * fs_leftovers_expire - drop what was kept for long enough
 * @node: the node
 *
 * Context: process: the node's walk.
 */
void fs_leftovers_expire(struct fs_node *node)
{
	struct fs_group *group;

	fs_for_each_group(group, node) {
		mutex_lock(&group->left.lock);
		if (group->left.waiting &&
		    fs_now_ms() - group->left.since > FS_LEFTOVER_MS)
			drop(node, &group->left);
		mutex_unlock(&group->left.lock);
	}
}

static bool fits(const struct fs_record *rec)
{
	struct fs_batch alone = {};
	u8 octets[RECORD_MAX];
	struct fs_wr w;

	fs_wr_init(&w, octets, sizeof(octets));
	return fs_batch_put(&alone, &w, rec);
}

/* The flow as it is now. Returns false if it has ended, or cannot be told. */
static bool record_of(struct fs_peer *peer, const struct fs_left *left,
		      struct fs_record *rec)
{
	unsigned int i;

	if (nf_ct_is_dying(left->ct) || nf_ct_is_expired(left->ct))
		return false;
	rec->type = FS_RECORD_CHECKPOINT;
	rec->slot = left->slot;
	rec->gen = left->gen;
	rec->op = left->op;
	fs_state_from_ct(&rec->state, left->ct);
	fs_attrs_from_ct(peer->node, &rec->state.attrs, left->ct, true);
	if (!fs_dialect_lower(peer, rec))
		return false;
	for (i = 0; !fits(rec) && i < ARRAY_SIZE(spare); i++)
		rec->state.attrs.has &= ~spare[i];
	return true;
}

/* Returns true if there is no more behind what was put. */
static bool put_from(struct fs_group *group, struct fs_peer *peer,
		     struct fs_heir_offer *offer, u64 place, struct fs_wr *w)
{
	const struct fs_member *member = fs_group_member(group, peer);
	struct fs_leftover *left = &group->left;

	lockdep_assert_held(&left->lock);

	for (; place < left->count; place++) {
		const struct fs_left *flow = &left->flow[place];

		if (w->end - w->p < FS_HEIR_OFFER_MAX)
			return false;
		left->offered = max_t(u32, left->offered, place + 1);
		if ((!flow->warm && flow->op <= member->has) ||
		    !record_of(peer, flow, &offer->rec))
			continue;
		offer->any = true;
		offer->next = place + 1;
		fs_heir_offer_put(w, offer);
		fs_stat_inc(peer->node, split_offered);
	}
	return true;
}

/**
 * fs_leftover_put - offer a peer what is left over, as much as fits
 * @peer: the peer, active in the group
 * @heir: what it said when it asked
 * @place: from which place on; when it asks for one behind all of them it has all
 * @w: cursor in the datagram
 *
 * Context: process.
 */
void fs_leftover_put(struct fs_peer *peer, const struct fs_heir *heir,
		     u64 place, struct fs_wr *w)
{
	struct fs_heir_offer *offer = kzalloc(sizeof(*offer), GFP_KERNEL);
	struct fs_member *member;
	struct fs_group *group;

	rcu_read_lock();
	member = fs_group_member_of(peer, heir->group);
	group = fs_group_find(peer->node, heir->group);
	group = group && member ? fs_group_get(peer->node, group->place) : NULL;
	rcu_read_unlock();
	if (!offer || !group)
		goto out;
	mutex_lock(&group->left.lock);
	if (READ_ONCE(group->left.keeping))
		goto out_unlock;
	offer->epoch = heir->epoch;
	fs_offered_put(w, heir->group, peer->own_session);
	if (put_from(group, peer, offer, place, w) && !offer->any) {
		offer->next = place;
		fs_heir_offer_put(w, offer);
		drop(peer->node, &group->left);
	}
out_unlock:
	mutex_unlock(&group->left.lock);
out:
	if (group)
		fs_group_put(group);
	kfree(offer);
}
