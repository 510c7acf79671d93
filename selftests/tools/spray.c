// SPDX-License-Identifier: GPL-2.0
/*
 * spray - send a flowsync node what no peer would send
 *
 *	spray capture PORT FILE...
 *		take one datagram of each channel that arrives at UDP port PORT
 *		here: channel 0 into the first FILE, channel 1 into the second
 *	spray random LOCAL REMOTE PORT COUNT SEED NODE
 *		COUNT datagrams of random octets and lengths. Three in four
 *		begin as good ones do: with the magic number; with a whole
 *		header but for the sender; with one of node NODE whose session
 *		is not its
 *	spray cut LOCAL REMOTE PORT FILE
 *		every truncation of a datagram, and it with octets behind it
 *	spray again LOCAL REMOTE PORT FILE COUNT
 *		a datagram as it was recorded, COUNT times
 *	spray mix LOCAL REMOTE PORT COUNT SEED NODE FILE...
 *		COUNT datagrams of all kinds: random ones, as above; recorded
 *		ones as they are, cut, with some bits flipped, with another
 *		number and payload, and with the header of one and the payload
 *		of another
 *	spray flip LOCAL REMOTE PORT FILE
 *		a datagram with each of its bits flipped in turn
 *
 * All are sent from the peer's own address and port, by a raw socket, as only
 * such are looked at. Each prints how many it sent; on standard error, in how many
 * nanoseconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

#define UDP_HEADER	8
#define HEADER		24	/* of a flowsync datagram */
#define PAYLOAD_MAX	1452

struct spray {
	struct timespec begin;
	int fd;
	union address remote;
	socklen_t length;
	int port;
	unsigned long sent;
};

static uint64_t random_state;

/* splitmix64: the same sequence everywhere. */
static uint64_t random_next(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static void spray_open(struct spray *spray, char **argv)
{
	union address local;
	int checksum = 6;

	spray->port = number(argv[2], 1, 65535);
	spray->length = address_parse(&spray->remote, argv[1], 0);
	if (address_parse(&local, argv[0], 0) != spray->length)
		die("two families");
	spray->fd = socket(local.sa.sa_family, SOCK_RAW, IPPROTO_UDP);
	if (spray->fd < 0 || bind(spray->fd, &local.sa, spray->length))
		die("raw socket");
	if (local.sa.sa_family == AF_INET6 &&
	    setsockopt(spray->fd, SOL_IPV6, IPV6_CHECKSUM, &checksum,
		       sizeof(checksum)))
		die("IPV6_CHECKSUM");
	clock_gettime(CLOCK_MONOTONIC, &spray->begin);
}

static void spray_report(const struct spray *spray)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	fprintf(stderr, "%lld ns\n",
		(end.tv_sec - spray->begin.tv_sec) * 1000000000ll +
		end.tv_nsec - spray->begin.tv_nsec);
	printf("%lu\n", spray->sent);
}

static void spray_send(struct spray *spray, const uint8_t *data, size_t length)
{
	uint8_t datagram[UDP_HEADER + PAYLOAD_MAX + 16];
	uint16_t field[4] = {
		htons(spray->port), htons(spray->port),
		htons(UDP_HEADER + length),
	};

	memcpy(datagram, field, UDP_HEADER);
	memcpy(datagram + UDP_HEADER, data, length);
	while (sendto(spray->fd, datagram, UDP_HEADER + length, 0,
		      &spray->remote.sa, spray->length) < 0)
		if (errno != ENOBUFS)
			die("send");
	spray->sent++;
}

static void put_header(uint8_t *data, size_t length, unsigned int kind,
		       uint32_t node)
{
	size_t payload = length - HEADER;

	data[0] = 'F';
	data[1] = 'S';
	if (kind < 2)
		return;
	data[2] = 1;
	data[3] = kind == 3 ? 1 : random_next() & 1;
	data[22] = payload >> 8;
	data[23] = payload;
	if (kind < 3)
		return;
	node = htonl(node);
	memcpy(data + 4, &node, 4);
}

static size_t make_random(uint8_t data[PAYLOAD_MAX], uint32_t node)
{
	unsigned int kind = random_next() % 4;
	size_t length, i;

	length = random_next() % (PAYLOAD_MAX + 1);
	if (random_next() & 1)
		length %= 64;
	for (i = 0; i < length; i++)
		data[i] = random_next();
	if (length >= HEADER)
		put_header(data, length, kind, node);
	return length;
}

static void spray_random(struct spray *spray, unsigned long count,
			 uint32_t node)
{
	uint8_t data[PAYLOAD_MAX];

	while (count--)
		spray_send(spray, data, make_random(data, node));
}

static size_t load(const char *name, uint8_t *data)
{
	FILE *file = fopen(name, "r");
	size_t length;

	if (!file)
		die("%s", name);
	length = fread(data, 1, PAYLOAD_MAX, file);
	fclose(file);
	if (length < HEADER)
		die("%s: too short", name);
	return length;
}

static void spray_cut(struct spray *spray, const char *name)
{
	uint8_t data[PAYLOAD_MAX + 16] = {};
	size_t length = load(name, data), i;

	for (i = 0; i < length; i++)
		spray_send(spray, data, i);
	for (i = 1; i <= 16; i++)
		spray_send(spray, data, length + i);
}

static void spray_again(struct spray *spray, const char *name,
			unsigned long count)
{
	uint8_t data[PAYLOAD_MAX];
	size_t length = load(name, data);

	while (count--)
		spray_send(spray, data, length);
}

