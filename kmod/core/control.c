// SPDX-License-Identifier: GPL-2.0
#include "advance.h"
#include "control_options.h"
#include "heir.h"
#include "role.h"

static void get_check(struct fs_rd *value, struct fs_check *check)
{
	check->bucket = (u32)fs_rd_uint(value, 4);
	check->count = (u32)fs_rd_uint(value, 4);
	check->op = fs_rd_uint(value, 8);
	check->digest = fs_rd_uint(value, 8);
}

static void get_answer(struct fs_rd *value, struct fs_answer *answer)
{
	answer->bucket = (u32)fs_rd_uint(value, 4);
	answer->verdict = (u8)fs_rd_uint(value, 1);
	answer->op = fs_rd_uint(value, 8);
}

static void get_group(struct fs_rd *value, struct fs_group_view *g)
{
	g->id = (u16)fs_rd_uint(value, 2);
	g->role = (u8)fs_rd_uint(value, 1);
	g->epoch = fs_rd_uint(value, 8);
	g->claim = fs_rd_uint(value, 8);
	g->holder = (u32)fs_rd_uint(value, 4);
	g->weighed = false;
	g->rank = 0;
	g->traffic = 0;
}

static void get_weight(struct fs_rd *value, struct fs_group_view *g)
{
	g->weighed = true;
	g->rank = (u8)fs_rd_uint(value, 1);
	g->traffic = (u8)fs_rd_uint(value, 1);
}

static void get_standing(struct fs_rd *value, struct fs_standing *s)
{
	s->id = (u16)fs_rd_uint(value, 2);
	s->priority = (u8)fs_rd_uint(value, 1);
	s->flags = (u8)fs_rd_uint(value, 1);
}

static void get_ack(struct fs_rd *value, struct fs_ack *ack)
{
	unsigned int n;

	ack->top = fs_rd_uint(value, 8);
	ack->window = (u16)fs_rd_uint(value, 2);
	memset(ack->seen, 0, sizeof(ack->seen));
	for (n = 0; n < ACK_OCTETS && fs_rd_left(value); n++)
		ack->seen[n / 8] |= fs_rd_uint(value, 1) << 8 * (n % 8);
}

static bool get_need(struct fs_rd *value, u32 *slot)
{
	u64 number = fs_rd_varint(value);

	*slot = (u32)number;
	return !value->failed && number <= 0xffffffffull;
}

static void get_alive(struct fs_rd *value, struct fs_alive *alive)
{
	alive->first = (u32)fs_rd_uint(value, 4);
	alive->octets = (u32)fs_rd_left(value);
	fs_rd_bytes(value, alive->bits, alive->octets);
}

static bool get_result(struct fs_rd *value, struct fs_result *result)
{
	u64 slot = fs_rd_varint(value);
	u64 gen = fs_rd_varint(value);

	result->slot = (u32)slot;
	result->gen = (u32)gen;
	result->result = (u8)fs_rd_uint(value, 1);
	return !value->failed && slot <= 0xffffffffull && gen &&
	       gen <= 0xffffffffull && result->result;
}

/* What an option's value is, without its length being right. */
static enum fs_wire_error get_value(struct fs_control *c, u8 type,
				    struct fs_rd *value, unsigned int *groups)
{
	struct fs_standing standing;
	struct fs_result result;
	struct fs_alive alive;
	struct fs_answer answer;
	struct fs_group_view g;
	struct fs_check check;
	u8 full;
	u32 slot;

