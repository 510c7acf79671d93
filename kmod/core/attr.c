// SPDX-License-Identifier: GPL-2.0
#include "attr.h"
#include "expect.h"

/* Options of a record. */
#define FS_REC_OPT_WINDOW	0x02
#define FS_REC_OPT_MARK		0x03
#define FS_REC_OPT_LABELS	0x04
#define FS_REC_OPT_HELPER	0x05
#define FS_REC_OPT_SEQADJ	0x06
#define FS_REC_OPT_SYNPROXY	0x07
#define FS_REC_OPT_SCTP		(FS_OPT_MANDATORY | 0x08)
#define FS_REC_OPT_DCCP		(FS_OPT_MANDATORY | 0x09)
#define FS_REC_OPT_ACCT		0x0a
#define FS_REC_OPT_START	0x0b
#define FS_REC_OPT_EXPECTS	0x0c
#define FS_REC_OPT_MASTER	0x0d
#define FS_REC_OPT_SECMARK	0x0e
#define FS_REC_OPT_TIMEOUTS	0x0f

#define SAME_BIT(attr, option) \
	BUILD_BUG_ON((attr) << FS_ATTR_SHIFT != \
		     1 << ((option) & ~FS_OPT_MANDATORY))

static void put_name(struct fs_wr *w, u8 type, const char *name)
{
	size_t len = strlen(name);

	fs_wr_uint(w, type, 1);
	fs_wr_uint(w, len, 1);
	fs_wr_bytes(w, name, len);
}

static enum fs_wire_error get_name(struct fs_rd *r, char *name, size_t size)
{
	size_t len = fs_rd_left(r);

	if (!len || len >= size)
		return FS_WIRE_BADLEN;
	fs_rd_bytes(r, name, len);
	name[len] = '\0';
	return strlen(name) == len ? FS_WIRE_OK : FS_WIRE_BADVALUE;
}

static unsigned int varint_len(u64 value)
{
	unsigned int len = 1;

	while (value >>= 7)
		len++;
	return len;
}

static void put_acct(struct fs_wr *w, const struct fs_acct *acct)
{
	unsigned int dir, len = 0;

	for (dir = 0; dir < 2; dir++)
		len += varint_len(acct[dir].packets) +
		       varint_len(acct[dir].octets);
	fs_wr_uint(w, FS_REC_OPT_ACCT, 1);
	fs_wr_uint(w, len, 1);
	for (dir = 0; dir < 2; dir++) {
		fs_wr_varint(w, acct[dir].packets);
		fs_wr_varint(w, acct[dir].octets);
	}
}

static void put_protocol(struct fs_wr *w, const struct fs_attrs *a)
{
	if (a->has & FS_ATTR_SCTP) {
		fs_wr_uint(w, FS_REC_OPT_SCTP, 1);
		fs_wr_uint(w, 9, 1);
		fs_wr_uint(w, a->sctp.state, 1);
		fs_wr_uint(w, a->sctp.vtag[0], 4);
		fs_wr_uint(w, a->sctp.vtag[1], 4);
	}
	if (a->has & FS_ATTR_DCCP) {
		fs_wr_uint(w, FS_REC_OPT_DCCP, 1);
		fs_wr_uint(w, 11, 1);
		fs_wr_uint(w, a->dccp.state, 1);
		fs_wr_uint(w, a->dccp.role[0], 1);
		fs_wr_uint(w, a->dccp.role[1], 1);
		fs_wr_uint(w, a->dccp.seq, 8);
	}
}

