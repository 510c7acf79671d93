// SPDX-License-Identifier: GPL-2.0
#include "heir.h"

#define PART_MASK	0xffffffull

static_assert(FS_ASK_EACH_MAX <= 2 + 255);

/* Of the attributes those that two members may have been told differently under
 * one op, and that the heir has as they were told: what leaves is the state at that
 * moment, which may be later than the op. Not windows, counts and offsets, which
 * move with the packets; what a connection gets at its beginning and keeps needs no
 * digest.
 */
static u64 mix_attrs(u64 sum, const struct fs_attrs *attrs)
{
	if (attrs->has & FS_ATTR_MARK)
		sum = fs_digest_mix(sum, (u64)FS_ATTR_MARK << 32 | attrs->mark);
	if (attrs->has & FS_ATTR_LABELS) {
		sum = fs_digest_mix(sum, get_unaligned_be64(attrs->labels));
		sum = fs_digest_mix(sum, get_unaligned_be64(attrs->labels + 8));
	}
	if (attrs->has & FS_ATTR_SCTP)
		sum = fs_digest_mix(sum, (u64)FS_ATTR_SCTP << 32 |
				    attrs->sctp.state);
	if (attrs->has & FS_ATTR_DCCP)
		sum = fs_digest_mix(sum, (u64)FS_ATTR_DCCP << 32 |
				    attrs->dccp.state);
	return sum;
}

/**
 * fs_heir_digest - digest of one flow, as an heir asks about it
 * @slot: at its origin
 * @gen: of the slot
 * @op: of its last change
 * @state: of it all but the timeout and the TCP flags, which differ with time, and
 *	with where the flow is live; of its attributes mark, labels, and the states
 *	of SCTP and DCCP
 *
 * Return: the digest, the same on every machine, never 0.
 */
u64 fs_heir_digest(u32 slot, u32 gen, u64 op, const struct fs_state *state)
{
	u64 extra = state->status;

	if (state->proto == FS_TCP)
		extra |= (u64)state->tcp.state << 8 |
			 (u64)state->tcp.scale[0] << 16 |
			 (u64)state->tcp.scale[1] << 24;
	extra = fs_digest_flow(slot, gen, op, state) +
		extra * 0x9e3779b97f4a7c15ull;
	extra = mix_attrs(extra, &state->attrs);
	return extra ? extra : 1;
}

/**
 * fs_ask_sum - write the digests of a question
 * @ask: the question; @bucket, @mask and @each are set
 * @digest: of the flow in each slot of the bucket; those of @mask are read
 */
void fs_ask_sum(struct fs_ask *ask, const u64 *digest)
{
	unsigned int i;

	ask->digest = 0;
	for (i = 0; i < FS_BUCKET; i++) {
		ask->part[i] = 0;
		if (!(ask->mask >> i & 1))
			continue;
		ask->digest += digest[i];
		ask->part[i] = (u32)(digest[i] & PART_MASK);
	}
}

/**
 * fs_ask_match - what of a question is held
 * @ask: the question
 * @digest: of what is held in each slot of the bucket, 0 for nothing
 *
 * Return: a mask. Asked for the sum, it is all or nothing.
 */
u64 fs_ask_match(const struct fs_ask *ask, const u64 *digest)
{
	u64 held = 0, sum = 0;
	unsigned int i;

	for (i = 0; i < FS_BUCKET; i++) {
		if (!(ask->mask >> i & 1) || !digest[i])
			continue;
		sum += digest[i];
		if (!ask->each || (digest[i] & PART_MASK) == ask->part[i])
			held |= 1ull << i;
	}
	if (!ask->each && (held != ask->mask || sum != ask->digest))
		return 0;
	return held;
}

static void put_head(struct fs_wr *w, u8 type, size_t len)
{
	fs_wr_uint(w, type, 1);
	fs_wr_uint(w, len, 1);
}

/* Begin an option whose length is not known yet. Returns where that belongs. */
static u8 *open_option(struct fs_wr *w, u8 type)
{
	u8 *len;

	fs_wr_uint(w, type, 1);
	len = w->p;
	fs_wr_uint(w, 0, 1);
	return len;
}

static void close_option(struct fs_wr *w, u8 *len)
{
	size_t octets = (size_t)(w->p - len - 1);

	if (octets > 0xff)
		w->failed = true;
	if (!w->failed)
		*len = (u8)octets;
}

