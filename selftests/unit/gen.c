// SPDX-License-Identifier: GPL-2.0
#include "expect.h"
#include "gen.h"
#include "rnd.h"

static void gen_addr(struct fs_addr *a, u8 family)
{
	unsigned int i, len = family == FS_IPV4 ? 4 : 16;

	memset(a, 0, sizeof(*a));
	for (i = 0; i < len; i++)
		a->octets[i] = (u8)rnd();
}

static void gen_icmp_ports(struct fs_tuple t[2], u8 proto)
{
	static const u8 v4[] = { 8, 0, 13, 14, 15, 16, 17, 18 };
	static const u8 v6[] = { 128, 129, 139, 140 };
	u8 code = rnd_percent(80) ? 0 : (u8)rnd();
	const u8 *types = proto == FS_ICMP ? v4 : v6;
	size_t n = proto == FS_ICMP ? sizeof(v4) : sizeof(v6);
	size_t i = rnd_below(n);

	/* Queries stand at even places, their answers behind them. */
	t[0].dport = (u16)(types[i] << 8 | code);
	t[1].dport = (u16)(types[i ^ 1] << 8 | code);
	t[1].sport = t[0].sport;
}

static void gen_tcp(struct fs_tcp *tcp)
{
	unsigned int dir;

	tcp->state = (u8)(1 + rnd_below(9));
	for (dir = 0; dir < 2; dir++) {
		tcp->scale[dir] = (u8)rnd_below(15);
		tcp->flags[dir] = (u8)rnd_below(16);
	}
}

static void gen_name(char *name, size_t size)
{
	size_t i, len = 1 + rnd_below(size - 1);

	for (i = 0; i < len; i++)
		name[i] = (char)(1 + rnd_below(255));
}

static void gen_some(struct fs_addr *addr, u8 family)
{
	unsigned int i;

	for (i = 0; i < fs_addr_len(family); i++)
		addr->octets[i] = (u8)rnd();
}

/* As many as there is room for, or fewer. */
static void gen_expects(struct fs_attrs *a, u8 family)
{
	unsigned int left = 1 + (unsigned int)rnd_below(8);
	struct fs_expect_cursor c;
	struct fs_expect e;

	a->expects.len = 0;
	fs_expects_begin(&c, &a->expects, family);
	do {
		memset(&e, 0, sizeof(e));
		if (rnd_percent(60)) {
			gen_some(&e.tuple.src, family);
			memset(e.mask.octets, 0xff, fs_addr_len(family));
			if (rnd_percent(20))
				gen_some(&e.mask, family);
		}
		if (rnd_percent(30)) {
			e.tuple.sport = (u16)rnd();
			e.port_mask = rnd_percent(80) ? 0xffff : 1 | (u16)rnd();
		}
		gen_some(&e.tuple.dst, family);
		e.tuple.dport = (u16)rnd();
		if (rnd_percent(30))
			gen_some(&e.saved, family);
		if (rnd_percent(30))
			e.saved_port = (u16)rnd();
		e.timeout = (u32)rnd_below(FS_TIMEOUT_MAX + 1);
		e.proto = (u8)(1 + rnd_below(255));
		e.flags = (u8)rnd_below(8);
		e.class = (u8)rnd_below(4);
		e.dir = (u8)rnd_below(2);
		if (rnd_percent(30))
			gen_name(e.helper, sizeof(e.helper));
		if (rnd_percent(30))
			gen_name(e.fn, sizeof(e.fn));
	} while (fs_expects_add(a, &c, &e) && --left);
	/* There may be none that fits. */
	if (!a->expects.len)
		a->has &= ~(u32)FS_ATTR_EXPECTS;
}

