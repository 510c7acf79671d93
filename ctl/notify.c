// SPDX-License-Identifier: GPL-2.0
/* What systemd wants to know: readiness, status, and signs of life */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "notify.h"

/**
 * notify - tell the service manager, if there is one that listens
 * @format: the message, as in sd_notify(3): "READY=1"
 */
void notify(const char *format, ...)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t length;
	char text[512];
	va_list args;
	int fd, used;

	if (!path || (*path != '/' && *path != '@'))
		return;
	length = strlen(path);
	if (length >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, path, length);
	if (*path == '@')
		to.sun_path[0] = '\0';
	va_start(args, format);
	used = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (used < 0)
		return;
	if ((size_t)used >= sizeof(text))
		used = sizeof(text) - 1;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* nobody to tell this to if it fails */
	if (sendto(fd, text, used, MSG_NOSIGNAL, (struct sockaddr *)&to,
		   offsetof(struct sockaddr_un, sun_path) + length) < 0)
		used = 0;
	close(fd);
}

/**
 * notify_interval - how often the service manager wants a sign of life
 *
 * Return: half of what it allows, in milliseconds; 0 if it wants none.
 */
uint64_t notify_interval(void)
{
	const char *microseconds = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");

	if (!microseconds || (pid && strtoll(pid, NULL, 10) != getpid()))
		return 0;
	return strtoull(microseconds, NULL, 10) / 2000;
}
