// SPDX-License-Identifier: GPL-2.0
#include "sync.h"

/**
 * fs_sync_changed - a flow changed
 * @s: sync state
 * @slot: of the flow
 */
void fs_sync_changed(struct fs_sync *s, u32 slot)
{
	/* In no doubt: whoever is, was taken out of both. */
	if (fs_dirty_test(&s->dirty, slot) && fs_dirty_test(&s->first, slot))
		return;
	fs_dirty_remove(&s->doubt, slot);
	fs_dirty_add(&s->dirty, slot);
	fs_dirty_add(&s->first, slot);
}

/**
 * fs_sync_reused - a slot got a new flow, of a new generation
 * @s: sync state
 * @slot: the slot
 *
 * Whatever the peer held there is replaced by the checkpoint that follows.
 */
void fs_sync_reused(struct fs_sync *s, u32 slot)
{
	fs_dirty_remove(&s->known, slot);
	fs_dirty_remove(&s->doubt, slot);
	fs_dirty_add(&s->dirty, slot);
	fs_dirty_add(&s->first, slot);
	fs_sync_set_result(s, slot, FS_INSTALL_NONE);
}

/* A slot that is neither dirty nor flying is not old either. */
static void is_synced(struct fs_sync *s, u32 slot)
{
	if (!fs_dirty_test(&s->dirty, slot) && !fs_dirty_test(&s->flying, slot))
		fs_dirty_remove(&s->old, slot);
}

/**
 * fs_sync_ended - a slot's flow ended
 * @s: sync state
 * @slot: the slot, free for another flow from now on
 */
void fs_sync_ended(struct fs_sync *s, u32 slot)
{
	fs_dirty_remove(&s->known, slot);
	fs_dirty_remove(&s->doubt, slot);
	if (fs_dirty_test(&s->told, slot)) {
		fs_dirty_add(&s->dirty, slot);
	} else {
		fs_dirty_remove(&s->dirty, slot);
		fs_dirty_remove(&s->first, slot);
		is_synced(s, slot);
	}
}

/**
 * fs_sync_adopted - a slot got a flow that was another origin's, under the
 *	generation and op that it had there
 * @s: sync state
 * @slot: the slot
 */
void fs_sync_adopted(struct fs_sync *s, u32 slot)
{
	fs_dirty_remove(&s->known, slot);
	fs_sync_take(s, slot);
	fs_dirty_remove(&s->flying, slot);
	is_synced(s, slot);
	fs_dirty_add(&s->doubt, slot);
}

/**
 * fs_sync_asked - the peer is asked whether it holds an adopted flow
 * @s: sync state
 * @slot: of the flow, in doubt
 *
 * If it does, it takes it for this node's from then on: it counts as told.
 */
void fs_sync_asked(struct fs_sync *s, u32 slot)
{
	fs_dirty_add(&s->told, slot);
}

/**
 * fs_sync_held - the peer answered
 * @s: sync state
 * @slot: of the flow
 * @held: it holds it, the same
 *
 * If the flow changed since, the answer comes too late to say anything.
 */
void fs_sync_held(struct fs_sync *s, u32 slot, bool held)
{
	if (!fs_dirty_remove(&s->doubt, slot))
		return;
	fs_dirty_add(held ? &s->known : &s->dirty, slot);
}

/**
 * fs_sync_need - the peer does not hold what it should: tell it all again
 * @s: sync state
 * @slot: the slot
 * @now: what it is
 *
 * What is in doubt the peer is asked about anyway.
 */
void fs_sync_need(struct fs_sync *s, u32 slot, const struct fs_slot *now)
{
	if (fs_dirty_test(&s->doubt, slot))
		return;
	fs_dirty_remove(&s->known, slot);
	if (!now->live) {
		/* It may hold a flow of an earlier generation. */
		if (!now->gen)
			return;
		fs_dirty_add(&s->told, slot);
	}
	fs_dirty_add(&s->dirty, slot);
}

/**
 * fs_sync_hurry - a slot goes before others, if it has to be told at all
 * @s: sync state
 * @slot: the slot
 */
