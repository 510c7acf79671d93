// SPDX-License-Identifier: GPL-2.0
#include "packed.h"

/* Words of an address. What goes over these is inline in a branch for each family, so
 * that the compiler knows how many there are.
 */
#define WORDS4	1u
#define WORDS6	4u

/**
 * struct ends - a tuple, its addresses where they are kept
 * @src: source address, WORDS4 or WORDS6 of it
 * @dst: destination address
 * @sport: source port
 * @dport: destination port
 */
struct ends {
	const u32 *src;
	const u32 *dst;
	u16 sport;
	u16 dport;
};

static unsigned int addr_words(u8 shape)
{
	return shape & FS_SHAPE_IPV6 ? WORDS6 : WORDS4;
}

static u32 ports_word(u16 first, u16 second)
{
	return (u32)first << 16 | second;
}

static bool has_ports(u8 shape)
{
	return (shape & FS_SHAPE_SPORT) && (shape & FS_SHAPE_DPORT);
}

static bool same_words(const u32 *a, const u32 *b, unsigned int count)
{
	/* What differs most is the last. */
	while (count--)
		if (a[count] != b[count])
			return false;
	return true;
}

/* Whether the second end is the lower one. What the order is does not matter, if it is
 * always the same.
 */
static __always_inline bool is_turned(const struct ends *e, unsigned int len)
{
	unsigned int i;

	for (i = len; i--;)
		if (e->src[i] != e->dst[i])
			return e->src[i] > e->dst[i];
	return e->sport > e->dport;
}

/* Put the ends of a tuple in order. Returns FS_SHAPE_TURNED if they had to be turned,
 * or 0.
 */
static __always_inline u8 put_ordered(u32 *words, const struct ends *e,
				      unsigned int len)
{
	if (is_turned(e, len)) {
		memcpy(words, e->dst, len * sizeof(*words));
		memcpy(words + len, e->src, len * sizeof(*words));
		words[2 * len] = ports_word(e->dport, e->sport);
		return FS_SHAPE_TURNED;
	}
	memcpy(words, e->src, len * sizeof(*words));
	memcpy(words + len, e->dst, len * sizeof(*words));
	words[2 * len] = ports_word(e->sport, e->dport);
	return 0;
}

/* The ends of a tuple, with room for its addresses. */
static __always_inline u8 put_tuple(u32 *words, const struct fs_tuple *tuple,
				    unsigned int len)
{
	u32 src[WORDS6], dst[WORDS6];
	struct ends e = {
		.src = src,
		.dst = dst,
		.sport = tuple->sport,
		.dport = tuple->dport,
	};

	memcpy(src, tuple->src.octets, len * sizeof(*src));
	memcpy(dst, tuple->dst.octets, len * sizeof(*dst));
	return put_ordered(words, &e, len);
}

/* Of a flow that is kept: the ends of its original tuple. */
static __always_inline void original_ends(struct ends *e,
					  const struct fs_packed *packed,
					  unsigned int len)
{
	u32 ports = packed->words[2 * len];

	if (packed->shape & FS_SHAPE_TURNED) {
		e->src = packed->words + len;
		e->dst = packed->words;
		e->sport = (u16)ports;
		e->dport = (u16)(ports >> 16);
	} else {
		e->src = packed->words;
		e->dst = packed->words + len;
		e->sport = (u16)(ports >> 16);
		e->dport = (u16)ports;
	}
}

/* And of its reply tuple. */
static __always_inline void reply_ends(struct ends *e,
				       const struct fs_packed *packed,
				       unsigned int len)
{
	const u32 *words = packed->words + 2 * len + 1;
	u8 shape = packed->shape;
	struct ends orig;

	original_ends(&orig, packed, len);
	e->src = orig.dst;
	e->dst = orig.src;
	e->sport = orig.dport;
	e->dport = orig.sport;
	if (shape & FS_SHAPE_SRC) {
		e->src = words;
		words += len;
	}
	if (shape & FS_SHAPE_DST) {
		e->dst = words;
		words += len;
	}
	if (has_ports(shape)) {
		e->sport = (u16)(*words >> 16);
		e->dport = (u16)*words;
	} else if (shape & FS_SHAPE_SPORT) {
		e->sport = packed->port;
	} else if (shape & FS_SHAPE_DPORT) {
		e->dport = packed->port;
	}
}

static __always_inline void get_tuple(struct fs_tuple *tuple,
				      const struct ends *e, unsigned int len)
{
	memcpy(tuple->src.octets, e->src, len * sizeof(*e->src));
	memcpy(tuple->dst.octets, e->dst, len * sizeof(*e->dst));
	tuple->sport = e->sport;
	tuple->dport = e->dport;
}

