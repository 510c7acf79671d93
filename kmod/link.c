// SPDX-License-Identifier: GPL-2.0
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ipv6_stubs.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/udp_tunnel.h>

#include "event.h"
#include "link.h"
#include "node.h"
#include "peer.h"
#include "receive.h"
#include "seal.h"

/**
 * struct received - where a CPU opens a datagram
 * @data: the datagram
 */
struct received {
	u8 data[FS_DATAGRAM_MAX];
};

static struct received __percpu *fs_received;

/**
 * fs_link_init - prepare for links, in any namespace
 *
 * Return: 0 or a negative error.
 */
int __init fs_link_init(void)
{
	fs_received = alloc_percpu(struct received);
	return fs_received ? 0 : -ENOMEM;
}

/**
 * fs_link_exit - there are no links any more
 */
void fs_link_exit(void)
{
	free_percpu(fs_received);
}

static bool same_addr(const union fs_endpoint *a, const union fs_endpoint *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in.sin_port == b->in.sin_port &&
		       a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	return a->in6.sin6_port == b->in6.sin6_port &&
	       ipv6_addr_equal(&a->in6.sin6_addr, &b->in6.sin6_addr);
}

static struct fs_link *find_link(const struct fs_sock *s,
				 const union fs_endpoint *remote)
{
	struct fs_link *link;

	list_for_each_entry_rcu(link, &s->links, by_sock,
			lockdep_is_held(&fs_net(s->node->net)->lock))
		if (same_addr(&link->remote, remote))
			return link;
	return NULL;
}

static void source_of(const struct sk_buff *skb, union fs_endpoint *from)
{
	memset(from, 0, sizeof(*from));
	if (skb->protocol == htons(ETH_P_IP)) {
		from->in.sin_family = AF_INET;
		from->in.sin_port = udp_hdr(skb)->source;
		from->in.sin_addr.s_addr = ip_hdr(skb)->saddr;
	} else {
		from->in6.sin6_family = AF_INET6;
		from->in6.sin6_port = udp_hdr(skb)->source;
		from->in6.sin6_addr = ipv6_hdr(skb)->saddr;
	}
}

/* The datagram where it can be opened: nobody else has these octets. That is where
 * it is, or a copy in this processor's buffer, one at a time: a softirq is not
 * interrupted by another.
 */
static u8 *own_octets(struct sk_buff *skb, unsigned int len)
{
	u8 *data;

	if (!skb_cloned(skb) && skb_headlen(skb) >= sizeof(struct udphdr) + len)
		return skb->data + sizeof(struct udphdr);
	data = this_cpu_ptr(fs_received)->data;
	return skb_copy_bits(skb, sizeof(struct udphdr), data, len) ? NULL :
								      data;
}

/* A datagram arrived. Runs in softirq, under RCU; consumes the skb. */
static int sock_receive(struct sock *sk, struct sk_buff *skb)
{
	struct fs_sock *s = rcu_dereference_sk_user_data(sk);
	union fs_endpoint from;
	struct fs_link *link;
	unsigned int len;
	u8 *data;

	if (!s)
		goto out;
	source_of(skb, &from);
	link = find_link(s, &from);
	if (!link) {
		fs_stat_inc(s->node, rx_badpeer);
		goto out;
	}
	len = skb->len - sizeof(struct udphdr);
	if (len > FS_DATAGRAM_MAX) {
		fs_stat_inc(s->node, rx_badlen);
		goto out;
	}
	data = own_octets(skb, len);
	if (!data) {
		fs_stat_inc(s->node, rx_badlen);
		goto out;
	}
	fs_receive(link, data, len);
out:
	consume_skb(skb);
	return 0;
}

/* Nothing is fragmented here or on the way: what is too long is refused, and
 * the path's MTU learnt by that.
 */
static int set_discovery(struct socket *sock, int family)
{
	int how = family == AF_INET ? IP_PMTUDISC_DO : IPV6_PMTUDISC_DO;

	if (family == AF_INET)
		return sock->ops->setsockopt(sock, SOL_IP, IP_MTU_DISCOVER,
					     KERNEL_SOCKPTR(&how), sizeof(how));
	return sock->ops->setsockopt(sock, SOL_IPV6, IPV6_MTU_DISCOVER,
				     KERNEL_SOCKPTR(&how), sizeof(how));
}

