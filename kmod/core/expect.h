/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Expectations: connections that a flow's helper knows to be coming, as the flow's
 * packets announced them. One after the other, each:
 *
 *	what	octet		enum fs_expect_what
 *	how	octet		bits 0-2 flags, bits 4-5 class at the helper
 *	proto	octet		protocol number, not 0
 *	source		4 or 16	as far as it is known; the family is the flow's
 *	source port	2	the same
 *	their masks	4 or 16, 2	unless they are all ones, of those there are
 *	destination	4 or 16
 *	destination port 2
 *	saved address	4 or 16	to translate to
 *	saved port	2	the same
 *	helper	1 + 1-15	name, with its length: of that of the new connection
 *	function 1 + 0-23	name of what sets up the new connection; if there
 *				is none in it, that of the expectation before
 *	timeout	varint		seconds left
 */
#ifndef _FLOWSYNC_CORE_EXPECT_H
#define _FLOWSYNC_CORE_EXPECT_H

#include "attr.h"

/* Longest name of a function, with its end. */
#define FS_EXPECT_FN	24
/* Flags, those of enum nf_ct_expect_flags that ctnetlink shows: permanent,
 * inactive, userspace.
 */
#define FS_EXPECT_FLAGS	0x07
/* Largest class. */
#define FS_EXPECT_CLASS	3

/**
 * enum fs_expect_what - what there is of an expectation
 * @FS_EXPECT_SRC: source address
 * @FS_EXPECT_SPORT: source port
 * @FS_EXPECT_MASK: the masks of those
 * @FS_EXPECT_ADDR: saved address
 * @FS_EXPECT_PORT: saved port
 * @FS_EXPECT_REPLY: the direction that it comes in is the reply's
 * @FS_EXPECT_HELPER: helper
 * @FS_EXPECT_NAME: function, another than that of the expectation before
 */
enum fs_expect_what {
	FS_EXPECT_SRC		= 1 << 0,
	FS_EXPECT_SPORT		= 1 << 1,
	FS_EXPECT_MASK		= 1 << 2,
	FS_EXPECT_ADDR		= 1 << 3,
	FS_EXPECT_PORT		= 1 << 4,
	FS_EXPECT_REPLY		= 1 << 5,
	FS_EXPECT_HELPER	= 1 << 6,
	FS_EXPECT_NAME		= 1 << 7,
};

/**
 * struct fs_expect - one expectation
 * @tuple: of the packet that is expected
 * @mask: which bits of the source address count
 * @saved: address to translate to, or 0
 * @port_mask: which bits of the source port count
 * @saved_port: port to translate to, or 0
 * @timeout: seconds left
 * @proto: protocol number
 * @flags: FS_EXPECT_FLAGS
 * @class: at the helper
 * @dir: direction of the flow, 0 original, 1 reply
 * @helper: name of the helper of the new connection, empty if it has none
 * @fn: name of what sets it up, empty if nothing does
 */
struct fs_expect {
	struct fs_tuple tuple;
	struct fs_addr mask;
	struct fs_addr saved;
	u16 port_mask;
	u16 saved_port;
	u32 timeout;
	u8 proto;
	u8 flags;
	u8 class;
	u8 dir;
	char helper[FS_HELPER_NAME];
	char fn[FS_EXPECT_FN];
};

/**
 * struct fs_expect_cursor - where in a list of expectations
 * @r: what is left to read
 * @family: of the flow
 * @fn: name of the last function
 */
struct fs_expect_cursor {
	struct fs_rd r;
	u8 family;
	char fn[FS_EXPECT_FN];
};

unsigned int fs_expects_room(const struct fs_attrs *attrs);
void fs_expects_begin(struct fs_expect_cursor *c,
		      const struct fs_expects *expects, u8 family);
bool fs_expects_next(struct fs_expect_cursor *c, struct fs_expect *e);
bool fs_expects_valid(const struct fs_expects *expects, u8 family);
bool fs_expects_add(struct fs_attrs *attrs, struct fs_expect_cursor *c,
		    const struct fs_expect *e);

#endif /* _FLOWSYNC_CORE_EXPECT_H */