void fs_sync_hurry(struct fs_sync *s, u32 slot)
{
	if (fs_dirty_test(&s->dirty, slot))
		fs_dirty_add(&s->first, slot);
}

/**
 * fs_sync_moved - packets of a flow came that changed nothing but its lifetime
 * @s: sync state
 * @slot: of the flow
 */
void fs_sync_moved(struct fs_sync *s, u32 slot)
{
	fs_sync_hurry(s, slot);
	if (fs_dirty_test(&s->known, slot))
		fs_dirty_add(&s->moved, slot);
}

/**
 * fs_sync_rested - the last packet of a flow came before it was last looked at, and
 *	after it was looked at before that
 * @s: sync state
 * @slot: of the flow
 */
void fs_sync_rested(struct fs_sync *s, u32 slot)
{
	/* What was not sent meanwhile would say less. */
	if (fs_dirty_test(&s->known, slot) && !fs_dirty_test(&s->moved, slot))
		fs_dirty_add(&s->rested, slot);
}

/**
 * fs_sync_take_first - take the next slot that goes before others
 * @s: sync state
 *
 * Return: the slot, no longer dirty, or FS_DIRTY_NONE if there is none.
 */
u32 fs_sync_take_first(struct fs_sync *s)
{
	u32 slot = fs_dirty_take(&s->first);

	if (slot != FS_DIRTY_NONE)
		fs_dirty_remove(&s->dirty, slot);
	return slot;
}

/**
 * fs_sync_take - take a slot out of its turn
 * @s: sync state
 * @slot: the slot, dirty; no longer so
 */
void fs_sync_take(struct fs_sync *s, u32 slot)
{
	fs_dirty_remove(&s->dirty, slot);
	fs_dirty_remove(&s->first, slot);
}

/**
 * fs_sync_drop - the peer is not told of a slot's group any more
 * @s: sync state
 * @slot: the slot
 *
 * What it may hold there stays in mind, so that it can be told of an end later.
 */
void fs_sync_drop(struct fs_sync *s, u32 slot)
{
	fs_sync_take(s, slot);
	fs_dirty_remove(&s->flying, slot);
	fs_dirty_remove(&s->old, slot);
	fs_dirty_remove(&s->moved, slot);
	fs_dirty_remove(&s->rested, slot);
	fs_dirty_remove(&s->known, slot);
	fs_dirty_remove(&s->doubt, slot);
}

/**
 * fs_sync_waiting - how many slots wait for those that go first
 * @s: sync state
 *
 * Return: the number.
 */
u32 fs_sync_waiting(const struct fs_sync *s)
{
	return s->dirty.count - s->first.count;
}

/**
 * fs_sync_unacked - how many slots are not synced
 * @s: sync state
 *
 * Return: how many are dirty, flying or in doubt.
 */
u32 fs_sync_unacked(const struct fs_sync *s)
{
	return s->dirty.count + s->flying.count + s->doubt.count -
	       fs_dirty_common(&s->flying, &s->dirty);
}

/**
 * fs_sync_look - look how old the oldest slot is that is not synced
 * @s: sync state
 * @now: a time, in whatever unit
 *
 * When all that was old is synced, what is not synced now became so after the
 * set of the old was last made. So the age is too high by no more than the time
 * between two calls, or the age of the oldest before.
 */
void fs_sync_look(struct fs_sync *s, u64 now)
{
	if (s->old.count)
		return;
	s->old_since = s->old_made;
	s->old_made = now;
	fs_dirty_join(&s->old, &s->dirty);
	fs_dirty_join(&s->old, &s->flying);
}

/**
 * fs_sync_age - for how long the oldest slot has not been synced
 * @s: sync state
 * @now: as of fs_sync_look()
 *
 * Return: the age, 0 if all are synced.
 */
u64 fs_sync_age(const struct fs_sync *s, u64 now)
{
	if (s->old.count)
		return now - s->old_since;
	return s->dirty.count || s->flying.count ? now - s->old_made : 0;
}

/**
 * fs_sync_type - which record tells a peer what it has to be told
 * @s: sync state
 * @slot: a slot taken from its dirty set
 * @now: what it is
 *
 * Return: enum fs_record_type.
 */
