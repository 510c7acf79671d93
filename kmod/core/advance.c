// SPDX-License-Identifier: GPL-2.0
#include "advance.h"

/**
 * fs_advance_put - say how far one of the receiver's flows has come
 * @w: cursor behind what is there
 * @rec: an update of it
 *
 * Return: false if it does not fit; the datagram is not failed by that.
 */
bool fs_advance_put(struct fs_wr *w, const struct fs_record *rec)
{
	struct fs_batch batch = { 0 };
	struct fs_wr undo = *w;
	u8 *len, *start;

	fs_wr_uint(w, FS_OPT_ADVANCE, 1);
	len = w->p;
	fs_wr_uint(w, 0, 1);
	start = w->p;
	if (w->failed || !fs_batch_put(&batch, w, rec) ||
	    w->p - start > 255) {
		*w = undo;
		return false;
	}
	*len = (u8)(w->p - start);
	return true;
}

/**
 * fs_advance_check - check the value of an option
 * @value: the value
 * @unknown: result, with FS_WIRE_MANDATORY: the option in it that had to be
 *	understood and is not known
 *
 * Return: FS_WIRE_OK, or why the datagram is refused.
 */
enum fs_wire_error fs_advance_check(struct fs_rd *value, u8 *unknown)
{
	struct fs_batch batch = { 0 };
	enum fs_wire_error err;
	struct fs_record rec;

	do {
		err = fs_batch_next(&batch, value, &rec);
		if (!err && rec.type != FS_RECORD_UPDATE)
			err = FS_WIRE_BADVALUE;
	} while (!err && fs_rd_left(value));
	*unknown = batch.unknown;
	return err;
}

/* Move to the value of the next option. */
static bool next_option(struct fs_rd *r, struct fs_rd *value)
{
	while (fs_rd_left(r)) {
		u8 type = (u8)fs_rd_uint(r, 1);

		fs_rd_sub(r, value, (size_t)fs_rd_uint(r, 1));
		if (type == FS_OPT_ADVANCE)
			return !value->failed;
	}
	return false;
}

/**
 * fs_advance_next - read how far the next flow of a checked datagram has come
 * @r: cursor behind the header, or where the call before left it
 * @advances: cursor within an option; zeroed before the first call
 * @batch: what the next record in the option is told less; likewise
 * @rec: result, an update
 *
 * Return: false if there is none left.
 */
bool fs_advance_next(struct fs_rd *r, struct fs_rd *advances,
		     struct fs_batch *batch, struct fs_record *rec)
{
	while (!fs_rd_left(advances)) {
		if (!next_option(r, advances))
			return false;
		memset(batch, 0, sizeof(*batch));
	}
	return !fs_batch_next(batch, advances, rec);
}
