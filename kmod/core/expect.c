// SPDX-License-Identifier: GPL-2.0
#include "expect.h"
#include "record.h"

#define CLASS_SHIFT	4
#define HOW_UNUSED	0xc8

static bool is_zero(const struct fs_addr *addr)
{
	static const struct fs_addr zero;

	return !memcmp(addr, &zero, sizeof(zero));
}

static bool is_full(const struct fs_addr *mask, unsigned int alen)
{
	unsigned int i;

	for (i = 0; i < alen; i++)
		if (mask->octets[i] != 0xff)
			return false;
	return true;
}

/**
 * fs_expects_room - how long expectations may be
 * @attrs: of the same flow; its security mark and timeouts are there already
 *
 * Return: octets.
 */
unsigned int fs_expects_room(const struct fs_attrs *attrs)
{
	unsigned int room = FS_EXPECTS_MAX;

	if (attrs->has & FS_ATTR_SECMARK)
		room -= 2 + (unsigned int)strlen(attrs->secmark);
	if (attrs->has & FS_ATTR_TIMEOUTS)
		room -= 2 + fs_timeouts_len(&attrs->timeouts);
	return room;
}

/**
 * fs_expects_begin - go to the first of a flow's expectations
 * @c: the cursor
 * @expects: the expectations
 * @family: of the flow
 */
void fs_expects_begin(struct fs_expect_cursor *c,
		      const struct fs_expects *expects, u8 family)
{
	fs_rd_init(&c->r, expects->octets, expects->len);
	c->family = family;
	memset(c->fn, 0, sizeof(c->fn));
}

/* A name behind its length. Returns false if it is none. */
static bool get_name(struct fs_rd *r, char *name, size_t size)
{
	size_t len = (size_t)fs_rd_uint(r, 1);

	if (r->failed || len >= size)
		return false;
	fs_rd_bytes(r, name, len);
	name[len] = '\0';
	return !r->failed && strlen(name) == len;
}

static void get_source(struct fs_rd *r, u8 what, unsigned int alen,
		       struct fs_expect *e)
{
	if (what & FS_EXPECT_SRC) {
		fs_rd_bytes(r, e->tuple.src.octets, alen);
		memset(e->mask.octets, 0xff, alen);
	}
	if (what & FS_EXPECT_SPORT) {
		e->tuple.sport = (u16)fs_rd_uint(r, 2);
		e->port_mask = 0xffff;
	}
	if (what & FS_EXPECT_MASK && what & FS_EXPECT_SRC)
		fs_rd_bytes(r, e->mask.octets, alen);
	if (what & FS_EXPECT_MASK && what & FS_EXPECT_SPORT)
		e->port_mask = (u16)fs_rd_uint(r, 2);
}

/**
 * fs_expects_next - read the next expectation
 * @c: the cursor
 * @e: result
 *
 * Return: false if there is none left, or it is none: the cursor has failed then.
 */
bool fs_expects_next(struct fs_expect_cursor *c, struct fs_expect *e)
{
	unsigned int alen = fs_addr_len(c->family);
	struct fs_rd *r = &c->r;
	u8 what, how;
	u64 timeout;

	if (r->failed || !fs_rd_left(r))
		return false;
	memset(e, 0, sizeof(*e));
	what = (u8)fs_rd_uint(r, 1);
	how = (u8)fs_rd_uint(r, 1);
	e->flags = how & FS_EXPECT_FLAGS;
	e->class = how >> CLASS_SHIFT & FS_EXPECT_CLASS;
	e->dir = !!(what & FS_EXPECT_REPLY);
	e->proto = (u8)fs_rd_uint(r, 1);
	get_source(r, what, alen, e);
	fs_rd_bytes(r, e->tuple.dst.octets, alen);
	e->tuple.dport = (u16)fs_rd_uint(r, 2);
	if (what & FS_EXPECT_ADDR)
		fs_rd_bytes(r, e->saved.octets, alen);
	if (what & FS_EXPECT_PORT)
		e->saved_port = (u16)fs_rd_uint(r, 2);
	if (what & FS_EXPECT_HELPER &&
	    (!get_name(r, e->helper, sizeof(e->helper)) || !e->helper[0]))
		goto refused;
	if (what & FS_EXPECT_NAME && !get_name(r, c->fn, sizeof(c->fn)))
		goto refused;
	memcpy(e->fn, c->fn, sizeof(e->fn));
	timeout = fs_rd_varint(r);
	e->timeout = (u32)timeout;
	if (r->failed || how & HOW_UNUSED || !e->proto ||
	    timeout > FS_TIMEOUT_MAX)
		goto refused;
	/* Masks of nothing. */
	if (what & FS_EXPECT_MASK && !(what & (FS_EXPECT_SRC | FS_EXPECT_SPORT)))
		goto refused;
	return true;

refused:
	r->failed = true;
	return false;
}