u8 fs_sync_type(const struct fs_sync *s, u32 slot, const struct fs_slot *now)
{
	if (!now->live)
		return FS_RECORD_DELETE;
	return fs_dirty_test(&s->known, slot) ? FS_RECORD_UPDATE :
						FS_RECORD_CHECKPOINT;
}

/**
 * fs_sync_taken - a slot was taken from the dirty set, to be sent
 * @s: sync state
 * @slot: the slot
 *
 * It counts as in flight from here on: it is not synced. Should its flow end
 * before the record leaves, the peer has to hear of that. If the record does not
 * leave after all it is lost.
 */
void fs_sync_taken(struct fs_sync *s, u32 slot)
{
	fs_dirty_add(&s->told, slot);
	fs_dirty_add(&s->flying, slot);
}

/* Of a flow in doubt nothing was sent: what is in flight was sent before it was
 * another origin's, and may bear the same name.
 */
static bool is_last(const struct fs_sync *s, const struct fs_sent *sent,
		    const struct fs_slot *now)
{
	return sent->gen == now->gen && sent->op == (u32)now->op &&
	       !fs_dirty_test(&s->doubt, sent->slot);
}

/**
 * fs_sync_acked - the peer has received a record
 * @s: sync state
 * @sent: the record
 * @now: what its slot is
 *
 * If the flow changed since, the slot is dirty, or in flight again: this
 * acknowledgement does not make it synced.
 */
void fs_sync_acked(struct fs_sync *s, const struct fs_sent *sent,
		   const struct fs_slot *now)
{
	if (sent->type == FS_RECORD_CHECKPOINT && now->live &&
	    sent->gen == now->gen && !fs_dirty_test(&s->doubt, sent->slot))
		fs_dirty_add(&s->known, sent->slot);
	if (!is_last(s, sent, now))
		return;
	/* A checkpoint was asked for since: only that makes it synced. */
	if (sent->type == FS_RECORD_UPDATE &&
	    !fs_dirty_test(&s->known, sent->slot))
		return;
	fs_dirty_remove(&s->flying, sent->slot);
	is_synced(s, sent->slot);
	if (!now->live && !fs_dirty_test(&s->dirty, sent->slot))
		fs_dirty_remove(&s->told, sent->slot);
}

/**
 * fs_sync_lost - a record did not reach the peer, as far as is known
 * @s: sync state
 * @sent: the record
 * @now: what its slot is
 *
 * Only the last state matters: if there is a newer one it is dirty, or in
 * flight, by itself.
 */
void fs_sync_lost(struct fs_sync *s, const struct fs_sent *sent,
		  const struct fs_slot *now)
{
	if (!is_last(s, sent, now))
		return;
	fs_dirty_remove(&s->flying, sent->slot);
	fs_dirty_add(&s->dirty, sent->slot);
	fs_dirty_add(&s->first, sent->slot);
}

/**
 * fs_sync_clear - the peer holds nothing, and nothing is in flight to it
 * @s: sync state
 */
void fs_sync_clear(struct fs_sync *s)
{
	fs_dirty_clear(&s->dirty);
	fs_dirty_clear(&s->first);
	fs_dirty_clear(&s->old);
	fs_dirty_clear(&s->moved);
	fs_dirty_clear(&s->rested);
	fs_dirty_clear(&s->flying);
	fs_dirty_clear(&s->told);
	fs_dirty_clear(&s->known);
	fs_dirty_clear(&s->doubt);
	fs_dirty_clear(&s->unchecked);
	if (s->results)
		memset(s->results, 0, s->dirty.slots / 2);
}

/**
 * fs_sync_result - what became of a flow's install at the peer
 * @s: sync state
 * @slot: of the flow
 *
 * Return: enum fs_installed.
 */
u8 fs_sync_result(const struct fs_sync *s, u32 slot)
{
	if (slot >= s->dirty.slots)
		return FS_INSTALL_NONE;
	return s->results[slot / 2] >> slot % 2 * 4 & 15;
}

