/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet asks for a flow that is in the shadow.
 */
#ifndef _FLOWSYNC_ONDEMAND_H
#define _FLOWSYNC_ONDEMAND_H

#include <linux/mutex.h>
#include <linux/netfilter.h>

struct fs_group;
struct fs_node;
struct fs_shadow_flow;
struct nf_conn;

/**
 * struct fs_ondemand - the hooks of a node that look for flows of the shadow
 * @lock: guards @hooked
 * @hooked: they are registered
 * @hooks: as registered, for IPv4 and IPv6
 */
struct fs_ondemand {
	struct mutex lock;
	bool hooked;
	struct nf_hook_ops hooks[2];
};

void fs_ondemand_init(struct fs_node *node);
void fs_ondemand_look(struct fs_node *node, bool idle);
void fs_ondemand_stop(struct fs_node *node);
struct fs_group *fs_ondemand_group(struct fs_node *node,
				   const struct nf_conn *ct);
struct fs_shadow_flow *fs_ondemand_flow(struct fs_node *node,
					const struct nf_conn *ct);
bool fs_ondemand_owned(struct fs_node *node, const struct nf_conn *ct);

#endif /* _FLOWSYNC_ONDEMAND_H */
