// SPDX-License-Identifier: GPL-2.0
/*
 * Whole datagrams, unsealed: header, records or control. What is taken is sane, and
 * when it is sent on it is taken as the same.
 */
#include "gen.h"

#include "fuzz.h"

static struct dgram got, back;

static void check_sane(const struct dgram *d)
{
	unsigned int i;

	must(d->err < FS_WIRE_ERRORS);
	for (i = 0; i < d->records; i++)
		must(rec_sane(&d->rec[i]));
	for (i = 0; i < d->groups; i++)
		must(d->group[i].id && d->group[i].role < FS_ROLES);
	if (d->err)
		return;
	must(d->header.channel < FS_CHANNELS && d->header.node &&
	     d->header.session && d->header.seq);
	if (d->header.channel == FS_CHANNEL_STATE)
		must(d->batch.group >= 1 && d->batch.group <= 65535);
	if (d->header.channel == FS_CHANNEL_CONTROL)
		must(d->control.state_seq <= FS_WIRE_SEQ_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u8 octets[2 * OCTETS_MAX];
	size_t len;

	if (size > OCTETS_MAX)
		return 0;
	dgram_get(&got, data, size);
	check_sane(&got);
	if (got.err || got.header.channel == FS_CHANNEL_HANDSHAKE)
		return 0;
	/* Only a heartbeat is encoded with it. */
	if (!got.control.is_heartbeat)
		got.control.state_seq = 0;
	len = dgram_put(&got, octets, sizeof(octets));
	if (!len)
		return 0;
	dgram_get(&back, octets, len);
	must(dgram_equal(&got, &back));
	return 0;
}
