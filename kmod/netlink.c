// SPDX-License-Identifier: GPL-2.0
#include <net/genetlink.h>

#include "config.h"
#include "netlink.h"
#include "node.h"
#include "peer.h"
#include "show.h"

static struct netlink_range_validation id_range = {
	.min = 1,
	.max = U32_MAX,
};

/* Ranges beyond 16 bits with a sign do not fit into a policy. Not const: 6.1's
 * policies want them so.
 */
static struct netlink_range_validation heartbeat_range = {
	.min = FLOWSYNC_HEARTBEAT_MS_MIN,
	.max = FLOWSYNC_HEARTBEAT_MS_MAX,
};

static struct netlink_range_validation rekey_range = {
	.min = FLOWSYNC_REKEY_S_MIN,
	.max = FLOWSYNC_REKEY_S_MAX,
};

static struct netlink_range_validation resync_range = {
	.min = FLOWSYNC_RESYNC_MS_MIN,
	.max = FLOWSYNC_RESYNC_MS_MAX,
};

static struct netlink_range_validation mtu_range = {
	.min = FLOWSYNC_MTU_MIN,
	.max = FLOWSYNC_MTU_MAX,
};

static struct netlink_range_validation ifindex_range = {
	.min = 1,
	.max = S32_MAX,
};

static struct netlink_range_validation group_range = {
	.min = 1,
	.max = FLOWSYNC_GROUP_ID_MAX,
};

static struct netlink_range_validation pref_range = {
	.min = 1,
	.max = FLOWSYNC_POLICY_PREF_MAX,
};

static struct netlink_range_validation zone_range = {
	.max = U16_MAX,
};

static struct netlink_range_validation keep_range = {
	.max = FLOWSYNC_KEEP_MAX,
};

