/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Links: the paths to a peer, over UDP sockets of the kernel. Links with one
 * local end share a socket.
 */
#ifndef _FLOWSYNC_LINK_H
#define _FLOWSYNC_LINK_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/rcupdate.h>

#include "core/liveness.h"

struct fs_node;
struct fs_peer;
struct netlink_ext_ack;
struct nf_conn;
struct socket;

/* Largest payload sent: fits an Ethernet frame with IPv6 and UDP headers; and
 * what a link carries at least.
 */
#define FS_DATAGRAM_MAX	1452u
#define FS_DATAGRAM_MIN	512u

/**
 * union fs_endpoint - address and port of one end of a link
 * @sa: as any socket address; its family says which of the others it is
 * @in: IPv4
 * @in6: IPv6
 */
union fs_endpoint {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/**
 * struct fs_sock - a UDP socket and the links that use it
 * @list: in fs_node.socks; fs_net.lock
 * @node: the node
 * @sock: the kernel socket, bound to @local (and @ifindex)
 * @local: its address and port
 * @ifindex: the device it is bound to, or 0
 * @links: list of struct fs_link that are not muted; RCU, written under fs_net.lock
 * @users: links that use it, muted or not; fs_net.lock
 */
struct fs_sock {
	struct list_head list;
	struct fs_node *node;
	struct socket *sock;
	union fs_endpoint local;
	int ifindex;
	struct list_head links;
	unsigned int users;
};

/**
 * struct fs_link_count - what a link carried, of authentic datagrams
 * @datagrams: of control and state
 * @bytes: UDP payload
 */
struct fs_link_count {
	u64 datagrams;
	u64 bytes;
};

/**
 * struct fs_link - one path to a peer
 * @list: in fs_peer.links
 * @by_sock: in fs_sock.links
 * @rcu: frees it
 * @peer: the peer
 * @sock: its socket
 * @remote: where the peer is; datagrams from elsewhere are not taken
 * @live: whether it is alive; fs_peer.lock
 * @tx: what was sent over it; fs_peer.lock
 * @rx: what came over it; fs_peer.lock
 * @room: octets of payload that its path carries in one piece
 * @reported: what was last reported of @live; written in fs_peer.heartbeat
 */
struct fs_link {
	struct list_head list;
	struct list_head by_sock;
	struct rcu_head rcu;
	struct fs_peer *peer;
	struct fs_sock *sock;
	union fs_endpoint remote;
	struct fs_liveness live;
	struct fs_link_count tx;
	struct fs_link_count rx;
	unsigned int room;
	bool reported;
};

int fs_link_init(void);
void fs_link_exit(void);
int fs_link_add(struct fs_peer *peer, const union fs_endpoint *local,
		const union fs_endpoint *remote, int ifindex,
		struct netlink_ext_ack *extack);
unsigned int fs_link_find(struct fs_peer *peer, const union fs_endpoint *local,
			  const union fs_endpoint *remote, int ifindex,
			  struct fs_link **found);
void fs_link_del(struct fs_link *link);
void fs_link_mute(struct fs_link *link);
void fs_link_free(struct fs_link *link);
unsigned int fs_link_headers(const struct fs_link *link);
void fs_link_measure(struct fs_link *link);
int fs_link_send(struct fs_link *link, void *data, size_t len);
struct fs_link *fs_link_best(struct fs_peer *peer);
bool fs_link_carried(struct fs_node *node, const struct nf_conn *ct);

#endif /* _FLOWSYNC_LINK_H */
