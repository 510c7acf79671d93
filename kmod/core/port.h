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
#include <asm/unaligned.h>

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

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "host programs are for little endian hosts"
#endif

#ifndef __always_inline
#define __always_inline		inline __attribute__((__always_inline__))
#endif
#define BUILD_BUG_ON(cond)	_Static_assert(!(cond), #cond)
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

static inline u16 get_unaligned_be16(const void *p)
{
	u16 value;

	memcpy(&value, p, sizeof(value));
	return __builtin_bswap16(value);
}

static inline u32 get_unaligned_be32(const void *p)
{
	u32 value;

	memcpy(&value, p, sizeof(value));
	return __builtin_bswap32(value);
}

static inline u64 get_unaligned_be64(const void *p)
{
	u64 value;

	memcpy(&value, p, sizeof(value));
	return __builtin_bswap64(value);
}

static inline void put_unaligned_be16(u16 value, void *p)
{
	value = __builtin_bswap16(value);
	memcpy(p, &value, sizeof(value));
}

static inline void put_unaligned_be32(u32 value, void *p)
{
	value = __builtin_bswap32(value);
	memcpy(p, &value, sizeof(value));
}

static inline void put_unaligned_be64(u64 value, void *p)
{
	value = __builtin_bswap64(value);
	memcpy(p, &value, sizeof(value));
}

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
