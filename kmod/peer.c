// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "event.h"
#include "heartbeat.h"
#include "lifetime.h"
#include "link.h"
#include "node.h"
#include "peer.h"
#include "results.h"
#include "send.h"
#include "told.h"

/**
 * fs_now_ms - the clock of heartbeats and lifetimes
 *
 * Context: any.
 * Return: milliseconds since boot, as fine as jiffies.
 */
u64 fs_now_ms(void)
{
	return jiffies64_to_msecs(get_jiffies_64());
}

/**
 * fs_peer_find - a peer by its name
 * @node: the node
 * @name: the name
 *
 * Context: process; fs_net.lock held.
 * Return: the peer or NULL.
 */
struct fs_peer *fs_peer_find(struct fs_node *node, const char *name)
{
	struct fs_peer *peer;

	list_for_each_entry(peer, &node->peers, list)
		if (!strcmp(peer->name, name))
			return peer;
	return NULL;
}

/**
 * fs_peer_by_id - a peer by its node id
 * @node: the node
 * @id: the id
 *
 * Context: any, RCU read lock.
 * Return: the peer or NULL.
 */
struct fs_peer *fs_peer_by_id(struct fs_node *node, u32 id)
{
	struct fs_peer *peer;

	list_for_each_entry_rcu(peer, &node->peers, list)
		if (peer->id == id)
			return peer;
	return NULL;
}

/* Find out which links fell silent, or are heard again, and whether the peer
 * fell silent with them.
 */
static void look_at_links(struct fs_peer *peer)
{
	u64 now = fs_now_ms();
	struct fs_link *link;

	list_for_each_entry(link, &peer->links, list) {
		bool alive;

		fs_link_measure(link);

		spin_lock_bh(&peer->lock);
		fs_liveness_expired(&link->live, now);
		alive = link->live.alive;
		spin_unlock_bh(&peer->lock);
		if (alive == link->reported)
			continue;
		link->reported = alive;
		if (alive)
			fs_event_link(link, FLOWSYNC_EVENT_LINK_UP,
				      "heard on the link");
		else
			fs_event_link(link, FLOWSYNC_EVENT_LINK_DOWN,
				      "link silent for the dead interval");
	}

	spin_lock_bh(&peer->lock);
	fs_liveness_expired(&peer->live, now);
	spin_unlock_bh(&peer->lock);
}

/* Returns whether the peer holds nothing. */
static bool set_up(struct fs_peer *peer, u64 session)
{
	bool anew = session != peer->up_session;

	/* A peer that has been away, and kept what it had, goes on from there:
	 * what changed meanwhile is dirty.
	 */
	if (anew) {
		fs_flows_restart_peer(peer->node, peer);
		fs_inherit_reset_peer(peer);
	}
	peer->up_session = session;
	WRITE_ONCE(peer->up, true);
	fs_event_peer(peer, FLOWSYNC_EVENT_PEER_UP,
		      "heartbeats in both directions");
	return anew;
}

static void set_down(struct fs_peer *peer, const char *cause)
{
	WRITE_ONCE(peer->up, false);
	fs_event_peer(peer, FLOWSYNC_EVENT_PEER_DOWN, cause);
}

/* Start telling the peer, or stop, as it listens. Returns whether it came with a new
 * session, and holds nothing.
 */
static bool look_at_session(struct fs_peer *peer)
{
	u64 session, accepted;
	bool alive, hears;

	spin_lock_bh(&peer->lock);
	session = peer->session;
	accepted = peer->accepted;
	alive = peer->live.alive;
	hears = peer->hears;
	spin_unlock_bh(&peer->lock);

	if (session != accepted) {
		if (accepted) {
			fs_shadow_new_session(peer->node, peer);
			fs_group_disown(peer);
			fs_event_peer(peer, FLOWSYNC_EVENT_PEER_RESTART,
				      "the peer came with a new session");
		}
		spin_lock_bh(&peer->node->shadow.lock);
		peer->map_session[peer->current_map] = session;
		spin_unlock_bh(&peer->node->shadow.lock);
		spin_lock_bh(&peer->lock);
		peer->accepted = session;
		spin_unlock_bh(&peer->lock);
	}
	if (peer->up) {
		if (!alive)
			set_down(peer, "silent on all links for the dead interval");
		else if (session != peer->up_session)
			set_down(peer, "the peer restarted");
		else if (!hears)
			set_down(peer, "the peer does not hear this node");
	}
	return !peer->up && alive && hears && set_up(peer, session);
}

/* What a peer that is up does not take of a group is not kept for it. Returns
 * whether it takes it.
 */
static bool look_at_member(struct fs_group *group, struct fs_member *member,
			   bool anew)
{
	struct fs_peer *peer = member->peer;
	bool takes;

	spin_lock_bh(&peer->lock);
	takes = member->takes;
	if (anew)
		member->was_active = false;
	member->was_active |= member->active;
	spin_unlock_bh(&peer->lock);
	if (!peer->up || takes == !member->parked)
		return takes;

	if (takes) {
		/* An active makes the flows it held its own, and holds none. */
		fs_flows_unpark(group, member);
		member->reunion.retold |= member->was_active;
		member->was_active = false;
	} else {
		/* What is still in flight is in doubt. */
		fs_send_abandon(peer);
		fs_flows_park(group, member);
	}
	return takes;
}

