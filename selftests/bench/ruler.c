// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../tools/tool.h"
#include "ruler.h"

/* The count of turns is in a file of memory that all share. RULER_FILE names
 * it; RULER_WIRE, if set, the /proc/.../net/dev that has the sync link, whose
 * name is RULER_DEVICE.
 */
static volatile uint64_t *turns_map(bool make)
{
	const char *name = getenv("RULER_FILE");
	volatile uint64_t *map;
	int fd;

	if (!name)
		die("RULER_FILE is not set");
	fd = open(name, O_RDWR | (make ? O_CREAT : 0), 0600);
	if (fd < 0 || (make && ftruncate(fd, 4096)))
		die("%s", name);
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		die("%s", name);
	close(fd);
	return map;
}

/* In a machine with several processors nothing is counted, and RULER_FILE not set:
 * there is its clock.
 */
static bool counts(void)
{
	static int set = -1;

	if (set < 0)
		set = getenv("RULER_FILE") != NULL;
	return set;
}

/* Never returns. The loop is RULER_TURN instructions long. */
int spin_main(int argc, char **argv)
{
	struct sched_param none = {};
	volatile uint64_t *turns = turns_map(true);

	(void)argv;
	if (argc != 1)
		return 2;
	if (sched_setscheduler(0, SCHED_IDLE, &none))
		die("SCHED_IDLE");
	asm volatile("1:	incq	(%0)\n"
		     "	.rept	998\n"
		     "	nop\n"
		     "	.endr\n"
		     "	jmp	1b\n" : : "r"(turns) : "memory");
	__builtin_unreachable();
}

uint64_t ruler_now(void)
{
	struct timespec now;

	if (counts())
		return __builtin_ia32_rdtsc();
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Where a window that is measured begins or ends: plugin.c counts between. */
void ruler_mark(void)
{
	asm volatile("prefetchnta 0x464c4f57");
}

static void read_wire(struct stamp *stamp)
{
	const char *name = getenv("RULER_WIRE"), *device = getenv("RULER_DEVICE");
	unsigned long long rx, tx, rx_packets, tx_packets;
	static char buffer[16384];
	ssize_t count;
	char *line;
	int fd;

	if (!name || !device)
		return;
	fd = open(name, O_RDONLY);
	if (fd < 0)
		die("%s", name);
	count = read(fd, buffer, sizeof(buffer) - 1);
	close(fd);
	buffer[count > 0 ? count : 0] = 0;
	line = strstr(buffer, device);
	if (!line || sscanf(line + strlen(device),
			    ": %llu %llu %*u %*u %*u %*u %*u %*u %llu %llu",
			    &rx, &rx_packets, &tx, &tx_packets) != 4)
		die("no %s in %s", device, name);
	stamp->octets = rx + tx;
	stamp->packets = rx_packets + tx_packets;
}

void ruler_read(struct stamp *stamp)
{
	static volatile uint64_t *turns;

	if (counts() && !turns)
		turns = turns_map(false);
	memset(stamp, 0, sizeof(*stamp));
	read_wire(stamp);
	if (turns)
		stamp->idle = *turns * RULER_TURN;
	stamp->at = ruler_now();
}

void ruler_sleep_until(uint64_t at)
{
	uint64_t now = ruler_now();
	struct timespec rest;

	if (now >= at)
		return;
	rest.tv_sec = (at - now) / 1000000000;
	rest.tv_nsec = (at - now) % 1000000000;
	nanosleep(&rest, NULL);
}

uint64_t ruler_busy(const struct stamp *from, const struct stamp *to)
{
	return to->at - from->at - (to->idle - from->idle);
}

void ruler_report(const struct stamp *from, const struct stamp *to)
{
	printf("elapsed=%llu busy=%llu octets=%llu packets=%llu",
	       (unsigned long long)(to->at - from->at),
	       (unsigned long long)ruler_busy(from, to),
	       (unsigned long long)(to->octets - from->octets),
	       (unsigned long long)(to->packets - from->packets));
}
