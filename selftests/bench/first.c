// SPDX-License-Identifier: GPL-2.0
/*
 * meter first CLIENTS SERVERS | ADDRESS COUNT: how long it takes from a flow's first
 * packet until its echo, of COUNT flows one after the other: connections from 0 on,
 * or datagrams to the first service of ADDRESS, each from a port of its own.
 *
 * Between two there is time for what the first one caused behind its back.
 */
#include <stdio.h>

#include "load.h"
#include "plan.h"
#include "probe.h"
#include "ruler.h"

#define MOST	255
#define PAUSE	30000000ull
#define SECONDS	30

static int socket_to(const char *address)
{
	union address to;
	socklen_t len = address_parse(&to, address, PLAN_SERVICE);
	int fd = socket(to.sa.sa_family, SOCK_DGRAM, 0);

	if (fd < 0 || connect(fd, &to.sa, len))
		die("socket");
	return fd;
}

int first_main(int argc, char **argv)
{
	uint64_t took[MOST], from;
	uint32_t i, count;
	struct plan plan;
	int fd[MOST];

	if (argc != 3 && argc != 4)
		return 2;
	count = number(argv[argc - 1], 1, MOST);
	if (argc == 4)
		plan_init(&plan, argv[1], argv[2]);
	for (i = 0; i < count; i++)
		fd[i] = argc == 4 ? probe_socket(&plan, i) :
				    socket_to(argv[1]);
	/* It has to share the processor with nobody but who is in the packet's way. */
	probe_go_first();
	for (i = 0; i < count; i++) {
		ruler_sleep_until(ruler_now() + PAUSE);
		from = ruler_now();
		if (!probe_echo(fd[i], from + SECONDS * 1000000000ull))
			die("no echo");
		took[i] = ruler_now() - from;
	}
	probe_sort(took, count);
	printf("median=%llu least=%llu worst=%llu\n",
	       (unsigned long long)took[count / 2],
	       (unsigned long long)took[0],
	       (unsigned long long)took[count - 1]);
	return 0;
}
