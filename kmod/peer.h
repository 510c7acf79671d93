/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Peers: the other nodes, whether they are alive, and what was exchanged.
 */
#ifndef _FLOWSYNC_PEER_H
#define _FLOWSYNC_PEER_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <linux/flowsync.h>

#include "advance.h"
#include "bequest.h"
#include "core/control.h"
#include "core/flight.h"
#include "core/liveness.h"
#include "core/seqwin.h"
#include "core/sync.h"
#include "core/wire.h"
#include "dialect.h"
#include "group.h"
#include "resync.h"
#include "standing.h"
#include "seal.h"
#include "verify.h"

struct fs_node;
struct fs_link;
struct fs_shadow_flow;
struct saying;
struct sending;

/* Shadow flows of an origin: of its session, and of the one before. */
#define FS_SESSIONS	2

/* Most buckets that wait to be compared for a peer. */
#define FS_CHECKS_WAIT	256

/* Most confirmations of results that wait to be sent to a peer. */
#define FS_NOTED_WAIT	256

/**
 * struct fs_peer_count - what was exchanged with a peer
 * @datagrams: of state
 * @bytes: UDP payload, of all channels
 * @records: of state
 */
struct fs_peer_count {
	u64 datagrams;
	u64 bytes;
	u64 records;
};

/**
 * struct fs_peer - a remote node
 * @list: in fs_node.peers
 * @node: the node it is a peer of
 * @links_sem: held shared by works of the peer that use a link, exclusively by
 *	whoever changes @links
 * @links: list of struct fs_link; RCU, written under fs_net.lock and @links_sem
 * @link_count: length of @links; fs_net.lock
 * @id: its node id
 * @serial: later peers have a higher one, also of other nodes and namespaces
 * @name: its name here
 * @own_session: of this node towards it: random, not 0
 * @seal: keys and handshake
 * @dialect: what it does not understand, and what not of it
 * @users: groups it is a member of; fs_net.lock
 * @heartbeat: sends heartbeats, finds out who is alive, reports
 * @ack: sends acknowledgements
 * @send: sends what the peer has to be told; one instance at a time
 * @again: wakes @send when a timeout may have passed
 * @pace: wakes @send when changes have waited for others for long enough
 * @send_due: bit 0: @send is to run, or @pace to wake it
 * @paced_until: time in us before which changes wait for others
 * @delay_us: for how long they do
 * @sending: what @send has in the making
 * @saying: what @heartbeat has
 * @acking: what @ack has
 * @tx: what was sent; datagrams and records written by @send alone
 * @sync: what it has been told; fs_flows.lock
 * @flight: what is on its way to it; fs_flows.lock
 * @verify: whether it holds what it should; fs_flows.lock
 * @resync: how far it was told of what it missed; fs_flows.lock
 * @resync_rate: flows of that it is told of in a second, 0 for no limit
 * @resync_ms: within how many ms it is told of all of it, if the path carries it
 * @mtu: most octets of an IP packet with a datagram, 0 for what the path takes
 * @lag_flows: flows not acknowledged at which that is reported, 0 for never
 * @lag_ms: age in ms of the oldest of them at which it is, 0 for never
 * @lagging: it was reported; only in @heartbeat
 * @acked: op up to which it has acknowledged all of this node's flows; @lock
 * @told_acked: the same of the flows of another active, as that one told; @lock
 * @told_by: that one's node id; @lock
 * @bequest: what it asks as heir; @lock
 * @up: heartbeats pass in both directions; fs_flows.lock, written by @heartbeat
 * @up_session: the session that @sync is about; only in @heartbeat
 * @telling: it is sent what is dirty: up, and takes the state of a group;
 *	fs_flows.lock, written by @heartbeat
 * @results: of installs of this node's flows there, by enum fs_installed;
 *	fs_flows.lock
 * @tell_slot: next slot of a round of results told; only in @heartbeat
 * @tell_round: when the round began, in ms; only in @heartbeat
 * @advance_slot: next slot of a round over flows that are live here; only in
 *	@heartbeat
 * @advance_next: when the next begins, in ms; only in @heartbeat
 * @full_reported: what was last reported of @room; only in @heartbeat
 * @full: its window is: an acknowledgement or a timeout wakes @send, and not
 *	each change; fs_flows.lock
 * @lock: guards what follows
 * @control_seq: last sequence number of the control channel
 * @session: its session, 0 until one was agreed on
 * @accepted: the session whose state is taken; follows @session when the
 *	shadow of the one before has been put aside
 * @open: its state channel is received: it has heard this session once
 * @hears: it has heard this session of this node
 * @window: sequence numbers per channel: of control, what was opened; of state,
 *	what was carried out
 * @unacked: state datagrams received since the last acknowledgement
 * @need: slots of which a checkpoint is to be asked for
 * @need_count: length of @need
 * @check: buckets of its flows that it wants to have compared
 * @check_count: length of @check
 * @advance: slots of its flows that packets have just changed here
 * @advance_count: length of @advance
 * @noted: results of it that are to be confirmed
 * @noted_count: length of @noted
 * @room: of its conntrack, by its last heartbeat
 * @rx: what was received
 * @live: whether it is alive
 * @told: what it told of its groups
 * @told_next: room for what it tells next
 * @told_count: length of @told
 * @told_new: something of it has to be reported
 * @shadow: shadow flows by slot; fs_shadow.lock
 * @extra: attributes of those that have any, by slot; fs_shadow.lock
 * @current_map: which of @shadow is of @accepted; fs_shadow.lock
 * @map_session: the session that each of @shadow is of; fs_shadow.lock
 * @sources: of the flows in both of @shadow, struct fs_source; RCU, written under
 *	fs_shadow.lock
 * @top_slot: highest that it told of in this session; fs_shadow.lock
 * @top_op: the same of ops
 * @orphaned: time in ms at which the other of @shadow lost its origin
 */
