/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control, the payload of the control channel: a list of options to the
 * datagram's end. With the first it is a heartbeat, with the fourth (and it may
 * be both) it acknowledges.
 *
 *	type (1)  length (1)  value
 *	0x81      8           the receiver's session as its sender last accepted
 *	                      it, 0 if never: whether this node hears you
 *	0x02      8           sequence number of the last state datagram sent
 *	0x83      23          a group: id (2), role (1), highest epoch known (8),
 *	                      then the best claim that the sender makes, or
 *	                      hears: its epoch (8) and node id (4), 0 for none;
 *	                      repeated
 *	0x84      10 to 42    what was received of the state channel: highest
 *	                      sequence number (8), how many datagrams are taken at
 *	                      a time (2), then up to 32 octets of bits: bit n % 8
 *	                      of octet n / 8 is set if the number n below the
 *	                      highest was received; octets of 0 at the end are
 *	                      left out
 *	0x05      1 to 255    slots of the receiver, varints, of which a whole
 *	                      checkpoint is needed
 *	0x06      24          a bucket of the sender's flows, to be compared:
 *	                      bucket (4), flows in it (4), last op of the sender
 *	                      (8), digest (8); repeated
 *	0x07      13          the answer to that: bucket (4), verdict (1), op (8);
 *	                      repeated
 *	0x21      2           of the claim of the group right before it: rank (1),
 *	                      traffic (1)
 *	0x20      4 to 252    how groups stand, for whoever decides there: of each
 *	                      id (2), priority (1), flags (1); repeated
 *	0x08      1 to 255    what became of installs of the receiver's flows:
 *	                      slot (varint), generation (varint), result (1),
 *	                      and so on; repeated
 *	0x09      1 to 255    results that were received and noted, as they were
 *	                      told; repeated
 *	0x0b      5 to 255    flows of the sender that had packets: first slot, a
 *	                      multiple of 8 (4), then bits: bit n % 8 of octet
 *	                      n / 8 for the slot that is n higher; repeated
 *	0x0d      5 to 255    the same, of flows that had them a second earlier, and
 *	                      none since; repeated
 *	0x0a      5           the sender's conntrack: 1 if it is full (1), for how
 *	                      many more entries it has room (4)
 *	0x18      16          of the handshake: the sender's cookie (8), prints of
 *	                      its pre-shared keys (4 each), 0 for none
 *
 * 0x0c is that of advance.h, 0x10 to 0x17 and 0x1f are those of heir.h.
 *
 * 0x80 in the type: a receiver that does not know it must refuse the datagram.
 * Other unknown options are skipped.
 */
#ifndef _FLOWSYNC_CORE_CONTROL_H
#define _FLOWSYNC_CORE_CONTROL_H

#include "digest.h"
#include "dirty.h"
#include "flight.h"
#include "result.h"
#include "wire.h"

/* Most groups a heartbeat can carry; as many as a node can have. */
#define FS_HEARTBEAT_GROUPS	32

/* Most slots that one datagram asks for. */
#define FS_CONTROL_NEEDS	40

/* Most checks, and most answers, of one datagram. */
#define FS_CONTROL_CHECKS	40

/* Options that are understood, those of advance.h and heir.h included: bit n for
 * 0x00 + n and 0x80 + n.
 */
#define FS_CONTROL_OPTIONS	(0x3ffeull | 0x1ffull << 0x10 | 1ull << 0x1f | \
				 3ull << 0x20)

/* Octets of a group, with its weight. */
#define FS_CONTROL_GROUP	(25 + 4)

#define FS_CONTROL_MAX	(10 + 10 + 18 + \
			 FS_HEARTBEAT_GROUPS * (FS_CONTROL_GROUP + 4) + 2 + \
			 44 + 2 + FS_CONTROL_NEEDS * 5 + 7)
/* Octets of a check and of an answer, with type and length. */
#define FS_CONTROL_CHECK	26
#define FS_CONTROL_ANSWER	15
/* Most octets of a result, and least of an option with one. */
#define FS_CONTROL_RESULT	11

/**
 * struct fs_group_view - a group as its sender sees it
 * @id: of the group
 * @role: enum fs_role of the sender in it
 * @epoch: highest the sender knows
 * @claim: epoch under which @holder is active
 * @holder: node id of the active with the best claim: the sender, or one that
 *	it hears; 0 if it hears of none
 * @weighed: @rank and @traffic are there
 * @rank: of the claim
 * @traffic: of the claim, up to FS_TRAFFIC_MAX
 */
struct fs_group_view {
	u16 id;
	u8 role;
	u64 epoch;
	u64 claim;
	u32 holder;
	bool weighed;
	u8 rank;
	u8 traffic;
};

