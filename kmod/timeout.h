/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Timeout policies, of nft's "ct timeout" objects and of nfnetlink_cttimeout. The
 * kernel has no way from a connection to the name of its policy, so what is told is
 * what it says: seconds for each state. Installed entries get a policy that says the
 * same, which this node makes, and all such entries share.
 */
#ifndef _FLOWSYNC_TIMEOUT_H
#define _FLOWSYNC_TIMEOUT_H

#include <linux/list.h>
#include <linux/spinlock.h>

struct fs_attrs;
struct fs_node;
struct nf_conn;

/* Most policies that are made. A router has a few. */
#define FS_POLICIES_MADE	256u

/**
 * struct fs_timeout_made - policies that were made for installed entries
 * @lock: guards additions
 * @list: struct made; RCU, written under @lock, and only added to
 * @count: length of @list; @lock
 */
struct fs_timeout_made {
	spinlock_t lock;
	struct list_head list;
	unsigned int count;
};

void fs_timeouts_init(struct fs_node *node);
void fs_timeouts_stop(struct fs_node *node);
void fs_timeouts_from_ct(struct fs_attrs *attrs, const struct nf_conn *ct);
bool fs_timeouts_to_ct(struct fs_node *node, struct nf_conn *ct,
		       const struct fs_attrs *attrs);

#endif /* _FLOWSYNC_TIMEOUT_H */
