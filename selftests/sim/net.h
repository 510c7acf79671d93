/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The network between the nodes: a link for each ordered pair, which loses,
 * delays, reorders and duplicates datagrams, or is cut.
 */
#ifndef _SIM_NET_H
#define _SIM_NET_H

#include "port.h"

#define NET_NODES	5
#define NET_MTU_MAX	1472u

struct world;

/**
 * struct link - one direction between two nodes
 * @loss: percent
 * @reorder: percent that wait longer than others
 * @duplicate: percent
 * @linger: percent of which a copy arrives much later
 * @delay: microseconds
 * @jitter: most microseconds more
 * @cuts: it is cut while this is not 0
 */
struct link {
	unsigned int loss;
	unsigned int reorder;
	unsigned int duplicate;
	unsigned int linger;
	u32 delay;
	u32 jitter;
	unsigned int cuts;
};

/**
 * struct net - the network
 * @link: from, to
 * @mtu: most octets of a datagram
 * @spare: buffers not in use
 * @spares: how many
 * @sent: datagrams handed to the network
 */
struct net {
	struct link link[NET_NODES][NET_NODES];
	u32 mtu;
	u8 **spare;
	size_t spares;
	size_t room;
	u64 sent;
};

void net_draw(struct world *w);
void net_calm(struct world *w);
void net_cut(struct world *w, u32 a, u32 b, bool both, int by);
void net_send(struct world *w, u32 from, u32 to, const u8 *data, u32 len);
void net_put_buffer(struct net *net, u8 *data);

#endif /* _SIM_NET_H */
