// SPDX-License-Identifier: GPL-2.0
#include "seqwin.h"

/**
 * fs_seqwin_init - expect a stream
 * @w: window
 * @base: number before the first one of the stream
 */
void fs_seqwin_init(struct fs_seqwin *w, u64 base)
{
	memset(w, 0, sizeof(*w));
	w->base = base;
	w->top = base;
}

static void move_top(struct fs_seqwin *w, u64 seq)
{
	u64 step = seq - w->top;
	unsigned int words = (unsigned int)(step / 64);
	unsigned int bits = (unsigned int)(step % 64);
	unsigned int i;

	w->top = seq;
	if (step >= FS_SEQWIN_BITS) {
		memset(w->seen, 0, sizeof(w->seen));
		return;
	}
	for (i = FS_SEQWIN_WORDS; i--;) {
		u64 word = i >= words ? w->seen[i - words] << bits : 0;

		if (bits && i > words)
			word |= w->seen[i - words - 1] >> (64 - bits);
		w->seen[i] = word;
	}
}

/**
 * fs_seqwin_look - what a number would be if it were received now
 * @w: window
 * @seq: the number
 *
 * Return: whether it is new.
 */
enum fs_seq_verdict fs_seqwin_look(const struct fs_seqwin *w, u64 seq)
{
	u64 back;

	if (seq > w->top)
		return FS_SEQ_NEW;
	back = w->top - seq;
	if (seq <= w->base || back >= FS_SEQWIN_BITS)
		return FS_SEQ_OLD;
	return w->seen[back / 64] >> back % 64 & 1 ? FS_SEQ_DUPLICATE :
						     FS_SEQ_NEW;
}

/**
 * fs_seqwin_receive - take note of a received number
 * @w: window
 * @seq: the number
 *
 * Return: whether it is new. Only FS_SEQ_NEW changes the window.
 */
enum fs_seq_verdict fs_seqwin_receive(struct fs_seqwin *w, u64 seq)
{
	enum fs_seq_verdict verdict = fs_seqwin_look(w, seq);
	u64 back;

	if (verdict != FS_SEQ_NEW)
		return verdict;
	if (seq > w->top)
		move_top(w, seq);
	back = w->top - seq;
	w->seen[back / 64] |= 1ull << back % 64;
	w->received++;
	return FS_SEQ_NEW;
}

/**
 * fs_seqwin_announce - the sender says how far it has come
 * @w: window
 * @seq: last number it has sent
 */
void fs_seqwin_announce(struct fs_seqwin *w, u64 seq)
{
	if (seq > w->top)
		move_top(w, seq);
}

/**
 * fs_seqwin_missing - numbers sent and not received
 * @w: window
 *
 * Return: how many numbers up to the highest known have not arrived (yet).
 */
u64 fs_seqwin_missing(const struct fs_seqwin *w)
{
	return w->top - w->base - w->received;
}
