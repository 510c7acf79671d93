// SPDX-License-Identifier: GPL-2.0
/*
 * genl - a second client of flowsync's netlink family, on libnl
 *
 *	genl LOCAL REMOTE
 *
 * Makes node 1 here with peer 2 between these two IPv4 addresses, under the key
 * that is "known to everybody" and zeros, and a group 1. That peer has to do the
 * same, as a standby. Uses every command of the family once or more, and reads dumps while another process
 * changes what is dumped. TAP on standard output. flowsyncctl is written on
 * libmnl: what only the two understand in the same way is in the kernel.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include <linux/flowsync.h>

/* Peers that go while dumps are read, and those behind them, which stay */
#define GOING	9
#define STAYING	50

/**
 * struct client - a socket, and what the last request brought
 * @sock: libnl's
 * @family: number of the family
 * @error: of the last request, 0 or negative
 * @said: what the kernel said to it
 * @seen: messages that came
 * @object: attributes of the last one's object
 * @copy: that message
 */
struct client {
	struct nl_sock *sock;
	int family;
	int error;
	char said[256];
	unsigned int seen;
	struct nlattr *object[64];
	struct nl_msg *copy;
};

static unsigned int points;
static bool failed;

__attribute__((format(printf, 3, 4)))
static void point(bool good, const struct client *c, const char *format, ...)
{
	va_list args;

	printf("%sok %u - ", good ? "" : "not ", ++points);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	if (!good && c)
		printf("# error %d %s, %u messages\n", c->error, c->said,
		       c->seen);
	failed |= !good;
	fflush(stdout);
}

static void die(const char *what, int err)
{
	printf("Bail out! %s: %s\n", what, nl_geterror(err));
	exit(1);
}

static int took(struct nl_msg *msg, void *data)
{
	struct genlmsghdr *genl = nlmsg_data(nlmsg_hdr(msg));
	struct nlattr *attrs[FLOWSYNC_A_MAX + 1];
	struct client *c = data;
	unsigned int i;

	c->seen++;
	if (c->copy)
		nlmsg_free(c->copy);
	nlmsg_get(msg);
	c->copy = msg;
	memset(c->object, 0, sizeof(c->object));
	if (nla_parse(attrs, FLOWSYNC_A_MAX, genlmsg_attrdata(genl, 0),
		      genlmsg_attrlen(genl, 0), NULL))
		return NL_OK;
	for (i = FLOWSYNC_A_NODE; i <= FLOWSYNC_A_MAX; i++)
		if (attrs[i] && i != FLOWSYNC_A_EVENT &&
		    i != FLOWSYNC_A_EVENT_CAUSE)
			nla_parse_nested(c->object, 63, attrs[i], NULL);
	return NL_OK;
}

static int refused(struct sockaddr_nl *from, struct nlmsgerr *err, void *data)
{
	struct nlmsghdr *header = (struct nlmsghdr *)((char *)err -
						      NLMSG_HDRLEN);
	size_t skip = sizeof(*err);
	struct nlattr *attrs[NLMSGERR_ATTR_MAX + 1];
	struct client *c = data;

	(void)from;
	c->error = err->error;
	if (!(header->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(err->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (header->nlmsg_flags & NLM_F_ACK_TLVS &&
	    !nla_parse(attrs, NLMSGERR_ATTR_MAX,
		       (struct nlattr *)((char *)nlmsg_data(header) + skip),
		       nlmsg_datalen(header) - skip, NULL) &&
	    attrs[NLMSGERR_ATTR_MSG])
		snprintf(c->said, sizeof(c->said), "%s",
			 nla_get_string(attrs[NLMSGERR_ATTR_MSG]));
	return NL_STOP;
}

static int any_number(struct nl_msg *msg, void *data)
{
	(void)msg;
	(void)data;
	return NL_OK;
}

static int done(struct nl_msg *msg, void *data)
{
	(void)msg;
	*(bool *)data = true;
	return NL_STOP;
}

static void open_client(struct client *c)
{
	int one = 1, err;

	memset(c, 0, sizeof(*c));
	c->sock = nl_socket_alloc();
	if (!c->sock)
		die("socket", -NLE_NOMEM);
	err = genl_connect(c->sock);
	if (err)
		die("connect", err);
	setsockopt(nl_socket_get_fd(c->sock), SOL_NETLINK, NETLINK_EXT_ACK,
		   &one, sizeof(one));
	nl_socket_set_buffer_size(c->sock, 1 << 20, 1 << 16);
	c->family = genl_ctrl_resolve(c->sock, FLOWSYNC_GENL_NAME);
	if (c->family < 0)
		die("family", c->family);
}

static struct nl_msg *request(struct client *c, enum flowsync_cmd cmd,
			      int flags)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, c->family, 0,
				 flags, cmd, FLOWSYNC_GENL_VERSION))
		die("request", -NLE_NOMEM);
	return msg;
}

