// SPDX-License-Identifier: GPL-2.0
/*
 * Policies as netlink has them.
 */
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include <linux/flowsync.h>

#include "config.h"
#include "netlink.h"
#include "node.h"
#include "policy.h"

/* What changes while a connection lasts. */
static void parse_reached(struct nlattr **tb, struct fs_policy *policy)
{
	if (tb[FLOWSYNC_A_POLICY_STATE])
		policy->conn = nla_get_u32(tb[FLOWSYNC_A_POLICY_STATE]);
	if (tb[FLOWSYNC_A_POLICY_AGE])
		policy->age = nla_get_u32(tb[FLOWSYNC_A_POLICY_AGE]);
	if (tb[FLOWSYNC_A_POLICY_PACKETS])
		policy->packets = nla_get_u64(tb[FLOWSYNC_A_POLICY_PACKETS]);
	if (tb[FLOWSYNC_A_POLICY_BYTES])
		policy->octets = nla_get_u64(tb[FLOWSYNC_A_POLICY_BYTES]);
}

static int get_node(struct fs_net *fsn, struct genl_info *info,
		    struct nlattr **tb)
{
	int err;

	if (!fsn->node)
		return refuse(info, ENOENT,
			      "there is no node here yet: set its id first (node set id N)");
	if (!info->attrs[FLOWSYNC_A_POLICY])
		return refuse(info, EINVAL, "the request names no object");
	err = nla_parse_nested(tb, FLOWSYNC_A_POLICY_MAX,
			       info->attrs[FLOWSYNC_A_POLICY], NULL,
			       info->extack);
	if (err)
		return err;
	if (!tb[FLOWSYNC_A_POLICY_PREF])
		return refuse(info, EINVAL, "a policy needs its preference");
	return 0;
}

/**
 * fs_config_policy_add - FLOWSYNC_CMD_POLICY_ADD
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_policy_add(struct fs_net *fsn, struct genl_info *info)
{
	struct nlattr *tb[FLOWSYNC_A_POLICY_MAX + 1];
	struct fs_policy *policy, *other;
	struct list_head *before;
	unsigned int count = 0;
	int err;

	err = get_node(fsn, info, tb);
	if (err)
		return err;
	if (!tb[FLOWSYNC_A_POLICY_MODE])
		return refuse(info, EINVAL, "a policy needs a mode");
	list_for_each_entry(other, &fsn->node->policies, list)
		count++;
	if (count == FLOWSYNC_POLICIES_MAX)
		return refuse(info, E2BIG, "a node has at most 1024 policies");
	policy = kzalloc(sizeof(*policy), GFP_KERNEL_ACCOUNT);
	if (!policy)
		return -ENOMEM;
	policy->pref = nla_get_u32(tb[FLOWSYNC_A_POLICY_PREF]);
	policy->mode = nla_get_u32(tb[FLOWSYNC_A_POLICY_MODE]);
	parse_reached(tb, policy);
	err = fs_match_parse(info, tb, &policy->match);
	if (err)
		goto err_free;
	before = &fsn->node->policies;
	list_for_each_entry(other, &fsn->node->policies, list) {
		if (other->pref == policy->pref) {
			err = refuse(info, EEXIST,
				     "there is a policy of that preference");
			goto err_free;
		}
		if (other->pref > policy->pref)
			break;
		before = &other->list;
	}
	list_add_rcu(&policy->list, before);
	fs_walk_now(fsn->node);
	return 0;

err_free:
	kfree(policy);
	return err;
}

/* Whether a request says which connections a policy is about. */
static bool has_conditions(struct nlattr **tb)
{
	unsigned int type;

	for (type = 1; type <= FLOWSYNC_A_POLICY_MAX; type++)
		if (tb[type] && type != FLOWSYNC_A_POLICY_PREF &&
		    type != FLOWSYNC_A_POLICY_MODE)
			return true;
	return false;
}

static struct fs_policy *find_policy(struct fs_node *node, u32 pref)
{
	struct fs_policy *policy;

	list_for_each_entry(policy, &node->policies, list)
		if (policy->pref == pref)
			return policy;
	return NULL;
}

