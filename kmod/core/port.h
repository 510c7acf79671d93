/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only header through which core/ sees its surroundings. core/ is plain C
 * with no skb, lock, clock or allocation: the same files build into the module
 * and into host programs (unit tests, fuzzers, the simulator).
 */
#ifndef _FLOWSYNC_CORE_PORT_H
#define _FLOWSYNC_CORE_PORT_H

#ifdef __KERNEL__

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#else /* a host program */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#define BUILD_BUG_ON(cond)	_Static_assert(!(cond), #cond)
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

static inline unsigned long __ffs(unsigned long word)
{
	return (unsigned long)__builtin_ctzl(word);
}

static inline unsigned int hweight_long(unsigned long word)
{
	return (unsigned int)__builtin_popcountl(word);
}

#ifndef BITS_PER_LONG
#define BITS_PER_LONG		((int)(8 * sizeof(long)))
#endif
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define BITS_TO_LONGS(n)	DIV_ROUND_UP(n, 8 * sizeof(long))

#endif /* __KERNEL__ */

#endif /* _FLOWSYNC_CORE_PORT_H */
