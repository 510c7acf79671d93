// SPDX-License-Identifier: GPL-2.0
/*
 * What all requests begin with, and the node as netlink has it.
 */
#include <linux/ctype.h>
#include <net/genetlink.h>

#include "config.h"
#include "node.h"

/**
 * fs_config_parse - the attributes of the object that a request carries
 * @info: the request; the policy of the family has been through it
 * @object: the attribute that is the object
 * @tb: result
 * @max: largest attribute of that kind of object
 *
 * Context: process.
 * Return: 0, or a negative error, explained.
 */
int fs_config_parse(struct genl_info *info, int object, struct nlattr **tb,
		    int max)
{
	if (!info->attrs[object])
		return refuse(info, EINVAL, "the request names no object");
	return nla_parse_nested(tb, max, info->attrs[object], NULL,
				info->extack);
}

/**
 * fs_config_name - whether a name may be one
 * @name: the name
 *
 * Return: true if it has only what names are made of.
 */
bool fs_config_name(const char *name)
{
	const char *c;

	for (c = name; *c; c++)
		if (!isalnum(*c) && !strchr("._-", *c))
			return false;
	return c > name;
}

/* What is replicated from now on; the walk tells what has changed by that. And how long
 * the shadow is kept.
 */
static void set_values(struct fs_node *node, struct nlattr **tb)
{
	u64 labels;

	if (tb[FLOWSYNC_A_NODE_MARK_MASK])
		WRITE_ONCE(node->masks.mark,
			   nla_get_u32(tb[FLOWSYNC_A_NODE_MARK_MASK]));
	if (tb[FLOWSYNC_A_NODE_LABEL_MASK]) {
		labels = nla_get_u64(tb[FLOWSYNC_A_NODE_LABEL_MASK]);
		fs_masks_set_labels(&node->masks, labels);
		fs_labels_want(node, labels);
	}
	if (tb[FLOWSYNC_A_NODE_KEEP])
		WRITE_ONCE(node->keep_ms, MSEC_PER_SEC *
			   nla_get_u32(tb[FLOWSYNC_A_NODE_KEEP]));
}

/**
 * fs_config_node_set - FLOWSYNC_CMD_NODE_SET: start the instance, or change it
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_node_set(struct fs_net *fsn, struct genl_info *info)
{
	struct nlattr *tb[FLOWSYNC_A_NODE_MAX + 1];
	struct fs_node *node = fsn->node;
	u16 port = FLOWSYNC_PORT_DEFAULT;
	const char *name = NULL;
	char id_name[16];
	u32 id;
	int err;

	err = fs_config_parse(info, FLOWSYNC_A_NODE, tb, FLOWSYNC_A_NODE_MAX);
	if (err)
		return err;
	if (tb[FLOWSYNC_A_NODE_NAME]) {
		name = nla_data(tb[FLOWSYNC_A_NODE_NAME]);
		if (!fs_config_name(name))
			return refuse(info, EINVAL, BAD_NAME);
	}
	if (tb[FLOWSYNC_A_NODE_PORT])
		port = be16_to_cpu(nla_get_be16(tb[FLOWSYNC_A_NODE_PORT]));

	if (node) {
		if (tb[FLOWSYNC_A_NODE_ID] &&
		    nla_get_u32(tb[FLOWSYNC_A_NODE_ID]) != node->id)
			return refuse(info, EBUSY,
				      "a node's id cannot change: delete the node first");
		if (tb[FLOWSYNC_A_NODE_PORT] && port != node->port &&
		    node->peer_count)
			return refuse(info, EBUSY,
				      "the port cannot change while there are peers");
		if (tb[FLOWSYNC_A_NODE_PORT])
			node->port = port;
		if (name)
			strscpy(node->name, name, sizeof(node->name));
		set_values(node, tb);
		return 0;
	}

	if (!tb[FLOWSYNC_A_NODE_ID])
		return refuse(info, EINVAL, NO_NODE);
	id = nla_get_u32(tb[FLOWSYNC_A_NODE_ID]);
	if (!name) {
		snprintf(id_name, sizeof(id_name), "node%u", id);
		name = id_name;
	}
	err = fs_node_start(fsn, genl_info_net(info), id, name, port,
			    info->extack);
	if (!err)
		set_values(fsn->node, tb);
	return err;
}

/**
 * fs_config_node_del - FLOWSYNC_CMD_NODE_DEL: stop the instance
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_node_del(struct fs_net *fsn, struct genl_info *info)
{
	if (!fsn->node)
		return refuse(info, ENOENT, NO_NODE);
	fs_node_stop(fsn);
	return 0;
}
