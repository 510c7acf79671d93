// SPDX-License-Identifier: GPL-2.0
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_nat.h>

#include "advance.h"
#include "attrs.h"
#include "compat/uninitialized.h"
#include "convert.h"
#include "expect.h"
#include "install.h"
#include "live.h"
#include "node.h"
#include "peer.h"
#include "results.h"
#include "room.h"
#include "window.h"

/* A connection can be expected of one that was itself expected, and so on; so far
 * those are installed first.
 */
#define MASTERS		3

static enum fs_installed install(struct fs_node *node,
				 struct fs_shadow_flow *flow,
				 unsigned int masters);

static unsigned long nf_status(u8 status)
{
	unsigned long nf = 0;

	if (status & FS_STATUS_SEEN_REPLY)
		nf |= IPS_SEEN_REPLY;
	if (status & FS_STATUS_ASSURED)
		nf |= IPS_ASSURED;
	if (status & FS_STATUS_FIXED_TIMEOUT)
		nf |= IPS_FIXED_TIMEOUT;
	return nf;
}

static void zone_of(struct nf_conntrack_zone *zone, const struct fs_state *state)
{
	nf_ct_zone_init(zone, state->zone.id, state->zone.dir ?
			state->zone.dir : NF_CT_DEFAULT_ZONE_DIR, 0);
}

/* Translate one end of the original tuple to exactly what the reply tuple of
 * the flow says.
 */
static bool set_nat(struct nf_conn *ct, const struct fs_state *state,
		    const struct nf_conntrack_tuple *reply,
		    enum nf_nat_manip_type manip)
{
	bool icmp = state->proto == FS_ICMP || state->proto == FS_ICMPV6;
	struct nf_nat_range2 range = {
		.flags = NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED,
	};

	if (manip == NF_NAT_MANIP_SRC) {
		range.min_addr = reply->dst.u3;
		/* The identifier of ICMP is in the source of both tuples. */
		range.min_proto.all = icmp ? reply->src.u.all :
					     reply->dst.u.all;
	} else {
		range.min_addr = reply->src.u3;
		range.min_proto.all = reply->src.u.all;
		if (icmp)
			range.flags &= ~NF_NAT_RANGE_PROTO_SPECIFIED;
	}
	range.max_addr = range.min_addr;
	range.max_proto = range.min_proto;
	return nf_nat_setup_info(ct, &range, manip) == NF_ACCEPT;
}

static bool setup_nat(struct nf_conn *ct, const struct fs_state *state,
		      const struct nf_conntrack_tuple *reply)
{
	unsigned int nat = fs_state_nat(state);

	/* SRC then DST: the range of SRC is checked against the tuple with the
	 * original destination.
	 */
	if (nat & FS_NAT_SRC && !set_nat(ct, state, reply, NF_NAT_MANIP_SRC))
		return false;
	if (nat & FS_NAT_DST && !set_nat(ct, state, reply, NF_NAT_MANIP_DST))
		return false;
	return true;
}

static void setup_tcp(struct nf_conn *ct, const struct fs_tcp *from)
{
	struct ip_ct_tcp *tcp = &ct->proto.tcp;
	unsigned int dir;

	tcp->state = from->state;
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		tcp->seen[dir].td_scale = from->scale[dir];
		tcp->seen[dir].flags = from->flags[dir];
	}
}

/* nf_conntrack_alloc() has one error for both. */
static enum fs_installed why_no_entry(const struct fs_node *node)
{
	struct fs_room room;

	fs_room_of(node, &room);
	return room.full ? FS_INSTALL_FULL : FS_INSTALL_NO_MEMORY;
}

static struct nf_conn *make_entry(struct fs_node *node,
				  const struct fs_state *state,
				  struct nf_conn *master,
				  enum fs_installed *why)
{
	struct nf_conntrack_tuple orig, reply, inverse;
	struct nf_conntrack_zone zone;
	struct nf_conn *ct;

	fs_state_to_nf(&orig, state, IP_CT_DIR_ORIGINAL);
	fs_state_to_nf(&reply, state, IP_CT_DIR_REPLY);
	zone_of(&zone, state);

	*why = FS_INSTALL_ERROR;
	if (!nf_ct_invert_tuple(&inverse, &orig))
		return NULL;
	ct = nf_conntrack_alloc(node->net, &zone, &orig, &inverse, GFP_ATOMIC);
	if (IS_ERR(ct)) {
		*why = why_no_entry(node);
		return NULL;
	}
	/* Helper and adjustments before the translation, which looks at them. */
	if (!fs_attrs_prepare(node, ct, &state->attrs)) {
		*why = FS_INSTALL_NO_MEMORY;
		goto err_free;
	}
	nf_ct_ecache_ext_add(ct, 0, 0, GFP_ATOMIC);
	/* With the reference that its caller holds, if it is inserted; GRE is translated
	 * only if it has one.
	 */
	ct->master = master;
	if (master)
		ct->status |= IPS_EXPECTED;
	if (!setup_nat(ct, state, &reply))
		goto err_free;
	if (!nf_ct_tuple_equal(nf_ct_tuple(ct, IP_CT_DIR_REPLY), &reply)) {
		*why = FS_INSTALL_CLASH;
		goto err_free;
	}
	if (state->proto == FS_TCP)
		setup_tcp(ct, &state->tcp);
	fs_attrs_to_ct(node, ct, &state->attrs);
	if (state->proto == FS_TCP)
		fs_window_unsettle(ct);
	/* Confirmed before the insert: the timeout is then a point in time. */
	ct->status |= IPS_CONFIRMED | nf_status(state->status);
	WRITE_ONCE(ct->timeout, fs_state_until(state));
	return ct;

err_free:
	nf_conntrack_free(ct);
	return NULL;
}