/* Attributes that a flow of the protocol may have. */
static void gen_attrs(struct fs_attrs *a, u8 family, u8 proto)
{
	unsigned int dir;

	if (rnd_percent(50))
		return;
	a->has = (u32)rnd() & (FS_ATTR_MARK | FS_ATTR_LABELS | FS_ATTR_HELPER |
			       FS_ATTR_ACCT | FS_ATTR_START |
			       FS_ATTR_EXPECTS | FS_ATTR_MASTER |
			       FS_ATTR_SECMARK | FS_ATTR_TIMEOUTS);
	if (proto == FS_TCP)
		a->has |= (u32)rnd() & (FS_ATTR_WINDOW | FS_ATTR_SEQADJ |
					FS_ATTR_SYNPROXY);
	if (proto == FS_SCTP)
		a->has |= FS_ATTR_SCTP;
	if (proto == FS_DCCP)
		a->has |= FS_ATTR_DCCP;
	a->mark = (u32)rnd_any_width();
	for (dir = 0; dir < FS_LABELS; dir++)
		a->labels[dir] = (u8)rnd();
	gen_name(a->helper, sizeof(a->helper));
	for (dir = 0; dir < 2; dir++) {
		a->window.end[dir] = (u32)rnd();
		a->window.exp[dir] = (u8)rnd_below(31);
		a->seqadj[dir].pos = (u32)rnd();
		a->seqadj[dir].before = (u32)rnd();
		a->seqadj[dir].after = (u32)rnd();
		a->sctp.vtag[dir] = (u32)rnd();
		a->dccp.role[dir] = (u8)rnd_below(2);
		a->acct[dir].packets = rnd_any_width() & FS_PACKETS_MAX;
		a->acct[dir].octets = rnd_any_width() & FS_OCTETS_MAX;
	}
	a->synproxy.isn = (u32)rnd();
	a->synproxy.its = (u32)rnd();
	a->synproxy.tsoff = (u32)rnd();
	a->sctp.state = (u8)rnd_below(10);
	a->dccp.state = (u8)rnd_below(8);
	a->dccp.seq = rnd();
	a->start = rnd();
	gen_name(a->secmark, sizeof(a->secmark));
	a->timeouts.count = (u8)(1 + rnd_below(FS_TIMEOUTS));
	for (dir = 0; dir < a->timeouts.count; dir++)
		a->timeouts.seconds[dir] =
			(u32)rnd_below(FS_TIMEOUT_MAX + 1);
	gen_expects(a, family);
	a->master.family = family;
	a->master.proto = (u8)(1 + rnd_below(255));
	gen_some(&a->master.tuple.src, family);
	gen_some(&a->master.tuple.dst, family);
	a->master.tuple.sport = (u16)rnd();
	a->master.tuple.dport = (u16)rnd();
}

static u32 gen_timeout(void)
{
	switch (rnd_below(4)) {
	case 0:
		return (u32)rnd_below(128);
	case 1:
		return FS_TIMEOUT_MAX - (u32)rnd_below(2);
	default:
		return (u32)rnd_below(432001);
	}
}

/* Any state that fs_state_valid() should take. */
void gen_state(struct fs_state *s)
{
	static const u8 protos[2][7] = {
		{ FS_TCP, FS_UDP, FS_ICMP, FS_SCTP, FS_DCCP, 47, 255 },
		{ FS_TCP, FS_UDP, FS_ICMPV6, FS_SCTP, FS_DCCP, 136, 2 },
	};
	struct fs_tuple *t = s->tuple;
	bool icmp;

	memset(s, 0, sizeof(*s));
	s->family = rnd_percent(50) ? FS_IPV4 : FS_IPV6;
	s->proto = protos[s->family == FS_IPV6][rnd_below(7)];
	icmp = s->proto == FS_ICMP || s->proto == FS_ICMPV6;
	gen_addr(&t[0].src, s->family);
	gen_addr(&t[0].dst, s->family);
	t[0].sport = (u16)rnd();
	t[0].dport = (u16)rnd();
	t[1].src = t[0].dst;
	t[1].dst = t[0].src;
	t[1].sport = t[0].dport;
	t[1].dport = t[0].sport;
	if (icmp)
		gen_icmp_ports(t, s->proto);
	if (rnd_percent(30))
		gen_addr(&t[1].src, s->family);
	if (rnd_percent(30))
		gen_addr(&t[1].dst, s->family);
	if (rnd_percent(30))
		t[1].sport = (u16)rnd();
	if (!icmp && rnd_percent(30))
		t[1].dport = (u16)rnd();
	s->status = (u8)rnd_below(8);
	s->timeout = gen_timeout();
	if (s->proto == FS_TCP)
		gen_tcp(&s->tcp);
	gen_attrs(&s->attrs, s->family, s->proto);
	if (rnd_percent(25)) {
		s->zone.id = rnd_percent(90) ? (u16)rnd() : 0;
		s->zone.dir = (u8)(1 + rnd_below(3));
	}
}

