// SPDX-License-Identifier: GPL-2.0
/* An expectation knows the helper that made it, beside that of the new connection:
 * in 6.1.192, not in 6.1.170.
 */
#include <net/netfilter/nf_conntrack_expect.h>

void *probe(struct nf_conntrack_expect *exp);

void *probe(struct nf_conntrack_expect *exp)
{
	return &exp->assign_helper;
}
