// SPDX-License-Identifier: GPL-2.0
/* An expectation has a timer: in 6.1.170. */
#include <linux/timer.h>
#include <net/netfilter/nf_conntrack_expect.h>

struct timer_list *probe(struct nf_conntrack_expect *exp);

struct timer_list *probe(struct nf_conntrack_expect *exp)
{
	return &exp->timeout;
}