struct fs_peer {
	struct list_head list;
	struct fs_node *node;
	struct rw_semaphore links_sem;
	struct list_head links;
	unsigned int link_count;
	u32 id;
	unsigned long serial;
	char name[FLOWSYNC_NAME_MAX + 1];
	u64 own_session;
	struct fs_seal seal;
	struct fs_dialect dialect;
	unsigned int users;

	struct delayed_work heartbeat;
	struct delayed_work ack;
	struct work_struct send;
	struct delayed_work again;
	struct hrtimer pace;
	unsigned long send_due;
	u64 paced_until;
	u32 delay_us;
	struct sending *sending;
	struct saying *saying;
	struct saying *acking;
	struct fs_peer_count tx;

	struct fs_sync sync;
	struct fs_flight flight;
	struct fs_verify verify;
	struct fs_resync resync;
	u32 resync_rate;
	u32 resync_ms;
	u32 mtu;
	u32 lag_flows;
	u32 lag_ms;
	bool lagging;
	u64 acked;
	u64 told_acked;
	u32 told_by;
	struct fs_bequest bequest;
	bool up;
	u64 up_session;
	bool telling;
	bool full;
	u64 results[FS_INSTALL_RESULTS];
	unsigned long tell_slot;
	u64 tell_round;
	unsigned long advance_slot;
	u64 advance_next;
	bool full_reported;

	spinlock_t lock;
	u64 control_seq;
	u64 session;
	u64 accepted;
	bool open;
	bool hears;
	struct fs_seqwin window[FS_CHANNELS];
	unsigned int unacked;
	u32 need[FS_CONTROL_NEEDS];
	unsigned int need_count;
	struct fs_check check[FS_CHECKS_WAIT];
	unsigned int check_count;
	u32 advance[FS_ADVANCES_WAIT];
	unsigned int advance_count;
	struct fs_result noted[FS_NOTED_WAIT];
	unsigned int noted_count;
	struct fs_room room;
	struct fs_peer_count rx;
	struct fs_liveness live;
	struct fs_told *told;
	struct fs_told *told_next;
	unsigned int told_count;
	bool told_new;

	struct xarray shadow[FS_SESSIONS];
	struct xarray extra[FS_SESSIONS];
	unsigned int current_map;
	u64 map_session[FS_SESSIONS];
	struct list_head sources;
	u32 top_slot;
	u64 top_op;
	u64 orphaned;
};

/**
 * struct fs_peer_config - what a new peer is made of
 * @name: not empty
 * @id: not 0
 * @heartbeat_ms: how often it is told that this node lives, and expected to
 * @dead_count: how many of its heartbeats may be missing
 * @delay_ms: how long a change may wait for others to share its datagram
 * @seal: what its datagrams are sealed with
 */
struct fs_peer_config {
	const char *name;
	u32 id;
	u32 heartbeat_ms;
	u32 dead_count;
	u32 delay_ms;
	struct fs_seal_config seal;
};

u64 fs_now_ms(void);
struct fs_peer *fs_peer_find(struct fs_node *node, const char *name);
struct fs_peer *fs_peer_by_id(struct fs_node *node, u32 id);
struct fs_peer *fs_peer_new(struct fs_node *node,
			    const struct fs_peer_config *config);
int fs_peer_start(struct fs_peer *peer);
void fs_peer_free(struct fs_peer *peer);
void fs_peer_kick(struct fs_peer *peer);
void fs_peer_begin(struct fs_peer *peer, u64 session);

#endif /* _FLOWSYNC_PEER_H */
