// SPDX-License-Identifier: GPL-2.0
#include <linux/skbuff.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "convert.h"
#include "install.h"
#include "node.h"
#include "ondemand.h"

static struct fs_shadow_flow *find(struct fs_node *node, u16 zone,
				   const struct nf_conntrack_tuple *nf)
{
	u8 family = nf->src.l3num == NFPROTO_IPV4 ? FS_IPV4 : FS_IPV6;
	struct fs_tuple tuple;

	fs_tuple_from_nf(&tuple, nf);
	return fs_shadow_find(node, family, nf->dst.protonum, zone, &tuple);
}

/* A packet that is not of a confirmed entry, while there is a shadow. */
static noinline unsigned int
look_up(struct fs_node *node, struct sk_buff *skb, struct nf_conn *ct,
	const struct nf_hook_state *state)
{
	struct nf_conntrack_tuple tuple;
	struct fs_shadow_flow *flow;
	u16 zone = 0;

	if (!nf_ct_get_tuplepr(skb, skb_network_offset(skb), state->pf,
			       state->net, &tuple))
		return NF_ACCEPT;
	/* conntrack took the packet for a new flow's, or for invalid. */
	if (ct)
		zone = nf_ct_zone_id(nf_ct_zone(ct), IP_CT_DIR_ORIGINAL);
	flow = find(node, zone, &tuple);
	if (!flow)
		return NF_ACCEPT;

	switch (fs_install(node, flow)) {
	case FS_INSTALLED:
		fs_stat_inc(node, install_packet);
		break;
	case FS_INSTALL_EXISTS:
		break;
	default:
		return NF_ACCEPT;
	}
	/* Once more, and now there is an entry. */
	nf_reset_ct(skb);
	return nf_conntrack_in(skb, state);
}

/**
 * fs_ondemand_hook - install the flow that a packet belongs to
 * @priv: the node
 * @skb: the packet
 * @state: PRE_ROUTING, just behind conntrack
 *
 * Whatever the role: a virtual address may move before the promotion, and an
 * asymmetric path may bring packets here at any time.
 *
 * Context: softirq, RCU read lock.
 * Return: NF_ACCEPT, or the verdict of conntrack once the flow is installed.
 */
unsigned int fs_ondemand_hook(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	struct fs_node *node = priv;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;

	if (!READ_ONCE(node->shadow.count))
		return NF_ACCEPT;
	ct = nf_ct_get(skb, &ctinfo);
	if (ct ? nf_ct_is_confirmed(ct) || nf_ct_is_template(ct) :
		 ctinfo == IP_CT_UNTRACKED)
		return NF_ACCEPT;
	return look_up(node, skb, ct, state);
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
