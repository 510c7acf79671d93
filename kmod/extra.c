// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <linux/xarray.h>

#include "core/attr.h"
#include "extra.h"

/**
 * struct extra - attributes of one flow
 * @len: length of @octets
 * @octets: options, as in a record
 */
struct extra {
	u8 len;
	u8 octets[];
};

static_assert(FS_ATTRS_MAX <= U8_MAX);

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
	u8 octets[FS_ATTRS_MAX];
	struct extra *extra;
	struct fs_wr w;
	size_t len;

	if (!attrs->has) {
		fs_extra_drop(map, slot);
		return true;
	}
	extra = xa_load(map, slot);
	fs_wr_init(&w, octets, sizeof(octets));
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
	return !xa_err(xa_store(to, slot, xa_load(from, slot), GFP_ATOMIC));
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

	attrs->has = 0;
	if (!extra)
		return;
	fs_rd_init(&all, extra->octets, extra->len);
	while (fs_rd_left(&all)) {
		u8 type = fs_rd_uint(&all, 1);

		fs_rd_sub(&all, &value, fs_rd_uint(&all, 1));
		if (WARN_ON_ONCE(all.failed ||
				 fs_attrs_get(attrs, type, &value)))
			return;
	}
}