static __always_inline u8 differs(const struct fs_tuple *orig,
				  const struct fs_tuple *reply,
				  unsigned int len)
{
	u8 shape = 0;

	if (memcmp(reply->src.octets, orig->dst.octets, len * sizeof(u32)))
		shape |= FS_SHAPE_SRC;
	if (memcmp(reply->dst.octets, orig->src.octets, len * sizeof(u32)))
		shape |= FS_SHAPE_DST;
	if (reply->sport != orig->dport)
		shape |= FS_SHAPE_SPORT;
	if (reply->dport != orig->sport)
		shape |= FS_SHAPE_DPORT;
	return shape;
}

/**
 * fs_shape_of - what there is to be kept of a flow
 * @state: the flow
 *
 * Return: enum fs_shape, all but FS_SHAPE_TURNED.
 */
u8 fs_shape_of(const struct fs_state *state)
{
	u8 shape;

	if (state->family == FS_IPV6)
		shape = FS_SHAPE_IPV6 |
			differs(&state->tuple[0], &state->tuple[1], WORDS6);
	else
		shape = differs(&state->tuple[0], &state->tuple[1], WORDS4);
	if (state->zone.dir & 1)
		shape |= FS_SHAPE_ZONE_ORIGINAL;
	if (state->zone.dir & 2)
		shape |= FS_SHAPE_ZONE_REPLY;
	return shape;
}

/**
 * fs_packed_words - how many words a packed flow has
 * @shape: enum fs_shape
 *
 * Return: the length of fs_packed.words.
 */
unsigned int fs_packed_words(u8 shape)
{
	unsigned int words = fs_tuple_words(shape);

	if (shape & FS_SHAPE_SRC)
		words += addr_words(shape);
	if (shape & FS_SHAPE_DST)
		words += addr_words(shape);
	if (has_ports(shape))
		words++;
	if (shape & FS_SHAPE_ZONE)
		words++;
	return words;
}

/**
 * fs_pack - keep the tuples, the protocol and the zone of a flow
 * @packed: result; has fs_packed_words() words
 * @shape: fs_shape_of() it
 * @state: the flow
 * @key: fs_packed_key() of its original tuple
 */
void fs_pack(struct fs_packed *packed, u8 shape, const struct fs_state *state,
	     const struct fs_packed_key *key)
{
	const struct fs_tuple *reply = &state->tuple[1];
	unsigned int len = addr_words(shape);
	u32 *words = packed->words;

	packed->proto = key->proto;
	packed->port = 0;
	packed->shape = shape | key->shape;
	memcpy(words, key->words, fs_tuple_words(shape) * sizeof(*words));
	words += fs_tuple_words(shape);
	if (shape & FS_SHAPE_SRC) {
		memcpy(words, reply->src.octets, len * sizeof(*words));
		words += len;
	}
	if (shape & FS_SHAPE_DST) {
		memcpy(words, reply->dst.octets, len * sizeof(*words));
		words += len;
	}
	if (has_ports(shape))
		*words++ = ports_word(reply->sport, reply->dport);
	else if (shape & FS_SHAPE_SPORT)
		packed->port = reply->sport;
	else if (shape & FS_SHAPE_DPORT)
		packed->port = reply->dport;
	if (shape & FS_SHAPE_ZONE)
		*words = state->zone.id;
}

/* The id of its zone, wherever that is in effect. */
static u16 zone_id(const struct fs_packed *packed)
{
	u8 shape = packed->shape;

	return shape & FS_SHAPE_ZONE ?
	       (u16)packed->words[fs_packed_words(shape) - 1] : 0;
}

/**
 * fs_packed_zone - the zone that is effective in a direction
 * @packed: the flow
 * @dir: 0 for original, 1 for reply
 *
 * Return: its id.
 */
u16 fs_packed_zone(const struct fs_packed *packed, unsigned int dir)
{
	return packed->shape & FS_SHAPE_ZONE_ORIGINAL << dir ?
	       zone_id(packed) : 0;
}

static __always_inline void get_tuples(struct fs_state *state,
				       const struct fs_packed *packed,
				       unsigned int len)
{
	struct ends e;

	original_ends(&e, packed, len);
	get_tuple(&state->tuple[0], &e, len);
	reply_ends(&e, packed, len);
	get_tuple(&state->tuple[1], &e, len);
}

/**
 * fs_unpack - the tuples, the protocol and the zone of a flow
 * @state: result; what else it has is left as it is
 * @packed: the flow
 */