/**
 * fs_sync_set_result - note what became of a flow's install at the peer
 * @s: sync state
 * @slot: of the flow, below the number of slots
 * @result: enum fs_installed
 *
 * Return: what was noted before.
 */
u8 fs_sync_set_result(struct fs_sync *s, u32 slot, u8 result)
{
	u8 *octet = &s->results[slot / 2];
	unsigned int shift = slot % 2 * 4;
	u8 was = *octet >> shift & 15;

	*octet = (u8)((*octet & ~(15u << shift)) | (unsigned int)result << shift);
	return was;
}

/**
 * fs_sync_recheck - begin a pass: no bucket is confirmed
 * @s: sync state
 *
 * The first is compared first.
 */
void fs_sync_recheck(struct fs_sync *s)
{
	u32 bucket;

	for (bucket = 0; bucket < s->unchecked.slots; bucket++)
		fs_dirty_add(&s->unchecked, bucket);
	s->unchecked.cursor = 0;
}

/**
 * fs_sync_settled - whether a bucket can be compared
 * @s: sync state
 * @bucket: the bucket
 *
 * Return: true if none of its slots is dirty, flying or in doubt.
 */
bool fs_sync_settled(const struct fs_sync *s, u32 bucket)
{
	u32 slot = bucket * FS_BUCKET;

	BUILD_BUG_ON(FS_BUCKET % BITS_PER_LONG);
	return !fs_dirty_within(&s->dirty, slot, FS_BUCKET) &&
	       !fs_dirty_within(&s->flying, slot, FS_BUCKET) &&
	       !fs_dirty_within(&s->doubt, slot, FS_BUCKET);
}

/**
 * fs_sync_next_settled - the next bucket to compare, of those that can be
 * @s: sync state
 * @from: the bucket to begin with
 *
 * Return: the bucket, unchecked and settled, or FS_DIRTY_NONE if there is none at
 * @from or behind.
 */
u32 fs_sync_next_settled(const struct fs_sync *s, u32 from)
{
	u32 bucket = fs_dirty_next(&s->unchecked, from);

	while (bucket != FS_DIRTY_NONE && !fs_sync_settled(s, bucket))
		bucket = fs_dirty_next(&s->unchecked, bucket + 1);
	return bucket;
}

/**
 * fs_sync_longs - memory of all sets
 * @slots: how many slots they shall hold
 *
 * Return: how many longs fs_sync_grow() needs for it.
 */
size_t fs_sync_longs(u32 slots)
{
	return 9 * fs_dirty_longs(slots) + fs_dirty_longs(slots / FS_BUCKET) +
	       BITS_TO_LONGS(4 * (size_t)slots);
}

/**
 * fs_sync_grow - give all sets (more) memory
 * @s: sync state; zeroed before its first memory
 * @mem: zeroed, fs_sync_longs() of @slots; the sets' from now on
 * @slots: not fewer than there were; a multiple of FS_BUCKET
 *
 * Return: the old memory, which is the caller's again; NULL the first time.
 */
unsigned long *fs_sync_grow(struct fs_sync *s, unsigned long *mem, u32 slots)
{
	u8 *results = (u8 *)(mem + fs_sync_longs(slots) -
			     BITS_TO_LONGS(4 * (size_t)slots));
	unsigned long *old = s->dirty.bits;
	size_t each = fs_dirty_longs(slots);

	if (s->results)
		memcpy(results, s->results, s->dirty.slots / 2);
	s->results = results;
	fs_dirty_grow(&s->dirty, mem, slots);
	fs_dirty_grow(&s->flying, mem + each, slots);
	fs_dirty_grow(&s->told, mem + 2 * each, slots);
	fs_dirty_grow(&s->known, mem + 3 * each, slots);
	fs_dirty_grow(&s->doubt, mem + 4 * each, slots);
	fs_dirty_grow(&s->first, mem + 5 * each, slots);
	fs_dirty_grow(&s->old, mem + 6 * each, slots);
	fs_dirty_grow(&s->moved, mem + 7 * each, slots);
	fs_dirty_grow(&s->rested, mem + 8 * each, slots);
	fs_dirty_grow(&s->unchecked, mem + 9 * each, slots / FS_BUCKET);
	return old;
}