/**
 * fs_heir_put - say for whom the sender goes on
 * @w: cursor behind what is there
 * @heir: that
 */
void fs_heir_put(struct fs_wr *w, const struct fs_heir *heir)
{
	put_head(w, FS_OPT_HEIR, 14);
	fs_wr_uint(w, heir->group, 2);
	fs_wr_uint(w, heir->epoch, 8);
	fs_wr_uint(w, heir->origin, 4);
}

static void get_heir(struct fs_rd *value, struct fs_heir *heir)
{
	heir->group = (u16)fs_rd_uint(value, 2);
	heir->epoch = fs_rd_uint(value, 8);
	heir->origin = (u32)fs_rd_uint(value, 4);
}

/**
 * fs_ask_put - ask for flows of a bucket
 * @w: cursor behind what is there
 * @ask: the question
 */
void fs_ask_put(struct fs_wr *w, const struct fs_ask *ask)
{
	u8 *len = open_option(w, ask->each ? FS_OPT_ASK_EACH : FS_OPT_ASK);
	unsigned int i;

	fs_wr_uint(w, ask->bucket, 4);
	fs_wr_uint(w, ask->mask, 8);
	if (!ask->each)
		fs_wr_uint(w, ask->digest, 8);
	for (i = 0; ask->each && i < FS_BUCKET; i++)
		if (ask->mask >> i & 1)
			fs_wr_uint(w, ask->part[i], 3);
	close_option(w, len);
}

static void get_ask(struct fs_rd *value, struct fs_ask *ask, bool each)
{
	unsigned int i;

	memset(ask, 0, sizeof(*ask));
	ask->each = each;
	ask->bucket = (u32)fs_rd_uint(value, 4);
	ask->mask = fs_rd_uint(value, 8);
	if (!each)
		ask->digest = fs_rd_uint(value, 8);
	for (i = 0; each && i < FS_BUCKET; i++)
		if (ask->mask >> i & 1)
			ask->part[i] = (u32)fs_rd_uint(value, 3);
}

/**
 * fs_hold_put - answer a question
 * @w: cursor behind what is there
 * @hold: the answer
 */
void fs_hold_put(struct fs_wr *w, const struct fs_hold *hold)
{
	put_head(w, FS_OPT_HOLD, FS_HOLD_LEN - 2);
	fs_wr_uint(w, hold->epoch, 8);
	fs_wr_uint(w, hold->bucket, 4);
	fs_wr_uint(w, hold->mask, 8);
	fs_wr_uint(w, hold->held, 8);
	fs_wr_uint(w, hold->each, 1);
}

static void get_hold(struct fs_rd *value, struct fs_hold *hold)
{
	hold->epoch = fs_rd_uint(value, 8);
	hold->bucket = (u32)fs_rd_uint(value, 4);
	hold->mask = fs_rd_uint(value, 8);
	hold->held = fs_rd_uint(value, 8);
	hold->each = fs_rd_uint(value, 1);
}

/**
 * fs_rest_put - ask for what else is held of the origin
 * @w: cursor behind what is there
 * @place: where to begin
 */
void fs_rest_put(struct fs_wr *w, u64 place)
{
	put_head(w, FS_OPT_REST, 8);
	fs_wr_uint(w, place, 8);
}

/**
 * fs_heir_offer_put - answer that
 * @w: cursor behind what is there
 * @offer: a flow, or that there is none
 */
void fs_heir_offer_put(struct fs_wr *w, const struct fs_heir_offer *offer)
{
	u8 *len = open_option(w, FS_OPT_OFFER);
	struct fs_batch alone = {};

	fs_wr_uint(w, offer->epoch, 8);
	fs_wr_uint(w, offer->next, 8);
	if (offer->any && !fs_batch_put(&alone, w, &offer->rec))
		w->failed = true;
	close_option(w, len);
}

static enum fs_wire_error get_offer(struct fs_rd *value, struct fs_heir_offer *offer)
{
	struct fs_batch alone = {};
	enum fs_wire_error err;

	offer->epoch = fs_rd_uint(value, 8);
	offer->next = fs_rd_uint(value, 8);
	offer->any = fs_rd_left(value);
	if (!offer->any)
		return FS_WIRE_OK;
	err = fs_batch_next(&alone, value, &offer->rec);
	if (!err && offer->rec.type != FS_RECORD_CHECKPOINT)
		return FS_WIRE_BADVALUE;
	return err;
}