/* Send it and wait for the verdict, or the end of the dump. */
static bool ask(struct client *c, struct nl_msg *msg)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	bool over = false;
	int err;

	c->error = 0;
	c->said[0] = '\0';
	c->seen = 0;
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, took, c);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, done, &over);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, done, &over);
	nl_cb_err(cb, NL_CB_CUSTOM, refused, c);
	err = nl_send_auto(c->sock, msg);
	nlmsg_free(msg);
	while (err >= 0 && !over && !c->error)
		err = nl_recvmsgs(c->sock, cb);
	nl_cb_put(cb);
	if (err < 0 && !c->error)
		c->error = err;
	return !c->error;
}

static bool plain(struct client *c, enum flowsync_cmd cmd, int flags)
{
	return ask(c, request(c, cmd, flags));
}

/* A request with an object that has a number. */
static bool about(struct client *c, enum flowsync_cmd cmd, int type, int attr,
		  uint32_t number)
{
	struct nl_msg *msg = request(c, cmd, 0);
	struct nlattr *nest = nla_nest_start(msg, type | NLA_F_NESTED);

	nla_put_u32(msg, attr, number);
	nla_nest_end(msg, nest);
	return ask(c, msg);
}

static bool peer_command(struct client *c, enum flowsync_cmd cmd,
			 const char *name)
{
	struct nl_msg *msg = request(c, cmd, 0);
	struct nlattr *nest = nla_nest_start(msg, FLOWSYNC_A_PEER |
						  NLA_F_NESTED);

	nla_put_string(msg, FLOWSYNC_A_PEER_NAME, name);
	if (cmd == FLOWSYNC_CMD_PEER_SET)
		nla_put_u32(msg, FLOWSYNC_A_PEER_LAG_FLOWS, 77);
	nla_nest_end(msg, nest);
	return ask(c, msg);
}

static void put_link(struct nl_msg *msg, uint32_t local, uint32_t remote,
		     uint16_t port)
{
	struct nlattr *link;

	link = nla_nest_start(msg, FLOWSYNC_A_PEER_LINK | NLA_F_NESTED);
	nla_put(msg, FLOWSYNC_A_LINK_LOCAL, 4, &local);
	nla_put(msg, FLOWSYNC_A_LINK_REMOTE, 4, &remote);
	nla_put_u16(msg, FLOWSYNC_A_LINK_REMOTE_PORT, htons(port));
	nla_nest_end(msg, link);
}

static bool peer_add(struct client *c, const char *name, uint32_t id,
		     uint32_t local, uint32_t remote, uint16_t port)
{
	static const char key[FLOWSYNC_KEY_LENGTH] = "known to everybody";
	struct nl_msg *msg = request(c, FLOWSYNC_CMD_PEER_ADD, 0);
	struct nlattr *nest;

	nest = nla_nest_start(msg, FLOWSYNC_A_PEER | NLA_F_NESTED);
	nla_put_string(msg, FLOWSYNC_A_PEER_NAME, name);
	nla_put_u32(msg, FLOWSYNC_A_PEER_ID, id);
	nla_put(msg, FLOWSYNC_A_PEER_KEY, sizeof(key), key);
	put_link(msg, local, remote, port);
	nla_nest_end(msg, nest);
	return ask(c, msg);
}

/* LINK_SET: the link of one port gets another. */
static bool link_command(struct client *c, enum flowsync_cmd cmd,
			 uint32_t local, uint32_t remote, uint16_t port,
			 uint16_t becomes)
{
	struct nl_msg *msg = request(c, cmd, 0);
	struct nlattr *nest;

	nest = nla_nest_start(msg, FLOWSYNC_A_PEER | NLA_F_NESTED);
	nla_put_string(msg, FLOWSYNC_A_PEER_NAME, "r2");
	put_link(msg, local, remote, port);
	if (becomes)
		put_link(msg, local, remote, becomes);
	nla_nest_end(msg, nest);
	return ask(c, msg);
}

