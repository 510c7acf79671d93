// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps. Each call writes as many objects as fit and remembers in cb->args
 * where it was.
 */
#include <net/genetlink.h>
#include <net/sock.h>

#include "netlink.h"
#include "node.h"
#include "peer.h"
#include "show.h"

static void *begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &fs_genl_family, NLM_F_MULTI, cmd);
}

/* Returns false if the message did not fit, and was taken back. */
static bool end(struct sk_buff *skb, void *header, int err)
{
	if (err) {
		genlmsg_cancel(skb, header);
		return false;
	}
	genlmsg_end(skb, header);
	return true;
}

static struct fs_net *lock_net(struct sk_buff *skb)
{
	struct fs_net *fsn = fs_net(sock_net(skb->sk));

	mutex_lock(&fsn->lock);
	return fsn;
}

/**
 * fs_dump_peers - dump of FLOWSYNC_CMD_PEER_GET
 * @skb: where to
 * @cb: args[0] is the serial number of the last one
 *
 * Context: process.
 * Return: length of what was written; 0 at the end.
 */
int fs_dump_peers(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fs_net *fsn = lock_net(skb);
	struct fs_peer *peer;
	void *header;

	if (!fsn->node)
		goto out;
	list_for_each_entry(peer, &fsn->node->peers, list) {
		if (peer->serial <= cb->args[0])
			continue;
		header = begin(skb, cb, FLOWSYNC_CMD_PEER_GET);
		if (!header || !end(skb, header, fs_show_peer(skb, peer, NULL)))
			break;
		cb->args[0] = peer->serial;
	}
out:
	mutex_unlock(&fsn->lock);
	return skb->len;
}

/**
 * fs_dump_groups - dump of FLOWSYNC_CMD_GROUP_GET
 * @skb: where to
 * @cb: args[0] is the id of the last one
 *
 * Context: process.
 * Return: length of what was written; 0 at the end.
 */
int fs_dump_groups(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fs_net *fsn = lock_net(skb);
	struct fs_group *group;
	void *header;

	if (!fsn->node)
		goto out;
	list_for_each_entry(group, &fsn->node->groups, list) {
		if (group->id <= cb->args[0])
			continue;
		header = begin(skb, cb, FLOWSYNC_CMD_GROUP_GET);
		if (!header || !end(skb, header, fs_show_group(skb, group)))
			break;
		cb->args[0] = group->id;
	}
out:
	mutex_unlock(&fsn->lock);
	return skb->len;
}

/* State of a dump of flows, in cb->args. */
enum flow_args {
	ARG_TABLES,	/* bits 1 << FLOWSYNC_TABLE_*, still to be dumped */
	ARG_SLOT,	/* next slot */
	ARG_PEER,	/* serial number of the last peer whose shadow was dumped */
	ARG_NEXT,	/* of the one that is being dumped */
	ARG_MAP,	/* map of that one */
};

/**
 * fs_dump_flows_start - begin a dump of FLOWSYNC_CMD_FLOW_GET
 * @cb: its state
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int fs_dump_flows_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = genl_dumpit_info(cb)->attrs;
	struct nlattr *tb[FLOWSYNC_A_FLOW_MAX + 1] = {};
	u32 table = FLOWSYNC_TABLE_UNSPEC;
	int err;

	if (attrs[FLOWSYNC_A_FLOW]) {
		/* The policy of the family has been through it. */
		err = nla_parse_nested(tb, FLOWSYNC_A_FLOW_MAX,
				       attrs[FLOWSYNC_A_FLOW], NULL,
				       cb->extack);
		if (err)
			return err;
		if (tb[FLOWSYNC_A_FLOW_TABLE])
			table = nla_get_u32(tb[FLOWSYNC_A_FLOW_TABLE]);
	}
	cb->args[ARG_TABLES] = table ? 1 << table :
				       1 << FLOWSYNC_TABLE_LOCAL |
				       1 << FLOWSYNC_TABLE_SHADOW;
	return 0;
}

/* Returns true if all of it is dumped. */
static bool dump_local(struct sk_buff *skb, struct netlink_callback *cb,
		       struct fs_node *node)
{
	void *header;
	int ret;

