// SPDX-License-Identifier: GPL-2.0
/* The transport: generic netlink over libmnl */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/genetlink.h>

#include "cmd.h"
#include "nl.h"
#include "parse.h"
#include "reply.h"

/* 64 peers' names, 8 links of a peer: the largest request is 3 KiB */
#define REQUEST_SIZE	8192
/* The kernel fills dumps up to this much at a time */
#define REPLY_SIZE	32768
/* How often a dump of a small table begins anew until nothing interrupts it */
#define DUMP_TRIES	5

/**
 * struct nl - a generic netlink socket that knows the family
 * @socket: libmnl's
 * @where: what is being done, for messages
 * @family: number of the family flowsync
 * @events: number of its multicast group
 * @sequence: of the last request
 * @interrupted: the last dump says that the table changed meanwhile
 * @request: the request being built
 * @reply: what was received last
 */
struct nl {
	struct mnl_socket *socket;
	const char *where;
	uint16_t family;
	uint32_t events;
	uint32_t sequence;
	bool interrupted;
	union {
		struct nlmsghdr header;
		char octets[REQUEST_SIZE];
	} request;
	union {
		struct nlmsghdr header;
		char octets[REPLY_SIZE];
	} reply;
};

/* While requests are only rehearsed: who takes them */
static nl_rehearse_fn rehearse;
static void *rehearse_data;

/* Takes one reply message; false to hear no more */
typedef bool (*message_fn)(const struct nlmsghdr *message, void *data);

static int fail(const struct nl *nl, const char *what)
{
	complain(nl->where, "%s: %s", what, strerror(errno));
	return STATUS_REFUSED;
}

static ssize_t receive(struct nl *nl)
{
	ssize_t length;

	do {
		length = mnl_socket_recvfrom(nl->socket, nl->reply.octets,
					     sizeof(nl->reply.octets));
	} while (length < 0 && errno == EINTR);
	return length;
}

/* Send the request, hand every reply to fn, and wait for the verdict */
static int transact(struct nl *nl, uint16_t flags, message_fn fn, void *data)
{
	struct nlmsghdr *request = &nl->request.header;
	const struct nlmsghdr *message;
	ssize_t received;
	int left;

	request->nlmsg_seq = ++nl->sequence;
	request->nlmsg_flags = NLM_F_REQUEST | flags;
	nl->interrupted = false;
	if (mnl_socket_sendto(nl->socket, request, request->nlmsg_len) < 0)
		return fail(nl, "cannot ask the kernel");
	for (;;) {
		received = receive(nl);
		if (received < 0)
			return fail(nl, "no answer from the kernel");
		left = received;
		for (message = &nl->reply.header; mnl_nlmsg_ok(message, left);
		     message = mnl_nlmsg_next(message, &left)) {
			if (message->nlmsg_seq != request->nlmsg_seq)
				continue;
			if (message->nlmsg_flags & NLM_F_DUMP_INTR)
				nl->interrupted = true;
			if (message->nlmsg_type == NLMSG_ERROR ||
			    message->nlmsg_type == NLMSG_DONE)
				return verdict(message, nl->where);
			if (fn && message->nlmsg_type == request->nlmsg_type &&
			    !fn(message, data))
				return STATUS_DONE;
		}
	}
}

static struct nlmsghdr *begin(struct nl *nl, uint16_t family, uint8_t cmd,
			      uint8_t version)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *request;

	memset(&nl->request, 0, MNL_NLMSG_HDRLEN + sizeof(*genl));
	request = mnl_nlmsg_put_header(nl->request.octets);
	request->nlmsg_type = family;
	genl = mnl_nlmsg_put_extra_header(request, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return request;
}

