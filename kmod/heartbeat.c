// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "core/control.h"
#include "heartbeat.h"
#include "link.h"
#include "node.h"
#include "peer.h"
#include "room.h"
#include "standing.h"
#include "verify.h"

/* State datagrams after which an acknowledgement goes at once; it waits for that
 * many for up to FS_ACK_DELAY.
 */
#define ACK_EVERY	8

/* Most datagrams in a heartbeat interval of which flows had packets: enough for all
 * that a step of the walk comes by, of 1,500,000 flows.
 */
#define ALIVE_PACE	32

/* Confirmations of results that fit into one option, and room for it. */
#define NOTED_ONCE	23u
#define NOTED_ROOM	(2 + (long)NOTED_ONCE * FS_CONTROL_RESULT)

/* Most datagrams in a heartbeat interval of what packets made of flows. */
#define ADVANCE_PACE	4

/* Room for the flows that an heir calls ended, and for where it goes on. */
#define GONE_ROOM	(FS_OFFERED_LEN + 2 + (long)FS_HEIR_GONE * FS_GONE_MAX)
#define REST_ROOM	(2 + 8)

/* Room for one group more in a heartbeat, and for what stands behind the groups. */
#define GROUP_ROOM	(FS_CONTROL_GROUP + 4)
#define STANDING_ROOM	2
#define BEHIND_ROOM	7

/* All groups go into one, and the checks into one without groups. */
static_assert(FS_WIRE_HEADER + FS_TAG + FS_CONTROL_MAX <= FS_DATAGRAM_MAX);
static_assert(FS_WIRE_HEADER + FS_TAG + FS_CONTROL_MAX -
	      FS_HEARTBEAT_GROUPS * GROUP_ROOM +
	      FS_CONTROL_CHECKS * FS_CONTROL_CHECK <= FS_DATAGRAM_MAX);
/* And some groups must go into one, on any path. */
static_assert(FS_WIRE_HEADER + FS_TAG + FS_CONTROL_MAX -
	      (FS_HEARTBEAT_GROUPS - FS_GROUPS_ANYWHERE) * GROUP_ROOM <=
	      FS_DATAGRAM_MIN);

/**
 * struct saying - a control datagram in the making; one of two works has it
 * @data: the datagram
 * @w: cursor in it
 * @seq: its sequence number
 */
struct saying {
	u8 data[FS_DATAGRAM_MAX];
	struct fs_wr w;
	u64 seq;
};

static void put_ack(struct fs_peer *peer, struct fs_wr *w)
{
	const struct fs_seqwin *window = &peer->window[FS_CHANNEL_STATE];
	struct fs_ack ack = {
		.top = window->top,
		.window = FS_FLIGHT_MAX,
	};

	lockdep_assert_held(&peer->lock);
	static_assert(sizeof(ack.seen) == sizeof(window->seen));

	memcpy(ack.seen, window->seen, sizeof(ack.seen));
	fs_control_put_ack(w, &ack);
	if (peer->need_count)
		fs_control_put_needs(w, peer->need, peer->need_count);
	peer->need_count = 0;
	peer->unacked = 0;
}

static void put_cookie(struct fs_peer *peer, struct fs_wr *w)
{
	spin_lock_bh(&peer->lock);
	fs_control_put_cookie(w, peer->seal.filter.cookie, peer->seal.print);
	spin_unlock_bh(&peer->lock);
}

static void put_group(struct fs_group *group, struct fs_wr *w)
{
	struct fs_claim claim = fs_group_claim(group);
	struct fs_group_view view = {
		.id = group->id,
		.role = claim.role,
	};

	fs_group_look(group);
	if (claim.role != FS_ROLE_ACTIVE)
		claim = fs_group_best(group, true);
	/* The epoch last: it is not below what is claimed. */
	view.claim = claim.epoch;
	view.holder = claim.node;
	view.weighed = claim.node && claim.weighed;
	view.rank = claim.rank;
	view.traffic = claim.traffic;
	view.epoch = READ_ONCE(group->epoch);
	fs_control_put_group(w, &view);
}

/* Of the groups that the peer is a member of, the first ones that there is room
 * for.
 */
