// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>

#include "attrs.h"
#include "compat/uninitialized.h"
#include "convert.h"
#include "core/record.h"
#include "link.h"
#include "node.h"
#include "peer.h"
#include "send.h"
#include "told.h"
#include "warm.h"

/* How long to wait before a packet's entry is looked at again that was not yet
 * confirmed, or before a send is tried again that failed, in microseconds.
 */
#define AGAIN_US	2000
#define ERROR_US	20000
/* How long to wait before more is told of what a peer missed, if it was told as
 * much as it may be by now, in microseconds.
 */
#define PACE_US		5000

/* The longest record fits into the smallest datagram. */
static_assert(FS_WIRE_HEADER + 3 + FS_VARINT_MAX + FS_RECORD_MAX + FS_TAG <=
	      FS_DATAGRAM_MIN);

/* So many changes fill a datagram, more or less: they do not wait. */
#define FULL		64

/**
 * struct sending - one datagram in the making; only fs_peer.send has it
 * @peer: for whom
 * @place: of the group of its records, and between two datagrams of the last
 * @group: its id
 * @epoch: under which this node is active in it
 * @link: that will carry it
 * @batch: its records
 * @w: cursor in @data
 * @task: what it shall tell
 * @count: length of @task
 * @put: for each of @task, whether it is in the datagram
 * @untold: for each of @task, whether the peer cannot be told of it
 * @full: the first of @task that did not fit, or @count
 * @early: some wait, of which none was taken now, since it is too early
 * @more: or since none was found yet
 * @data: the datagram
 */
struct sending {
	struct fs_peer *peer;
	u8 place;
	u32 group;
	u64 epoch;
	struct fs_link *link;
	struct fs_batch batch;
	struct fs_wr w;
	struct fs_task task[FS_FLIGHT_RECORDS];
	unsigned int count;
	bool put[FS_FLIGHT_RECORDS];
	bool untold[FS_FLIGHT_RECORDS];
	unsigned int full;
	bool more;
	bool early;
	u8 data[FS_DATAGRAM_MAX];
};

static u64 now_us(void)
{
	return ktime_to_us(ktime_get());
}

static struct fs_slot slot_of(struct fs_peer *peer, u32 slot)
{
	return fs_flow_slot(fs_flow_at(&peer->node->flows, slot));
}

/* Act upon every datagram whose fate is known. */
static void settle(struct fs_peer *peer)
{
	struct fs_datagram *d;
	unsigned int i;

	lockdep_assert_held(&peer->node->flows.lock);

	while ((d = fs_flight_next(&peer->flight))) {
		for (i = 0; i < d->count; i++) {
			struct fs_slot now = slot_of(peer, d->sent[i].slot);

			if (d->fate == FS_FATE_ACKED)
				fs_sync_acked(&peer->sync, &d->sent[i], &now);
			else if (!fs_flows_tells(peer->node, peer,
						 d->sent[i].slot))
				fs_sync_drop(&peer->sync, d->sent[i].slot);
			else
				fs_sync_lost(&peer->sync, &d->sent[i], &now);
		}
		fs_flight_settle(&peer->flight, d);
	}
}

static void count_sent(struct fs_node *node, u8 type)
{
	switch (type) {
	case FS_RECORD_CHECKPOINT:
		fs_stat_inc(node, tx_checkpoints);
		break;
	case FS_RECORD_UPDATE:
		fs_stat_inc(node, tx_updates);
		break;
	default:
		fs_stat_inc(node, tx_deletes);
	}
}

/* Put one task into the datagram. Returns false if it is full. */
static bool put_task(struct sending *s, unsigned int i)
{
	struct fs_task *task = &s->task[i];
	struct fs_record rec __uninitialized;

	/* The state of an end is not read. */
	rec.type = task->type;
	rec.slot = task->slot;
	rec.gen = task->gen;
	rec.op = task->op;
	if (task->ct) {
		if (!nf_ct_is_confirmed(task->ct)) {
			/* Its first packet is on its way out; or was dropped,
			 * which the walk will find.
			 */
			return true;
		}
		fs_state_from_ct(&rec.state, task->ct);
		/* Of one that is not what is left is rounded to what it was given. */
		if (task->idle && rec.state.rounded > FS_TENTHS / 2)
			rec.state.timeout--;
		fs_attrs_from_ct(s->peer->node, &rec.state.attrs, task->ct,
				 task->windows);
		if (!fs_state_valid(&rec.state)) {
			fs_stat_inc(s->peer->node, capture_unsupported);
			return true;
		}
		if (!fs_dialect_lower(s->peer, &rec)) {
			s->untold[i] = true;
			return true;
		}
	}
	if (!fs_batch_put(&s->batch, &s->w, &rec))
		return false;
	s->put[i] = true;
	count_sent(s->peer->node, task->type);
	return true;
}

