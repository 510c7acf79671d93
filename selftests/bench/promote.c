// SPDX-License-Identifier: GPL-2.0
/*
 * meter promote CLIENTS SERVERS COUNT NAMESPACE GROUP: what flowsync's takeover
 * takes: the request that makes the node in NAMESPACE active in GROUP, from when
 * the kernel has it until it has answered, and then, of each of several flows among
 * the first COUNT, the first packet until its echo. `busy` is the request and the
 * median of the packets: a timer that falls into one of them does not count.
 *
 * The process does not give way to the installs in the background, which otherwise
 * share this machine's only processor with the packets.
 */
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/flowsync.h>
#include <linux/genetlink.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "load.h"
#include "plan.h"
#include "probe.h"
#include "ruler.h"

/* So many flows, over all of the table. */
#define FLOWS	31
#define SECONDS	30

/* A request to generic netlink, which the kernel answers before it returns. */
static struct nlmsghdr *request(char *buffer, uint16_t type, uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = 1;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

static int family_attr(const struct nlattr *attr, void *data)
{
	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
		*(uint16_t *)data = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static int family_message(const struct nlmsghdr *nlh, void *data)
{
	return mnl_attr_parse(nlh, sizeof(struct genlmsghdr), family_attr,
			      data);
}

/* Reads until the kernel said that it is done. */
static void answer(struct mnl_socket *nl, mnl_cb_t message, void *data)
{
	char buffer[8192];
	int len, more;

	do {
		len = mnl_socket_recvfrom(nl, buffer, sizeof(buffer));
		if (len < 0)
			die("netlink");
		more = mnl_cb_run(buffer, len, 1, mnl_socket_get_portid(nl),
				  message, data);
		if (more < 0)
			die("request");
	} while (more > 0);
}

static uint16_t family(struct mnl_socket *nl)
{
	char buffer[1024];
	struct nlmsghdr *nlh = request(buffer, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	uint16_t id = 0;

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, FLOWSYNC_GENL_NAME);
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		die("request");
	answer(nl, family_message, &id);
	if (!id)
		die("no " FLOWSYNC_GENL_NAME);
	return id;
}

/* A socket that stays in a namespace when the process has left it. */
static struct mnl_socket *socket_in(const char *namespace)
{
	int own = open("/proc/self/ns/net", O_RDONLY);
	struct mnl_socket *nl;
	char path[128];
	int there;

	snprintf(path, sizeof(path), "/run/netns/%s", namespace);
	there = open(path, O_RDONLY);
	if (own < 0 || there < 0 || setns(there, CLONE_NEWNET))
		die("%s", path);
	nl = mnl_socket_open(NETLINK_GENERIC);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		die("netlink");
	if (setns(own, CLONE_NEWNET))
		die("setns");
	close(there);
	close(own);
	return nl;
}

int promote_main(int argc, char **argv)
{
	uint64_t took[FLOWS], asked;
	struct stamp from, to, end;
	struct mnl_socket *nl;
	struct nlattr *group;
	struct nlmsghdr *nlh;
	char buffer[1024];
	struct plan plan;
	uint32_t count;
	int i, fd[FLOWS];

	if (argc != 6)
		return 2;
	plan_init(&plan, argv[1], argv[2]);
	count = number(argv[3], FLOWS, PLAN_MAX);
	nl = socket_in(argv[4]);
	nlh = request(buffer, family(nl), FLOWSYNC_CMD_GROUP_SET);
	group = mnl_attr_nest_start(nlh, FLOWSYNC_A_GROUP);
	mnl_attr_put_u32(nlh, FLOWSYNC_A_GROUP_ID, number(argv[5], 1, 65535));
	mnl_attr_put_u32(nlh, FLOWSYNC_A_GROUP_ROLE, FLOWSYNC_ROLE_ACTIVE);
	mnl_attr_nest_end(nlh, group);
	for (i = 0; i < FLOWS; i++)
		fd[i] = probe_socket(&plan, (uint64_t)count * (2 * i + 1) /
					    (2 * FLOWS));
	probe_go_first();

	ruler_read(&from);
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		die("request");
	answer(nl, NULL, NULL);
	ruler_read(&to);
	asked = ruler_busy(&from, &to);
	for (i = 0; i < FLOWS; i++) {
		ruler_read(&to);
		if (!probe_echo(fd[i], ruler_now() + SECONDS * 1000000000ull))
			die("no echo");
		ruler_read(&end);
		took[i] = ruler_busy(&to, &end);
	}
	probe_sort(took, FLOWS);
	printf("elapsed=%llu busy=%llu request=%llu packet=%llu worst=%llu octets=0\n",
	       (unsigned long long)(end.at - from.at),
	       (unsigned long long)(asked + took[FLOWS / 2]),
	       (unsigned long long)asked,
	       (unsigned long long)took[FLOWS / 2],
	       (unsigned long long)took[FLOWS - 1]);
	return 0;
}
