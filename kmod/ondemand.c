// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <net/icmp.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "convert.h"
#include "install.h"
#include "node.h"
#include "ondemand.h"
#include "window.h"
#include "zone.h"

static struct fs_shadow_flow *find(struct fs_node *node, u16 zone,
				   const struct nf_conntrack_tuple *nf)
{
	u8 family = nf->src.l3num == NFPROTO_IPV4 ? FS_IPV4 : FS_IPV6;
	struct fs_tuple tuple;

	fs_tuple_from_nf(&tuple, nf);
	return fs_shadow_find(node, family, nf->dst.protonum, zone, &tuple);
}

/* The tuple to look for: of the packet, or of the one that an ICMP error quotes,
 * turned round, as its answer would have it.
 */
static bool tuple_of(struct nf_conntrack_tuple *tuple, struct sk_buff *skb,
		     const struct nf_hook_state *state)
{
	struct nf_conntrack_tuple quoted;
	unsigned int offset;

	if (!nf_ct_get_tuplepr(skb, skb_network_offset(skb), state->pf,
			       state->net, tuple))
		return false;
	switch (tuple->dst.protonum) {
	case IPPROTO_ICMP:
		if (!icmp_is_err(tuple->dst.u.icmp.type))
			return true;
		offset = skb_network_offset(skb) + ip_hdrlen(skb);
		break;
	case IPPROTO_ICMPV6:
		if (tuple->dst.u.icmp.type & ICMPV6_INFOMSG_MASK)
			return true;
		offset = skb_network_offset(skb) + sizeof(struct ipv6hdr);
		break;
	default:
		return true;
	}
	/* Both have a header of 8 octets in front of what they quote. */
	return nf_ct_get_tuplepr(skb, offset + sizeof(struct icmphdr),
				 state->pf, state->net, &quoted) &&
	       nf_ct_invert_tuple(tuple, &quoted);
}

/* Pass a packet to conntrack once more, in its zone. */
static unsigned int again(struct sk_buff *skb, u16 zone,
			  const struct nf_hook_state *state)
{
	struct nf_conntrack_zone where;
	struct nf_conn *template;

	nf_reset_ct(skb);
	if (zone) {
		nf_ct_zone_init(&where, zone, NF_CT_DEFAULT_ZONE_DIR, 0);
		template = nf_ct_tmpl_alloc(state->net, &where, GFP_ATOMIC);
		if (!template)
			return NF_DROP;
		__set_bit(IPS_CONFIRMED_BIT, &template->status);
		nf_ct_set(skb, template, IP_CT_NEW);
	}
	return nf_conntrack_in(skb, state);
}

/* conntrack refused a packet; if that was for old windows, it is to look at it
 * again.
 */
static unsigned int settle(struct fs_node *node, struct sk_buff *skb, u16 zone,
			   const struct nf_hook_state *state)
{
	if (!READ_ONCE(node->installed) || skb_nfct(skb) ||
	    !fs_window_settle(node, skb, zone, state))
		return NF_ACCEPT;
	return again(skb, zone, state);
}

/* A packet that is not of a confirmed entry. */
static noinline unsigned int
look_up(struct fs_node *node, struct sk_buff *skb, struct nf_conn *ct,
	const struct nf_hook_state *state)
{
	/* conntrack took the packet for a new flow's, or for invalid. */
	u16 zone = ct ? nf_ct_zone_id(nf_ct_zone(ct), IP_CT_DIR_ORIGINAL) :
			fs_zone_of(skb);
	struct nf_conntrack_tuple tuple;
	struct fs_shadow_flow *flow;
	unsigned int verdict;

	if (!READ_ONCE(node->shadow.count) || !tuple_of(&tuple, skb, state))
		return ct ? NF_ACCEPT : settle(node, skb, zone, state);
	flow = find(node, zone, &tuple);
	if (!flow)
		return ct ? NF_ACCEPT : settle(node, skb, zone, state);

	switch (fs_install(node, flow)) {
	case FS_INSTALLED:
		fs_stat_inc(node, install_packet);
		break;
	case FS_INSTALL_EXISTS:
		break;
	default:
		return NF_ACCEPT;
	}
	fs_window_open(node, skb, zone, state);
	/* Once more, and now there is an entry. */
	verdict = again(skb, zone, state);
	return verdict == NF_ACCEPT ? settle(node, skb, zone, state) : verdict;
}

/* Install the flow that a packet belongs to, whatever the role: a virtual address may
 * move before the promotion, and an asymmetric path may bring packets here at any time.
 * Returns NF_ACCEPT, or the verdict of conntrack once the flow is installed.
 */
static unsigned int hook(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	struct fs_node *node = priv;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;

	if (!READ_ONCE(node->shadow.count) && !READ_ONCE(node->installed))
		return NF_ACCEPT;
	ct = nf_ct_get(skb, &ctinfo);
	if (ct ? nf_ct_is_confirmed(ct) || nf_ct_is_template(ct) :
		 ctinfo == IP_CT_UNTRACKED)
		return NF_ACCEPT;
	return look_up(node, skb, ct, state);
}

