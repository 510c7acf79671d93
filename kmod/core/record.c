// SPDX-License-Identifier: GPL-2.0
#include "record.h"

/* First octet of a record. */
#define REC_TYPE	0x03
#define REC_OPTIONS	0x04
#define REC_UNUSED	0x08
#define REC_IPV6	0x10
#define REC_CLASS_SHIFT	5

/* Class of a record: which protocol. */
enum fs_class {
	FS_CLASS_NONE,		/* delete */
	FS_CLASS_TCP,
	FS_CLASS_UDP,
	FS_CLASS_ICMP,		/* ICMPv6 if the addresses are IPv6 */
	FS_CLASS_OTHER,		/* its number follows */
};

/* Second part of the shape octet, above FS_STATUS_MASK. */
enum fs_shape {
	FS_SHAPE_RSRC	= 1 << 3,
	FS_SHAPE_RSPORT	= 1 << 4,
	FS_SHAPE_RDST	= 1 << 5,
	FS_SHAPE_RDPORT	= 1 << 6,
	FS_SHAPE_REPEAT	= 1 << 7,	/* of the destination, FS_SHAPE_RDST */
};

/* Options of a record. */
#define FS_REC_OPT_ZONE	(FS_OPT_MANDATORY | 0x01)	/* id (2), dir (1) */
/* With its type and length. */
#define ZONE_OPT_LEN	5

static enum fs_class class_of(u8 proto)
{
	switch (proto) {
	case FS_TCP:
		return FS_CLASS_TCP;
	case FS_UDP:
		return FS_CLASS_UDP;
	case FS_ICMP:
	case FS_ICMPV6:
		return FS_CLASS_ICMP;
	default:
		return FS_CLASS_OTHER;
	}
}

/* Protocol of a record; 0 if there is none. */
static u8 get_proto(struct fs_rd *r, enum fs_class class, u8 family)
{
	u8 proto;

	switch (class) {
	case FS_CLASS_TCP:
		return FS_TCP;
	case FS_CLASS_UDP:
		return FS_UDP;
	case FS_CLASS_ICMP:
		return family == FS_IPV6 ? FS_ICMPV6 : FS_ICMP;
	case FS_CLASS_OTHER:
		proto = (u8)fs_rd_uint(r, 1);
		return class_of(proto) == FS_CLASS_OTHER ? proto : 0;
	default:
		return 0;
	}
}

static bool tcp_valid(const struct fs_tcp *tcp)
{
	return tcp->state >= FS_TCP_STATE_MIN &&
	       tcp->state <= FS_TCP_STATE_MAX &&
	       tcp->scale[0] <= FS_TCP_SCALE_MAX &&
	       tcp->scale[1] <= FS_TCP_SCALE_MAX &&
	       !(tcp->flags[0] & ~FS_TCP_FLAGS) &&
	       !(tcp->flags[1] & ~FS_TCP_FLAGS);
}

/* Whether what an address does not use is zero. */
static bool addr_valid(const struct fs_addr *addr, u8 family)
{
	return family != FS_IPV4 ||
	       !(get_unaligned_be32(addr->octets + 4) |
		 get_unaligned_be64(addr->octets + 8));
}

/**
 * fs_state_valid - whether a flow's state can be replicated
 * @s: the state
 *
 * Return: true if its family, protocol, tuples, TCP state and timeout are ones
 * that a record can carry and a receiver can install.
 */
bool fs_state_valid(const struct fs_state *s)
{
	struct fs_tuple inverse;
	unsigned int dir;

	if (!fs_addr_len(s->family))
		return false;
	for (dir = 0; dir < 2; dir++)
		if (!addr_valid(&s->tuple[dir].src, s->family) ||
		    !addr_valid(&s->tuple[dir].dst, s->family))
			return false;
	if (s->proto == (s->family == FS_IPV4 ? FS_ICMPV6 : FS_ICMP))
		return false;
	if (!s->proto || !fs_attrs_valid(&s->attrs, s->family, s->proto))
		return false;
	if (!fs_tuple_invert(&inverse, &s->tuple[0], s->proto))
		return false;
	if (class_of(s->proto) == FS_CLASS_ICMP &&
	    s->tuple[1].dport != inverse.dport)
		return false;
	if (s->status & ~FS_STATUS_MASK || s->timeout > FS_TIMEOUT_MAX)
		return false;
	if (s->zone.dir & ~3 || (s->zone.id && !s->zone.dir))
		return false;
	return s->proto != FS_TCP || tcp_valid(&s->tcp);
}

