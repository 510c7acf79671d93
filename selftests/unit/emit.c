// SPDX-License-Identifier: GPL-2.0
/*
 * Datagrams for another decoder, a line each: their octets in hexadecimal, a
 * tab, and as JSON what is in them. Addresses are hexadecimal in it.
 *
 *	emit golden		the hand-written ones
 *	emit sent COUNT		generated: the JSON is what was encoded
 *	emit damaged COUNT	damaged: the JSON is what core decodes
 */
#include <inttypes.h>
#include <stdio.h>
#include "expect.h"
#include "gen.h"
#include "golden.h"
#include "rnd.h"

static struct dgram d;
static u8 octets[OCTETS_MAX + 8];

static void put_hex(const u8 *p, size_t len)
{
	while (len--)
		printf("%02x", *p++);
}

static void put_tuple(const char *name, const struct fs_tuple *t, u8 family)
{
	size_t len = family == FS_IPV4 ? 4 : 16;

	printf(", \"%s\": {\"src\": \"", name);
	put_hex(t->src.octets, len);
	printf("\", \"dst\": \"");
	put_hex(t->dst.octets, len);
	printf("\", \"sport\": %u, \"dport\": %u}", t->sport, t->dport);
}

static void put_pair(const char *name, u64 a, u64 b)
{
	printf(", \"%s\": [%" PRIu64 ", %" PRIu64 "]", name, a, b);
}

static void put_hex_of(const char *name, const void *p, size_t len)
{
	printf(", \"%s\": \"", name);
	put_hex(p, len);
	printf("\"");
}

static void put_expect(const struct fs_expect *e, u8 family)
{
	unsigned int alen = fs_addr_len(family);

	printf("{\"proto\": %u, \"flags\": %u, \"class\": %u, \"dir\": %u",
	       e->proto, e->flags, e->class, e->dir);
	put_hex_of("src", e->tuple.src.octets, alen);
	put_hex_of("dst", e->tuple.dst.octets, alen);
	put_hex_of("mask", e->mask.octets, alen);
	put_hex_of("saved", e->saved.octets, alen);
	put_pair("ports", e->tuple.sport, e->tuple.dport);
	put_pair("more", e->port_mask, e->saved_port);
	put_hex_of("helper", e->helper, strlen(e->helper));
	put_hex_of("fn", e->fn, strlen(e->fn));
	printf(", \"timeout\": %u}", e->timeout);
}

static void put_expects(const struct fs_expects *expects, u8 family)
{
	struct fs_expect_cursor c;
	const char *comma = "";
	struct fs_expect e;

	printf(", \"expects\": [");
	fs_expects_begin(&c, expects, family);
	while (fs_expects_next(&c, &e)) {
		printf("%s", comma);
		put_expect(&e, family);
		comma = ", ";
	}
	printf("]");
}

static void put_master(const struct fs_master *m)
{
	printf(", \"master\": {\"proto\": %u", m->proto);
	put_hex_of("src", m->tuple.src.octets, fs_addr_len(m->family));
	put_hex_of("dst", m->tuple.dst.octets, fs_addr_len(m->family));
	put_pair("ports", m->tuple.sport, m->tuple.dport);
	printf("}");
}

static void put_timeouts(const struct fs_timeouts *t)
{
	unsigned int n;

	printf(", \"timeouts\": [");
	for (n = 0; n < t->count; n++)
		printf("%s%u", n ? ", " : "", t->seconds[n]);
	printf("]");
}

static void put_attrs(const struct fs_attrs *a, u8 family)
{
	unsigned int dir;

	if (a->has & FS_ATTR_WINDOW) {
		put_pair("end", a->window.end[0], a->window.end[1]);
		put_pair("window", a->window.exp[0], a->window.exp[1]);
	}
	if (a->has & FS_ATTR_MARK)
		printf(", \"mark\": %u", a->mark);
	if (a->has & FS_ATTR_LABELS)
		put_hex_of("labels", a->labels, FS_LABELS);
	if (a->has & FS_ATTR_HELPER)
		put_hex_of("helper", a->helper, strlen(a->helper));
	if (a->has & FS_ATTR_SEQADJ)
		for (dir = 0; dir < 2; dir++)
			printf(", \"seqadj%u\": [%u, %u, %u]", dir,
			       a->seqadj[dir].pos, a->seqadj[dir].before,
			       a->seqadj[dir].after);
	if (a->has & FS_ATTR_SYNPROXY)
		printf(", \"synproxy\": [%u, %u, %u]", a->synproxy.isn,
		       a->synproxy.its, a->synproxy.tsoff);
	if (a->has & FS_ATTR_SCTP)
		printf(", \"sctp\": [%u, %u, %u]", a->sctp.state,
		       a->sctp.vtag[0], a->sctp.vtag[1]);
	if (a->has & FS_ATTR_DCCP)
		printf(", \"dccp\": [%u, %u, %u, %" PRIu64 "]",
		       a->dccp.state, a->dccp.role[0], a->dccp.role[1],
		       a->dccp.seq);
	if (a->has & FS_ATTR_ACCT) {
		put_pair("packets", a->acct[0].packets, a->acct[1].packets);
		put_pair("octets", a->acct[0].octets, a->acct[1].octets);
	}
	if (a->has & FS_ATTR_START)
		printf(", \"start\": %" PRIu64, a->start);
	if (a->has & FS_ATTR_EXPECTS)
		put_expects(&a->expects, family);
	if (a->has & FS_ATTR_MASTER)
		put_master(&a->master);
	if (a->has & FS_ATTR_SECMARK)
		put_hex_of("secmark", a->secmark, strlen(a->secmark));
	if (a->has & FS_ATTR_TIMEOUTS)
		put_timeouts(&a->timeouts);
}

