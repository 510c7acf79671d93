// SPDX-License-Identifier: GPL-2.0
#include "control.h"
#include "role.h"

/**
 * fs_claim_traffic - how much a claim has served, as it is told
 * @served: what was counted
 *
 * Return: 0 for nothing, else one more each time it is doubled; up to
 * FS_TRAFFIC_MAX.
 */
u8 fs_claim_traffic(u64 served)
{
	u8 traffic = 0;

	for (; served; served >>= 1)
		traffic++;
	return traffic;
}

/**
 * fs_claim_told - the claim in what a node tells of a group
 * @view: what it tells
 *
 * Return: the claim, whose holder is active under it; its node is 0 if there is none.
 */
struct fs_claim fs_claim_told(const struct fs_group_view *view)
{
	return (struct fs_claim) {
		.role = FS_ROLE_ACTIVE,
		.epoch = view->claim,
		.node = view->holder,
		.weighed = view->weighed,
		.rank = view->rank,
		.traffic = view->traffic,
	};
}

/**
 * fs_claim_cmp - which of two claims to be active is the better one
 * @a: one
 * @b: the other
 *
 * The higher rank, the higher epoch, more traffic, the lower node id; rank and
 * traffic only if both tell them. Anybody's is better than nobody's. The roles are
 * not looked at.
 *
 * Return: positive if @a is better, negative if @b is, 0 if they are the same.
 */
int fs_claim_cmp(const struct fs_claim *a, const struct fs_claim *b)
{
	bool weighed = a->weighed && b->weighed;

	if (!a->node || !b->node)
		return !!a->node - !!b->node;
	if (weighed && a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->epoch != b->epoch)
		return a->epoch < b->epoch ? -1 : 1;
	if (weighed && a->traffic != b->traffic)
		return a->traffic < b->traffic ? -1 : 1;
	return (a->node < b->node) - (a->node > b->node);
}

/**
 * fs_claim_yields - whether a node gives way when it meets another
 * @own: its claim
 * @other: the other node's, as that or a third one tells it
 *
 * Two actives of one group meet: the better claim stays. Both nodes evaluate
 * the same pair, so exactly one of them yields; none does to its own name.
 *
 * Return: true if the node has to become standby.
 */
bool fs_claim_yields(const struct fs_claim *own, const struct fs_claim *other)
{
	if (own->role != FS_ROLE_ACTIVE || other->role != FS_ROLE_ACTIVE)
		return false;
	return own->node != other->node && fs_claim_cmp(own, other) < 0;
}
