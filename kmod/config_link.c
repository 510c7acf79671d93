// SPDX-License-Identifier: GPL-2.0
/*
 * Links as netlink has them: of a peer that is added, and of one that lives.
 */
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "config.h"
#include "link.h"
#include "node.h"
#include "peer.h"

/**
 * struct wish - a link as a request describes it
 * @local: this end
 * @remote: the other end, of the same family
 * @ifindex: device, or 0
 */
struct wish {
	union fs_endpoint local;
	union fs_endpoint remote;
	int ifindex;
};

static int parse_end(struct genl_info *info, const struct nlattr *addr,
		     u16 port, union fs_endpoint *end)
{
	memset(end, 0, sizeof(*end));
	switch (nla_len(addr)) {
	case 4:
		end->in.sin_family = AF_INET;
		end->in.sin_port = htons(port);
		end->in.sin_addr.s_addr = nla_get_in_addr(addr);
		if (!end->in.sin_addr.s_addr ||
		    ipv4_is_multicast(end->in.sin_addr.s_addr))
			break;
		return 0;
	case 16:
		end->in6.sin6_family = AF_INET6;
		end->in6.sin6_port = htons(port);
		end->in6.sin6_addr = nla_get_in6_addr(addr);
		if (ipv6_addr_any(&end->in6.sin6_addr) ||
		    ipv6_addr_is_multicast(&end->in6.sin6_addr))
			break;
		return 0;
	}
	return refuse(info, EINVAL,
		      "a link's addresses are unicast IPv4 or IPv6 addresses");
}

static int parse_link(struct genl_info *info, const struct fs_peer *peer,
		      const struct nlattr *attr, struct wish *wish)
{
	struct nlattr *tb[FLOWSYNC_A_LINK_MAX + 1];
	u16 port = peer->node->port;
	int err;

	err = nla_parse_nested(tb, FLOWSYNC_A_LINK_MAX, attr, NULL,
			       info->extack);
	if (err)
		return err;
	if (!tb[FLOWSYNC_A_LINK_LOCAL] || !tb[FLOWSYNC_A_LINK_REMOTE])
		return refuse(info, EINVAL,
			      "a link needs a local and a remote address");
	if (nla_len(tb[FLOWSYNC_A_LINK_LOCAL]) !=
	    nla_len(tb[FLOWSYNC_A_LINK_REMOTE]))
		return refuse(info, EINVAL,
			      "both addresses of a link must be of one family");
	if (tb[FLOWSYNC_A_LINK_LOCAL_PORT])
		port = ntohs(nla_get_be16(tb[FLOWSYNC_A_LINK_LOCAL_PORT]));
	err = parse_end(info, tb[FLOWSYNC_A_LINK_LOCAL], port, &wish->local);
	if (err)
		return err;
	if (tb[FLOWSYNC_A_LINK_REMOTE_PORT])
		port = ntohs(nla_get_be16(tb[FLOWSYNC_A_LINK_REMOTE_PORT]));
	err = parse_end(info, tb[FLOWSYNC_A_LINK_REMOTE], port, &wish->remote);
	if (err)
		return err;
	wish->ifindex = tb[FLOWSYNC_A_LINK_IFINDEX] ?
			nla_get_u32(tb[FLOWSYNC_A_LINK_IFINDEX]) : 0;
	if (wish->local.sa.sa_family == AF_INET6 &&
	    ipv6_addr_type(&wish->local.in6.sin6_addr) & IPV6_ADDR_LINKLOCAL) {
		if (!wish->ifindex)
			return refuse(info, EINVAL,
				      "a link between link-local addresses needs a device");
		wish->local.in6.sin6_scope_id = wish->ifindex;
		wish->remote.in6.sin6_scope_id = wish->ifindex;
	}
	return 0;
}

/* One more link; or one in the place of another, which is then to be deleted. */
static int add_link(struct genl_info *info, struct fs_peer *peer,
		    const struct nlattr *attr, bool replaces)
{
	struct wish wish;
	int err;

	if (peer->link_count == FLOWSYNC_LINKS_MAX && !replaces)
		return refuse(info, E2BIG, "a peer has at most 8 links");
	err = parse_link(info, peer, attr, &wish);
	if (err)
		return err;
	/* Without encryption, a link is where nobody else is. */
	if (peer->seal.plain && !wish.ifindex)
		return refuse(info, EINVAL,
			      "without encryption each link needs a device of its own (dev)");
	return fs_link_add(peer, &wish.local, &wish.remote, wish.ifindex,
			   info->extack);
}

