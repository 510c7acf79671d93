// SPDX-License-Identifier: GPL-2.0
/*
 * flood - begin many UDP flows, as fast as they can be sent
 *
 *	flood ADDRESS SOURCE-PORT COUNT
 *		a datagram to each of the ports 1 to COUNT: prints how many
 *		nanoseconds that took. It is over when all have left: on veth
 *		devices, when all have been forwarded.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

#define BATCH	64

static union address to[BATCH];
static struct mmsghdr message[BATCH];

static unsigned long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Send to so many ports from one on; what is refused is not sent again. */
static void send_batch(int fd, int port, int count)
{
	int i, sent;

	for (i = 0; i < count; i++)
		to[i].in.sin_port = htons(port + i);
	for (i = 0; i < count; i += sent > 0 ? sent : 1)
		sent = sendmmsg(fd, message + i, count - i, 0);
}

int main(int argc, char **argv)
{
	union address from = { };
	static char octet = 'x';
	struct iovec iov = { &octet, 1 };
	unsigned long long begin;
	int count, port, i, fd;
	socklen_t length;

	if (argc != 4) {
		fprintf(stderr, "usage: flood ADDRESS SOURCE-PORT COUNT\n");
		return 2;
	}
	length = address_parse(&to[0], argv[1], 1);
	from.sa.sa_family = to[0].sa.sa_family;
	from.in.sin_port = htons(number(argv[2], 1, 65535));
	count = number(argv[3], 1, 65535);
	for (i = 0; i < BATCH; i++) {
		to[i] = to[0];
		message[i].msg_hdr.msg_name = &to[i];
		message[i].msg_hdr.msg_namelen = length;
		message[i].msg_hdr.msg_iov = &iov;
		message[i].msg_hdr.msg_iovlen = 1;
	}
	fd = socket(to[0].sa.sa_family, SOCK_DGRAM, 0);
	if (fd < 0 || bind(fd, &from.sa, length))
		die("source port %s", argv[2]);
	begin = now_ns();
	for (port = 1; port <= count; port += BATCH)
		send_batch(fd, port, count - port < BATCH ? count - port + 1 : BATCH);
	printf("%llu\n", now_ns() - begin);
	return 0;
}
