// SPDX-License-Identifier: GPL-2.0
#include "event.h"
#include "install.h"
#include "node.h"
#include "peer.h"
#include "takeover.h"

static void install_map(struct fs_node *node, struct fs_peer *peer,
			unsigned int map)
{
	unsigned long slot;
	void *entry;

	/* Not xa_for_each(): the entry has to stay until it is installed. */
	for (slot = 0; READ_ONCE(node->takeover_on); slot++) {
		rcu_read_lock();
		entry = xa_find(&peer->shadow[map], &slot, ULONG_MAX,
				XA_PRESENT);
		if (entry && !xa_is_value(entry) &&
		    fs_install(node, entry) == FS_INSTALLED)
			fs_stat_inc(node, install_walk);
		rcu_read_unlock();
		if (!entry)
			break;
		cond_resched();
	}
}

static void takeover_work(struct work_struct *work)
{
	struct fs_node *node = container_of(work, struct fs_node, takeover);
	struct fs_group *group;
	struct fs_peer *peer;
	unsigned int map;

	down_read(&node->peers_sem);
	list_for_each_entry(peer, &node->peers, list)
		for (map = 0; map < FS_SESSIONS; map++)
			install_map(node, peer, map);
	up_read(&node->peers_sem);
	if (!READ_ONCE(node->takeover_on))
		return;

	rcu_read_lock();
	group = rcu_dereference(node->group);
	if (group)
		fs_event_group(group, FLOWSYNC_EVENT_INSTALL_DONE,
			       "the walk after the takeover is done");
	rcu_read_unlock();
}

/**
 * fs_takeover_init - set up a new node's takeover
 * @node: the node
 *
 * Context: process.
 */
void fs_takeover_init(struct fs_node *node)
{
	INIT_WORK(&node->takeover, takeover_work);
}

/**
 * fs_takeover_start - install the shadow in the background
 * @node: the node, active
 *
 * Packets do not wait for it: each installs the flow it asks for.
 *
 * Context: any.
 */
void fs_takeover_start(struct fs_node *node)
{
	WRITE_ONCE(node->takeover_on, true);
	queue_work(fs_wq, &node->takeover);
}

/**
 * fs_takeover_stop - stop installing, and wait
 * @node: the node
 *
 * Context: process.
 */
void fs_takeover_stop(struct fs_node *node)
{
	WRITE_ONCE(node->takeover_on, false);
	cancel_work_sync(&node->takeover);
}