static void build(struct sending *s)
{
	memset(s->put, 0, s->count);
	memset(s->untold, 0, s->count);
	fs_wr_init(&s->w, s->data, READ_ONCE(s->link->room) - FS_TAG);
	s->w.p += FS_WIRE_HEADER;
	fs_batch_begin(&s->batch, &s->w, s->group, s->epoch,
		       READ_ONCE(s->peer->seal.offer.records));
	for (s->full = 0; s->full < s->count; s->full++)
		if (!put_task(s, s->full))
			break;
}

static struct fs_sent sent_of(const struct fs_task *task)
{
	return (struct fs_sent) {
		.slot = task->slot,
		.gen = task->gen,
		.op = (u32)task->op,
		.type = task->type,
	};
}

/* Whether this node is still active under the claim that the datagram was begun
 * with. One that claims anew gives up what is in flight after that, with the same
 * lock: so what leaves under an earlier claim is never counted as received.
 */
static bool claim_holds(const struct sending *s)
{
	struct fs_node *node = s->peer->node;
	struct fs_claim claim = {};
	struct fs_group *group;

	lockdep_assert_held(&node->flows.lock);

	group = fs_group_at(node, s->place);
	if (group && group->id == s->group)
		claim = fs_group_claim(group);
	return claim.role == FS_ROLE_ACTIVE && claim.epoch == s->epoch;
}

/* The datagram is about to leave: from here on what is in it is in flight, and
 * what is not is dirty again. Returns its sequence number, 0 if it is empty.
 */
static u64 commit(struct sending *s)
{
	struct fs_peer *peer = s->peer;
	struct fs_node *node = peer->node;
	struct fs_datagram *d;
	unsigned int i;
	u64 seq = 0;

	spin_lock_bh(&node->flows.lock);
	if (!claim_holds(s))
		memset(s->put, 0, s->count);
	d = fs_flight_begin(&peer->flight);
	for (i = 0; i < s->count; i++) {
		struct fs_slot now = slot_of(peer, s->task[i].slot);
		struct fs_sent sent = sent_of(&s->task[i]);

		/* The peer stopped to take it, or this node to be active. */
		if (!fs_flows_tells(node, peer, sent.slot))
			fs_sync_drop(&peer->sync, sent.slot);
		if (s->put[i]) {
			struct fs_flow *flow;

			d->sent[d->count++] = sent;
			flow = fs_flow_at(&node->flows, sent.slot);
			if (flow->ct && flow->ct == s->task[i].ct)
				fs_warm_sent(flow, s->task[i].idle);
		} else if (!s->untold[i] &&
			   fs_flows_tells(node, peer, sent.slot)) {
			fs_sync_lost(&peer->sync, &sent, &now);
		}
		/* What cannot be told stays as if in flight: it is not synced,
		 * and tried again when it changes.
		 */
	}
	/* What did not fit is first in the next. */
	if (s->full < s->count)
		peer->sync.first.cursor = s->task[s->full].slot;
	if (d->count) {
		seq = d->seq;
		fs_flight_commit(&peer->flight, now_us());
	}
	spin_unlock_bh(&node->flows.lock);
	return seq;
}

static int transmit(struct sending *s, u64 seq)
{
	struct fs_peer *peer = s->peer;
	int err;

	err = fs_seal_send(peer, s->link, FS_CHANNEL_STATE, seq, s->data,
			   s->w.p - s->data);
	if (err) {
		fs_stat_inc(peer->node, tx_error);
		return err;
	}
	spin_lock_bh(&peer->lock);
	peer->tx.datagrams++;
	peer->tx.records += s->batch.count;
	spin_unlock_bh(&peer->lock);
	fs_stat_inc(peer->node, tx_datagrams);
	return 0;
}

