// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_l4proto.h>

#include "compat/timeout.h"
#include "core/attr.h"
#include "node.h"
#include "timeout.h"

/**
 * struct made - a policy that was made here
 * @list: in fs_timeout_made.list
 * @count: of @policy's timeouts
 * @policy: it; its data are as many unsigned ints, in jiffies
 */
struct made {
	struct list_head list;
	u8 count;
	struct nf_ct_timeout *policy;
};

/**
 * fs_timeouts_init - set up a new node's timeout policies
 * @node: the node
 */
void fs_timeouts_init(struct fs_node *node)
{
	spin_lock_init(&node->timeouts.lock);
	INIT_LIST_HEAD(&node->timeouts.list);
}

#if IS_ENABLED(CONFIG_NF_CONNTRACK_TIMEOUT)

/* How many timeouts policies of a protocol have; 0 if it is one of none. */
static unsigned int count_of(const struct nf_conntrack_l4proto *l4proto)
{
	unsigned int count = l4proto->ctnl_timeout.obj_size /
			     sizeof(unsigned int);

	return count <= FS_TIMEOUTS ? count : 0;
}

/**
 * fs_timeouts_stop - take a node's timeout policies from all entries
 * @node: the node, which installs nothing any more
 *
 * They go on with what is configured for all.
 *
 * Context: process.
 */
void fs_timeouts_stop(struct fs_node *node)
{
	struct made *made, *next;

	list_for_each_entry_safe(made, next, &node->timeouts.list, list) {
		nf_ct_untimeout(node->net, made->policy);
		fs_timeout_end(made->policy);
		list_del(&made->list);
		kfree(made);
	}
}

/**
 * fs_timeouts_from_ct - the timeout policy of an entry
 * @attrs: where it goes
 * @ct: the entry
 *
 * Context: any.
 */
void fs_timeouts_from_ct(struct fs_attrs *attrs, const struct nf_conn *ct)
{
	const struct nf_conn_timeout *ext = nf_ct_timeout_find(ct);
	struct fs_timeouts *timeouts = &attrs->timeouts;
	const struct nf_ct_timeout *policy;
	const unsigned int *value;
	unsigned int n;

	if (!ext)
		return;
	rcu_read_lock();
	policy = rcu_dereference(ext->timeout);
	if (policy) {
		value = (const unsigned int *)policy->data;
		timeouts->count = count_of(policy->l4proto);
		for (n = 0; n < timeouts->count; n++)
			timeouts->seconds[n] = min_t(u32, FS_TIMEOUT_MAX,
						     value[n] / HZ);
		if (timeouts->count)
			attrs->has |= FS_ATTR_TIMEOUTS;
	}
	rcu_read_unlock();
}

static bool says(const struct made *made,
		 const struct nf_conntrack_l4proto *l4proto, u16 l3num,
		 const struct fs_timeouts *timeouts)
{
	const unsigned int *value = (const unsigned int *)made->policy->data;
	unsigned int n;

	if (made->policy->l4proto != l4proto || made->policy->l3num != l3num ||
	    made->count != timeouts->count)
		return false;
	for (n = 0; n < timeouts->count; n++)
		if (value[n] != timeouts->seconds[n] * HZ)
			return false;
	return true;
}

static struct nf_ct_timeout *find(const struct fs_node *node,
				  const struct nf_conntrack_l4proto *l4proto,
				  u16 l3num, const struct fs_timeouts *timeouts)
{
	const struct made *made;

	list_for_each_entry_rcu(made, &node->timeouts.list, list,
				lockdep_is_held(&node->timeouts.lock))
		if (says(made, l4proto, l3num, timeouts))
			return made->policy;
	return NULL;
}

static struct nf_ct_timeout *make(struct fs_node *node,
				  const struct nf_conntrack_l4proto *l4proto,
				  u16 l3num, const struct fs_timeouts *timeouts)
{
	struct nf_ct_timeout *policy;
	struct made *made;
	unsigned int n;

	lockdep_assert_held(&node->timeouts.lock);

	if (node->timeouts.count == FS_POLICIES_MADE)
		return NULL;
	made = kmalloc(sizeof(*made), GFP_ATOMIC);
	policy = kzalloc(sizeof(*policy) + l4proto->ctnl_timeout.obj_size,
			 GFP_ATOMIC);
	if (!made || !policy) {
		kfree(made);
		kfree(policy);
		return NULL;
	}
	fs_timeout_begin(policy);
	policy->l3num = l3num;
	policy->l4proto = l4proto;
	for (n = 0; n < timeouts->count; n++)
		((unsigned int *)policy->data)[n] = timeouts->seconds[n] * HZ;
	made->policy = policy;
	made->count = timeouts->count;
	list_add_rcu(&made->list, &node->timeouts.list);
	node->timeouts.count++;
	return policy;
}

/**
 * fs_timeouts_to_ct - give a new entry its timeout policy
 * @node: the node
 * @ct: the entry, not confirmed
 * @attrs: its attributes
 *
 * Context: RCU read lock.
 * Return: false if it has one and does not get it: there is no memory, many others
 * were made, or the protocol has another number of timeouts here.
 */
bool fs_timeouts_to_ct(struct fs_node *node, struct nf_conn *ct,
		       const struct fs_attrs *attrs)
{
	const struct nf_conntrack_l4proto *l4proto;
	const struct fs_timeouts *timeouts = &attrs->timeouts;
	struct nf_ct_timeout *policy;

	if (!(attrs->has & FS_ATTR_TIMEOUTS))
		return true;
	l4proto = nf_ct_l4proto_find(nf_ct_protonum(ct));
	if (count_of(l4proto) != timeouts->count)
		return false;
	policy = find(node, l4proto, nf_ct_l3num(ct), timeouts);
	if (!policy) {
		spin_lock_bh(&node->timeouts.lock);
		policy = find(node, l4proto, nf_ct_l3num(ct), timeouts);
		if (!policy)
			policy = make(node, l4proto, nf_ct_l3num(ct), timeouts);
		spin_unlock_bh(&node->timeouts.lock);
	}
	return nf_ct_timeout_ext_add(ct, policy, GFP_ATOMIC);
}

#else

void fs_timeouts_stop(struct fs_node *node)
{
}

void fs_timeouts_from_ct(struct fs_attrs *attrs, const struct nf_conn *ct)
{
}

bool fs_timeouts_to_ct(struct fs_node *node, struct nf_conn *ct,
		       const struct fs_attrs *attrs)
{
	return !(attrs->has & FS_ATTR_TIMEOUTS);
}

#endif
