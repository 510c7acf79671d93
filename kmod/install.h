/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a shadow flow to a live conntrack entry.
 */
#ifndef _FLOWSYNC_INSTALL_H
#define _FLOWSYNC_INSTALL_H

#include <linux/types.h>

#include "core/result.h"

struct fs_group;
struct fs_node;
struct fs_shadow_flow;
struct fs_state;
struct nf_conn;

enum fs_installed fs_install(struct fs_node *node,
			     struct fs_shadow_flow *flow);
enum fs_installed fs_install_told(struct fs_group *group,
				  const struct fs_state *state);
struct nf_conn *fs_install_entry(struct fs_node *node,
				 const struct fs_state *state);

#endif /* _FLOWSYNC_INSTALL_H */
