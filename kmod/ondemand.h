/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet asks for a flow that is in the shadow.
 */
#ifndef _FLOWSYNC_ONDEMAND_H
#define _FLOWSYNC_ONDEMAND_H

#include <linux/netfilter.h>

struct fs_group;
struct fs_node;
struct nf_conn;

unsigned int fs_ondemand_hook(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state);
struct fs_group *fs_ondemand_group(struct fs_node *node,
				   const struct nf_conn *ct);
bool fs_ondemand_owned(struct fs_node *node, const struct nf_conn *ct);

#endif /* _FLOWSYNC_ONDEMAND_H */
