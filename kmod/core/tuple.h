/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tuples: one direction of a connection, as netfilter sees it.
 */
#ifndef _FLOWSYNC_CORE_TUPLE_H
#define _FLOWSYNC_CORE_TUPLE_H

#include "port.h"

/* Values of the families and protocols, the same on the wire and everywhere. */
#define FS_IPV4		4
#define FS_IPV6		6

#define FS_ICMP		1
#define FS_TCP		6
#define FS_UDP		17
#define FS_DCCP		33
#define FS_ICMPV6	58
#define FS_SCTP		132

/**
 * struct fs_addr - an address
 * @octets: network order; IPv4 in the first four, the rest zero
 */
struct fs_addr {
	u8 octets[16];
};

/**
 * struct fs_tuple - one direction of a flow
 * @src: source address
 * @dst: destination address
 * @sport: source port, host order; ICMP: the identifier; GRE: the key; 0 if the
 *	protocol has none
 * @dport: destination port, host order; ICMP: type << 8 | code; the others as
 *	@sport
 */
struct fs_tuple {
	struct fs_addr src;
	struct fs_addr dst;
	u16 sport;
	u16 dport;
};

/**
 * fs_addr_len - octets of an address
 * @family: FS_IPV4 or FS_IPV6
 *
 * Return: 4 or 16; 0 for any other family.
 */
static inline unsigned int fs_addr_len(u8 family)
{
	switch (family) {
	case FS_IPV4:
		return 4;
	case FS_IPV6:
		return 16;
	default:
		return 0;
	}
}

bool fs_tuple_invert(struct fs_tuple *inverse, const struct fs_tuple *tuple,
		     u8 proto);
bool fs_tuple_equal(const struct fs_tuple *a, const struct fs_tuple *b);

#endif /* _FLOWSYNC_CORE_TUPLE_H */
