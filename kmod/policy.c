// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_timestamp.h>

#include <linux/flowsync.h>

#include "node.h"
#include "policy.h"

/* Seconds since a connection began; 0 if that is not known. */
static u64 age_of(const struct nf_conn *ct)
{
	const struct nf_conn_tstamp *tstamp = nf_conn_tstamp_find(ct);
	u64 now = ktime_get_real_ns();

	return tstamp && tstamp->start && now > tstamp->start ?
	       div_u64(now - tstamp->start, NSEC_PER_SEC) : 0;
}

/* Whether a connection is large enough; what is not accounted for is not. */
static bool is_large(const struct fs_policy *policy, const struct nf_conn *ct)
{
	const struct nf_conn_acct *acct = nf_conn_acct_find(ct);
	u64 packets = 0, octets = 0;
	unsigned int dir;

	for (dir = 0; acct && dir < IP_CT_DIR_MAX; dir++) {
		packets += atomic64_read(&acct->counter[dir].packets);
		octets += atomic64_read(&acct->counter[dir].bytes);
	}
	return packets >= policy->packets && octets >= policy->octets;
}

/* What changes while a connection lasts. */
static bool has_reached(const struct fs_policy *policy,
			const struct nf_conn *ct)
{
	if (policy->conn == FLOWSYNC_CONN_REPLIED &&
	    !test_bit(IPS_SEEN_REPLY_BIT, &ct->status))
		return false;
	if (policy->conn == FLOWSYNC_CONN_ASSURED &&
	    !test_bit(IPS_ASSURED_BIT, &ct->status))
		return false;
	if (policy->age && age_of(ct) < policy->age)
		return false;
	return !(policy->packets | policy->octets) || is_large(policy, ct);
}

/**
 * fs_policy_replicates - whether a connection is to be replicated
 * @node: the node
 * @ct: the connection
 *
 * Context: any.
 * Return: true unless the first policy that matches says off.
 */
bool fs_policy_replicates(const struct fs_node *node, const struct nf_conn *ct)
{
	const struct fs_policy *policy;
	bool replicates = true;

	if (likely(list_empty(&node->policies)))
		return true;
	rcu_read_lock();
	list_for_each_entry_rcu(policy, &node->policies, list) {
		if (fs_match_fits(&policy->match, ct) &&
		    has_reached(policy, ct)) {
			replicates = policy->mode != FLOWSYNC_MODE_OFF;
			break;
		}
	}
	rcu_read_unlock();
	return replicates;
}

/**
 * fs_policies_free - free all policies
 * @node: the node, whose table nothing reaches any more
 *
 * Context: process; fs_net.lock held.
 */
void fs_policies_free(struct fs_node *node)
{
	struct fs_policy *policy, *next;

	list_for_each_entry_safe(policy, next, &node->policies, list) {
		list_del_rcu(&policy->list);
		kfree_rcu(policy, rcu);
	}
}
