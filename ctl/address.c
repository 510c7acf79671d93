// SPDX-License-Identifier: GPL-2.0
/*
 * flowsync-address: a hook. Holds addresses while this node is active, and tells
 * the neighbours where they are.
 *
 *	flowsync-address DEV ADDRESS/LENGTH [DEV ADDRESS/LENGTH]...
 *
 * FLOWSYNC_EVENT says what to do: become-active adds them, and says so by
 * gratuitous ARP and unsolicited neighbour advertisements, at once and again a
 * second and five seconds later; become-standby deletes them. Anything else is not
 * for it.
 *
 * It says nothing again once an address is not held any more, or another says that
 * it is there: whoever relieves an active takes the addresses a moment before that
 * gives them up, and is not to lose them to what that repeats.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

#include "clock.h"

#define ADDRESSES_MAX	128

/**
 * struct held - an address to be held
 * @device: name of its device
 * @index: number of that
 * @hardware: its address
 * @family: AF_INET or AF_INET6
 * @length: octets of @octets
 * @prefix: bits of the network
 * @octets: the address
 * @ear: a socket that hears who else says to be there
 */
struct held {
	const char *device;
	unsigned int index;
	uint8_t hardware[ETH_ALEN];
	int family;
	unsigned int length;
	unsigned int prefix;
	uint8_t octets[16];
	int ear;
};

static struct held held[ADDRESSES_MAX];
static unsigned int count;
static bool failed;

static void wrong(const char *what, const char *why)
{
	fprintf(stderr, "flowsync-address: %s: %s\n", what, why);
	failed = true;
}

/* "192.0.2.1/24" */
static bool parse(const char *word, struct held *h)
{
	char text[INET6_ADDRSTRLEN + 4], *slash, *end;
	unsigned long prefix;

	if (strlen(word) >= sizeof(text))
		return false;
	strcpy(text, word);
	slash = strchr(text, '/');
	if (slash)
		*slash++ = '\0';
	h->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	h->length = h->family == AF_INET ? 4 : 16;
	if (inet_pton(h->family, text, h->octets) != 1)
		return false;
	h->prefix = 8 * h->length;
	if (!slash)
		return true;
	prefix = strtoul(slash, &end, 10);
	if (!*slash || *end || prefix > h->prefix)
		return false;
	h->prefix = prefix;
	return true;
}

static void learn_device(struct held *h)
{
	struct ifreq request = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	h->index = if_nametoindex(h->device);
	if (!h->index || strlen(h->device) >= sizeof(request.ifr_name)) {
		wrong(h->device, "no such device");
	} else {
		strcpy(request.ifr_name, h->device);
		if (fd >= 0 && !ioctl(fd, SIOCGIFHWADDR, &request))
			memcpy(h->hardware, request.ifr_hwaddr.sa_data,
			       ETH_ALEN);
	}
	if (fd >= 0)
		close(fd);
}