/**
 * fs_gone_put - say which flows of the origin have ended
 * @w: cursor behind what is there
 * @gone: the flows
 * @count: how many, up to FS_HEIR_GONE
 */
void fs_gone_put(struct fs_wr *w, const struct fs_gone *gone,
		 unsigned int count)
{
	u8 *len = open_option(w, FS_OPT_GONE);
	unsigned int i;

	for (i = 0; i < count; i++) {
		fs_wr_varint(w, gone[i].slot);
		fs_wr_varint(w, gone[i].gen);
	}
	close_option(w, len);
}

static bool get_gone(struct fs_rd *value, u32 *slot, u32 *gen)
{
	u64 number = fs_rd_varint(value), second = fs_rd_varint(value);

	*slot = (u32)number;
	*gen = (u32)second;
	return !value->failed && number <= 0xffffffffull && second &&
	       second <= 0xffffffffull;
}

/**
 * fs_acked_put - tell how far another member is
 * @w: cursor behind what is there
 * @acked: that
 */
void fs_acked_put(struct fs_wr *w, const struct fs_acked *acked)
{
	put_head(w, FS_OPT_ACKED, FS_ACKED_LEN - 2);
	fs_wr_uint(w, acked->node, 4);
	fs_wr_uint(w, acked->op, 8);
}

static void get_acked(struct fs_rd *value, struct fs_acked *acked)
{
	acked->node = (u32)fs_rd_uint(value, 4);
	acked->op = fs_rd_uint(value, 8);
}

/**
 * fs_offered_put - say of which group the flows are that are offered, or have ended
 * @w: cursor behind what is there
 * @group: its id
 * @session: of the origin, in which they bear their names
 */
void fs_offered_put(struct fs_wr *w, u16 group, u64 session)
{
	put_head(w, FS_OPT_OFFERED, FS_OFFERED_LEN - 2);
	fs_wr_uint(w, group, 2);
	fs_wr_uint(w, session, 8);
}

/* What of an option has to be right besides its length. */
static enum fs_wire_error check_value(u8 type, struct fs_rd *value)
{
	struct fs_acked acked;
	struct fs_heir_offer offer;
	struct fs_heir heir;
	struct fs_hold hold;
	struct fs_ask ask;
	u32 slot, gen;

	switch (type) {
	case FS_OPT_HEIR:
		get_heir(value, &heir);
		return heir.group && heir.origin ? FS_WIRE_OK :
						   FS_WIRE_BADVALUE;
	case FS_OPT_ASK:
	case FS_OPT_ASK_EACH:
		get_ask(value, &ask, type == FS_OPT_ASK_EACH);
		return ask.bucket > 0xffffffffu / FS_BUCKET ?
		       FS_WIRE_BADVALUE : FS_WIRE_OK;
	case FS_OPT_HOLD:
		get_hold(value, &hold);
		return hold.bucket > 0xffffffffu / FS_BUCKET ||
		       hold.held & ~hold.mask ? FS_WIRE_BADVALUE : FS_WIRE_OK;
	case FS_OPT_REST:
		fs_rd_uint(value, 8);
		return FS_WIRE_OK;
	case FS_OPT_OFFER:
		return get_offer(value, &offer);
	case FS_OPT_GONE:
		while (fs_rd_left(value))
			if (!get_gone(value, &slot, &gen))
				return FS_WIRE_BADVALUE;
		return FS_WIRE_OK;
	case FS_OPT_OFFERED:
		slot = (u32)fs_rd_uint(value, 2);
		fs_rd_uint(value, 8);
		return slot ? FS_WIRE_OK : FS_WIRE_BADVALUE;
	default:
		get_acked(value, &acked);
		return acked.node ? FS_WIRE_OK : FS_WIRE_BADVALUE;
	}
}

/**
 * fs_heir_check - check the value of an option
 * @type: FS_OPT_HEIR to FS_OPT_ACKED, or FS_OPT_OFFERED
 * @value: the value
 *
 * Return: FS_WIRE_OK, or why the datagram is refused.
 */
enum fs_wire_error fs_heir_check(u8 type, struct fs_rd *value)
{
	enum fs_wire_error err = check_value(type, value);

	return value->failed || (!err && fs_rd_left(value)) ? FS_WIRE_BADLEN :
							      err;
}

/* Move to the value of the next option of one or another type. Returns the
 * type, 0 if there is none.
 */
