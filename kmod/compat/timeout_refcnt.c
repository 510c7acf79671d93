// SPDX-License-Identifier: GPL-2.0
/* A timeout policy is counted by those that use it: in 6.1.192. */
#include <net/netfilter/nf_conntrack_timeout.h>

void probe(struct nf_ct_timeout *timeout);

void probe(struct nf_ct_timeout *timeout)
{
	refcount_set(&timeout->refcnt, 1);
}
