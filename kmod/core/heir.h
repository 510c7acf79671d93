/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The heir: the node that became active after another one. It goes on with the
 * slots, generations and ops of the one before it, whose flows it holds; so do
 * the other members. What they hold as the old origin told it needs not be told
 * again: the heir asks, a bucket at a time and by digest, and who holds the same
 * takes it for the heir's from then on.
 *
 * Options of control datagrams (see control.h):
 *
 *	type (1)  length (1)  value
 *	0x10      14          the heir: group (2), epoch of its claim (8), node id
 *	                      of the origin it goes on for (4). What asks comes
 *	                      with it
 *	0x11      20          ask: do you hold these? bucket (4), slots of it as a
 *	                      mask (8), sum of their digests (8); repeated
 *	0x12      12 to 204   the same, with 3 octets of each one's digest in the
 *	                      place of the sum
 *	0x13      29          the answer: epoch (8), bucket (4), mask (8), which
 *	                      of these are held (8), asked for each (1); repeated
 *	0x14      8           rest: what else do you hold of the origin? From
 *	                      which place on (8). If the origin is the receiver: what
 *	                      of its own may the sender not have?
 *	0x15      16 to 255   the answer, a flow: epoch (8), place of the next (8),
 *	                      then its checkpoint; repeated. Without one there is
 *	                      none from this place on, which was asked for: answers
 *	                      come twice, and late, and only one to place 0 is the
 *	                      end of it
 *	0x16      0 to 255    flows of the origin that have ended: slot and
 *	                      generation, varints
 *	0x17      12          another member (4) has acknowledged all ops of the
 *	                      sender up to this one (8); repeated
 *	0x1f      10          the group that the flows are of that are offered in
 *	                      this datagram, or have ended (2); without it, the only
 *	                      one of which the receiver is heir. The session of the
 *	                      origin in which they bear their names (8), 0 if that
 *	                      is not known
 */
#ifndef _FLOWSYNC_CORE_HEIR_H
#define _FLOWSYNC_CORE_HEIR_H

#include "buf.h"
#include "digest.h"
#include "wire.h"

#define FS_OPT_HEIR	0x10
#define FS_OPT_ASK	0x11
#define FS_OPT_ASK_EACH	0x12
#define FS_OPT_HOLD	0x13
#define FS_OPT_REST	0x14
#define FS_OPT_OFFER	0x15
#define FS_OPT_GONE	0x16
#define FS_OPT_ACKED	0x17
#define FS_OPT_OFFERED	0x1f

/* Most asks, ends and members in one datagram. */
#define FS_HEIR_ASKS	8
#define FS_HEIR_GONE	25
#define FS_HEIR_ACKED	16

/* Octets that they take; of an end, without type and length. */
#define FS_HEIR_LEN	16
#define FS_ASK_LEN	22
#define FS_ASK_EACH_MAX	(2 + 12 + 3 * FS_BUCKET)
#define FS_HOLD_LEN	31
/* Attributes are not offered. */
#define FS_HEIR_OFFER_MAX	(2 + 255)
#define FS_ACKED_LEN	14
#define FS_OFFERED_LEN	12
#define FS_GONE_MAX	10

/**
 * struct fs_heir - for whom an active goes on
 * @group: of which it is active
 * @epoch: under which it is
 * @origin: node id of the active before it
 */
struct fs_heir {
	u16 group;
	u64 epoch;
	u32 origin;
};

/**
 * struct fs_ask - whether a member holds flows of a bucket
 * @bucket: slots @bucket * FS_BUCKET and on
 * @each: @part is set, not @digest
 * @mask: bit n: slot n of the bucket
 * @digest: sum of their digests
 * @part: the low 24 bits of the digest of each, by slot
 */
struct fs_ask {
	u32 bucket;
	bool each;
	u64 mask;
	u64 digest;
	u32 part[FS_BUCKET];
};

/**
 * struct fs_hold - the answer
 * @epoch: of the heir that asked
 * @bucket: of the question
 * @each: of the question
 * @mask: of the question
 * @held: what of it is held, the same as the heir has it
 */
struct fs_hold {
	u64 epoch;
	u32 bucket;
	bool each;
	u64 mask;
	u64 held;
};

/**
 * struct fs_heir_offer - a flow that a member holds and the heir did not ask for
 * @epoch: of the heir that asked
 * @next: place to go on from; of no flow, from which place on there is none
 * @any: there is a flow
 * @rec: its checkpoint, as the origin before the heir told it
 */
struct fs_heir_offer {
	u64 epoch;
	u64 next;
	bool any;
	struct fs_record rec;
};

/**
 * struct fs_acked - how far another member is
 * @node: its node id
 * @op: it has acknowledged all ops up to this one
 */
struct fs_acked {
	u32 node;
	u64 op;
};

/**
 * struct fs_gone - a flow of the origin that has ended
 * @slot: of the flow
 * @gen: of the slot
 */
struct fs_gone {
	u32 slot;
	u32 gen;
};

u64 fs_heir_digest(u32 slot, u32 gen, u64 op, const struct fs_state *state);
void fs_ask_sum(struct fs_ask *ask, const u64 *digest);
u64 fs_ask_match(const struct fs_ask *ask, const u64 *digest);

void fs_heir_put(struct fs_wr *w, const struct fs_heir *heir);
void fs_ask_put(struct fs_wr *w, const struct fs_ask *ask);
void fs_hold_put(struct fs_wr *w, const struct fs_hold *hold);
void fs_rest_put(struct fs_wr *w, u64 place);
void fs_heir_offer_put(struct fs_wr *w, const struct fs_heir_offer *offer);
void fs_gone_put(struct fs_wr *w, const struct fs_gone *gone,
		 unsigned int count);
void fs_acked_put(struct fs_wr *w, const struct fs_acked *acked);
void fs_offered_put(struct fs_wr *w, u16 group, u64 session);

enum fs_wire_error fs_heir_check(u8 type, struct fs_rd *value);
bool fs_heir_get(const struct fs_rd *r, struct fs_heir *heir);
bool fs_ask_next(struct fs_rd *r, struct fs_ask *ask);
bool fs_hold_next(struct fs_rd *r, struct fs_hold *hold);
bool fs_rest_get(const struct fs_rd *r, u64 *place);
bool fs_heir_offer_next(struct fs_rd *r, struct fs_heir_offer *offer);
bool fs_gone_next(struct fs_rd *r, struct fs_rd *gone, u32 *slot, u32 *gen);
bool fs_acked_next(struct fs_rd *r, struct fs_acked *acked);
u16 fs_offered_get(const struct fs_rd *r, u64 *session);

#endif /* _FLOWSYNC_CORE_HEIR_H */
