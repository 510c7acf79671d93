// SPDX-License-Identifier: GPL-2.0
/*
 * meter - what the bench lets the machine do, and how it is measured
 *
 *	meter spin			take what is idle, and count it
 *	meter echo			all services of plan.h
 *	meter [OPTIONS] udp|tcp CLIENTS SERVERS COUNT
 *	meter settle PERMILLE SECONDS COMMAND...
 *	meter probe CLIENTS SERVERS N SECONDS COMMAND...
 *	meter promote CLIENTS SERVERS COUNT NAMESPACE GROUP
 *	meter first CLIENTS SERVERS | ADDRESS COUNT
 *	meter cutat OCTETS SECONDS
 *	meter cutin MS
 *	meter sleep MS
 *	meter fill CLIENTS SERVERS COUNT ADDRESS
 *
 * udp and tcp use COUNT connections, numbered from -f (0): -r RATE in a second,
 * or without it -w WINDOW (64) at a time; -d MS (250) after the last are measured
 * too. -p PACKETS is for udp: send so many over the connections, which exist;
 * -z by Zipf's law. -H holds what was opened until standard input ends. -t MS
 * (1000) is for how long an answer is waited for.
 *
 * Results are printed as NAME=NUMBER in one line: elapsed (nanoseconds of the
 * machine, each an instruction), busy (those that were not idle), octets and
 * packets of the sync link, and how many were sent and answered.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "load.h"
#include "plan.h"
#include "ruler.h"

static const struct {
	const char *name;
	int (*main)(int argc, char **argv);
} commands[] = {
	{ "spin", spin_main },
	{ "echo", echo_main },
	{ "settle", settle_main },
	{ "probe", probe_main },
	{ "promote", promote_main },
	{ "first", first_main },
	{ "cutat", cutat_main },
	{ "cutin", cutin_main },
	{ "fill", fill_main },
	{ "sleep", sleep_main },
};

static int usage(void)
{
	fprintf(stderr, "usage: meter spin | echo | settle | probe | promote | first | cutat | cutin | sleep | fill\n"
		"       meter [-f FIRST] [-r RATE | -w WINDOW] [-d MS] [-t MS] [-p PACKETS [-z]] [-H]\n"
		"            udp|tcp CLIENTS SERVERS COUNT\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct load load = { .window = 64, .drain = 250, .patience = 1000 };
	unsigned int i;
	int option;

	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].main(argc - 1, argv + 1);

	while ((option = getopt(argc, argv, "f:r:w:d:t:p:zH")) != -1) {
		switch (option) {
		case 'f':
			load.first = number(optarg, 0, PLAN_MAX);
			break;
		case 'r':
			load.rate = number(optarg, 1, 1000000);
			break;
		case 'w':
			load.window = number(optarg, 1, 60000);
			break;
		case 'd':
			load.drain = number(optarg, 0, 600000);
			break;
		case 't':
			load.patience = number(optarg, 1, 600000);
			break;
		case 'p':
			load.packets = number(optarg, 1, 100000000);
			break;
		case 'z':
			load.zipf = true;
			break;
		case 'H':
			load.hold = true;
			break;
		default:
			return usage();
		}
	}
	argc -= optind;
	argv += optind;
	if (argc != 4)
		return usage();
	load.clients = argv[1];
	load.servers = argv[2];
	load.count = number(argv[3], 1, PLAN_MAX);
	if (!strcmp(argv[0], "udp"))
		return udp_run(&load);
	if (!strcmp(argv[0], "tcp"))
		return tcp_run(&load);
	return usage();
}