	switch (type) {
	case OPT_HEARD:
		c->heard = fs_rd_uint(value, 8);
		c->is_heartbeat = true;
		break;
	case OPT_STATE_SEQ:
		c->state_seq = fs_rd_uint(value, 8);
		if (c->state_seq > FS_WIRE_SEQ_MAX)
			return FS_WIRE_BADVALUE;
		break;
	case OPT_GROUP:
		get_group(value, &g);
		c->has_groups = true;
		/* One that is active claims it for itself. */
		if (!value->failed &&
		    (!g.id || g.role >= FS_ROLES || g.claim > g.epoch ||
		     (g.role == FS_ROLE_ACTIVE && !g.holder) ||
		     ++*groups > FS_HEARTBEAT_GROUPS))
			return FS_WIRE_BADVALUE;
		break;
	case OPT_WEIGHT:
		get_weight(value, &g);
		if (g.traffic > FS_TRAFFIC_MAX)
			return FS_WIRE_BADVALUE;
		break;
	case OPT_ACK:
		get_ack(value, &c->ack);
		c->has_ack = true;
		break;
	case OPT_NEEDS:
		while (fs_rd_left(value))
			if (!get_need(value, &slot))
				return FS_WIRE_BADVALUE;
		break;
	case OPT_COOKIE:
		c->cookie = fs_rd_uint(value, 8);
		c->print[0] = (u32)fs_rd_uint(value, 4);
		c->print[1] = (u32)fs_rd_uint(value, 4);
		break;
	case OPT_CHECK:
		get_check(value, &check);
		if (check.bucket > 0xffffffffu / FS_BUCKET)
			return FS_WIRE_BADVALUE;
		break;
	case OPT_ANSWER:
		get_answer(value, &answer);
		if (answer.bucket > 0xffffffffu / FS_BUCKET ||
		    answer.verdict >= FS_VERDICTS)
			return FS_WIRE_BADVALUE;
		break;
	case OPT_STANDING:
		do {
			get_standing(value, &standing);
			if (!value->failed && !standing.id)
				return FS_WIRE_BADVALUE;
		} while (fs_rd_left(value));
		break;
	case OPT_RESULTS:
	case OPT_NOTED:
		while (fs_rd_left(value))
			if (!get_result(value, &result))
				return FS_WIRE_BADVALUE;
		break;
	case OPT_ALIVE:
	case OPT_RESTED:
		if (fs_rd_left(value) < ALIVE_MIN)
			return FS_WIRE_BADLEN;
		get_alive(value, &alive);
		if (alive.first % 8)
			return FS_WIRE_BADVALUE;
		break;
	case OPT_ROOM:
		full = (u8)fs_rd_uint(value, 1);
		if (full > 1)
			return FS_WIRE_BADVALUE;
		c->has_room = true;
		c->room.full = full;
		c->room.left = (u32)fs_rd_uint(value, 4);
		break;
	}
	return value->failed || fs_rd_left(value) ? FS_WIRE_BADLEN : FS_WIRE_OK;
}

/* Whether an option is neither the node's nor a group's, but about flows. */
static bool is_more(u8 type)
{
	switch (type) {
	case OPT_NEEDS:
	case OPT_CHECK:
	case OPT_ANSWER:
	case OPT_RESULTS:
	case OPT_NOTED:
	case OPT_ALIVE:
	case OPT_RESTED:
		return true;
	default:
		return false;
	}
}

/**
 * fs_control_get - check a whole control datagram, read what comes once
 * @r: cursor behind the datagram's header; not moved, so that the functions
 *	for what is repeated can follow
 * @c: result
 *
 * Return: FS_WIRE_OK, or why the datagram is refused.
 */
enum fs_wire_error fs_control_get(const struct fs_rd *r, struct fs_control *c)
{
	struct fs_rd all = *r, value;
	unsigned int groups = 0;
	enum fs_wire_error err;

	memset(c, 0, sizeof(*c));
	while (fs_rd_left(&all)) {
		u8 type = (u8)fs_rd_uint(&all, 1);

		fs_rd_sub(&all, &value, (size_t)fs_rd_uint(&all, 1));
		if (all.failed)
			return FS_WIRE_BADLEN;
		switch (type) {
		case OPT_HEARD:
		case OPT_STATE_SEQ:
		case OPT_GROUP:
		case OPT_ACK:
		case OPT_NEEDS:
		case OPT_CHECK:
		case OPT_ANSWER:
		case OPT_STANDING:
		case OPT_WEIGHT:
		case OPT_RESULTS:
		case OPT_NOTED:
		case OPT_ROOM:
		case OPT_ALIVE:
		case OPT_RESTED:
		case OPT_COOKIE:
			c->has_more |= is_more(type);
			err = get_value(c, type, &value, &groups);
			if (err)
				return err;
			break;
		case FS_OPT_ADVANCE:
			c->has_more = true;
			err = fs_advance_check(&value, &c->unknown);
			if (err)
				return err;
			break;
		default:
			if ((type >= FS_OPT_HEIR && type <= FS_OPT_ACKED) ||
			    type == FS_OPT_OFFERED) {
				c->has_more = true;
				err = fs_heir_check(type, &value);
				/* It is in what the option holds. */
				if (err == FS_WIRE_MANDATORY)
					c->unknown = type;
				if (err)
					return err;
			} else if (type & FS_OPT_MANDATORY) {
				c->unknown = type;
				return FS_WIRE_MANDATORY;
			}
		}
	}
	if (all.failed || !(c->is_heartbeat || c->has_ack))
		return FS_WIRE_BADLEN;
	return FS_WIRE_OK;
}