/**
 * fs_config_policy_set - FLOWSYNC_CMD_POLICY_SET: change one in its place
 * @fsn: the namespace
 * @info: the request
 *
 * A packet finds the old one or the new one, and never none.
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_policy_set(struct fs_net *fsn, struct genl_info *info)
{
	struct nlattr *tb[FLOWSYNC_A_POLICY_MAX + 1];
	struct fs_policy *policy, *old;
	int err;

	err = get_node(fsn, info, tb);
	if (err)
		return err;
	if (!tb[FLOWSYNC_A_POLICY_MODE] && !has_conditions(tb))
		return refuse(info, EINVAL,
			      "a policy is set to another mode or to other conditions");
	old = find_policy(fsn->node, nla_get_u32(tb[FLOWSYNC_A_POLICY_PREF]));
	if (!old)
		return refuse(info, ENOENT,
			      "there is no policy of that preference");
	policy = kzalloc(sizeof(*policy), GFP_KERNEL_ACCOUNT);
	if (!policy)
		return -ENOMEM;
	if (!has_conditions(tb))
		*policy = *old;
	policy->pref = old->pref;
	policy->mode = tb[FLOWSYNC_A_POLICY_MODE] ?
		       nla_get_u32(tb[FLOWSYNC_A_POLICY_MODE]) : old->mode;
	if (has_conditions(tb)) {
		parse_reached(tb, policy);
		err = fs_match_parse(info, tb, &policy->match);
		if (err) {
			kfree(policy);
			return err;
		}
	}
	list_replace_rcu(&old->list, &policy->list);
	kfree_rcu(old, rcu);
	fs_walk_now(fsn->node);
	return 0;
}

/**
 * fs_config_policy_del - FLOWSYNC_CMD_POLICY_DEL
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_policy_del(struct fs_net *fsn, struct genl_info *info)
{
	struct nlattr *tb[FLOWSYNC_A_POLICY_MAX + 1];
	struct fs_policy *policy;
	int err;

	err = get_node(fsn, info, tb);
	if (err)
		return err;
	policy = find_policy(fsn->node,
			     nla_get_u32(tb[FLOWSYNC_A_POLICY_PREF]));
	if (!policy)
		return refuse(info, ENOENT,
			      "there is no policy of that preference");
	list_del_rcu(&policy->list);
	kfree_rcu(policy, rcu);
	fs_walk_now(fsn->node);
	return 0;
}

static int put_reached(struct sk_buff *skb, const struct fs_policy *policy)
{
	if ((policy->conn &&
	     nla_put_u32(skb, FLOWSYNC_A_POLICY_STATE, policy->conn)) ||
	    (policy->age &&
	     nla_put_u32(skb, FLOWSYNC_A_POLICY_AGE, policy->age)) ||
	    (policy->packets &&
	     nla_put_u64_64bit(skb, FLOWSYNC_A_POLICY_PACKETS, policy->packets,
			       FLOWSYNC_A_POLICY_PAD)) ||
	    (policy->octets &&
	     nla_put_u64_64bit(skb, FLOWSYNC_A_POLICY_BYTES, policy->octets,
			       FLOWSYNC_A_POLICY_PAD)))
		return -EMSGSIZE;
	return 0;
}

static int put_policy(struct sk_buff *skb, const struct fs_policy *policy)
{
	struct nlattr *nest = nla_nest_start(skb, FLOWSYNC_A_POLICY);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, FLOWSYNC_A_POLICY_PREF, policy->pref) ||
	    nla_put_u32(skb, FLOWSYNC_A_POLICY_MODE, policy->mode) ||
	    fs_match_put(skb, &policy->match) || put_reached(skb, policy))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * fs_dump_policies - dump of FLOWSYNC_CMD_POLICY_GET
 * @skb: where to
 * @cb: args[0] is the preference of the last one
 *
 * Context: process.
 * Return: length of what was written; 0 at the end.
 */
int fs_dump_policies(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fs_net *fsn = fs_net(sock_net(skb->sk));
	struct fs_policy *policy;
	void *header;

	mutex_lock(&fsn->lock);
	if (!fsn->node)
		goto out;
	list_for_each_entry(policy, &fsn->node->policies, list) {
		if (policy->pref <= cb->args[0])
			continue;
		header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				     cb->nlh->nlmsg_seq, &fs_genl_family,
				     NLM_F_MULTI, FLOWSYNC_CMD_POLICY_GET);
		if (!header)
			break;
		if (put_policy(skb, policy)) {
			genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
		cb->args[0] = policy->pref;
	}
out:
	mutex_unlock(&fsn->lock);
	return skb->len;
}
