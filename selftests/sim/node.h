/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A node: a model of the module around kmod/core. Its files go by those of
 * kmod/: table.c by flow.c, shadow.c, send.c, receive.c, peer.c, group.c.
 */
#ifndef _SIM_NODE_H
#define _SIM_NODE_H

#include "control.h"
#include "flight.h"
#include "heir.h"
#include "liveness.h"
#include "merge.h"
#include "net.h"
#include "queue.h"
#include "role.h"
#include "seqwin.h"
#include "sync.h"

struct world;
struct node;

#define SLOTS		1024u
#define TUPLES		1024u
#define NONE		0xffffffffu
#define GROUP		7
#define FILLED		FS_FLIGHT_RECORDS
#define ANSWERS		16u

/**
 * struct flow - a slot of the flow table
 * @state: of the flow, or of the last one
 * @op: of its last change
 * @gen: of the slot
 * @tid: which tuple
 * @adopted: the op that it had at the origin before, 0 if it had none
 * @again: this node had it before that one, and called it ended
 * @live: there is a flow
 */
struct flow {
	struct fs_state state;
	u64 op;
	u32 gen;
	u32 tid;
	u64 adopted;
	bool again;
	bool live;
};

/**
 * struct table - flows this node is the origin of
 * @flow: by slot
 * @used: slots that were ever used are below this
 * @free: free slots, a stack
 * @free_count: how many
 * @live: flows
 * @placed: slots that got an adopted flow in this role
 * @op: last op id
 * @by_tid: slot of a live flow, or NONE
 */
struct table {
	struct flow flow[SLOTS];
	u32 used;
	u32 free[SLOTS];
	u32 free_count;
	u32 live;
	bool placed[SLOTS];
	u64 op;
	u32 by_tid[TUPLES];
};

/**
 * struct held - a slot of a shadow
 * @held: enum fs_held
 * @had: version of that
 * @tid: which tuple, of a flow
 * @state: of a flow
 * @gone: this node took the flow of @had out by itself
 * @ended: highest generation whose end was applied; for the oracle
 * @ended_epoch: under which
 */
struct held {
	u8 held;
	bool gone;
	struct fs_version had;
	u32 tid;
	u32 ended;
	u64 ended_epoch;
	struct fs_state state;
};

/**
 * struct shadow - flows of one session of one origin
 * @slot: by slot
 * @used: slots that were ever touched are below this
 * @session: that
 */
struct shadow {
	struct held slot[SLOTS];
	u32 used;
	u64 session;
};

#define SET_LONGS	(SLOTS / 64 + 1)

/**
 * struct peer - another node as this one sees it
 * @sync: what it has been told; valid for @sync_session
 * @sync_session: session of it that @sync is about
 * @flight: datagrams in flight to it
 * @ring: memory of @flight
 * @ring_claim: under which claim each of @ring left; for the oracle
 * @filling: a datagram is being made
 * @kicked: sending is planned
 * @ticking: the timeout is planned
 * @fill: slots taken for the datagram in the making
 * @fill_state: their state when they were taken
 * @fill_count: length of both
 * @fill_epoch: when they were taken
 * @fill_session: session of the peer when they were taken
 * @session: its session, 0 until heard
 * @answered: it has heard this node since: its state is taken
 * @hears: it hears this node
 * @up: heartbeats pass in both directions
 * @window: what was received
 * @control_seq: last control datagram sent
 * @live: whether it is alive
 * @unacked: datagrams to be acknowledged
 * @acking: an acknowledgement is planned
 * @needs: slots of which a checkpoint is needed: for an update, or since this node
 *	took the flow out by itself, which in the module the digests find
 * @view: what it said of the group
 * @acked: last op up to which it has acknowledged all; its flows are this
 *	node's
 * @told_acked: the same of another origin's flows, as that one told
 * @told_by: that one
 * @doubt_session: session of it when this node went on for another
 * @rest: where to go on to ask for what else it holds
 * @rested: it holds no more
 * @answer: answers that wait
 * @answers: how many
 * @rest_asked: it asks for the rest from @rest_from on
 * @rest_from: that
 * @view_heir: node id of whom it goes on for
 * @gone: ends that it has to be told of
 * @gones: how many
 * @gone_session: of the origin, in which they bear these names
 * @shadow: flows of its session, and of the one before
 * @current: which of @shadow is of its session
 */
