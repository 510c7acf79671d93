// SPDX-License-Identifier: GPL-2.0
/* Who gives way. */
#include "rnd.h"
#include "role.h"
#include "tap.h"

static const u64 epochs[] = { 0, 1, 2, 1ull << 32, ~0ull };
static const u32 nodes[] = { 1, 2, 0xffffffff };
static const u8 ranks[] = { 0, 255 };
static const u8 traffics[] = { 0, 1, FS_TRAFFIC_MAX };

/* Of each role; weighed in all ways, and not. */
#define WEIGHTS	(ARRAY_SIZE(ranks) * ARRAY_SIZE(traffics) + 1)
#define CLAIMS	(FS_ROLES * WEIGHTS * ARRAY_SIZE(epochs) * ARRAY_SIZE(nodes))

static struct fs_claim claim(size_t n)
{
	size_t i = n / FS_ROLES / WEIGHTS, weight = n / FS_ROLES % WEIGHTS;
	struct fs_claim c = {
		.role = (u8)(n % FS_ROLES),
		.epoch = epochs[i / ARRAY_SIZE(nodes)],
		.node = nodes[i % ARRAY_SIZE(nodes)],
	};

	if (!weight--)
		return c;
	c.weighed = true;
	c.rank = ranks[weight / ARRAY_SIZE(traffics)];
	c.traffic = traffics[weight % ARRAY_SIZE(traffics)];
	return c;
}

/* Also if only one of the two tells what its claim weighs. */
static void test_pairs(void)
{
	size_t i, j;

	for (i = 0; i < CLAIMS; i++) {
		for (j = 0; j < CLAIMS; j++) {
			struct fs_claim a = claim(i), b = claim(j);
			bool both = a.role == FS_ROLE_ACTIVE &&
				    b.role == FS_ROLE_ACTIVE;

			if (a.node == b.node)
				continue;
			check(fs_claim_yields(&a, &b) +
			      fs_claim_yields(&b, &a) == both);
		}
	}
}

static bool stays(const struct fs_claim *a, const struct fs_claim *b)
{
	return !fs_claim_yields(a, b) && fs_claim_yields(b, a);
}

static void test_rule(void)
{
	struct fs_claim a = { FS_ROLE_ACTIVE, 5, 9, true, 0, 3 };
	struct fs_claim b = { FS_ROLE_ACTIVE, 6, 1000, true, 0, 2 };

	check(stays(&b, &a));
	b.epoch = 5;
	check(stays(&a, &b));
	b.traffic = 4;
	check(stays(&b, &a));
	a.traffic = 4;
	check(stays(&a, &b));
	b.rank = 1;
	check(stays(&b, &a));
	a.epoch = 6;
	a.traffic = 64;
	check(stays(&b, &a));
	/* One that is not weighed is compared as ever, by both. */
	b.weighed = false;
	check(stays(&a, &b));
	a.epoch = 5;
	check(stays(&a, &b));
	b.epoch = 6;
	check(stays(&b, &a));

	b.role = FS_ROLE_STANDBY;
	check(!fs_claim_yields(&a, &b) && !fs_claim_yields(&b, &a));
	a.role = FS_ROLE_INIT;
	b.epoch = 7;
	check(!fs_claim_yields(&a, &b) && !fs_claim_yields(&b, &a));
	/* Its own name, as another one tells it. */
	a.role = b.role = FS_ROLE_ACTIVE;
	b.node = a.node;
	check(!fs_claim_yields(&a, &b) && !fs_claim_yields(&b, &a));
}

/* Of any three actives one yields to nobody, and it is one only: of those that all
 * are weighed, and of those that are not.
 */
static void test_three(void)
{
	size_t i, j, k;

	for (i = FS_ROLE_ACTIVE; i < CLAIMS; i += FS_ROLES)
		for (j = FS_ROLE_ACTIVE; j < CLAIMS; j += FS_ROLES)
			for (k = FS_ROLE_ACTIVE; k < CLAIMS; k += FS_ROLES) {
				struct fs_claim a = claim(i), b = claim(j),
						c = claim(k);

				if (a.node == b.node || b.node == c.node ||
				    a.node == c.node ||
				    a.weighed != b.weighed ||
				    b.weighed != c.weighed)
					continue;
				check((!fs_claim_yields(&a, &b) &&
				       !fs_claim_yields(&a, &c)) +
				      (!fs_claim_yields(&b, &a) &&
				       !fs_claim_yields(&b, &c)) +
				      (!fs_claim_yields(&c, &a) &&
				       !fs_claim_yields(&c, &b)) == 1);
			}
}

static void test_traffic(void)
{
	unsigned int bit;

	check(fs_claim_traffic(0) == 0 && fs_claim_traffic(1) == 1);
	for (bit = 1; bit < 64; bit++) {
		check(fs_claim_traffic(1ull << bit) == bit + 1);
		check(fs_claim_traffic((1ull << bit) - 1) == bit);
	}
	check(fs_claim_traffic(~0ull) == FS_TRAFFIC_MAX);
}

/* Two that serve meanwhile, and hear older words of each other in any order, as
 * links fail in one direction and then the other: never both give way, and when all
 * is said one does.
 */
static void test_delayed(void)
{
	struct fs_claim c[2], word[2][64];
	unsigned int round, step, said, i;
	bool yielded[2];

	for (round = 0; round < 20000; round++) {
		for (i = 0; i < 2; i++) {
			c[i] = (struct fs_claim){
				FS_ROLE_ACTIVE, 1 + rnd_below(2), 1 + i,
				true, 0, 0,
			};
			yielded[i] = false;
		}
		for (said = 0; said < 63; said++) {
			for (i = 0; i < 2; i++) {
				word[i][said] = c[i];
				if (yielded[i])
					continue;
				c[i].traffic += (u8)rnd_below(2);
				c[i].rank += rnd_percent(3);
			}
			i = rnd_percent(50);
			step = (unsigned int)rnd_below(said + 1);
			yielded[i] |= fs_claim_yields(&c[i], &word[!i][step]);
			check(!yielded[0] || !yielded[1]);
		}
		for (i = 0; i < 2; i++)
			yielded[i] |= fs_claim_yields(&c[i], &c[!i]);
		check(yielded[0] != yielded[1]);
	}
}

static const struct tap_case cases[] = {
	{ "two actives meet: exactly one yields; else nobody", test_pairs },
	{ "rank, then epoch, then traffic, then the lower node id", test_rule },
	{ "three actives meet: one stays", test_three },
	{ "traffic is told by its doublings", test_traffic },
	{ "older words of a claim: never do both yield", test_delayed },
};

int main(void)
{
	rnd_start();
	return tap_run(cases, ARRAY_SIZE(cases));
}
