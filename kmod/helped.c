// SPDX-License-Identifier: GPL-2.0
#include <net/netfilter/nf_conntrack.h>

#include "convert.h"
#include "helped.h"
#include "node.h"

/* In jiffies: long enough for a packet to leave its hooks. */
#define MOMENT	1

static void look_at(struct fs_node *node, struct fs_flow *flow)
{
	u32 changed;

	lockdep_assert_held(&node->flows.lock);

	/* What was not confirmed, the walk looks after. */
	if (!flow->ct || !nf_ct_is_confirmed(flow->ct))
		return;
	changed = fs_ct_changed(flow->ct, &node->masks, flow->print, false);
	if (!(changed & ~(FS_PRINT_MOVED | FS_PRINT_WINDOWS)))
		return;
	fs_stat_inc(node, walk_helped);
	fs_flow_mark(node, flow, flow->print & FS_PRINT_WINDOWS);
}

static void helped_work(struct work_struct *work)
{
	struct fs_flows *flows = container_of(to_delayed_work(work),
					      struct fs_flows, helped_work);
	struct fs_node *node = container_of(flows, struct fs_node, flows);
	u32 slot;

	do {
		spin_lock_bh(&flows->lock);
		slot = fs_dirty_take(&flows->helped);
		if (slot != FS_DIRTY_NONE)
			look_at(node, fs_flow_at(flows, slot));
		spin_unlock_bh(&flows->lock);
		cond_resched();
	} while (slot != FS_DIRTY_NONE);
}

/**
 * fs_helped_init - set up a new node's looking at flows with a helper
 * @node: the node
 *
 * Context: process.
 */
void fs_helped_init(struct fs_node *node)
{
	INIT_DELAYED_WORK(&node->flows.helped_work, helped_work);
}

/**
 * fs_helped_stop - stop that, and wait
 * @node: the node, whose hooks have been left
 *
 * Context: process.
 */
void fs_helped_stop(struct fs_node *node)
{
	cancel_delayed_work_sync(&node->flows.helped_work);
}

/**
 * fs_helped_packet - a packet of an entry passes whose helper will look at it
 * @node: the node, active
 * @ct: the entry
 *
 * Context: softirq or process.
 */
void fs_helped_packet(struct fs_node *node, const struct nf_conn *ct)
{
	struct fs_flows *flows = &node->flows;
	struct fs_flow *flow;

	spin_lock_bh(&flows->lock);
	flow = fs_flow_find(flows, ct);
	if (flow)
		fs_dirty_add(&flows->helped, flow->slot);
	spin_unlock_bh(&flows->lock);
	if (flow)
		queue_delayed_work(fs_wq, &flows->helped_work, MOMENT);
}
