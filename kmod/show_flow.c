// SPDX-License-Identifier: GPL-2.0
#include <net/netfilter/nf_conntrack.h>
#include <net/netlink.h>

#include "convert.h"
#include "node.h"
#include "peer.h"
#include "show.h"

static_assert((int)FS_INSTALL_ERROR == FLOWSYNC_INSTALL_ERROR &&
	      (int)FS_INSTALL_RESULTS == __FLOWSYNC_INSTALL_MAX);

static int put_tuple(struct sk_buff *skb, int attr, u8 family,
		     const struct fs_tuple *tuple)
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	unsigned int alen = fs_addr_len(family);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put(skb, FLOWSYNC_A_TUPLE_SRC, alen, tuple->src.octets) ||
	      nla_put(skb, FLOWSYNC_A_TUPLE_DST, alen, tuple->dst.octets) ||
	      nla_put_be16(skb, FLOWSYNC_A_TUPLE_SPORT, htons(tuple->sport)) ||
	      nla_put_be16(skb, FLOWSYNC_A_TUPLE_DPORT, htons(tuple->dport));
	return fs_show_end(skb, nest, err);
}

static u32 show_status(const struct fs_state *state, bool installed)
{
	unsigned int nat = fs_state_nat(state);
	u32 status = 0;

	if (state->status & FS_STATUS_SEEN_REPLY)
		status |= FLOWSYNC_FLOW_SEEN_REPLY;
	if (state->status & FS_STATUS_ASSURED)
		status |= FLOWSYNC_FLOW_ASSURED;
	if (state->status & FS_STATUS_FIXED_TIMEOUT)
		status |= FLOWSYNC_FLOW_FIXED_TIMEOUT;
	if (installed)
		status |= FLOWSYNC_FLOW_INSTALLED;
	if (nat & FS_NAT_SRC)
		status |= FLOWSYNC_FLOW_SRC_NAT;
	if (nat & FS_NAT_DST)
		status |= FLOWSYNC_FLOW_DST_NAT;
	return status;
}

/**
 * struct at_peer - what is known of a local flow at one peer
 * @name: the peer's
 * @sync: enum flowsync_sync
 * @result: enum fs_installed
 */
struct at_peer {
	const char *name;
	u8 sync;
	u8 result;
};

/* Returns the sync state at the least synced peer. */
static u32 look_at_peers(struct fs_group *group, u32 slot, struct at_peer *at)
{
	u32 worst = FLOWSYNC_SYNC_NONE;
	unsigned int i;

	for (i = 0; i < group->member_count; i++) {
		const struct fs_peer *peer = group->member[i].peer;

		at[i].name = peer->name;
		at[i].result = fs_sync_result(&peer->sync, slot);
		at[i].sync = FLOWSYNC_SYNC_SYNCED;
		if (fs_dirty_test(&peer->sync.dirty, slot) ||
		    fs_dirty_test(&peer->sync.doubt, slot))
			at[i].sync = FLOWSYNC_SYNC_DIRTY;
		else if (fs_dirty_test(&peer->sync.flying, slot))
			at[i].sync = FLOWSYNC_SYNC_SENT;
		if (worst == FLOWSYNC_SYNC_NONE || at[i].sync < worst)
			worst = at[i].sync;
	}
	return worst;
}

static int put_at(struct sk_buff *skb, const struct at_peer *at)
{
	struct nlattr *nest = nla_nest_start(skb, FLOWSYNC_A_FLOW_AT);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_string(skb, FLOWSYNC_A_AT_PEER, at->name) ||
	      nla_put_u32(skb, FLOWSYNC_A_AT_SYNC, at->sync) ||
	      nla_put_u32(skb, FLOWSYNC_A_AT_INSTALL, at->result);
	return fs_show_end(skb, nest, err);
}

/**
 * struct flow_head - what of a flow is not its state
 * @table: enum flowsync_table
 * @group: id
 * @origin: node id
 * @slot: at the origin
 * @gen: of the slot
 * @op: of the last change
 * @sync: enum flowsync_sync
 * @installed: a shadow flow that is live here
 * @result: enum fs_installed, of a shadow flow
 * @at: of a local flow, at each peer
 * @at_count: length of @at
 */
struct flow_head {
	u32 table;
	u32 group;
	u32 origin;
	u32 slot;
	u32 gen;
	u64 op;
	u32 sync;
	bool installed;
	u8 result;
	const struct at_peer *at;
	unsigned int at_count;
};

