// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "compat/expect.h"
#include "convert.h"
#include "expect.h"
#include "node.h"

static_assert(FS_EXPECT_FLAGS == (NF_CT_EXPECT_PERMANENT |
				  NF_CT_EXPECT_INACTIVE |
				  NF_CT_EXPECT_USERSPACE));
static_assert(FS_EXPECT_CLASS == NF_CT_MAX_EXPECT_CLASSES - 1);

/* What sets the new connection up is told by the name under which it is registered.
 * Returns false if it has none.
 */
static bool fn_from_nf(char *name, const struct nf_conntrack_expect *exp)
{
	const struct nf_ct_helper_expectfn *fn;

	if (!exp->expectfn)
		return true;
	fn = nf_ct_helper_expectfn_find_by_symbol(exp->expectfn);
	return fn && strscpy(name, fn->name, FS_EXPECT_FN) >= 0;
}

/* Returns false if it cannot be told. */
static bool expect_from_nf(struct fs_expect *e, const struct nf_conn *ct,
			   const struct nf_conntrack_expect *exp)
{
	const struct nf_conntrack_helper *helper;
	s32 left = fs_expect_end(exp) - nfct_time_stamp;

	if (exp->tuple.src.l3num != nf_ct_l3num(ct) || !exp->tuple.dst.protonum ||
	    exp->class > FS_EXPECT_CLASS)
		return false;
	memset(e, 0, sizeof(*e));
	fs_tuple_from_nf(&e->tuple, &exp->tuple);
	memcpy(&e->mask, &exp->mask.src.u3, sizeof(e->mask));
	e->port_mask = ntohs(exp->mask.src.u.all);
	e->timeout = clamp(DIV_ROUND_UP(max(left, 1), HZ), 1, (s32)FS_TIMEOUT_MAX);
	e->proto = exp->tuple.dst.protonum;
	e->flags = READ_ONCE(exp->flags) & FS_EXPECT_FLAGS;
	e->class = exp->class;
#if IS_ENABLED(CONFIG_NF_NAT)
	memcpy(&e->saved, &exp->saved_addr, sizeof(e->saved));
	e->saved_port = ntohs(exp->saved_proto.all);
	e->dir = exp->dir;
#endif
	helper = rcu_dereference(exp->fs_assign_helper);
	if (helper)
		strscpy(e->helper, helper->name, sizeof(e->helper));
	return fn_from_nf(e->fn, exp);
}

/**
 * fs_expects_from_ct - what the helper of an entry expects now
 * @node: the node
 * @attrs: result: of the attributes this one
 * @ct: the entry, confirmed, with a reference held
 *
 * What cannot be told, or has no room, is counted.
 *
 * Context: any.
 */
void fs_expects_from_ct(struct fs_node *node, struct fs_attrs *attrs,
			const struct nf_conn *ct)
{
	struct nf_conn_help *help = nfct_help(ct);
	const struct nf_conntrack_expect *exp;
	struct fs_expect_cursor c;
	struct fs_expect e;

	if (!help || hlist_empty(&help->expectations))
		return;
	attrs->expects.len = 0;
	attrs->expects.age = 0;
	fs_expects_begin(&c, &attrs->expects, nf_ct_l3num(ct) == NFPROTO_IPV4 ?
			 FS_IPV4 : FS_IPV6);
	rcu_read_lock();
	hlist_for_each_entry_rcu(exp, &help->expectations, lnode) {
		if (fs_expect_over(exp))
			continue;
		if (!expect_from_nf(&e, ct, exp) ||
		    !fs_expects_add(attrs, &c, &e))
			fs_stat_inc(node, expect_untold);
	}
	rcu_read_unlock();
	if (attrs->expects.len)
		attrs->has |= FS_ATTR_EXPECTS;
}

/**
 * fs_expects_print - what tells whether an entry's expectations changed
 * @ct: the entry
 *
 * Context: any.
 * Return: a hash of what they are, and of when they end; 0 if there are none.
 */
u32 fs_expects_print(const struct nf_conn *ct)
{
	struct nf_conn_help *help = nfct_help(ct);
	const struct nf_conntrack_expect *exp;
	u32 sum = 0;

	if (likely(!help || hlist_empty(&help->expectations)))
		return 0;
	rcu_read_lock();
	hlist_for_each_entry_rcu(exp, &help->expectations, lnode)
		if (!fs_expect_over(exp))
			sum += jhash(&exp->tuple, sizeof(exp->tuple),
				     fs_expect_end(exp) ^
				     READ_ONCE(exp->flags) << 24);
	rcu_read_unlock();
	return sum;
}

/* Whether an entry has an expectation already, as it is told. */
static bool is_there(const struct nf_conn_help *help,
		     const struct nf_conntrack_expect *new, u32 end)
{
	const struct nf_conntrack_expect *exp;

	hlist_for_each_entry_rcu(exp, &help->expectations, lnode)
		if (nf_ct_tuple_equal(&exp->tuple, &new->tuple) &&
		    nf_ct_tuple_mask_equal(&exp->mask, &new->mask) &&
		    !fs_expect_over(exp))
			return (READ_ONCE(exp->flags) & FS_EXPECT_FLAGS) ==
			       new->flags &&
			       (s32)(end - fs_expect_end(exp)) <= 2 * HZ;
	return false;
}

