// SPDX-License-Identifier: GPL-2.0
/*
 * Control datagrams' payloads, and all that is read of those that pass the check:
 * it is in range, and it ends.
 */
#include "advance.h"
#include "control.h"
#include "heir.h"
#include "role.h"

#include "fuzz.h"

static void read_repeated(const struct fs_rd body)
{
	struct fs_rd r, part;
	struct fs_group_view group;
	struct fs_standing standing;
	struct fs_result result;
	struct fs_answer answer;
	struct fs_alive alive;
	struct fs_check check;
	unsigned int n, kind;
	u32 slot;

	for (r = body, n = 0; fs_control_next_group(&r, &group); n++)
		must(group.id && group.role < FS_ROLES &&
		     group.claim <= group.epoch);
	must(n <= FS_HEARTBEAT_GROUPS);
	for (r = body, part = (struct fs_rd){ 0 };
	     fs_control_next_standing(&r, &part, &standing);)
		must(standing.id);
	for (r = body; fs_control_next_check(&r, &check);)
		must(check.bucket <= 0xffffffffu / FS_BUCKET);
	for (r = body; fs_control_next_answer(&r, &answer);)
		must(answer.bucket <= 0xffffffffu / FS_BUCKET &&
		     answer.verdict < FS_VERDICTS);
	for (r = body, part = (struct fs_rd){ 0 };
	     fs_control_next_need(&r, &part, &slot);)
		;
	for (r = body; fs_control_next_alive(&r, &alive);)
		must(alive.octets <= FS_ALIVE_OCTETS && alive.first % 8 == 0);
	for (kind = 0; kind < 2; kind++)
		for (r = body, part = (struct fs_rd){ 0 };
		     fs_control_next_result(&r, &part, kind, &result);)
			must(result.gen && result.result);
}

static void read_advances(struct fs_rd r)
{
	static struct fs_record rec;
	struct fs_batch batch = { 0 };
	struct fs_rd part = { 0 };

	while (fs_advance_next(&r, &part, &batch, &rec))
		must(rec.type == FS_RECORD_UPDATE && rec.gen && rec.op);
}

static void read_heir(const struct fs_rd body)
{
	static struct fs_heir_offer offer;
	struct fs_rd r, part;
	struct fs_acked acked;
	struct fs_heir heir;
	struct fs_hold hold;
	struct fs_ask ask;
	u32 slot, gen;
	u64 place;

	if (fs_heir_get(&body, &heir))
		must(heir.group && heir.origin);
	for (r = body; fs_ask_next(&r, &ask);)
		must(ask.bucket <= 0xffffffffu / FS_BUCKET);
	for (r = body; fs_hold_next(&r, &hold);)
		must(!(hold.held & ~hold.mask));
	fs_rest_get(&body, &place);
	fs_offered_get(&body, &place);
	for (r = body; fs_heir_offer_next(&r, &offer);)
		must(!offer.any || offer.rec.type == FS_RECORD_CHECKPOINT);
	for (r = body, part = (struct fs_rd){ 0 };
	     fs_gone_next(&r, &part, &slot, &gen);)
		must(gen);
	for (r = body; fs_acked_next(&r, &acked);)
		must(acked.node);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exact e = exact_copy(data, size);
	enum fs_wire_error err;
	struct fs_control c;
	struct fs_rd r;

	fs_rd_init(&r, e.p, size);
	err = fs_control_get(&r, &c);
	must(err < FS_WIRE_ERRORS);
	must(!c.unknown == (err != FS_WIRE_MANDATORY));
	if (!err) {
		must(c.is_heartbeat || c.has_ack);
		must(c.state_seq <= FS_WIRE_SEQ_MAX);
		read_repeated(r);
		read_advances(r);
		read_heir(r);
	}
	exact_free(e);
	return 0;
}