static u8 reply_shape(const struct fs_tuple *inverse,
		      const struct fs_tuple *reply)
{
	u8 shape = 0;

	if (memcmp(&inverse->src, &reply->src, sizeof(reply->src)))
		shape |= FS_SHAPE_RSRC;
	if (inverse->sport != reply->sport)
		shape |= FS_SHAPE_RSPORT;
	if (memcmp(&inverse->dst, &reply->dst, sizeof(reply->dst)))
		shape |= FS_SHAPE_RDST;
	if (inverse->dport != reply->dport)
		shape |= FS_SHAPE_RDPORT;
	return shape;
}

/**
 * fs_state_nat - which end of a flow is translated
 * @s: the flow
 *
 * Return: FS_NAT_SRC, FS_NAT_DST, both or 0.
 */
unsigned int fs_state_nat(const struct fs_state *s)
{
	struct fs_tuple plain;
	unsigned int nat = 0;
	u8 shape;

	fs_tuple_invert(&plain, &s->tuple[0], s->proto);
	shape = reply_shape(&plain, &s->tuple[1]);
	/* The source of the original is the destination of the reply, but for
	 * the identifier of ICMP, which is in the source of both.
	 */
	if (class_of(s->proto) == FS_CLASS_ICMP) {
		if (shape & (FS_SHAPE_RDST | FS_SHAPE_RSPORT))
			nat |= FS_NAT_SRC;
		if (shape & FS_SHAPE_RSRC)
			nat |= FS_NAT_DST;
		return nat;
	}
	if (shape & (FS_SHAPE_RDST | FS_SHAPE_RDPORT))
		nat |= FS_NAT_SRC;
	if (shape & (FS_SHAPE_RSRC | FS_SHAPE_RSPORT))
		nat |= FS_NAT_DST;
	return nat;
}

static void put_tuples(struct fs_wr *w, const struct fs_state *s, u8 shape)
{
	const struct fs_tuple *orig = &s->tuple[0], *reply = &s->tuple[1];
	unsigned int alen = fs_addr_len(s->family);

	fs_wr_bytes(w, orig->src.octets, alen);
	fs_wr_bytes(w, orig->dst.octets, alen);
	fs_wr_uint(w, orig->sport, 2);
	fs_wr_uint(w, orig->dport, 2);
	if (shape & FS_SHAPE_RSRC)
		fs_wr_bytes(w, reply->src.octets, alen);
	if (shape & FS_SHAPE_RSPORT)
		fs_wr_uint(w, reply->sport, 2);
	if ((shape & (FS_SHAPE_RDST | FS_SHAPE_REPEAT)) == FS_SHAPE_RDST)
		fs_wr_bytes(w, reply->dst.octets, alen);
	if (shape & FS_SHAPE_RDPORT)
		fs_wr_uint(w, reply->dport, 2);
}

/* Whether the destination of the reply is the last one that was told. */
static bool repeated(const struct fs_batch *b, const struct fs_state *s, u8 shape)
{
	return shape & FS_SHAPE_RDST && b->via_family == s->family &&
	       !memcmp(&b->via, &s->tuple[1].dst, sizeof(b->via));
}

static void remember(struct fs_batch *b, const struct fs_state *s, u8 shape)
{
	if (!(shape & FS_SHAPE_RDST))
		return;
	b->via_family = s->family;
	b->via = s->tuple[1].dst;
}

/* Whether a reader has what the shape leaves out. */
static bool can_repeat(const struct fs_batch *b, u8 family, u8 shape)
{
	return !(shape & FS_SHAPE_REPEAT) ||
	       (shape & FS_SHAPE_RDST && b->via_family == family &&
		!(b->ignore & FS_RECORD_REPEATS));
}

