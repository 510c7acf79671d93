// SPDX-License-Identifier: GPL-2.0
/*
 * meter fill CLIENTS SERVERS COUNT ADDRESS: so many translated UDP connections,
 * the first of the plan, as entries of conntrack's table. Each has the source
 * ADDRESS outside and has been answered. Packets would take three times as long.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdio.h>

#include "load.h"
#include "plan.h"

/* So many in a message to the kernel. */
#define BATCH	64u
#define TIMEOUT	3000

static void put_tuple(struct nlmsghdr *nlh, uint16_t type,
		      const union address *from, const union address *to)
{
	struct nlattr *tuple = mnl_attr_nest_start(nlh, type), *part;

	part = mnl_attr_nest_start(nlh, CTA_TUPLE_IP);
	mnl_attr_put_u32(nlh, CTA_IP_V4_SRC, from->in.sin_addr.s_addr);
	mnl_attr_put_u32(nlh, CTA_IP_V4_DST, to->in.sin_addr.s_addr);
	mnl_attr_nest_end(nlh, part);
	part = mnl_attr_nest_start(nlh, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(nlh, CTA_PROTO_NUM, IPPROTO_UDP);
	mnl_attr_put_u16(nlh, CTA_PROTO_SRC_PORT, from->in.sin_port);
	mnl_attr_put_u16(nlh, CTA_PROTO_DST_PORT, to->in.sin_port);
	mnl_attr_nest_end(nlh, part);
	mnl_attr_nest_end(nlh, tuple);
}

/* Returns how long the message is. */
static size_t put_entry(void *buffer, const struct connection *c,
			const union address *outside)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *nfg;
	struct nlattr *nat;

	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = AF_INET;
	nfg->version = NFNETLINK_V0;
	put_tuple(nlh, CTA_TUPLE_ORIG, &c->from, &c->to);
	put_tuple(nlh, CTA_TUPLE_REPLY, &c->to, &c->from);
	nat = mnl_attr_nest_start(nlh, CTA_NAT_SRC);
	mnl_attr_put_u32(nlh, CTA_NAT_V4_MINIP, outside->in.sin_addr.s_addr);
	mnl_attr_put_u32(nlh, CTA_NAT_V4_MAXIP, outside->in.sin_addr.s_addr);
	mnl_attr_nest_end(nlh, nat);
	mnl_attr_put_u32(nlh, CTA_STATUS, htonl(IPS_CONFIRMED | IPS_ASSURED |
						IPS_SEEN_REPLY));
	mnl_attr_put_u32(nlh, CTA_TIMEOUT, htonl(TIMEOUT));
	return nlh->nlmsg_len;
}

/* Only errors are answered. Returns how many there are by now. */
static uint32_t errors(int fd)
{
	char buffer[8192];
	uint32_t count = 0;
	ssize_t len;

	for (;;) {
		struct nlmsghdr *nlh = (void *)buffer;

		len = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
		if (len < 0 && errno == ENOBUFS)
			die("too many errors");
		if (len <= 0)
			return count;
		for (int rest = len; mnl_nlmsg_ok(nlh, rest);
		     nlh = mnl_nlmsg_next(nlh, &rest))
			count++;
	}
}

int fill_main(int argc, char **argv)
{
	static char buffer[BATCH * 512];
	union address outside;
	struct mnl_socket *nl;
	struct connection c;
	uint32_t n, count, bad = 0;
	struct plan plan;
	size_t len = 0;

	if (argc != 5)
		return 2;
	plan_init(&plan, argv[1], argv[2]);
	count = number(argv[3], 1, PLAN_MAX);
	address_parse(&outside, argv[4], 0);
	nl = mnl_socket_open(NETLINK_NETFILTER);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		die("netlink");
	for (n = 0; n < count; n++) {
		plan_connection(&plan, n, &c);
		len += put_entry(buffer + len, &c, &outside);
		if ((n + 1) % BATCH && n + 1 < count)
			continue;
		if (mnl_socket_sendto(nl, buffer, len) < 0)
			die("send");
		len = 0;
		bad += errors(mnl_socket_get_fd(nl));
	}
	mnl_socket_close(nl);
	printf("count=%u bad=%u\n", count, bad);
	return bad != 0;
}
