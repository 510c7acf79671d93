/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Expectations, whose structure changed within stable series. Which one this kernel
 * has is found out by compiling the probes beside this file, see Kbuild.
 */
#ifndef _FLOWSYNC_COMPAT_EXPECT_H
#define _FLOWSYNC_COMPAT_EXPECT_H

#include <linux/timer.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>

/* The helper that the new connection gets. What made the expectation was not kept
 * before it had a name of its own.
 */
#ifdef FS_EXPECT_ASSIGN_HELPER
#define fs_assign_helper	assign_helper
#else
#define fs_assign_helper	helper
#endif

#if defined(FS_EXPECT_JIFFIES)

/* When it ends, in jiffies. */
static inline u32 fs_expect_end(const struct nf_conntrack_expect *exp)
{
	return READ_ONCE(exp->timeout);
}

static inline bool fs_expect_over(const struct nf_conntrack_expect *exp)
{
	return nf_ct_exp_is_expired(exp);
}

/* nf_ct_expect_related(), for so many seconds and not for what the helper's policy
 * says, which it adds.
 */
static inline int fs_expect_relate(struct nf_conntrack_expect *exp,
				   const struct nf_conntrack_helper *helper,
				   u32 seconds)
{
	exp->timeout = nfct_time_stamp + seconds * HZ -
		       helper->expect_policy[exp->class].timeout * HZ;
	return nf_ct_expect_related(exp, 0);
}

#elif defined(FS_EXPECT_TIMER)

static inline u32 fs_expect_end(const struct nf_conntrack_expect *exp)
{
	return READ_ONCE(exp->timeout.expires);
}

/* Its timer takes it off the list. */
static inline bool fs_expect_over(const struct nf_conntrack_expect *exp)
{
	return false;
}

static inline int fs_expect_relate(struct nf_conntrack_expect *exp,
				   const struct nf_conntrack_helper *helper,
				   u32 seconds)
{
	int err = nf_ct_expect_related(exp, 0);

	if (!err)
		mod_timer_pending(&exp->timeout, jiffies + seconds * HZ);
	return err;
}

#else
#error "none of the probes of kmod/Kbuild compiles"
#endif

#endif /* _FLOWSYNC_COMPAT_EXPECT_H */
