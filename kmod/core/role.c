// SPDX-License-Identifier: GPL-2.0
#include "role.h"

/**
 * fs_claim_cmp - which of two claims to be active is the better one
 * @a: one
 * @b: the other
 *
 * The higher epoch, then the lower node id; anybody's is better than nobody's.
 * The roles are not looked at.
 *
 * Return: positive if @a is better, negative if @b is, 0 if they are the same.
 */
int fs_claim_cmp(const struct fs_claim *a, const struct fs_claim *b)
{
	if (!a->node || !b->node)
		return !!a->node - !!b->node;
	if (a->epoch != b->epoch)
		return a->epoch < b->epoch ? -1 : 1;
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