/* How a group stands. The same values as enum flowsync_standing of the uapi. */
#define FS_STANDING_COMPLETE	0x01	/* the receiver was told of all flows */
#define FS_STANDING_SYNCED	0x02	/* and of every change */
#define FS_STANDING_HANDOVER	0x04	/* the receiver is to become active */
#define FS_STANDING_HOLDS	0x08	/* the sender was told of all flows */
#define FS_STANDING_LEFT	0x10	/* it was active, and has flows left over */

/**
 * struct fs_standing - how a group stands with its sender
 * @id: of the group
 * @priority: of the sender in it
 * @flags: FS_STANDING_*; a receiver ignores those that it does not know
 */
struct fs_standing {
	u16 id;
	u8 priority;
	u8 flags;
};

/**
 * struct fs_control - a control datagram's parts that come once
 * @is_heartbeat: @heard is there
 * @has_ack: @ack is there
 * @has_groups: there is a group
 * @has_room: @room is there
 * @has_more: there is something about flows, of which there may be several
 * @heard: session of the receiver that its sender accepts, or 0
 * @state_seq: last state datagram that was sent to the receiver, or 0
 * @ack: what was received of the receiver's state channel
 * @room: of the sender's conntrack
 * @cookie: of the sender's handshake, 0 if it is not there
 * @print: of its pre-shared keys
 * @unknown: the option that had to be understood and is not known, or 0
 */
struct fs_control {
	bool is_heartbeat;
	bool has_ack;
	bool has_groups;
	bool has_room;
	bool has_more;
	u64 heard;
	u64 state_seq;
	struct fs_ack ack;
	struct fs_room room;
	u64 cookie;
	u32 print[2];
	u8 unknown;
};

/* Most octets of bits in an option. */
#define FS_ALIVE_OCTETS	251u

/**
 * struct fs_alive - flows that had packets
 * @first: slot of the first bit
 * @octets: length of @bits
 * @bits: by slot
 */
struct fs_alive {
	u32 first;
	u32 octets;
	u8 bits[FS_ALIVE_OCTETS];
};

/**
 * enum fs_alive_kind - the two options that say so
 * @FS_ALIVE_MOVED: in the second that is over
 * @FS_ALIVE_RESTED: in the one before that, and none since
 */
enum fs_alive_kind {
	FS_ALIVE_MOVED,
	FS_ALIVE_RESTED,
};

/**
 * enum fs_result_kind - the two options that carry results
 * @FS_RESULTS_TOLD: of installs of the receiver's flows
 * @FS_RESULTS_NOTED: the receiver's own, received
 */
enum fs_result_kind {
	FS_RESULTS_TOLD,
	FS_RESULTS_NOTED,
};

void fs_control_put_heard(struct fs_wr *w, u64 heard, u64 state_seq);
void fs_control_put_cookie(struct fs_wr *w, u64 cookie, const u32 print[2]);
void fs_control_put_group(struct fs_wr *w, const struct fs_group_view *g);
void fs_control_put_standings(struct fs_wr *w, const struct fs_standing *s,
			      unsigned int count);
void fs_control_put_ack(struct fs_wr *w, const struct fs_ack *ack);
void fs_control_put_needs(struct fs_wr *w, const u32 *slot, unsigned int count);
void fs_control_put_check(struct fs_wr *w, const struct fs_check *check);
void fs_control_put_answer(struct fs_wr *w, const struct fs_answer *answer);
bool fs_control_put_alive(struct fs_wr *w, enum fs_alive_kind kind,
			  struct fs_dirty *set);
void fs_control_put_room(struct fs_wr *w, const struct fs_room *room);
unsigned int fs_control_put_results(struct fs_wr *w, enum fs_result_kind kind,
				    const struct fs_result *result,
				    unsigned int count);
enum fs_wire_error fs_control_get(const struct fs_rd *r, struct fs_control *c);
bool fs_control_next_group(struct fs_rd *r, struct fs_group_view *g);
bool fs_control_next_standing(struct fs_rd *r, struct fs_rd *standings,
			      struct fs_standing *s);
bool fs_control_next_check(struct fs_rd *r, struct fs_check *check);
bool fs_control_next_answer(struct fs_rd *r, struct fs_answer *answer);
bool fs_control_next_need(struct fs_rd *r, struct fs_rd *needs, u32 *slot);
bool fs_control_next_alive(struct fs_rd *r, enum fs_alive_kind kind,
			   struct fs_alive *alive);
bool fs_control_next_result(struct fs_rd *r, struct fs_rd *results,
			    enum fs_result_kind kind, struct fs_result *result);

#endif /* _FLOWSYNC_CORE_CONTROL_H */