static int open_socket(struct fs_sock *s, struct netlink_ext_ack *extack)
{
	struct udp_tunnel_sock_cfg cfg = {
		.sk_user_data = s,
		.encap_type = 1,
		.encap_rcv = sock_receive,
	};
	int family = s->local.sa.sa_family;
	struct socket *sock;
	int err;

	err = sock_create_kern(s->node->net, family, SOCK_DGRAM, IPPROTO_UDP,
			       &sock);
	if (err) {
		NL_SET_ERR_MSG(extack, "cannot make a UDP socket");
		return err;
	}
	if (family == AF_INET6)
		sock->sk->sk_ipv6only = 1;
	/* The address may come later, or with a failover. */
	ip_sock_set_freebind(sock->sk);
	sock->sk->sk_allocation = GFP_ATOMIC;
	err = set_discovery(sock, family);
	if (err) {
		NL_SET_ERR_MSG(extack, "cannot have the path's MTU discovered");
		goto err_release;
	}
	if (s->ifindex) {
		err = sock_bindtoindex(sock->sk, s->ifindex, true);
		if (err) {
			NL_SET_ERR_MSG(extack, "cannot bind to the device");
			goto err_release;
		}
	}
	err = kernel_bind(sock, &s->local.sa, family == AF_INET ?
			  sizeof(s->local.in) : sizeof(s->local.in6));
	if (err) {
		if (err == -EADDRINUSE)
			NL_SET_ERR_MSG(extack,
				       "the local address and port are in use by another socket");
		else
			NL_SET_ERR_MSG(extack,
				       "cannot bind to the local address and port");
		goto err_release;
	}
	setup_udp_tunnel_sock(s->node->net, sock, &cfg);
	s->sock = sock;
	return 0;

err_release:
	sock_release(sock);
	return err;
}

static struct fs_sock *get_sock(struct fs_node *node,
				const union fs_endpoint *local, int ifindex,
				struct netlink_ext_ack *extack)
{
	struct fs_sock *s;
	int err;

	list_for_each_entry(s, &node->socks, list)
		if (same_addr(&s->local, local) && s->ifindex == ifindex)
			return s;

	s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	if (!s)
		return ERR_PTR(-ENOMEM);
	s->node = node;
	s->local = *local;
	s->ifindex = ifindex;
	INIT_LIST_HEAD(&s->links);
	err = open_socket(s, extack);
	if (err) {
		kfree(s);
		return ERR_PTR(err);
	}
	list_add_tail(&s->list, &node->socks);
	return s;
}

/* Close the socket if no link uses it any more. */
static void put_sock(struct fs_sock *s)
{
	if (--s->users)
		return;
	list_del(&s->list);
	udp_tunnel_sock_release(s->sock);
	synchronize_net();
	kfree(s);
}

/**
 * fs_link_add - add a link to a peer, which may be alive
 * @peer: the peer
 * @local: this end
 * @remote: the other end, of the same family
 * @ifindex: device to bind to, or 0
 * @extack: where a refusal is explained
 *
 * Context: process; fs_net.lock held.
 * Return: 0 or a negative error.
 */
int fs_link_add(struct fs_peer *peer, const union fs_endpoint *local,
		const union fs_endpoint *remote, int ifindex,
		struct netlink_ext_ack *extack)
{
	struct fs_link *link;
	struct fs_sock *s;

	link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);
	if (!link)
		return -ENOMEM;
	s = get_sock(peer->node, local, ifindex, extack);
	if (IS_ERR(s)) {
		kfree(link);
		return PTR_ERR(s);
	}
	if (find_link(s, remote)) {
		NL_SET_ERR_MSG(extack,
			       "a link between these two addresses exists already");
		kfree(link);
		return -EEXIST;
	}
	link->peer = peer;
	link->sock = s;
	s->users++;
	link->remote = *remote;
	fs_liveness_init(&link->live, peer->live.interval, peer->live.count);
	fs_link_measure(link);
	down_write(&peer->links_sem);
	list_add_tail_rcu(&link->list, &peer->links);
	peer->link_count++;
	up_write(&peer->links_sem);
	list_add_tail_rcu(&link->by_sock, &s->links);
	return 0;
}