/* The tuples are zeroed: what an IPv4 address does not use stays so. */
static bool get_tuples(struct fs_batch *b, struct fs_rd *r, struct fs_state *s,
		       u8 shape)
{
	struct fs_tuple *orig = &s->tuple[0], *reply = &s->tuple[1];
	unsigned int alen = fs_addr_len(s->family);

	fs_rd_bytes(r, orig->src.octets, alen);
	fs_rd_bytes(r, orig->dst.octets, alen);
	orig->sport = (u16)fs_rd_uint(r, 2);
	orig->dport = (u16)fs_rd_uint(r, 2);
	if (!fs_tuple_invert(reply, orig, s->proto))
		return false;
	if (shape & FS_SHAPE_RSRC)
		fs_rd_bytes(r, reply->src.octets, alen);
	if (shape & FS_SHAPE_RSPORT)
		reply->sport = (u16)fs_rd_uint(r, 2);
	if (shape & FS_SHAPE_REPEAT)
		reply->dst = b->via;
	else if (shape & FS_SHAPE_RDST)
		fs_rd_bytes(r, reply->dst.octets, alen);
	if (shape & FS_SHAPE_RDPORT)
		reply->dport = (u16)fs_rd_uint(r, 2);
	remember(b, s, shape);
	return true;
}

static void put_tcp(struct fs_wr *w, const struct fs_tcp *tcp)
{
	fs_wr_uint(w, tcp->state, 1);
	fs_wr_uint(w, tcp->scale[0] | tcp->scale[1] << 4, 1);
	fs_wr_uint(w, tcp->flags[0] | tcp->flags[1] << 4, 1);
}

static void get_tcp(struct fs_rd *r, struct fs_tcp *tcp)
{
	u8 octet;

	tcp->state = (u8)fs_rd_uint(r, 1);
	octet = (u8)fs_rd_uint(r, 1);
	tcp->scale[0] = octet & 0x0f;
	tcp->scale[1] = octet >> 4;
	octet = (u8)fs_rd_uint(r, 1);
	tcp->flags[0] = octet & 0x0f;
	tcp->flags[1] = octet >> 4;
}

static bool has_zone(const struct fs_record *rec)
{
	return rec->type == FS_RECORD_CHECKPOINT && rec->state.zone.dir;
}

static bool has_opts(const struct fs_record *rec)
{
	return rec->type != FS_RECORD_DELETE &&
	       (rec->state.attrs.has || has_zone(rec));
}

/* The options of a record, behind their length: few are so long that this takes
 * two octets.
 */
static void put_opts(struct fs_wr *w, const struct fs_record *rec)
{
	const struct fs_zone *zone = &rec->state.zone;
	u8 *start = w->p;
	size_t len;

	BUILD_BUG_ON(ZONE_OPT_LEN + FS_ATTRS_MAX >= 1 << 14);
	fs_wr_uint(w, 0, 1);
	if (has_zone(rec)) {
		fs_wr_uint(w, FS_REC_OPT_ZONE, 1);
		fs_wr_uint(w, ZONE_OPT_LEN - 2, 1);
		fs_wr_uint(w, zone->id, 2);
		fs_wr_uint(w, zone->dir, 1);
	}
	fs_attrs_put(w, &rec->state.attrs);
	len = (size_t)(w->p - start) - 1;
	if (len >= 0x80) {
		fs_wr_uint(w, 0, 1);
		if (!w->failed)
			memmove(start + 2, start + 1, len);
	}
	if (w->failed)
		return;
	w->p = start;
	fs_wr_varint(w, len);
	w->p += len;
}

static bool ignored(const struct fs_batch *b, u8 type)
{
	u8 n = type & ~FS_OPT_MANDATORY;

	return n < 64 && b->ignore >> n & 1;
}

static enum fs_wire_error get_opts(struct fs_batch *b, struct fs_rd *r,
				   struct fs_state *s)
{
	enum fs_wire_error err = FS_WIRE_OK;
	struct fs_rd all, value;
	u64 len = fs_rd_varint(r);

	if (len > fs_rd_left(r)) {
		r->failed = true;
		return FS_WIRE_BADLEN;
	}
	fs_rd_sub(r, &all, (size_t)len);
	while (fs_rd_left(&all)) {
		u8 type = (u8)fs_rd_uint(&all, 1);

		fs_rd_sub(&all, &value, (size_t)fs_rd_uint(&all, 1));
		if (all.failed)
			return FS_WIRE_BADLEN;
		if (ignored(b, type)) {
			if (!(type & FS_OPT_MANDATORY))
				continue;
			b->unknown = type;
			return FS_WIRE_MANDATORY;
		}
		if (type == FS_REC_OPT_ZONE) {
			s->zone.id = (u16)fs_rd_uint(&value, 2);
			s->zone.dir = (u8)fs_rd_uint(&value, 1);
			if (value.failed || fs_rd_left(&value))
				return FS_WIRE_BADLEN;
			continue;
		}
		err = fs_attrs_get(&s->attrs, type, &value);
		if (err == FS_WIRE_MANDATORY)
			b->unknown = type;
		if (err)
			return err;
	}
	return fs_attrs_valid(&s->attrs, s->family, s->proto) ?
	       FS_WIRE_OK : FS_WIRE_BADVALUE;
}