/**
 * fs_expects_valid - whether octets are expectations
 * @expects: the octets
 * @family: of the flow
 *
 * Return: true if all of them are.
 */
bool fs_expects_valid(const struct fs_expects *expects, u8 family)
{
	struct fs_expect_cursor c;
	struct fs_expect e;

	fs_expects_begin(&c, expects, family);
	while (fs_expects_next(&c, &e))
		;
	return !c.r.failed;
}

static void put_name(struct fs_wr *w, const char *name)
{
	size_t len = strlen(name);

	fs_wr_uint(w, len, 1);
	fs_wr_bytes(w, name, len);
}

static void put_source(struct fs_wr *w, u8 what, unsigned int alen,
		       const struct fs_expect *e)
{
	if (what & FS_EXPECT_SRC)
		fs_wr_bytes(w, e->tuple.src.octets, alen);
	if (what & FS_EXPECT_SPORT)
		fs_wr_uint(w, e->tuple.sport, 2);
	if (what & FS_EXPECT_MASK && what & FS_EXPECT_SRC)
		fs_wr_bytes(w, e->mask.octets, alen);
	if (what & FS_EXPECT_MASK && what & FS_EXPECT_SPORT)
		fs_wr_uint(w, e->port_mask, 2);
}

static u8 what_of(const struct fs_expect_cursor *c, const struct fs_expect *e)
{
	bool src = !is_zero(&e->mask), full = true;
	u8 what = 0;

	if (src) {
		what |= FS_EXPECT_SRC;
		full = is_full(&e->mask, fs_addr_len(c->family));
	}
	if (e->port_mask) {
		what |= FS_EXPECT_SPORT;
		full = full && e->port_mask == 0xffff;
	}
	if (!full)
		what |= FS_EXPECT_MASK;
	if (!is_zero(&e->saved))
		what |= FS_EXPECT_ADDR;
	if (e->saved_port)
		what |= FS_EXPECT_PORT;
	if (e->dir)
		what |= FS_EXPECT_REPLY;
	if (e->helper[0])
		what |= FS_EXPECT_HELPER;
	if (strcmp(e->fn, c->fn))
		what |= FS_EXPECT_NAME;
	return what;
}

/**
 * fs_expects_add - add an expectation to those of a flow
 * @attrs: attributes of the flow, of which the expectations
 * @c: fs_expects_begin() of none, or as the call before left it
 * @e: the expectation
 *
 * Return: false if there is no room for it; nothing was added.
 */
bool fs_expects_add(struct fs_attrs *attrs, struct fs_expect_cursor *c,
		    const struct fs_expect *e)
{
	struct fs_expects *expects = &attrs->expects;
	unsigned int alen = fs_addr_len(c->family);
	u8 what = what_of(c, e);
	struct fs_wr w;

	fs_wr_init(&w, expects->octets + expects->len,
		   fs_expects_room(attrs) - expects->len);
	fs_wr_uint(&w, what, 1);
	fs_wr_uint(&w, e->flags | e->class << CLASS_SHIFT, 1);
	fs_wr_uint(&w, e->proto, 1);
	put_source(&w, what, alen, e);
	fs_wr_bytes(&w, e->tuple.dst.octets, alen);
	fs_wr_uint(&w, e->tuple.dport, 2);
	if (what & FS_EXPECT_ADDR)
		fs_wr_bytes(&w, e->saved.octets, alen);
	if (what & FS_EXPECT_PORT)
		fs_wr_uint(&w, e->saved_port, 2);
	if (what & FS_EXPECT_HELPER)
		put_name(&w, e->helper);
	if (what & FS_EXPECT_NAME)
		put_name(&w, e->fn);
	fs_wr_varint(&w, e->timeout);
	if (w.failed)
		return false;
	memcpy(c->fn, e->fn, sizeof(c->fn));
	expects->len = (u8)(w.p - expects->octets);
	return true;
}
