// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_ecache.h>

#include "advance.h"
#include "capture.h"
#include "helped.h"
#include "match.h"
#include "node.h"
#include "ondemand.h"

static unsigned int changed(struct fs_node *node, struct sk_buff *skb,
			    struct nf_conn *ct, const struct net_device *out)
{
	struct fs_way way = { .in = skb->skb_iif, .out = out->ifindex };

	/* The router's own packets came from no device. */
	if (!skb->skb_iif)
		return NF_ACCEPT;
	if (!nf_ct_is_confirmed(ct) && fs_ondemand_owned(node, ct))
		return NF_DROP;
	/* Whatever the groups say here, it is in the one that it was told in. */
	if (fs_advance_packet(node, ct) || !fs_node_active(node))
		return NF_ACCEPT;
	fs_flows_changed(node, ct, &way);
	if (test_bit(IPS_HELPER_BIT, &ct->status))
		fs_helped_packet(node, ct);
	return NF_ACCEPT;
}

/* What a confirmed entry's event cache holds. Its extensions are final, so they are
 * not looked at as nf_ct_ecache_find() does, which calls for those that are not.
 */
static unsigned long noted(const struct nf_conn *ct)
{
#ifdef CONFIG_NF_CONNTRACK_EVENTS
	const struct nf_ct_ext *ext = ct->ext;
	const struct nf_conntrack_ecache *cache;

	if (!ext || !ext->offset[NF_CT_EXT_ECACHE])
		return 0;
	cache = (const void *)ext + ext->offset[NF_CT_EXT_ECACHE];
	return READ_ONCE(cache->cache);
#else
	return 0;
#endif
}

/* A packet that changed something, or nothing yet, and its helper is still to see. */
static noinline unsigned int look_at(struct fs_node *node, struct sk_buff *skb,
				     struct nf_conn *ct,
				     const struct net_device *out)
{
	if (nf_ct_is_template(ct))
		return NF_ACCEPT;
	if (!nf_ct_is_confirmed(ct) || noted(ct))
		return changed(node, skb, ct, out);
	if (fs_node_active(node))
		fs_helped_packet(node, ct);
	return NF_ACCEPT;
}

/**
 * fs_capture_hook - find out whether a packet changed its flow
 * @priv: the node
 * @skb: the packet, translated
 * @state: POST_ROUTING, just before conntrack confirms
 *
 * conntrack notes every change in the entry's event cache and empties it when
 * it confirms, right after this hook. A new flow's entry is not confirmed yet.
 *
 * Context: softirq or process, RCU read lock.
 * Return: NF_ACCEPT; NF_DROP for the first packet of a new flow whose tuple
 * another flow owns.
 */
unsigned int fs_capture_hook(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	if (!ct)
		return NF_ACCEPT;
	if (likely((READ_ONCE(ct->status) &
		    (IPS_CONFIRMED | IPS_TEMPLATE | IPS_HELPER)) ==
		   IPS_CONFIRMED && !noted(ct)))
		return NF_ACCEPT;
	return look_at(priv, skb, ct, state->out);
}
