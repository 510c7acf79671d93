// SPDX-License-Identifier: GPL-2.0
#include "control_options.h"

#define OPTION_MAX	255
#define GROUP_LEN	23
#define WEIGHT_LEN	2
#define ACK_LEN		10
#define CHECK_LEN	24
#define ANSWER_LEN	13
#define STANDING_LEN	4
/* As many of them as an option can hold. */
#define STANDINGS	63
#define ROOM_LEN	5
#define COOKIE_LEN	16

static void put_option(struct fs_wr *w, u8 type, u64 value, u8 len)
{
	fs_wr_uint(w, type, 1);
	fs_wr_uint(w, len, 1);
	fs_wr_uint(w, value, len);
}

/**
 * fs_control_put_heard - make it a heartbeat
 * @w: cursor behind what is there
 * @heard: the receiver's session that is accepted, or 0
 * @state_seq: last state datagram sent to it, or 0
 */
void fs_control_put_heard(struct fs_wr *w, u64 heard, u64 state_seq)
{
	put_option(w, OPT_HEARD, heard, 8);
	put_option(w, OPT_STATE_SEQ, state_seq, 8);
}

/**
 * fs_control_put_cookie - add what the handshake's next run needs
 * @w: cursor behind what is there
 * @cookie: of this node, not 0
 * @print: of its pre-shared keys, 0 for none
 */
void fs_control_put_cookie(struct fs_wr *w, u64 cookie, const u32 print[2])
{
	fs_wr_uint(w, OPT_COOKIE, 1);
	fs_wr_uint(w, COOKIE_LEN, 1);
	fs_wr_uint(w, cookie, 8);
	fs_wr_uint(w, print[0], 4);
	fs_wr_uint(w, print[1], 4);
}

/**
 * fs_control_put_group - add a group, and what its claim weighs
 * @w: cursor behind what is there
 * @g: the group
 */
void fs_control_put_group(struct fs_wr *w, const struct fs_group_view *g)
{
	fs_wr_uint(w, OPT_GROUP, 1);
	fs_wr_uint(w, GROUP_LEN, 1);
	fs_wr_uint(w, g->id, 2);
	fs_wr_uint(w, g->role, 1);
	fs_wr_uint(w, g->epoch, 8);
	fs_wr_uint(w, g->claim, 8);
	fs_wr_uint(w, g->holder, 4);
	if (!g->weighed)
		return;
	fs_wr_uint(w, OPT_WEIGHT, 1);
	fs_wr_uint(w, WEIGHT_LEN, 1);
	fs_wr_uint(w, g->rank, 1);
	fs_wr_uint(w, g->traffic, 1);
}

/**
 * fs_control_put_standings - add how groups stand
 * @w: cursor behind what is there
 * @s: how each stands
 * @count: how many, up to FS_HEARTBEAT_GROUPS
 */
void fs_control_put_standings(struct fs_wr *w, const struct fs_standing *s,
			      unsigned int count)
{
	unsigned int n;

	for (n = 0; n < count; n++, s++) {
		if (n % STANDINGS == 0) {
			unsigned int left = count - n;

			fs_wr_uint(w, OPT_STANDING, 1);
			fs_wr_uint(w, (left < STANDINGS ? left : STANDINGS) *
				      STANDING_LEN, 1);
		}
		fs_wr_uint(w, s->id, 2);
		fs_wr_uint(w, s->priority, 1);
		fs_wr_uint(w, s->flags, 1);
	}
}

static u8 ack_octet(const struct fs_ack *ack, unsigned int n)
{
	return (u8)(ack->seen[n / 8] >> 8 * (n % 8));
}

/**
 * fs_control_put_ack - add an acknowledgement
 * @w: cursor behind what is there
 * @ack: what was received
 */
void fs_control_put_ack(struct fs_wr *w, const struct fs_ack *ack)
{
	unsigned int octets = ACK_OCTETS;
	unsigned int n;

	while (octets && !ack_octet(ack, octets - 1))
		octets--;
	fs_wr_uint(w, OPT_ACK, 1);
	fs_wr_uint(w, ACK_LEN + octets, 1);
	fs_wr_uint(w, ack->top, 8);
	fs_wr_uint(w, ack->window, 2);
	for (n = 0; n < octets; n++)
		fs_wr_uint(w, ack_octet(ack, n), 1);
}

/**
 * fs_control_put_needs - ask for checkpoints
 * @w: cursor behind what is there
 * @slot: the receiver's slots
 * @count: how many, up to FS_CONTROL_NEEDS
 */