/* What a peer does not take is not sent to it. It stays dirty, and goes out as
 * soon as the peer's heartbeats name a group, in a role that takes state.
 */
static void look_at_role(struct fs_peer *peer, bool anew)
{
	struct fs_node *node = peer->node;
	struct fs_member *member;
	struct fs_group *group;
	bool telling = false;

	fs_for_each_group(group, node) {
		member = fs_group_member(group, peer);
		if (member)
			telling |= look_at_member(group, member, anew);
	}
	telling &= peer->up;
	if (telling == peer->telling)
		return;

	fs_send_abandon(peer);
	if (telling)
		fs_flows_return_peer(node, peer);
	spin_lock_bh(&node->flows.lock);
	WRITE_ONCE(peer->telling, telling);
	spin_unlock_bh(&node->flows.lock);
	if (telling)
		fs_send_kick(peer);
	else
		fs_send_abandon(peer);
}

static void look_at_room(struct fs_peer *peer)
{
	bool full;

	spin_lock_bh(&peer->lock);
	full = peer->room.full;
	spin_unlock_bh(&peer->lock);
	if (full == peer->full_reported || !peer->up)
		return;
	peer->full_reported = full;
	if (full)
		fs_event_peer(peer, FLOWSYNC_EVENT_TABLE_FULL,
			      "the peer's nf_conntrack has no room");
	else
		fs_event_peer(peer, FLOWSYNC_EVENT_TABLE_ROOM,
			      "the peer's nf_conntrack has room again");
}

/* The loss window: report when it is wider than is wanted, and when it is less
 * than half of that again.
 */
static void look_at_lag(struct fs_peer *peer)
{
	u32 flows_most = READ_ONCE(peer->lag_flows);
	u32 age_most = READ_ONCE(peer->lag_ms);
	struct fs_node *node = peer->node;
	u64 now = fs_now_ms();
	bool lags, active;
	u32 unacked;
	u64 age;

	active = fs_node_tells(node, peer);
	spin_lock_bh(&node->flows.lock);
	fs_sync_look(&peer->sync, now);
	unacked = fs_sync_unacked(&peer->sync);
	age = fs_sync_age(&peer->sync, now);
	spin_unlock_bh(&node->flows.lock);

	if (peer->lagging) {
		flows_most /= 2;
		age_most /= 2;
	}
	lags = active && ((peer->lag_flows && unacked > flows_most) ||
			  (peer->lag_ms && age > age_most));
	if (lags == peer->lagging)
		return;
	peer->lagging = lags;
	if (lags)
		fs_event_peer(peer, FLOWSYNC_EVENT_PEER_LAG,
			      "more flows are not acknowledged, or for longer, than is wanted");
	else
		fs_event_peer(peer, FLOWSYNC_EVENT_PEER_CAUGHT_UP,
			      "flows are acknowledged as is wanted again");
}

static void heartbeat_work(struct work_struct *work)
{
	struct fs_peer *peer = container_of(to_delayed_work(work),
					    struct fs_peer, heartbeat);
	bool anew;

	down_read(&peer->links_sem);
	look_at_links(peer);
	anew = look_at_session(peer);
	look_at_role(peer, anew);
	fs_standing_look(peer);
	look_at_room(peer);
	look_at_lag(peer);
	fs_dialect_look(peer);
	fs_handshake_tick(peer);
	fs_heartbeats_send(peer);
	fs_results_tell(peer);
	fs_alive_tell(peer);
	fs_advances_tell(peer);
	fs_verify_step(peer);
	fs_inherit_step(peer);
	up_read(&peer->links_sem);
	mod_delayed_work(fs_wq, &peer->heartbeat,
			 msecs_to_jiffies(peer->live.interval));
}

/**
 * fs_peer_kick - do at once what is done at each heartbeat
 * @peer: the peer
 *
 * Context: any.
 */
void fs_peer_kick(struct fs_peer *peer)
{
	mod_delayed_work(fs_wq, &peer->heartbeat, 0);
}

/**
 * fs_peer_begin - a new session was agreed on
 * @peer: the peer
 * @session: its session
 *
 * Context: softirq or process; fs_peer.lock held.
 */
void fs_peer_begin(struct fs_peer *peer, u64 session)
{
	lockdep_assert_held(&peer->lock);

	if (session == peer->session)
		return;
	peer->session = session;
	fs_seqwin_init(&peer->window[FS_CHANNEL_CONTROL], 0);
	fs_seqwin_init(&peer->seal.opened, 0);
	peer->hears = false;
	peer->open = false;
	peer->need_count = 0;
	peer->check_count = 0;
	peer->noted_count = 0;
	memset(&peer->room, 0, sizeof(peer->room));
	fs_dialect_reset(peer);
	fs_peer_kick(peer);
}