static bool group_add(struct client *c, const char *peer)
{
	struct nl_msg *msg = request(c, FLOWSYNC_CMD_GROUP_ADD, 0);
	struct nlattr *nest;

	nest = nla_nest_start(msg, FLOWSYNC_A_GROUP | NLA_F_NESTED);
	nla_put_u32(msg, FLOWSYNC_A_GROUP_ID, 1);
	nla_put_string(msg, FLOWSYNC_A_GROUP_PEER, peer);
	nla_nest_end(msg, nest);
	return ask(c, msg);
}

static bool group_set(struct client *c, enum flowsync_cmd cmd, int attr,
		      uint32_t number, const char *peer)
{
	struct nl_msg *msg = request(c, cmd, 0);
	struct nlattr *nest;

	nest = nla_nest_start(msg, FLOWSYNC_A_GROUP | NLA_F_NESTED);
	nla_put_u32(msg, FLOWSYNC_A_GROUP_ID, 1);
	if (attr)
		nla_put_u32(msg, attr, number);
	if (peer)
		nla_put_string(msg, FLOWSYNC_A_GROUP_PEER, peer);
	nla_nest_end(msg, nest);
	return ask(c, msg);
}

static bool policy(struct client *c, enum flowsync_cmd cmd, uint32_t mode)
{
	struct nl_msg *msg = request(c, cmd, 0);
	struct nlattr *nest;

	nest = nla_nest_start(msg, FLOWSYNC_A_POLICY | NLA_F_NESTED);
	nla_put_u32(msg, FLOWSYNC_A_POLICY_PREF, 9);
	if (cmd == FLOWSYNC_CMD_POLICY_ADD) {
		nla_put_u32(msg, FLOWSYNC_A_POLICY_MODE, FLOWSYNC_MODE_OFF);
		nla_put_u32(msg, FLOWSYNC_A_POLICY_PROTO, IPPROTO_SCTP);
	}
	if (cmd == FLOWSYNC_CMD_POLICY_SET && mode)
		nla_put_u32(msg, FLOWSYNC_A_POLICY_MODE, mode);
	nla_nest_end(msg, nest);
	return ask(c, msg);
}

static uint64_t number(const struct client *c, int attr)
{
	struct nlattr *a = c->object[attr];

	if (!a)
		return UINT64_MAX;
	return nla_len(a) == 8 ? nla_get_u64(a) : nla_get_u32(a);
}

/* The next event's kind, 0 if none came within ten seconds. */
static uint32_t next_event(struct client *events)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	struct pollfd fd = { .fd = nl_socket_get_fd(events->sock),
			     .events = POLLIN };
	struct nlattr *kind;

	events->seen = 0;
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, took, events);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_number, NULL);
	while (!events->seen && poll(&fd, 1, 10000) > 0)
		if (nl_recvmsgs(events->sock, cb) < 0)
			break;
	nl_cb_put(cb);
	if (!events->seen)
		return 0;
	kind = nlmsg_find_attr(nlmsg_hdr(events->copy), GENL_HDRLEN,
			       FLOWSYNC_A_EVENT);
	return kind ? nla_get_u32(kind) : 0;
}

static void listen_to_events(struct client *events)
{
	int group;

	open_client(events);
	group = genl_ctrl_resolve_grp(events->sock, FLOWSYNC_GENL_NAME,
				      FLOWSYNC_GENL_EVENTS);
	if (group < 0 || nl_socket_add_membership(events->sock, group))
		die("events", group);
}

/* Whether a command about the peer comes to be taken within twenty seconds. */
static bool in_time(struct client *c, enum flowsync_cmd cmd)
{
	unsigned int i;

	for (i = 0; i < 400; i++) {
		if (peer_command(c, cmd, "r2"))
			return true;
		usleep(50000);
	}
	return false;
}

