// SPDX-License-Identifier: GPL-2.0
/*
 * meter tcp: open, send an octet, get it back, close; or with -H, keep open.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load.h"
#include "plan.h"
#include "ruler.h"

static struct plan plan;
static int epoll;
static uint32_t open_now, good, bad;

static void begin(uint32_t n)
{
	struct epoll_event event = { .events = EPOLLOUT };
	struct connection c;
	int fd, one = 1;

	plan_connection(&plan, n, &c);
	fd = socket(plan.family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, &c.from.sa, plan_len(&plan)))
		die("bind");
	if (connect(fd, &c.to.sa, plan_len(&plan)) && errno != EINPROGRESS)
		die("connect");
	event.data.fd = fd;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl");
	open_now++;
}

static void end(int fd, bool well, bool hold)
{
	open_now--;
	if (well)
		good++;
	else
		bad++;
	if (well && hold)
		epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
	else
		close(fd);
}

static void go_on(int fd, uint32_t events, bool hold)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
	char octet = 'x';

	if (events & (EPOLLERR | EPOLLHUP))
		end(fd, false, hold);
	else if (events & EPOLLIN)
		end(fd, recv(fd, &octet, 1, 0) == 1, hold);
	else if (send(fd, &octet, 1, MSG_NOSIGNAL) != 1 ||
		 epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event))
		end(fd, false, hold);
}

/* Returns whether anything happened until a time. */
static bool work(uint64_t until, bool hold)
{
	struct timespec rest = load_rest(ruler_now(), until);
	struct epoll_event event[64];
	int count, i;

	count = epoll_pwait2(epoll, event, 64, &rest, NULL);
	for (i = 0; i < count; i++)
		go_on(event[i].data.fd, event[i].events, hold);
	return count > 0;
}

int tcp_run(const struct load *load)
{
	uint64_t patience = load->patience * 1000000ull, due;
	struct stamp from, to;
	uint32_t sent = 0;

	plan_init(&plan, load->clients, load->servers);
	many_files();
	epoll = epoll_create1(0);

	ruler_mark();
	ruler_read(&from);
	while (sent < load->count) {
		due = load_due(load, from.at, sent);
		if (!load->rate && open_now >= load->window) {
			if (!work(ruler_now() + patience, load->hold))
				break;
			continue;
		}
		if (due > ruler_now()) {
			work(due, load->hold);
			continue;
		}
		begin(load->first + sent++);
		if (load->rate && !(sent % 16))
			work(0, load->hold);
	}
	while (open_now && work(ruler_now() + patience, load->hold))
		;
	ruler_sleep_until((load->rate ? load_due(load, from.at, load->count) :
			   ruler_now()) + load->drain * 1000000ull);
	ruler_read(&to);
	ruler_mark();
	ruler_report(&from, &to);
	printf(" sent=%u good=%u\n", sent, good);
	fflush(stdout);
	if (load->hold)
		while (getchar() != EOF)
			;
	return bad != 0;
}
