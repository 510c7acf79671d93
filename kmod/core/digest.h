/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Digests: whether two tables are the same, a bucket of slots at a time.
 *
 * A bucket's digest is the sum of its flows' digests, so the order in which
 * they are visited does not matter. It finds differences that come from faults;
 * against an attacker the datagrams have to be sealed.
 */
#ifndef _FLOWSYNC_CORE_DIGEST_H
#define _FLOWSYNC_CORE_DIGEST_H

#include "record.h"

/* Slots of a bucket. */
#define FS_BUCKET	64u

/**
 * struct fs_check - a bucket as its origin has it
 * @bucket: slots @bucket * FS_BUCKET and on
 * @count: flows in it
 * @op: last op of the origin when it looked; what the receiver has of later ones
 *	cannot be compared
 * @digest: sum of fs_digest_flow() of its flows
 */
struct fs_check {
	u32 bucket;
	u32 count;
	u64 op;
	u64 digest;
};

/**
 * enum fs_verdict - how a bucket compares
 * @FS_VERDICT_SAME: it is the same
 * @FS_VERDICT_DIFFERS: it is not
 * @FS_VERDICT_MOVED: something in it is of a later op than the check
 */
enum fs_verdict {
	FS_VERDICT_SAME,
	FS_VERDICT_DIFFERS,
	FS_VERDICT_MOVED,
	FS_VERDICTS
};

/**
 * struct fs_answer - what a receiver says to a check
 * @bucket: of the check
 * @verdict: enum fs_verdict
 * @op: of the check
 */
struct fs_answer {
	u32 bucket;
	u8 verdict;
	u64 op;
};

/**
 * fs_digest_mix - bring a word into a digest
 * @sum: the digest so far
 * @word: what comes next
 *
 * The finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom
 * number generators, OOPSLA 2014): every bit of the input reaches every bit of
 * the output.
 *
 * Return: the digest with it.
 */
static inline u64 fs_digest_mix(u64 sum, u64 word)
{
	u64 z = (sum ^ word) + 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

u64 fs_digest_flow(u32 slot, u32 gen, u64 op, const struct fs_state *state);

#endif /* _FLOWSYNC_CORE_DIGEST_H */