static const struct nla_policy node_policy[FLOWSYNC_A_NODE_MAX + 1] = {
	[FLOWSYNC_A_NODE_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &id_range),
	[FLOWSYNC_A_NODE_NAME] = { .type = NLA_NUL_STRING,
				   .len = FLOWSYNC_NAME_MAX },
	[FLOWSYNC_A_NODE_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[FLOWSYNC_A_NODE_MARK_MASK] = { .type = NLA_U32 },
	[FLOWSYNC_A_NODE_LABEL_MASK] = { .type = NLA_U64 },
	[FLOWSYNC_A_NODE_KEEP] = NLA_POLICY_FULL_RANGE(NLA_U32, &keep_range),
};

static const struct nla_policy link_policy[FLOWSYNC_A_LINK_MAX + 1] = {
	[FLOWSYNC_A_LINK_LOCAL] = { .type = NLA_BINARY, .len = 16 },
	[FLOWSYNC_A_LINK_REMOTE] = { .type = NLA_BINARY, .len = 16 },
	[FLOWSYNC_A_LINK_LOCAL_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[FLOWSYNC_A_LINK_REMOTE_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[FLOWSYNC_A_LINK_IFINDEX] = NLA_POLICY_FULL_RANGE(NLA_U32, &ifindex_range),
};

static const struct nla_policy peer_policy[FLOWSYNC_A_PEER_MAX + 1] = {
	[FLOWSYNC_A_PEER_NAME] = { .type = NLA_NUL_STRING,
				   .len = FLOWSYNC_NAME_MAX },
	[FLOWSYNC_A_PEER_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &id_range),
	[FLOWSYNC_A_PEER_LINK] = NLA_POLICY_NESTED(link_policy),
	[FLOWSYNC_A_PEER_HEARTBEAT_MS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &heartbeat_range),
	[FLOWSYNC_A_PEER_DEAD_COUNT] =
		NLA_POLICY_RANGE(NLA_U32, 1, FLOWSYNC_DEAD_COUNT_MAX),
	[FLOWSYNC_A_PEER_DELAY_MS] = NLA_POLICY_MAX(NLA_U32, FLOWSYNC_DELAY_MS_MAX),
	[FLOWSYNC_A_PEER_KEY] = NLA_POLICY_EXACT_LEN(FLOWSYNC_KEY_LENGTH),
	[FLOWSYNC_A_PEER_ENCRYPTION] =
		NLA_POLICY_MAX(NLA_U32, FLOWSYNC_ENCRYPTION_MAX),
	[FLOWSYNC_A_PEER_REKEY_S] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &rekey_range),
	[FLOWSYNC_A_PEER_RESYNC_RATE] = { .type = NLA_U32 },
	[FLOWSYNC_A_PEER_RESYNC_MS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &resync_range),
	[FLOWSYNC_A_PEER_RESYNC_ALL] = { .type = NLA_FLAG },
	[FLOWSYNC_A_PEER_MTU] = NLA_POLICY_FULL_RANGE(NLA_U32, &mtu_range),
	[FLOWSYNC_A_PEER_LAG_FLOWS] = { .type = NLA_U32 },
	[FLOWSYNC_A_PEER_LAG_MS] = { .type = NLA_U32 },
	[FLOWSYNC_A_PEER_NEXT_KEY] = NLA_POLICY_EXACT_LEN(FLOWSYNC_KEY_LENGTH),
	[FLOWSYNC_A_PEER_DROP_OLD_KEY] = { .type = NLA_FLAG },
};

/* A link of a peer, to be added or deleted. */
static const struct nla_policy link_of_peer_policy[] = {
	[FLOWSYNC_A_PEER_NAME] = { .type = NLA_NUL_STRING,
				   .len = FLOWSYNC_NAME_MAX },
	[FLOWSYNC_A_PEER_LINK] = NLA_POLICY_NESTED(link_policy),
};

static const struct nla_policy flow_policy[FLOWSYNC_A_FLOW_MAX + 1] = {
	[FLOWSYNC_A_FLOW_TABLE] =
		NLA_POLICY_RANGE(NLA_U32, FLOWSYNC_TABLE_LOCAL,
				 FLOWSYNC_TABLE_MAX),
};

static const struct nla_policy policy_policy[FLOWSYNC_A_POLICY_MAX + 1] = {
	[FLOWSYNC_A_POLICY_PREF] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &pref_range),
	[FLOWSYNC_A_POLICY_MODE] =
		NLA_POLICY_RANGE(NLA_U32, FLOWSYNC_MODE_OFF, FLOWSYNC_MODE_MAX),
	[FLOWSYNC_A_POLICY_PROTO] = NLA_POLICY_RANGE(NLA_U32, 1, 255),
	[FLOWSYNC_A_POLICY_SRC] = { .type = NLA_BINARY, .len = 16 },
	[FLOWSYNC_A_POLICY_SRC_BITS] = NLA_POLICY_MAX(NLA_U32, 128),
	[FLOWSYNC_A_POLICY_DST] = { .type = NLA_BINARY, .len = 16 },
	[FLOWSYNC_A_POLICY_DST_BITS] = NLA_POLICY_MAX(NLA_U32, 128),
	[FLOWSYNC_A_POLICY_SPORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[FLOWSYNC_A_POLICY_SPORT_MAX] = NLA_POLICY_MIN(NLA_BE16, 1),
	[FLOWSYNC_A_POLICY_DPORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[FLOWSYNC_A_POLICY_DPORT_MAX] = NLA_POLICY_MIN(NLA_BE16, 1),
	[FLOWSYNC_A_POLICY_MARK] = { .type = NLA_U32 },
	[FLOWSYNC_A_POLICY_MARK_MASK] = { .type = NLA_U32 },
	[FLOWSYNC_A_POLICY_ZONE] = NLA_POLICY_FULL_RANGE(NLA_U32, &zone_range),
	[FLOWSYNC_A_POLICY_STATE] =
		NLA_POLICY_RANGE(NLA_U32, FLOWSYNC_CONN_REPLIED, FLOWSYNC_CONN_MAX),
	[FLOWSYNC_A_POLICY_AGE] = NLA_POLICY_MIN(NLA_U32, 1),
	[FLOWSYNC_A_POLICY_PACKETS] = NLA_POLICY_MIN(NLA_U64, 1),
	[FLOWSYNC_A_POLICY_BYTES] = NLA_POLICY_MIN(NLA_U64, 1),
};

static const struct nla_policy group_policy[FLOWSYNC_A_GROUP_MAX + 1] = {
	[FLOWSYNC_A_GROUP_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &group_range),
	[FLOWSYNC_A_GROUP_PEER] = { .type = NLA_NUL_STRING,
				    .len = FLOWSYNC_NAME_MAX },
	[FLOWSYNC_A_GROUP_PRIORITY] = NLA_POLICY_MAX(NLA_U32, FLOWSYNC_PRIORITY_MAX),
	[FLOWSYNC_A_GROUP_ROLE] = NLA_POLICY_MAX(NLA_U32, FLOWSYNC_ROLE_MAX),
	[FLOWSYNC_A_GROUP_MATCH] = NLA_POLICY_NESTED(policy_policy),
	[FLOWSYNC_A_GROUP_DEV] = { .type = NLA_NUL_STRING,
				   .len = IFNAMSIZ - 1 },
	[FLOWSYNC_A_GROUP_ON_SPLIT] =
		NLA_POLICY_MAX(NLA_U32, FLOWSYNC_ON_SPLIT_MAX),
};

/* One policy for each object, for the commands that carry it. */
static const struct nla_policy with_node[] = {
	[FLOWSYNC_A_NODE] = NLA_POLICY_NESTED(node_policy),
};

static const struct nla_policy with_peer[] = {
	[FLOWSYNC_A_PEER] = NLA_POLICY_NESTED(peer_policy),
};

static const struct nla_policy with_link[] = {
	[FLOWSYNC_A_PEER] = NLA_POLICY_NESTED(link_of_peer_policy),
};

static const struct nla_policy with_group[] = {
	[FLOWSYNC_A_GROUP] = NLA_POLICY_NESTED(group_policy),
};

static const struct nla_policy with_flow[] = {
	[FLOWSYNC_A_FLOW] = NLA_POLICY_NESTED(flow_policy),
};

static const struct nla_policy with_policy[] = {
	[FLOWSYNC_A_POLICY] = NLA_POLICY_NESTED(policy_policy),
};

static const struct nla_policy with_nothing[] = {
	[FLOWSYNC_A_UNSPEC] = { .type = NLA_REJECT },
};

static int reply(struct genl_info *info, u8 cmd,
		 int (*show)(struct sk_buff *skb, struct fs_net *fsn,
			     struct genl_info *info), struct fs_net *fsn)
{
	struct sk_buff *skb = genlmsg_new(FS_SHOW_SIZE, GFP_KERNEL);
	void *header;
	int err;

	if (!skb)
		return -ENOMEM;
	header = genlmsg_put_reply(skb, info, &fs_genl_family, 0, cmd);
	err = header ? show(skb, fsn, info) : -EMSGSIZE;
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

static int show_node(struct sk_buff *skb, struct fs_net *fsn,
		     struct genl_info *info)
{
	return fs_show_node(skb, fsn->node);
}

static int show_peer(struct sk_buff *skb, struct fs_net *fsn,
		     struct genl_info *info)
{
	struct fs_peer *peer = fs_config_peer(fsn, info);

	return IS_ERR(peer) ? PTR_ERR(peer) : fs_show_peer(skb, peer, NULL);
}

static int show_group(struct sk_buff *skb, struct fs_net *fsn,
		      struct genl_info *info)
{
	struct fs_group *group = fs_config_group(fsn, info);

	return IS_ERR(group) ? PTR_ERR(group) : fs_show_group(skb, group);
}

/* Every request runs with the namespace's configuration locked. */
static int locked(struct genl_info *info,
		  int (*change)(struct fs_net *fsn, struct genl_info *info))
{
	struct fs_net *fsn = fs_net(genl_info_net(info));
	int err;

	mutex_lock(&fsn->lock);
	err = change(fsn, info);
	mutex_unlock(&fsn->lock);
	return err;
}

static int get_node(struct fs_net *fsn, struct genl_info *info)
{
	return reply(info, FLOWSYNC_CMD_NODE_GET, show_node, fsn);
}

static int get_peer(struct fs_net *fsn, struct genl_info *info)
{
	return reply(info, FLOWSYNC_CMD_PEER_GET, show_peer, fsn);
}

static int get_group(struct fs_net *fsn, struct genl_info *info)
{
	return reply(info, FLOWSYNC_CMD_GROUP_GET, show_group, fsn);
}

static int do_node_set(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_node_set);
}

static int do_node_del(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_node_del);
}

static int do_node_get(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, get_node);
}

static int do_peer_add(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_peer_add);
}