/* Add or delete an address. Returns 0, or what is wrong. */
static int change(struct mnl_socket *nl, const struct held *h, bool add)
{
	char octets[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *message;
	struct ifaddrmsg *address;
	static uint32_t sequence;
	ssize_t length;

	message = mnl_nlmsg_put_header(octets);
	message->nlmsg_type = add ? RTM_NEWADDR : RTM_DELADDR;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
			       (add ? NLM_F_CREATE | NLM_F_REPLACE : 0);
	message->nlmsg_seq = ++sequence;
	address = mnl_nlmsg_put_extra_header(message, sizeof(*address));
	address->ifa_family = h->family;
	address->ifa_prefixlen = h->prefix;
	address->ifa_index = h->index;
	/* the other router had it a moment ago: it is no duplicate */
	if (add && h->family == AF_INET6)
		address->ifa_flags = IFA_F_NODAD;
	mnl_attr_put(message, IFA_LOCAL, h->length, h->octets);
	mnl_attr_put(message, IFA_ADDRESS, h->length, h->octets);
	if (mnl_socket_sendto(nl, message, message->nlmsg_len) < 0)
		return errno;
	length = mnl_socket_recvfrom(nl, octets, sizeof(octets));
	if (length < 0 ||
	    mnl_cb_run(octets, length, sequence, mnl_socket_get_portid(nl),
		       NULL, NULL) < 0)
		return errno;
	return 0;
}

/* Gratuitous ARP, as a request: everybody takes that (RFC 5227, section 3) */
static void tell_arp(const struct held *h)
{
	static const uint8_t everybody[] = { 255, 255, 255, 255, 255, 255 };
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = h->index,
		.sll_halen = ETH_ALEN,
	};
	struct ether_arp arp = {
		.ea_hdr = {
			.ar_hrd = htons(ARPHRD_ETHER),
			.ar_pro = htons(ETH_P_IP),
			.ar_hln = ETH_ALEN,
			.ar_pln = 4,
			.ar_op = htons(ARPOP_REQUEST),
		},
	};
	int fd;

	memcpy(to.sll_addr, everybody, ETH_ALEN);
	memcpy(arp.arp_sha, h->hardware, ETH_ALEN);
	memcpy(arp.arp_spa, h->octets, 4);
	memcpy(arp.arp_tpa, h->octets, 4);
	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || sendto(fd, &arp, sizeof(arp), 0, (struct sockaddr *)&to,
			     sizeof(to)) < 0)
		wrong(h->device, strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* An unsolicited neighbour advertisement (RFC 4861, section 7.2.6), of a router */
static void tell_neighbours(const struct held *h)
{
	struct {
		struct nd_neighbor_advert advert;
		struct nd_opt_hdr option;
		uint8_t hardware[ETH_ALEN];
	} message = {
		.advert = {
			.nd_na_type = ND_NEIGHBOR_ADVERT,
			.nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE |
						ND_NA_FLAG_ROUTER,
		},
		.option = { ND_OPT_TARGET_LINKADDR, 1 },
	};
	struct sockaddr_in6 from = { .sin6_family = AF_INET6 };
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6,
		.sin6_scope_id = h->index,
	};
	int fd, hops = 255;

	memcpy(&message.advert.nd_na_target, h->octets, 16);
	memcpy(message.hardware, h->hardware, ETH_ALEN);
	memcpy(&from.sin6_addr, h->octets, 16);
	from.sin6_scope_id = h->index;
	inet_pton(AF_INET6, "ff02::1", &to.sin6_addr);
	fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	if (fd < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops,
		       sizeof(hops)) ||
	    bind(fd, (struct sockaddr *)&from, sizeof(from)) ||
	    sendto(fd, &message, sizeof(message), 0, (struct sockaddr *)&to,
		   sizeof(to)) < 0)
		wrong(h->device, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void tell_all(void)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (held[i].family == AF_INET)
			tell_arp(&held[i]);
		else
			tell_neighbours(&held[i]);
	}
}

static bool still_held(const struct held *h)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} address = { .any.sa_family = h->family };
	int fd = socket(h->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ours;

	if (h->family == AF_INET) {
		memcpy(&address.in.sin_addr, h->octets, 4);
	} else {
		memcpy(&address.in6.sin6_addr, h->octets, 16);
		address.in6.sin6_scope_id = h->index;
	}
	/* a socket is bound to an address only if it is this host's */
	ours = fd >= 0 && !bind(fd, &address.any, sizeof(address));
	if (fd >= 0)
		close(fd);
	return ours;
}

static int hear_arp(const struct held *h)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = h->index,
	};
	int fd = socket(AF_PACKET,
			SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at))) {
		close(fd);
		return -1;
	}
	return fd;
}

static int hear_neighbours(const struct held *h)
{
	struct icmp6_filter filter;
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			IPPROTO_ICMPV6);

	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ND_NEIGHBOR_ADVERT, &filter);
	if (fd >= 0 &&
	    (setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter,
			sizeof(filter)) ||
	     setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, h->device,
			(socklen_t)strlen(h->device) + 1))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void hear(struct held *h)
{
	h->ear = h->family == AF_INET ? hear_arp(h) : hear_neighbours(h);
	if (h->ear < 0)
		wrong(h->device, strerror(errno));
}

