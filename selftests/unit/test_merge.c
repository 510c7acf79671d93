// SPDX-License-Identifier: GPL-2.0
/* Which of two states wins. */
#include "merge.h"
#include "rnd.h"
#include "tap.h"

/* States in the order in which a connection passes them (tcp_conntracks of
 * nf_conntrack_proto_tcp.c): SYN_SENT, SYN_SENT2, SYN_RECV, ESTABLISHED,
 * FIN_WAIT, CLOSE_WAIT, LAST_ACK, TIME_WAIT, CLOSE.
 */
static const u8 passed[] = { 1, 9, 2, 3, 4, 5, 6, 7, 8 };

static unsigned int place(u8 state)
{
	unsigned int i;

	for (i = 0; passed[i] != state; i++)
		;
	return i;
}

static struct fs_tcp merged(struct fs_tcp to, const struct fs_tcp *from)
{
	fs_tcp_merge(&to, from);
	return to;
}

static bool same(const struct fs_tcp *a, const struct fs_tcp *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* Copies of one connection: before the SYN-ACK what was offered is learnt or
 * not yet; from then on it is agreed, or all zero if the other did not offer.
 */
static void gen_copies(struct fs_tcp *copy, unsigned int count)
{
	u8 scale[2] = { (u8)rnd_below(15), (u8)rnd_below(15) };
	bool agreed = rnd_percent(70);
	unsigned int dir, at;

	while (count--) {
		at = (unsigned int)rnd_below(9);
		copy->state = passed[at];
		for (dir = 0; dir < 2; dir++) {
			copy->scale[dir] = (at < 2 ? rnd_percent(50) : agreed) ?
					   scale[dir] : 0;
			copy->flags[dir] = (u8)rnd_below(16);
		}
		copy++;
	}
}

static void test_states(void)
{
	unsigned int a, b;

	for (a = 0; a < 9; a++) {
		for (b = 0; b < 9; b++) {
			struct fs_tcp to = { .state = passed[a] };
			struct fs_tcp from = { .state = passed[b] };

			int order = fs_tcp_merge(&to, &from);

			if (!check(to.state == passed[a > b ? a : b]) ||
			    !check(a < b ? order > 0 :
				   a > b ? order < 0 : !order))
				note("%u and %u\n", passed[a], passed[b]);
			check(from.state == passed[b]);
		}
	}
}

static void test_properties(void)
{
	struct fs_tcp c[3], x, y, z;
	unsigned int i, dir;

	for (i = 0; i < 30000; i++) {
		gen_copies(c, 3);
		x = merged(c[0], &c[1]);

		y = merged(c[0], &c[0]);
		check(same(&y, &c[0]));
		y = merged(x, &c[1]);
		check(same(&y, &x));
		y = merged(x, &c[0]);
		check(same(&y, &x));

		check(place(x.state) >= place(c[0].state));
		for (dir = 0; dir < 2; dir++) {
			check(!(c[0].flags[dir] & ~x.flags[dir]));
			check(!(c[1].flags[dir] & ~x.flags[dir]));
			check(x.flags[dir] == (c[0].flags[dir] |
					       c[1].flags[dir]));
		}

		y = merged(c[1], &c[0]);
		check(same(&x, &y));
		y = merged(x, &c[2]);
		z = merged(c[1], &c[2]);
		z = merged(c[0], &z);
		check(same(&y, &z));
	}
}

static void test_scales(void)
{
	struct fs_tcp to = { 1, { 7, 0 }, { 1, 0 } };
	struct fs_tcp from = { 2, { 7, 9 }, { 1, 3 } };

	fs_tcp_merge(&to, &from);
	check(to.state == 2 && to.scale[0] == 7 && to.scale[1] == 9);
	check(to.flags[0] == 1 && to.flags[1] == 3);

	/* An older copy takes nothing away. */
	from = (struct fs_tcp){ 1, { 7, 0 }, { 1, 0 } };
	fs_tcp_merge(&to, &from);
	check(to.state == 2 && to.scale[0] == 7 && to.scale[1] == 9);
	check(to.flags[0] == 1 && to.flags[1] == 3);
}

/* A SYN offers a scale, the SYN-ACK has none: the kernel then sets both scales
 * to 0 (tcp_init_sender). A copy from before takes the zeroes over, and does
 * not bring its offer back.
 */
static void test_not_agreed(void)
{
	static const struct fs_tcp offered[] = {
		{ 1, { 7, 0 }, { 1, 0 } }, { 9, { 7, 9 }, { 1, 1 } },
	};
	struct fs_tcp agreed = { 0, { 0, 0 }, { 1, 0 } }, to;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(offered); i++) {
		for (j = 2; j < 9; j++) {
			agreed.state = passed[j];
			to = merged(offered[i], &agreed);
			check(to.state == passed[j]);
			check(to.scale[0] == 0 && to.scale[1] == 0);
			to = merged(agreed, &offered[i]);
			check(to.state == passed[j]);
			check(to.scale[0] == 0 && to.scale[1] == 0);
		}
	}
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void test_versions(void)
{
	static const u64 n[] = { 0, 1, 2, 1ull << 32, 1ull << 63, ~0ull };
	static const u32 g[] = { 1, 2, 1u << 31, 0xffffffff };
	struct fs_version v[4 * 6 * 6];
	unsigned int i, j, count = 0;

	/* Made in ascending order. */
	for (i = 0; i < ARRAY_SIZE(n); i++)
		for (j = 0; j < 24; j++) {
			v[count].epoch = n[i];
			v[count].gen = g[j / 6];
			v[count++].op = n[j % 6];
		}
	for (i = 0; i < count; i++)
		for (j = 0; j < count; j++)
			check(sign(fs_version_cmp(&v[i], &v[j])) ==
			      (i > j) - (i < j));
}

static enum fs_merge merge_of(enum fs_held held, struct fs_version had,
			      u8 type, struct fs_version v)
{
	struct fs_batch batch = { .group = v.group, .epoch = v.epoch };
	struct fs_record rec = { .type = type, .slot = 1, .gen = v.gen,
				 .op = v.op };

	return fs_merge_record(held, &had, &batch, &rec);
}

/* All small versions against each other. */
static void test_records(void)
{
	struct fs_version had, v;
	unsigned int i, j;
	enum fs_merge m;
	int order;
	u8 type;

	for (i = 0; i < 27; i++) {
		for (j = 0; j < 27 * 3; j++) {
			had = (struct fs_version){ 1 + i / 3 % 3, 1 + i % 3,
						   1 + i / 9, 1 };
			v = (struct fs_version){ 1 + j / 3 % 3, 1 + j % 3,
						 1 + j / 9 % 3, 1 };
			type = (u8)(1 + j / 27);

			m = merge_of(FS_HELD_NOTHING, had, type, v);
			check(m == (type == FS_RECORD_CHECKPOINT ? FS_MERGE_SET :
				    type == FS_RECORD_UPDATE ? FS_MERGE_NEED :
				    FS_MERGE_END));

			m = merge_of(FS_HELD_END, had, type, v);
			if (v.epoch < had.epoch ||
			    (v.epoch == had.epoch && v.gen <= had.gen))
				check(m == FS_MERGE_STALE);
			else
				check(m == merge_of(FS_HELD_NOTHING, had, type,
						    v));

			m = merge_of(FS_HELD_FLOW, had, type, v);
			order = fs_version_cmp(&v, &had);
			/* The same again repairs what is wrong, if all of it. */
			if (order < 0 ||
			    (!order && type != FS_RECORD_CHECKPOINT))
				check(m == FS_MERGE_STALE);
			else if (type == FS_RECORD_UPDATE && v.gen == had.gen)
				check(m == FS_MERGE_UPDATE);
			else
				check(m == merge_of(FS_HELD_NOTHING, had, type,
						    v));
		}
	}
}

/* One slot's life, its records as checkpoints and deletes, in any order, some
 * twice: what is held afterwards is what the last one said.
 */
static void test_any_order(void)
{
	struct {
		struct fs_version v;
		u8 type;
	} rec[16], r;
	struct fs_version had = { 0 };
	enum fs_held held;
	unsigned int i, n, count;

	for (i = 0; i < 20000; i++) {
		struct fs_version v = { 1, 1, 1, 1 };
		bool live = true;

		count = 1 + (unsigned int)rnd_below(12);
		for (n = 0; n < count; n++) {
			v.op += 1 + rnd_below(3);
			v.epoch += rnd_percent(20);
			if (!live)
				v.gen++;
			live = !live || rnd_percent(60);
			rec[n].v = v;
			rec[n].type = live ? FS_RECORD_CHECKPOINT :
					     FS_RECORD_DELETE;
		}
		for (n = 0; n < 4; n++)
			rec[count + n] = rec[rnd_below(count)];
		for (n = count + 3; n; n--) {
			unsigned int other = (unsigned int)rnd_below(n + 1);

			r = rec[n];
			rec[n] = rec[other];
			rec[other] = r;
		}
		held = FS_HELD_NOTHING;
		for (n = 0; n < count + 4; n++) {
			switch (merge_of(held, had, rec[n].type, rec[n].v)) {
			case FS_MERGE_SET:
				held = FS_HELD_FLOW;
				had = rec[n].v;
				break;
			case FS_MERGE_END:
				held = FS_HELD_END;
				had = rec[n].v;
				break;
			default:
				break;
			}
		}
		check(held == (live ? FS_HELD_FLOW : FS_HELD_END));
		check(had.gen == v.gen && had.op == v.op);
	}
}

/* A slot that went from one group to another: only its generation counts. */
static void test_groups(void)
{
	struct fs_version had, v;
	unsigned int i, j;
	enum fs_merge m;
	u8 type;

	for (i = 0; i < 27; i++) {
		for (j = 0; j < 27 * 3; j++) {
			had = (struct fs_version){ 1 + i / 3 % 3, 1 + i % 3,
						   1 + i / 9, 1 };
			v = (struct fs_version){ 1 + j / 3 % 3, 1 + j % 3,
						 1 + j / 9 % 3, 2 };
			type = (u8)(1 + j / 27);
			m = merge_of(FS_HELD_FLOW, had, type, v);
			if (v.gen <= had.gen)
				check(m == FS_MERGE_STALE);
			else
				check(m == merge_of(FS_HELD_NOTHING, had, type,
						    v));
			check(m == merge_of(FS_HELD_END, had, type, v));
		}
	}
}

static const struct tap_case cases[] = {
	{ "the state that is further wins, whichever stays", test_states },
	{ "idempotent, monotone, in any order", test_properties },
	{ "scales and flags are learnt and kept", test_scales },
	{ "scales that were not agreed are 0", test_not_agreed },
	{ "what each record does to what is held", test_records },
	{ "records of one slot in any order end at the last", test_any_order },
	{ "versions: epoch, then generation, then op", test_versions },
	{ "between groups the generation decides", test_groups },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
