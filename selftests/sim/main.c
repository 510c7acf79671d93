// SPDX-License-Identifier: GPL-2.0
/*
 * sim SEEDS=n [FIRST=x]	run seeds x (1) to x + n - 1
 * sim SEED=x			replay one with a trace
 *	BREAK=name	break the model, see breaks.h
 *
 * Exit status: 0 if nothing was wrong, 1 if something was, 2 for misuse.
 */
#include <stdio.h>
#include <stdlib.h>

#include "world.h"

static const char *const break_names[] = {
#define X(name, text) #name,
	BREAKS(X)
#undef X
};

static const char *const break_texts[] = {
#define X(name, text) text,
	BREAKS(X)
#undef X
};

static int usage(void)
{
	unsigned int i;

	fputs("usage: sim SEEDS=n [FIRST=x] [BREAK=name]\n"
	      "       sim SEED=x [BREAK=name]\n", stderr);
	for (i = 0; i < BREAK_COUNT; i++)
		fprintf(stderr, "  BREAK=%-13s %s\n", break_names[i],
			break_texts[i]);
	return 2;
}

static bool set_break(const char *name)
{
	unsigned int i;

	for (i = 0; i < BREAK_COUNT; i++)
		if (!strcmp(name, break_names[i])) {
			broken = i;
			return true;
		}
	return false;
}

static void print_stats(const struct world *w)
{
	const struct stats *s = &w->stats;

	printf("# %llu changes, %llu records, %llu datagrams taken for lost, %llu refused, %llu without memory\n",
	       (unsigned long long)s->changes, (unsigned long long)s->records,
	       (unsigned long long)s->lost, (unsigned long long)s->refused,
	       (unsigned long long)s->no_memory);
	printf("# %llu promotions, %llu restarts, %llu meetings of actives, %llu flows displaced, %llu forgotten, %llu checkpoints needed\n",
	       (unsigned long long)s->promotions,
	       (unsigned long long)s->restarts,
	       (unsigned long long)s->meetings,
	       (unsigned long long)s->displaced,
	       (unsigned long long)s->forgotten,
	       (unsigned long long)s->needs);
	printf("# %llu flows taken over by name, %llu held by members, %llu told again, %llu offered, %llu claims anew\n",
	       (unsigned long long)s->adopted,
	       (unsigned long long)s->relabelled,
	       (unsigned long long)s->retold,
	       (unsigned long long)s->offers,
	       (unsigned long long)s->reclaims);
}

int main(int argc, char **argv)
{
	unsigned long long seed = 0, seeds = 0, first = 1, x;
	static struct world w;
	bool one = false;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "SEED=", 5)) {
			seed = strtoull(argv[i] + 5, NULL, 0);
			one = true;
		} else if (!strncmp(argv[i], "SEEDS=", 6)) {
			seeds = strtoull(argv[i] + 6, NULL, 0);
		} else if (!strncmp(argv[i], "FIRST=", 6)) {
			first = strtoull(argv[i] + 6, NULL, 0);
		} else if (strncmp(argv[i], "BREAK=", 6) ||
			   !set_break(argv[i] + 6)) {
			return usage();
		}
	}
	if (!one && !seeds)
		return usage();
	if (one) {
		first = seed;
		seeds = 1;
		w.trace = true;
	}
	for (x = first; x < first + seeds; x++) {
		if (world_run(&w, x))
			continue;
		printf("seed %llu failed at %llu us: %s\n", x,
		       (unsigned long long)w.now, w.why);
		return 1;
	}
	print_stats(&w);
	printf("%llu seeds passed\n", seeds);
	return 0;
}
