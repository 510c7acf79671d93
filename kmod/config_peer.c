// SPDX-License-Identifier: GPL-2.0
/*
 * Peers as netlink has them.
 */
#include <net/genetlink.h>

#include "config.h"
#include "node.h"
#include "peer.h"
#include "told.h"

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

	err = fs_config_parse(info, FLOWSYNC_A_PEER, tb, FLOWSYNC_A_PEER_MAX);
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
	if (!fs_config_name(config.name))
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

	err = fs_config_parse(info, FLOWSYNC_A_PEER, tb, FLOWSYNC_A_PEER_MAX);
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