/* The live entry that a flow was expected of, with a reference; it is installed if
 * it is in the shadow. NULL if there is none.
 */
static struct nf_conn *find_master(struct fs_node *node,
				   const struct fs_state *state,
				   unsigned int masters)
{
	const struct fs_master *master = &state->attrs.master;
	struct nf_conntrack_zone zone;
	struct fs_shadow_flow *flow;
	struct nf_conn *ct;

	if (!(state->attrs.has & FS_ATTR_MASTER))
		return NULL;
	zone_of(&zone, state);
	ct = fs_master_find(node, &zone, master);
	if (!ct && masters) {
		flow = fs_shadow_find(node, master->family, master->proto,
				      nf_ct_zone_id(&zone, IP_CT_DIR_ORIGINAL),
				      &master->tuple);
		if (flow && install(node, flow, masters - 1) == FS_INSTALLED)
			fs_stat_inc(node, install_master);
		ct = fs_master_find(node, &zone, master);
	}
	if (!ct)
		fs_stat_inc(node, install_no_master);
	return ct;
}

/**
 * fs_install_entry - the live entry of a flow
 * @node: the node
 * @state: the flow
 *
 * It has to be the same connection, translated in the same way.
 *
 * Context: RCU read lock.
 * Return: the entry, with a reference, or NULL.
 */
struct nf_conn *fs_install_entry(struct fs_node *node,
				 const struct fs_state *state)
{
	struct nf_conntrack_tuple orig, reply;
	struct nf_conntrack_tuple_hash *hash;
	struct nf_conntrack_zone zone;
	struct nf_conn *ct;

	fs_state_to_nf(&orig, state, IP_CT_DIR_ORIGINAL);
	fs_state_to_nf(&reply, state, IP_CT_DIR_REPLY);
	zone_of(&zone, state);
	hash = nf_conntrack_find_get(node->net, &zone, &orig);
	if (!hash)
		return NULL;
	ct = nf_ct_tuplehash_to_ctrack(hash);
	if (NF_CT_DIRECTION(hash) == IP_CT_DIR_ORIGINAL &&
	    nf_ct_tuple_equal(nf_ct_tuple(ct, IP_CT_DIR_REPLY), &reply))
		return ct;
	nf_ct_put(ct);
	return NULL;
}

/* The entry of a shadow flow is live. On a node that is active in its group it is
 * now the node's own flow; else the shadow keeps it too, as its origin may still
 * speak of it.
 */
static void adopt(struct fs_node *node, struct fs_shadow_flow *flow,
		  struct nf_conn *ct, enum fs_installed result)
{
	u16 id = fs_shadow_source(flow)->group;
	struct fs_group *group = fs_group_find(node, id);
	bool active = group && fs_group_active(group);
	bool inherited = false, moved = false;
	u32 gen = 0, slot = 0;
	u64 op = 0;

	spin_lock_bh(&node->shadow.lock);
	/* It may have been removed, or replaced, meanwhile. */
	if (xa_load(fs_shadow_map(flow), flow->slot) == flow) {
		const struct fs_peer *peer = fs_shadow_source(flow)->peer;
		struct fs_tcp tcp = fs_tcp_unpack(&flow->tcp);

		WRITE_ONCE(flow->tried, flow->tried | FS_TRIED_LIVE);
		inherited = active && peer->id == READ_ONCE(group->heir) &&
			    fs_shadow_current(flow);
		slot = flow->slot;
		gen = flow->gen;
		op = flow->op;
		moved = fs_ct_moved(ct, flow->status, &tcp);
		if (active) {
			fs_shadow_give(node, flow);
		} else {
			fs_advance_mark(flow, ct);
			fs_result_note(node, flow, result);
		}
	}
	spin_unlock_bh(&node->shadow.lock);
	if (active && nf_ct_protonum(ct) == IPPROTO_TCP)
		fs_window_together(ct);
	if (active && inherited)
		fs_flows_adopt(group, ct, slot, gen, op, moved);
	else if (active)
		fs_flows_learn(group, ct);
}

static void refused(struct fs_node *node, struct fs_shadow_flow *flow,
		    enum fs_installed result)
{
	switch (result) {
	case FS_INSTALL_FULL:
		fs_stat_inc(node, install_full);
		break;
	case FS_INSTALL_NO_MEMORY:
		fs_stat_inc(node, install_no_memory);
		break;
	case FS_INSTALL_CLASH:
		fs_stat_inc(node, install_clash);
		break;
	default:
		fs_stat_inc(node, install_error);
	}
	spin_lock_bh(&node->shadow.lock);
	/* It may have been removed, or replaced, meanwhile. */
	if (xa_load(fs_shadow_map(flow), flow->slot) == flow)
		fs_result_note(node, flow, result);
	spin_unlock_bh(&node->shadow.lock);
}

