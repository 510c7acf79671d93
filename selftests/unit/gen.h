/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generated records and datagrams, and reading whole datagrams back.
 */
#ifndef _FLOWSYNC_UNIT_GEN_H
#define _FLOWSYNC_UNIT_GEN_H

#include "advance.h"
#include "control.h"
#include "octets.h"
#include "record.h"
#include "role.h"

/* More records than fit into OCTETS_MAX. */
#define GEN_RECORDS	400
/* More slots asked for than fit. */
#define GEN_NEEDS	OCTETS_MAX
/* More options of flows that had packets than fit. */
#define GEN_ALIVES	(OCTETS_MAX / 7)
/* More records of how far flows have come than fit. */
#define GEN_ADVANCES	(OCTETS_MAX / 8)
/* More results of installs, of each kind, than fit. */
#define GEN_RESULTS	(OCTETS_MAX / 3)

/**
 * struct dgram - a datagram, as told to the encoder or by the decoder
 * @err: why it, or the rest of it, was refused
 * @header: its header
 * @control: of a control datagram, what comes once
 * @groups: number of entries in @group
 * @group: of a control datagram
 * @standings: number of entries in @standing
 * @standing: of a control datagram
 * @batch: of a state datagram: group and epoch
 * @known: of a state datagram: what its receiver understands of records
 * @records: number of entries in @rec
 * @needs: number of entries in @need
 * @results: number of entries in each of @result
 * @result: of a control datagram: told and noted
 * @alives: number of entries in each of @alive
 * @alive: of a control datagram: flows that had packets, by enum fs_alive_kind
 * @advances: number of entries in @advance
 * @rec: of a state datagram
 * @need: of a control datagram
 * @advance: of a control datagram: how far flows have come
 */
struct dgram {
	enum fs_wire_error err;
	struct fs_header header;
	struct fs_control control;
	unsigned int groups;
	struct fs_group_view group[FS_HEARTBEAT_GROUPS];
	unsigned int standings;
	struct fs_standing standing[FS_HEARTBEAT_GROUPS];
	struct fs_batch batch;
	u64 known;
	unsigned int records;
	unsigned int needs;
	unsigned int results[2];
	unsigned int advances;
	struct fs_record rec[GEN_RECORDS];
	u32 need[GEN_NEEDS];
	struct fs_result result[2][GEN_RESULTS];
	unsigned int alives[2];
	struct fs_alive alive[2][GEN_ALIVES];
	struct fs_record advance[GEN_ADVANCES];
};

void gen_state(struct fs_state *s);
void gen_record(struct fs_record *rec);
void gen_dgram(struct dgram *d);

size_t dgram_put(struct dgram *d, u8 *buf, size_t room);
void dgram_get(struct dgram *d, const u8 *p, size_t len);
bool dgram_equal(const struct dgram *a, const struct dgram *b);
unsigned int dgram_options(const struct dgram *d);

bool rec_equal(const struct fs_record *a, const struct fs_record *b);
bool rec_sane(const struct fs_record *rec);

#endif /* _FLOWSYNC_UNIT_GEN_H */