/**
 * fs_record_lower - leave out of a record what its receiver does not know
 * @rec: the record
 * @known: options that the receiver understands
 *
 * Return: the options that were left out. With one of FS_RECORD_MANDATORY among
 * them the record says something else without it, and must not be sent.
 */
u64 fs_record_lower(struct fs_record *rec, u64 known)
{
	struct fs_state *s = &rec->state;
	u64 has, out;

	if (rec->type == FS_RECORD_DELETE)
		return 0;
	has = (u64)s->attrs.has << FS_ATTR_SHIFT;
	if (rec->type == FS_RECORD_CHECKPOINT && s->zone.dir)
		has |= 1ull << 1;
	out = has & ~known;
	s->attrs.has &= ~(u32)(out >> FS_ATTR_SHIFT);
	return out;
}

/**
 * fs_batch_begin - start the payload of a state datagram
 * @b: the batch
 * @w: cursor behind the datagram's header
 * @group: of all its records
 * @epoch: of the group
 * @known: what the receiver understands of records: FS_RECORD_KNOWN, or less
 */
void fs_batch_begin(struct fs_batch *b, struct fs_wr *w, u32 group, u64 epoch,
		    u64 known)
{
	memset(b, 0, sizeof(*b));
	b->group = group;
	b->epoch = epoch;
	b->repeats = known & FS_RECORD_REPEATS;
	fs_wr_varint(w, group);
	fs_wr_varint(w, epoch);
}

/**
 * fs_batch_put - add a record
 * @b: the batch
 * @w: cursor behind the record before
 * @rec: the record; its state must be fs_state_valid() if it carries one
 *
 * Return: false if the record does not fit; the batch is then as it was, and
 * can be sent.
 */
bool fs_batch_put(struct fs_batch *b, struct fs_wr *w,
		  const struct fs_record *rec)
{
	const struct fs_state *s = &rec->state;
	u8 first = rec->type, shape = 0;
	struct fs_tuple inverse;
	struct fs_wr undo = *w;

	if (rec->type != FS_RECORD_DELETE) {
		first |= (u8)(class_of(s->proto) << REC_CLASS_SHIFT);
		if (s->family == FS_IPV6)
			first |= REC_IPV6;
		shape = s->status;
	}
	if (has_opts(rec))
		first |= REC_OPTIONS;

	fs_wr_uint(w, first, 1);
	fs_wr_zigzag(w, (s64)rec->slot - (s64)b->slot);
	fs_wr_zigzag(w, (s64)(rec->op - b->op));
	fs_wr_varint(w, rec->gen);

	if (rec->type != FS_RECORD_DELETE &&
	    class_of(s->proto) == FS_CLASS_OTHER)
		fs_wr_uint(w, s->proto, 1);
	if (rec->type == FS_RECORD_CHECKPOINT) {
		fs_tuple_invert(&inverse, &s->tuple[0], s->proto);
		shape |= reply_shape(&inverse, &s->tuple[1]);
		if (b->repeats && repeated(b, s, shape))
			shape |= FS_SHAPE_REPEAT;
		fs_wr_uint(w, shape, 1);
		put_tuples(w, s, shape);
	} else if (rec->type == FS_RECORD_UPDATE) {
		fs_wr_uint(w, shape, 1);
	}
	if (rec->type != FS_RECORD_DELETE) {
		if (s->proto == FS_TCP)
			put_tcp(w, &s->tcp);
		fs_wr_varint(w, s->timeout);
	}
	if (first & REC_OPTIONS)
		put_opts(w, rec);

	if (w->failed) {
		*w = undo;
		return false;
	}
	b->slot = rec->slot;
	b->op = rec->op;
	b->count++;
	remember(b, s, shape);
	return true;
}

