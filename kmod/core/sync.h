/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one peer has been told about the flows of this node, and what it has
 * still to be told. Nothing here is a queue: pending work is a bit per slot,
 * and what goes out is what the flow is when it goes out.
 *
 * For each slot and peer:
 *
 *	dirty	the peer has to be told; a change, or a loss, sets it
 *	first	it is dirty, and goes before those that only are: a packet of it
 *		has come since it became so, or it was asked for
 *	flying	the last state that was taken to be sent is in flight
 *	told	something of this slot was sent: the peer may hold a flow there
 *	old	it is dirty or flying, and was when the set was last made: from
 *		that follows the age of the oldest
 *	moved	packets of its flow came, which changed nothing but its lifetime, and
 *		the peer holds the flow: it has to be kept alive there
 *	rested	the same, but a second ago, and none since
 *	known	the peer has acknowledged a checkpoint of the present generation,
 *		so that an update is enough
 *	doubt	the flow was another origin's before, and the peer may hold it as
 *		that one told it: it is asked before it is told (see heir.h)
 *
 * and for each bucket of slots (see digest.h):
 *
 *	unchecked	the peer has not yet confirmed, in this pass, that it holds
 *			the same
 *
 * and for each slot four bits of what became of its flow's install there, as the
 * peer told (enum fs_installed).
 *
 * A slot that is neither dirty nor flying nor in doubt is synced: the acknowledgement was
 * for the state that the flow still has (see fs_sync_acked()).
 */
#ifndef _FLOWSYNC_CORE_SYNC_H
#define _FLOWSYNC_CORE_SYNC_H

#include "digest.h"
#include "dirty.h"
#include "record.h"
#include "result.h"

/**
 * struct fs_sync - sync state of all slots at one peer
 * @dirty: see above
 * @first: see above
 * @flying: see above
 * @old: see above
 * @moved: see above
 * @rested: see above
 * @told: see above
 * @known: see above
 * @doubt: see above
 * @unchecked: see above
 * @results: of installs, two slots in an octet
 * @old_since: since when, at most, a slot of @old is not synced
 * @old_made: when @old was made
 */
struct fs_sync {
	struct fs_dirty dirty;
	struct fs_dirty first;
	struct fs_dirty flying;
	struct fs_dirty old;
	struct fs_dirty moved;
	struct fs_dirty rested;
	struct fs_dirty told;
	struct fs_dirty known;
	struct fs_dirty doubt;
	struct fs_dirty unchecked;
	u8 *results;
	u64 old_since;
	u64 old_made;
};

/**
 * struct fs_slot - what a slot is at the moment
 * @op: op id of its last change, the end of its flow included
 * @gen: generation of its flow, or of the last one it had
 * @live: it has a flow
 */
struct fs_slot {
	u64 op;
	u32 gen;
	bool live;
};

/**
 * struct fs_sent - one record in a datagram that is in flight
 * @slot: of the flow
 * @gen: that was sent
 * @op: that was sent; the lower half is enough to tell whether it is the last
 * @type: enum fs_record_type
 */
struct fs_sent {
	u32 slot;
	u32 gen;
	u32 op;
	u8 type;
};

void fs_sync_changed(struct fs_sync *s, u32 slot);
void fs_sync_reused(struct fs_sync *s, u32 slot);
void fs_sync_ended(struct fs_sync *s, u32 slot);
void fs_sync_adopted(struct fs_sync *s, u32 slot);
void fs_sync_asked(struct fs_sync *s, u32 slot);
void fs_sync_held(struct fs_sync *s, u32 slot, bool held);
void fs_sync_need(struct fs_sync *s, u32 slot, const struct fs_slot *now);
void fs_sync_hurry(struct fs_sync *s, u32 slot);
void fs_sync_moved(struct fs_sync *s, u32 slot);
void fs_sync_rested(struct fs_sync *s, u32 slot);
u32 fs_sync_take_first(struct fs_sync *s);
void fs_sync_drop(struct fs_sync *s, u32 slot);
void fs_sync_take(struct fs_sync *s, u32 slot);
u32 fs_sync_waiting(const struct fs_sync *s);
u32 fs_sync_unacked(const struct fs_sync *s);
void fs_sync_look(struct fs_sync *s, u64 now);
u64 fs_sync_age(const struct fs_sync *s, u64 now);
u8 fs_sync_type(const struct fs_sync *s, u32 slot, const struct fs_slot *now);
void fs_sync_taken(struct fs_sync *s, u32 slot);
void fs_sync_acked(struct fs_sync *s, const struct fs_sent *sent,
		   const struct fs_slot *now);
void fs_sync_lost(struct fs_sync *s, const struct fs_sent *sent,
		  const struct fs_slot *now);
void fs_sync_clear(struct fs_sync *s);
u8 fs_sync_result(const struct fs_sync *s, u32 slot);
u8 fs_sync_set_result(struct fs_sync *s, u32 slot, u8 result);
void fs_sync_recheck(struct fs_sync *s);
bool fs_sync_settled(const struct fs_sync *s, u32 bucket);
u32 fs_sync_next_settled(const struct fs_sync *s, u32 from);
size_t fs_sync_longs(u32 slots);
unsigned long *fs_sync_grow(struct fs_sync *s, unsigned long *mem, u32 slots);

#endif /* _FLOWSYNC_CORE_SYNC_H */