static void put_tcp(struct fs_wr *w, const struct fs_attrs *a)
{
	unsigned int dir;

	if (a->has & FS_ATTR_WINDOW) {
		fs_wr_uint(w, FS_REC_OPT_WINDOW, 1);
		fs_wr_uint(w, 10, 1);
		fs_wr_uint(w, a->window.end[0], 4);
		fs_wr_uint(w, a->window.end[1], 4);
		fs_wr_uint(w, a->window.exp[0], 1);
		fs_wr_uint(w, a->window.exp[1], 1);
	}
	if (a->has & FS_ATTR_SEQADJ) {
		fs_wr_uint(w, FS_REC_OPT_SEQADJ, 1);
		fs_wr_uint(w, 24, 1);
		for (dir = 0; dir < 2; dir++) {
			fs_wr_uint(w, a->seqadj[dir].pos, 4);
			fs_wr_uint(w, a->seqadj[dir].before, 4);
			fs_wr_uint(w, a->seqadj[dir].after, 4);
		}
	}
	if (a->has & FS_ATTR_SYNPROXY) {
		fs_wr_uint(w, FS_REC_OPT_SYNPROXY, 1);
		fs_wr_uint(w, 12, 1);
		fs_wr_uint(w, a->synproxy.isn, 4);
		fs_wr_uint(w, a->synproxy.its, 4);
		fs_wr_uint(w, a->synproxy.tsoff, 4);
	}
}

static void put_master(struct fs_wr *w, const struct fs_master *master)
{
	unsigned int alen = fs_addr_len(master->family);

	fs_wr_uint(w, FS_REC_OPT_MASTER, 1);
	fs_wr_uint(w, 5 + 2 * alen, 1);
	fs_wr_uint(w, master->proto, 1);
	fs_wr_bytes(w, master->tuple.src.octets, alen);
	fs_wr_bytes(w, master->tuple.dst.octets, alen);
	fs_wr_uint(w, master->tuple.sport, 2);
	fs_wr_uint(w, master->tuple.dport, 2);
}

static enum fs_wire_error get_master(struct fs_rd *r, struct fs_master *master)
{
	unsigned int alen;

	master->family = fs_rd_left(r) == 13 ? FS_IPV4 : FS_IPV6;
	alen = fs_addr_len(master->family);
	memset(&master->tuple, 0, sizeof(master->tuple));
	master->proto = (u8)fs_rd_uint(r, 1);
	fs_rd_bytes(r, master->tuple.src.octets, alen);
	fs_rd_bytes(r, master->tuple.dst.octets, alen);
	master->tuple.sport = (u16)fs_rd_uint(r, 2);
	master->tuple.dport = (u16)fs_rd_uint(r, 2);
	return FS_WIRE_OK;
}

static enum fs_wire_error get_expects(struct fs_rd *r,
				      struct fs_expects *expects)
{
	size_t len = fs_rd_left(r);

	if (!len || len > FS_EXPECTS_MAX)
		return FS_WIRE_BADLEN;
	expects->age = 0;
	expects->len = (u8)len;
	fs_rd_bytes(r, expects->octets, len);
	return FS_WIRE_OK;
}

/**
 * fs_timeouts_len - how many octets a timeout policy takes
 * @timeouts: the policy
 *
 * Return: octets, without type and length.
 */
unsigned int fs_timeouts_len(const struct fs_timeouts *timeouts)
{
	unsigned int n, len = 0;

	for (n = 0; n < timeouts->count; n++)
		len += varint_len(timeouts->seconds[n]);
	return len;
}

static void put_timeouts(struct fs_wr *w, const struct fs_timeouts *timeouts)
{
	unsigned int n;

	fs_wr_uint(w, FS_REC_OPT_TIMEOUTS, 1);
	fs_wr_uint(w, fs_timeouts_len(timeouts), 1);
	for (n = 0; n < timeouts->count; n++)
		fs_wr_varint(w, timeouts->seconds[n]);
}

static enum fs_wire_error get_timeouts(struct fs_rd *r,
				       struct fs_timeouts *timeouts)
{
	u64 seconds;