/**
 * fs_batch_open - start reading the payload of a state datagram
 * @b: the batch
 * @r: cursor behind the datagram's header
 *
 * Return: FS_WIRE_OK, or why the datagram is refused.
 */
enum fs_wire_error fs_batch_open(struct fs_batch *b, struct fs_rd *r)
{
	u64 group = fs_rd_varint(r);

	memset(b, 0, sizeof(*b));
	b->epoch = fs_rd_varint(r);
	if (r->failed)
		return FS_WIRE_BADLEN;
	if (!group || group > 65535)
		return FS_WIRE_BADVALUE;
	b->group = (u32)group;
	return FS_WIRE_OK;
}

static enum fs_wire_error get_body(struct fs_batch *b, struct fs_rd *r,
				   u8 first, struct fs_record *rec)
{
	enum fs_class class = first >> REC_CLASS_SHIFT;
	struct fs_state *s = &rec->state;
	enum fs_wire_error err;
	u64 timeout;
	u8 shape;

	s->family = first & REC_IPV6 ? FS_IPV6 : FS_IPV4;
	s->proto = get_proto(r, class, s->family);
	if (!s->proto)
		return r->failed ? FS_WIRE_BADLEN : FS_WIRE_BADVALUE;
	shape = (u8)fs_rd_uint(r, 1);
	s->status = shape & FS_STATUS_MASK;
	if (rec->type == FS_RECORD_UPDATE && shape != s->status)
		return FS_WIRE_BADVALUE;
	if (!can_repeat(b, s->family, shape))
		return FS_WIRE_BADVALUE;
	if (rec->type == FS_RECORD_CHECKPOINT && !get_tuples(b, r, s, shape))
		return r->failed ? FS_WIRE_BADLEN : FS_WIRE_BADVALUE;
	if (s->proto == FS_TCP) {
		get_tcp(r, &s->tcp);
		if (!r->failed && !tcp_valid(&s->tcp))
			return FS_WIRE_BADVALUE;
	}
	timeout = fs_rd_varint(r);
	if (timeout > FS_TIMEOUT_MAX)
		return FS_WIRE_BADVALUE;
	s->timeout = (u32)timeout;
	s->rounded = 0;
	if (first & REC_OPTIONS) {
		err = get_opts(b, r, s);
		if (err)
			return err;
	}
	return r->failed ? FS_WIRE_BADLEN : FS_WIRE_OK;
}

/**
 * fs_batch_next - read the next record
 * @b: the batch
 * @r: cursor; there is a next record while fs_rd_left() is not 0
 * @rec: result, wholly set
 *
 * After an error nothing more can be read from the datagram.
 *
 * Return: FS_WIRE_OK, or why this record and those behind it are refused.
 */
enum fs_wire_error fs_batch_next(struct fs_batch *b, struct fs_rd *r,
				 struct fs_record *rec)
{
	u8 first = (u8)fs_rd_uint(r, 1);
	enum fs_wire_error err;
	s64 slot;
	u64 gen;

	/* Attributes it does not have are not read by anybody. */
	memset(rec, 0, offsetof(struct fs_record, state.attrs));
	rec->state.attrs.has = 0;
	rec->type = first & REC_TYPE;
	slot = (s64)((u64)b->slot + (u64)fs_rd_zigzag(r));
	rec->op = b->op + (u64)fs_rd_zigzag(r);
	gen = fs_rd_varint(r);
	if (r->failed)
		return FS_WIRE_BADLEN;
	if (!rec->type || first & REC_UNUSED || !rec->op)
		return FS_WIRE_BADVALUE;
	if (slot < 0 || slot > 0xffffffffll || !gen || gen > 0xffffffffull)
		return FS_WIRE_BADVALUE;
	rec->slot = (u32)slot;
	rec->gen = (u32)gen;

	if (rec->type == FS_RECORD_DELETE) {
		if (first != FS_RECORD_DELETE)
			return FS_WIRE_BADVALUE;
	} else {
		err = get_body(b, r, first, rec);
		if (err)
			return err;
		if (rec->type == FS_RECORD_CHECKPOINT ?
		    !fs_state_valid(&rec->state) :
		    rec->state.zone.id || rec->state.zone.dir)
			return FS_WIRE_BADVALUE;
	}
	b->slot = rec->slot;
	b->op = rec->op;
	b->count++;
	return FS_WIRE_OK;
}
