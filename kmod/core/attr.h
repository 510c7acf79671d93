/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attributes: what few flows have, or what is told of a flow only later. On the
 * wire each is an option of a record, and in the shadow they are kept as they
 * came: type, length, value.
 *
 *	0x02 window	10	TCP: where the data of each direction ends, as
 *				far as known (4 + 4), and the exponents of the
 *				largest windows (1 + 1): at most 2^n octets,
 *				or 0, nothing was seen of the direction
 *	0x03 mark	4	the replicated bits
 *	0x04 labels	16	the same
 *	0x05 helper	1-15	its name
 *	0x06 sequence adjustment	24	per direction: position of the
 *				last correction, offset before, offset after
 *	0x07 synproxy	12	initial sequence number, initial timestamp,
 *				timestamp offset
 *	0x88 SCTP	9	state (1), verification tags (4 + 4)
 *	0x89 DCCP	11	state (1), roles (1 + 1), sequence number of
 *				the handshake (8)
 *	0x0a accounting	4-26	packets (below 2^42) and octets (below 2^49),
 *				original and reply: varints
 *	0x0b start	8	nanoseconds since 1970
 *	0x0c expectations 1-180	connections that its helper expects: expect.h
 *	0x0d master	13, 37	of a connection that was expected, the one that it
 *				was expected of: protocol (1), and its original
 *				source and destination (4 or 16 each), source
 *				and destination port (2 + 2)
 *	0x0e security mark 1-127 its context, as text
 *	0x0f timeouts	1-42	of its timeout policy: seconds, by state, as
 *				conntrack's tracker of the protocol numbers them:
 *				1 to 14 varints
 *
 * A record that carries state carries all attributes that the flow has then, each
 * once: one that is missing is gone.
 */
#ifndef _FLOWSYNC_CORE_ATTR_H
#define _FLOWSYNC_CORE_ATTR_H

#include "buf.h"
#include "tuple.h"
#include "wire.h"

#define FS_HELPER_NAME	16
#define FS_LABELS	16
/* A window is at most 65535 << 14. */
#define FS_WINDOW_MAX	30
/* Nothing was seen of the direction yet: its SYN is still to come. */
#define FS_WINDOW_UNKNOWN	0
#define FS_SCTP_STATE_MAX 9
#define FS_DCCP_STATE_MAX 7

/* What is counted stops there. */
#define FS_PACKETS_MAX	((1ull << 42) - 1)
#define FS_OCTETS_MAX	((1ull << 49) - 1)

/* Most octets of expectations, with the options of a security mark and of a timeout
 * policy: with them the longest record fits the smallest datagram.
 */
#define FS_EXPECTS_MAX	180
/* Longest context of a security mark, with its end. */
#define FS_SECMARK_MAX	128

/* Longest timeout a record may carry, seconds: what fits in jiffies32 at
 * HZ = 1000 with room to compare.
 */
#define FS_TIMEOUT_MAX	(1u << 20)
/* Most timeouts of a policy: of TCP. */
#define FS_TIMEOUTS	14

/* Most octets that all attributes of a flow can take. */
#define FS_ATTRS_MAX	376

/**
 * enum fs_attr - which attributes a flow has
 *
 * That of option n is bit n - 2.
 */
enum fs_attr {
	FS_ATTR_WINDOW		= 1 << 0,
	FS_ATTR_MARK		= 1 << 1,
	FS_ATTR_LABELS		= 1 << 2,
	FS_ATTR_HELPER		= 1 << 3,
	FS_ATTR_SEQADJ		= 1 << 4,
	FS_ATTR_SYNPROXY	= 1 << 5,
	FS_ATTR_SCTP		= 1 << 6,
	FS_ATTR_DCCP		= 1 << 7,
	FS_ATTR_ACCT		= 1 << 8,
	FS_ATTR_START		= 1 << 9,
	FS_ATTR_EXPECTS		= 1 << 10,
	FS_ATTR_MASTER		= 1 << 11,
	FS_ATTR_SECMARK		= 1 << 12,
	FS_ATTR_TIMEOUTS	= 1 << 13,
};

#define FS_ATTR_ALL	((FS_ATTR_TIMEOUTS << 1) - 1)
/* The bit of an attribute among the options of a record, and back. */
#define FS_ATTR_SHIFT	2

