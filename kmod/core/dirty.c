// SPDX-License-Identifier: GPL-2.0
#include "dirty.h"

#define BITS	((u32)BITS_PER_LONG)

/**
 * fs_dirty_longs - memory of a set
 * @slots: how many slots it shall hold
 *
 * Return: how many longs fs_dirty_grow() needs for it.
 */
size_t fs_dirty_longs(u32 slots)
{
	size_t words = BITS_TO_LONGS(slots);

	return words + BITS_TO_LONGS(words);
}

/**
 * fs_dirty_grow - give a set (more) memory
 * @d: the set; zeroed before its first memory
 * @mem: zeroed, fs_dirty_longs() of @slots; the set's from now on
 * @slots: not fewer than it had
 *
 * The old memory is the caller's again.
 */
void fs_dirty_grow(struct fs_dirty *d, unsigned long *mem, u32 slots)
{
	unsigned long *summary = mem + BITS_TO_LONGS(slots);

	if (d->slots) {
		size_t words = BITS_TO_LONGS(d->slots);

		memcpy(mem, d->bits, words * sizeof(long));
		memcpy(summary, d->summary,
		       BITS_TO_LONGS(words) * sizeof(long));
	}
	d->bits = mem;
	d->summary = summary;
	d->slots = slots;
}

/**
 * fs_dirty_add - put a slot into the set
 * @d: the set
 * @slot: below the set's number of slots
 *
 * Return: true if it was not in it.
 */
bool fs_dirty_add(struct fs_dirty *d, u32 slot)
{
	u32 word = slot / BITS;

	if (fs_dirty_test(d, slot))
		return false;
	d->bits[word] |= 1ul << slot % BITS;
	d->summary[word / BITS] |= 1ul << word % BITS;
	d->count++;
	return true;
}

/**
 * fs_dirty_remove - take a slot out of the set
 * @d: the set
 * @slot: the slot
 *
 * Return: true if it was in it.
 */
bool fs_dirty_remove(struct fs_dirty *d, u32 slot)
{
	u32 word = slot / BITS;

	if (!fs_dirty_test(d, slot))
		return false;
	d->bits[word] &= ~(1ul << slot % BITS);
	if (!d->bits[word])
		d->summary[word / BITS] &= ~(1ul << word % BITS);
	d->count--;
	return true;
}

/**
 * fs_dirty_clear - empty the set
 * @d: the set
 */
void fs_dirty_clear(struct fs_dirty *d)
{
	if (d->slots)
		memset(d->bits, 0, fs_dirty_longs(d->slots) * sizeof(long));
	d->count = 0;
	d->cursor = 0;
}

/* First set bit at or after @from, or @bits. */
static u32 find_bit(const unsigned long *map, u32 bits, u32 from)
{
	u32 word = from / BITS;
	unsigned long w;

	if (from >= bits)
		return bits;
	for (w = map[word] & ~0ul << from % BITS; !w; w = map[word])
		if (++word >= BITS_TO_LONGS(bits))
			return bits;
	return word * BITS + (u32)__ffs(w);
}

/**
 * fs_dirty_next - the first slot of the set from a place on
 * @d: the set
 * @from: the place
 *
 * Return: the slot, which stays in the set, or FS_DIRTY_NONE.
 */
u32 fs_dirty_next(const struct fs_dirty *d, u32 from)
{
	u32 words = BITS_TO_LONGS(d->slots);
	u32 word = from / BITS;
	unsigned long w;

	if (from >= d->slots)
		return FS_DIRTY_NONE;
	w = d->bits[word] & ~0ul << from % BITS;
	if (!w) {
		word = find_bit(d->summary, words, word + 1);
		if (word >= words)
			return FS_DIRTY_NONE;
		w = d->bits[word];
	}
	return word * BITS + (u32)__ffs(w);
}

/**
 * fs_dirty_next_in - find the next slot that is in the set, and in a part of all
 *	slots
 * @d: the set
 * @from: where to begin
 * @part: of each slots in turn: which part they are
 * @each: how many slots have one entry of @part
 * @of: the part that counts
 *
 * Return: the slot, or FS_DIRTY_NONE if there is none at @from or behind.
 */
u32 fs_dirty_next_in(const struct fs_dirty *d, u32 from, const u8 *part,
		     u32 each, u8 of)
{
	u32 slot = fs_dirty_next(d, from);

	while (slot != FS_DIRTY_NONE && part[slot / each] != of)
		slot = fs_dirty_next(d, (slot / each + 1) * each);
	return slot;
}

/**
 * fs_dirty_take - take the next slot out of the set
 * @d: the set
 *
 * Return: the slot, or FS_DIRTY_NONE if the set is empty.
 */
u32 fs_dirty_take(struct fs_dirty *d)
{
	u32 slot;

	if (!d->count)
		return FS_DIRTY_NONE;
	slot = fs_dirty_next(d, d->cursor);
	if (slot == FS_DIRTY_NONE)
		slot = fs_dirty_next(d, 0);
	fs_dirty_remove(d, slot);
	d->cursor = slot + 1;
	return slot;
}

/**
 * fs_dirty_within - how many of some slots are in the set
 * @d: the set
 * @from: the first of them, a multiple of BITS_PER_LONG
 * @slots: how many, too
 *
 * Return: the number.
 */
u32 fs_dirty_within(const struct fs_dirty *d, u32 from, u32 slots)
{
	u32 word = from / BITS, end = (from + slots) / BITS, count = 0;

	if (end > BITS_TO_LONGS(d->slots))
		end = BITS_TO_LONGS(d->slots);
	for (; d->count && word < end; word++)
		count += hweight_long(d->bits[word]);
	return count;
}

/**
 * fs_dirty_common - how many slots are in both of two sets
 * @few: the one with fewer slots in it
 * @d: the other, with memory for as many
 *
 * Return: the number.
 */
u32 fs_dirty_common(const struct fs_dirty *few, const struct fs_dirty *d)
{
	u32 words = BITS_TO_LONGS(few->slots);
	u32 word, count = 0;

	if (!few->count || !d->count)
		return 0;
	for (word = find_bit(few->summary, words, 0); word < words;
	     word = find_bit(few->summary, words, word + 1))
		count += hweight_long(few->bits[word] & d->bits[word]);
	return count;
}

/**
 * fs_dirty_join - put all slots of another set into a set
 * @d: the set
 * @other: the other, with memory for as many
 */
void fs_dirty_join(struct fs_dirty *d, const struct fs_dirty *other)
{
	u32 words = BITS_TO_LONGS(other->slots);
	u32 word;

	if (!other->count)
		return;
	for (word = find_bit(other->summary, words, 0); word < words;
	     word = find_bit(other->summary, words, word + 1)) {
		d->count += hweight_long(other->bits[word] & ~d->bits[word]);
		d->bits[word] |= other->bits[word];
		d->summary[word / BITS] |= 1ul << word % BITS;
	}
}