/* Any record that fs_batch_put() should take. */
void gen_record(struct fs_record *rec)
{
	struct fs_state *s = &rec->state;

	memset(rec, 0, sizeof(*rec));
	rec->type = (u8)(1 + rnd_below(3));
	rec->slot = (u32)rnd_any_width();
	rec->gen = (u32)rnd_any_width();
	rec->op = rnd_any_width();
	if (!rec->gen)
		rec->gen = 1;
	if (!rec->op)
		rec->op = 1;
	if (rec->type == FS_RECORD_DELETE)
		return;
	gen_state(s);
	if (rec->type == FS_RECORD_UPDATE) {
		memset(s->tuple, 0, sizeof(s->tuple));
		memset(&s->zone, 0, sizeof(s->zone));
	}
}

static void gen_ack(struct fs_ack *ack)
{
	unsigned int words = (unsigned int)rnd_below(5);

	ack->top = rnd_any_width();
	ack->window = (u16)rnd();
	while (words--)
		ack->seen[words] = rnd_percent(50) ? rnd() : rnd_any_width();
}

static void gen_results(struct dgram *d, enum fs_result_kind kind)
{
	unsigned int i;

	if (d->groups < 4 && rnd_percent(30))
		d->results[kind] = 1 + (unsigned int)rnd_below(40);
	for (i = 0; i < d->results[kind]; i++) {
		d->result[kind][i].slot = (u32)rnd_any_width();
		d->result[kind][i].gen = (u32)rnd_any_width();
		if (!d->result[kind][i].gen)
			d->result[kind][i].gen = 1;
		d->result[kind][i].result = (u8)(1 + rnd_below(255));
	}
}

static void gen_alive(struct fs_alive *alive)
{
	u32 i;

	alive->first = (u32)rnd_any_width() & ~7u;
	alive->octets = 1 + (u32)rnd_below(rnd_percent(80) ? 4 :
					   FS_ALIVE_OCTETS);
	for (i = 0; i < alive->octets; i++)
		alive->bits[i] = (u8)rnd();
}

/* What kmod/ says: an update with no attributes but windows. */
static void gen_advance(struct fs_record *rec)
{
	do {
		gen_record(rec);
	} while (rec->type != FS_RECORD_UPDATE);
	rec->state.attrs.has &= FS_ATTR_WINDOW;
}