static void spray_flip(struct spray *spray, const char *name)
{
	uint8_t data[PAYLOAD_MAX];
	size_t length = load(name, data), i;

	for (i = 0; i < length * 8; i++) {
		data[i / 8] ^= 1 << i % 8;
		spray_send(spray, data, length);
		data[i / 8] ^= 1 << i % 8;
	}
}

struct record {
	uint8_t data[PAYLOAD_MAX];
	size_t length;
};

static void set_length(uint8_t *data, size_t length)
{
	data[22] = (length - HEADER) >> 8;
	data[23] = length - HEADER;
}

/* Make something of a record that is not, or no longer, to be taken. */
static size_t make_of(uint8_t data[PAYLOAD_MAX], const struct record *a,
		      const struct record *b)
{
	size_t length = a->length, i;
	unsigned int n;

	memcpy(data, a->data, length);
	switch (random_next() % 5) {
	case 0:	/* again */
		break;
	case 1:	/* cut, and perhaps said to be so */
		length = random_next() % length;
		if (length >= HEADER && random_next() & 1)
			set_length(data, length);
		break;
	case 2:	/* flipped */
		for (n = random_next() % 4; n < 4; n++) {
			i = random_next() % (length * 8);
			data[i / 8] ^= 1 << i % 8;
		}
		break;
	case 3:	/* another number, another payload */
		for (i = 16; i < 22; i++)
			data[i] = i < 18 ? 0 : random_next();
		for (i = HEADER; i < length; i++)
			data[i] = random_next();
		break;
	default: /* the header of one, the payload of another */
		length = b->length;
		memcpy(data + HEADER, b->data + HEADER, length - HEADER);
		set_length(data, length);
	}
	return length;
}

static void spray_mix(struct spray *spray, unsigned long count, uint32_t node,
		      int records, char **file)
{
	struct record *record = calloc(records, sizeof(*record));
	uint8_t data[PAYLOAD_MAX];
	int i;

	if (!record)
		die("memory");
	for (i = 0; i < records; i++)
		record[i].length = load(file[i], record[i].data);
	while (count--) {
		size_t length;

		if (random_next() % 5 == 0)
			length = make_random(data, node);
		else
			length = make_of(data, &record[random_next() % records],
					 &record[random_next() % records]);
		spray_send(spray, data, length);
	}
	free(record);
}

static void save(const char *name, const uint8_t *data, size_t length)
{
	FILE *file = fopen(name, "w");

	if (!file || fwrite(data, 1, length, file) != length || fclose(file))
		die("%s", name);
}

/* Raw IPv4 sockets see the IP header too. */
static void capture(int port, int count, char **file)
{
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_UDP);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int64_t end = now_ms() + 60000;
	unsigned int left = (1u << count) - 1;
	uint8_t data[2048];

	if (fd < 0)
		die("raw socket");
	while (left && now_ms() < end) {
		ssize_t length;
		size_t skip;
		uint8_t channel;

		if (poll(&poll_fd, 1, 100) <= 0)
			continue;
		length = recv(fd, data, sizeof(data), 0);
		skip = (data[0] & 15) * 4;
		if (length < (ssize_t)(skip + UDP_HEADER + HEADER) ||
		    (data[skip + 2] << 8 | data[skip + 3]) != port)
			continue;
		skip += UDP_HEADER;
		channel = data[skip + 3];
		if (channel >= count || !(left & 1u << channel))
			continue;
		save(file[channel], data + skip, length - skip);
		left &= ~(1u << channel);
	}
	errno = 0;
	if (left)
		die("nothing came on some channel");
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct spray spray = {};

	if (!strcmp(what, "capture") && argc >= 4 && argc <= 11) {
		capture(number(argv[2], 1, 65535), argc - 3, argv + 3);
		return 0;
	}
	if (!strcmp(what, "random") && argc == 8) {
		random_state = number(argv[6], 0, 1l << 62);
		spray_open(&spray, argv + 2);
		spray_random(&spray, number(argv[5], 1, 1l << 40),
			     number(argv[7], 1, 0xffffffff));
	} else if (!strcmp(what, "mix") && argc >= 9) {
		random_state = number(argv[6], 0, 1l << 62);
		spray_open(&spray, argv + 2);
		spray_mix(&spray, number(argv[5], 1, 1l << 40),
			  number(argv[7], 1, 0xffffffff), argc - 8, argv + 8);
	} else if (!strcmp(what, "cut") && argc == 6) {
		spray_open(&spray, argv + 2);
		spray_cut(&spray, argv[5]);
	} else if (!strcmp(what, "again") && argc == 7) {
		spray_open(&spray, argv + 2);
		spray_again(&spray, argv[5], number(argv[6], 1, 1l << 40));
	} else if (!strcmp(what, "flip") && argc == 6) {
		spray_open(&spray, argv + 2);
		spray_flip(&spray, argv[5]);
	} else {
		fprintf(stderr, "usage: spray capture PORT FILE...\n"
			"       spray random LOCAL REMOTE PORT COUNT SEED NODE\n"
			"       spray mix LOCAL REMOTE PORT COUNT SEED NODE FILE...\n"
			"       spray again LOCAL REMOTE PORT FILE COUNT\n"
			"       spray cut|flip LOCAL REMOTE PORT FILE\n");
		return 2;
	}
	spray_report(&spray);
	return 0;
}
