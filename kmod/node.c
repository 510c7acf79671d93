// SPDX-License-Identifier: GPL-2.0
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netns/generic.h>

#include "capture.h"
#include "helped.h"
#include "node.h"
#include "ondemand.h"
#include "peer.h"

static unsigned int fs_net_id __read_mostly;

/* On the way out just before conntrack confirms. Of hooks with equal priority the
 * one registered last runs first, and conntrack's are pinned before these are
 * registered.
 */
static const struct nf_hook_ops hooks[FS_HOOKS] = {
	{
		.hook = fs_capture_hook,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP_PRI_CONNTRACK_CONFIRM,
	},
	{
		.hook = fs_capture_hook,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP6_PRI_LAST,
	},
};

/**
 * fs_net - flowsync in a namespace
 * @net: the namespace
 *
 * Return: never NULL while the module is loaded.
 */
struct fs_net *fs_net(const struct net *net)
{
	return net_generic(net, fs_net_id);
}

static int start_hooks(struct fs_node *node, struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err;

	err = nf_ct_netns_get(node->net, NFPROTO_INET);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "connection tracking cannot be switched on here");
		return err;
	}
	memcpy(node->hooks, hooks, sizeof(hooks));
	for (i = 0; i < FS_HOOKS; i++)
		node->hooks[i].priv = node;
	err = nf_register_net_hooks(node->net, node->hooks, FS_HOOKS);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "the netfilter hooks cannot be registered");
		nf_ct_netns_put(node->net, NFPROTO_INET);
		return err;
	}
	/* New entries get an event cache only if this is 1. */
	node->events_was = node->net->ct.sysctl_events;
	WRITE_ONCE(node->net->ct.sysctl_events, 1);
	return 0;
}

static void stop_hooks(struct fs_node *node)
{
	if (READ_ONCE(node->net->ct.sysctl_events) == 1)
		WRITE_ONCE(node->net->ct.sysctl_events, node->events_was);
	nf_unregister_net_hooks(node->net, node->hooks, FS_HOOKS);
	nf_ct_netns_put(node->net, NFPROTO_INET);
}

/**
 * fs_node_start - start the instance of a namespace
 * @fsn: flowsync there
 * @net: the namespace
 * @id: node id, not 0
 * @name: for people
 * @port: UDP port of links that name none
 * @extack: where a refusal is explained
 *
 * Context: process; fs_net.lock held.
 * Return: 0 or a negative error.
 */
int fs_node_start(struct fs_net *fsn, struct net *net, u32 id, const char *name,
		  u16 port, struct netlink_ext_ack *extack)
{
	struct fs_node *node;
	int err = -ENOMEM;

	node = kzalloc(sizeof(*node), GFP_KERNEL_ACCOUNT);
	if (!node)
		return -ENOMEM;
	node->net = net;
	node->id = id;
	node->port = port;
	strscpy(node->name, name, sizeof(node->name));
	do {
		get_random_bytes(&node->session, sizeof(node->session));
	} while (!node->session);
	INIT_LIST_HEAD(&node->groups);
	INIT_LIST_HEAD(&node->peers);
	INIT_LIST_HEAD(&node->socks);
	INIT_LIST_HEAD(&node->policies);
	init_rwsem(&node->peers_sem);
	fs_ondemand_init(node);
	fs_zones_init(node);
	fs_secmarks_init(node);
	fs_timeouts_init(node);
	fs_helped_init(node);

	node->stats = alloc_percpu_gfp(struct fs_stats, GFP_KERNEL_ACCOUNT);
	if (!node->stats)
		goto err_node;
	err = fs_shadow_init(node);
	if (err)
		goto err_stats;
	err = fs_flows_init(node);
	if (err)
		goto err_shadow;
	err = start_hooks(node, extack);
	if (err)
		goto err_flows;
	fs_walk_start(node);
	fsn->node = node;
	return 0;

err_flows:
	fs_flows_exit(node);
err_shadow:
	fs_shadow_exit(node);
err_stats:
	free_percpu(node->stats);
err_node:
	kfree(node);
	return err;
}

/**
 * fs_node_stop - stop the instance of a namespace, and all that belongs to it
 * @fsn: flowsync there, with a node
 *
 * Context: process; fs_net.lock held. Waits for grace periods.
 */
void fs_node_stop(struct fs_net *fsn)
{
	struct fs_node *node = fsn->node;
	struct fs_peer *peer, *next;
	struct fs_group *group, *after;

	list_for_each_entry_safe(group, after, &node->groups, list)
		fs_group_stop(group);
	list_for_each_entry_safe(peer, next, &node->peers, list)
		fs_peer_free(peer);
	fs_walk_stop(node);
	fs_ondemand_stop(node);
	fs_zones_stop(node);
	fs_labels_want(node, false);
	stop_hooks(node);
	/* Hooks that were entered before have to be left. */
	synchronize_net();
	fs_helped_stop(node);
	fs_secmarks_stop(node);
	fs_timeouts_stop(node);
	fs_flows_exit(node);
	fs_shadow_exit(node);
	fs_policies_free(node);
	free_percpu(node->stats);
	kfree(node);
	fsn->node = NULL;
}

static int __net_init net_init(struct net *net)
{
	mutex_init(&fs_net(net)->lock);
	return 0;
}

/* Runs before conntrack's own: this module was loaded after it. */
static void __net_exit net_exit(struct net *net)
{
	struct fs_net *fsn = fs_net(net);

	mutex_lock(&fsn->lock);
	if (fsn->node)
		fs_node_stop(fsn);
	mutex_unlock(&fsn->lock);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.exit = net_exit,
	.id = &fs_net_id,
	.size = sizeof(struct fs_net),
};

/**
 * fs_net_register - be in every namespace
 *
 * Return: 0 or a negative error.
 */
int __init fs_net_register(void)
{
	return register_pernet_subsys(&net_ops);
}

/**
 * fs_net_unregister - leave every namespace
 */
void fs_net_unregister(void)
{
	unregister_pernet_subsys(&net_ops);
}
