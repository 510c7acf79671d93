/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Roles and epochs of a group: who may be active.
 */
#ifndef _FLOWSYNC_CORE_ROLE_H
#define _FLOWSYNC_CORE_ROLE_H

#include "port.h"

/* The same values as enum flowsync_role of the uapi header. */
enum fs_role {
	FS_ROLE_INIT,
	FS_ROLE_STANDBY,
	FS_ROLE_ACTIVE,
	FS_ROLES
};

/**
 * struct fs_claim - a node's claim to a group
 * @role: enum fs_role
 * @epoch: under which it holds the role
 * @node: node id, 0 for nobody
 */
struct fs_claim {
	u8 role;
	u64 epoch;
	u32 node;
};

int fs_claim_cmp(const struct fs_claim *a, const struct fs_claim *b);
bool fs_claim_yields(const struct fs_claim *own, const struct fs_claim *other);

#endif /* _FLOWSYNC_CORE_ROLE_H */
