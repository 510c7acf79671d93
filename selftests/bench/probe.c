// SPDX-License-Identifier: GPL-2.0
/* meter probe: run a command, and measure until a flow passes. */
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load.h"
#include "plan.h"
#include "probe.h"
#include "ruler.h"

#define MS	1000000ull

/* A socket that is the client's end of connection N, of UDP. */
int probe_socket(const struct plan *plan, uint32_t n)
{
	struct connection c;
	int fd;

	plan_connection(plan, n, &c);
	fd = socket(plan->family, SOCK_DGRAM, 0);
	if (fd < 0 || bind(fd, &c.from.sa, plan_len(plan)) ||
	    connect(fd, &c.to.sa, plan_len(plan)))
		die("socket");
	return fd;
}

/* A datagram each quarter of a millisecond until one is echoed. (A socket's own
 * timeout is in ticks of 4 ms, as long as what is measured.) Returns false if none
 * was until a point in time.
 */
bool probe_echo(int fd, uint64_t until)
{
	const struct timespec wait = { .tv_nsec = MS / 4 };
	struct pollfd poll = { .fd = fd, .events = POLLIN };
	uint32_t octets = 0;

	do {
		send(fd, &octets, sizeof(octets), 0);
		if (ruler_now() > until)
			return false;
	} while (ppoll(&poll, 1, &wait, NULL) <= 0 ||
		 recv(fd, &octets, sizeof(octets), 0) != sizeof(octets));
	return true;
}

/* From here on the process gives way to nothing of ordinary priority. */
void probe_go_first(void)
{
	struct sched_param first = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO, &first))
		die("SCHED_FIFO");
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void probe_sort(uint64_t *took, uint32_t count)
{
	qsort(took, count, sizeof(*took), compare);
}

/* probe CLIENTS SERVERS N SECONDS COMMAND...: over connection N, which exists. */
int probe_main(int argc, char **argv)
{
	struct stamp from, to;
	uint64_t limit;
	struct plan plan;
	pid_t pid;
	int fd;

	if (argc < 6)
		return 2;
	plan_init(&plan, argv[1], argv[2]);
	fd = probe_socket(&plan, number(argv[3], 0, PLAN_MAX - 1));
	limit = number(argv[4], 1, 100000) * 1000 * MS;
	ruler_read(&from);
	pid = start(argv + 5);
	if (!probe_echo(fd, from.at + limit))
		die("no echo");
	ruler_read(&to);
	waitpid(pid, NULL, 0);
	ruler_report(&from, &to);
	printf("\n");
	return 0;
}