static void use_every_command(struct client *c, uint32_t local, uint32_t remote)
{
	struct client events;

	point(about(c, FLOWSYNC_CMD_NODE_SET, FLOWSYNC_A_NODE,
		    FLOWSYNC_A_NODE_ID, 1), c, "a node is started");
	point(plain(c, FLOWSYNC_CMD_NODE_GET, 0) && c->seen == 1 &&
	      number(c, FLOWSYNC_A_NODE_ID) == 1, c, "it is what it was made");
	point(!about(c, FLOWSYNC_CMD_NODE_SET, FLOWSYNC_A_NODE,
		     FLOWSYNC_A_NODE_ID, 2) && c->said[0], c,
	      "another id is refused with a sentence: %s", c->said);
	point(peer_add(c, "r2", 2, local, remote, FLOWSYNC_PORT_DEFAULT), c,
	      "a peer is added");
	point(peer_command(c, FLOWSYNC_CMD_PEER_SET, "r2"), c, "and changed");
	point(peer_command(c, FLOWSYNC_CMD_PEER_GET, "r2") && c->seen == 1 &&
	      number(c, FLOWSYNC_A_PEER_LAG_FLOWS) == 77, c, "as asked");
	point(plain(c, FLOWSYNC_CMD_PEER_GET, NLM_F_DUMP) && c->seen == 1, c,
	      "it is the only one");
	point(link_command(c, FLOWSYNC_CMD_LINK_ADD, local, remote, 4999, 0), c,
	      "it gets another link");
	point(link_command(c, FLOWSYNC_CMD_LINK_SET, local, remote, 4999, 4998),
	      c, "which becomes another");
	point(!link_command(c, FLOWSYNC_CMD_LINK_SET, local, remote, 4998, 0) &&
	      c->said[0], c, "to become nothing is refused: %s", c->said);
	point(!link_command(c, FLOWSYNC_CMD_LINK_DEL, local, remote, 4999, 0),
	      c, "it is not what it was");
	point(link_command(c, FLOWSYNC_CMD_LINK_DEL, local, remote, 4998, 0), c,
	      "and is deleted");
	point(!link_command(c, FLOWSYNC_CMD_LINK_DEL, local, remote,
			    FLOWSYNC_PORT_DEFAULT, 0) && c->said[0], c,
	      "the last one is not: %s", c->said);
	point(group_add(c, "r2"), c, "a group is added");
	listen_to_events(&events);
	point(group_set(c, FLOWSYNC_CMD_GROUP_SET, FLOWSYNC_A_GROUP_ROLE,
			FLOWSYNC_ROLE_ACTIVE, NULL), c, "it becomes active");
	point(next_event(&events) == FLOWSYNC_EVENT_GROUP_ROLE &&
	      number(&events, FLOWSYNC_A_GROUP_ROLE) == FLOWSYNC_ROLE_ACTIVE,
	      &events, "which is an event");
	point(group_set(c, FLOWSYNC_CMD_GROUP_GET, 0, 0, NULL) &&
	      number(c, FLOWSYNC_A_GROUP_EPOCH) == 1, c, "in epoch 1");
	point(plain(c, FLOWSYNC_CMD_GROUP_GET, NLM_F_DUMP) && c->seen == 1, c,
	      "it is the only group");
	point(in_time(c, FLOWSYNC_CMD_PEER_VERIFY), c,
	      "a comparison is asked for, once the peer is up");
	point(in_time(c, FLOWSYNC_CMD_PEER_RESYNC), c,
	      "and that the peer is told again");
	point(group_set(c, FLOWSYNC_CMD_GROUP_HANDOVER, 0, 0, "r2") &&
	      group_set(c, FLOWSYNC_CMD_GROUP_HANDOVER, 0, 0, NULL), c,
	      "the group is offered to the peer, and not any more");
	point(policy(c, FLOWSYNC_CMD_POLICY_ADD, 0), c, "a policy is added");
	point(plain(c, FLOWSYNC_CMD_POLICY_GET, NLM_F_DUMP) && c->seen == 1 &&
	      number(c, FLOWSYNC_A_POLICY_PROTO) == IPPROTO_SCTP, c,
	      "it is what it was made");
	point(policy(c, FLOWSYNC_CMD_POLICY_SET, FLOWSYNC_MODE_ASYNC) &&
	      plain(c, FLOWSYNC_CMD_POLICY_GET, NLM_F_DUMP) && c->seen == 1 &&
	      number(c, FLOWSYNC_A_POLICY_MODE) == FLOWSYNC_MODE_ASYNC &&
	      number(c, FLOWSYNC_A_POLICY_PROTO) == IPPROTO_SCTP, c,
	      "its mode is changed, and nothing else");
	point(!policy(c, FLOWSYNC_CMD_POLICY_SET, 0) && c->said[0], c,
	      "to change nothing is refused: %s", c->said);
	point(policy(c, FLOWSYNC_CMD_POLICY_DEL, 0) &&
	      plain(c, FLOWSYNC_CMD_POLICY_GET, NLM_F_DUMP) && !c->seen, c,
	      "and is gone when deleted");
	point(plain(c, FLOWSYNC_CMD_STATS_GET, NLM_F_DUMP) && c->seen > 50, c,
	      "there are counters");
}

/* Of the peers before those that stay one goes after the other; one behind them
 * comes and goes.
 */