static void gen_control(struct dgram *d)
{
	struct fs_control *c = &d->control;
	unsigned int i;

	c->is_heartbeat = rnd_percent(80);
	c->has_ack = !c->is_heartbeat || rnd_percent(50);
	if (c->is_heartbeat) {
		c->heard = rnd_any_width();
		/* Not 0, so that it shows when the option is lost. */
		c->state_seq = (rnd_any_width() & FS_WIRE_SEQ_MAX) | 1;
		d->groups = (unsigned int)rnd_below(rnd_percent(90) ? 4 : 33);
	}
	if (c->has_ack)
		gen_ack(&c->ack);
	if (c->is_heartbeat && rnd_percent(50)) {
		c->cookie = rnd() | 1;
		c->print[0] = (u32)rnd();
		c->print[1] = (u32)rnd_any_width();
	}
	if (rnd_percent(40))
		d->needs = 1 + (unsigned int)rnd_below(rnd_percent(80) ? 3 :
						       FS_CONTROL_NEEDS);
	for (i = 0; i < d->groups; i++) {
		d->group[i].id = (u16)(1 + rnd_below(65535));
		d->group[i].role = (u8)rnd_below(FS_ROLES);
		d->group[i].epoch = rnd_any_width();
		d->group[i].claim = d->group[i].epoch ?
			rnd_below(d->group[i].epoch) : 0;
		d->group[i].holder = 1 + (u32)rnd_below(0xffffffff);
		d->group[i].weighed = rnd_percent(50);
		d->group[i].rank = d->group[i].weighed ? (u8)rnd() : 0;
		d->group[i].traffic = d->group[i].weighed ?
			(u8)rnd_below(FS_TRAFFIC_MAX + 1) : 0;
	}
	d->standings = rnd_percent(70) ? d->groups : 0;
	for (i = 0; i < d->standings; i++) {
		d->standing[i].id = d->group[i].id;
		d->standing[i].priority = (u8)rnd();
		d->standing[i].flags = (u8)rnd();
	}
	for (i = 0; i < d->needs; i++)
		d->need[i] = (u32)rnd_any_width();
	gen_results(d, FS_RESULTS_TOLD);
	gen_results(d, FS_RESULTS_NOTED);
	if (d->groups < 4 && rnd_percent(30))
		gen_alive(&d->alive[FS_ALIVE_MOVED][d->alives[FS_ALIVE_MOVED]++]);
	if (d->groups < 4 && rnd_percent(20))
		gen_alive(&d->alive[FS_ALIVE_RESTED][d->alives[FS_ALIVE_RESTED]++]);
	if (d->groups < 4 && rnd_percent(30))
		d->advances = 1 + (unsigned int)rnd_below(4);
	for (i = 0; i < d->advances; i++)
		gen_advance(&d->advance[i]);
	c->has_room = rnd_percent(40);
	if (c->has_room) {
		c->room.full = rnd_percent(50);
		c->room.left = (u32)rnd_any_width();
	}
}

/* Both are translated to one address. */
static void gen_repeat(struct fs_record *rec, const struct fs_record *before)
{
	if (rec->type == FS_RECORD_CHECKPOINT && before->type == rec->type &&
	    before->state.family == rec->state.family)
		rec->state.tuple[1].dst = before->state.tuple[1].dst;
}

/* Any datagram; the records that fit are for dgram_put() to say. */
void gen_dgram(struct dgram *d)
{
	unsigned int i;

	d->err = FS_WIRE_OK;
	d->header.channel = rnd_percent(75) ? FS_CHANNEL_STATE :
			    FS_CHANNEL_CONTROL;
	d->header.node = (u32)rnd() | 1;
	d->header.session = rnd() | 1;
	d->header.seq = (rnd_any_width() & FS_WIRE_SEQ_MAX) | 1;
	d->header.len = 0;
	d->groups = 0;
	d->standings = 0;
	d->known = 0;
	d->records = 0;
	d->needs = 0;
	memset(d->alives, 0, sizeof(d->alives));
	d->advances = 0;
	memset(d->results, 0, sizeof(d->results));
	memset(&d->control, 0, sizeof(d->control));
	memset(&d->batch, 0, sizeof(d->batch));
	if (d->header.channel == FS_CHANNEL_STATE) {
		d->batch.group = 1 + (u32)rnd_below(65535);
		d->batch.epoch = rnd_any_width();
		d->records = (unsigned int)rnd_below(6);
		d->known = rnd_percent(50) ? FS_RECORD_KNOWN : 0;
		for (i = 0; i < d->records; i++)
			gen_record(&d->rec[i]);
		for (i = 1; i < d->records; i++)
			if (rnd_percent(50))
				gen_repeat(&d->rec[i], &d->rec[i - 1]);
		return;
	}
	gen_control(d);
}