static int show_flow(struct sk_buff *skb, const struct flow_head *head,
		     const struct fs_state *state)
{
	struct nlattr *nest = nla_nest_start(skb, FLOWSYNC_A_FLOW);
	unsigned int i;
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_u32(skb, FLOWSYNC_A_FLOW_TABLE, head->table) ||
	      nla_put_u32(skb, FLOWSYNC_A_FLOW_GROUP, head->group) ||
	      nla_put_u32(skb, FLOWSYNC_A_FLOW_ORIGIN, head->origin) ||
	      nla_put_u32(skb, FLOWSYNC_A_FLOW_SLOT, head->slot) ||
	      nla_put_u32(skb, FLOWSYNC_A_FLOW_GEN, head->gen) ||
	      nla_put_u64_64bit(skb, FLOWSYNC_A_FLOW_OP, head->op,
				FLOWSYNC_A_FLOW_PAD) ||
	      nla_put_u32(skb, FLOWSYNC_A_FLOW_FAMILY,
			  state->family == FS_IPV4 ? AF_INET : AF_INET6) ||
	      nla_put_u32(skb, FLOWSYNC_A_FLOW_PROTO, state->proto) ||
	      nla_put_u32(skb, FLOWSYNC_A_FLOW_STATUS,
			  show_status(state, head->installed)) ||
	      nla_put_u32(skb, FLOWSYNC_A_FLOW_TIMEOUT, state->timeout) ||
	      (state->zone.id &&
	       nla_put_u32(skb, FLOWSYNC_A_FLOW_ZONE, state->zone.id)) ||
	      (state->proto == FS_TCP &&
	       nla_put_u32(skb, FLOWSYNC_A_FLOW_TCP_STATE,
			   state->tcp.state)) ||
	      (head->table == FLOWSYNC_TABLE_LOCAL &&
	       nla_put_u32(skb, FLOWSYNC_A_FLOW_SYNC, head->sync)) ||
	      put_tuple(skb, FLOWSYNC_A_FLOW_ORIG, state->family,
			&state->tuple[0]) ||
	      put_tuple(skb, FLOWSYNC_A_FLOW_REPLY, state->family,
			&state->tuple[1]) ||
	      (head->result &&
	       nla_put_u32(skb, FLOWSYNC_A_FLOW_INSTALL, head->result));
	for (i = 0; !err && i < head->at_count; i++)
		err = put_at(skb, &head->at[i]);
	return fs_show_end(skb, nest, err);
}

/**
 * fs_show_local - write a FLOWSYNC_A_FLOW of the flow table
 * @skb: where to
 * @node: the node
 * @slot: which
 *
 * Context: process; fs_net.lock held.
 * Return: 0 if written, 1 if there is no live flow in the slot, -EMSGSIZE if it
 * does not fit.
 */
int fs_show_local(struct sk_buff *skb, struct fs_node *node, u32 slot)
{
	struct fs_flow *flow = fs_flow_at(&node->flows, slot);
	struct flow_head head = { .table = FLOWSYNC_TABLE_LOCAL };
	struct at_peer at[FLOWSYNC_PEERS_MAX];
	struct fs_state state;
	struct fs_group *group;
	struct nf_conn *ct;
	int err;

	spin_lock_bh(&node->flows.lock);
	group = fs_group_at(node, fs_flow_owner(&node->flows, slot));
	ct = flow->ct;
	if (ct && group && nf_ct_is_confirmed(ct)) {
		nf_conntrack_get(&ct->ct_general);
		head.group = group->id;
		head.origin = node->id;
		head.slot = slot;
		head.gen = flow->gen;
		head.op = flow->op;
		head.at = at;
		head.at_count = group->member_count;
		head.sync = look_at_peers(group, slot, at);
	} else {
		ct = NULL;
	}
	spin_unlock_bh(&node->flows.lock);
	if (!ct)
		return 1;

	fs_state_from_ct(&state, ct);
	err = show_flow(skb, &head, &state);
	nf_ct_put(ct);
	return err;
}

/**
 * fs_show_shadow - write a FLOWSYNC_A_FLOW of the shadow
 * @skb: where to
 * @flow: which
 *
 * Context: fs_shadow.lock held.
 * Return: 0, or -EMSGSIZE if it does not fit.
 */
int fs_show_shadow(struct sk_buff *skb, const struct fs_shadow_flow *flow)
{
	struct flow_head head = {
		.table = FLOWSYNC_TABLE_SHADOW,
		.group = fs_shadow_source(flow)->group,
		.origin = fs_shadow_source(flow)->peer->id,
		.slot = flow->slot,
		.gen = flow->gen,
		.op = flow->op,
		.installed = fs_shadow_installed(flow),
		.result = fs_shadow_result(flow),
	};
	struct fs_state state;

	fs_shadow_state(flow, fs_now_ms(), &state);
	return show_flow(skb, &head, &state);
}

/**
 * fs_show_told - write a FLOWSYNC_A_FLOW of a flow that a peer told, and that is in
 *	no table
 * @skb: where to
 * @group: id of its group
 * @peer: its origin
 * @rec: its checkpoint
 * @result: enum fs_installed, what became of it
 *
 * Context: any.
 * Return: 0, or -EMSGSIZE if it does not fit.
 */
int fs_show_told(struct sk_buff *skb, u32 group, const struct fs_peer *peer,
		 const struct fs_record *rec, u8 result)
{
	struct flow_head head = {
		.table = FLOWSYNC_TABLE_SHADOW,
		.group = group,
		.origin = peer->id,
		.slot = rec->slot,
		.gen = rec->gen,
		.op = rec->op,
		.result = result,
	};

	return show_flow(skb, &head, &rec->state);
}
