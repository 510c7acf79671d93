// SPDX-License-Identifier: GPL-2.0
/* An expectation has the time of its end: in 6.1.192. */
#include <net/netfilter/nf_conntrack_expect.h>

u32 *probe(struct nf_conntrack_expect *exp);

u32 *probe(struct nf_conntrack_expect *exp)
{
	return nf_ct_exp_is_expired(exp) ? NULL : &exp->timeout;
}
