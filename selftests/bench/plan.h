/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which connection is the n-th: many clients, some servers, some services, each
 * tuple only once, in an order that has no pattern to gain from.
 */
#ifndef FLOWSYNC_BENCH_PLAN_H
#define FLOWSYNC_BENCH_PLAN_H

#include <stdint.h>

#include "../tools/tool.h"

/* Clients, servers, services of each server, source ports of each client. */
#define PLAN_CLIENTS	250
#define PLAN_SERVERS	16
#define PLAN_SERVICES	4
#define PLAN_PORTS	256
#define PLAN_MAX	(PLAN_CLIENTS * PLAN_SERVERS * PLAN_SERVICES * PLAN_PORTS)
#define PLAN_SERVICE	7000

/**
 * struct plan - where the connections are
 * @clients: network of the clients, with port 0; the last octet counts them
 * @servers: the same of the servers
 * @family: AF_INET or AF_INET6
 */
struct plan {
	union address clients;
	union address servers;
	int family;
};

/**
 * struct connection - one of them
 * @from: client's end
 * @to: server's end
 * @port: which of the source ports, 0 to PLAN_PORTS - 1
 */
struct connection {
	union address from;
	union address to;
	unsigned int port;
};

void plan_init(struct plan *plan, const char *clients, const char *servers);
uint16_t plan_port(unsigned int port);
void plan_connection(const struct plan *plan, uint32_t n,
		     struct connection *connection);
socklen_t plan_len(const struct plan *plan);

#endif