static u8 next_option(struct fs_rd *r, u8 wanted, u8 or, struct fs_rd *value)
{
	while (fs_rd_left(r)) {
		u8 type = (u8)fs_rd_uint(r, 1);

		fs_rd_sub(r, value, (size_t)fs_rd_uint(r, 1));
		if (type == wanted || type == or)
			return value->failed ? 0 : type;
	}
	return 0;
}

/**
 * fs_heir_get - for whom the sender of a checked datagram goes on
 * @r: cursor behind the header; not moved
 * @heir: result
 *
 * Return: false if it does not say.
 */
bool fs_heir_get(const struct fs_rd *r, struct fs_heir *heir)
{
	struct fs_rd all = *r, value;

	if (!next_option(&all, FS_OPT_HEIR, FS_OPT_HEIR, &value))
		return false;
	get_heir(&value, heir);
	return true;
}

/**
 * fs_ask_next - read the next question of a checked datagram
 * @r: cursor behind the header, or where the call before left it
 * @ask: result
 *
 * Return: false if there is none left.
 */
bool fs_ask_next(struct fs_rd *r, struct fs_ask *ask)
{
	struct fs_rd value;
	u8 type = next_option(r, FS_OPT_ASK, FS_OPT_ASK_EACH, &value);

	if (!type)
		return false;
	get_ask(&value, ask, type == FS_OPT_ASK_EACH);
	return true;
}

/**
 * fs_hold_next - read the next answer of a checked datagram
 * @r: cursor behind the header, or where the call before left it
 * @hold: result
 *
 * Return: false if there is none left.
 */
bool fs_hold_next(struct fs_rd *r, struct fs_hold *hold)
{
	struct fs_rd value;

	if (!next_option(r, FS_OPT_HOLD, FS_OPT_HOLD, &value))
		return false;
	get_hold(&value, hold);
	return true;
}

/**
 * fs_rest_get - whether a checked datagram asks for what else is held
 * @r: cursor behind the header; not moved
 * @place: result: from where on
 *
 * Return: false if it does not.
 */
bool fs_rest_get(const struct fs_rd *r, u64 *place)
{
	struct fs_rd all = *r, value;

	if (!next_option(&all, FS_OPT_REST, FS_OPT_REST, &value))
		return false;
	*place = fs_rd_uint(&value, 8);
	return true;
}

/**
 * fs_heir_offer_next - read the next flow offered in a checked datagram
 * @r: cursor behind the header, or where the call before left it
 * @offer: result
 *
 * Return: false if there is none left.
 */
bool fs_heir_offer_next(struct fs_rd *r, struct fs_heir_offer *offer)
{
	struct fs_rd value;

	return next_option(r, FS_OPT_OFFER, FS_OPT_OFFER, &value) &&
	       !get_offer(&value, offer);
}

/**
 * fs_gone_next - read the next flow of a checked datagram that has ended
 * @r: cursor behind the header, or where the call before left it
 * @gone: cursor within an option; zeroed before the first call
 * @slot: result
 * @gen: result
 *
 * Return: false if there is none left.
 */
bool fs_gone_next(struct fs_rd *r, struct fs_rd *gone, u32 *slot, u32 *gen)
{
	while (!fs_rd_left(gone))
		if (!next_option(r, FS_OPT_GONE, FS_OPT_GONE, gone))
			return false;
	return get_gone(gone, slot, gen);
}

/**
 * fs_acked_next - read how far the next member is, in a checked datagram
 * @r: cursor behind the header, or where the call before left it
 * @acked: result
 *
 * Return: false if there is none left.
 */
bool fs_acked_next(struct fs_rd *r, struct fs_acked *acked)
{
	struct fs_rd value;

	if (!next_option(r, FS_OPT_ACKED, FS_OPT_ACKED, &value))
		return false;
	get_acked(&value, acked);
	return true;
}

/**
 * fs_offered_get - of which group the flows are that a checked datagram offers
 * @r: cursor behind the header; not moved
 * @session: result: of the origin, in which they bear their names; or 0
 *
 * Return: its id, 0 if the datagram does not say.
 */
u16 fs_offered_get(const struct fs_rd *r, u64 *session)
{
	struct fs_rd all = *r, value;
	u16 group;

	*session = 0;
	if (!next_option(&all, FS_OPT_OFFERED, FS_OPT_OFFERED, &value))
		return 0;
	group = (u16)fs_rd_uint(&value, 2);
	*session = fs_rd_uint(&value, 8);
	return group;
}