/**
 * struct fs_window - windows of a TCP connection, of each direction
 * @end: sequence number behind the last octet that was seen
 * @exp: its largest window was at most 1 << @exp octets; or FS_WINDOW_UNKNOWN, and
 *	then its @end is 0
 */
struct fs_window {
	u32 end[2];
	u8 exp[2];
};

/**
 * struct fs_seqadj - sequence adjustment of one direction
 * @pos: where the last correction was
 * @before: offset of what is before it, two's complement
 * @after: offset of what is behind it
 */
struct fs_seqadj {
	u32 pos;
	u32 before;
	u32 after;
};

/**
 * struct fs_synproxy - what the SYN proxy chose
 * @isn: initial sequence number
 * @its: initial timestamp
 * @tsoff: timestamp offset
 */
struct fs_synproxy {
	u32 isn;
	u32 its;
	u32 tsoff;
};

/**
 * struct fs_sctp - an SCTP association
 * @state: enum sctp_conntrack
 * @vtag: verification tags of the original and the reply direction
 */
struct fs_sctp {
	u8 state;
	u32 vtag[2];
};

/**
 * struct fs_dccp - a DCCP connection
 * @state: enum ct_dccp_states
 * @role: enum ct_dccp_roles, original and reply
 * @seq: sequence number of the handshake
 */
struct fs_dccp {
	u8 state;
	u8 role[2];
	u64 seq;
};

/**
 * struct fs_acct - accounting of one direction
 * @packets: packets
 * @octets: octets
 */
struct fs_acct {
	u64 packets;
	u64 octets;
};

/**
 * struct fs_expects - connections that a flow's helper expects
 * @age: seconds since they were told, which are to be taken off their timeouts
 * @len: octets
 * @octets: one after the other, see expect.h
 */
struct fs_expects {
	u32 age;
	u8 len;
	u8 octets[FS_EXPECTS_MAX];
};

/**
 * struct fs_master - the flow that another was expected of
 * @tuple: its original one
 * @family: FS_IPV4 or FS_IPV6
 * @proto: protocol number
 */
struct fs_master {
	struct fs_tuple tuple;
	u8 family;
	u8 proto;
};

/**
 * struct fs_timeouts - a timeout policy
 * @count: how many there are, not 0
 * @seconds: by state
 */
struct fs_timeouts {
	u8 count;
	u32 seconds[FS_TIMEOUTS];
};

/**
 * struct fs_attrs - attributes of a flow
 * @has: enum fs_attr bits; what is not among them is not to be read
 * @mark: the replicated bits
 * @window: TCP windows
 * @labels: the replicated bits
 * @helper: name, terminated
 * @seqadj: sequence adjustment, original and reply
 * @synproxy: what the SYN proxy chose
 * @sctp: of an SCTP association
 * @dccp: of a DCCP connection
 * @acct: accounting, original and reply
 * @start: nanoseconds since 1970
 * @expects: what its helper expects
 * @master: what it was expected of
 * @secmark: context of its security mark, terminated
 * @timeouts: of its timeout policy
 */
struct fs_attrs {
	u32 has;
	u32 mark;
	struct fs_window window;
	u8 labels[FS_LABELS];
	char helper[FS_HELPER_NAME];
	struct fs_seqadj seqadj[2];
	struct fs_synproxy synproxy;
	struct fs_sctp sctp;
	struct fs_dccp dccp;
	struct fs_acct acct[2];
	u64 start;
	struct fs_expects expects;
	struct fs_master master;
	char secmark[FS_SECMARK_MAX];
	struct fs_timeouts timeouts;
};

void fs_attrs_put(struct fs_wr *w, const struct fs_attrs *attrs);
enum fs_wire_error fs_attrs_get(struct fs_attrs *attrs, u8 type,
				struct fs_rd *value);
unsigned int fs_timeouts_len(const struct fs_timeouts *timeouts);
bool fs_attrs_valid(const struct fs_attrs *attrs, u8 family, u8 proto);
bool fs_attrs_equal(const struct fs_attrs *a, const struct fs_attrs *b);

#endif /* _FLOWSYNC_CORE_ATTR_H */
