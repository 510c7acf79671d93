/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tuples of a flow as the shadow keeps them: the original one, and of the reply
 * only what is not the original's turned round. Most flows are not translated, and
 * of most that are one address and one port differ.
 *
 * The ends of a tuple are in order, the lower first, and a bit says whether they had
 * to be turned. So both tuples of a flow that is not translated are the same words,
 * found under one hash.
 */
#ifndef _FLOWSYNC_CORE_PACKED_H
#define _FLOWSYNC_CORE_PACKED_H

#include "record.h"

/**
 * enum fs_shape - what there is of a packed flow
 * @FS_SHAPE_IPV6: addresses are of 16 octets, else of 4
 * @FS_SHAPE_TURNED: the destination of the original tuple is in front
 * @FS_SHAPE_SRC: the reply's source is not the original's destination
 * @FS_SHAPE_DST: its destination is not the original's source
 * @FS_SHAPE_SPORT: the same of its ports
 * @FS_SHAPE_DPORT: the same
 * @FS_SHAPE_ZONE_ORIGINAL: there is a zone, in effect for the original direction
 * @FS_SHAPE_ZONE_REPLY: and for the reply
 */
enum fs_shape {
	FS_SHAPE_IPV6		= 1 << 0,
	FS_SHAPE_TURNED		= 1 << 1,
	FS_SHAPE_SRC		= 1 << 2,
	FS_SHAPE_DST		= 1 << 3,
	FS_SHAPE_SPORT		= 1 << 4,
	FS_SHAPE_DPORT		= 1 << 5,
	FS_SHAPE_ZONE_ORIGINAL	= 1 << 6,
	FS_SHAPE_ZONE_REPLY	= 1 << 7,
};

#define FS_SHAPE_TRANSLATED	(FS_SHAPE_SRC | FS_SHAPE_DST | \
				 FS_SHAPE_SPORT | FS_SHAPE_DPORT)
#define FS_SHAPE_ZONE		(FS_SHAPE_ZONE_ORIGINAL | FS_SHAPE_ZONE_REPLY)

/* Words of a tuple: two addresses, and both ports in one. */
#define FS_TUPLE_WORDS		9
/* Of a flow: those, two other addresses, two other ports, and a zone. */
#define FS_PACKED_WORDS		(FS_TUPLE_WORDS + 8 + 1 + 1)

/**
 * struct fs_packed - tuples, protocol and zone of a flow
 * @port: the reply's port that differs, if only one does
 * @shape: enum fs_shape
 * @proto: protocol number
 * @words: the original tuple in order, then what else there is: the reply's source,
 *	its destination, both its ports if both differ, and the zone
 */
struct fs_packed {
	u16 port;
	u8 shape;
	u8 proto;
	u32 words[];
};

/**
 * struct fs_packed_key - a tuple, by which a flow is looked up
 * @zone: effective in its direction
 * @proto: protocol number
 * @shape: of FS_SHAPE_IPV6 and FS_SHAPE_TURNED
 * @words: its ends in order, then their ports; as many as fs_tuple_words() says
 */
struct fs_packed_key {
	u16 zone;
	u8 proto;
	u8 shape;
	u32 words[FS_TUPLE_WORDS];
};

/**
 * struct fs_packed_tcp - what of TCP is replicated
 * @state: as in struct fs_tcp
 * @scale: both, the original's in the lower half
 * @flags: as in struct fs_tcp
 */
struct fs_packed_tcp {
	u8 state;
	u8 scale;
	u8 flags[2];
};

/**
 * fs_tuple_words - how long a packed tuple is
 * @shape: enum fs_shape
 *
 * Return: the number of words.
 */
static inline unsigned int fs_tuple_words(u8 shape)
{
	return shape & FS_SHAPE_IPV6 ? 9 : 3;
}

/**
 * fs_shape_twice - whether a flow is looked up by its reply tuple apart
 * @shape: enum fs_shape
 *
 * Return: false if both tuples are the same words, in the same zone.
 */
static inline bool fs_shape_twice(u8 shape)
{
	u8 zone = shape & FS_SHAPE_ZONE;

	return shape & FS_SHAPE_TRANSLATED || (zone && zone != FS_SHAPE_ZONE);
}

/**
 * fs_tcp_pack - keep what of TCP is replicated
 * @tcp: the state, its scales at most FS_TCP_SCALE_MAX
 *
 * Return: the same, packed.
 */
static inline struct fs_packed_tcp fs_tcp_pack(const struct fs_tcp *tcp)
{
	return (struct fs_packed_tcp) {
		.state = tcp->state,
		.scale = (u8)(tcp->scale[1] << 4 | (tcp->scale[0] & 0xf)),
		.flags = { tcp->flags[0], tcp->flags[1] },
	};
}

/**
 * fs_tcp_unpack - what of TCP was kept
 * @packed: by fs_tcp_pack()
 *
 * Return: the state.
 */
static inline struct fs_tcp fs_tcp_unpack(const struct fs_packed_tcp *packed)
{
	return (struct fs_tcp) {
		.state = packed->state,
		.scale = { packed->scale & 0xf, packed->scale >> 4 },
		.flags = { packed->flags[0], packed->flags[1] },
	};
}

u8 fs_shape_of(const struct fs_state *state);
unsigned int fs_packed_words(u8 shape);
void fs_pack(struct fs_packed *packed, u8 shape, const struct fs_state *state,
	     const struct fs_packed_key *key);
void fs_unpack(struct fs_state *state, const struct fs_packed *packed);
bool fs_packed_same(const struct fs_packed *packed,
		    const struct fs_state *state);
void fs_packed_key(struct fs_packed_key *key, u8 family, u8 proto, u16 zone,
		   const struct fs_tuple *tuple);
void fs_packed_reply(struct fs_packed_key *key, const struct fs_packed *packed);
bool fs_packed_is(const struct fs_packed *packed, unsigned int dir,
		  const struct fs_packed_key *key);
u16 fs_packed_zone(const struct fs_packed *packed, unsigned int dir);

#endif /* _FLOWSYNC_CORE_PACKED_H */
