// SPDX-License-Identifier: GPL-2.0
/* Who gives way. */
#include "role.h"
#include "tap.h"

static const u64 epochs[] = { 0, 1, 2, 1ull << 32, 1ull << 63, ~0ull };
static const u32 nodes[] = { 1, 2, 1u << 31, 0xffffffff };

#define CLAIMS	(3 * ARRAY_SIZE(epochs) * ARRAY_SIZE(nodes))

static struct fs_claim claim(size_t n)
{
	size_t i = n / 3;

	return (struct fs_claim){
		.role = (u8)(n % 3),
		.epoch = epochs[i / ARRAY_SIZE(nodes)],
		.node = nodes[i % ARRAY_SIZE(nodes)],
	};
}

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

static void test_rule(void)
{
	struct fs_claim a = { FS_ROLE_ACTIVE, 5, 9 };
	struct fs_claim b = { FS_ROLE_ACTIVE, 6, 1000 };

	check(fs_claim_yields(&a, &b) && !fs_claim_yields(&b, &a));
	b.epoch = 5;
	check(!fs_claim_yields(&a, &b) && fs_claim_yields(&b, &a));
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

/* Of any three actives one yields to nobody, and it is one only. */
static void test_three(void)
{
	size_t i, j, k, n = CLAIMS;

	for (i = 2; i < n; i += 3)
		for (j = 2; j < n; j += 3)
			for (k = 2; k < n; k += 3) {
				struct fs_claim a = claim(i), b = claim(j),
						c = claim(k);

				if (a.node == b.node || b.node == c.node ||
				    a.node == c.node)
					continue;
				check((!fs_claim_yields(&a, &b) &&
				       !fs_claim_yields(&a, &c)) +
				      (!fs_claim_yields(&b, &a) &&
				       !fs_claim_yields(&b, &c)) +
				      (!fs_claim_yields(&c, &a) &&
				       !fs_claim_yields(&c, &b)) == 1);
			}
}

static const struct tap_case cases[] = {
	{ "two actives meet: exactly one yields; else nobody", test_pairs },
	{ "the higher epoch stays, then the lower node id", test_rule },
	{ "three actives meet: one stays", test_three },
};

int main(void)
{
	return tap_run(cases, ARRAY_SIZE(cases));
}