static int do_peer_set(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_peer_set);
}

static int do_peer_del(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_peer_del);
}

static int do_peer_get(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, get_peer);
}

static int do_peer_verify(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_peer_verify);
}

static int do_peer_resync(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_peer_resync);
}

static int do_link_add(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_link_add);
}

static int do_link_set(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_link_set);
}

static int do_link_del(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_link_del);
}

static int do_group_add(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_group_add);
}

static int do_group_set(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_group_set);
}

static int do_group_handover(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_group_handover);
}

static int do_group_del(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_group_del);
}

static int do_group_get(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, get_group);
}

static int do_policy_add(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_policy_add);
}

static int do_policy_set(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_policy_set);
}

static int do_policy_del(struct sk_buff *skb, struct genl_info *info)
{
	return locked(info, fs_config_policy_del);
}

#define POLICY(p)	.policy = (p), .maxattr = ARRAY_SIZE(p) - 1

static const struct genl_ops ops[] = {
	{
		.cmd = FLOWSYNC_CMD_NODE_SET,
		.doit = do_node_set,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_node),
	},
	{
		.cmd = FLOWSYNC_CMD_NODE_DEL,
		.doit = do_node_del,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_nothing),
	},
	{
		.cmd = FLOWSYNC_CMD_NODE_GET,
		.doit = do_node_get,
		POLICY(with_nothing),
	},
	{
		.cmd = FLOWSYNC_CMD_PEER_ADD,
		.doit = do_peer_add,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_peer),
	},
	{
		.cmd = FLOWSYNC_CMD_PEER_SET,
		.doit = do_peer_set,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_peer),
	},
	{
		.cmd = FLOWSYNC_CMD_PEER_DEL,
		.doit = do_peer_del,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_peer),
	},
	{
		.cmd = FLOWSYNC_CMD_PEER_GET,
		.doit = do_peer_get,
		.dumpit = fs_dump_peers,
		POLICY(with_peer),
	},
	{
		.cmd = FLOWSYNC_CMD_PEER_VERIFY,
		.doit = do_peer_verify,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_peer),
	},
	{
		.cmd = FLOWSYNC_CMD_PEER_RESYNC,
		.doit = do_peer_resync,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_peer),
	},
	{
		.cmd = FLOWSYNC_CMD_LINK_ADD,
		.doit = do_link_add,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_link),
	},
	{
		.cmd = FLOWSYNC_CMD_LINK_SET,
		.doit = do_link_set,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_link),
	},
	{
		.cmd = FLOWSYNC_CMD_LINK_DEL,
		.doit = do_link_del,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_link),
	},
	{
		.cmd = FLOWSYNC_CMD_GROUP_ADD,
		.doit = do_group_add,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_group),
	},
	{
		.cmd = FLOWSYNC_CMD_GROUP_SET,
		.doit = do_group_set,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_group),
	},
	{
		.cmd = FLOWSYNC_CMD_GROUP_HANDOVER,
		.doit = do_group_handover,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_group),
	},
	{
		.cmd = FLOWSYNC_CMD_GROUP_DEL,
		.doit = do_group_del,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_group),
	},
	{
		.cmd = FLOWSYNC_CMD_GROUP_GET,
		.doit = do_group_get,
		.dumpit = fs_dump_groups,
		POLICY(with_group),
	},
	{
		.cmd = FLOWSYNC_CMD_FLOW_GET,
		.start = fs_dump_flows_start,
		.dumpit = fs_dump_flows,
		POLICY(with_flow),
	},
	{
		.cmd = FLOWSYNC_CMD_POLICY_ADD,
		.doit = do_policy_add,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_policy),
	},
	{
		.cmd = FLOWSYNC_CMD_POLICY_SET,
		.doit = do_policy_set,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_policy),
	},
	{
		.cmd = FLOWSYNC_CMD_POLICY_DEL,
		.doit = do_policy_del,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(with_policy),
	},
	{
		.cmd = FLOWSYNC_CMD_POLICY_GET,
		.dumpit = fs_dump_policies,
		POLICY(with_nothing),
	},
	{
		.cmd = FLOWSYNC_CMD_STATS_GET,
		.dumpit = fs_dump_stats,
		POLICY(with_nothing),
	},
};

static const struct genl_multicast_group groups[] = {
	[FS_GENL_EVENTS] = { .name = FLOWSYNC_GENL_EVENTS },
};

struct genl_family fs_genl_family __ro_after_init = {
	.name = FLOWSYNC_GENL_NAME,
	.version = FLOWSYNC_GENL_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.resv_start_op = __FLOWSYNC_CMD_MAX,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

/**
 * fs_netlink_register - offer the family
 *
 * Return: 0 or a negative error.
 */
int __init fs_netlink_register(void)
{
	return genl_register_family(&fs_genl_family);
}

/**
 * fs_netlink_unregister - withdraw the family, and wait for requests
 */
void fs_netlink_unregister(void)
{
	genl_unregister_family(&fs_genl_family);
}