void fs_control_put_needs(struct fs_wr *w, const u32 *slot, unsigned int count)
{
	struct fs_wr value;
	unsigned int n;
	u8 *len;

	fs_wr_uint(w, OPT_NEEDS, 1);
	len = w->p;
	fs_wr_uint(w, 0, 1);
	value = *w;
	for (n = 0; n < count; n++)
		fs_wr_varint(w, slot[n]);
	if (!w->failed)
		*len = (u8)(w->p - value.p);
}

/**
 * fs_control_put_check - add a bucket to be compared
 * @w: cursor behind what is there
 * @check: the bucket
 */
void fs_control_put_check(struct fs_wr *w, const struct fs_check *check)
{
	fs_wr_uint(w, OPT_CHECK, 1);
	fs_wr_uint(w, CHECK_LEN, 1);
	fs_wr_uint(w, check->bucket, 4);
	fs_wr_uint(w, check->count, 4);
	fs_wr_uint(w, check->op, 8);
	fs_wr_uint(w, check->digest, 8);
}

/**
 * fs_control_put_answer - add the answer to a check
 * @w: cursor behind what is there
 * @answer: the answer
 */
void fs_control_put_answer(struct fs_wr *w, const struct fs_answer *answer)
{
	fs_wr_uint(w, OPT_ANSWER, 1);
	fs_wr_uint(w, ANSWER_LEN, 1);
	fs_wr_uint(w, answer->bucket, 4);
	fs_wr_uint(w, answer->verdict, 1);
	fs_wr_uint(w, answer->op, 8);
}

/**
 * fs_control_put_room - say what room the sender's conntrack has
 * @w: cursor behind what is there
 * @room: the room
 */
void fs_control_put_room(struct fs_wr *w, const struct fs_room *room)
{
	fs_wr_uint(w, OPT_ROOM, 1);
	fs_wr_uint(w, ROOM_LEN, 1);
	fs_wr_uint(w, room->full, 1);
	fs_wr_uint(w, room->left, 4);
}

/**
 * fs_control_put_alive - say which flows had packets
 * @w: cursor behind what is there
 * @kind: when they had them
 * @set: their slots; the next that fit into an option are taken out
 *
 * Return: false if there is none, or no room.
 */
bool fs_control_put_alive(struct fs_wr *w, enum fs_alive_kind kind,
			  struct fs_dirty *set)
{
	size_t room = (size_t)(w->end - w->p);
	u32 first, slot, end, octets = 0;
	u8 bits[FS_ALIVE_OCTETS];

	if (!set->count || room < 2 + ALIVE_MIN)
		return false;
	room = room - 2 - 4 < FS_ALIVE_OCTETS ? room - 2 - 4 : FS_ALIVE_OCTETS;
	slot = fs_dirty_next(set, set->cursor);
	if (slot == FS_DIRTY_NONE)
		slot = fs_dirty_next(set, 0);
	first = slot & ~7u;
	end = first + 8 * (u32)room;
	memset(bits, 0, sizeof(bits));
	while (slot != FS_DIRTY_NONE && slot < end) {
		bits[(slot - first) / 8] |= (u8)(1u << slot % 8);
		octets = (slot - first) / 8 + 1;
		fs_dirty_remove(set, slot);
		slot = fs_dirty_next(set, slot + 1);
	}
	set->cursor = end;
	fs_wr_uint(w, option_of_alive(kind), 1);
	fs_wr_uint(w, 4 + octets, 1);
	fs_wr_uint(w, first, 4);
	fs_wr_bytes(w, bits, octets);
	return true;
}

/**
 * fs_control_put_results - add results of installs, as many as fit
 * @w: cursor behind what is there
 * @kind: whose they are
 * @result: the results
 * @count: how many, not 0
 *
 * Return: how many fitted into the option and the datagram; the datagram is
 * not failed by the others.
 */
unsigned int fs_control_put_results(struct fs_wr *w, enum fs_result_kind kind,
				    const struct fs_result *result,
				    unsigned int count)
{
	unsigned int n;
	u8 *start;
	u8 *len;

	if ((size_t)(w->end - w->p) < 2 + FS_CONTROL_RESULT)
		return 0;
	fs_wr_uint(w, option_of(kind), 1);
	len = w->p;
	fs_wr_uint(w, 0, 1);
	start = w->p;
	for (n = 0; n < count; n++) {
		if (w->p - start > OPTION_MAX - FS_CONTROL_RESULT ||
		    w->end - w->p < FS_CONTROL_RESULT)
			break;
		fs_wr_varint(w, result[n].slot);
		fs_wr_varint(w, result[n].gen);
		fs_wr_uint(w, result[n].result, 1);
	}
	if (!w->failed)
		*len = (u8)(w->p - start);
	return n;
}
