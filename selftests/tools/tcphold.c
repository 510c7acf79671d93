// SPDX-License-Identifier: GPL-2.0
/*
 * tcphold - open many TCP connections, and find out which of them still work
 *
 *	tcphold serve PORT
 *		echo what comes, on IPv4 and IPv6
 *	tcphold [-s SOURCE] [-p SOURCE-PORT] [-t SECONDS] open N ADDRESS PORT
 *		open N connections at once and hold them. All must connect and
 *		echo a line of their own: prints "N of N carry data". Then, for
 *		each line on standard input, sends a new line on every one and
 *		waits, SECONDS at most (10), for all the echoes: prints how
 *		many came. At the end of input, or at the line "close", closes them all.
 *
 * What a connection echoes must be exactly what was sent on it, in order: bytes
 * of another connection, or of an earlier line, do not count. With -s they
 * come from the address SOURCE, with -p the first
 * connection's source port is SOURCE-PORT, the next one's is one more.
 * The exit status is 0 if all connections carried the last line.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "tool.h"

#define EVENTS	64
#define LINE	32

/* One connection of the client. */
struct hold {
	int fd;
	int connected;
	char line[LINE];	/* sent last */
	int length;
	int got;		/* octets of it that came back */
	int broken;
};

static int timeout_ms = 10000;
static const char *source;
static int source_port;

static void set_nonblock(int fd)
{
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
		die("fcntl");
}

static void watch(int epoll, int fd, uint32_t events, void *what)
{
	struct epoll_event event = { .events = events, .data.ptr = what };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		die("epoll_ctl");
}

/* The server. What does not fit into a socket's buffer is not echoed; the lines
 * of a client are short and wait for their echoes, so all fit.
 */
static void echo(int fd)
{
	char buffer[4096];
	ssize_t count = read(fd, buffer, sizeof(buffer));

	if (count > 0)
		count = write(fd, buffer, count);
	if (count == 0 || (count < 0 && errno != EAGAIN))
		close(fd);
}

static int serve(int port)
{
	union address any = { .in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
	} };
	struct epoll_event event[EVENTS];
	int epoll = epoll_create1(0);
	int listener, one = 1, i, count;

	listener = socket(AF_INET6, SOCK_STREAM, 0);
	if (listener < 0)
		die("socket");
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, &any.sa, sizeof(any.in6)) ||
	    listen(listener, 4096))
		die("port %d", port);
	set_nonblock(listener);
	watch(epoll, listener, EPOLLIN, (void *)(intptr_t)listener);

	for (;;) {
		count = epoll_wait(epoll, event, EVENTS, -1);
		for (i = 0; i < count; i++) {
			int fd = (intptr_t)event[i].data.ptr;

			if (fd != listener) {
				echo(fd);
				continue;
			}
			fd = accept(listener, NULL, NULL);
			if (fd < 0)
				continue;
			set_nonblock(fd);
			watch(epoll, fd, EPOLLIN, (void *)(intptr_t)fd);
		}
	}
}

static void send_line(struct hold *hold, int index, int round)
{
	hold->length = snprintf(hold->line, LINE, "%06d %08d %08x\n", index,
				round, (index + 1) * 2654435761u ^ round);
	hold->got = 0;
	if (write(hold->fd, hold->line, hold->length) != hold->length)
		hold->broken = 1;
}

static void receive(struct hold *hold)
{
	char buffer[LINE];
	ssize_t count = read(hold->fd, buffer, sizeof(buffer));

	if (count < 0 && errno == EAGAIN)
		return;
	if (count <= 0 || count > hold->length - hold->got ||
	    memcmp(buffer, hold->line + hold->got, count))
		hold->broken = 1;
	else
		hold->got += count;
}

static void open_all(struct hold *hold, int n, const union address *to,
		     socklen_t length, int epoll)
{
	int i;

	for (i = 0; i < n; i++) {
		hold[i].fd = socket(to->sa.sa_family, SOCK_STREAM, 0);
		if (hold[i].fd < 0)
			die("socket");
		if (source || source_port)
			bind_source(hold[i].fd, to->sa.sa_family, source,
				    source_port ? source_port + i : 0);
		set_nonblock(hold[i].fd);
		if (connect(hold[i].fd, &to->sa, length) &&
		    errno != EINPROGRESS)
			hold[i].broken = 1;
		watch(epoll, hold[i].fd, EPOLLIN | EPOLLOUT | EPOLLET,
		      &hold[i]);
	}
}

static int is_settled(const struct hold *hold)
{
	return hold->broken ||
	       (hold->connected && hold->got == hold->length);
}

/* Send a line on every connection, and wait for the echoes. Returns how many
 * came.
 */
static int do_round(struct hold *hold, int n, int epoll, int round)
{
	int64_t end = now_ms() + timeout_ms, left;
	struct epoll_event event[EVENTS];
	int i, count, settled = 0, good = 0;

	for (i = 0; i < n; i++) {
		if (hold[i].connected)
			send_line(&hold[i], i, round);
		settled += is_settled(&hold[i]);
	}
	while (settled < n && (left = end - now_ms()) > 0) {
		count = epoll_wait(epoll, event, EVENTS, left);
		for (i = 0; i < count; i++) {
			struct hold *one = event[i].data.ptr;

			if (is_settled(one))
				continue;
			if (event[i].events & (EPOLLERR | EPOLLHUP))
				one->broken = 1;
			if (!one->connected &&
			    event[i].events & EPOLLOUT) {
				one->connected = 1;
				send_line(one, one - hold, round);
			}
			if (event[i].events & EPOLLIN)
				receive(one);
			settled += is_settled(one);
		}
	}
	for (i = 0; i < n; i++)
		good += !hold[i].broken && is_settled(&hold[i]);
	printf("%d of %d carry data\n", good, n);
	fflush(stdout);
	return good;
}

static int open_and_hold(int n, const char *address, int port)
{
	struct hold *hold = calloc(n, sizeof(*hold));
	int epoll = epoll_create1(0);
	int round = 1, good;
	union address to;
	socklen_t length;
	char line[64];

	if (!hold || epoll < 0)
		die("set-up");
	length = address_parse(&to, address, port);
	open_all(hold, n, &to, length, epoll);
	good = do_round(hold, n, epoll, round);
	while (fgets(line, sizeof(line), stdin) && strcmp(line, "close\n"))
		good = do_round(hold, n, epoll, ++round);
	return good != n;
}

int main(int argc, char **argv)
{
	int option;

	many_files();
	while ((option = getopt(argc, argv, "p:s:t:")) != -1) {
		switch (option) {
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
	if (argc == 4 && !strcmp(argv[0], "open"))
		return open_and_hold(number(argv[1], 1, 60000), argv[2],
				     number(argv[3], 1, 65535));
	fprintf(stderr, "usage: tcphold serve PORT\n"
		"       tcphold [-s SOURCE] [-p SOURCE-PORT] [-t SECONDS] open N ADDRESS PORT\n");
	return 2;
}