	timeouts->count = 0;
	do {
		seconds = fs_rd_varint(r);
		if (timeouts->count == FS_TIMEOUTS || seconds > FS_TIMEOUT_MAX)
			return FS_WIRE_BADVALUE;
		timeouts->seconds[timeouts->count++] = (u32)seconds;
	} while (fs_rd_left(r));
	return FS_WIRE_OK;
}

/**
 * fs_attrs_put - write attributes as options
 * @w: cursor
 * @a: the attributes; at most FS_ATTRS_MAX octets are written
 */
void fs_attrs_put(struct fs_wr *w, const struct fs_attrs *a)
{
	SAME_BIT(FS_ATTR_WINDOW, FS_REC_OPT_WINDOW);
	SAME_BIT(FS_ATTR_MARK, FS_REC_OPT_MARK);
	SAME_BIT(FS_ATTR_LABELS, FS_REC_OPT_LABELS);
	SAME_BIT(FS_ATTR_HELPER, FS_REC_OPT_HELPER);
	SAME_BIT(FS_ATTR_SEQADJ, FS_REC_OPT_SEQADJ);
	SAME_BIT(FS_ATTR_SYNPROXY, FS_REC_OPT_SYNPROXY);
	SAME_BIT(FS_ATTR_SCTP, FS_REC_OPT_SCTP);
	SAME_BIT(FS_ATTR_DCCP, FS_REC_OPT_DCCP);
	SAME_BIT(FS_ATTR_ACCT, FS_REC_OPT_ACCT);
	SAME_BIT(FS_ATTR_START, FS_REC_OPT_START);
	SAME_BIT(FS_ATTR_EXPECTS, FS_REC_OPT_EXPECTS);
	SAME_BIT(FS_ATTR_MASTER, FS_REC_OPT_MASTER);
	SAME_BIT(FS_ATTR_SECMARK, FS_REC_OPT_SECMARK);
	SAME_BIT(FS_ATTR_TIMEOUTS, FS_REC_OPT_TIMEOUTS);

	put_tcp(w, a);
	put_protocol(w, a);
	if (a->has & FS_ATTR_MARK) {
		fs_wr_uint(w, FS_REC_OPT_MARK, 1);
		fs_wr_uint(w, 4, 1);
		fs_wr_uint(w, a->mark, 4);
	}
	if (a->has & FS_ATTR_LABELS) {
		fs_wr_uint(w, FS_REC_OPT_LABELS, 1);
		fs_wr_uint(w, FS_LABELS, 1);
		fs_wr_bytes(w, a->labels, FS_LABELS);
	}
	if (a->has & FS_ATTR_HELPER)
		put_name(w, FS_REC_OPT_HELPER, a->helper);
	if (a->has & FS_ATTR_ACCT)
		put_acct(w, a->acct);
	if (a->has & FS_ATTR_START) {
		fs_wr_uint(w, FS_REC_OPT_START, 1);
		fs_wr_uint(w, 8, 1);
		fs_wr_uint(w, a->start, 8);
	}
	if (a->has & FS_ATTR_EXPECTS) {
		fs_wr_uint(w, FS_REC_OPT_EXPECTS, 1);
		fs_wr_uint(w, a->expects.len, 1);
		fs_wr_bytes(w, a->expects.octets, a->expects.len);
	}
	if (a->has & FS_ATTR_MASTER)
		put_master(w, &a->master);
	if (a->has & FS_ATTR_SECMARK)
		put_name(w, FS_REC_OPT_SECMARK, a->secmark);
	if (a->has & FS_ATTR_TIMEOUTS)
		put_timeouts(w, &a->timeouts);
}

static enum fs_wire_error get_window(struct fs_rd *r, struct fs_window *win)
{
	unsigned int dir;

	for (dir = 0; dir < 2; dir++)
		win->end[dir] = (u32)fs_rd_uint(r, 4);
	for (dir = 0; dir < 2; dir++)
		win->exp[dir] = (u8)fs_rd_uint(r, 1);
	return win->exp[0] <= FS_WINDOW_MAX && win->exp[1] <= FS_WINDOW_MAX ?
	       FS_WIRE_OK : FS_WIRE_BADVALUE;
}

