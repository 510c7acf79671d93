/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What became of an install: the datapath's acknowledgement. A node that
 * installs a flow of another origin returns it there, with the flow's name.
 */
#ifndef _FLOWSYNC_CORE_RESULT_H
#define _FLOWSYNC_CORE_RESULT_H

#include "port.h"

/**
 * enum fs_installed - what became of an install; on the wire and per flow and
 * peer, where it has four bits
 * @FS_INSTALL_NONE: none was tried
 * @FS_INSTALLED: there is a new entry
 * @FS_INSTALL_EXISTS: there was one already; it was brought forward
 * @FS_INSTALL_FULL: nf_conntrack has no room
 * @FS_INSTALL_NO_MEMORY: it has, but there is no memory
 * @FS_INSTALL_CLASH: another connection has one of the tuples
 * @FS_INSTALL_ERROR: netfilter refused it, or for a reason that is not known
 *	here
 */
enum fs_installed {
	FS_INSTALL_NONE,
	FS_INSTALLED,
	FS_INSTALL_EXISTS,
	FS_INSTALL_FULL,
	FS_INSTALL_NO_MEMORY,
	FS_INSTALL_CLASH,
	FS_INSTALL_ERROR,
	FS_INSTALL_RESULTS,
};

/**
 * struct fs_result - what became of the install of one flow
 * @slot: of the flow at its origin
 * @gen: generation of the slot, not 0: with the slot the origin's cookie
 * @result: enum fs_installed, not FS_INSTALL_NONE; that of another version may
 *	be higher
 */
struct fs_result {
	u32 slot;
	u32 gen;
	u8 result;
};

/**
 * struct fs_room - a node's conntrack, as it tells its peers
 * @full: it takes no more entries
 * @left: how many it takes, as far as is known
 */
struct fs_room {
	bool full;
	u32 left;
};

#endif /* _FLOWSYNC_CORE_RESULT_H */
