// SPDX-License-Identifier: GPL-2.0
/*
 * Datagrams that were cut, damaged or made up. Each is decoded from memory of
 * exactly its size: AddressSanitizer ends the program at the first octet read
 * too far.
 */
#include "gen.h"
#include "rnd.h"
#include "tap.h"

static struct dgram sent, got, back;

static void check_sane(const struct dgram *d)
{
	unsigned int i;

	check(d->err < FS_WIRE_ERRORS);
	for (i = 0; i < d->records; i++)
		check(rec_sane(&d->rec[i]));
	for (i = 0; i < d->groups; i++)
		check(d->group[i].id && d->group[i].role < FS_ROLES);
	check(d->control.state_seq <= FS_WIRE_SEQ_MAX || d->err);
	if (d->err)
		return;
	check(d->header.channel < FS_CHANNELS && d->header.node &&
	      d->header.session && d->header.seq);
	if (d->header.channel == FS_CHANNEL_STATE)
		check(d->batch.group >= 1 && d->batch.group <= 65535);
}

/* What was taken can be sent on, and is then taken as the same. */
static void check_again(struct dgram *d)
{
	u8 octets[2 * OCTETS_MAX];
	size_t len;

	/* Only a heartbeat is encoded with it. */
	if (!d->control.is_heartbeat)
		d->control.state_seq = 0;
	len = dgram_put(d, octets, sizeof(octets));
	check(len);
	dgram_get(&back, octets, len);
	check(dgram_equal(d, &back));
}

static void set_len(u8 *octets, size_t len)
{
	octets[22] = (u8)((len - FS_WIRE_HEADER) >> 8);
	octets[23] = (u8)(len - FS_WIRE_HEADER);
}

static size_t next_dgram(u8 *octets)
{
	size_t len;

	gen_dgram(&sent);
	if (rnd_percent(90) && sent.groups > 3)
		sent.groups = 3;
	len = dgram_put(&sent, octets, OCTETS_MAX);
	check(len);
	return len;
}

static void test_cut(void)
{
	u8 octets[OCTETS_MAX];
	size_t len, cut;
	unsigned int i;

	for (i = 0; i < 1500; i++) {
		len = next_dgram(octets);
		for (cut = 0; cut < len; cut++) {
			dgram_get(&got, octets, cut);
			check(got.err == FS_WIRE_BADLEN);
			check(!got.records && !got.groups && !got.needs);
		}
	}
}

/* Cut, with the header's length made right: whole records may remain. */
static void test_cut_inside(void)
{
	u8 octets[OCTETS_MAX];
	unsigned int i, whole, j;
	size_t len, cut;

	for (i = 0; i < 1500; i++) {
		len = next_dgram(octets);
		whole = 0;
		for (cut = FS_WIRE_HEADER; cut < len; cut++) {
			set_len(octets, cut);
			dgram_get(&got, octets, cut);
			check(got.err == FS_WIRE_OK ||
			      got.err == FS_WIRE_BADLEN);
			whole += !got.err;
			for (j = 0; j < got.records; j++)
				check(rec_equal(&got.rec[j], &sent.rec[j]));
			check(got.records <= sent.records);
		}
		/* A place before each record, or between options. */
		check(whole == (sent.header.channel == FS_CHANNEL_STATE ?
				sent.records : dgram_options(&sent) - 1));
	}
}

static void test_flips(void)
{
	u8 octets[OCTETS_MAX];
	unsigned int i;
	size_t len, bit;

	for (i = 0; i < 1500; i++) {
		len = next_dgram(octets);
		for (bit = 0; bit < 8 * len; bit++) {
			octets[bit / 8] ^= (u8)(1 << bit % 8);
			dgram_get(&got, octets, len);
			check_sane(&got);
			/* No bit is without a meaning. */
			if (!check(!dgram_equal(&got, &sent)))
				note("bit %zu\n", bit);
			if (!got.err)
				check_again(&got);
			octets[bit / 8] ^= (u8)(1 << bit % 8);
		}
	}
}

static void test_damaged(void)
{
	u8 octets[OCTETS_MAX + 8];
	unsigned int i, n;
	size_t len, at;

	for (i = 0; i < 300000; i++) {
		len = next_dgram(octets);
		for (n = (unsigned int)rnd_below(4); n; n--) {
			at = FS_WIRE_HEADER +
			     rnd_below(len - FS_WIRE_HEADER);
			switch (rnd_below(3)) {
			case 0:
				octets[at] = (u8)rnd();
				break;
			case 1:	/* one octet less */
				memmove(octets + at, octets + at + 1,
					len - at - 1);
				len--;
				break;
			default: /* one more */
				memmove(octets + at + 1, octets + at,
					len - at);
				len++;
			}
			if (len == FS_WIRE_HEADER)
				break;
		}
		set_len(octets, len);
		dgram_get(&got, octets, len);
		check_sane(&got);
		if (!got.err)
			check_again(&got);
	}
}

static size_t make_up(u8 *octets)
{
	static const u8 head[] = { 0x46, 0x53, 1, 0, 0, 0, 0, 1 };
	size_t i, len = rnd_below(120);

	for (i = 0; i < len; i += 8) {
		u64 r = rnd();

		/* Often small numbers: they mean something more often. */
		if (r & 1)
			r &= 0x0703070307030703;
		memcpy(octets + i, &r, 8);
	}
	if (len < FS_WIRE_HEADER || rnd_percent(5))
		return len;
	memcpy(octets, head, sizeof(head));
	octets[3] = (u8)rnd_below(2);
	set_len(octets, len);
	return len;
}

static void test_made_up(void)
{
	unsigned int i, taken = 0;
	u8 octets[128];
	size_t len;

	for (i = 0; i < 3000000; i++) {
		len = make_up(octets);
		dgram_get(&got, octets, len);
		check_sane(&got);
		if (!got.err && !(taken++ % 16))
			check_again(&got);
	}
	/* Not all ended at the first octet. */
	check(taken > 1000);
}

static const struct tap_case cases[] = {
	{ "every truncation is refused", test_cut },
	{ "a payload cut and said to be so: whole records or refused",
	  test_cut_inside },
	{ "every single flipped bit: refused, or another sane content",
	  test_flips },
	{ "300000 damaged datagrams", test_damaged },
	{ "3000000 made-up datagrams", test_made_up },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
