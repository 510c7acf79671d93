/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a shadow flow to a live conntrack entry.
 */
#ifndef _FLOWSYNC_INSTALL_H
#define _FLOWSYNC_INSTALL_H

#include <linux/types.h>

struct fs_node;
struct fs_peer;
struct fs_shadow_flow;

/**
 * enum fs_installed - what became of an install
 * @FS_INSTALLED: there is a new entry
 * @FS_INSTALL_EXISTS: there was one already; it was brought forward
 * @FS_INSTALL_FULL: nf_conntrack has no room, or there is no memory
 * @FS_INSTALL_CLASH: another connection has one of the tuples
 * @FS_INSTALL_ERROR: netfilter refused it
 */
enum fs_installed {
	FS_INSTALLED,
	FS_INSTALL_EXISTS,
	FS_INSTALL_FULL,
	FS_INSTALL_CLASH,
	FS_INSTALL_ERROR,
};

enum fs_installed fs_install(struct fs_node *node,
			     struct fs_shadow_flow *flow);
void fs_install_refresh(struct fs_node *node, struct fs_peer *peer, u32 slot);

#endif /* _FLOWSYNC_INSTALL_H */
