/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flow records, the payload of the state channel. It begins with
 *
 *	group	varint	all records of the datagram are of this group
 *	epoch	varint	of the group, at the sender
 *
 * and goes on with records until its end. A record:
 *
 *	 7 6 5 4 3 2 1 0
 *	+-----+-+---+---+
 *	|proto|6|opt|typ|	typ: enum fs_record_type
 *	+-----+-+---+---+	opt: 1 if options follow, else 0
 *	slot	zigzag		less the previous record's (0 before the first)
 *	op	zigzag		less the previous record's (0 before the first)
 *	gen	varint		generation of the slot, not 0
 *
 * a delete ends here (no proto, no options). An update or a checkpoint:
 *
 *	number	octet		if proto is 4: the protocol number
 *	shape	octet		bits 0-2 status; in a checkpoint bits 3-6 say
 *				which parts of the reply tuple are not the
 *				inverse of the original's: source, source port,
 *				destination, destination port; bit 7 that the
 *				destination is that of the last checkpoint in
 *				the datagram that had one, and is left out
 *	tuple	8 or 32 octets	in a checkpoint: original source, destination,
 *		+ 4		source port, destination port
 *	nat	as shape says	in a checkpoint: those parts of the reply tuple
 *	tcp	3 octets	if proto is TCP: state; window scales (original
 *				in the low half); flags (the same)
 *	timeout	varint		seconds left when it was sent
 *	options	if the opt bit is set: their length, varint, then options:
 *		0x81 zone, length 3: id (2), dir (1); only in a checkpoint
 *		and those of attr.h
 *
 * A varint is the shortest LEB128 encoding; zigzag sends 0, -1, 1, -2 as varints
 * 0, 1, 2, 3. op is not 0, group 1 to 65535, timeout up to 2^20.
 *
 * The bit marked 6 says that the addresses are IPv6. proto: 1 TCP, 2 UDP,
 * 3 ICMP, of IPv6 if the addresses are, 4 any other; what is more is refused.
 */
#ifndef _FLOWSYNC_CORE_RECORD_H
#define _FLOWSYNC_CORE_RECORD_H

#include "attr.h"
#include "tuple.h"
#include "wire.h"

/* Most octets one record can take. */
#define FS_RECORD_MAX	459

/* Options of records that are understood, bit n for 0x00 + n and 0x80 + n, and
 * which of them have to be: the zone, and what a protocol's state is.
 */
#define FS_RECORD_OPTIONS	(1ull << 1 | (u64)FS_ATTR_ALL << FS_ATTR_SHIFT)
#define FS_RECORD_MANDATORY	(1ull << 1 | 1ull << 8 | 1ull << 9)

/* No option has the number 0: its bit says that destinations of replies may be left
 * out where they are those of a record before.
 */
#define FS_RECORD_REPEATS	1ull

/* All that can be understood of records. */
#define FS_RECORD_KNOWN		(FS_RECORD_OPTIONS | FS_RECORD_REPEATS)

/**
 * enum fs_record_type - what a record says of a flow
 * @FS_RECORD_CHECKPOINT: all of it
 * @FS_RECORD_UPDATE: what may change; the receiver has the checkpoint
 * @FS_RECORD_DELETE: it ended
 */
enum fs_record_type {
	FS_RECORD_CHECKPOINT = 1,
	FS_RECORD_UPDATE = 2,
	FS_RECORD_DELETE = 3,
};

/**
 * enum fs_status - status bits of a flow
 * @FS_STATUS_SEEN_REPLY: packets were seen in both directions
 * @FS_STATUS_ASSURED: not dropped early when the table is full
 * @FS_STATUS_FIXED_TIMEOUT: packets do not refresh the timeout
 */
enum fs_status {
	FS_STATUS_SEEN_REPLY	= 1 << 0,
	FS_STATUS_ASSURED	= 1 << 1,
	FS_STATUS_FIXED_TIMEOUT	= 1 << 2,
};

#define FS_STATUS_MASK	0x07

/* Which end of a flow is translated. */
#define FS_NAT_SRC	1u
#define FS_NAT_DST	2u