static void get_seqadj(struct fs_rd *r, struct fs_seqadj *adj)
{
	unsigned int dir;

	for (dir = 0; dir < 2; dir++) {
		adj[dir].pos = (u32)fs_rd_uint(r, 4);
		adj[dir].before = (u32)fs_rd_uint(r, 4);
		adj[dir].after = (u32)fs_rd_uint(r, 4);
	}
}

static enum fs_wire_error get_sctp(struct fs_rd *r, struct fs_sctp *sctp)
{
	sctp->state = (u8)fs_rd_uint(r, 1);
	sctp->vtag[0] = (u32)fs_rd_uint(r, 4);
	sctp->vtag[1] = (u32)fs_rd_uint(r, 4);
	return sctp->state <= FS_SCTP_STATE_MAX ? FS_WIRE_OK :
						  FS_WIRE_BADVALUE;
}

static enum fs_wire_error get_dccp(struct fs_rd *r, struct fs_dccp *dccp)
{
	dccp->state = (u8)fs_rd_uint(r, 1);
	dccp->role[0] = (u8)fs_rd_uint(r, 1);
	dccp->role[1] = (u8)fs_rd_uint(r, 1);
	dccp->seq = fs_rd_uint(r, 8);
	return dccp->state <= FS_DCCP_STATE_MAX && dccp->role[0] <= 1 &&
	       dccp->role[1] <= 1 ? FS_WIRE_OK : FS_WIRE_BADVALUE;
}

static enum fs_wire_error get_acct(struct fs_rd *r, struct fs_acct *acct)
{
	unsigned int dir;
	bool good = true;

	for (dir = 0; dir < 2; dir++) {
		acct[dir].packets = fs_rd_varint(r);
		acct[dir].octets = fs_rd_varint(r);
		good = good && acct[dir].packets <= FS_PACKETS_MAX &&
		       acct[dir].octets <= FS_OCTETS_MAX;
	}
	return good ? FS_WIRE_OK : FS_WIRE_BADVALUE;
}

static enum fs_wire_error get_value(struct fs_attrs *a, u8 type,
				    struct fs_rd *r, u32 *bit)
{
	switch (type) {
	case FS_REC_OPT_WINDOW:
		*bit = FS_ATTR_WINDOW;
		return get_window(r, &a->window);
	case FS_REC_OPT_MARK:
		*bit = FS_ATTR_MARK;
		a->mark = (u32)fs_rd_uint(r, 4);
		return FS_WIRE_OK;
	case FS_REC_OPT_LABELS:
		*bit = FS_ATTR_LABELS;
		fs_rd_bytes(r, a->labels, FS_LABELS);
		return FS_WIRE_OK;
	case FS_REC_OPT_HELPER:
		*bit = FS_ATTR_HELPER;
		return get_name(r, a->helper, sizeof(a->helper));
	case FS_REC_OPT_SEQADJ:
		*bit = FS_ATTR_SEQADJ;
		get_seqadj(r, a->seqadj);
		return FS_WIRE_OK;
	case FS_REC_OPT_SYNPROXY:
		*bit = FS_ATTR_SYNPROXY;
		a->synproxy.isn = (u32)fs_rd_uint(r, 4);
		a->synproxy.its = (u32)fs_rd_uint(r, 4);
		a->synproxy.tsoff = (u32)fs_rd_uint(r, 4);
		return FS_WIRE_OK;
	case FS_REC_OPT_SCTP:
		*bit = FS_ATTR_SCTP;
		return get_sctp(r, &a->sctp);
	case FS_REC_OPT_DCCP:
		*bit = FS_ATTR_DCCP;
		return get_dccp(r, &a->dccp);
	case FS_REC_OPT_ACCT:
		*bit = FS_ATTR_ACCT;
		return get_acct(r, a->acct);
	case FS_REC_OPT_START:
		*bit = FS_ATTR_START;
		a->start = fs_rd_uint(r, 8);
		return FS_WIRE_OK;
	case FS_REC_OPT_EXPECTS:
		*bit = FS_ATTR_EXPECTS;
		return get_expects(r, &a->expects);
	case FS_REC_OPT_MASTER:
		*bit = FS_ATTR_MASTER;
		return get_master(r, &a->master);
	case FS_REC_OPT_SECMARK:
		*bit = FS_ATTR_SECMARK;
		return get_name(r, a->secmark, sizeof(a->secmark));
	case FS_REC_OPT_TIMEOUTS:
		*bit = FS_ATTR_TIMEOUTS;
		return get_timeouts(r, &a->timeouts);
	default:
		return FS_WIRE_OK;
	}
}