void fs_unpack(struct fs_state *state, const struct fs_packed *packed)
{
	u8 shape = packed->shape;

	memset(state->tuple, 0, sizeof(state->tuple));
	if (shape & FS_SHAPE_IPV6)
		get_tuples(state, packed, WORDS6);
	else
		get_tuples(state, packed, WORDS4);
	state->family = shape & FS_SHAPE_IPV6 ? FS_IPV6 : FS_IPV4;
	state->proto = packed->proto;
	state->zone.id = zone_id(packed);
	state->zone.dir = (shape & FS_SHAPE_ZONE_ORIGINAL ? 1 : 0) |
			  (shape & FS_SHAPE_ZONE_REPLY ? 2 : 0);
}

/**
 * fs_packed_same - whether a flow is the same connection, translated in the same way
 *	and in the same zone
 * @packed: the flow
 * @state: the other one
 *
 * Return: true if it is.
 */
bool fs_packed_same(const struct fs_packed *packed,
		    const struct fs_state *state)
{
	struct {
		struct fs_packed packed;
		u32 words[FS_PACKED_WORDS];
	} other;
	struct fs_packed_key key;
	u8 shape = fs_shape_of(state);

	/* Of another length, or it cannot be. */
	if ((packed->shape & ~FS_SHAPE_TURNED) != shape)
		return false;
	fs_packed_key(&key, state->family, state->proto, 0, &state->tuple[0]);
	fs_pack(&other.packed, shape, state, &key);
	return !memcmp(packed, &other.packed, sizeof(*packed) +
		       fs_packed_words(shape) * sizeof(u32));
}

/**
 * fs_packed_key - what a flow is looked up by
 * @key: result
 * @family: FS_IPV4 or FS_IPV6
 * @proto: protocol number
 * @zone: effective in the direction of the tuple
 * @tuple: the tuple
 */
void fs_packed_key(struct fs_packed_key *key, u8 family, u8 proto, u16 zone,
		   const struct fs_tuple *tuple)
{
	key->zone = zone;
	key->proto = proto;
	if (family == FS_IPV6)
		key->shape = FS_SHAPE_IPV6 |
			     put_tuple(key->words, tuple, WORDS6);
	else
		key->shape = put_tuple(key->words, tuple, WORDS4);
}

/**
 * fs_packed_reply - what a flow is looked up by from its other end
 * @key: result
 * @packed: the flow
 */
void fs_packed_reply(struct fs_packed_key *key, const struct fs_packed *packed)
{
	struct ends e;

	key->zone = fs_packed_zone(packed, 1);
	key->proto = packed->proto;
	if (packed->shape & FS_SHAPE_IPV6) {
		reply_ends(&e, packed, WORDS6);
		key->shape = FS_SHAPE_IPV6 | put_ordered(key->words, &e, WORDS6);
	} else {
		reply_ends(&e, packed, WORDS4);
		key->shape = put_ordered(key->words, &e, WORDS4);
	}
}

/* Whether a tuple is the reply of a flow that is found by that. */
static __always_inline bool is_reply(const struct fs_packed *packed,
				     const struct fs_packed_key *key,
				     unsigned int len)
{
	bool turned = key->shape & FS_SHAPE_TURNED;
	struct ends e;

	reply_ends(&e, packed, len);
	if (key->words[2 * len] != (turned ? ports_word(e.dport, e.sport) :
					     ports_word(e.sport, e.dport)))
		return false;
	return same_words(key->words, turned ? e.dst : e.src, len) &&
	       same_words(key->words + len, turned ? e.src : e.dst, len) &&
	       key->zone == fs_packed_zone(packed, 1);
}

/**
 * fs_packed_is - whether a flow is found by a key
 * @packed: the flow
 * @dir: by which of its tuples: 0 for the original, 1 for the reply; by the original
 *	it is found from both ends unless fs_shape_twice()
 * @key: the key
 *
 * Return: true if it is.
 */
bool fs_packed_is(const struct fs_packed *packed, unsigned int dir,
		  const struct fs_packed_key *key)
{
	u8 shape = packed->shape;

	if (((shape ^ key->shape) & FS_SHAPE_IPV6) ||
	    packed->proto != key->proto)
		return false;
	if (dir)
		return shape & FS_SHAPE_IPV6 ? is_reply(packed, key, WORDS6) :
					       is_reply(packed, key, WORDS4);
	return same_words(packed->words, key->words, fs_tuple_words(shape)) &&
	       fs_packed_zone(packed, 0) == key->zone &&
	       (!fs_shape_twice(shape) ||
		!((shape ^ key->shape) & FS_SHAPE_TURNED));
}