/**
 * fs_peer_new - make a peer
 * @node: the node
 * @config: what it is made of, checked
 *
 * It is the caller's: links are added to it, then it is started or freed.
 *
 * Context: process; fs_net.lock held.
 * Return: the peer, or NULL for want of memory.
 */
struct fs_peer *fs_peer_new(struct fs_node *node,
			    const struct fs_peer_config *config)
{
	static atomic_long_t serial;
	struct fs_datagram *ring;
	struct fs_peer *peer;
	bool buffers;
	unsigned int i;

	peer = kzalloc(sizeof(*peer), GFP_KERNEL_ACCOUNT);
	if (!peer)
		return NULL;
	ring = kvcalloc(FS_FLIGHT_MAX, sizeof(*ring), GFP_KERNEL_ACCOUNT);
	buffers = fs_send_init(peer) & fs_ack_init(peer);
	peer->told = kcalloc(FS_HEARTBEAT_GROUPS, sizeof(*peer->told),
			     GFP_KERNEL_ACCOUNT);
	peer->told_next = kcalloc(FS_HEARTBEAT_GROUPS, sizeof(*peer->told),
				  GFP_KERNEL_ACCOUNT);
	if (!buffers || !ring || !peer->told || !peer->told_next) {
		kfree(peer->told);
		kfree(peer->told_next);
		fs_send_exit(peer);
		fs_ack_exit(peer);
		kvfree(ring);
		kfree(peer);
		return NULL;
	}
	fs_flight_init(&peer->flight, ring);
	peer->node = node;
	peer->id = config->id;
	peer->serial = atomic_long_inc_return(&serial);
	/* A peer that is deleted and made again begins anew for both. */
	do {
		get_random_bytes(&peer->own_session, sizeof(u64));
	} while (!peer->own_session);
	strscpy(peer->name, config->name, sizeof(peer->name));
	peer->resync_rate = FLOWSYNC_RESYNC_RATE_DEFAULT;
	peer->resync_ms = FLOWSYNC_RESYNC_MS_DEFAULT;
	INIT_LIST_HEAD(&peer->list);
	INIT_LIST_HEAD(&peer->links);
	INIT_LIST_HEAD(&peer->sources);
	init_rwsem(&peer->links_sem);
	spin_lock_init(&peer->lock);
	fs_liveness_init(&peer->live, config->heartbeat_ms, config->dead_count);
	peer->delay_us = config->delay_ms * USEC_PER_MSEC;
	for (i = 0; i < FS_SESSIONS; i++) {
		xa_init(&peer->shadow[i]);
		xa_init(&peer->extra[i]);
	}
	INIT_DELAYED_WORK(&peer->heartbeat, heartbeat_work);
	fs_seal_init(peer, &config->seal);
	return peer;
}

/**
 * fs_peer_start - let a peer live
 * @peer: the peer, with its links
 *
 * Context: process; fs_net.lock held.
 * Return: 0 or a negative error; the peer is then still the caller's.
 */
int fs_peer_start(struct fs_peer *peer)
{
	struct fs_node *node = peer->node;
	int err;

	err = fs_flows_add_peer(node, peer);
	if (err)
		return err;
	node->peer_count++;
	fs_peer_kick(peer);
	return 0;
}

/**
 * fs_peer_free - free a peer, and all that is held for it
 * @peer: the peer, in no group; started or not
 *
 * Context: process; fs_net.lock held. Waits for grace periods.
 */
void fs_peer_free(struct fs_peer *peer)
{
	struct fs_node *node = peer->node;
	struct fs_link *link, *next;
	unsigned int i;

	/* Nothing is received, so nothing wakes it; then nothing is sent. */
	list_for_each_entry(link, &peer->links, list)
		fs_link_mute(link);
	synchronize_net();
	fs_seal_stop(peer);
	cancel_delayed_work_sync(&peer->heartbeat);
	cancel_delayed_work_sync(&peer->ack);
	spin_lock_bh(&node->flows.lock);
	WRITE_ONCE(peer->telling, false);
	spin_unlock_bh(&node->flows.lock);
	fs_send_stop(peer);

	if (!list_empty(&peer->list)) {
		fs_flows_remove_peer(node, peer);
		node->peer_count--;
	}
	fs_shadow_drop_peer(node, peer);
	list_for_each_entry_safe(link, next, &peer->links, list)
		fs_link_free(link);
	synchronize_net();
	for (i = 0; i < FS_SESSIONS; i++) {
		xa_destroy(&peer->shadow[i]);
		xa_destroy(&peer->extra[i]);
	}
	kvfree(peer->sync.dirty.bits);
	kvfree(peer->flight.ring);
	fs_send_exit(peer);
	fs_ack_exit(peer);
	kfree(peer->told);
	kfree(peer->told_next);
	fs_seal_wipe(peer);
	kfree(peer);
}