/**
 * fs_attrs_get - read one option
 * @attrs: the attribute it is gets set there
 * @type: of the option
 * @value: its value
 *
 * Return: FS_WIRE_OK if it is an attribute, or one that may be skipped; else
 * why the record is refused.
 */
enum fs_wire_error fs_attrs_get(struct fs_attrs *attrs, u8 type,
				struct fs_rd *value)
{
	enum fs_wire_error err;
	u32 bit = 0;

	err = get_value(attrs, type, value, &bit);
	if (!bit)
		return type & FS_OPT_MANDATORY ? FS_WIRE_MANDATORY :
						 FS_WIRE_OK;
	if (value->failed || (!err && fs_rd_left(value)))
		return FS_WIRE_BADLEN;
	if (!err && attrs->has & bit)
		return FS_WIRE_BADVALUE;
	if (!err)
		attrs->has |= bit;
	return err;
}

/**
 * fs_attrs_valid - whether a flow of a family and protocol may have attributes
 * @attrs: the attributes
 * @family: FS_IPV4 or FS_IPV6
 * @proto: protocol number
 *
 * Return: false for those that only flows of another have.
 */
bool fs_attrs_valid(const struct fs_attrs *attrs, u8 family, u8 proto)
{
	u32 wrong = FS_ATTR_WINDOW | FS_ATTR_SEQADJ | FS_ATTR_SYNPROXY |
		    FS_ATTR_SCTP | FS_ATTR_DCCP;

	switch (proto) {
	case FS_TCP:
		wrong &= FS_ATTR_SCTP | FS_ATTR_DCCP;
		break;
	case FS_SCTP:
		wrong &= ~FS_ATTR_SCTP;
		break;
	case FS_DCCP:
		wrong &= ~FS_ATTR_DCCP;
		break;
	}
	if (attrs->has & wrong)
		return false;
	if (attrs->has & FS_ATTR_MASTER &&
	    (attrs->master.family != family || !attrs->master.proto))
		return false;
	return !(attrs->has & FS_ATTR_EXPECTS) ||
	       (attrs->expects.len <= fs_expects_room(attrs) &&
		fs_expects_valid(&attrs->expects, family));
}

/**
 * fs_attrs_equal - compare the attributes of two flows
 * @a: of one
 * @b: of the other
 *
 * Return: whether they are the same.
 */
bool fs_attrs_equal(const struct fs_attrs *a, const struct fs_attrs *b)
{
	u8 octets[2][FS_ATTRS_MAX];
	struct fs_wr w[2];

	if (a->has != b->has)
		return false;
	fs_wr_init(&w[0], octets[0], sizeof(octets[0]));
	fs_wr_init(&w[1], octets[1], sizeof(octets[1]));
	fs_attrs_put(&w[0], a);
	fs_attrs_put(&w[1], b);
	return w[0].p - octets[0] == w[1].p - octets[1] &&
	       !memcmp(octets[0], octets[1], (size_t)(w[0].p - octets[0]));
}
