// SPDX-License-Identifier: GPL-2.0
#include "world.h"

/* Whether state of this group and epoch may be taken. */
static bool accept_batch(struct world *w, struct node *n, u32 from,
			 const struct fs_batch *batch)
{
	if (batch->group != GROUP) {
		fail(w, "group %u on the wire", batch->group);
		return false;
	}
	if (n->role == FS_ROLE_ACTIVE)
		return false;
	if (batch->epoch < n->epoch && broken != BREAK_epoch)
		return false;
	if (batch->epoch > n->epoch)
		n->epoch = batch->epoch;
	n->owner = from;
	return true;
}

/* Returns whether all records were applied. */
static bool receive_records(struct world *w, struct node *n, u32 from,
			    struct fs_rd *r)
{
	u32 memory = NONE;
	struct fs_batch batch;
	struct fs_record rec;
	bool done = true;

	if (fs_batch_open(&batch, r)) {
		fail(w, "undecodable batch");
		return false;
	}
	if (!accept_batch(w, n, from, &batch)) {
		w->stats.refused++;
		return broken == BREAK_ack_refused;
	}
	if (!w->ended && rng_percent(&w->rng, w->oom)) {
		memory = (u32)rng_below(&w->rng, 40);
		w->stats.no_memory++;
	}
	while (fs_rd_left(r)) {
		if (!memory--)
			return broken == BREAK_ack_first;
		if (fs_batch_next(&batch, r, &rec)) {
			fail(w, "undecodable record");
			return false;
		}
		done &= shadow_apply(w, n, from, &batch, &rec);
	}
	return done;
}

/**
 * receive_state - a datagram of the state channel arrived
 * @w: the world
 * @n: the node
 * @from: its sender
 * @h: its header
 * @r: its payload
 *
 * It is received, and acknowledged, once all of it was applied.
 */
void receive_state(struct world *w, struct node *n, u32 from,
		   const struct fs_header *h, struct fs_rd *r)
{
	struct peer *p = &n->peer[from];
	struct fs_seqwin *window = &p->window[FS_CHANNEL_STATE];

	if (h->session != p->session || !p->answered)
		return;
	switch (fs_seqwin_look(window, h->seq)) {
	case FS_SEQ_NEW:
		break;
	case FS_SEQ_DUPLICATE:
		peer_ack(w, n, from);
		return;
	default:
		return;
	}
	fs_liveness_heard(&p->live, w->now / MS);
	if (!receive_records(w, n, from, r))
		return;
	fs_seqwin_receive(window, h->seq);
	p->unacked++;
	peer_ack(w, n, from);
}
