// SPDX-License-Identifier: GPL-2.0
#include "merge.h"

/**
 * fs_version_cmp - compare two versions of one origin's slot in one group
 * @a: one
 * @b: the other
 *
 * The epoch decides, then the generation, then the op id. Within an epoch a slot
 * has one owner, which counts its generations up; one that takes over goes on
 * with those of the active before it, as far as it knows them.
 *
 * Return: negative, 0 or positive as @a is older, the same or newer.
 */
int fs_version_cmp(const struct fs_version *a, const struct fs_version *b)
{
	if (a->epoch != b->epoch)
		return a->epoch < b->epoch ? -1 : 1;
	if (a->gen != b->gen)
		return a->gen < b->gen ? -1 : 1;
	if (a->op != b->op)
		return a->op < b->op ? -1 : 1;
	return 0;
}

/* How far a connection has come, by enum tcp_conntrack: a state is never
 * replaced by one of a lower rank. LAST_ACK and CLOSE_WAIT are the close
 * seen from either side, so TIME_WAIT and CLOSE outrank both.
 */
static const u8 tcp_rank[FS_TCP_STATE_MAX + 1] = {
	[1] = 1,	/* SYN_SENT */
	[9] = 2,	/* SYN_SENT2, simultaneous open */
	[2] = 3,	/* SYN_RECV */
	[3] = 4,	/* ESTABLISHED */
	[4] = 5,	/* FIN_WAIT */
	[5] = 6,	/* CLOSE_WAIT */
	[6] = 7,	/* LAST_ACK */
	[7] = 8,	/* TIME_WAIT */
	[8] = 9,	/* CLOSE */
};

/* Rank from which both ends have said whether they scale windows. */
#define RANK_SCALED	3

/**
 * fs_tcp_merge - bring a TCP state forward by another copy of it
 * @to: the copy that stays
 * @from: the other copy, from another node, perhaps older
 *
 * States only advance. The window scales are agreed by the SYN and the SYN-ACK
 * together (an end that does not scale takes the other's back: RFC 7323 section
 * 2.2), so from then on they come from the copy that is further. Flags, once
 * learnt, stay. Both copies must be of one connection: a new connection on the
 * same tuple is a new generation, and replaces.
 *
 * Return: negative, 0 or positive as the other copy's state was behind, the same
 * or further.
 */
int fs_tcp_merge(struct fs_tcp *to, const struct fs_tcp *from)
{
	u8 rank = tcp_rank[to->state], other = tcp_rank[from->state];
	unsigned int dir;

	for (dir = 0; dir < 2; dir++) {
		if (other > rank && other >= RANK_SCALED)
			to->scale[dir] = from->scale[dir];
		else if (rank < RANK_SCALED && !to->scale[dir])
			to->scale[dir] = from->scale[dir];
		to->flags[dir] |= from->flags[dir];
	}
	if (other > rank)
		to->state = from->state;
	return (int)other - (int)rank;
}

/* Epochs of two groups say nothing of each other. A slot that was another group's
 * got a new generation since.
 */
static bool is_stale(enum fs_held held, const struct fs_version *had,
		     const struct fs_version *now, u8 type)
{
	int order;

	if (held == FS_HELD_NOTHING)
		return false;
	if (had->group != now->group)
		return now->gen <= had->gen;
	if (held == FS_HELD_END)
		return now->epoch < had->epoch ||
		       (now->epoch == had->epoch && now->gen <= had->gen);
	/* A checkpoint of what is held is no news, unless what is held is wrong:
	 * that is how a difference is repaired.
	 */
	order = fs_version_cmp(now, had);
	return order < 0 || (!order && type != FS_RECORD_CHECKPOINT);
}

/**
 * fs_merge_record - what a record does to a slot of the shadow
 * @held: what the slot holds
 * @had: version of that: of the flow, or group, epoch and generation of the end
 *	of the last one
 * @batch: group and epoch the record came under
 * @rec: the record
 *
 * Return: enum fs_merge.
 */
enum fs_merge fs_merge_record(enum fs_held held, const struct fs_version *had,
			      const struct fs_batch *batch,
			      const struct fs_record *rec)
{
	struct fs_version now = {
		.epoch = batch->epoch,
		.op = rec->op,
		.gen = rec->gen,
		.group = batch->group,
	};

	if (is_stale(held, had, &now, rec->type))
		return FS_MERGE_STALE;
	switch (rec->type) {
	case FS_RECORD_CHECKPOINT:
		return FS_MERGE_SET;
	case FS_RECORD_UPDATE:
		return held == FS_HELD_FLOW && rec->gen == had->gen ?
		       FS_MERGE_UPDATE : FS_MERGE_NEED;
	default:
		return FS_MERGE_END;
	}
}
