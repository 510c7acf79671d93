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
	u16 magic = (u16)fs_rd_uint(r, 2);
	u8 version = (u8)fs_rd_uint(r, 1);

	h->channel = (u8)fs_rd_uint(r, 1);
	h->node = (u32)fs_rd_uint(r, 4);
	h->session = fs_rd_uint(r, 8);
	h->seq = fs_rd_uint(r, 6);
	h->len = (u16)fs_rd_uint(r, 2);

	if (r->failed)
		return FS_WIRE_BADLEN;
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
