// SPDX-License-Identifier: GPL-2.0
/*
 * Groups as netlink has them.
 */
#include <linux/slab.h>
#include <net/genetlink.h>

#include "config.h"
#include "match.h"
#include "node.h"
#include "peer.h"

/* The members that a request names, in an array that is the caller's to free. */
static int find_members(struct fs_node *node, struct genl_info *info,
			struct fs_peer ***result, unsigned int *count)
{
	struct fs_peer **member;
	struct nlattr *attr;
	unsigned int i;
	int rem;

	member = kcalloc(FLOWSYNC_PEERS_MAX, sizeof(*member), GFP_KERNEL);
	if (!member)
		return -ENOMEM;
	*result = member;
	*count = 0;
	nla_for_each_nested(attr, info->attrs[FLOWSYNC_A_GROUP], rem) {
		struct fs_peer *peer;

		if (nla_type(attr) != FLOWSYNC_A_GROUP_PEER)
			continue;
		peer = fs_peer_find(node, nla_data(attr));
		if (!peer)
			return refuse(info, ENOENT,
				      "there is no peer of that name to be a member");
		for (i = 0; i < *count; i++)
			if (member[i] == peer)
				return refuse(info, EINVAL,
					      "a peer can be a member only once");
		member[(*count)++] = peer;
	}
	return 0;
}

/* Which flows are to be a group's, if a request says so. Without conditions it is
 * all that are no other group's: NULL.
 */
static int parse_match(struct genl_info *info, struct nlattr **tb,
		       struct fs_group_match **result)
{
	struct nlattr *match_tb[FLOWSYNC_A_POLICY_MAX + 1] = {};
	const struct fs_group_match none = {};
	struct nlattr *nest = tb[FLOWSYNC_A_GROUP_MATCH];
	struct nlattr *dev = tb[FLOWSYNC_A_GROUP_DEV];
	struct fs_group_match *match;
	int err = 0;

	*result = NULL;
	if (!nest && !dev)
		return 0;
	if (nest)
		err = nla_parse_nested(match_tb, FLOWSYNC_A_POLICY_MAX, nest,
				       NULL, info->extack);
	if (err)
		return err;
	if (match_tb[FLOWSYNC_A_POLICY_PREF] ||
	    match_tb[FLOWSYNC_A_POLICY_MODE] ||
	    match_tb[FLOWSYNC_A_POLICY_STATE] ||
	    match_tb[FLOWSYNC_A_POLICY_AGE] ||
	    match_tb[FLOWSYNC_A_POLICY_PACKETS] ||
	    match_tb[FLOWSYNC_A_POLICY_BYTES])
		return refuse(info, EINVAL,
			      "a group's match has no preference, mode, state, age and size");
	match = kzalloc(sizeof(*match), GFP_KERNEL_ACCOUNT);
	if (!match)
		return -ENOMEM;
	err = fs_match_parse(info, match_tb, &match->match);
	if (dev)
		nla_strscpy(match->dev, dev, sizeof(match->dev));
	if (err || !memcmp(match, &none, sizeof(none)))
		kfree(match);
	else
		*result = match;
	return err;
}

/**
 * fs_config_group_add - FLOWSYNC_CMD_GROUP_ADD: make a group
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_group_add(struct fs_net *fsn, struct genl_info *info)
{
	struct nlattr *tb[FLOWSYNC_A_GROUP_MAX + 1];
	u32 priority = FLOWSYNC_PRIORITY_DEFAULT;
	struct fs_node *node = fsn->node;
	struct fs_group_match *match = NULL;
	struct fs_peer **member = NULL;
	struct fs_group *group;
	unsigned int count = 0;
	int err;

	err = fs_config_parse(info, FLOWSYNC_A_GROUP, tb, FLOWSYNC_A_GROUP_MAX);
	if (err)
		return err;
	if (!node)
		return refuse(info, ENOENT, NO_NODE);
	if (!tb[FLOWSYNC_A_GROUP_ID])
		return refuse(info, EINVAL, "a group needs an id");
	if (tb[FLOWSYNC_A_GROUP_ROLE])
		return refuse(info, EINVAL,
			      "a new group's role is init: set it afterwards");
	if (tb[FLOWSYNC_A_GROUP_PRIORITY])
		priority = nla_get_u32(tb[FLOWSYNC_A_GROUP_PRIORITY]);
	if (fs_group_find(node, nla_get_u32(tb[FLOWSYNC_A_GROUP_ID])))
		return refuse(info, EEXIST,
			      "there is a group with that id already");
	if (node->group_count == FLOWSYNC_GROUPS_MAX)
		return refuse(info, E2BIG, "a node has at most 32 groups");

	err = find_members(node, info, &member, &count);
	if (!err)
		err = parse_match(info, tb, &match);
	if (err)
		goto out;
	err = -ENOMEM;
	group = fs_group_new(node, nla_get_u32(tb[FLOWSYNC_A_GROUP_ID]),
			     priority, member, count);
	if (!group) {
		kfree(match);
		goto out;
	}
	RCU_INIT_POINTER(group->match, match);
	if (tb[FLOWSYNC_A_GROUP_ON_SPLIT])
		group->on_split = nla_get_u32(tb[FLOWSYNC_A_GROUP_ON_SPLIT]);
	err = fs_group_start(group);
	if (err)
		fs_group_put(group);
out:
	kfree(member);
	return err;
}

/* The group that a request names; tb is what else the request says of it. */
static struct fs_group *named_group(struct fs_net *fsn, struct genl_info *info,
				    struct nlattr **tb)
{
	struct fs_group *group;
	int err;