/* Just behind conntrack on the way in. */
static const struct nf_hook_ops hooks[] = {
	{
		.hook = hook,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_CONNTRACK + 1,
	},
	{
		.hook = hook,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_CONNTRACK + 1,
	},
};

static_assert(ARRAY_SIZE(hooks) ==
	      ARRAY_SIZE(((struct fs_ondemand *)NULL)->hooks));

/**
 * fs_ondemand_init - set up a new node's hooks, which are not needed yet
 * @node: the node
 *
 * Context: process.
 */
void fs_ondemand_init(struct fs_node *node)
{
	struct fs_ondemand *o = &node->ondemand;
	unsigned int i;

	mutex_init(&o->lock);
	memcpy(o->hooks, hooks, sizeof(hooks));
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		o->hooks[i].priv = node;
}

/* Whether a packet may find something: a flow that is in the shadow, or may come into
 * it at any time, as there is a group in which the node is not active; or an installed
 * connection whose windows are old.
 */
static bool needed(struct fs_node *node)
{
	struct fs_group *group;
	bool needed;

	needed = READ_ONCE(node->shadow.count) || READ_ONCE(node->installed);
	rcu_read_lock();
	list_for_each_entry_rcu(group, &node->groups, list)
		needed |= !fs_group_active(group);
	rcu_read_unlock();
	return needed;
}

/**
 * fs_ondemand_look - have the hooks if they are needed
 * @node: the node
 * @idle: take them away if they are not; else that is for the walk
 *
 * A hook costs each packet more than what it does. Without memory for them the walk
 * tries again.
 *
 * Context: process.
 */
void fs_ondemand_look(struct fs_node *node, bool idle)
{
	struct fs_ondemand *o = &node->ondemand;

	mutex_lock(&o->lock);
	if (needed(node) && !o->hooked) {
		o->hooked = !nf_register_net_hooks(node->net, o->hooks,
						   ARRAY_SIZE(o->hooks));
	} else if (idle && o->hooked && !needed(node)) {
		nf_unregister_net_hooks(node->net, o->hooks,
					ARRAY_SIZE(o->hooks));
		o->hooked = false;
	}
	mutex_unlock(&o->lock);
}

/**
 * fs_ondemand_stop - have the hooks no more
 * @node: the node, without groups and a walk; packets may be in them for a grace
 *	period
 *
 * Context: process.
 */
void fs_ondemand_stop(struct fs_node *node)
{
	struct fs_ondemand *o = &node->ondemand;

	if (o->hooked)
		nf_unregister_net_hooks(node->net, o->hooks,
					ARRAY_SIZE(o->hooks));
}

/**
 * fs_ondemand_flow - the shadow flow that an entry is
 * @node: the node
 * @ct: the entry
 *
 * Context: RCU read lock.
 * Return: the flow, valid until the RCU read unlock, or NULL.
 */
struct fs_shadow_flow *fs_ondemand_flow(struct fs_node *node,
					const struct nf_conn *ct)
{
	return find(node, nf_ct_zone_id(nf_ct_zone(ct), IP_CT_DIR_ORIGINAL),
		    nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL));
}

/**
 * fs_ondemand_group - the group of the shadow flow that an entry is
 * @node: the node
 * @ct: the entry
 *
 * Context: RCU read lock.
 * Return: the group, or NULL if the entry is not in the shadow, or as of a group
 * that is not here.
 */
struct fs_group *fs_ondemand_group(struct fs_node *node,
				   const struct nf_conn *ct)
{
	const struct fs_shadow_flow *flow;

	if (!READ_ONCE(node->shadow.count))
		return NULL;
	flow = fs_ondemand_flow(node, ct);
	return flow ? fs_group_find(node, fs_shadow_source(flow)->group) : NULL;
}

/**
 * fs_ondemand_owned - whether a new flow's reply tuple is a shadow flow's
 * @node: the node
 * @ct: the new flow, unconfirmed and translated
 *
 * nf_nat chooses tuples that no entry of conntrack has; it does not know of the
 * shadow. The shadow flow is installed, so that the next choice avoids it.
 *
 * Context: softirq, RCU read lock.
 * Return: true if it is: the new flow must not be confirmed.
 */
bool fs_ondemand_owned(struct fs_node *node, const struct nf_conn *ct)
{
	struct fs_shadow_flow *flow;

	if (!READ_ONCE(node->shadow.count))
		return false;
	flow = find(node, nf_ct_zone_id(nf_ct_zone(ct), IP_CT_DIR_REPLY),
		    nf_ct_tuple(ct, IP_CT_DIR_REPLY));
	if (!flow)
		return false;
	switch (fs_install(node, flow)) {
	case FS_INSTALLED:
	case FS_INSTALL_EXISTS:
		fs_stat_inc(node, new_tuple_owned);
		return true;
	default:
		return false;
	}
}
