/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The instance: one node in one network namespace.
 *
 * Locks, outermost first:
 *
 *	fs_net.lock	mutex	configuration: the node, its peers and groups.
 *				Netlink requests and role changes hold it
 *	fs_peer.links_sem	held shared by work that uses a link of the peer,
 *				exclusively by whoever adds or deletes one
 *	fs_flows.growing mutex	adding slots
 *	fs_node.peers_sem	held shared by work that walks the list of peers,
 *				exclusively by whoever changes it
 *	fs_group.change	mutex	a role change, with all that follows from it
 *	fs_group.lock	BH	role and epoch
 *	fs_seal.mutex	mutex	a peer's handshake
 *	fs_peer.lock	BH	what was received of a peer's channels, and keys
 *	fs_shadow.lock	BH	writes to the shadow table
 *	fs_flows.lock	BH	the flow table, and each peer's sets of slots
 *
 * Hooks, sockets and work items reach the node by a plain pointer: they are
 * stopped, and waited for, before it is freed.
 */
#ifndef _FLOWSYNC_NODE_H
#define _FLOWSYNC_NODE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/rwsem.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include <linux/flowsync.h>

#include "attrs.h"
#include "flow.h"
#include "group.h"
#include "ondemand.h"
#include "policy.h"
#include "refused.h"
#include "secmark.h"
#include "shadow.h"
#include "stats.h"
#include "timeout.h"
#include "walk.h"
#include "zone.h"

struct netlink_ext_ack;

#define FS_MODULE_VERSION	"0.1.0"

#define FS_HOOKS	2

/**
 * struct fs_node - one instance
 * @net: its namespace
 * @stats: counters
 * @flows: flows this node is the origin of
 * @shadow: flows held for other origins
 * @groups: list of struct fs_group, by id; RCU, written under fs_net.lock
 * @group: the same by their places, or NULL; RCU, written under fs_net.lock and
 *	fs_flows.lock
 * @group_count: length of @groups; fs_net.lock
 * @regrouped: time in ms at which a group last came or went
 * @peers_sem: see above
 * @peers: list of struct fs_peer; written under fs_net.lock and @peers_sem
 * @peer_count: length of @peers; fs_net.lock
 * @socks: list of struct fs_sock; fs_net.lock
 * @hooks: netfilter hooks that are always there, as registered
 * @ondemand: and those that are there when they are needed
 * @policies: list of struct fs_policy; RCU, written under fs_net.lock
 * @keep_ms: for how many ms the time of shadow flows stands still that no origin holds
 * @masks: which bits of marks and labels are replicated
 * @labels_wanted: entries here have labels for us; fs_net.lock
 * @installed: TCP was installed here, so its windows may be old
 * @secmarks: contexts of security marks
 * @timeouts: policies made for installed entries
 * @zones: notes which zone a packet is in
 * @walk: paced comparison of @flows with conntrack
 * @refused: what was told of each cause to refuse something; only the walk uses it
 * @full: conntrack was found to have no room; only the walk writes it
 * @session: random, not 0
 * @id: node id, not 0
 * @port: UDP port of links that name none, host order
 * @events_was: nf_conntrack_events before the instance set it
 * @name: for people
 */
struct fs_node {
	struct net *net;
	struct fs_stats __percpu *stats;
	struct fs_flows flows;
	struct fs_shadow shadow;
	struct list_head groups;
	struct fs_group __rcu *group[FS_GROUPS];
	unsigned int group_count;
	u64 regrouped;
	struct rw_semaphore peers_sem;
	struct list_head peers;
	unsigned int peer_count;
	struct list_head socks;
	struct nf_hook_ops hooks[FS_HOOKS];
	struct fs_ondemand ondemand;
	struct list_head policies;
	u32 keep_ms;
	struct fs_masks masks;
	bool labels_wanted;
	bool installed;
	struct fs_secmarks secmarks;
	struct fs_timeout_made timeouts;
	struct fs_zones zones;
	struct fs_walk walk;
	struct fs_refused refused[FS_REFUSED_CAUSES];
	bool full;
	u64 session;
	u32 id;
	u16 port;
	u8 events_was;
	char name[FLOWSYNC_NAME_MAX + 1];
};

/**
 * struct fs_net - flowsync in one namespace
 * @lock: guards @node and all configuration below it
 * @node: the instance, NULL until `node set`
 */
struct fs_net {
	struct mutex lock;
	struct fs_node *node;
};

/* For short works that somebody waits for; walks are for system_unbound_wq. */
extern struct workqueue_struct *fs_wq;

struct fs_net *fs_net(const struct net *net);
int fs_net_register(void);
void fs_net_unregister(void);

int fs_node_start(struct fs_net *fsn, struct net *net, u32 id, const char *name,
		  u16 port, struct netlink_ext_ack *extack);
void fs_node_stop(struct fs_net *fsn);

#endif /* _FLOWSYNC_NODE_H */