/* TCP flags of one direction that are replicated: IP_CT_TCP_FLAG_* of the
 * kernel's uapi, window scale, SACK permitted, close initiated, be liberal.
 */
#define FS_TCP_FLAGS	0x0f
/* Largest window scale, RFC 7323 section 2.3. */
#define FS_TCP_SCALE_MAX 14
/* States of enum tcp_conntrack, SYN_SENT (1) to SYN_SENT2 (9). */
#define FS_TCP_STATE_MIN 1
#define FS_TCP_STATE_MAX 9

/**
 * struct fs_tcp - what of TCP is replicated
 * @state: enum tcp_conntrack
 * @scale: window scale, original and reply
 * @flags: FS_TCP_FLAGS, original and reply
 *
 * The scale is only in the SYN, so it has to be told. The windows themselves
 * change with every packet: where they are now and then is an attribute.
 */
struct fs_tcp {
	u8 state;
	u8 scale[2];
	u8 flags[2];
};

/**
 * struct fs_zone - conntrack zone of a flow
 * @id: zone id, 0 is the default zone
 * @dir: bit 0 in effect for original, bit 1 for reply
 */
struct fs_zone {
	u16 id;
	u8 dir;
};

/* In a second. */
#define FS_TENTHS	10u

/**
 * struct fs_state - the replicated state of one flow
 * @tuple: original and reply
 * @family: FS_IPV4 or FS_IPV6
 * @proto: protocol number
 * @status: enum fs_status bits
 * @timeout: seconds left
 * @rounded: by how many tenths of a second that is more than is left, if it is known
 * @tcp: if @proto is FS_TCP
 * @zone: conntrack zone
 * @attrs: what few flows have
 */
struct fs_state {
	struct fs_tuple tuple[2];
	u8 family;
	u8 proto;
	u8 status;
	struct fs_tcp tcp;
	struct fs_zone zone;
	u32 timeout;
	u8 rounded;
	/* Last: it is long, and what a flow does not have is not set. */
	struct fs_attrs attrs;
};

/**
 * struct fs_record - one record
 * @type: enum fs_record_type
 * @slot: of the flow at its origin
 * @gen: generation of the slot, raised each time it is used again, not 0
 * @op: op id of the flow's last change
 * @state: of a checkpoint all, of an update @proto, @status, @timeout, @tcp and
 *	@attrs, of a delete nothing
 */
struct fs_record {
	u8 type;
	u32 slot;
	u32 gen;
	u64 op;
	struct fs_state state;
};

/**
 * struct fs_batch - records on their way into, or out of, one datagram
 * @group: of all of them
 * @epoch: of the group
 * @slot: of the record before
 * @op: of the record before
 * @count: records so far
 * @repeats: what is repeated is left out; of a writer
 * @via_family: of @via, 0 as long as there is none
 * @via: destination of the last reply tuple that was told one. Where sources are
 *	translated it is the router's address, in one record as in the next
 * @ignore: of FS_RECORD_KNOWN, what is not known, as to a version before; set by a
 *	reader behind fs_batch_open()
 * @unknown: to a reader, the option that had to be understood and is not known
 */
struct fs_batch {
	u32 group;
	u64 epoch;
	u32 slot;
	u64 op;
	u32 count;
	bool repeats;
	u8 via_family;
	struct fs_addr via;
	u64 ignore;
	u8 unknown;
};

void fs_batch_begin(struct fs_batch *b, struct fs_wr *w, u32 group, u64 epoch,
		    u64 known);
bool fs_batch_put(struct fs_batch *b, struct fs_wr *w,
		  const struct fs_record *rec);
enum fs_wire_error fs_batch_open(struct fs_batch *b, struct fs_rd *r);
enum fs_wire_error fs_batch_next(struct fs_batch *b, struct fs_rd *r,
				 struct fs_record *rec);

u64 fs_record_lower(struct fs_record *rec, u64 known);
bool fs_state_valid(const struct fs_state *s);
unsigned int fs_state_nat(const struct fs_state *s);

#endif /* _FLOWSYNC_CORE_RECORD_H */