/* Take what the next datagram shall tell. Returns false if the window is full. */
static bool take(struct sending *s)
{
	struct fs_peer *peer = s->peer;
	struct fs_node *node = peer->node;
	bool open;

	s->count = 0;
	spin_lock_bh(&node->flows.lock);
	fs_flight_expire(&peer->flight, now_us());
	settle(peer);
	open = fs_flight_open(&peer->flight);
	peer->full = !open;
	if (open && peer->telling)
		s->count = fs_flows_take(node, peer, s->place, s->task,
					 FS_FLIGHT_RECORDS);
	s->early |= open && peer->telling && peer->resync.early;
	s->more |= open && peer->telling && peer->resync.unfinished;
	spin_unlock_bh(&node->flows.lock);
	return open;
}

/* Go on to the next group that this node is active in and the peer a member of,
 * and learn under which epoch to send. Done before anything is taken: should this
 * node lose its role meanwhile, what it sends is refused as of an old epoch.
 */
static bool next_group(struct sending *s)
{
	struct fs_node *node = s->peer->node;
	struct fs_claim claim = {};
	struct fs_group *group;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < FS_GROUPS && claim.role != FS_ROLE_ACTIVE; i++) {
		s->place = (s->place + 1) % FS_GROUPS;
		group = fs_group_at(node, s->place);
		if (!group || !fs_group_member(group, s->peer))
			continue;
		claim = fs_group_claim(group);
		s->group = group->id;
		s->epoch = claim.epoch;
	}
	rcu_read_unlock();
	return claim.role == FS_ROLE_ACTIVE;
}

/* Find a group of which there is something to tell, and take that; each has its
 * turn. Returns false if there is no group, or the window is full.
 */
static bool take_any(struct sending *s)
{
	u8 began;

	s->early = false;
	s->more = false;
	if (!next_group(s))
		return false;
	began = s->place;
	do {
		if (!take(s))
			return false;
		if (s->count)
			break;
	} while (next_group(s) && s->place != began);
	return true;
}

/* Send one datagram. Returns how long to wait before the next, in microseconds;
 * negative if there is nothing to do before an acknowledgement, a timeout or a
 * change.
 */
static int send_one(struct sending *s)
{
	unsigned int i;
	int wait = 0;
	u64 seq;

	if (!take_any(s))
		return -1;
	if (!s->count)
		return s->early ? PACE_US : s->more ? 0 : -1;
	build(s);
	seq = commit(s);
	if (seq && transmit(s, seq)) {
		/* As if it were lost on the way. */
		wait = ERROR_US;
	} else if (!seq) {
		wait = AGAIN_US;
	}
	for (i = 0; i < s->count; i++)
		nf_ct_put(s->task[i].ct);
	return wait;
}

/* Come back when the oldest datagram in flight may have timed out. */
static void arm(struct fs_peer *peer, int wait)
{
	struct fs_node *node = peer->node;

	if (wait < 0) {
		spin_lock_bh(&node->flows.lock);
		if (peer->flight.flying)
			wait = fs_flight_timeout(&peer->flight);
		spin_unlock_bh(&node->flows.lock);
	}
	if (wait > 0)
		mod_delayed_work(fs_wq, &peer->again, usecs_to_jiffies(wait));
}

/* Whether what is left is to wait for more: something was just sent. */
static bool pace(struct fs_peer *peer)
{
	u32 left = READ_ONCE(peer->sync.dirty.count);

	WRITE_ONCE(peer->paced_until, now_us() + peer->delay_us);
	if (left >= FULL)
		return false;
	if (left)
		fs_send_kick(peer);
	return true;
}

static void send_work(struct work_struct *work)
{
	struct fs_peer *peer = container_of(work, struct fs_peer, send);
	struct sending *s = peer->sending;
	int wait = 0;

	clear_bit(0, &peer->send_due);
	/* What is marked from here on sets it again. */
	smp_mb__after_atomic();
	down_read(&peer->links_sem);
	while (!wait) {
		s->link = fs_link_best(peer);
		wait = s->link ? send_one(s) : -1;
		if (!wait && pace(peer))
			wait = -1;
		cond_resched();
	}
	up_read(&peer->links_sem);
	arm(peer, wait);
}

static enum hrtimer_restart pace_over(struct hrtimer *timer)
{
	struct fs_peer *peer = container_of(timer, struct fs_peer, pace);

	/* The work may have run since, for another reason. */
	if (test_bit(0, &peer->send_due))
		fs_send_now(peer);
	return HRTIMER_NORESTART;
}

static void again_work(struct work_struct *work)
{
	struct fs_peer *peer = container_of(to_delayed_work(work),
					    struct fs_peer, again);

	fs_send_now(peer);
}

/**
 * fs_send_init - set up a new peer's sending
 * @peer: the peer
 *
 * Context: process.
 * Return: false if there is no memory; fs_send_exit() is due all the same.
 */
