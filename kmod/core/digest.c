// SPDX-License-Identifier: GPL-2.0
#include "digest.h"

static u64 mix_addr(u64 sum, const struct fs_addr *addr, u8 family)
{
	if (family == FS_IPV4)
		return fs_digest_mix(sum, get_unaligned_be32(addr->octets));
	sum = fs_digest_mix(sum, get_unaligned_be64(addr->octets));
	return fs_digest_mix(sum, get_unaligned_be64(addr->octets + 8));
}

/**
 * fs_digest_flow - digest of one flow
 * @slot: at its origin
 * @gen: of the slot
 * @op: of its last change
 * @state: its tuples, family, protocol and zone count; what may change without
 *	a new op does not
 *
 * Return: the digest, the same on every machine.
 */
u64 fs_digest_flow(u32 slot, u32 gen, u64 op, const struct fs_state *state)
{
	unsigned int dir;
	u64 sum;

	sum = fs_digest_mix((u64)slot << 32 | gen, op);
	sum = fs_digest_mix(sum, (u64)state->family << 40 |
			    (u64)state->proto << 32 |
			    (u64)state->zone.id << 8 |
			    (state->zone.id ? state->zone.dir : 0));
	for (dir = 0; dir < 2; dir++) {
		const struct fs_tuple *tuple = &state->tuple[dir];

		sum = mix_addr(sum, &tuple->src, state->family);
		sum = mix_addr(sum, &tuple->dst, state->family);
		sum = fs_digest_mix(sum,
				    (u64)tuple->sport << 16 | tuple->dport);
	}
	return sum;
}
