// SPDX-License-Identifier: GPL-2.0
#include <linux/ctype.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "config.h"
#include "match.h"
#include "node.h"
#include "peer.h"
#include "told.h"

/* The attributes of the object that a request carries. The policy of the family
 * has been through them.
 */
static int parse(struct genl_info *info, int object, struct nlattr **tb, int max)
{
	if (!info->attrs[object])
		return refuse(info, EINVAL, "the request names no object");
	return nla_parse_nested(tb, max, info->attrs[object], NULL,
				info->extack);
}

static bool name_is_good(const char *name)
{
	const char *c;

	for (c = name; *c; c++)
		if (!isalnum(*c) && !strchr("._-", *c))
			return false;
	return c > name;
}

#define BAD_NAME \
	"a name is 1 to 31 letters, digits, dots, dashes and underscores"
#define NO_NODE \
	"there is no node here yet: set its id first (node set id N)"

/* What is replicated from now on; the walk tells what has changed by that. */
static void set_masks(struct fs_node *node, struct nlattr **tb)
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

	err = parse(info, FLOWSYNC_A_NODE, tb, FLOWSYNC_A_NODE_MAX);
	if (err)
		return err;
	if (tb[FLOWSYNC_A_NODE_NAME]) {
		name = nla_data(tb[FLOWSYNC_A_NODE_NAME]);
		if (!name_is_good(name))
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
		set_masks(node, tb);
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
		set_masks(fsn->node, tb);
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

/* What the peer's datagrams are to be sealed with. */
static int parse_seal(struct genl_info *info, struct nlattr **tb,
		      struct fs_seal_config *seal)
{
	bool none = tb[FLOWSYNC_A_PEER_ENCRYPTION] &&
		    nla_get_u32(tb[FLOWSYNC_A_PEER_ENCRYPTION]) ==
		    FLOWSYNC_ENCRYPTION_NONE;

	seal->rekey_s = FLOWSYNC_REKEY_S_DEFAULT;
	if (tb[FLOWSYNC_A_PEER_REKEY_S])
		seal->rekey_s = nla_get_u32(tb[FLOWSYNC_A_PEER_REKEY_S]);
	if (tb[FLOWSYNC_A_PEER_KEY])
		seal->key = nla_data(tb[FLOWSYNC_A_PEER_KEY]);
	if (none && seal->key)
		return refuse(info, EINVAL,
			      "a peer without encryption has no key");
	if (!none && !seal->key)
		return refuse(info, EINVAL,
			      "a peer needs a key, the same on both sides");
	if (seal->key && !memchr_inv(seal->key, 0, FLOWSYNC_KEY_LENGTH))
		return refuse(info, EINVAL, "a key of zeros is none");
	return 0;
}

/* What can change while a peer exists. */
static void set_options(struct fs_peer *peer, struct nlattr **tb)
{
	if (tb[FLOWSYNC_A_PEER_RESYNC_RATE])
		WRITE_ONCE(peer->resync_rate,
			   nla_get_u32(tb[FLOWSYNC_A_PEER_RESYNC_RATE]));
	if (tb[FLOWSYNC_A_PEER_RESYNC_MS])
		WRITE_ONCE(peer->resync_ms,
			   nla_get_u32(tb[FLOWSYNC_A_PEER_RESYNC_MS]));
	if (tb[FLOWSYNC_A_PEER_MTU])
		WRITE_ONCE(peer->mtu, nla_get_u32(tb[FLOWSYNC_A_PEER_MTU]));
	if (tb[FLOWSYNC_A_PEER_LAG_FLOWS])
		WRITE_ONCE(peer->lag_flows,
			   nla_get_u32(tb[FLOWSYNC_A_PEER_LAG_FLOWS]));
	if (tb[FLOWSYNC_A_PEER_LAG_MS])
		WRITE_ONCE(peer->lag_ms,
			   nla_get_u32(tb[FLOWSYNC_A_PEER_LAG_MS]));
}

/* Begin, or end, to rotate the pre-shared key. */
static int rotate_key(struct fs_peer *peer, struct nlattr **tb,
		      struct genl_info *info)
{
	struct nlattr *next = tb[FLOWSYNC_A_PEER_NEXT_KEY];
	int err;

	if (next && tb[FLOWSYNC_A_PEER_DROP_OLD_KEY])
		return refuse(info, EINVAL,
			      "end one rotation of the key before the next begins");
	if (tb[FLOWSYNC_A_PEER_DROP_OLD_KEY])
		return fs_seal_drop_key(peer, info->extack);
	if (!next)
		return 0;
	err = fs_seal_next_key(peer, nla_data(next), info->extack);
	memzero_explicit(nla_data(next), FLOWSYNC_KEY_LENGTH);
	return err;
}

/**
 * fs_config_peer_add - FLOWSYNC_CMD_PEER_ADD: make a peer and its links
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_peer_add(struct fs_net *fsn, struct genl_info *info)
{
	struct nlattr *tb[FLOWSYNC_A_PEER_MAX + 1];
	struct fs_peer_config config = {
		.heartbeat_ms = FLOWSYNC_HEARTBEAT_MS_DEFAULT,
		.dead_count = FLOWSYNC_DEAD_COUNT_DEFAULT,
		.delay_ms = FLOWSYNC_DELAY_MS_DEFAULT,
	};
	struct fs_node *node = fsn->node;
	struct fs_peer *peer;
	int err;

	err = parse(info, FLOWSYNC_A_PEER, tb, FLOWSYNC_A_PEER_MAX);
	if (err)
		return err;
	if (!node)
		return refuse(info, ENOENT, NO_NODE);
	if (!tb[FLOWSYNC_A_PEER_NAME] || !tb[FLOWSYNC_A_PEER_ID])
		return refuse(info, EINVAL, "a peer needs a name and an id");
	config.name = nla_data(tb[FLOWSYNC_A_PEER_NAME]);
	config.id = nla_get_u32(tb[FLOWSYNC_A_PEER_ID]);
	if (tb[FLOWSYNC_A_PEER_HEARTBEAT_MS])
		config.heartbeat_ms =
			nla_get_u32(tb[FLOWSYNC_A_PEER_HEARTBEAT_MS]);
	if (tb[FLOWSYNC_A_PEER_DEAD_COUNT])
		config.dead_count = nla_get_u32(tb[FLOWSYNC_A_PEER_DEAD_COUNT]);
	if (tb[FLOWSYNC_A_PEER_DELAY_MS])
		config.delay_ms = nla_get_u32(tb[FLOWSYNC_A_PEER_DELAY_MS]);

	err = parse_seal(info, tb, &config.seal);
	if (err)
		return err;
	if (!name_is_good(config.name))
		return refuse(info, EINVAL, BAD_NAME);
	if (config.id == node->id)
		return refuse(info, EINVAL,
			      "a peer's id must differ from this node's own");
	if (node->peer_count == FLOWSYNC_PEERS_MAX)
		return refuse(info, E2BIG, "a node has at most 64 peers");
	list_for_each_entry(peer, &node->peers, list) {
		if (!strcmp(peer->name, config.name))
			return refuse(info, EEXIST,
				      "there is a peer of that name already");
		if (peer->id == config.id)
			return refuse(info, EEXIST,
				      "there is a peer with that id already");
	}

	peer = fs_peer_new(node, &config);
	/* What the session needs of the key is taken. */
	if (tb[FLOWSYNC_A_PEER_KEY])
		memzero_explicit(nla_data(tb[FLOWSYNC_A_PEER_KEY]),
				 FLOWSYNC_KEY_LENGTH);
	if (!peer)
		return -ENOMEM;
	set_options(peer, tb);
	err = fs_config_links(peer, info);
	if (!err)
		err = rotate_key(peer, tb, info);
	if (!err)
		err = fs_peer_start(peer);
	if (err)
		fs_peer_free(peer);
	return err;
}