static void put_groups(struct fs_peer *peer, struct fs_wr *w)
{
	struct fs_standing standing[FS_GROUPS];
	unsigned int count = 0;
	struct fs_group *group;

	rcu_read_lock();
	list_for_each_entry_rcu(group, &peer->node->groups, list) {
		if (!fs_group_member(group, peer))
			continue;
		if (w->end - w->p < (long)(GROUP_ROOM + 4 * count +
					   STANDING_ROOM + BEHIND_ROOM)) {
			fs_stat_inc(peer->node, tx_group_left);
			continue;
		}
		put_group(group, w);
		standing[count++] = fs_standing_of(group, peer);
	}
	rcu_read_unlock();
	if (count)
		fs_control_put_standings(w, standing, count);
}

/* What every control datagram says. */
static void begin(struct fs_peer *peer, struct saying *s,
		  const struct fs_link *link)
{
	fs_wr_init(&s->w, s->data, READ_ONCE(link->room) - FS_TAG);
	s->w.p += FS_WIRE_HEADER;
	spin_lock_bh(&peer->lock);
	/* With what it says: the highest number is the latest word. */
	s->seq = ++peer->control_seq;
	fs_control_put_heard(&s->w, peer->live.alive ? peer->accepted : 0,
			     READ_ONCE(peer->flight.last));
	if (peer->open)
		put_ack(peer, &s->w);
	spin_unlock_bh(&peer->lock);
}

static bool finish(struct fs_peer *peer, struct saying *s,
		   struct fs_link *link)
{
	if (!fs_seal_send(peer, link, FS_CHANNEL_CONTROL, s->seq, s->data,
			  s->w.p - s->data))
		return true;
	fs_stat_inc(peer->node, tx_error);
	return false;
}

/* Whether there are flows that had packets, and the peer is told. */
static bool is_alive_due(const struct fs_peer *peer)
{
	return peer->telling && (READ_ONCE(peer->sync.moved.count) ||
				 READ_ONCE(peer->sync.rested.count));
}

/* Say which they are, as many as fit. */
static void put_alive(struct fs_peer *peer, struct fs_wr *w)
{
	struct fs_flows *flows = &peer->node->flows;
	struct fs_sync *sync = &peer->sync;
	bool any = false;

	spin_lock_bh(&flows->lock);
	while (fs_control_put_alive(w, FS_ALIVE_MOVED, &sync->moved))
		any = true;
	while (fs_control_put_alive(w, FS_ALIVE_RESTED, &sync->rested))
		any = true;
	spin_unlock_bh(&flows->lock);
	if (any)
		fs_stat_inc(peer->node, tx_alive);
}

/**
 * fs_heartbeats_send - send a heartbeat over every link of a peer
 * @peer: the peer
 *
 * Each has its own sequence number, so none is a duplicate. Which flows had packets is
 * said over one, behind what each says.
 *
 * Context: process.
 */
void fs_heartbeats_send(struct fs_peer *peer)
{
	struct fs_link *link, *best = fs_link_best(peer);
	struct saying *s = peer->saying;
	struct fs_room room;

	if (!fs_seal_ready(peer))
		return;
	list_for_each_entry(link, &peer->links, list) {
		begin(peer, s, link);
		put_cookie(peer, &s->w);
		put_groups(peer, &s->w);
		fs_room_of(peer->node, &room);
		fs_control_put_room(&s->w, &room);
		fs_inherit_put_acked(peer, &s->w);
		if (link == best && is_alive_due(peer))
			put_alive(peer, &s->w);
		if (finish(peer, s, link))
			fs_stat_inc(peer->node, tx_heartbeats);
	}
}

/**
 * fs_checks_send - ask a peer to compare buckets
 * @peer: the peer
 * @check: the buckets
 * @count: how many, up to FS_CONTROL_CHECKS
 *
 * Context: process.
 */
void fs_checks_send(struct fs_peer *peer, const struct fs_check *check,
		    unsigned int count)
{
	struct fs_link *link = fs_link_best(peer);
	struct saying *s = peer->saying;

	if (!link)
		return;
	begin(peer, s, link);
	/* What does not fit is not confirmed, and comes again. */
	while (count-- && s->w.end - s->w.p >= FS_CONTROL_CHECK)
		fs_control_put_check(&s->w, check++);
	if (!s->w.failed && finish(peer, s, link))
		fs_stat_inc(peer->node, tx_checks);
}

/**
 * fs_results_send - tell a peer what became of installs of its flows
 * @peer: the peer
 * @result: the results
 * @count: how many
 *
 * Context: process.
 */
