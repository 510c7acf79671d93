// SPDX-License-Identifier: GPL-2.0
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "event.h"
#include "extra.h"
#include "install.h"
#include "node.h"
#include "peer.h"
#include "results.h"
#include "room.h"
#include "takeover.h"
#include "window.h"

/* Of a walk over a whole shadow nothing is to be had from trying what is known
 * to fail: the flow is noted, and tried when there is room.
 */
static void install(struct fs_node *node, struct fs_shadow_flow *flow)
{
	struct fs_room room;

	fs_room_of(node, &room);
	if (room.full && !fs_shadow_installed(flow)) {
		spin_lock_bh(&node->shadow.lock);
		if (xa_load(fs_shadow_map(flow), flow->slot) == flow)
			fs_result_note(node, flow, FS_INSTALL_FULL);
		spin_unlock_bh(&node->shadow.lock);
		fs_stat_inc(node, install_full);
	} else if (fs_install(node, flow) == FS_INSTALLED) {
		fs_stat_inc(node, install_walk);
	}
}

static bool is_of(const struct fs_group *group, const void *entry)
{
	const struct fs_shadow_flow *flow = entry;

	return entry && !xa_is_value(entry) &&
	       fs_shadow_source(flow)->group == group->id;
}

static void install_map(struct fs_group *group, struct fs_peer *peer,
			unsigned int map)
{
	unsigned long slot;
	void *entry;

	/* Not xa_for_each(): the entry has to stay until it is installed. */
	for (slot = 0; READ_ONCE(group->takeover_on); slot++) {
		rcu_read_lock();
		entry = xa_find(&peer->shadow[map], &slot, ULONG_MAX,
				XA_PRESENT);
		if (is_of(group, entry))
			install(group->node, entry);
		rcu_read_unlock();
		if (!entry)
			break;
		cond_resched();
	}
}

/* What a helper announced begins at any time, and its packets ask for no flow. So
 * flows of which others are expected go before all others.
 */
static void install_expecting(struct fs_group *group, struct fs_peer *peer,
			      unsigned int map)
{
	unsigned long slot;
	void *entry;

	for (slot = 0; READ_ONCE(group->takeover_on); slot++) {
		if (!xa_find(&peer->extra[map], &slot, ULONG_MAX,
			     FS_MARK_EXPECTS))
			break;
		rcu_read_lock();
		entry = xa_load(&peer->shadow[map], slot);
		if (is_of(group, entry))
			install(group->node, entry);
		rcu_read_unlock();
		cond_resched();
	}
}

/* For every entry of conntrack, with its bucket's lock held. 0: it stays. */
static int unsettle(struct nf_conn *ct, void *data)
{
	if (nf_ct_protonum(ct) != IPPROTO_TCP ||
	    fs_flows_elsewhere(data, ct))
		return 0;
	spin_lock_bh(&ct->lock);
	fs_window_unsettle(ct);
	spin_unlock_bh(&ct->lock);
	return 0;
}

/**
 * fs_takeover_unsettle - let the windows of a group's connections be learnt anew
 * @group: the group
 *
 * While this node was not active, or another was too, the packets of the entries that
 * it has went another way, and nobody may have told it how far they came. Those of
 * groups in which it is active came here.
 *
 * Context: process.
 */
void fs_takeover_unsettle(struct fs_group *group)
{
	struct nf_ct_iter_data iter = {
		.net = group->node->net,
		.data = group,
	};

	WRITE_ONCE(group->node->installed, true);
	fs_ondemand_look(group->node, false);
	nf_ct_iterate_cleanup_net(unsettle, &iter);
}

static void takeover_work(struct work_struct *work)
{
	struct fs_group *group = container_of(work, struct fs_group, takeover);
	struct fs_node *node = group->node;
	struct fs_peer *peer;
	unsigned int map;

	if (xchg(&group->away, false))
		fs_takeover_unsettle(group);
	fs_secmarks_ask(node);
	/* What it has no memory for gets a name of its own. */
	fs_flows_open(node, group->place);
	down_read(&node->peers_sem);
	list_for_each_entry(peer, &node->peers, list)
		for (map = 0; map < FS_SESSIONS; map++)
			install_expecting(group, peer, map);
	list_for_each_entry(peer, &node->peers, list)
		for (map = 0; map < FS_SESSIONS; map++)
			install_map(group, peer, map);
	up_read(&node->peers_sem);
	/* Not before what is inherited is where it was. */
	if (READ_ONCE(group->takeover_on))
		fs_flows_recall(group);
	if (READ_ONCE(group->takeover_on))
		fs_event_group(group, FLOWSYNC_EVENT_INSTALL_DONE,
			       "the walk after the takeover is done");
}

/* Returns how many of @most are left. */
static u32 retry_map(struct fs_node *node, struct xarray *map, u32 most)
{
	unsigned long slot;
	void *entry;

	for (slot = 0; most; slot++, most--) {
		rcu_read_lock();
		entry = xa_find(map, &slot, ULONG_MAX, FS_MARK_RETRY);
		if (entry && !xa_is_value(entry) &&
		    fs_install(node, entry) == FS_INSTALLED)
			fs_stat_inc(node, install_retry);
		rcu_read_unlock();
		if (!entry)
			break;
		cond_resched();
	}
	return most;
}

/**
 * fs_takeover_retry - try again what there was no room for
 * @node: the node
 * @most: most flows to try
 *
 * Context: process.
 */
void fs_takeover_retry(struct fs_node *node, u32 most)
{
	struct fs_peer *peer;
	unsigned int map;

	down_read(&node->peers_sem);
	list_for_each_entry(peer, &node->peers, list)
		for (map = 0; map < FS_SESSIONS; map++)
			most = retry_map(node, &peer->shadow[map], most);
	up_read(&node->peers_sem);
}

/**
 * fs_takeover_init - set up a new group's takeover
 * @group: the group
 *
 * Context: process.
 */
void fs_takeover_init(struct fs_group *group)
{
	INIT_WORK(&group->takeover, takeover_work);
}

/**
 * fs_takeover_start - install a group's shadow in the background
 * @group: the group, of which this node is active
 *
 * Packets do not wait for it: each installs the flow it asks for. So it has no
 * priority over them, where softirqs are left to a thread.
 *
 * Context: any.
 */
void fs_takeover_start(struct fs_group *group)
{
	WRITE_ONCE(group->takeover_on, true);
	queue_work(system_unbound_wq, &group->takeover);
}

/**
 * fs_takeover_stop - stop installing, and wait
 * @group: the group
 *
 * Context: process.
 */
void fs_takeover_stop(struct fs_group *group)
{
	WRITE_ONCE(group->takeover_on, false);
	cancel_work_sync(&group->takeover);
}
