// SPDX-License-Identifier: GPL-2.0
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/percpu.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "node.h"
#include "zone.h"

/**
 * struct noted - the packet that a CPU has between two of our hooks
 * @skb: the packet, only to be compared
 * @zone: its zone
 */
struct noted {
	const struct sk_buff *skb;
	u16 zone;
};

static DEFINE_PER_CPU(struct noted, noted);

static unsigned int note_zone(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (ct && nf_ct_is_template(ct)) {
		__this_cpu_write(noted.skb, skb);
		__this_cpu_write(noted.zone, nf_ct_zone(ct)->id);
	} else if (__this_cpu_read(noted.skb) == skb) {
		__this_cpu_write(noted.skb, NULL);
	}
	return NF_ACCEPT;
}

static const struct nf_hook_ops hooks[] = {
	{
		.hook = note_zone,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_CONNTRACK - 1,
	},
	{
		.hook = note_zone,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_CONNTRACK - 1,
	},
};

static void hook_work(struct work_struct *work)
{
	struct fs_zones *zones = container_of(work, struct fs_zones, work);
	struct fs_node *node = container_of(zones, struct fs_node, zones);

	if (!zones->hooked)
		zones->hooked = !nf_register_net_hooks(node->net, hooks,
						       ARRAY_SIZE(hooks));
}

/**
 * fs_zones_init - set up a new node's noting of zones
 * @node: the node
 *
 * Context: process.
 */
void fs_zones_init(struct fs_node *node)
{
	INIT_WORK(&node->zones.work, hook_work);
}

/**
 * fs_zones_stop - note zones no longer, and wait
 * @node: the node, which receives nothing any more
 *
 * Context: process.
 */
void fs_zones_stop(struct fs_node *node)
{
	cancel_work_sync(&node->zones.work);
	if (node->zones.hooked)
		nf_unregister_net_hooks(node->net, hooks, ARRAY_SIZE(hooks));
}

/**
 * fs_zones_want - there is a flow in a zone in the shadow
 * @node: the node
 *
 * Context: any.
 */
void fs_zones_want(struct fs_node *node)
{
	if (READ_ONCE(node->zones.wanted))
		return;
	WRITE_ONCE(node->zones.wanted, true);
	queue_work(fs_wq, &node->zones.work);
}

/**
 * fs_zone_of - the zone of a packet that conntrack just refused
 * @skb: the packet
 *
 * Context: softirq, between the hooks of PRE_ROUTING.
 * Return: the zone's id; 0 if it is in none.
 */
u16 fs_zone_of(const struct sk_buff *skb)
{
	return __this_cpu_read(noted.skb) == skb ? __this_cpu_read(noted.zone) :
						   0;
}