static void put_alive(struct fs_wr *w, const struct dgram *d,
		      enum fs_alive_kind kind, unsigned int *options)
{
	const struct fs_alive *alive = d->alive[kind];
	unsigned int i;

	for (i = 0; i < d->alives[kind]; i++, ++*options) {
		fs_wr_uint(w, kind == FS_ALIVE_RESTED ? 0x0d : 0x0b, 1);
		fs_wr_uint(w, 4 + alive[i].octets, 1);
		fs_wr_uint(w, alive[i].first, 4);
		fs_wr_bytes(w, alive[i].bits, alive[i].octets);
	}
}

/* Returns false if they do not fit. */
static bool put_results(struct fs_wr *w, const struct dgram *d,
			enum fs_result_kind kind, unsigned int *options)
{
	unsigned int put, i;

	for (i = 0; i < d->results[kind]; i += put) {
		put = fs_control_put_results(w, kind, &d->result[kind][i],
					     d->results[kind] - i);
		if (!put)
			return false;
		++*options;
	}
	return true;
}

static bool put_control(struct fs_wr *w, const struct dgram *d,
			unsigned int *options)
{
	unsigned int i, weights = 0;

	if (d->control.is_heartbeat)
		fs_control_put_heard(w, d->control.heard,
				     d->control.state_seq);
	if (d->control.cookie)
		fs_control_put_cookie(w, d->control.cookie, d->control.print);
	for (i = 0; i < d->groups; i++) {
		fs_control_put_group(w, &d->group[i]);
		weights += d->group[i].weighed;
	}
	fs_control_put_standings(w, d->standing, d->standings);
	if (d->control.has_ack)
		fs_control_put_ack(w, &d->control.ack);
	/* More than one option can hold only if they were decoded. */
	for (i = 0; i < d->needs; i += FS_CONTROL_NEEDS)
		fs_control_put_needs(w, d->need + i,
				     d->needs - i < FS_CONTROL_NEEDS ?
				     d->needs - i : FS_CONTROL_NEEDS);
	*options = 2u * d->control.is_heartbeat + d->groups + weights +
		   DIV_ROUND_UP(d->standings, 63) +
		   d->control.has_ack + DIV_ROUND_UP(d->needs, FS_CONTROL_NEEDS) +
		   d->control.has_room + !!d->control.cookie;
	if (d->control.has_room)
		fs_control_put_room(w, &d->control.room);
	/* Core's encoder takes a set of slots, see test_control.c. */
	put_alive(w, d, FS_ALIVE_MOVED, options);
	put_alive(w, d, FS_ALIVE_RESTED, options);
	for (i = 0; i < d->advances; i++, ++*options)
		if (!fs_advance_put(w, &d->advance[i]))
			return false;
	return put_results(w, d, FS_RESULTS_TOLD, options) &&
	       put_results(w, d, FS_RESULTS_NOTED, options);
}

/* How many options dgram_put() makes of a control datagram. */
unsigned int dgram_options(const struct dgram *d)
{
	static u8 octets[OCTETS_MAX];
	unsigned int options;
	struct fs_wr w;

	fs_wr_init(&w, octets, sizeof(octets));
	put_control(&w, d, &options);
	return options;
}

/* Encodes, and sets the header's length; returns that of the whole datagram,
 * or 0 if it does not fit.
 */
