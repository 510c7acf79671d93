// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "match.h"
#include "node.h"

static bool in_network(const struct fs_match_end *end,
		       const union nf_inet_addr *addr)
{
	const u8 *a = (const u8 *)addr->all, *b = (const u8 *)end->addr.all;
	unsigned int octets = end->bits / 8, rest = end->bits % 8;

	return !memcmp(a, b, octets) &&
	       (!rest || !((a[octets] ^ b[octets]) >> (8 - rest)));
}

static bool end_matches(const struct fs_match_end *end, u16 family,
			const union nf_inet_addr *addr, u16 port)
{
	if (end->family && (end->family != family || !in_network(end, addr)))
		return false;
	return !end->port_min ||
	       (port >= end->port_min && port <= end->port_max);
}

/**
 * fs_match_fits - whether a connection is what a match says
 * @match: the match
 * @ct: the connection
 *
 * Context: any.
 * Return: true if it is.
 */
bool fs_match_fits(const struct fs_match *match, const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *orig =
		nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL);

	if (match->proto && match->proto != orig->dst.protonum)
		return false;
#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	if ((READ_ONCE(ct->mark) ^ match->mark) & match->mark_mask)
		return false;
#endif
	if (match->has_zone &&
	    match->zone != nf_ct_zone_id(nf_ct_zone(ct), IP_CT_DIR_ORIGINAL))
		return false;
	return end_matches(&match->source, orig->src.l3num, &orig->src.u3,
			   ntohs(orig->src.u.all)) &&
	       end_matches(&match->dest, orig->src.l3num, &orig->dst.u3,
			   ntohs(orig->dst.u.all));
}

static bool is_named(const struct net *net, int ifindex, const char *name)
{
	const struct net_device *dev;

	dev = ifindex ? dev_get_by_index_rcu((struct net *)net, ifindex) : NULL;
	return dev && !strcmp(dev->name, name);
}

/* Of an entry that no packet brought here the devices are not known: it stays in
 * the group that it is in.
 */
static bool passed(const struct fs_group *group,
		   const struct fs_group_match *match,
		   const struct fs_way *way, const struct fs_group *now)
{
	if (!*match->dev)
		return true;
	if (!way)
		return group == now;
	return is_named(group->node->net, way->in, match->dev) ||
	       is_named(group->node->net, way->out, match->dev);
}

/**
 * fs_match_group - the group that a connection belongs to
 * @node: the node
 * @ct: the connection
 * @way: devices that its packet passed; NULL if none is at hand
 * @now: the group that it is in; NULL for none
 *
 * The first whose match fits, in order of their ids; else the first of those
 * without a match in which this node is active, or the first of them.
 *
 * Context: any, RCU read lock.
 * Return: the group, or NULL if there is none.
 */
struct fs_group *fs_match_group(const struct fs_node *node,
				const struct nf_conn *ct,
				const struct fs_way *way,
				const struct fs_group *now)
{
	const struct fs_group_match *match;
	struct fs_group *group, *rest = NULL;

	list_for_each_entry_rcu(group, &node->groups, list) {
		match = rcu_dereference(group->match);
		if (match && passed(group, match, way, now) &&
		    fs_match_fits(&match->match, ct))
			return group;
		if (!match && (!rest || (!fs_group_active(rest) &&
					 fs_group_active(group))))
			rest = group;
	}
	return rest;
}