static bool learn_family(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *group[CTRL_ATTR_MCAST_GRP_MAX + 1];
	const struct nlattr *attrs[CTRL_ATTR_MAX + 1];
	struct nl *nl = data;
	const struct nlattr *attr;

	attrs_of_message(message, attrs, CTRL_ATTR_MAX);
	nl->family = attr_uint(attrs[CTRL_ATTR_FAMILY_ID]);
	if (!attrs[CTRL_ATTR_MCAST_GROUPS])
		return true;
	mnl_attr_for_each_nested(attr, attrs[CTRL_ATTR_MCAST_GROUPS]) {
		attrs_of_nest(attr, group, CTRL_ATTR_MCAST_GRP_MAX);
		if (!strcmp(attr_string(group[CTRL_ATTR_MCAST_GRP_NAME]),
			    FLOWSYNC_GENL_EVENTS))
			nl->events = attr_uint(group[CTRL_ATTR_MCAST_GRP_ID]);
	}
	return true;
}

static int resolve(struct nl *nl)
{
	struct nlmsghdr *request = begin(nl, GENL_ID_CTRL,
					 CTRL_CMD_GETFAMILY, 1);
	int err;

	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, FLOWSYNC_GENL_NAME);
	err = transact(nl, NLM_F_ACK, learn_family, nl);
	if (!err && !nl->family) {
		complain(nl->where, "the kernel does not tell the number of the family %s",
			 FLOWSYNC_GENL_NAME);
		return STATUS_REFUSED;
	}
	return err;
}

/**
 * nl_rehearse - have requests handed to a function in place of the kernel
 * @fn: takes what nl_do() would have sent; NULL to ask the kernel again
 * @data: handed to @fn
 */
void nl_rehearse(nl_rehearse_fn fn, void *data)
{
	rehearse = fn;
	rehearse_data = data;
}

/**
 * nl_open - open a socket and look up the family
 * @where: what is being done, for messages; stays in use
 *
 * Return: the socket, or NULL after saying what is wrong.
 */
struct nl *nl_open(const char *where)
{
	struct nl *nl = calloc(1, sizeof(*nl));
	int one = 1;

	if (!nl) {
		complain(where, "%s", strerror(errno));
		return NULL;
	}
	nl->where = where;
	if (rehearse)
		return nl;
	nl->sequence = time(NULL);
	nl->socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->socket ||
	    mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		fail(nl, "cannot open a generic netlink socket");
		goto close;
	}
	/* Without these the answers are only longer and less clear */
	mnl_socket_setsockopt(nl->socket, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->socket, NETLINK_CAP_ACK, &one, sizeof(one));
	if (!resolve(nl))
		return nl;
close:
	nl_close(nl);
	return NULL;
}

/**
 * nl_close - close a socket
 * @nl: socket
 */
void nl_close(struct nl *nl)
{
	if (nl->socket)
		mnl_socket_close(nl->socket);
	/* a request may have had a key in it */
	explicit_bzero(nl, sizeof(*nl));
	free(nl);
}

/**
 * nl_request - begin a request
 * @nl: socket
 * @cmd: what is asked for
 *
 * Return: where its attributes go.
 */
struct nlmsghdr *nl_request(struct nl *nl, enum flowsync_cmd cmd)
{
	return begin(nl, nl->family, cmd, FLOWSYNC_GENL_VERSION);
}

/**
 * nl_do - have the kernel do the request
 * @nl: socket
 *
 * Return: enum status.
 */
int nl_do(struct nl *nl)
{
	if (rehearse)
		return rehearse(&nl->request.header, rehearse_data);
	return transact(nl, NLM_F_ACK, NULL, NULL);
}

/**
 * nl_repeat - have the kernel do a request that was rehearsed
 * @nl: socket
 * @request: the request
 *
 * Return: enum status.
 */
int nl_repeat(struct nl *nl, const struct nlmsghdr *request)
{
	memcpy(&nl->request, request, request->nlmsg_len);
	nl->request.header.nlmsg_type = nl->family;
	return nl_do(nl);
}

static int gather(struct nl *nl, uint16_t flags, struct rows *rows)
{
	int err;

	rows_init(rows);
	err = transact(nl, flags, rows_keep, rows);
	/* no memory, not even for no replies: some could not be kept */
	if (!err && !rows->data) {
		complain(nl->where, "%s", strerror(ENOMEM));
		err = STATUS_REFUSED;
	}
	if (err)
		rows_free(rows);
	return err;
}

/**
 * nl_get - send the request and keep what comes back
 * @nl: socket
 * @rows: where the replies go; to be freed if all went well
 *
 * Return: enum status.
 */