size_t dgram_put(struct dgram *d, u8 *buf, size_t room)
{
	struct fs_wr w, head;
	struct fs_batch b;
	unsigned int i;

	if (room < FS_WIRE_HEADER)
		return 0;
	fs_wr_init(&head, buf, FS_WIRE_HEADER);
	fs_wr_init(&w, buf + FS_WIRE_HEADER, room - FS_WIRE_HEADER);
	if (d->header.channel == FS_CHANNEL_STATE) {
		fs_batch_begin(&b, &w, d->batch.group, d->batch.epoch,
			       d->known);
		for (i = 0; i < d->records; i++)
			if (!fs_batch_put(&b, &w, &d->rec[i]))
				return 0;
	} else if (d->header.channel == FS_CHANNEL_CONTROL &&
		   !put_control(&w, d, &i)) {
		return 0;
	}
	if (w.failed)
		return 0;
	d->header.len = (u16)(w.p - buf - FS_WIRE_HEADER);
	fs_header_put(&head, &d->header);
	return (size_t)(w.p - buf);
}

static enum fs_wire_error get_control(struct dgram *d, struct fs_rd *r)
{
	struct fs_rd groups = *r, standing = *r, needs = { 0 };
	struct fs_rd standings = { 0 };
	struct fs_rd advance = *r, advances = { 0 };
	struct fs_batch batch = { 0 };
	enum fs_wire_error err;
	unsigned int kind;

	err = fs_control_get(r, &d->control);
	if (err)
		return err;
	while (d->groups < FS_HEARTBEAT_GROUPS &&
	       fs_control_next_group(&groups, &d->group[d->groups]))
		d->groups++;
	while (d->standings < FS_HEARTBEAT_GROUPS &&
	       fs_control_next_standing(&standing, &standings,
					&d->standing[d->standings]))
		d->standings++;
	while (d->advances < GEN_ADVANCES &&
	       fs_advance_next(&advance, &advances, &batch,
			       &d->advance[d->advances]))
		d->advances++;
	for (kind = 0; kind < 2; kind++) {
		struct fs_rd all = *r, alive = *r, results = { 0 };

		while (d->alives[kind] < GEN_ALIVES &&
		       fs_control_next_alive(&alive, kind,
					     &d->alive[kind][d->alives[kind]]))
			d->alives[kind]++;
		while (d->results[kind] < GEN_RESULTS &&
		       fs_control_next_result(&all, &results, kind,
				&d->result[kind][d->results[kind]]))
			d->results[kind]++;
	}
	while (d->needs < GEN_NEEDS &&
	       fs_control_next_need(r, &needs, &d->need[d->needs]))
		d->needs++;
	assert(!fs_rd_left(r));
	return err;
}

static enum fs_wire_error get_payload(struct dgram *d, struct fs_rd *r)
{
	enum fs_wire_error err;

	if (d->header.channel == FS_CHANNEL_CONTROL)
		return get_control(d, r);
	if (d->header.channel == FS_CHANNEL_HANDSHAKE)
		return FS_WIRE_OK;
	err = fs_batch_open(&d->batch, r);
	while (!err && fs_rd_left(r)) {
		assert(d->records < GEN_RECORDS);
		err = fs_batch_next(&d->batch, r, &d->rec[d->records]);
		if (!err)
			d->records++;
	}
	return err;
}

/* Decodes all of a datagram, from memory with nothing behind it. */
void dgram_get(struct dgram *d, const u8 *p, size_t len)
{
	struct exact e = exact_copy(p, len);
	struct fs_rd r;

	memset(d, 0, offsetof(struct dgram, rec));
	memset(d->alives, 0, sizeof(d->alives));
	fs_rd_init(&r, e.p, len);
	d->err = fs_header_get(&r, &d->header);
	if (!d->err)
		d->err = get_payload(d, &r);
	exact_free(e);
}

static bool state_equal(const struct fs_state *a, const struct fs_state *b)
{
	return fs_tuple_equal(&a->tuple[0], &b->tuple[0]) &&
	       fs_tuple_equal(&a->tuple[1], &b->tuple[1]) &&
	       a->family == b->family && a->proto == b->proto &&
	       a->status == b->status && a->timeout == b->timeout &&
	       !memcmp(&a->tcp, &b->tcp, sizeof(a->tcp)) &&
	       a->zone.id == b->zone.id && a->zone.dir == b->zone.dir &&
	       fs_attrs_equal(&a->attrs, &b->attrs);
}