/* The peer that a request names; tb is what else the request says of it. */
static struct fs_peer *named_peer(struct fs_net *fsn, struct genl_info *info,
				  struct nlattr **tb)
{
	struct fs_peer *peer;
	int err;

	err = parse(info, FLOWSYNC_A_PEER, tb, FLOWSYNC_A_PEER_MAX);
	if (err)
		return ERR_PTR(err);
	if (!fsn->node)
		return ERR_PTR(refuse(info, ENOENT, NO_NODE));
	if (!tb[FLOWSYNC_A_PEER_NAME])
		return ERR_PTR(refuse(info, EINVAL, "which peer? give its name"));
	peer = fs_peer_find(fsn->node, nla_data(tb[FLOWSYNC_A_PEER_NAME]));
	if (!peer)
		return ERR_PTR(refuse(info, ENOENT,
				      "there is no peer of that name"));
	return peer;
}

/**
 * fs_config_peer - the peer that a request names
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: the peer, or an error pointer, explained.
 */
struct fs_peer *fs_config_peer(struct fs_net *fsn, struct genl_info *info)
{
	struct nlattr *tb[FLOWSYNC_A_PEER_MAX + 1];

	return named_peer(fsn, info, tb);
}

/**
 * fs_config_peer_set - FLOWSYNC_CMD_PEER_SET: change a peer
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_peer_set(struct fs_net *fsn, struct genl_info *info)
{
	struct nlattr *tb[FLOWSYNC_A_PEER_MAX + 1];
	struct fs_peer *peer;
	int err;

	peer = named_peer(fsn, info, tb);
	if (IS_ERR(peer))
		return PTR_ERR(peer);
	if (tb[FLOWSYNC_A_PEER_ID] || tb[FLOWSYNC_A_PEER_HEARTBEAT_MS] ||
	    tb[FLOWSYNC_A_PEER_DEAD_COUNT])
		return refuse(info, EOPNOTSUPP,
			      "a peer's id and heartbeat cannot change: delete it first");
	if (tb[FLOWSYNC_A_PEER_LINK])
		return refuse(info, EOPNOTSUPP,
			      "a peer's links are added and deleted one by one");
	if (tb[FLOWSYNC_A_PEER_DELAY_MS] || tb[FLOWSYNC_A_PEER_ENCRYPTION] ||
	    tb[FLOWSYNC_A_PEER_REKEY_S])
		return refuse(info, EOPNOTSUPP,
			      "a peer's delay, encryption and rekey time cannot change: delete it first");
	if (tb[FLOWSYNC_A_PEER_KEY])
		return refuse(info, EOPNOTSUPP,
			      "a peer's key does not change at once: give the new one as the next");
	err = rotate_key(peer, tb, info);
	if (err)
		return err;
	set_options(peer, tb);
	fs_peer_kick(peer);
	return 0;
}

/**
 * fs_config_peer_del - FLOWSYNC_CMD_PEER_DEL: delete a peer that is in no group
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_peer_del(struct fs_net *fsn, struct genl_info *info)
{
	struct fs_peer *peer = fs_config_peer(fsn, info);

	if (IS_ERR(peer))
		return PTR_ERR(peer);
	if (peer->users)
		return refuse(info, EBUSY,
			      "the peer is a member of a group: delete the group first");
	fs_peer_free(peer);
	return 0;
}

/* The peer that a request names, if this node has something to tell it. */
static struct fs_peer *listener(struct fs_net *fsn, struct genl_info *info,
				struct nlattr **tb)
{
	struct fs_peer *peer = named_peer(fsn, info, tb);