bool fs_send_init(struct fs_peer *peer)
{
	hrtimer_init(&peer->pace, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	peer->pace.function = pace_over;
	INIT_WORK(&peer->send, send_work);
	INIT_DELAYED_WORK(&peer->again, again_work);
	/* Here, and not for each datagram: a kernel may clear all that it gives. */
	peer->sending = kzalloc(sizeof(*peer->sending), GFP_KERNEL_ACCOUNT);
	if (!peer->sending)
		return false;
	peer->sending->peer = peer;
	return true;
}

/**
 * fs_send_exit - free what a peer's sending takes
 * @peer: the peer, stopped
 *
 * Context: process.
 */
void fs_send_exit(struct fs_peer *peer)
{
	kfree(peer->sending);
}

/**
 * fs_send_stop - stop sending to a peer, and wait
 * @peer: the peer, not told any more
 *
 * Context: process.
 */
void fs_send_stop(struct fs_peer *peer)
{
	/* Each may queue another. */
	hrtimer_cancel(&peer->pace);
	cancel_delayed_work_sync(&peer->again);
	cancel_work_sync(&peer->send);
	hrtimer_cancel(&peer->pace);
	cancel_delayed_work_sync(&peer->again);
	cancel_work_sync(&peer->send);
}

/**
 * fs_send_now - send what a peer has to be told, without waiting for more
 * @peer: the peer
 *
 * Context: any.
 */
void fs_send_now(struct fs_peer *peer)
{
	queue_work(fs_wq, &peer->send);
}

/**
 * fs_send_kick - a peer has to be told something
 * @peer: the peer
 *
 * A peer that was sent nothing for a while is told at once. Then the changes of
 * fs_peer.delay_us share a datagram, unless there are enough to fill one before.
 *
 * Context: any.
 */
void fs_send_kick(struct fs_peer *peer)
{
	s64 rest;

	if (READ_ONCE(peer->sync.dirty.count) == FULL) {
		fs_send_now(peer);
		return;
	}
	if (test_bit(0, &peer->send_due) ||
	    test_and_set_bit(0, &peer->send_due))
		return;
	rest = READ_ONCE(peer->paced_until) - now_us();
	if (rest > 0)
		hrtimer_start(&peer->pace, ns_to_ktime(rest * NSEC_PER_USEC),
			      HRTIMER_MODE_REL);
	else
		fs_send_now(peer);
}

/**
 * fs_send_acked - the peer acknowledged state datagrams
 * @peer: the peer
 * @ack: what it has received of this session
 *
 * Context: softirq.
 */
void fs_send_acked(struct fs_peer *peer, const struct fs_ack *ack)
{
	struct fs_node *node = peer->node;
	u32 more;

	spin_lock_bh(&node->flows.lock);
	fs_flight_ack(&peer->flight, ack, now_us());
	settle(peer);
	/* With all of the window taken there is nothing to do for it. */
	peer->full = !fs_flight_open(&peer->flight);
	more = peer->full ? 0 : peer->sync.dirty.count;
	spin_unlock_bh(&node->flows.lock);
	if (more >= FULL)
		fs_send_now(peer);
	else if (more)
		fs_send_kick(peer);
}

/**
 * fs_send_need - the peer asks for a checkpoint
 * @peer: the peer
 * @slot: of the flow; anything, as the peer sent it
 *
 * Context: softirq.
 */
void fs_send_need(struct fs_peer *peer, u32 slot)
{
	struct fs_node *node = peer->node;
	struct fs_slot now;

	if (slot >= fs_flows_slots(&node->flows))
		return;
	spin_lock_bh(&node->flows.lock);
	now = slot_of(peer, slot);
	if (slot < peer->sync.dirty.slots && fs_flows_tells(node, peer, slot))
		fs_sync_need(&peer->sync, slot, &now);
	fs_sync_hurry(&peer->sync, slot);
	spin_unlock_bh(&node->flows.lock);
	fs_stat_inc(node, rx_needs);
	fs_send_kick(peer);
}

/**
 * fs_send_abandon - what is in flight to a peer is given up
 * @peer: the peer
 *
 * Context: process.
 */
void fs_send_abandon(struct fs_peer *peer)
{
	struct fs_node *node = peer->node;

	spin_lock_bh(&node->flows.lock);
	fs_flight_abandon(&peer->flight);
	settle(peer);
	peer->full = false;
	spin_unlock_bh(&node->flows.lock);
}