/* Move to the value of the next option of a type. */
static bool next_option(struct fs_rd *r, u8 wanted, struct fs_rd *value)
{
	while (fs_rd_left(r)) {
		u8 type = (u8)fs_rd_uint(r, 1);

		fs_rd_sub(r, value, (size_t)fs_rd_uint(r, 1));
		if (type == wanted)
			return !value->failed;
	}
	return false;
}

/* What the claim of a group weighs stands right behind the group, if it is told. */
static void next_weight(struct fs_rd *r, struct fs_group_view *g)
{
	struct fs_rd ahead = *r, value;

	if (!fs_rd_left(&ahead) || fs_rd_uint(&ahead, 1) != OPT_WEIGHT)
		return;
	fs_rd_sub(&ahead, &value, (size_t)fs_rd_uint(&ahead, 1));
	get_weight(&value, g);
	*r = ahead;
}

/**
 * fs_control_next_group - read the next group of a checked datagram
 * @r: cursor behind the header, or where the call before left it
 * @g: result
 *
 * Return: false if there is none left.
 */
bool fs_control_next_group(struct fs_rd *r, struct fs_group_view *g)
{
	struct fs_rd value;

	if (!next_option(r, OPT_GROUP, &value))
		return false;
	get_group(&value, g);
	next_weight(r, g);
	return true;
}

/**
 * fs_control_next_standing - read how the next group of a checked datagram stands
 * @r: cursor behind the header, or where the call before left it
 * @standings: cursor within an option; zeroed before the first call
 * @s: result
 *
 * Return: false if there is none left.
 */
bool fs_control_next_standing(struct fs_rd *r, struct fs_rd *standings,
			      struct fs_standing *s)
{
	while (!fs_rd_left(standings))
		if (!next_option(r, OPT_STANDING, standings))
			return false;
	get_standing(standings, s);
	return true;
}

/**
 * fs_control_next_check - read the next check of a checked datagram
 * @r: cursor behind the header, or where the call before left it
 * @check: result
 *
 * Return: false if there is none left.
 */
bool fs_control_next_check(struct fs_rd *r, struct fs_check *check)
{
	struct fs_rd value;

	if (!next_option(r, OPT_CHECK, &value))
		return false;
	get_check(&value, check);
	return true;
}

/**
 * fs_control_next_answer - read the next answer of a checked datagram
 * @r: cursor behind the header, or where the call before left it
 * @answer: result
 *
 * Return: false if there is none left.
 */
bool fs_control_next_answer(struct fs_rd *r, struct fs_answer *answer)
{
	struct fs_rd value;

	if (!next_option(r, OPT_ANSWER, &value))
		return false;
	get_answer(&value, answer);
	return true;
}

/**
 * fs_control_next_need - read the next slot asked for in a checked datagram
 * @r: cursor behind the header, or where the call before left it
 * @needs: cursor within an option; zeroed before the first call
 * @slot: result
 *
 * Return: false if there is none left.
 */
bool fs_control_next_need(struct fs_rd *r, struct fs_rd *needs, u32 *slot)
{
	while (!fs_rd_left(needs))
		if (!next_option(r, OPT_NEEDS, needs))
			return false;
	return get_need(needs, slot);
}

/**
 * fs_control_next_alive - read the next flows of a checked datagram that had
 *	packets
 * @r: cursor behind the header, or where the call before left it
 * @kind: when they had them
 * @alive: result
 *
 * Return: false if there are none left.
 */
bool fs_control_next_alive(struct fs_rd *r, enum fs_alive_kind kind,
			   struct fs_alive *alive)
{
	struct fs_rd value;

	if (!next_option(r, option_of_alive(kind), &value))
		return false;
	get_alive(&value, alive);
	return true;
}

/**
 * fs_control_next_result - read the next result of a checked datagram
 * @r: cursor behind the header, or where the call before left it
 * @results: cursor within an option; zeroed before the first call
 * @kind: whose results
 * @result: result
 *
 * Return: false if there is none left.
 */
bool fs_control_next_result(struct fs_rd *r, struct fs_rd *results,
			    enum fs_result_kind kind, struct fs_result *result)
{
	while (!fs_rd_left(results))
		if (!next_option(r, option_of(kind), results))
			return false;
	return get_result(results, result);
}