/* What of an expectation is looked up here, by name. */
static bool set_names(struct fs_node *node, struct nf_conntrack_expect *exp,
		      const struct fs_expect *e)
{
	struct nf_conntrack_helper *helper;
	struct nf_ct_helper_expectfn *fn;

	if (e->helper[0]) {
		helper = __nf_conntrack_helper_find(e->helper,
						    exp->tuple.src.l3num,
						    e->proto);
		rcu_assign_pointer(exp->fs_assign_helper, helper);
		if (!helper)
			fs_stat_inc(node, install_no_helper);
	}
	if (e->fn[0]) {
		fn = nf_ct_helper_expectfn_find_by_name(e->fn);
		if (!fn)
			return false;
		exp->expectfn = fn->expectfn;
	}
	return true;
}

/* Returns false if it cannot be had. */
static bool expect_to_ct(struct fs_node *node, struct nf_conn *ct,
			 const struct nf_conntrack_helper *helper,
			 const struct fs_expect *e, u32 left)
{
	u8 family = nf_ct_l3num(ct) == NFPROTO_IPV4 ? FS_IPV4 : FS_IPV6;
	struct nf_conntrack_expect *exp;
	struct nf_conntrack_tuple tuple;
	bool good = true;

	if (e->class > helper->expect_class_max)
		return false;
	exp = nf_ct_expect_alloc(ct);
	if (!exp)
		return false;
	fs_tuple_to_nf(&tuple, &e->tuple, family, e->proto);
	nf_ct_expect_init(exp, e->class, nf_ct_l3num(ct), NULL, &tuple.dst.u3,
			  e->proto, NULL, &tuple.dst.u.all);
	exp->tuple = tuple;
	memcpy(&exp->mask.src.u3, &e->mask, sizeof(e->mask));
	exp->mask.src.u.all = htons(e->port_mask);
	exp->flags = e->flags;
#if IS_ENABLED(CONFIG_NF_NAT)
	memcpy(&exp->saved_addr, &e->saved, sizeof(e->saved));
	exp->saved_proto.all = htons(e->saved_port);
	exp->dir = e->dir;
#endif
	if (!is_there(nfct_help(ct), exp, nfct_time_stamp + left * HZ)) {
		good = set_names(node, exp, e) &&
		       !fs_expect_relate(exp, helper, left);
		if (good)
			fs_stat_inc(node, expect_made);
	}
	nf_ct_expect_put(exp);
	return good;
}

/**
 * fs_expects_to_ct - have the helper of an entry expect what it did at its origin
 * @node: the node
 * @ct: the entry, confirmed, with a reference held
 * @attrs: its attributes
 *
 * What it expects already stays; what its origin does not expect any more has its
 * own time.
 *
 * Context: RCU read lock, without the lock of the entry.
 */
void fs_expects_to_ct(struct fs_node *node, struct nf_conn *ct,
		      const struct fs_attrs *attrs)
{
	const struct nf_conntrack_helper *helper;
	struct nf_conn_help *help;
	struct fs_expect_cursor c;
	struct fs_expect e;

	if (!(attrs->has & FS_ATTR_EXPECTS))
		return;
	help = nfct_help(ct);
	helper = help ? rcu_dereference(help->helper) : NULL;
	fs_expects_begin(&c, &attrs->expects, nf_ct_l3num(ct) == NFPROTO_IPV4 ?
			 FS_IPV4 : FS_IPV6);
	while (fs_expects_next(&c, &e)) {
		if (e.timeout <= attrs->expects.age)
			continue;
		if (!helper || !expect_to_ct(node, ct, helper, &e,
					     e.timeout - attrs->expects.age))
			fs_stat_inc(node, expect_lost);
	}
}

/**
 * fs_master_from_ct - which connection an entry was expected of
 * @attrs: result: of the attributes this one
 * @ct: the entry, confirmed, with a reference held
 *
 * Context: any.
 */
void fs_master_from_ct(struct fs_attrs *attrs, const struct nf_conn *ct)
{
	const struct nf_conn *master = ct->master;

	if (!test_bit(IPS_EXPECTED_BIT, &ct->status) || !master ||
	    nf_ct_l3num(master) != nf_ct_l3num(ct))
		return;
	attrs->has |= FS_ATTR_MASTER;
	attrs->master.family = nf_ct_l3num(ct) == NFPROTO_IPV4 ? FS_IPV4 :
								 FS_IPV6;
	attrs->master.proto = nf_ct_protonum(master);
	fs_tuple_from_nf(&attrs->master.tuple,
			 nf_ct_tuple(master, IP_CT_DIR_ORIGINAL));
}

/**
 * fs_master_find - the live entry that a flow was expected of
 * @node: the node
 * @zone: of the flow
 * @master: what is known of it
 *
 * Context: RCU read lock.
 * Return: the entry, with a reference, or NULL if there is none.
 */
struct nf_conn *fs_master_find(struct fs_node *node,
			       const struct nf_conntrack_zone *zone,
			       const struct fs_master *master)
{
	struct nf_conntrack_tuple_hash *hash;
	struct nf_conntrack_tuple tuple;

	fs_tuple_to_nf(&tuple, &master->tuple, master->family, master->proto);
	hash = nf_conntrack_find_get(node->net, zone, &tuple);
	if (!hash)
		return NULL;
	if (NF_CT_DIRECTION(hash) == IP_CT_DIR_ORIGINAL)
		return nf_ct_tuplehash_to_ctrack(hash);
	nf_ct_put(nf_ct_tuplehash_to_ctrack(hash));
	return NULL;
}
