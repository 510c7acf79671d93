/* SPDX-License-Identifier: GPL-2.0 */
/* What the fuzzers share. */
#ifndef _FLOWSYNC_FUZZ_H
#define _FLOWSYNC_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "octets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What has to be so, in every build. */
#define must(condition)							\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "ERROR: %s:%d: %s\n", __FILE__,	\
				__LINE__, #condition);			\
			abort();					\
		}							\
	} while (0)

#endif /* _FLOWSYNC_FUZZ_H */