bool rec_equal(const struct fs_record *a, const struct fs_record *b)
{
	return a->type == b->type && a->slot == b->slot && a->gen == b->gen &&
	       a->op == b->op && state_equal(&a->state, &b->state);
}

static bool header_equal(const struct fs_header *a, const struct fs_header *b)
{
	return a->channel == b->channel && a->node == b->node &&
	       a->session == b->session && a->seq == b->seq &&
	       a->len == b->len;
}

static bool alive_equal(const struct dgram *a, const struct dgram *b,
			unsigned int kind)
{
	const struct fs_alive *of_a = a->alive[kind], *of_b = b->alive[kind];
	unsigned int i;

	if (a->alives[kind] != b->alives[kind])
		return false;
	for (i = 0; i < a->alives[kind]; i++)
		if (of_a[i].first != of_b[i].first ||
		    of_a[i].octets != of_b[i].octets ||
		    memcmp(of_a[i].bits, of_b[i].bits, of_a[i].octets))
			return false;
	return true;
}

static bool results_equal(const struct dgram *a, const struct dgram *b,
			  unsigned int kind)
{
	unsigned int i;

	if (a->results[kind] != b->results[kind])
		return false;
	for (i = 0; i < a->results[kind]; i++)
		if (a->result[kind][i].slot != b->result[kind][i].slot ||
		    a->result[kind][i].gen != b->result[kind][i].gen ||
		    a->result[kind][i].result != b->result[kind][i].result)
			return false;
	return true;
}

static bool control_equal(const struct fs_control *a,
			  const struct fs_control *b)
{
	return a->is_heartbeat == b->is_heartbeat &&
	       a->has_ack == b->has_ack && a->heard == b->heard &&
	       a->state_seq == b->state_seq && a->ack.top == b->ack.top &&
	       a->ack.window == b->ack.window &&
	       !memcmp(a->ack.seen, b->ack.seen, sizeof(a->ack.seen)) &&
	       a->has_room == b->has_room && a->room.full == b->room.full &&
	       a->room.left == b->room.left &&
	       a->cookie == b->cookie && a->print[0] == b->print[0] &&
	       a->print[1] == b->print[1];
}

bool dgram_equal(const struct dgram *a, const struct dgram *b)
{
	unsigned int i;

	if (a->err != b->err || !header_equal(&a->header, &b->header) ||
	    !control_equal(&a->control, &b->control) ||
	    a->batch.group != b->batch.group ||
	    a->batch.epoch != b->batch.epoch ||
	    a->groups != b->groups || a->records != b->records ||
	    a->needs != b->needs || a->standings != b->standings ||
	    !results_equal(a, b, FS_RESULTS_TOLD) ||
	    !results_equal(a, b, FS_RESULTS_NOTED) ||
	    !alive_equal(a, b, FS_ALIVE_MOVED) ||
	    !alive_equal(a, b, FS_ALIVE_RESTED))
		return false;
	for (i = 0; i < a->standings; i++)
		if (a->standing[i].id != b->standing[i].id ||
		    a->standing[i].priority != b->standing[i].priority ||
		    a->standing[i].flags != b->standing[i].flags)
			return false;
	if (a->advances != b->advances)
		return false;
	for (i = 0; i < a->advances; i++)
		if (!rec_equal(&a->advance[i], &b->advance[i]))
			return false;
	if (memcmp(a->need, b->need, a->needs * sizeof(a->need[0])))
		return false;
	for (i = 0; i < a->groups; i++)
		if (a->group[i].id != b->group[i].id ||
		    a->group[i].role != b->group[i].role ||
		    a->group[i].epoch != b->group[i].epoch ||
		    a->group[i].claim != b->group[i].claim ||
		    a->group[i].holder != b->group[i].holder ||
		    a->group[i].weighed != b->group[i].weighed ||
		    a->group[i].rank != b->group[i].rank ||
		    a->group[i].traffic != b->group[i].traffic)
			return false;
	for (i = 0; i < a->records; i++)
		if (!rec_equal(&a->rec[i], &b->rec[i]))
			return false;
	return true;
}

