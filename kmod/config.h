/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configuration: what netlink requests change.
 */
#ifndef _FLOWSYNC_CONFIG_H
#define _FLOWSYNC_CONFIG_H

struct fs_group;
struct fs_net;
struct fs_peer;
struct genl_info;
struct nlattr;

/* Refuse a request, with a sentence. */
#define refuse(info, err, text) ({			\
	NL_SET_ERR_MSG((info)->extack, text);		\
	-(err);						\
})

#define BAD_NAME \
	"a name is 1 to 31 letters, digits, dots, dashes and underscores"
#define NO_NODE \
	"there is no node here yet: set its id first (node set id N)"

int fs_config_parse(struct genl_info *info, int object, struct nlattr **tb,
		    int max);
bool fs_config_name(const char *name);
struct fs_peer *fs_config_peer(struct fs_net *fsn, struct genl_info *info);
struct fs_group *fs_config_group(struct fs_net *fsn, struct genl_info *info);

int fs_config_node_set(struct fs_net *fsn, struct genl_info *info);
int fs_config_node_del(struct fs_net *fsn, struct genl_info *info);
int fs_config_peer_add(struct fs_net *fsn, struct genl_info *info);
int fs_config_peer_set(struct fs_net *fsn, struct genl_info *info);
int fs_config_peer_del(struct fs_net *fsn, struct genl_info *info);
int fs_config_peer_verify(struct fs_net *fsn, struct genl_info *info);
int fs_config_peer_resync(struct fs_net *fsn, struct genl_info *info);
int fs_config_links(struct fs_peer *peer, struct genl_info *info);
int fs_config_link_add(struct fs_net *fsn, struct genl_info *info);
int fs_config_link_set(struct fs_net *fsn, struct genl_info *info);
int fs_config_link_del(struct fs_net *fsn, struct genl_info *info);
int fs_config_group_add(struct fs_net *fsn, struct genl_info *info);
int fs_config_group_set(struct fs_net *fsn, struct genl_info *info);
int fs_config_group_handover(struct fs_net *fsn, struct genl_info *info);
int fs_config_group_del(struct fs_net *fsn, struct genl_info *info);

#endif /* _FLOWSYNC_CONFIG_H */
