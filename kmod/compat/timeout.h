/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Timeout policies, which are counted by those that use them since a stable release of
 * 6.1. Before that who made one takes it from all entries and may free it.
 */
#ifndef _FLOWSYNC_COMPAT_TIMEOUT_H
#define _FLOWSYNC_COMPAT_TIMEOUT_H

#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_timeout.h>

/* What a policy was made with: its maker has one reference. */
static inline void fs_timeout_begin(struct nf_ct_timeout *timeout)
{
#ifdef FS_TIMEOUT_REFCNT
	refcount_set(&timeout->refcnt, 1);
#endif
}

/* Its maker is done with it, after nf_ct_untimeout(). */
static inline void fs_timeout_end(struct nf_ct_timeout *timeout)
{
#ifdef FS_TIMEOUT_REFCNT
	if (!refcount_dec_and_test(&timeout->refcnt))
		return;
#endif
	kfree_rcu(timeout, rcu);
}

#endif /* _FLOWSYNC_COMPAT_TIMEOUT_H */