static bool expects_sane(const struct fs_expects *expects, u8 family,
			 size_t most)
{
	struct fs_expect_cursor c;
	struct fs_expect e;

	if (!expects->len || expects->len > most)
		return false;
	fs_expects_begin(&c, expects, family);
	while (fs_expects_next(&c, &e))
		if (!e.proto || e.flags > 7 || e.class > 3 || e.dir > 1 ||
		    e.timeout > FS_TIMEOUT_MAX)
			return false;
	return !fs_rd_left(&c.r) && !c.r.failed;
}

/* Adds to @less what they take of the room of expectations. */
static bool timeouts_sane(const struct fs_timeouts *t, size_t *less)
{
	unsigned int n;

	*less += 2;
	for (n = 0; n < t->count; n++) {
		u32 seconds = t->seconds[n];

		if (seconds > FS_TIMEOUT_MAX)
			return false;
		*less += seconds < 128 ? 1 : seconds < 16384 ? 2 : 3;
	}
	return t->count && t->count <= 14;
}

/* Whether a receiver could act on a decoded record; core is not asked but for
 * the state of a checkpoint.
 */
bool rec_sane(const struct fs_record *rec)
{
	const struct fs_state *s = &rec->state;
	size_t less = 0;

	if (rec->type < 1 || rec->type > 3 || !rec->gen || !rec->op)
		return false;
	if (rec->type == FS_RECORD_DELETE)
		return true;
	if (rec->type == FS_RECORD_UPDATE && (s->zone.id || s->zone.dir))
		return false;
	if (s->family != FS_IPV4 && s->family != FS_IPV6)
		return false;
	if (!s->proto || (rec->type == FS_RECORD_CHECKPOINT &&
	    s->proto == (s->family == FS_IPV4 ? FS_ICMPV6 : FS_ICMP)))
		return false;
	if (s->attrs.has & FS_ATTR_WINDOW &&
	    (s->proto != FS_TCP || s->attrs.window.exp[0] > 30 ||
	     s->attrs.window.exp[1] > 30))
		return false;
	if (s->attrs.has & FS_ATTR_SCTP &&
	    (s->proto != FS_SCTP || s->attrs.sctp.state > 9))
		return false;
	if (s->attrs.has & FS_ATTR_DCCP &&
	    (s->proto != FS_DCCP || s->attrs.dccp.state > 7))
		return false;
	if (s->attrs.has & FS_ATTR_HELPER && !s->attrs.helper[0])
		return false;
	if (s->attrs.has & FS_ATTR_SECMARK &&
	    (!s->attrs.secmark[0] || strlen(s->attrs.secmark) > 127))
		return false;
	if (s->attrs.has & FS_ATTR_TIMEOUTS &&
	    !timeouts_sane(&s->attrs.timeouts, &less))
		return false;
	if (s->attrs.has & FS_ATTR_SECMARK)
		less += 2 + strlen(s->attrs.secmark);
	if (s->attrs.has & FS_ATTR_EXPECTS &&
	    !expects_sane(&s->attrs.expects, s->family, FS_EXPECTS_MAX - less))
		return false;
	if (s->attrs.has & FS_ATTR_MASTER &&
	    (s->attrs.master.family != s->family || !s->attrs.master.proto))
		return false;
	if (s->status > 7 || s->timeout > FS_TIMEOUT_MAX)
		return false;
	if (s->proto == FS_TCP &&
	    (s->tcp.state < 1 || s->tcp.state > 9 || s->tcp.scale[0] > 14 ||
	     s->tcp.scale[1] > 14 || (s->tcp.flags[0] | s->tcp.flags[1]) > 15))
		return false;
	return rec->type == FS_RECORD_UPDATE || fs_state_valid(s);
}
