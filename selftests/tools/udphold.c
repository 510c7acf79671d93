// SPDX-License-Identifier: GPL-2.0
/*
 * udphold - exchange datagrams over one UDP flow
 *
 *	udphold serve PORT
 *		send every datagram back, on IPv4 and IPv6
 *	udphold [-s SOURCE] [-p SOURCE-PORT] [-t SECONDS] [-i MS] open ADDRESS PORT
 *		for each line on standard input, and once at the start, send a
 *		new datagram until it is echoed, SECONDS at most (10), once in
 *		MS milliseconds (200): prints "1 of 1 carry data", or "0 of 1".
 *
 * The socket is connected: an echo counts only if it comes from where it was
 * sent to.  The exit status is 0 if the last datagram was echoed.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

static const char *source;
static int timeout_ms = 10000, interval_ms = 200, source_port;

static int serve(int port)
{
	union address any = { .in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
	} };
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	char buffer[2048];
	int one = 1;

	/* Answer from the address that was asked. */
	setsockopt(fd, SOL_IPV6, IPV6_RECVPKTINFO, &one, sizeof(one));
	if (fd < 0 || bind(fd, &any.sa, sizeof(any.in6)))
		die("port %d", port);
	for (;;) {
		char control[256];
		union address from;
		struct iovec iov = { buffer, sizeof(buffer) };
		struct msghdr msg = {
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		ssize_t count = recvmsg(fd, &msg, 0);

		if (count < 0)
			continue;
		iov.iov_len = count;
		sendmsg(fd, &msg, 0);
	}
}

static int exchange(int fd, int round)
{
	int64_t end = now_ms() + timeout_ms, again = 0;
	char line[32], buffer[64];
	int length, good = 0;

	length = snprintf(line, sizeof(line), "%d %08x\n", round,
			  (unsigned int)getpid());
	while (!good && now_ms() < end) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
		int64_t now = now_ms();

		if (now >= again) {
			/* What is refused is sent again, too. */
			if (send(fd, line, length, 0) < 0)
				recv(fd, buffer, 0, MSG_DONTWAIT);
			again = now + interval_ms;
		}
		if (poll(&poll_fd, 1, again - now) <= 0)
			continue;
		good = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT) ==
		       length && !memcmp(buffer, line, length);
	}
	printf("%d of 1 carry data\n", good);
	fflush(stdout);
	return good;
}

static int open_and_hold(const char *address, int port)
{
	int round = 1, good, fd;
	union address to;
	socklen_t length;
	char line[64];

	length = address_parse(&to, address, port);
	fd = socket(to.sa.sa_family, SOCK_DGRAM, 0);
	if (fd < 0)
		die("socket");
	if (source || source_port)
		bind_source(fd, to.sa.sa_family, source, source_port);
	if (connect(fd, &to.sa, length))
		die("connect");
	good = exchange(fd, round);
	while (fgets(line, sizeof(line), stdin) && strcmp(line, "close\n"))
		good = exchange(fd, ++round);
	return !good;
}

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "i:p:s:t:")) != -1) {
		switch (option) {
		case 'i':
			interval_ms = number(optarg, 1, 60000);
			break;
		case 'p':
			source_port = number(optarg, 1, 65535);
			break;
		case 's':
			source = optarg;
			break;
		case 't':
			timeout_ms = number(optarg, 1, 3600) * 1000;
			break;
		default:
			return 2;
		}
	}
	argc -= optind;
	argv += optind;
	if (argc == 2 && !strcmp(argv[0], "serve"))
		return serve(number(argv[1], 1, 65535));
	if (argc == 3 && !strcmp(argv[0], "open"))
		return open_and_hold(argv[1], number(argv[2], 1, 65535));
	fprintf(stderr, "usage: udphold serve PORT\n"
		"       udphold [-s SOURCE] [-p SOURCE-PORT] [-t SECONDS] [-i MS] open ADDRESS PORT\n");
	return 2;
}
