// SPDX-License-Identifier: GPL-2.0
/*
 * meter udp: a datagram over each connection, which is echoed: two packets. Or,
 * with -p, so many more over connections that exist, in turn or by Zipf's law.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load.h"
#include "plan.h"
#include "ruler.h"

static struct plan plan;
static int epoll, sockets[PLAN_PORTS];

static void open_port(unsigned int port)
{
	union address any = { .in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(plan_port(port)),
	} };
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = port };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	int room = 1 << 20;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (fd < 0 || bind(fd, &any.sa, sizeof(any.in6)))
		die("source port %d", plan_port(port));
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl");
	sockets[port] = fd;
}

static void mapped(struct in6_addr *to, const union address *from)
{
	if (from->sa.sa_family == AF_INET6) {
		*to = from->in6.sin6_addr;
		return;
	}
	memset(to, 0, sizeof(*to));
	to->s6_addr[10] = to->s6_addr[11] = 0xff;
	memcpy(&to->s6_addr[12], &from->in.sin_addr, 4);
}

/* Send a datagram that names its connection. */
static void send_one(uint32_t n)
{
	union {
		char octets[CMSG_SPACE(sizeof(struct in6_pktinfo))];
		struct cmsghdr head;
	} control = { .head = {
		.cmsg_level = SOL_IPV6,
		.cmsg_type = IPV6_PKTINFO,
		.cmsg_len = CMSG_LEN(sizeof(struct in6_pktinfo)),
	} };
	struct in6_pktinfo *info = (void *)CMSG_DATA(&control.head);
	union address to = { .in6.sin6_family = AF_INET6 };
	struct iovec iov = { &n, sizeof(n) };
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = sizeof(to.in6),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct connection c;

	plan_connection(&plan, n, &c);
	mapped(&info->ipi6_addr, &c.from);
	mapped(&to.in6.sin6_addr, &c.to);
	to.in6.sin6_port = plan.family == AF_INET ? c.to.in.sin_port :
						    c.to.in6.sin6_port;
	if (sendmsg(sockets[c.port], &msg, 0) < 0 &&
	    errno != ECONNREFUSED && errno != EPERM)
		die("send");
}

/* Returns how many answers came until a time. */
static uint32_t receive(uint64_t until)
{
	struct timespec rest = load_rest(ruler_now(), until);
	struct epoll_event event[64];
	uint32_t good = 0, n;
	int count, i;

	count = epoll_pwait2(epoll, event, 64, &rest, NULL);
	for (i = 0; i < count; i++)
		while (recv(sockets[event[i].data.u32], &n, sizeof(n), 0) ==
		       sizeof(n))
			good++;
	return good;
}

/* Cumulated weights of the ranks: the n-th has 1 / n. */
static double *zipf_table(uint32_t count)
{
	double *sum = malloc(count * sizeof(*sum)), total = 0;
	uint32_t i;

	if (!sum)
		die("memory");
	for (i = 0; i < count; i++)
		sum[i] = total += 1.0 / (i + 1);
	return sum;
}

/* The connection with a rank: ranks are spread over the table, always alike. */
static uint32_t ranked(uint32_t rank, uint32_t count)
{
	return (uint64_t)rank * 2654435761u % count;
}

static uint32_t zipf_draw(const double *sum, uint32_t count, uint64_t *seed)
{
	uint32_t low = 0, high = count - 1, middle;
	double at;

	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	at = (*seed >> 11) * 0x1p-53 * sum[count - 1];
	while (low < high) {
		middle = (low + high) / 2;
		if (sum[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return ranked(low, count);
}

int udp_run(const struct load *load)
{
	uint32_t total = load->packets ? load->packets : load->count;
	uint64_t good = 0, seed = 1, due, patience;
	uint32_t sent = 0, waiting, n;
	struct stamp from, to;
	double *sum = NULL;
	unsigned int i;

	plan_init(&plan, load->clients, load->servers);
	many_files();
	epoll = epoll_create1(0);
	for (i = 0; i < PLAN_PORTS; i++)
		open_port(i);
	if (load->zipf)
		sum = zipf_table(load->count);
	patience = load->patience * 1000000ull;

	ruler_mark();
	ruler_read(&from);
	while (sent < total) {
		due = load_due(load, from.at, sent);
		waiting = sent - good;
		if (!load->rate && waiting >= load->window) {
			uint32_t got = receive(ruler_now() + patience);

			good += got;
			/* Given up: what was lost is not waited for again. */
			if (!got)
				break;
			continue;
		}
		if (due > ruler_now()) {
			good += receive(due);
			continue;
		}
		n = sum ? zipf_draw(sum, load->count, &seed) :
			  sent % load->count;
		send_one(load->first + n);
		sent++;
		if (load->rate && !(sent % 16))
			good += receive(0);
	}
	while (good < sent) {
		uint32_t got = receive(ruler_now() + patience);

		if (!got)
			break;
		good += got;
	}
	ruler_sleep_until((load->rate ? load_due(load, from.at, total) :
			   ruler_now()) + load->drain * 1000000ull);
	ruler_read(&to);
	ruler_mark();
	ruler_report(&from, &to);
	printf(" sent=%u good=%llu\n", sent, (unsigned long long)good);
	fflush(stdout);
	if (load->hold)
		while (getchar() != EOF)
			;
	free(sum);
	return 0;
}