void fs_results_send(struct fs_peer *peer, const struct fs_result *result,
		     unsigned int count)
{
	struct fs_link *link = fs_link_best(peer);
	struct saying *s = peer->saying;

	while (link && count) {
		unsigned int put, all = 0;

		begin(peer, s, link);
		while (all < count) {
			put = fs_control_put_results(&s->w, FS_RESULTS_TOLD,
						     result + all, count - all);
			if (!put)
				break;
			all += put;
		}
		if (!finish(peer, s, link) || !all)
			break;
		fs_stat_inc(peer->node, tx_results);
		result += all;
		count -= all;
	}
}

/**
 * fs_alive_tell - tell a peer which flows had packets that no heartbeat has told of
 * @peer: the peer
 *
 * Context: process: the peer's heartbeat work.
 */
void fs_alive_tell(struct fs_peer *peer)
{
	struct fs_link *link = fs_link_best(peer);
	struct saying *s = peer->saying;
	unsigned int pace = ALIVE_PACE;

	for (; link && pace && is_alive_due(peer); pace--) {
		begin(peer, s, link);
		put_alive(peer, &s->w);
		/* Also if they went meanwhile: it acknowledges. */
		if (!finish(peer, s, link))
			break;
	}
}

/**
 * fs_advances_tell - tell a peer what packets made of its flows here, when it is
 *	time to
 * @peer: the peer
 *
 * Context: process: the peer's heartbeat work.
 */
void fs_advances_tell(struct fs_peer *peer)
{
	struct fs_link *link = fs_link_best(peer);
	unsigned int pace = ADVANCE_PACE;
	struct saying *s;
	bool more;

	if (!link || !fs_advance_due(peer))
		return;
	s = kmalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return;
	do {
		begin(peer, s, link);
		more = fs_advance_put_all(peer, &s->w);
		if (!finish(peer, s, link))
			break;
	} while (more && --pace);
	kfree(s);
}

/* Confirm the results that wait, as many as fit. Returns whether some are left. */
static bool put_noted(struct fs_peer *peer, struct fs_wr *w)
{
	unsigned int count;
	bool any;

	spin_lock_bh(&peer->lock);
	while (peer->noted_count && w->end - w->p >= NOTED_ROOM) {
		/* From the end, so that what is left needs not be moved. */
		count = min(peer->noted_count, NOTED_ONCE);
		peer->noted_count -= count;
		fs_control_put_results(w, FS_RESULTS_NOTED,
				       peer->noted + peer->noted_count, count);
	}
	any = peer->noted_count;
	spin_unlock_bh(&peer->lock);
	return any;
}

/**
 * fs_heir_send - ask a peer what it holds of the origin before this node
 * @peer: the peer
 * @heir: for whom this node goes on, and in which group
 * @in: what it is asked about that
 * @ask: questions
 * @count: how many, up to FS_HEIR_ASKS, half of that slot by slot
 * @rest: ask for what else it holds, and tell it what of that has ended
 *
 * Context: process.
 */
void fs_heir_send(struct fs_peer *peer, const struct fs_heir *heir,
		  struct fs_inherit *in, const struct fs_ask *ask,
		  unsigned int count, bool rest)
{
	struct fs_link *link = fs_link_best(peer);
	struct saying *s = peer->saying;

	if (!link)
		return;
	begin(peer, s, link);
	fs_heir_put(&s->w, heir);
	/* What does not fit is not answered, and comes again. */
	while (count-- && s->w.end - s->w.p >= FS_ASK_EACH_MAX)
		fs_ask_put(&s->w, ask++);
	spin_lock_bh(&peer->lock);
	if (rest && in->gones && s->w.end - s->w.p >= GONE_ROOM + REST_ROOM) {
		fs_offered_put(&s->w, heir->group, in->gone_session);
		fs_gone_put(&s->w, in->gone, in->gones);
		in->gones = 0;
	}
	if (rest && !in->rested && s->w.end - s->w.p >= REST_ROOM)
		fs_rest_put(&s->w, in->rest);
	spin_unlock_bh(&peer->lock);
	if (!s->w.failed && finish(peer, s, link))
		fs_stat_inc(peer->node, tx_checks);
}

/**
 * fs_rest_send - ask a peer for what it left over when it gave a group up
 * @peer: the peer
 * @heir: of which group; it is the origin itself
 * @place: from which place on
 *
 * Context: process.
 */
void fs_rest_send(struct fs_peer *peer, const struct fs_heir *heir, u64 place)
{
	struct saying *s = kmalloc(sizeof(*s), GFP_KERNEL);
	struct fs_link *link = fs_link_best(peer);

	if (s && link) {
		begin(peer, s, link);
		fs_heir_put(&s->w, heir);
		fs_rest_put(&s->w, place);
		if (!s->w.failed && finish(peer, s, link))
			fs_stat_inc(peer->node, tx_checks);
	}
	kfree(s);
}

