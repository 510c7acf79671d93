/* SPDX-License-Identifier: GPL-2.0 */
/* What `meter` can do; meter.c has how each is called. */
#ifndef FLOWSYNC_BENCH_LOAD_H
#define FLOWSYNC_BENCH_LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "../tools/tool.h"

/**
 * struct load - what udp and tcp have in common
 * @clients: network of the clients
 * @servers: network of the servers
 * @first: number of the first connection
 * @count: connections
 * @rate: of them in a second; 0: as fast as @window allows
 * @window: how many may wait for an answer, without a rate
 * @drain: milliseconds after the last, which are measured too
 * @packets: datagrams to send over what was opened, 0 to open
 * @zipf: choose the connection of each of @packets by Zipf's law
 * @patience: milliseconds after which an answer is not coming
 * @hold: keep what was opened until standard input ends
 */
struct load {
	const char *clients;
	const char *servers;
	uint32_t first;
	uint32_t count;
	uint32_t rate;
	uint32_t window;
	uint32_t drain;
	uint32_t packets;
	bool zipf;
	uint32_t patience;
	bool hold;
};

/* Run a command; it has the process's output. */
pid_t start(char **argv);

int echo_main(int argc, char **argv);
int fill_main(int argc, char **argv);
int udp_run(const struct load *load);
int tcp_run(const struct load *load);
int settle_main(int argc, char **argv);
int probe_main(int argc, char **argv);
int promote_main(int argc, char **argv);
int first_main(int argc, char **argv);
int cutat_main(int argc, char **argv);
int cutin_main(int argc, char **argv);
int sleep_main(int argc, char **argv);

/* When the next of a load is due, in instructions. */
static inline uint64_t load_due(const struct load *load, uint64_t start,
				uint64_t n)
{
	return load->rate ? start + n * 1000000000ull / load->rate : 0;
}

static inline struct timespec load_rest(uint64_t now, uint64_t due)
{
	uint64_t rest = due > now ? due - now : 0;

	return (struct timespec){ rest / 1000000000, rest % 1000000000 };
}

#endif
