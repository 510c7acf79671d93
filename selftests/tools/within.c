// SPDX-License-Identifier: GPL-2.0
/*
 * within - run a command in a network namespace
 *
 *	within NAMESPACE COMMAND [ARGUMENT...]
 *
 * NAMESPACE is one of `ip netns`. The tests do this hundreds of times: nsenter
 * would do, but it and its libraries take longer to start than most commands
 * take to run where a machine is emulated. Exits with 127 if it cannot.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int fail(const char *what)
{
	fprintf(stderr, "within: %s: %s\n", what, strerror(errno));
	return 127;
}

int main(int argc, char **argv)
{
	char path[256];
	int fd;

	if (argc < 3) {
		fprintf(stderr, "usage: within NAMESPACE COMMAND [ARGUMENT...]\n");
		return 127;
	}
	if (snprintf(path, sizeof(path), "/run/netns/%s", argv[1]) >=
	    (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return fail(argv[1]);
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		return fail(path);
	execvp(argv[2], argv + 2);
	return fail(argv[2]);
}