int nl_get(struct nl *nl, struct rows *rows)
{
	return gather(nl, NLM_F_ACK, rows);
}

static void note_interrupted(const struct nl *nl)
{
	if (nl->interrupted)
		complain(nl->where, "the table changed while it was read: what is shown may not be of one moment");
}

/**
 * nl_dump - keep a whole small table, as it was at one moment if possible
 * @nl: socket, with the request
 * @rows: where the replies go; to be freed if all went well
 *
 * Return: enum status.
 */
int nl_dump(struct nl *nl, struct rows *rows)
{
	unsigned int i;
	int err;

	for (i = 1; ; i++) {
		err = gather(nl, NLM_F_DUMP, rows);
		if (err || !nl->interrupted || i == DUMP_TRIES)
			break;
		rows_free(rows);
	}
	if (!err)
		note_interrupted(nl);
	return err;
}

struct stream {
	nl_row_fn fn;
	void *data;
};

static bool stream_row(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attrs[FLOWSYNC_A_MAX + 1];
	const struct stream *stream = data;

	attrs_of_message(message, attrs, FLOWSYNC_A_MAX);
	return stream->fn(attrs, stream->data);
}

/**
 * nl_stream - hand on the rows of a table of any size as they come
 * @nl: socket, with the request
 * @fn: takes them
 * @data: handed to @fn
 *
 * Return: enum status.
 */
int nl_stream(struct nl *nl, nl_row_fn fn, void *data)
{
	struct stream stream = { .fn = fn, .data = data };
	int err;

	err = transact(nl, NLM_F_DUMP, stream_row, &stream);
	note_interrupted(nl);
	return err;
}

/**
 * nl_subscribe - have events sent to the socket
 * @nl: socket
 *
 * The controller of generic netlink also tells when the family goes.
 *
 * Return: enum status.
 */
int nl_subscribe(struct nl *nl)
{
	int groups[] = { GENL_ID_CTRL, nl->events };
	unsigned int i;

	for (i = 0; i < MNL_ARRAY_SIZE(groups); i++)
		if (mnl_socket_setsockopt(nl->socket, NETLINK_ADD_MEMBERSHIP,
					  &groups[i], sizeof(groups[i])) < 0)
			return fail(nl, "cannot listen to events");
	return STATUS_DONE;
}

/**
 * nl_events_fd - what to wait on for events
 * @nl: socket
 *
 * Return: file descriptor.
 */
int nl_events_fd(const struct nl *nl)
{
	return mnl_socket_get_fd(nl->socket);
}

static bool family_gone(const struct nl *nl, const struct nlmsghdr *message)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(message);
	const struct nlattr *attrs[CTRL_ATTR_MAX + 1];

	if (message->nlmsg_type != GENL_ID_CTRL)
		return false;
	attrs_of_message(message, attrs, CTRL_ATTR_MAX);
	return genl->cmd == CTRL_CMD_DELFAMILY &&
	       attr_uint(attrs[CTRL_ATTR_FAMILY_ID]) == nl->family;
}

/**
 * nl_events - receive once, and hand on the events that came
 * @nl: socket
 * @fn: takes them; with NULL for @attrs if some were lost
 * @data: handed to @fn
 *
 * Return: enum status.
 */
int nl_events(struct nl *nl, nl_row_fn fn, void *data)
{
	struct stream stream = { .fn = fn, .data = data };
	const struct nlmsghdr *message;
	ssize_t received;
	int left;

	received = receive(nl);
	if (received < 0 && errno == ENOBUFS) {
		fn(NULL, data);
		return STATUS_DONE;
	}
	if (received < 0)
		return fail(nl, "cannot receive events");
	left = received;
	for (message = &nl->reply.header; mnl_nlmsg_ok(message, left);
	     message = mnl_nlmsg_next(message, &left)) {
		if (family_gone(nl, message)) {
			complain(nl->where, "the flowsync module was unloaded");
			return STATUS_REFUSED;
		}
		if (message->nlmsg_type == nl->family &&
		    !stream_row(message, &stream))
			break;
	}
	return STATUS_DONE;
}