static void disturb(uint32_t local, uint32_t remote)
{
	struct client c;
	char name[16];
	unsigned int i;

	open_client(&c);
	for (i = 0; i < GOING; i++) {
		peer_add(&c, "comes", 1000, local, remote, 20000 + i);
		snprintf(name, sizeof(name), "goes%u", i);
		peer_command(&c, FLOWSYNC_CMD_PEER_DEL, name);
		peer_command(&c, FLOWSYNC_CMD_PEER_DEL, "comes");
	}
	_exit(0);
}

struct tally {
	unsigned int times[STAYING];
	unsigned int others;
};

static int tally(struct nl_msg *msg, void *data)
{
	struct genlmsghdr *genl = nlmsg_data(nlmsg_hdr(msg));
	struct nlattr *attrs[FLOWSYNC_A_MAX + 1];
	struct nlattr *peer[FLOWSYNC_A_PEER_MAX + 1];
	struct tally *t = data;
	unsigned int id;

	if (nla_parse(attrs, FLOWSYNC_A_MAX, genlmsg_attrdata(genl, 0),
		      genlmsg_attrlen(genl, 0), NULL) ||
	    !attrs[FLOWSYNC_A_PEER] ||
	    nla_parse_nested(peer, FLOWSYNC_A_PEER_MAX, attrs[FLOWSYNC_A_PEER],
			     NULL) || !peer[FLOWSYNC_A_PEER_ID])
		return NL_OK;
	id = nla_get_u32(peer[FLOWSYNC_A_PEER_ID]);
	if (id >= 100 && id < 100 + STAYING)
		t->times[id - 100]++;
	else
		t->others++;
	return NL_OK;
}

/* Returns whether a dump has each peer that stays once. */
static bool dump_once(struct client *c, struct tally *t)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	struct nl_msg *msg = request(c, FLOWSYNC_CMD_PEER_GET, NLM_F_DUMP);
	bool over = false, good = true;
	unsigned int i;

	memset(t->times, 0, sizeof(t->times));
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, tally, t);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, done, &over);
	if (nl_send_auto(c->sock, msg) < 0)
		good = false;
	nlmsg_free(msg);
	while (good && !over) {
		good = nl_recvmsgs(c->sock, cb) >= 0;
		/* something is to happen between two parts of the dump */
		usleep(5000);
	}
	nl_cb_put(cb);
	for (i = 0; i < STAYING; i++)
		good &= t->times[i] == 1;
	return good;
}

static bool add_peers(struct client *c, const char *what, unsigned int count,
		      uint32_t id, uint32_t local, uint32_t remote)
{
	unsigned int i;
	char name[16];

	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%s%u", what, i);
		if (!peer_add(c, name, id + i, local, remote, 5000 + id + i))
			return false;
	}
	return true;
}

static void read_while_it_changes(struct client *c, uint32_t local,
				  uint32_t remote)
{
	unsigned int dumps = 0, good = 0;
	struct tally t = {};
	pid_t pid;

	point(add_peers(c, "goes", GOING, 200, local, remote) &&
	      add_peers(c, "stays", STAYING, 100, local, remote), c,
	      "%u peers more", GOING + STAYING);
	pid = fork();
	if (!pid)
		disturb(local, remote);
	while (!waitpid(pid, NULL, WNOHANG)) {
		good += dump_once(c, &t);
		dumps++;
	}
	point(dumps > 1 && good == dumps, NULL,
	      "%u of %u dumps have each that stays once, while others come and go",
	      good, dumps);
	point(t.others > dumps, NULL, "and had others, too");
}

int main(int argc, char **argv)
{
	uint32_t local, remote;
	struct client c;

	if (argc != 3 || inet_pton(AF_INET, argv[1], &local) != 1 ||
	    inet_pton(AF_INET, argv[2], &remote) != 1) {
		fprintf(stderr, "usage: genl LOCAL REMOTE\n");
		return 2;
	}
	printf("TAP version 13\n1..33\n");
	open_client(&c);
	use_every_command(&c, local, remote);
	read_while_it_changes(&c, local, remote);
	point(about(&c, FLOWSYNC_CMD_GROUP_DEL, FLOWSYNC_A_GROUP,
		    FLOWSYNC_A_GROUP_ID, 1), &c, "the group is deleted");
	point(peer_command(&c, FLOWSYNC_CMD_PEER_DEL, "r2"), &c,
	      "the peer is deleted");
	point(plain(&c, FLOWSYNC_CMD_NODE_DEL, 0), &c, "the node is stopped");
	return failed;
}