	err = fs_config_parse(info, FLOWSYNC_A_GROUP, tb, FLOWSYNC_A_GROUP_MAX);
	if (err)
		return ERR_PTR(err);
	if (!fsn->node)
		return ERR_PTR(refuse(info, ENOENT, NO_NODE));
	if (!tb[FLOWSYNC_A_GROUP_ID])
		return ERR_PTR(refuse(info, EINVAL, "which group? give its id"));
	group = fs_group_find(fsn->node, nla_get_u32(tb[FLOWSYNC_A_GROUP_ID]));
	if (!group)
		return ERR_PTR(refuse(info, ENOENT,
				      "there is no group with that id"));
	return group;
}

/**
 * fs_config_group - the group that a request names
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: the group, or an error pointer, explained.
 */
struct fs_group *fs_config_group(struct fs_net *fsn, struct genl_info *info)
{
	struct nlattr *tb[FLOWSYNC_A_GROUP_MAX + 1];

	return named_group(fsn, info, tb);
}

/**
 * fs_config_group_set - FLOWSYNC_CMD_GROUP_SET: change role, priority, match and what
 *	decides when two actives meet
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_group_set(struct fs_net *fsn, struct genl_info *info)
{
	struct nlattr *tb[FLOWSYNC_A_GROUP_MAX + 1];
	struct fs_group_match *match;
	struct fs_group *group;
	int err;

	group = named_group(fsn, info, tb);
	if (IS_ERR(group))
		return PTR_ERR(group);
	if (tb[FLOWSYNC_A_GROUP_PEER])
		return refuse(info, EOPNOTSUPP,
			      "the members of a group cannot change: delete it first");
	err = parse_match(info, tb, &match);
	if (err)
		return err;
	if (tb[FLOWSYNC_A_GROUP_MATCH] || tb[FLOWSYNC_A_GROUP_DEV])
		fs_group_set_match(group, match);
	if (tb[FLOWSYNC_A_GROUP_PRIORITY])
		fs_group_set_priority(group,
				      nla_get_u32(tb[FLOWSYNC_A_GROUP_PRIORITY]));
	if (tb[FLOWSYNC_A_GROUP_ON_SPLIT])
		fs_group_set_on_split(group,
				      nla_get_u32(tb[FLOWSYNC_A_GROUP_ON_SPLIT]));
	if (tb[FLOWSYNC_A_GROUP_ROLE])
		fs_group_set_role(group, nla_get_u32(tb[FLOWSYNC_A_GROUP_ROLE]),
				  "set by request");
	return 0;
}

/**
 * fs_config_group_del - FLOWSYNC_CMD_GROUP_DEL: delete a group
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_group_del(struct fs_net *fsn, struct genl_info *info)
{
	struct fs_group *group = fs_config_group(fsn, info);

	if (IS_ERR(group))
		return PTR_ERR(group);
	fs_group_stop(group);
	return 0;
}

/**
 * fs_config_group_handover - FLOWSYNC_CMD_GROUP_HANDOVER: ask a peer to become
 *	active, or without a peer, no longer
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_group_handover(struct fs_net *fsn, struct genl_info *info)
{
	struct nlattr *tb[FLOWSYNC_A_GROUP_MAX + 1];
	struct fs_group *group;
	struct fs_peer *peer;

	group = named_group(fsn, info, tb);
	if (IS_ERR(group))
		return PTR_ERR(group);
	if (!tb[FLOWSYNC_A_GROUP_PEER]) {
		fs_group_hand_over(group, NULL);
		return 0;
	}
	peer = fs_peer_find(fsn->node, nla_data(tb[FLOWSYNC_A_GROUP_PEER]));
	if (!peer || !fs_group_member(group, peer))
		return refuse(info, ENOENT,
			      "the group has no member of that name");
	if (fs_group_claim(group).role != FS_ROLE_ACTIVE)
		return refuse(info, EBUSY,
			      "this node is not active in the group");
	if (!READ_ONCE(peer->up))
		return refuse(info, EHOSTDOWN, "the peer is down");
	fs_group_hand_over(group, peer);
	return 0;
}
