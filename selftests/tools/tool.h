/* SPDX-License-Identifier: GPL-2.0 */
/* What the tools share: addresses, time, and how to give up. */
#ifndef FLOWSYNC_TOOL_H
#define FLOWSYNC_TOOL_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

void die(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
socklen_t address_parse(union address *address, const char *text, int port);

/* Have a socket send from an address, or any if there is none, and a port. */
void bind_source(int fd, int family, const char *source, int port);

long number(const char *text, long min, long max);
int64_t now_ms(void);

/* Let the process have as many descriptors as it may. */
void many_files(void);

#endif
