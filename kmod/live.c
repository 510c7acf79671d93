// SPDX-License-Identifier: GPL-2.0
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "attrs.h"
#include "compat/uninitialized.h"
#include "convert.h"
#include "core/merge.h"
#include "expect.h"
#include "install.h"
#include "live.h"
#include "node.h"
#include "peer.h"
#include "walk.h"
#include "window.h"

/* Bring the TCP state of a live entry forward by another copy of it. Returns whether
 * that is behind it (negative), level or further.
 */
static int advance_tcp(struct nf_conn *ct, const struct fs_tcp *from)
{
	struct ip_ct_tcp *tcp = &ct->proto.tcp;
	struct fs_tcp now;
	unsigned int dir;
	int order;

	lockdep_assert_held(&ct->lock);

	now.state = min_t(u8, tcp->state, FS_TCP_STATE_MAX);
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		now.scale[dir] = tcp->seen[dir].td_scale;
		now.flags[dir] = tcp->seen[dir].flags;
	}
	order = fs_tcp_merge(&now, from);
	tcp->state = now.state;
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		tcp->seen[dir].td_scale = now.scale[dir];
		tcp->seen[dir].flags |= now.flags[dir];
	}
	return order;
}

/* The same of its status and its time, which is prolonged only, unless the
 * connection is found to be closing: then the other copy knows how long it has.
 */
static void advance_time(struct nf_conn *ct, const struct fs_state *state,
			 int order)
{
	bool closes = state->proto == FS_TCP && order > 0 &&
		      state->tcp.state >= TCP_CONNTRACK_FIN_WAIT &&
		      state->tcp.state <= TCP_CONNTRACK_CLOSE;
	u32 until = fs_state_until(state);

	if (state->status & FS_STATUS_SEEN_REPLY)
		set_bit(IPS_SEEN_REPLY_BIT, &ct->status);
	if (state->status & FS_STATUS_ASSURED)
		set_bit(IPS_ASSURED_BIT, &ct->status);
	if (order < 0 || test_bit(IPS_FIXED_TIMEOUT_BIT, &ct->status))
		return;
	if (closes || (s32)(until - READ_ONCE(ct->timeout)) > 0)
		WRITE_ONCE(ct->timeout, until);
}

/**
 * fs_live_forward - bring a live entry forward by a newer copy of its state
 * @node: the node
 * @ct: the entry
 * @state: the copy
 * @behind: its packets have gone another way: its windows are behind
 *
 * Context: any, RCU read lock.
 */
void fs_live_forward(struct fs_node *node, struct nf_conn *ct,
		     const struct fs_state *state, bool behind)
{
	int order = 0;

	spin_lock_bh(&ct->lock);
	if (state->proto == FS_TCP) {
		order = advance_tcp(ct, &state->tcp);
		if (behind)
			fs_window_unsettle(ct);
	}
	fs_attrs_to_ct(node, ct, &state->attrs);
	spin_unlock_bh(&ct->lock);
	fs_expects_to_ct(node, ct, &state->attrs);
	advance_time(ct, state, order);
}

/**
 * fs_live_update - an installed flow was updated by its origin
 * @node: the node
 * @peer: the origin
 * @slot: the flow's slot there
 *
 * The live entry only moves forward: it may be ahead of its origin, if packets
 * come this way.
 *
 * Context: softirq, RCU read lock.
 */
void fs_live_update(struct fs_node *node, struct fs_peer *peer, u32 slot)
{
	struct fs_state state __uninitialized;
	struct nf_conn *ct;
	void *entry;

	entry = xa_load(&peer->shadow[READ_ONCE(peer->current_map)], slot);
	if (!entry || xa_is_value(entry))
		return;
	fs_shadow_state(entry, fs_now_ms(), &state);
	ct = fs_install_entry(node, &state);
	if (!ct)
		return;
	fs_shadow_attrs(node, entry, &state.attrs);
	/* Packets pass the origin. */
	fs_live_forward(node, ct, &state, true);
	nf_ct_put(ct);
}

/**
 * fs_live_prolong - a flow with a live entry here had packets at its origin
 * @node: the node
 * @peer: the origin
 * @slot: the flow's slot there
 *
 * Context: softirq, RCU read lock.
 */
void fs_live_prolong(struct fs_node *node, struct fs_peer *peer, u32 slot)
{
	struct fs_state state __uninitialized;
	const struct fs_shadow_flow *flow;
	struct nf_conn *ct;
	void *entry;

	entry = xa_load(&peer->shadow[READ_ONCE(peer->current_map)], slot);
	if (!entry || xa_is_value(entry))
		return;
	flow = entry;
	fs_shadow_state(flow, fs_now_ms(), &state);
	ct = fs_install_entry(node, &state);
	if (!ct)
		return;
	advance_time(ct, &state, 0);
	nf_ct_put(ct);
}

/**
 * fs_live_advance - packets brought one of this node's own flows forward at a peer
 * @node: the node
 * @ct: its entry, with a reference held
 * @state: how far: status, timeout, and of TCP state and windows
 *
 * Context: softirq, RCU read lock.
 */
void fs_live_advance(struct fs_node *node, struct nf_conn *ct,
			const struct fs_state *state)
{
	int order = 0;

	if (state->proto == FS_TCP) {
		fs_window_apart(ct);
		spin_lock_bh(&ct->lock);
		order = advance_tcp(ct, &state->tcp);
		fs_window_to_ct(ct, &state->attrs);
		spin_unlock_bh(&ct->lock);
		WRITE_ONCE(node->installed, true);
	}
	advance_time(ct, state, order);
}

/**
 * fs_live_supersede - a flow of another origin is new
 * @node: the node
 * @state: the flow
 *
 * If one that had its tuples was advanced here it left its entry behind, closed,
 * which conntrack would take packets of the new one for.
 *
 * Context: softirq, RCU read lock.
 */
void fs_live_supersede(struct fs_node *node, const struct fs_state *state)
{
	struct nf_conn *ct;
	u8 now;

	if (state->proto != FS_TCP || !READ_ONCE(node->installed))
		return;
	ct = fs_install_entry(node, state);
	if (!ct)
		return;
	now = READ_ONCE(ct->proto.tcp.state);
	if (now == TCP_CONNTRACK_TIME_WAIT || now == TCP_CONNTRACK_CLOSE)
		nf_ct_kill(ct);
	nf_ct_put(ct);
}

/**
 * fs_live_end - a flow of another origin ended there
 * @node: the node
 * @state: the flow
 *
 * Its live entry goes as well: it would let packets pass of what is over, or was
 * deleted, until its own time is over, and this node would take it for a flow of its
 * own once it is active. Unless it is that already, or the walk is about to find that
 * it belongs to a group in which this node is active.
 *
 * Context: softirq, RCU read lock.
 */
void fs_live_end(struct fs_node *node, const struct fs_state *state)
{
	struct nf_conn *ct = fs_install_entry(node, state);

	if (!ct)
		return;
	if (!fs_flows_has(node, ct) && !fs_walk_group(node, ct) &&
	    nf_ct_kill(ct))
		fs_stat_inc(node, install_ended);
	nf_ct_put(ct);
}
