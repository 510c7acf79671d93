/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A set of slots: the flows that a peer has still to be told about. A slot is
 * in it once, however often its flow changed; its size follows the number of
 * slots, never the backlog.
 *
 * Two levels: a bit per slot, and a bit per word of those, so that finding the
 * next one costs little in a large and nearly empty set. The memory is the
 * caller's. Slots come out in ascending order from a cursor that goes round, so
 * that none waits for more than one round.
 */
#ifndef _FLOWSYNC_CORE_DIRTY_H
#define _FLOWSYNC_CORE_DIRTY_H

#include "port.h"

/**
 * struct fs_dirty - a set of slots
 * @bits: one bit per slot
 * @summary: one bit per word of @bits, set if the word is not 0
 * @slots: how many slots there is memory for
 * @count: slots in the set
 * @cursor: where the next search begins
 */
struct fs_dirty {
	unsigned long *bits;
	unsigned long *summary;
	u32 slots;
	u32 count;
	u32 cursor;
};

#define FS_DIRTY_NONE	0xffffffffu

/**
 * fs_dirty_test - whether a slot is in the set
 * @d: the set
 * @slot: the slot
 *
 * Return: true if it is; false also for a slot beyond the set's memory.
 */
static inline bool fs_dirty_test(const struct fs_dirty *d, u32 slot)
{
	return slot < d->slots &&
	       d->bits[slot / BITS_PER_LONG] >> slot % BITS_PER_LONG & 1;
}

size_t fs_dirty_longs(u32 slots);
void fs_dirty_grow(struct fs_dirty *d, unsigned long *mem, u32 slots);
bool fs_dirty_add(struct fs_dirty *d, u32 slot);
bool fs_dirty_remove(struct fs_dirty *d, u32 slot);
void fs_dirty_clear(struct fs_dirty *d);
u32 fs_dirty_take(struct fs_dirty *d);
u32 fs_dirty_next(const struct fs_dirty *d, u32 from);
u32 fs_dirty_next_in(const struct fs_dirty *d, u32 from, const u8 *part,
		     u32 each, u8 of);
u32 fs_dirty_within(const struct fs_dirty *d, u32 from, u32 slots);
u32 fs_dirty_common(const struct fs_dirty *few, const struct fs_dirty *d);
void fs_dirty_join(struct fs_dirty *d, const struct fs_dirty *other);

#endif /* _FLOWSYNC_CORE_DIRTY_H */