static void put_proto(u8 proto)
{
	switch (proto) {
	case FS_TCP:
		printf(", \"proto\": \"tcp\"");
		break;
	case FS_UDP:
		printf(", \"proto\": \"udp\"");
		break;
	case FS_ICMP:
	case FS_ICMPV6:
		printf(", \"proto\": \"icmp\"");
		break;
	default:
		printf(", \"proto\": %u", proto);
	}
}

static void put_state(const struct fs_state *s, bool tuples)
{
	put_proto(s->proto);
	printf(", \"family\": %u, \"status\": %u", s->family, s->status);
	printf(", \"zone\": {\"id\": %u, \"dir\": %u}", s->zone.id,
	       s->zone.dir);
	if (tuples) {
		put_tuple("original", &s->tuple[0], s->family);
		put_tuple("reply", &s->tuple[1], s->family);
	}
	if (s->proto == FS_TCP)
		printf(", \"tcp\": {\"state\": %u, \"scale\": [%u, %u], \"flags\": [%u, %u]}",
		       s->tcp.state, s->tcp.scale[0], s->tcp.scale[1],
		       s->tcp.flags[0], s->tcp.flags[1]);
	printf(", \"timeout\": %u", s->timeout);
	put_attrs(&s->attrs, s->family);
}

static void put_record(const struct fs_record *rec)
{
	static const char *const types[] = {
		"none", "checkpoint", "update", "delete",
	};

	printf("{\"type\": \"%s\", \"slot\": %u, \"gen\": %u, \"op\": %" PRIu64,
	       types[rec->type & 3], rec->slot, rec->gen, rec->op);
	if (rec->type != FS_RECORD_DELETE)
		put_state(&rec->state, rec->type == FS_RECORD_CHECKPOINT);
	printf("}");
}

static void put_records(void)
{
	unsigned int i;

	printf(", \"group\": %u, \"epoch\": %" PRIu64 ", \"records\": [",
	       d.batch.group, d.batch.epoch);
	for (i = 0; i < d.records; i++) {
		printf("%s", i ? ", " : "");
		put_record(&d.rec[i]);
	}
	printf("]");
}

static void put_ack(const struct fs_ack *ack)
{
	const char *comma = "";
	unsigned int n;

	printf(", \"ack\": {\"top\": %" PRIu64 ", \"window\": %u, \"seen\": [",
	       ack->top, ack->window);
	for (n = 0; n < 256; n++) {
		if (!(ack->seen[n / 64] & 1ull << n % 64))
			continue;
		printf("%s%u", comma, n);
		comma = ", ";
	}
	printf("]}");
}

static void put_alive(const char *name, enum fs_alive_kind kind)
{
	const struct fs_alive *alive = d.alive[kind];
	const char *comma = "";
	unsigned int i, n;

	printf(", \"%s\": [", name);
	for (i = 0; i < d.alives[kind]; i++)
		for (n = 0; n < 8 * alive[i].octets; n++) {
			if (!(alive[i].bits[n / 8] >> n % 8 & 1))
				continue;
			printf("%s%" PRIu64, comma, (uint64_t)alive[i].first + n);
			comma = ", ";
		}
	printf("]");
}

static void put_control(void)
{
	unsigned int kind, i;

	if (d.control.is_heartbeat)
		printf(", \"heard\": %" PRIu64, d.control.heard);
	if (d.control.has_ack)
		put_ack(&d.control.ack);
	printf(", \"needs\": [");
	for (i = 0; i < d.needs; i++)
		printf("%s%u", i ? ", " : "", d.need[i]);
	if (d.control.cookie)
		printf("], \"cookie\": %" PRIu64 ", \"prints\": [%u, %u",
		       d.control.cookie, d.control.print[0],
		       d.control.print[1]);
	printf("], \"state_seq\": %" PRIu64 ", \"groups\": [",
	       d.control.state_seq);
	for (i = 0; i < d.groups; i++)
		printf("%s{\"id\": %u, \"role\": %u, \"epoch\": %" PRIu64
		       ", \"claim\": %" PRIu64 ", \"holder\": %u"
		       ", \"weight\": [%u, %u, %u]}",
		       i ? ", " : "", d.group[i].id, d.group[i].role,
		       d.group[i].epoch, d.group[i].claim,
		       d.group[i].holder, d.group[i].weighed,
		       d.group[i].rank, d.group[i].traffic);
	printf("], \"standings\": [");
	for (i = 0; i < d.standings; i++)
		printf("%s{\"id\": %u, \"priority\": %u, \"flags\": %u}",
		       i ? ", " : "", d.standing[i].id, d.standing[i].priority,
		       d.standing[i].flags);
	printf("]");
	if (d.control.has_room)
		printf(", \"room\": {\"full\": %u, \"left\": %u}",
		       d.control.room.full, d.control.room.left);
	put_alive("alive", FS_ALIVE_MOVED);
	put_alive("rested", FS_ALIVE_RESTED);
	printf(", \"advances\": [");
	for (i = 0; i < d.advances; i++) {
		printf("%s", i ? ", " : "");
		put_record(&d.advance[i]);
	}
	printf("]");
	for (kind = 0; kind < 2; kind++) {
		printf(", \"%s\": [", kind ? "noted" : "results");
		for (i = 0; i < d.results[kind]; i++)
			printf("%s[%u, %u, %u]", i ? ", " : "",
			       d.result[kind][i].slot, d.result[kind][i].gen,
			       d.result[kind][i].result);
		printf("]");
	}
}

