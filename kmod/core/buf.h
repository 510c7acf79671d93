/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bounded reading and writing of octets. A cursor that ran past its end, or
 * met an impossible value, stays failed: callers check once, at the end of a
 * whole structure.
 */
#ifndef _FLOWSYNC_CORE_BUF_H
#define _FLOWSYNC_CORE_BUF_H

#include "port.h"

/* Longest encoding of a 64-bit variable-length number. */
#define FS_VARINT_MAX	10

/**
 * struct fs_rd - a reading cursor
 * @p: next octet
 * @end: first octet past the readable ones
 * @failed: something was short or impossible; everything read since is 0
 */
struct fs_rd {
	const u8 *p;
	const u8 *end;
	bool failed;
};

/**
 * struct fs_wr - a writing cursor
 * @p: next octet
 * @end: first octet past the writable ones
 * @failed: something did not fit; nothing was written since
 */
struct fs_wr {
	u8 *p;
	u8 *end;
	bool failed;
};

/**
 * fs_rd_left - octets not yet read
 * @r: cursor
 *
 * Return: their number; 0 once the cursor failed.
 */
static inline size_t fs_rd_left(const struct fs_rd *r)
{
	return r->failed ? 0 : (size_t)(r->end - r->p);
}

void fs_rd_init(struct fs_rd *r, const void *data, size_t len);
u64 fs_rd_uint(struct fs_rd *r, unsigned int octets);
u64 fs_rd_varint(struct fs_rd *r);
s64 fs_rd_zigzag(struct fs_rd *r);
void fs_rd_bytes(struct fs_rd *r, void *dst, size_t len);
void fs_rd_sub(struct fs_rd *r, struct fs_rd *sub, size_t len);

void fs_wr_init(struct fs_wr *w, void *data, size_t len);
void fs_wr_uint(struct fs_wr *w, u64 value, unsigned int octets);
void fs_wr_varint(struct fs_wr *w, u64 value);
void fs_wr_zigzag(struct fs_wr *w, s64 value);
void fs_wr_bytes(struct fs_wr *w, const void *src, size_t len);

#endif /* _FLOWSYNC_CORE_BUF_H */