	for (; cb->args[ARG_SLOT] < fs_flows_slots(&node->flows);
	     cb->args[ARG_SLOT]++) {
		header = begin(skb, cb, FLOWSYNC_CMD_FLOW_GET);
		if (!header)
			return false;
		ret = fs_show_local(skb, node, cb->args[ARG_SLOT]);
		if (!end(skb, header, ret) && ret < 0)
			return false;
		cond_resched();
	}
	cb->args[ARG_SLOT] = 0;
	return true;
}

static bool dump_map(struct sk_buff *skb, struct netlink_callback *cb,
		     struct fs_node *node, struct xarray *map)
{
	unsigned long slot = cb->args[ARG_SLOT];
	void *entry, *header;
	int ret;

	xa_for_each_start(map, slot, entry, slot) {
		cb->args[ARG_SLOT] = slot;
		header = begin(skb, cb, FLOWSYNC_CMD_FLOW_GET);
		if (!header)
			return false;
		ret = 1;
		spin_lock_bh(&node->shadow.lock);
		entry = xa_load(map, slot);
		if (entry && !xa_is_value(entry))
			ret = fs_show_shadow(skb, entry);
		spin_unlock_bh(&node->shadow.lock);
		if (!end(skb, header, ret) && ret < 0)
			return false;
		cond_resched();
	}
	cb->args[ARG_SLOT] = 0;
	return true;
}

static bool dump_shadow(struct sk_buff *skb, struct netlink_callback *cb,
			struct fs_node *node)
{
	struct fs_peer *peer;

	list_for_each_entry(peer, &node->peers, list) {
		if (peer->serial <= cb->args[ARG_PEER])
			continue;
		if (peer->serial != cb->args[ARG_NEXT]) {
			/* The one before may have gone in the midst of it. */
			cb->args[ARG_NEXT] = peer->serial;
			cb->args[ARG_MAP] = 0;
			cb->args[ARG_SLOT] = 0;
		}
		for (; cb->args[ARG_MAP] < FS_SESSIONS; cb->args[ARG_MAP]++)
			if (!dump_map(skb, cb, node,
				      &peer->shadow[cb->args[ARG_MAP]]))
				return false;
		cb->args[ARG_PEER] = peer->serial;
	}
	return true;
}

/**
 * fs_dump_flows - dump of FLOWSYNC_CMD_FLOW_GET
 * @skb: where to
 * @cb: args as fs_dump_flows_start() set them
 *
 * Context: process.
 * Return: length of what was written; 0 at the end.
 */
int fs_dump_flows(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fs_net *fsn = lock_net(skb);
	struct fs_node *node = fsn->node;
	long *tables = &cb->args[ARG_TABLES];

	if (!node)
		goto out;
	if (*tables & 1 << FLOWSYNC_TABLE_LOCAL) {
		if (!dump_local(skb, cb, node))
			goto out;
		*tables &= ~(1 << FLOWSYNC_TABLE_LOCAL);
	}
	if (*tables & 1 << FLOWSYNC_TABLE_SHADOW) {
		if (!dump_shadow(skb, cb, node))
			goto out;
		*tables &= ~(1 << FLOWSYNC_TABLE_SHADOW);
	}
out:
	mutex_unlock(&fsn->lock);
	return skb->len;
}

/**
 * fs_dump_stats - dump of FLOWSYNC_CMD_STATS_GET
 * @skb: where to
 * @cb: args[0] is how many counters were dumped
 *
 * Context: process.
 * Return: length of what was written; 0 at the end.
 */
int fs_dump_stats(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fs_net *fsn = lock_net(skb);
	void *header;

	for (; fsn->node && cb->args[0] < FS_STAT_COUNT; cb->args[0]++) {
		header = begin(skb, cb, FLOWSYNC_CMD_STATS_GET);
		if (!header || !end(skb, header, fs_show_stat(skb, fsn->node,
							      cb->args[0])))
			break;
	}
	mutex_unlock(&fsn->lock);
	return skb->len;
}