/**
 * fs_config_links - the links of FLOWSYNC_CMD_PEER_ADD
 * @peer: the new peer
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained; the peer may have some of them.
 */
int fs_config_links(struct fs_peer *peer, struct genl_info *info)
{
	struct nlattr *attr;
	int rem, err;

	nla_for_each_nested(attr, info->attrs[FLOWSYNC_A_PEER], rem) {
		if (nla_type(attr) != FLOWSYNC_A_PEER_LINK)
			continue;
		err = add_link(info, peer, attr, false);
		if (err)
			return err;
	}
	if (!peer->link_count)
		return refuse(info, EINVAL, "a peer needs at least one link");
	return 0;
}

/* The links that a request is about, in its order, of the peer that it names. */
static struct fs_peer *named_links(struct fs_net *fsn, struct genl_info *info,
				   const struct nlattr **link,
				   unsigned int wanted)
{
	struct fs_peer *peer = fs_config_peer(fsn, info);
	unsigned int count = 0;
	struct nlattr *attr;
	int rem;

	if (IS_ERR(peer))
		return peer;
	nla_for_each_nested(attr, info->attrs[FLOWSYNC_A_PEER], rem) {
		if (nla_type(attr) != FLOWSYNC_A_PEER_LINK)
			continue;
		if (count < wanted)
			link[count] = attr;
		count++;
	}
	if (count == wanted)
		return peer;
	return ERR_PTR(wanted == 1 ?
		       refuse(info, EINVAL, "the request is to name one link") :
		       refuse(info, EINVAL,
			      "the request is to name two links: which one, and what it becomes"));
}

/* The link of a peer that a request means. */
static struct fs_link *find_link(struct genl_info *info, struct fs_peer *peer,
				 const struct nlattr *attr)
{
	struct fs_link *link;
	struct wish wish;
	int err;

	err = parse_link(info, peer, attr, &wish);
	if (err)
		return ERR_PTR(err);
	switch (fs_link_find(peer, &wish.local, &wish.remote, wish.ifindex,
			     &link)) {
	case 0:
		return ERR_PTR(refuse(info, ENOENT,
				      "the peer has no such link"));
	case 1:
		return link;
	default:
		return ERR_PTR(refuse(info, EINVAL,
				      "the peer has several such links: name the device"));
	}
}

/**
 * fs_config_link_add - FLOWSYNC_CMD_LINK_ADD: one more link to a peer
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_link_add(struct fs_net *fsn, struct genl_info *info)
{
	const struct nlattr *attr;
	struct fs_peer *peer;
	int err;

	peer = named_links(fsn, info, &attr, 1);
	if (IS_ERR(peer))
		return PTR_ERR(peer);
	err = add_link(info, peer, attr, false);
	if (!err)
		fs_peer_kick(peer);
	return err;
}

/**
 * fs_config_link_del - FLOWSYNC_CMD_LINK_DEL: take a link from a peer
 * @fsn: the namespace
 * @info: the request
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_link_del(struct fs_net *fsn, struct genl_info *info)
{
	const struct nlattr *attr;
	struct fs_link *link;
	struct fs_peer *peer;

	peer = named_links(fsn, info, &attr, 1);
	if (IS_ERR(peer))
		return PTR_ERR(peer);
	link = find_link(info, peer, attr);
	if (IS_ERR(link))
		return PTR_ERR(link);
	if (peer->link_count == 1)
		return refuse(info, EBUSY,
			      "it is the peer's last link: add another first, or delete the peer");
	fs_link_del(link);
	fs_peer_kick(peer);
	return 0;
}

/**
 * fs_config_link_set - FLOWSYNC_CMD_LINK_SET: change a link in its place
 * @fsn: the namespace
 * @info: the request: first which link, then what it becomes
 *
 * The new one is there before the old one goes, so it may be the peer's only one.
 *
 * Context: process; fs_net.lock held.
 * Return: 0, or a negative error, explained, with nothing changed.
 */
int fs_config_link_set(struct fs_net *fsn, struct genl_info *info)
{
	const struct nlattr *attr[2];
	struct fs_link *link;
	struct fs_peer *peer;
	int err;

	peer = named_links(fsn, info, attr, 2);
	if (IS_ERR(peer))
		return PTR_ERR(peer);
	link = find_link(info, peer, attr[0]);
	if (IS_ERR(link))
		return PTR_ERR(link);
	err = add_link(info, peer, attr[1], true);
	if (err)
		return err;
	fs_link_del(link);
	fs_peer_kick(peer);
	return 0;
}
