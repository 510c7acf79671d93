// SPDX-License-Identifier: GPL-2.0
/* Devices that a router cannot do without: whether they carry anything */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "parse.h"
#include "track.h"

/**
 * track_open - hear of changes of any device
 *
 * Return: a file descriptor that can be read when something has changed; -1
 * after saying what is wrong.
 */
int track_open(void)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK,
	};
	int fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    NETLINK_ROUTE);
	if (fd >= 0 &&
	    !bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	complain("", "cannot listen to devices: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/**
 * track_drain - forget the changes that were told of
 * @fd: of track_open()
 */
void track_drain(int fd)
{
	char octets[8192];

	/* ENOBUFS says that some were lost: all devices are looked at anyway */
	while (recv(fd, octets, sizeof(octets), 0) > 0 || errno == ENOBUFS)
		;
}

/**
 * track_carries - whether a device carries anything
 * @device: its name
 *
 * Return: true if it exists, is up and has a carrier.
 */
bool track_carries(const char *device)
{
	struct ifreq request = { 0 };
	bool carries;
	int fd;

	if (strlen(device) >= sizeof(request.ifr_name))
		return false;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return true;
	strcpy(request.ifr_name, device);
	carries = !ioctl(fd, SIOCGIFFLAGS, &request) &&
		  (request.ifr_flags & (IFF_UP | IFF_RUNNING)) ==
		  (IFF_UP | IFF_RUNNING);
	close(fd);
	return carries;
}
