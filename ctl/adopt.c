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

/**
 * struct kind - what is made by one command
 * @add: that command
 * @get: the one that lists what there is
 * @name: the attribute that names one
 * @repeated: the one there may be several of; 0 if what is not there counts too
 */
struct kind {
	enum flowsync_cmd add;
	enum flowsync_cmd get;
	uint16_t name;
	uint16_t repeated;
};

static const struct kind kinds[] = {
	{ FLOWSYNC_CMD_PEER_ADD, FLOWSYNC_CMD_PEER_GET,
	  FLOWSYNC_A_PEER_NAME, FLOWSYNC_A_PEER_LINK },
	{ FLOWSYNC_CMD_GROUP_ADD, FLOWSYNC_CMD_GROUP_GET,
	  FLOWSYNC_A_GROUP_ID, FLOWSYNC_A_GROUP_PEER },
	{ FLOWSYNC_CMD_POLICY_ADD, FLOWSYNC_CMD_POLICY_GET,
	  FLOWSYNC_A_POLICY_PREF, 0 },
};

static const struct kind *kind_of(uint8_t cmd)
{
	unsigned int i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].add == cmd)
			return &kinds[i];
	return NULL;
}

/* How many attributes of a type there are; of any type for 0 */
static unsigned int count_type(const struct nlattr *nest, unsigned int type)
{
	const struct nlattr *attr;
	unsigned int count = 0;

	mnl_attr_for_each_nested(attr, nest)
		count += !type || mnl_attr_get_type(attr) == type;
	return count;
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

/* How many conditions a group has for what are its flows; of another object none */
static unsigned int count_conditions(const struct kind *kind,
				     const struct nlattr *group)
{
	const struct nlattr *match;

	if (kind->add != FLOWSYNC_CMD_GROUP_ADD)
		return 0;
	match = first_of(group, FLOWSYNC_A_GROUP_MATCH);
	return (match ? count_type(match, 0) : 0) +
	       count_type(group, FLOWSYNC_A_GROUP_DEV);
}

/*
 * Look for the object that a request makes. Sets whether it exists, and whether
 * it is as the request wants it.
 */
static int look_for(struct nl *nl, const struct kind *kind,
		    const struct nlattr *asked, bool *exists, bool *same)
{
	const struct nlattr *there;
	struct rows rows;
	int err;

	nl_request(nl, kind->get);
	err = nl_dump(nl, &rows);
	if (err)
		return err;
	while ((there = rows_next(&rows, mnl_attr_get_type(asked)))) {
		if (!same_name(asked, there, kind->name))
			continue;
		*exists = true;
		*same = contained(asked, there) &&
			count_type(asked, kind->repeated) ==
			count_type(there, kind->repeated) &&
			count_conditions(kind, asked) ==
			count_conditions(kind, there);
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
	const struct kind *kind = kind_of(genl->cmd);
	bool exists = false, same = false;
	int err;

	if (kind) {
		err = look_for(nl, kind, asked, &exists, &same);
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