/**
 * fs_link_find - the link of a peer between two addresses
 * @peer: the peer
 * @local: this end
 * @remote: the other end
 * @ifindex: the device it is bound to; 0 for any, and for none
 * @found: where the last of those that fit goes
 *
 * Context: process; fs_net.lock held.
 * Return: how many fit.
 */
unsigned int fs_link_find(struct fs_peer *peer, const union fs_endpoint *local,
			  const union fs_endpoint *remote, int ifindex,
			  struct fs_link **found)
{
	unsigned int count = 0;
	struct fs_link *link;

	list_for_each_entry(link, &peer->links, list) {
		if (!same_addr(&link->sock->local, local) ||
		    !same_addr(&link->remote, remote) ||
		    (ifindex && link->sock->ifindex != ifindex))
			continue;
		*found = link;
		count++;
	}
	return count;
}

/* Nothing is sent over it any more; but the walk may be looking at it, see
 * fs_link_carried().
 */
static void release(struct fs_link *link)
{
	put_sock(link->sock);
	kfree_rcu(link, rcu);
}

/**
 * fs_link_del - take a link from a living peer, and free it
 * @link: the link, not the peer's last
 *
 * What was sent over it and lost is sent again over another.
 *
 * Context: process; fs_net.lock held. Waits for grace periods, and for what is
 * being sent to the peer.
 */
void fs_link_del(struct fs_link *link)
{
	struct fs_peer *peer = link->peer;

	fs_link_mute(link);
	synchronize_net();
	down_write(&peer->links_sem);
	fs_handshake_forget(link);
	if (link->reported)
		fs_event_link(link, FLOWSYNC_EVENT_LINK_DOWN,
			      "the link was deleted");
	list_del_rcu(&link->list);
	peer->link_count--;
	up_write(&peer->links_sem);
	release(link);
}

/**
 * fs_link_mute - receive nothing more over a link
 * @link: the link
 *
 * Context: process; fs_net.lock held. Receivers may be at work with it until a
 * grace period has passed.
 */
void fs_link_mute(struct fs_link *link)
{
	list_del_rcu(&link->by_sock);
}

/**
 * fs_link_free - free a link
 * @link: the link, muted a grace period ago and not sent over any more
 *
 * Context: process; fs_net.lock held. May wait for a grace period.
 */
void fs_link_free(struct fs_link *link)
{
	list_del_rcu(&link->list);
	release(link);
}

static u32 path_mtu4(struct net *net, const struct fs_link *link)
{
	struct flowi4 fl4 = {
		.flowi4_oif = link->sock->ifindex,
		.flowi4_proto = IPPROTO_UDP,
		.daddr = link->remote.in.sin_addr.s_addr,
		.saddr = link->sock->local.in.sin_addr.s_addr,
	};
	struct rtable *rt;
	u32 mtu;

	rt = ip_route_output_flow(net, &fl4, link->sock->sock->sk);
	if (IS_ERR(rt))
		return 0;
	mtu = dst_mtu(&rt->dst);
	ip_rt_put(rt);
	return mtu;
}

static u32 path_mtu6(struct net *net, const struct fs_link *link)
{
	struct flowi6 fl6 = {
		.flowi6_oif = link->sock->ifindex,
		.flowi6_proto = IPPROTO_UDP,
		.daddr = link->remote.in6.sin6_addr,
		.saddr = link->sock->local.in6.sin6_addr,
	};
	struct dst_entry *dst;
	u32 mtu;

	dst = ipv6_stub->ipv6_dst_lookup_flow(net, link->sock->sock->sk, &fl6,
					      NULL);
	if (IS_ERR(dst))
		return 0;
	mtu = dst_mtu(dst);
	dst_release(dst);
	return mtu;
}

/**
 * fs_link_headers - octets of IP and UDP headers in front of a payload
 * @link: the link
 *
 * Context: any.
 * Return: 28 or 48.
 */
unsigned int fs_link_headers(const struct fs_link *link)
{
	return sizeof(struct udphdr) +
	       (link->remote.sa.sa_family == AF_INET ? sizeof(struct iphdr) :
						       sizeof(struct ipv6hdr));
}

