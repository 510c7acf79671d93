// SPDX-License-Identifier: GPL-2.0
/* Bring what a configuration file says into the kernel, beside what is there */
#include <stdio.h>
#include <string.h>

#include <linux/genetlink.h>

#include "cmd.h"
#include "conf.h"
#include "parse.h"
#include "reply.h"

/*
 * Whether what is asked for is in what is there. An attribute of which there is
 * nothing, as of a key, says nothing.
 */
static bool contained(const struct nlattr *asked, const struct nlattr *there)
{
	const struct nlattr *a, *t;

	mnl_attr_for_each_nested(a, asked) {
		bool seen = false, same = false;

		mnl_attr_for_each_nested(t, there) {
			if (mnl_attr_get_type(a) != mnl_attr_get_type(t))
				continue;
			seen = true;
			if (a->nla_type & NLA_F_NESTED)
				same |= contained(a, t);
			else
				same |= a->nla_len == t->nla_len &&
					!memcmp(a, t, a->nla_len);
		}
		if (seen && !same)
			return false;
	}
	return true;
}

static unsigned int count_type(const struct nlattr *nest, unsigned int type)
{
	const struct nlattr *attr;
	unsigned int count = 0;

	mnl_attr_for_each_nested(attr, nest)
		count += mnl_attr_get_type(attr) == type;
	return count;
}

static enum flowsync_cmd getter(uint8_t cmd)
{
	if (cmd == FLOWSYNC_CMD_PEER_ADD)
		return FLOWSYNC_CMD_PEER_GET;
	return cmd == FLOWSYNC_CMD_GROUP_ADD ? FLOWSYNC_CMD_GROUP_GET :
					       FLOWSYNC_CMD_UNSPEC;
}

/* The attribute that names an object of that kind */
static uint16_t name_type(enum flowsync_cmd get)
{
	return get == FLOWSYNC_CMD_PEER_GET ? FLOWSYNC_A_PEER_NAME :
					      FLOWSYNC_A_GROUP_ID;
}

static uint16_t repeated_type(enum flowsync_cmd get)
{
	return get == FLOWSYNC_CMD_PEER_GET ? FLOWSYNC_A_PEER_LINK :
					      FLOWSYNC_A_GROUP_PEER;
}

static const struct nlattr *first_of(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

static bool same_name(const struct nlattr *asked, const struct nlattr *there,
		      uint16_t type)
{
	const struct nlattr *a = first_of(asked, type);
	const struct nlattr *t = first_of(there, type);

	return a && t && a->nla_len == t->nla_len && !memcmp(a, t, a->nla_len);
}

/*
 * Look for the object that a request makes. Sets whether it exists, and whether
 * it is as the request wants it.
 */
static int look_for(struct nl *nl, enum flowsync_cmd get,
		    const struct nlattr *asked, bool *exists, bool *same)
{
	const struct nlattr *there;
	struct rows rows;
	int err;

	nl_request(nl, get);
	err = nl_dump(nl, &rows);
	if (err)
		return err;
	while ((there = rows_next(&rows, mnl_attr_get_type(asked)))) {
		if (!same_name(asked, there, name_type(get)))
			continue;
		*exists = true;
		*same = contained(asked, there) &&
			count_type(asked, repeated_type(get)) ==
			count_type(there, repeated_type(get));
	}
	rows_free(&rows);
	return STATUS_DONE;
}

static int apply(const struct request *request, struct nl *nl)
{
	const struct nlmsghdr *message = request->message;
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(message);
	const struct nlattr *asked =
		mnl_nlmsg_get_payload_offset(message, sizeof(*genl));
	enum flowsync_cmd get = getter(genl->cmd);
	bool exists = false, same = false;
	int err;

	if (get != FLOWSYNC_CMD_UNSPEC) {
		err = look_for(nl, get, asked, &exists, &same);
		if (err)
			return err;
	}
	if (!exists)
		return nl_repeat(nl, message);
	if (!same)
		complain("", "is not as it runs, and left as it runs: \"node del\", then start again");
	return STATUS_DONE;
}

/**
 * conf_apply - have the kernel do what the file says
 * @conf: the file
 * @nl: socket
 *
 * What is there already is adopted as it is.
 *
 * Return: enum status.
 */
int conf_apply(const struct conf *conf, struct nl *nl)
{
	const struct request *request;
	int err = STATUS_DONE;
	char at[512];

	for (request = conf->requests; request && !err;
	     request = request->next) {
		snprintf(at, sizeof(at), "%s:%u", conf->path, request->line);
		complain_as(at);
		err = apply(request, nl);
	}
	complain_as(NULL);
	return err;
}
