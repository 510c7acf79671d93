// SPDX-License-Identifier: GPL-2.0
#include "role.h"

/**
 * fs_claim_yields - whether a node gives way when it meets another
 * @own: its claim
 * @other: the other node's
 *
 * Two actives of one group meet: the higher epoch stays, then the lower node
 * id. Both nodes evaluate the same pair, so exactly one of them yields.
 *
 * Return: true if the node has to become standby.
 */
bool fs_claim_yields(const struct fs_claim *own, const struct fs_claim *other)
{
	if (own->role != FS_ROLE_ACTIVE || other->role != FS_ROLE_ACTIVE)
		return false;
	if (own->epoch != other->epoch)
		return own->epoch < other->epoch;
	return own->node > other->node;
}