static void put_line(size_t len)
{
	put_hex(octets, len);
	printf("\t{\"channel\": %u, \"node\": %u, \"session\": %" PRIu64
	       ", \"seq\": %" PRIu64, d.header.channel, d.header.node,
	       d.header.session, d.header.seq);
	if (d.header.channel == FS_CHANNEL_STATE)
		put_records();
	else if (d.header.channel == FS_CHANNEL_CONTROL)
		put_control();
	if (d.err)
		printf(", \"error\": %d", d.err);
	printf("}\n");
}

/* Headers are put in front of the golden octets here. */
static void emit_golden_control(void)
{
	static const char header[] = "46530100 00000007 0000000000000008"
				     "000000000009 0000";
	size_t i, len, head = octets_of(octets, header);

	for (i = 0; i < ARRAY_SIZE(golden_control); i++) {
		const struct golden_control *g = &golden_control[i];

		len = head + octets_of(octets + head, g->octets);
		octets[23] = (u8)(len - FS_WIRE_HEADER);
		d = (struct dgram){
			.header = { .channel = FS_CHANNEL_CONTROL, .node = 7,
				    .session = 8, .seq = 9 },
			.control = g->control,
			.groups = g->groups,
			.standings = g->standings,
			.needs = g->needs,
		};
		memcpy(d.standing, g->standing, sizeof(g->standing));
		memcpy(d.group, g->group, sizeof(g->group));
		memcpy(d.need, g->need, sizeof(g->need));
		memcpy(d.results, g->results, sizeof(g->results));
		memcpy(d.result[0], g->result[0], sizeof(g->result[0]));
		memcpy(d.result[1], g->result[1], sizeof(g->result[1]));
		put_line(len);
	}
}

static void emit_golden(void)
{
	static const char header[] = "46530101 00000007 0000000000000008"
				     "000000000009 0000" GOLDEN_BATCH;
	size_t i, len, head = octets_of(octets, header);

	for (i = 0; i < ARRAY_SIZE(golden); i++) {
		len = head + octets_of(octets + head, golden[i].octets);
		octets[23] = (u8)(len - FS_WIRE_HEADER);
		d = (struct dgram){
			.header = { .channel = FS_CHANNEL_STATE, .node = 7,
				    .session = 8, .seq = 9 },
			.batch = { .group = 1, .epoch = 300 },
			.records = 1,
			.rec = { golden[i].rec },
		};
		put_line(len);
	}
}

static void emit_sent(unsigned long count)
{
	while (count--) {
		gen_dgram(&d);
		put_line(dgram_put(&d, octets, OCTETS_MAX));
	}
}

static void emit_damaged(unsigned long count)
{
	size_t len, at;

	while (count--) {
		gen_dgram(&d);
		if (d.groups > 4)
			d.groups = 4;
		len = dgram_put(&d, octets, OCTETS_MAX);
		at = rnd_percent(10) ? rnd_below(len) :
		     FS_WIRE_HEADER + rnd_below(len - FS_WIRE_HEADER);
		octets[at] = rnd_percent(50) ? (u8)rnd() :
			     octets[at] ^ (u8)(1 << rnd_below(8));
		if (rnd_percent(20)) {
			len = FS_WIRE_HEADER + rnd_below(len - FS_WIRE_HEADER);
			octets[22] = (u8)((len - FS_WIRE_HEADER) >> 8);
			octets[23] = (u8)(len - FS_WIRE_HEADER);
		}
		dgram_get(&d, octets, len);
		put_line(len);
	}
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;

	rnd_start();
	if (argc > 1 && !strcmp(argv[1], "golden")) {
		emit_golden();
		emit_golden_control();
	} else if (argc > 1 && !strcmp(argv[1], "sent"))
		emit_sent(count);
	else if (argc > 1 && !strcmp(argv[1], "damaged"))
		emit_damaged(count);
	else
		return 2;
	return 0;
}