/* Whether an ARP message of whatever kind, or an advertisement, is from another that
 * has the address
 */
static bool is_claim(const struct held *h, const void *message, size_t length)
{
	const struct {
		struct nd_neighbor_advert advert;
		struct nd_opt_hdr option;
		uint8_t hardware[ETH_ALEN];
	} *neighbour = message;
	const struct ether_arp *arp = message;

	if (h->family == AF_INET)
		return length >= sizeof(*arp) &&
		       !memcmp(arp->arp_spa, h->octets, 4) &&
		       memcmp(arp->arp_sha, h->hardware, ETH_ALEN);
	return length >= sizeof(*neighbour) &&
	       !memcmp(&neighbour->advert.nd_na_target, h->octets, 16) &&
	       neighbour->option.nd_opt_type == ND_OPT_TARGET_LINKADDR &&
	       memcmp(neighbour->hardware, h->hardware, ETH_ALEN);
}

static bool is_claimed(const struct held *h)
{
	uint8_t message[256];
	ssize_t length;

	while ((length = recv(h->ear, message, sizeof(message), 0)) >= 0)
		if (is_claim(h, message, (size_t)length))
			return true;
	return false;
}

/* Whether all of them are held by this node for so long, in ms, and by nobody else */
static bool ours_for(uint64_t length)
{
	struct pollfd ear[ADDRESSES_MAX];
	uint64_t until = now_ms() + length, now;
	unsigned int i;

	for (i = 0; i < count; i++)
		ear[i] = (struct pollfd) { held[i].ear, POLLIN, 0 };
	while ((now = now_ms()) < until) {
		poll(ear, count, (int)(until - now));
		for (i = 0; i < count; i++)
			if (is_claimed(&held[i]))
				return false;
	}
	for (i = 0; i < count; i++)
		if (!still_held(&held[i]))
			return false;
	return true;
}

/* Nobody acknowledges an announcement: say it again, and keep nobody waiting */
static void tell_again(void)
{
	if (fork())
		return;
	setsid();
	if (ours_for(1000)) {
		tell_all();
		if (ours_for(4000))
			tell_all();
	}
	_exit(0);
}

static void hold(struct mnl_socket *nl, bool add)
{
	unsigned int i;
	int err;

	for (i = 0; i < count; i++) {
		err = change(nl, &held[i], add);
		/* what is not there need not go */
		if (err && (add || err != EADDRNOTAVAIL))
			wrong(held[i].device, strerror(err));
	}
	if (!add)
		return;
	/* what another said before does not count */
	for (i = 0; i < count; i++)
		hear(&held[i]);
	tell_all();
	tell_again();
}

int main(int argc, char **argv)
{
	const char *event = getenv("FLOWSYNC_EVENT");
	struct mnl_socket *nl;
	int i;

	if (argc < 3 || argc % 2 == 0 || argc > 2 * ADDRESSES_MAX || !event) {
		fputs("Usage: flowsync-address DEV ADDRESS/LENGTH [DEV ADDRESS/LENGTH]...\n"
		      "A hook of \"flowsyncctl daemon\", which sets FLOWSYNC_EVENT.\n",
		      stderr);
		return 2;
	}
	for (i = 1; i < argc; i += 2) {
		held[count].device = argv[i];
		if (!parse(argv[i + 1], &held[count]))
			wrong(argv[i + 1], "is no ADDRESS/LENGTH");
		learn_device(&held[count++]);
	}
	if (failed)
		return 1;
	nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		wrong("netlink", strerror(errno));
		return 1;
	}
	if (!strcmp(event, "become-active"))
		hold(nl, true);
	else if (!strcmp(event, "become-standby"))
		hold(nl, false);
	return failed;
}
