// SPDX-License-Identifier: GPL-2.0
/*
 * meter echo: all services, UDP and TCP, IPv4 and IPv6. What comes is sent back;
 * a connection whose other end is closed is closed.
 */
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load.h"
#include "plan.h"

enum kind { DATAGRAMS, LISTENER, STREAM };

static int epoll;

static void watch(int fd, enum kind kind)
{
	struct epoll_event event = {
		.events = EPOLLIN,
		.data.u64 = (uint64_t)kind << 32 | (uint32_t)fd,
	};

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl");
}

static void serve(int type, enum kind kind, int port)
{
	union address any = { .in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
	} };
	int fd = socket(AF_INET6, type | SOCK_NONBLOCK, 0);
	int one = 1, room = 4 << 20;

	/* Answer from the address that was asked. */
	setsockopt(fd, SOL_IPV6, IPV6_RECVPKTINFO, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (fd < 0 || bind(fd, &any.sa, sizeof(any.in6)))
		die("port %d", port);
	if (kind == LISTENER && listen(fd, 4096))
		die("listen");
	watch(fd, kind);
}

static void echo_datagrams(int fd)
{
	char buffer[2048], control[256];
	union address from;
	struct iovec iov;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t count;

	for (;;) {
		iov = (struct iovec){ buffer, sizeof(buffer) };
		msg.msg_name = &from;
		msg.msg_namelen = sizeof(from);
		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		count = recvmsg(fd, &msg, 0);
		if (count < 0)
			return;
		iov.iov_len = count;
		sendmsg(fd, &msg, 0);
	}
}

static void echo_stream(int fd)
{
	static char buffer[65536];
	ssize_t count = recv(fd, buffer, sizeof(buffer), 0);

	if (count <= 0 || send(fd, buffer, count, MSG_NOSIGNAL) != count)
		close(fd);
}

static void accept_all(int fd)
{
	int stream;

	while ((stream = accept4(fd, NULL, NULL, SOCK_NONBLOCK)) >= 0)
		watch(stream, STREAM);
}

int echo_main(int argc, char **argv)
{
	struct epoll_event event[64];
	int i, count;

	(void)argv;
	if (argc != 1)
		return 2;
	many_files();
	epoll = epoll_create1(0);
	for (i = 0; i < PLAN_SERVICES; i++) {
		serve(SOCK_DGRAM, DATAGRAMS, PLAN_SERVICE + i);
		serve(SOCK_STREAM, LISTENER, PLAN_SERVICE + i);
	}
	for (;;) {
		count = epoll_wait(epoll, event, 64, -1);
		for (i = 0; i < count; i++) {
			int fd = (uint32_t)event[i].data.u64;

			switch (event[i].data.u64 >> 32) {
			case DATAGRAMS:
				echo_datagrams(fd);
				break;
			case LISTENER:
				accept_all(fd);
				break;
			default:
				echo_stream(fd);
			}
		}
	}
}
