// SPDX-License-Identifier: GPL-2.0
#include "wire.h"

/**
 * fs_header_put - write a datagram's header
 * @w: cursor at the start of the datagram
 * @h: what it says
 */
void fs_header_put(struct fs_wr *w, const struct fs_header *h)
{
	fs_wr_uint(w, FS_WIRE_MAGIC, 2);
	fs_wr_uint(w, FS_WIRE_VERSION, 1);
	fs_wr_uint(w, h->channel, 1);
	fs_wr_uint(w, h->node, 4);
	fs_wr_uint(w, h->session, 8);
	fs_wr_uint(w, h->seq, 6);
	fs_wr_uint(w, h->len, 2);
}

/**
 * fs_header_get - read a datagram's header
 * @r: cursor at the start of the datagram; at its payload afterwards
 * @h: result
 *
 * Return: FS_WIRE_OK, or why the datagram is refused.
 */
enum fs_wire_error fs_header_get(struct fs_rd *r, struct fs_header *h)
{
	const u8 *p = r->p;
	u16 magic;
	u8 version;

	/* Not octet by octet: what is refused here may come in floods. */
	if (fs_rd_left(r) < FS_WIRE_HEADER)
		return FS_WIRE_BADLEN;
	magic = get_unaligned_be16(p);
	version = p[2];
	h->channel = p[3];
	h->node = get_unaligned_be32(p + 4);
	h->session = get_unaligned_be64(p + FS_WIRE_NAME);
	h->seq = (u64)get_unaligned_be16(p + 16) << 32 |
		 get_unaligned_be32(p + 18);
	h->len = get_unaligned_be16(p + 22);
	r->p += FS_WIRE_HEADER;

	if (magic != FS_WIRE_MAGIC)
		return FS_WIRE_BADMAGIC;
	if (version != FS_WIRE_VERSION)
		return FS_WIRE_BADVERSION;
	if (h->len != fs_rd_left(r))
		return FS_WIRE_BADLEN;
	if (h->channel >= FS_CHANNELS)
		return FS_WIRE_BADCHANNEL;
	if (!h->node || !h->session || !h->seq)
		return FS_WIRE_BADVALUE;
	return FS_WIRE_OK;
}