/**
 * fs_link_measure - learn how much the path of a link carries in one piece
 * @link: the link
 *
 * The MTU of the route, which falls when a router on the way says that it is
 * too high, or that of the peer's configuration, whichever is smaller.
 *
 * Context: process.
 */
void fs_link_measure(struct fs_link *link)
{
	struct net *net = link->peer->node->net;
	u32 most = READ_ONCE(link->peer->mtu);
	u32 room, mtu;

	if (link->remote.sa.sa_family == AF_INET)
		mtu = path_mtu4(net, link);
	else
		mtu = path_mtu6(net, link);
	/* Without a route nothing is sent anyway. */
	if (!mtu)
		mtu = FS_DATAGRAM_MAX + fs_link_headers(link);
	if (most)
		mtu = min(mtu, most);
	room = max(mtu, fs_link_headers(link)) - fs_link_headers(link);
	WRITE_ONCE(link->room, clamp(room, FS_DATAGRAM_MIN, FS_DATAGRAM_MAX));
}

/**
 * fs_link_send - send a datagram
 * @link: over which link
 * @data: the payload
 * @len: its octets
 *
 * Context: process. Does not wait for room in the socket.
 * Return: 0 or a negative error.
 */
int fs_link_send(struct fs_link *link, void *data, size_t len)
{
	struct msghdr msg = {
		.msg_name = &link->remote,
		.msg_namelen = link->remote.sa.sa_family == AF_INET ?
			       sizeof(link->remote.in) :
			       sizeof(link->remote.in6),
		.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL,
	};
	struct kvec vec = { .iov_base = data, .iov_len = len };
	int ret;

	ret = kernel_sendmsg(link->sock->sock, &msg, &vec, 1, len);
	if (ret == -EMSGSIZE) {
		fs_stat_inc(link->peer->node, tx_mtu);
		fs_link_measure(link);
	}
	return ret < 0 ? ret : 0;
}

/**
 * fs_link_best - the link that state goes over
 * @peer: the peer
 *
 * Context: process; fs_peer.links_sem held, for as long as the link is used.
 * Return: the first living link, or NULL if there is none.
 */
struct fs_link *fs_link_best(struct fs_peer *peer)
{
	struct fs_link *link;

	lockdep_assert_held(&peer->links_sem);

	list_for_each_entry(link, &peer->links, list)
		if (READ_ONCE(link->live.alive))
			return link;
	return NULL;
}

static void end_of(const struct nf_conntrack_tuple *t, bool source,
		   union fs_endpoint *end)
{
	const union nf_inet_addr *addr = source ? &t->src.u3 : &t->dst.u3;
	__be16 port = source ? t->src.u.udp.port : t->dst.u.udp.port;

	memset(end, 0, sizeof(*end));
	if (t->src.l3num == NFPROTO_IPV4) {
		end->in.sin_family = AF_INET;
		end->in.sin_port = port;
		end->in.sin_addr = addr->in;
	} else {
		end->in6.sin6_family = AF_INET6;
		end->in6.sin6_port = port;
		end->in6.sin6_addr = addr->in6;
	}
}

/**
 * fs_link_carried - whether an entry is about a link's own datagrams
 * @node: the node
 * @ct: the entry
 *
 * Neither of its ends need be an address of this machine any more: a device that
 * goes down may take its IPv6 address with it.
 *
 * Context: fs_node.peers_sem held.
 * Return: true if it is.
 */
bool fs_link_carried(struct fs_node *node, const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *t = nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL);
	union fs_endpoint from, to;
	bool carried = false;
	struct fs_peer *peer;
	struct fs_link *link;

	lockdep_assert_held(&node->peers_sem);

	if (t->dst.protonum != IPPROTO_UDP)
		return false;
	end_of(t, true, &from);
	end_of(t, false, &to);
	rcu_read_lock();
	list_for_each_entry(peer, &node->peers, list)
		list_for_each_entry_rcu(link, &peer->links, list)
			carried |= (same_addr(&link->remote, &to) &&
				    same_addr(&link->sock->local, &from)) ||
				   (same_addr(&link->remote, &from) &&
				    same_addr(&link->sock->local, &to));
	rcu_read_unlock();
	return carried;
}