struct peer {
	struct fs_sync sync;
	u64 sync_session;
	struct fs_flight flight;
	struct fs_datagram ring[FS_FLIGHT_MAX];
	u64 ring_claim[FS_FLIGHT_MAX];
	bool filling;
	bool kicked;
	bool ticking;
	struct fs_sent fill[FILLED];
	struct fs_state fill_state[FILLED];
	u32 fill_count;
	u64 fill_epoch;
	u64 fill_session;
	u64 session;
	bool answered;
	bool hears;
	bool up;
	struct fs_seqwin window[FS_CHANNELS];
	u64 control_seq;
	struct fs_liveness live;
	u32 unacked;
	bool acking;
	struct fs_dirty needs;
	struct fs_group_view view;
	u64 acked;
	u64 told_acked;
	u32 told_by;
	u64 doubt_session;
	u64 rest;
	bool rested;
	struct fs_hold answer[ANSWERS];
	u32 answers;
	bool rest_asked;
	u64 rest_from;
	u32 view_heir;
	struct fs_gone gone[FS_HEIR_GONE];
	u32 gones;
	u64 gone_session;
	struct shadow shadow[2];
	unsigned int current;
	unsigned long sync_mem[8 * (SET_LONGS + 1) + SLOTS / 2 / sizeof(long)];
	unsigned long needs_mem[SET_LONGS + 1];
};

/* Where a tuple is in the shadow. */
struct where {
	u32 peer;
	u32 map;
	u32 slot;
};

/**
 * struct node - one node
 * @id: its number; its node id is one more
 * @life: raised at every start and stop
 * @running: it runs
 * @session: of this life
 * @role: enum fs_role
 * @epoch: highest known
 * @claim: under which it is active
 * @taken: @claim when it became active
 * @rank: of its claim; half of the nodes have one
 * @served: flows that were new or changed since it became active
 * @traffic: of its claim: @served as it was told last
 * @yields: node id of the active that it is about to give way to, or 0
 * @owner: whose state it took last, or NONE
 * @heir: node id of whom it goes on for, or 0
 * @heir_session: the session of that one whose names it took over
 * @heartbeat: microseconds between heartbeats
 * @ack_delay: longest an acknowledgement waits, microseconds
 * @takes: datagrams it takes at a time
 * @table: its flows
 * @where: its shadow by tuple; peer is NONE if it is not there
 * @peer: the others, by number
 */
struct node {
	u32 id;
	u32 life;
	bool running;
	u64 session;
	u8 role;
	u64 epoch;
	u64 claim;
	u64 taken;
	u8 rank;
	u64 served;
	u8 traffic;
	u32 yields;
	u32 owner;
	u32 heir;
	u64 heir_session;
	u64 heartbeat;
	u64 ack_delay;
	u16 takes;
	struct table table;
	struct where where[TUPLES];
	struct peer peer[NET_NODES];
};

/* node.c */
void node_start(struct world *w, struct node *n);
void node_stop(struct world *w, struct node *n);
void node_receive(struct world *w, const struct event *e);

/* table.c */
void table_reset(struct table *t);
bool table_add(struct world *w, struct node *n, const struct fs_state *state,
	       u32 tid);
bool table_adopt(struct world *w, struct node *n, const struct held *h, u32 slot);
void table_change(struct world *w, struct node *n, u32 slot);
void table_end(struct world *w, struct node *n, u32 slot);
void table_forget(struct world *w, struct node *n);
struct fs_slot table_slot(const struct node *n, u32 slot);

/* shadow.c */
void shadow_reset(struct shadow *s);
bool shadow_apply(struct world *w, struct node *n, u32 from,
		  const struct fs_batch *batch, const struct fs_record *rec);
void shadow_new_session(struct node *n, u32 from);
void shadow_adopt(struct world *w, struct node *n);
void shadow_relabel(struct world *w, struct node *n, u32 from, u32 slot,
		    struct held *h, u64 epoch);
void shadow_end(struct node *n, struct held *h);
struct held *shadow_at(struct node *n, u32 from, u32 slot);

/* send.c */
void send_kick(struct world *w, struct node *n, u32 to);
void send_settle(struct world *w, struct node *n, u32 to);
void send_tick(struct world *w, struct node *n, u32 to);

/* receive.c */
void receive_state(struct world *w, struct node *n, u32 from,
		   const struct fs_header *h, struct fs_rd *r);

/* peer.c */
void peer_init(struct peer *p, const struct node *n);
void peer_heartbeat(struct world *w, const struct event *e);
void peer_send_control(struct world *w, struct node *n, u32 to, bool beat);
void peer_send_heir(struct world *w, struct node *n, u32 to,
		    const struct fs_ask *ask, u32 count, bool rest);
void peer_ack(struct world *w, struct node *n, u32 to);
void receive_control(struct world *w, struct node *n, u32 from,
		     const struct fs_header *h, struct fs_rd *r);

/* inherit.c */
void heir_reset(struct peer *p);
void heir_start(struct world *w, struct node *n);
void heir_step(struct world *w, struct node *n, u32 to);
void heir_answer(struct world *w, struct node *n, u32 to, struct fs_wr *wr);
bool heir_heard(struct world *w, struct node *n, u32 from,
		const struct fs_rd *r);
bool heir_waits(const struct peer *p);

/* group.c */
struct fs_claim group_claim(const struct world *w, struct node *n);
void group_look(struct world *w, struct node *n);
void group_heard(struct world *w, struct node *n, u32 from,
		 const struct fs_group_view *view);
void group_set_role(struct world *w, struct node *n, u8 role);

#endif /* _SIM_NODE_H */
