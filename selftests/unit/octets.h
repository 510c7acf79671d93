/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Octets in tests: from hexadecimal text, and in memory of exactly their size,
 * so that AddressSanitizer sees the first one read or written too far.
 */
#ifndef _FLOWSYNC_UNIT_OCTETS_H
#define _FLOWSYNC_UNIT_OCTETS_H

#include <stdlib.h>
#include "port.h"

/* Longest datagram the tests make. */
#define OCTETS_MAX	1472

/**
 * struct exact - memory with nothing behind it
 * @p: first octet
 * @base: what to free
 */
struct exact {
	u8 *p;
	void *base;
};

/* A copy of @len octets. Of no octets too: malloc(0) has one under ASan. */
static inline struct exact exact_copy(const void *src, size_t len)
{
	struct exact e = { .base = malloc(len ? len : 1) };

	e.p = (u8 *)e.base + !len;
	if (len)
		memcpy(e.p, src, len);
	return e;
}

static inline void exact_free(struct exact e)
{
	free(e.base);
}

static inline int octets_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Hexadecimal digits, blanks between octets as one likes. */
static inline size_t octets_of(u8 *dst, const char *text)
{
	size_t len = 0;

	while (*text) {
		if (*text == ' ') {
			text++;
			continue;
		}
		assert(len < OCTETS_MAX && octets_digit(text[0]) >= 0 &&
		       octets_digit(text[1]) >= 0);
		dst[len++] = (u8)(octets_digit(text[0]) << 4 |
				  octets_digit(text[1]));
		text += 2;
	}
	return len;
}

#endif /* _FLOWSYNC_UNIT_OCTETS_H */
