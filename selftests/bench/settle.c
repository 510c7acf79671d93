// SPDX-License-Identifier: GPL-2.0
/*
 * meter settle: run a command, and measure until the machine is quiet again.
 * meter cutat: take a link down when so many octets have passed it.
 * meter cutin: take a link down in so many milliseconds, and say how many entries
 * conntrack had then.
 * meter sleep: until so many milliseconds have passed; measured, too.
 */
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load.h"
#include "plan.h"
#include "ruler.h"

#define MS	1000000ull

pid_t start(char **argv)
{
	pid_t pid = vfork();

	if (!pid) {
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0)
		die("fork");
	return pid;
}

/* settle PERMILLE SECONDS COMMAND...: quiet is when for half a second no more
 * than so much of each slice of 25 ms is used. What is used then is taken for
 * the background, and subtracted, of octets too. The command's output goes to standard error.
 */
int settle_main(int argc, char **argv)
{
	struct stamp from, last, now, before;
	uint64_t limit, busy, background, octets;
	unsigned int permille;
	int status = 0, quiet = 0;
	double share;
	pid_t pid;

	if (argc < 4)
		return 2;
	permille = number(argv[1], 1, 1000);
	limit = number(argv[2], 1, 100000) * 1000 * MS;
	ruler_mark();
	ruler_read(&from);
	pid = start(argv + 3);
	if (waitpid(pid, &status, 0) != pid || status)
		die("%s: status %d", argv[3], status);
	ruler_read(&now);
	last = now;
	while (quiet < 20) {
		if (now.at - from.at > limit)
			die("%s: not quiet in time", argv[3]);
		before = now;
		ruler_sleep_until(now.at + 25 * MS);
		ruler_read(&now);
		if (ruler_busy(&before, &now) * 1000 >
		    (now.at - before.at) * permille) {
			quiet = 0;
			last = now;
		} else {
			quiet++;
		}
	}
	ruler_mark();
	share = (double)(last.at - from.at) / (now.at - last.at);
	busy = ruler_busy(&from, &last);
	background = ruler_busy(&last, &now) * share;
	octets = (now.octets - last.octets) * share;
	octets = last.octets - from.octets > octets ?
		 last.octets - from.octets - octets : 0;
	printf("elapsed=%llu busy=%llu background=%llu octets=%llu packets=%llu\n",
	       (unsigned long long)(last.at - from.at),
	       (unsigned long long)(busy > background ? busy - background : 0),
	       (unsigned long long)background,
	       (unsigned long long)octets,
	       (unsigned long long)(last.packets - from.packets));
	return 0;
}

/* Take the sync link down, at once. */
static void take_down(int fd)
{
	struct ifreq down = { .ifr_flags = 0 };

	strncpy(down.ifr_name, getenv("RULER_DEVICE"), IFNAMSIZ - 1);
	if (ioctl(fd, SIOCSIFFLAGS, &down))
		die("%s", down.ifr_name);
}

/* cutat OCTETS SECONDS */
int cutat_main(int argc, char **argv)
{
	struct stamp from, now;
	uint64_t octets, limit;
	int fd;

	if (argc != 3 || !getenv("RULER_DEVICE"))
		return 2;
	octets = strtoull(argv[1], NULL, 0);
	limit = number(argv[2], 1, 100000) * 1000 * MS;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	ruler_read(&from);
	do {
		ruler_sleep_until(ruler_now() + MS / 2);
		ruler_read(&now);
		if (now.at - from.at > limit)
			die("not so many octets in time");
	} while (now.octets - from.octets < octets);
	take_down(fd);
	ruler_report(&from, &now);
	printf("\n");
	return 0;
}

/* cutin MS */
int cutin_main(int argc, char **argv)
{
	char text[32] = "";
	int fd, count;

	if (argc != 2 || !getenv("RULER_DEVICE"))
		return 2;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	count = open("/proc/sys/net/netfilter/nf_conntrack_count", O_RDONLY);
	if (fd < 0 || count < 0)
		die("nf_conntrack_count");
	ruler_sleep_until(ruler_now() + number(argv[1], 0, 3600000) * MS);
	take_down(fd);
	if (read(count, text, sizeof(text) - 1) <= 0)
		die("nf_conntrack_count");
	printf("flows=%ld\n", strtol(text, NULL, 10));
	return 0;
}

int sleep_main(int argc, char **argv)
{
	struct stamp from, to;

	if (argc != 2)
		return 2;
	ruler_read(&from);
	ruler_sleep_until(ruler_now() + number(argv[1], 0, 3600000) * MS);
	ruler_read(&to);
	ruler_report(&from, &to);
	printf("\n");
	return 0;
}