/* Answer the checks that wait, as many as fit. Returns whether some are left. */
static bool put_answers(struct fs_peer *peer, struct fs_wr *w)
{
	struct fs_answer answer;
	struct fs_check check;
	bool any;

	do {
		spin_lock_bh(&peer->lock);
		any = peer->check_count;
		if (any)
			check = peer->check[--peer->check_count];
		spin_unlock_bh(&peer->lock);
		if (any) {
			fs_verify_asked(peer, &check, &answer);
			fs_control_put_answer(w, &answer);
		}
	} while (any && w->end - w->p >= FS_CONTROL_ANSWER);
	return any;
}

static void ack_work(struct work_struct *work)
{
	struct fs_peer *peer = container_of(to_delayed_work(work),
					    struct fs_peer, ack);
	struct saying *s = peer->acking;
	struct fs_link *link;
	bool more;

	down_read(&peer->links_sem);
	link = fs_link_best(peer);
	/* Without a link the next heartbeat acknowledges. */
	more = link;
	while (more) {
		begin(peer, s, link);
		more = put_answers(peer, &s->w);
		more |= put_noted(peer, &s->w);
		more |= fs_bequest_put(peer, &s->w);
		more |= fs_advance_put_now(peer, &s->w);
		if (finish(peer, s, link))
			fs_stat_inc(peer->node, tx_acks);
		cond_resched();
	}
	up_read(&peer->links_sem);
}

/**
 * fs_ack_init - set up a new peer's heartbeats and acknowledgements
 * @peer: the peer
 *
 * Context: process.
 * Return: false if there is no memory; fs_ack_exit() is due all the same.
 */
bool fs_ack_init(struct fs_peer *peer)
{
	INIT_DELAYED_WORK(&peer->ack, ack_work);
	peer->saying = kmalloc(sizeof(*peer->saying), GFP_KERNEL_ACCOUNT);
	peer->acking = kmalloc(sizeof(*peer->acking), GFP_KERNEL_ACCOUNT);
	return peer->saying && peer->acking;
}

/**
 * fs_ack_exit - free what a peer's heartbeats and acknowledgements take
 * @peer: the peer, whose works do not run any more
 *
 * Context: process.
 */
void fs_ack_exit(struct fs_peer *peer)
{
	kfree(peer->saying);
	kfree(peer->acking);
}

/**
 * fs_ack_now - something was asked that has to be answered
 * @peer: the peer
 *
 * Context: any.
 */
void fs_ack_now(struct fs_peer *peer)
{
	mod_delayed_work(fs_wq, &peer->ack, 0);
}

/**
 * fs_ack_due - a state datagram has to be acknowledged
 * @peer: the peer
 *
 * Context: softirq; fs_peer.lock held.
 */
void fs_ack_due(struct fs_peer *peer)
{
	lockdep_assert_held(&peer->lock);

	if (++peer->unacked < ACK_EVERY)
		queue_delayed_work(fs_wq, &peer->ack,
				   usecs_to_jiffies(FS_ACK_DELAY));
	else if (peer->unacked == ACK_EVERY)
		mod_delayed_work(fs_wq, &peer->ack, 0);
}

/**
 * fs_check_due - a bucket has to be compared
 * @peer: the peer
 * @check: the bucket; forgotten if many wait: it will be asked for again
 *
 * Context: softirq.
 */
void fs_check_due(struct fs_peer *peer, const struct fs_check *check)
{
	spin_lock_bh(&peer->lock);
	if (peer->check_count < FS_CHECKS_WAIT)
		peer->check[peer->check_count++] = *check;
	else
		fs_stat_inc(peer->node, rx_check_dropped);
	spin_unlock_bh(&peer->lock);
	mod_delayed_work(fs_wq, &peer->ack, 0);
}

/**
 * fs_noted_due - a result has to be confirmed
 * @peer: the peer
 * @result: the result; forgotten if many wait: it will be told again
 *
 * Context: softirq.
 */
void fs_noted_due(struct fs_peer *peer, const struct fs_result *result)
{
	spin_lock_bh(&peer->lock);
	if (peer->noted_count < FS_NOTED_WAIT)
		peer->noted[peer->noted_count++] = *result;
	spin_unlock_bh(&peer->lock);
	mod_delayed_work(fs_wq, &peer->ack, 0);
}
