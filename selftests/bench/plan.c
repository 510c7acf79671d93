// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "plan.h"

void plan_init(struct plan *plan, const char *clients, const char *servers)
{
	address_parse(&plan->clients, clients, 0);
	address_parse(&plan->servers, servers, 0);
	plan->family = plan->clients.sa.sa_family;
	if (plan->servers.sa.sa_family != plan->family)
		die("clients and servers are of two families");
}

/* They are apart as those that systems choose are, and none is a service. */
uint16_t plan_port(unsigned int port)
{
	return 8192 + port * 211;
}

static void place(union address *end, const union address *network,
		  unsigned int host, uint16_t port)
{
	*end = *network;
	if (network->sa.sa_family == AF_INET) {
		end->in.sin_port = htons(port);
		end->in.sin_addr.s_addr |= htonl(host);
	} else {
		end->in6.sin6_port = htons(port);
		end->in6.sin6_addr.s6_addr[15] = host;
	}
}

/* n has the source port in its lowest digit, then the client, then the service;
 * each is turned by those below, which keeps the tuples distinct.
 */
void plan_connection(const struct plan *plan, uint32_t n,
		     struct connection *connection)
{
	unsigned int port = n % PLAN_PORTS;
	unsigned int client = n / PLAN_PORTS % PLAN_CLIENTS;
	unsigned int service = n / (PLAN_PORTS * PLAN_CLIENTS) %
			       (PLAN_SERVERS * PLAN_SERVICES);
	unsigned int mixed = (port * 2654435761u) >> 7;

	client = (client + mixed) % PLAN_CLIENTS;
	service = (service + (mixed >> 9) + client * 7) %
		  (PLAN_SERVERS * PLAN_SERVICES);
	place(&connection->from, &plan->clients, 1 + client, plan_port(port));
	place(&connection->to, &plan->servers, 1 + service % PLAN_SERVERS,
	      PLAN_SERVICE + service / PLAN_SERVERS);
	connection->port = port;
}

socklen_t plan_len(const struct plan *plan)
{
	return plan->family == AF_INET ? sizeof(struct sockaddr_in) :
					 sizeof(struct sockaddr_in6);
}
