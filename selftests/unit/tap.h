/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test Anything Protocol, as much of it as these programs need. A program is a
 * table of cases; a case is a function that calls check() as often as it likes
 * and passes if every check held:
 *
 *	static void test_sum(void)
 *	{
 *		check(1 + 1 == 2);
 *	}
 *
 *	static const struct tap_case cases[] = {
 *		{ "sums are right", test_sum },
 *	};
 *
 *	int main(void)
 *	{
 *		return tap_run(cases, sizeof(cases) / sizeof(cases[0]));
 *	}
 */
#ifndef _FLOWSYNC_UNIT_TAP_H
#define _FLOWSYNC_UNIT_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Failed checks that are shown of one case; the rest are only counted. */
#define TAP_SHOWN	5

/**
 * struct tap_case - one line of a program's output
 * @name: what holds if it passes
 * @run: the checks
 */
struct tap_case {
	const char *name;
	void (*run)(void);
};

static unsigned long tap_failed;

static inline bool tap_check(bool held, const char *what, const char *file,
			     int line)
{
	if (!held && tap_failed++ < TAP_SHOWN)
		printf("# %s:%d: %s\n", file, line, what);
	return held;
}

/* Returns whether it held, so that a loop can stop or say more with note(). */
#define check(cond)	tap_check(!!(cond), #cond, __FILE__, __LINE__)
#define note(...)							\
	do {								\
		if (tap_failed <= TAP_SHOWN)				\
			printf("# " __VA_ARGS__);			\
	} while (0)

static inline int tap_run(const struct tap_case *cases, size_t count)
{
	size_t i, bad = 0;

	printf("TAP version 13\n1..%zu\n", count);
	for (i = 0; i < count; i++) {
		tap_failed = 0;
		cases[i].run();
		if (tap_failed)
			printf("# %lu checks failed\n", tap_failed);
		printf("%s %zu - %s\n", tap_failed ? "not ok" : "ok", i + 1,
		       cases[i].name);
		fflush(stdout);
		bad += !!tap_failed;
	}
	return bad ? 1 : 0;
}

#endif /* _FLOWSYNC_UNIT_TAP_H */
