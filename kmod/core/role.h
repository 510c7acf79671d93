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

/* Largest traffic of a claim. */
#define FS_TRAFFIC_MAX	64

/**
 * struct fs_claim - a node's claim to a group
 * @role: enum fs_role
 * @epoch: under which it holds the role
 * @node: node id, 0 for nobody
 * @weighed: @rank and @traffic are told; nodes before them have none
 * @rank: what its node was told to put before the epoch, 0 for nothing
 * @traffic: how much it has served since: each one more is twice as much
 *
 * What counts of a claim never falls while it is held, nor once its node has seen a
 * better one: whoever compares an older word of it with his own claim, and gives way
 * to it, would give way to the latest word too. So of two that compare at any
 * time, in whatever order they hear of each other, never both give way.
 */
struct fs_claim {
	u8 role;
	u64 epoch;
	u32 node;
	bool weighed;
	u8 rank;
	u8 traffic;
};

struct fs_group_view;

u8 fs_claim_traffic(u64 served);
struct fs_claim fs_claim_told(const struct fs_group_view *view);
int fs_claim_cmp(const struct fs_claim *a, const struct fs_claim *b);
bool fs_claim_yields(const struct fs_claim *own, const struct fs_claim *other);

#endif /* _FLOWSYNC_CORE_ROLE_H */
