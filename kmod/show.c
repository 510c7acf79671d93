// SPDX-License-Identifier: GPL-2.0
#include <net/netfilter/nf_conntrack.h>
#include <net/netlink.h>

#include "convert.h"
#include "link.h"
#include "match.h"
#include "node.h"
#include "peer.h"
#include "room.h"
#include "show.h"
#include "standing.h"

/**
 * fs_show_end - end a nest
 * @skb: where it is
 * @nest: its begin
 * @err: not 0 if something in it did not fit
 *
 * Return: 0, or -EMSGSIZE, with the nest taken back.
 */
int fs_show_end(struct sk_buff *skb, struct nlattr *nest, int err)
{
	if (err) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * fs_show_node - write a FLOWSYNC_A_NODE
 * @skb: where to
 * @node: the node, or NULL for none
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or -EMSGSIZE if it does not fit.
 */
int fs_show_node(struct sk_buff *skb, struct fs_node *node)
{
	struct nlattr *nest = nla_nest_start(skb, FLOWSYNC_A_NODE);
	struct fs_room room;
	int err;

	if (!nest)
		return -EMSGSIZE;
	if (node)
		fs_room_of(node, &room);
	err = nla_put_u32(skb, FLOWSYNC_A_NODE_ID, node ? node->id : 0) ||
	      nla_put_string(skb, FLOWSYNC_A_NODE_MODULE_VERSION,
			     FS_MODULE_VERSION);
	if (node)
		err = err ||
		      nla_put_string(skb, FLOWSYNC_A_NODE_NAME, node->name) ||
		      nla_put_be16(skb, FLOWSYNC_A_NODE_PORT,
				   htons(node->port)) ||
		      nla_put_u64_64bit(skb, FLOWSYNC_A_NODE_SESSION,
					node->session, FLOWSYNC_A_NODE_PAD) ||
		      nla_put_u64_64bit(skb, FLOWSYNC_A_NODE_FLOWS,
					READ_ONCE(node->flows.live),
					FLOWSYNC_A_NODE_PAD) ||
		      nla_put_u64_64bit(skb, FLOWSYNC_A_NODE_SHADOW,
					READ_ONCE(node->shadow.count),
					FLOWSYNC_A_NODE_PAD) ||
		      nla_put_u64_64bit(skb, FLOWSYNC_A_NODE_OP,
					READ_ONCE(node->flows.op),
					FLOWSYNC_A_NODE_PAD) ||
		      nla_put_u32(skb, FLOWSYNC_A_NODE_FULL,
				  READ_ONCE(node->full)) ||
		      nla_put_u32(skb, FLOWSYNC_A_NODE_ROOM, room.left) ||
		      nla_put_u32(skb, FLOWSYNC_A_NODE_MARK_MASK,
				  node->masks.mark) ||
		      nla_put_u64_64bit(skb, FLOWSYNC_A_NODE_LABEL_MASK,
					fs_masks_labels(&node->masks),
					FLOWSYNC_A_NODE_PAD) ||
		      nla_put_u32(skb, FLOWSYNC_A_NODE_KEEP,
				  node->keep_ms / MSEC_PER_SEC);
	return fs_show_end(skb, nest, err);
}

static int put_endpoint(struct sk_buff *skb, int addr_attr, int port_attr,
			const union fs_endpoint *end)
{
	if (end->sa.sa_family == AF_INET)
		return nla_put_in_addr(skb, addr_attr,
				       end->in.sin_addr.s_addr) ||
		       nla_put_be16(skb, port_attr, end->in.sin_port);
	return nla_put_in6_addr(skb, addr_attr, &end->in6.sin6_addr) ||
	       nla_put_be16(skb, port_attr, end->in6.sin6_port);
}

static int put_carried(struct sk_buff *skb, const struct fs_link *link)
{
	lockdep_assert_held(&link->peer->lock);

	return nla_put_u64_64bit(skb, FLOWSYNC_A_LINK_TX_DATAGRAMS,
				 link->tx.datagrams, FLOWSYNC_A_LINK_PAD) ||
	       nla_put_u64_64bit(skb, FLOWSYNC_A_LINK_TX_BYTES,
				 link->tx.bytes, FLOWSYNC_A_LINK_PAD) ||
	       nla_put_u64_64bit(skb, FLOWSYNC_A_LINK_RX_DATAGRAMS,
				 link->rx.datagrams, FLOWSYNC_A_LINK_PAD) ||
	       nla_put_u64_64bit(skb, FLOWSYNC_A_LINK_RX_BYTES,
				 link->rx.bytes, FLOWSYNC_A_LINK_PAD) ||
	       (link->rx.datagrams &&
		nla_put_u64_64bit(skb, FLOWSYNC_A_LINK_SILENT_MS,
				  fs_now_ms() - link->live.heard,
				  FLOWSYNC_A_LINK_PAD));
}

static int show_link(struct sk_buff *skb, const struct fs_link *link)
{
	struct nlattr *nest = nla_nest_start(skb, FLOWSYNC_A_PEER_LINK);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = put_endpoint(skb, FLOWSYNC_A_LINK_LOCAL,
			   FLOWSYNC_A_LINK_LOCAL_PORT, &link->sock->local) ||
	      put_endpoint(skb, FLOWSYNC_A_LINK_REMOTE,
			   FLOWSYNC_A_LINK_REMOTE_PORT, &link->remote) ||
	      (link->sock->ifindex &&
	       nla_put_u32(skb, FLOWSYNC_A_LINK_IFINDEX,
			   link->sock->ifindex)) ||
	      nla_put_u32(skb, FLOWSYNC_A_LINK_MTU,
			  READ_ONCE(link->room) + fs_link_headers(link)) ||
	      nla_put_u32(skb, FLOWSYNC_A_LINK_STATE,
			  READ_ONCE(link->live.alive) ? FLOWSYNC_PEER_UP :
							FLOWSYNC_PEER_DOWN) ||
	      put_carried(skb, link);
	return fs_show_end(skb, nest, err);
}

struct peer_number {
	int attr;
	u64 value;
};

static int put_numbers(struct sk_buff *skb, struct fs_peer *peer)
{
	u64 now = fs_now_ms();
	struct peer_number number[] = {
		{ FLOWSYNC_A_PEER_SESSION, peer->accepted },
		{ FLOWSYNC_A_PEER_DIRTY,
		  peer->sync.dirty.count + peer->sync.doubt.count },
		{ FLOWSYNC_A_PEER_INFLIGHT, peer->sync.flying.count },
		{ FLOWSYNC_A_PEER_KNOWN, peer->sync.known.count },
		{ FLOWSYNC_A_PEER_RTT_US, peer->flight.srtt },
		{ FLOWSYNC_A_PEER_TX_LOST, peer->flight.lost },
		{ FLOWSYNC_A_PEER_VERIFY_PASS, peer->verify.pass },
		{ FLOWSYNC_A_PEER_VERIFY_LEFT, peer->verify.running ||
					       peer->verify.wanted ?
					       peer->sync.unchecked.count + 1 :
					       0 },
		{ FLOWSYNC_A_PEER_REPAIRED, peer->verify.repaired },
		{ FLOWSYNC_A_PEER_RESYNC_TOTAL, peer->resync.total },
		{ FLOWSYNC_A_PEER_RESYNC_LEFT, fs_resync_left(peer) },
		{ FLOWSYNC_A_PEER_SHADOW, fs_held_count(peer, 0) },
		{ FLOWSYNC_A_PEER_TX_DATAGRAMS, peer->tx.datagrams },
		{ FLOWSYNC_A_PEER_TX_BYTES, peer->tx.bytes },
		{ FLOWSYNC_A_PEER_TX_RECORDS, peer->tx.records },
		{ FLOWSYNC_A_PEER_RX_DATAGRAMS, peer->rx.datagrams },
		{ FLOWSYNC_A_PEER_RX_BYTES, peer->rx.bytes },
		{ FLOWSYNC_A_PEER_RX_RECORDS, peer->rx.records },
		{ FLOWSYNC_A_PEER_REKEYS, peer->seal.rekeys },
		{ FLOWSYNC_A_PEER_RX_GAPS,
		  fs_seqwin_missing(&peer->window[FS_CHANNEL_STATE]) },
		/* Last, as it is left out for a peer that was never heard. */
		{ FLOWSYNC_A_PEER_SILENT_MS, now - peer->live.heard },
	};
	unsigned int count = ARRAY_SIZE(number) - !peer->session;
	unsigned int i;

	for (i = 0; i < count; i++)
		if (nla_put_u64_64bit(skb, number[i].attr, number[i].value,
				      FLOWSYNC_A_PEER_PAD))
			return -EMSGSIZE;
	return 0;
}

static int put_window(struct sk_buff *skb, struct fs_peer *peer)
{
	struct fs_flows *flows = &peer->node->flows;
	u32 unacked;
	u64 age;

	spin_lock_bh(&flows->lock);
	unacked = fs_sync_unacked(&peer->sync);
	age = fs_sync_age(&peer->sync, fs_now_ms());
	spin_unlock_bh(&flows->lock);
	return nla_put_u64_64bit(skb, FLOWSYNC_A_PEER_UNACKED, unacked,
				 FLOWSYNC_A_PEER_PAD) ||
	       nla_put_u64_64bit(skb, FLOWSYNC_A_PEER_OLDEST_MS, age,
				 FLOWSYNC_A_PEER_PAD) ||
	       nla_put_u32(skb, FLOWSYNC_A_PEER_RESYNC_RATE,
			   READ_ONCE(peer->resync_rate)) ||
	       nla_put_u32(skb, FLOWSYNC_A_PEER_RESYNC_MS,
			   READ_ONCE(peer->resync_ms)) ||
	       (READ_ONCE(peer->mtu) &&
		nla_put_u32(skb, FLOWSYNC_A_PEER_MTU, READ_ONCE(peer->mtu))) ||
	       nla_put_u32(skb, FLOWSYNC_A_PEER_LAG_FLOWS,
			   READ_ONCE(peer->lag_flows)) ||
	       nla_put_u32(skb, FLOWSYNC_A_PEER_LAG_MS,
			   READ_ONCE(peer->lag_ms));
}

/* Whether this node has told a peer of all flows of a group. */
static bool is_complete(const struct fs_peer *peer, u16 id)
{
	const struct fs_member *member;
	bool complete;

	rcu_read_lock();
	member = fs_group_member_of(peer, id);
	complete = member && READ_ONCE(member->complete);
	rcu_read_unlock();
	return complete;
}

static int show_told(struct sk_buff *skb, const struct fs_peer *peer,
		     const struct fs_told *told)
{
	struct nlattr *nest = nla_nest_start(skb, FLOWSYNC_A_PEER_GROUP);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_u32(skb, FLOWSYNC_A_GROUP_ID, told->view.id) ||
	      nla_put_u32(skb, FLOWSYNC_A_GROUP_ROLE, told->view.role) ||
	      nla_put_u64_64bit(skb, FLOWSYNC_A_GROUP_EPOCH, told->view.epoch,
				FLOWSYNC_A_GROUP_PAD) ||
	      nla_put_u32(skb, FLOWSYNC_A_GROUP_PRIORITY, told->priority) ||
	      nla_put_u32(skb, FLOWSYNC_A_GROUP_STANDING, told->flags) ||
	      nla_put_u32(skb, FLOWSYNC_A_GROUP_COMPLETE,
			  is_complete(peer, told->view.id));
	return fs_show_end(skb, nest, err);
}

static int show_all_told(struct sk_buff *skb, struct fs_peer *peer)
{
	unsigned int i;
	int err = 0;

	lockdep_assert_held(&peer->lock);

	for (i = 0; i < peer->told_count && !err; i++)
		err = show_told(skb, peer, &peer->told[i]);
	return err;
}

/* What the peer told of its conntrack, and of installs there. */
static int put_installs(struct sk_buff *skb, const struct fs_peer *peer)
{
	unsigned int i;
	int err;

	err = nla_put_u32(skb, FLOWSYNC_A_PEER_FULL, peer->room.full) ||
	      nla_put_u32(skb, FLOWSYNC_A_PEER_ROOM, peer->room.left);
	for (i = FS_INSTALLED; !err && i < FS_INSTALL_RESULTS; i++) {
		struct nlattr *nest = nla_nest_start(skb,
						     FLOWSYNC_A_PEER_INSTALL);

		if (!nest)
			return -EMSGSIZE;
		err = nla_put_u32(skb, FLOWSYNC_A_INSTALL_RESULT, i) ||
		      nla_put_u64_64bit(skb, FLOWSYNC_A_INSTALL_COUNT,
					peer->results[i],
					FLOWSYNC_A_INSTALL_PAD);
		err = fs_show_end(skb, nest, err);
	}
	return err;
}

static enum flowsync_handshake handshake_of(const struct fs_peer *peer)
{
	if (peer->seal.ring.now.id)
		return FLOWSYNC_HANDSHAKE_DONE;
	/* There was a session, and it is over. */
	if (peer->seal.state == FLOWSYNC_HANDSHAKE_DONE)
		return FLOWSYNC_HANDSHAKE_NONE;
	return peer->seal.state;
}

/* How the peer's datagrams are sealed. Of keys, only their age. */
static int put_seal(struct sk_buff *skb, struct fs_peer *peer)
{
	const struct fs_seal *seal = &peer->seal;

	lockdep_assert_held(&peer->lock);

	return nla_put_u32(skb, FLOWSYNC_A_PEER_ENCRYPTION,
			   seal->plain ? FLOWSYNC_ENCRYPTION_NONE :
					 FLOWSYNC_ENCRYPTION_SEALED) ||
	       nla_put_u32(skb, FLOWSYNC_A_PEER_REKEY_S,
			   div_u64(seal->ring.renew, MSEC_PER_SEC)) ||
	       nla_put_u32(skb, FLOWSYNC_A_PEER_HANDSHAKE,
			   handshake_of(peer)) ||
	       nla_put_u32(skb, FLOWSYNC_A_PEER_ROTATION,
			   fs_seal_rotation(peer)) ||
	       (seal->ring.now.id &&
		nla_put_u64_64bit(skb, FLOWSYNC_A_PEER_KEY_AGE_MS,
				  fs_now_ms() - seal->ring.now.born,
				  FLOWSYNC_A_PEER_PAD));
}

/**
 * fs_show_peer - write a FLOWSYNC_A_PEER
 * @skb: where to
 * @peer: the peer
 * @only: the link to write, or NULL for all of them
 *
 * Context: process; fs_net.lock held, or the peer's own work.
 * Return: 0, or -EMSGSIZE if it does not fit.
 */
int fs_show_peer(struct sk_buff *skb, struct fs_peer *peer,
		 const struct fs_link *only)
{
	struct nlattr *nest = nla_nest_start(skb, FLOWSYNC_A_PEER);
	struct fs_link *link;
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_string(skb, FLOWSYNC_A_PEER_NAME, peer->name) ||
	      nla_put_u32(skb, FLOWSYNC_A_PEER_ID, peer->id) ||
	      nla_put_u32(skb, FLOWSYNC_A_PEER_HEARTBEAT_MS,
			  peer->live.interval) ||
	      nla_put_u32(skb, FLOWSYNC_A_PEER_DEAD_COUNT, peer->live.count) ||
	      nla_put_u32(skb, FLOWSYNC_A_PEER_DELAY_MS,
			  peer->delay_us / USEC_PER_MSEC) ||
	      nla_put_u32(skb, FLOWSYNC_A_PEER_STATE,
			  READ_ONCE(peer->up) ? FLOWSYNC_PEER_UP :
						FLOWSYNC_PEER_DOWN) ||
	      nla_put_u32(skb, FLOWSYNC_A_PEER_SYNCED, fs_verify_synced(peer)) ||
	      nla_put_u32(skb, FLOWSYNC_A_PEER_COMPLETE,
			  fs_node_told_all(peer->node, peer, true));
	err = err || put_window(skb, peer);
	spin_lock_bh(&peer->lock);
	err = err || put_numbers(skb, peer) || put_seal(skb, peer) ||
	      fs_dialect_show(skb, peer) ||
	      show_all_told(skb, peer) ||
	      put_installs(skb, peer);
	list_for_each_entry(link, &peer->links, list)
		if (!only || link == only)
			err = err || show_link(skb, link);
	spin_unlock_bh(&peer->lock);
	return fs_show_end(skb, nest, err);
}

/* Which flows are the group's; nothing for those that are no other group's. */
static int show_match(struct sk_buff *skb, struct fs_group *group)
{
	const struct fs_group_match *match;
	struct nlattr *nest;
	int err = 0;

	rcu_read_lock();
	match = rcu_dereference(group->match);
	if (!match)
		goto out;
	err = -EMSGSIZE;
	nest = nla_nest_start(skb, FLOWSYNC_A_GROUP_MATCH);
	if (!nest)
		goto out;
	err = fs_show_end(skb, nest, fs_match_put(skb, &match->match)) ||
	      (*match->dev && nla_put_string(skb, FLOWSYNC_A_GROUP_DEV,
					     match->dev));
out:
	rcu_read_unlock();
	return err;
}

/**
 * fs_show_group - write a FLOWSYNC_A_GROUP
 * @skb: where to
 * @group: the group
 *
 * Context: any; the group must not go away.
 * Return: 0, or -EMSGSIZE if it does not fit.
 */
int fs_show_group(struct sk_buff *skb, struct fs_group *group)
{
	struct nlattr *nest = nla_nest_start(skb, FLOWSYNC_A_GROUP);
	u64 shadow = fs_held_all(group->node, group->id);
	struct fs_claim claim = fs_group_claim(group);
	bool active;
	unsigned int i;
	int err;

	if (!nest)
		return -EMSGSIZE;
	active = claim.role == FS_ROLE_ACTIVE;

	err = nla_put_u32(skb, FLOWSYNC_A_GROUP_ID, group->id) ||
	      nla_put_u32(skb, FLOWSYNC_A_GROUP_PRIORITY, group->priority) ||
	      nla_put_u32(skb, FLOWSYNC_A_GROUP_ROLE, claim.role) ||
	      nla_put_u64_64bit(skb, FLOWSYNC_A_GROUP_EPOCH,
				READ_ONCE(group->epoch), FLOWSYNC_A_GROUP_PAD) ||
	      nla_put_u64_64bit(skb, FLOWSYNC_A_GROUP_FLOWS,
				READ_ONCE(group->node->flows.part[group->place].live),
				FLOWSYNC_A_GROUP_PAD) ||
	      nla_put_u64_64bit(skb, FLOWSYNC_A_GROUP_SHADOW, shadow,
				FLOWSYNC_A_GROUP_PAD) ||
	      nla_put_u64_64bit(skb, FLOWSYNC_A_GROUP_INSTALL_LEFT,
				active ? shadow : 0, FLOWSYNC_A_GROUP_PAD) ||
	      nla_put_u32(skb, FLOWSYNC_A_GROUP_STANDING,
			  fs_standing_own(group)) ||
	      nla_put_u32(skb, FLOWSYNC_A_GROUP_ON_SPLIT,
			  READ_ONCE(group->on_split));
	for (i = 0; i < group->member_count; i++)
		err = err || nla_put_string(skb, FLOWSYNC_A_GROUP_PEER,
					    group->member[i].peer->name);
	err = err || show_match(skb, group);
	return fs_show_end(skb, nest, err);
}

/**
 * fs_show_count - write a FLOWSYNC_A_STAT with a value of its own
 * @skb: where to
 * @stat: enum fs_stat
 * @value: the value
 *
 * Context: any.
 * Return: 0, or -EMSGSIZE if it does not fit.
 */
int fs_show_count(struct sk_buff *skb, unsigned int stat, u64 value)
{
	struct nlattr *nest = nla_nest_start(skb, FLOWSYNC_A_STAT);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_string(skb, FLOWSYNC_A_STAT_NAME, fs_stat_names[stat]) ||
	      nla_put_u64_64bit(skb, FLOWSYNC_A_STAT_VALUE, value,
				FLOWSYNC_A_STAT_PAD);
	return fs_show_end(skb, nest, err);
}

/**
 * fs_show_stat - write a FLOWSYNC_A_STAT
 * @skb: where to
 * @node: the node
 * @stat: enum fs_stat
 *
 * Context: any.
 * Return: 0, or -EMSGSIZE if it does not fit.
 */
int fs_show_stat(struct sk_buff *skb, struct fs_node *node, unsigned int stat)
{
	return fs_show_count(skb, stat, fs_stat_sum(node->stats, stat));
}
