// SPDX-License-Identifier: GPL-2.0
#include "buf.h"

/**
 * fs_rd_init - start reading
 * @r: cursor
 * @data: first octet
 * @len: how many octets may be read
 */
void fs_rd_init(struct fs_rd *r, const void *data, size_t len)
{
	r->p = data;
	r->end = r->p + len;
	r->failed = false;
}

/**
 * fs_rd_uint - read a big-endian unsigned number
 * @r: cursor
 * @octets: its width, 1 to 8
 *
 * Return: the number; 0 if it was short, which fails the cursor.
 */
u64 fs_rd_uint(struct fs_rd *r, unsigned int octets)
{
	u64 value = 0;

	if (fs_rd_left(r) < octets) {
		r->failed = true;
		return 0;
	}
	switch (octets) {
	case 1:
		return *r->p++;
	case 2:
		value = get_unaligned_be16(r->p);
		r->p += 2;
		return value;
	case 4:
		value = get_unaligned_be32(r->p);
		r->p += 4;
		return value;
	case 8:
		value = get_unaligned_be64(r->p);
		r->p += 8;
		return value;
	}
	while (octets--)
		value = value << 8 | *r->p++;
	return value;
}

/**
 * fs_rd_varint - read a variable-length number
 * @r: cursor
 *
 * Seven bits an octet, the least significant first, the top bit set on all but
 * the last (LEB128). Only the shortest encoding of a number is accepted.
 *
 * Return: the number; 0 if it was short, long or over 64 bits, which fails the
 * cursor.
 */
u64 fs_rd_varint(struct fs_rd *r)
{
	unsigned int shift = 0;
	u64 value = 0;
	u8 octet;

	/* Most are small. */
	if (fs_rd_left(r) && *r->p < 0x80)
		return *r->p++;
	do {
		if (!fs_rd_left(r) || shift > 63)
			goto fail;
		octet = *r->p++;
		if (shift == 63 && octet > 1)
			goto fail;
		value |= (u64)(octet & 0x7f) << shift;
		shift += 7;
	} while (octet & 0x80);

	if (!octet && shift > 7)
		goto fail;
	return value;
fail:
	r->failed = true;
	return 0;
}

/**
 * fs_rd_zigzag - read a signed variable-length number
 * @r: cursor
 *
 * Zigzag: 0, -1, 1, -2, ... are sent as 0, 1, 2, 3, ...
 *
 * Return: the number, as fs_rd_varint().
 */
s64 fs_rd_zigzag(struct fs_rd *r)
{
	u64 value = fs_rd_varint(r);

	return (s64)(value >> 1 ^ (0 - (value & 1)));
}

/**
 * fs_rd_bytes - read octets as they are
 * @r: cursor
 * @dst: where they go; zeroed if they were short, which fails the cursor
 * @len: how many
 */
void fs_rd_bytes(struct fs_rd *r, void *dst, size_t len)
{
	if (fs_rd_left(r) < len) {
		r->failed = true;
		memset(dst, 0, len);
		return;
	}
	memcpy(dst, r->p, len);
	r->p += len;
}

/**
 * fs_rd_sub - take the next octets as a cursor of their own
 * @r: cursor, moved past them; failed if they were short
 * @sub: the new cursor; failed with @r
 * @len: how many
 */
void fs_rd_sub(struct fs_rd *r, struct fs_rd *sub, size_t len)
{
	if (r->failed || fs_rd_left(r) < len) {
		r->failed = true;
		fs_rd_init(sub, r->end, 0);
		sub->failed = true;
		return;
	}
	fs_rd_init(sub, r->p, len);
	r->p += len;
}

/**
 * fs_wr_init - start writing
 * @w: cursor
 * @data: first octet
 * @len: room
 */
void fs_wr_init(struct fs_wr *w, void *data, size_t len)
{
	w->p = data;
	w->end = w->p + len;
	w->failed = false;
}

static bool fs_wr_room(struct fs_wr *w, size_t len)
{
	if (w->failed || (size_t)(w->end - w->p) < len)
		w->failed = true;
	return !w->failed;
}

/**
 * fs_wr_uint - write a big-endian unsigned number
 * @w: cursor
 * @value: the number
 * @octets: its width, 1 to 8
 */
void fs_wr_uint(struct fs_wr *w, u64 value, unsigned int octets)
{
	if (!fs_wr_room(w, octets))
		return;
	switch (octets) {
	case 1:
		*w->p++ = (u8)value;
		return;
	case 2:
		put_unaligned_be16((u16)value, w->p);
		w->p += 2;
		return;
	case 4:
		put_unaligned_be32((u32)value, w->p);
		w->p += 4;
		return;
	case 8:
		put_unaligned_be64(value, w->p);
		w->p += 8;
		return;
	}
	while (octets--)
		*w->p++ = (u8)(value >> (8 * octets));
}

/**
 * fs_wr_varint - write a variable-length number, see fs_rd_varint()
 * @w: cursor
 * @value: the number
 */
void fs_wr_varint(struct fs_wr *w, u64 value)
{
	do {
		u8 octet = value & 0x7f;

		value >>= 7;
		if (!fs_wr_room(w, 1))
			return;
		*w->p++ = value ? octet | 0x80 : octet;
	} while (value);
}

/**
 * fs_wr_zigzag - write a signed variable-length number, see fs_rd_zigzag()
 * @w: cursor
 * @value: the number
 */
void fs_wr_zigzag(struct fs_wr *w, s64 value)
{
	fs_wr_varint(w, (u64)value << 1 ^ (0 - ((u64)value >> 63)));
}

/**
 * fs_wr_bytes - write octets as they are
 * @w: cursor
 * @src: first of them
 * @len: how many
 */
void fs_wr_bytes(struct fs_wr *w, const void *src, size_t len)
{
	if (!fs_wr_room(w, len))
		return;
	memcpy(w->p, src, len);
	w->p += len;
}