/* An entry that was made for this flow, or was the node's own, follows its packets. */
static void forward(struct fs_node *node, struct nf_conn *ct,
		    const struct fs_state *state, bool behind)
{
	fs_live_forward(node, ct, state, behind);
	if (state->proto == FS_TCP)
		WRITE_ONCE(node->installed, true);
}

/* Give a flow a new entry, which the caller gets a reference to; @entry stays as it is
 * if that is not had.
 */
static enum fs_installed insert(struct fs_node *node,
				const struct fs_state *state,
				unsigned int masters, struct nf_conn **entry)
{
	struct nf_conn *ct, *master = find_master(node, state, masters);
	enum fs_installed result;
	int err;

	ct = make_entry(node, state, master, &result);
	if (!ct)
		goto err_master;
	err = nf_conntrack_hash_check_insert(ct);
	if (err) {
		nf_conntrack_free(ct);
		result = err == -EEXIST ? FS_INSTALL_CLASH : FS_INSTALL_ERROR;
		goto err_master;
	}
	nf_conntrack_eventmask_report(1 << (master ? IPCT_RELATED : IPCT_NEW),
				      ct, 0, 0);
	if (state->proto == FS_TCP)
		WRITE_ONCE(node->installed, true);
	fs_expects_to_ct(node, ct, &state->attrs);
	*entry = ct;
	return FS_INSTALLED;

err_master:
	nf_ct_put(master);
	return result;
}

static enum fs_installed install(struct fs_node *node,
				 struct fs_shadow_flow *flow,
				 unsigned int masters)
{
	bool behind = !fs_shadow_installed(flow);
	struct fs_state state __uninitialized;
	enum fs_installed result;
	struct nf_conn *ct;

	fs_shadow_state(flow, fs_now_ms(), &state);
	fs_shadow_attrs(node, flow, &state.attrs);
	/* What has an entry asks for no other: a full conntrack would end some
	 * connection to make room for it.
	 */
	ct = behind ? NULL : fs_install_entry(node, &state);
	result = ct ? FS_INSTALL_EXISTS : insert(node, &state, masters, &ct);
	/* There is no room for a new one; that it has one may yet be so. */
	if (!ct && result != FS_INSTALL_ERROR) {
		ct = fs_install_entry(node, &state);
		if (ct)
			result = FS_INSTALL_EXISTS;
	}
	if (!ct) {
		refused(node, flow, result);
		return result;
	}
	if (result == FS_INSTALL_EXISTS) {
		forward(node, ct, &state, behind);
		fs_stat_inc(node, install_exists);
	}
	adopt(node, flow, ct, result);
	nf_ct_put(ct);
	return result;
}

/**
 * fs_install - give a shadow flow a live conntrack entry
 * @node: the node
 * @flow: the flow
 *
 * The entry carries exactly the flow's tuples: translation is set up through
 * nf_nat with ranges of one, and what came out is compared. What it was expected of
 * is installed before it.
 *
 * Context: RCU read lock; process or softirq.
 * Return: what became of it; anything but FS_INSTALLED is also counted.
 */
enum fs_installed fs_install(struct fs_node *node, struct fs_shadow_flow *flow)
{
	return install(node, flow, MASTERS);
}

/* A flow of the shadow that has one of the tuples of another comes first. */
static void install_owners(struct fs_node *node, const struct fs_state *state)
{
	struct fs_place place __uninitialized;
	struct fs_shadow_flow *flow;
	unsigned int dir;

	for (dir = 0; dir < 2; dir++) {
		fs_shadow_place(&node->shadow, state, dir, &place);
		flow = fs_shadow_at(&node->shadow, &place);
		if (flow)
			fs_install(node, flow);
	}
}

/**
 * fs_install_told - take over a flow that this node has not in its shadow
 * @group: the group that it is of, of which this node is active
 * @state: the flow
 *
 * If this node has the same connection, translated in the same way, that is brought
 * forward.
 *
 * Context: RCU read lock; softirq.
 * Return: FS_INSTALLED, FS_INSTALL_EXISTS, or why not; not counted.
 */
enum fs_installed fs_install_told(struct fs_group *group,
				  const struct fs_state *state)
{
	struct fs_node *node = group->node;
	enum fs_installed result;
	struct nf_conn *ct;

	if (state->attrs.has & FS_ATTR_SECMARK)
		fs_secmark_told(node, &state->attrs);
	if (READ_ONCE(node->shadow.count))
		install_owners(node, state);
	ct = fs_install_entry(node, state);
	if (ct) {
		forward(node, ct, state, true);
		result = FS_INSTALL_EXISTS;
	} else {
		result = insert(node, state, MASTERS, &ct);
		if (result != FS_INSTALLED)
			return result;
	}
	fs_flows_learn(group, ct);
	nf_ct_put(ct);
	return result;
}
