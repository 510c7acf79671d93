// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <linux/xarray.h>

#include "compat/uninitialized.h"
#include "core/attr.h"
#include "extra.h"
#include "peer.h"

/* Besides the options of a record: when expectations were told, in seconds of
 * fs_now_ms().
 */
#define OPT_TOLD	0x00
#define OPT_TOLD_LEN	6

/**
 * struct extra - attributes of one flow
 * @len: length of @octets
 * @octets: options, as in a record
 */
struct extra {
	u16 len;
	u8 octets[];
};

static u32 now_s(void)
{
	return (u32)div_u64(fs_now_ms(), MSEC_PER_SEC);
}

/**
 * fs_extra_drop - forget the attributes of a slot
 * @map: of the origin and session
 * @slot: the slot
 *
 * Context: any; fs_shadow.lock held.
 */
void fs_extra_drop(struct xarray *map, u32 slot)
{
	/* Few flows have any. */
	if (!xa_empty(map))
		kfree(xa_erase(map, slot));
}

/**
 * fs_extra_set - note the attributes of a slot's flow
 * @map: of the origin and session
 * @slot: the slot
 * @attrs: the attributes, in the place of those from before
 *
 * Context: any; fs_shadow.lock held.
 * Return: false if there is no memory; the slot then has no attributes.
 */
bool fs_extra_set(struct xarray *map, u32 slot, const struct fs_attrs *attrs)
{
	u8 octets[OPT_TOLD_LEN + FS_ATTRS_MAX] __uninitialized;
	struct extra *extra;
	struct fs_wr w;
	size_t len;

	if (!attrs->has) {
		fs_extra_drop(map, slot);
		return true;
	}
	extra = xa_load(map, slot);
	fs_wr_init(&w, octets, sizeof(octets));
	if (attrs->has & FS_ATTR_EXPECTS) {
		fs_wr_uint(&w, OPT_TOLD, 1);
		fs_wr_uint(&w, 4, 1);
		fs_wr_uint(&w, now_s(), 4);
	}
	fs_attrs_put(&w, attrs);
	len = w.p - octets;
	if (!extra || extra->len != len) {
		fs_extra_drop(map, slot);
		extra = kmalloc(struct_size(extra, octets, len), GFP_ATOMIC);
		if (!extra)
			return false;
		extra->len = len;
		if (xa_err(xa_store(map, slot, extra, GFP_ATOMIC))) {
			kfree(extra);
			return false;
		}
	}
	memcpy(extra->octets, octets, len);
	if (attrs->has & FS_ATTR_EXPECTS)
		xa_set_mark(map, slot, FS_MARK_EXPECTS);
	else
		xa_clear_mark(map, slot, FS_MARK_EXPECTS);
	return true;
}

/**
 * fs_extra_lend - let a slot have the attributes of the same slot in another map
 * @from: the other map
 * @to: the map, in which the slot has none
 * @slot: the slot
 *
 * One of the two maps has to forget them, which is not to drop them.
 *
 * Context: any; fs_shadow.lock held.
 * Return: false if there is no memory.
 */
bool fs_extra_lend(struct xarray *from, struct xarray *to, u32 slot)
{
	if (xa_err(xa_store(to, slot, xa_load(from, slot), GFP_ATOMIC)))
		return false;
	if (xa_get_mark(from, slot, FS_MARK_EXPECTS))
		xa_set_mark(to, slot, FS_MARK_EXPECTS);
	return true;
}

/**
 * fs_extra_get - the attributes of a slot's flow
 * @map: of the origin and session
 * @slot: the slot
 * @attrs: result
 *
 * Context: any; fs_shadow.lock held.
 */
void fs_extra_get(struct xarray *map, u32 slot, struct fs_attrs *attrs)
{
	const struct extra *extra = xa_load(map, slot);
	struct fs_rd all, value;
	u32 told = 0;

	attrs->has = 0;
	if (!extra)
		return;
	fs_rd_init(&all, extra->octets, extra->len);
	while (fs_rd_left(&all)) {
		u8 type = fs_rd_uint(&all, 1);

		fs_rd_sub(&all, &value, fs_rd_uint(&all, 1));
		if (type == OPT_TOLD) {
			told = fs_rd_uint(&value, 4);
			continue;
		}
		if (WARN_ON_ONCE(all.failed ||
				 fs_attrs_get(attrs, type, &value)))
			return;
	}
	if (attrs->has & FS_ATTR_EXPECTS)
		attrs->expects.age = now_s() - told;
}