	if (IS_ERR(peer))
		return peer;
	if (!peer->telling)
		return ERR_PTR(refuse(info, ENOTCONN,
				      "the peer is down, or takes no group's state"));
	if (!fs_node_tells(fsn->node, peer))
		return ERR_PTR(refuse(info, EPROTO,
				      "this node is not active in a group of the peer: it has told it of no flows"));
	return peer;
}

/**
 * fs_config_peer_verify - FLOWSYNC_CMD_PEER_VERIFY: compare tables now
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_peer_verify(struct fs_net *fsn, struct genl_info *info)
{
	struct nlattr *tb[FLOWSYNC_A_PEER_MAX + 1];
	struct fs_peer *peer;

	peer = listener(fsn, info, tb);
	if (IS_ERR(peer))
		return PTR_ERR(peer);
	fs_verify_request(peer);
	return 0;
}

/**
 * fs_config_peer_resync - FLOWSYNC_CMD_PEER_RESYNC: tell a peer what differs, or all
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_peer_resync(struct fs_net *fsn, struct genl_info *info)
{
	struct nlattr *tb[FLOWSYNC_A_PEER_MAX + 1];
	struct fs_peer *peer;

	peer = listener(fsn, info, tb);
	if (IS_ERR(peer))
		return PTR_ERR(peer);
	if (tb[FLOWSYNC_A_PEER_RESYNC_ALL])
		fs_flows_resync_peer(fsn->node, peer);
	fs_verify_request(peer);
	return 0;
}

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

	err = parse(info, FLOWSYNC_A_GROUP, tb, FLOWSYNC_A_GROUP_MAX);
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

	err = parse(info, FLOWSYNC_A_GROUP, tb, FLOWSYNC_A_GROUP_MAX);
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
 * fs_config_group_set - FLOWSYNC_CMD_GROUP_SET: change role, priority and match
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
