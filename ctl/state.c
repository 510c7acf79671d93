// SPDX-License-Identifier: GPL-2.0
/* A group and its members at one moment: for all that decides or waits */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "nl.h"
#include "reply.h"
#include "state.h"

static void put_group(struct nl *nl, enum flowsync_cmd cmd, uint32_t id,
		      uint16_t type, uint32_t value)
{
	struct nlmsghdr *request = nl_request(nl, cmd);
	struct nlattr *nest;

	nest = mnl_attr_nest_start(request, FLOWSYNC_A_GROUP);
	mnl_attr_put_u32(request, FLOWSYNC_A_GROUP_ID, id);
	if (type)
		mnl_attr_put_u32(request, type, value);
	mnl_attr_nest_end(request, nest);
}

static void read_told(const struct nlattr *peer, uint32_t id,
		      struct member_state *member)
{
	const struct nlattr *attrs[FLOWSYNC_A_GROUP_MAX + 1];
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, peer) {
		if (mnl_attr_get_type(attr) != FLOWSYNC_A_PEER_GROUP)
			continue;
		attrs_of_nest(attr, attrs, FLOWSYNC_A_GROUP_MAX);
		if (attr_uint(attrs[FLOWSYNC_A_GROUP_ID]) != id)
			continue;
		member->told = true;
		member->role = attr_uint(attrs[FLOWSYNC_A_GROUP_ROLE]);
		member->priority = attr_uint(attrs[FLOWSYNC_A_GROUP_PRIORITY]);
		member->epoch = attr_uint(attrs[FLOWSYNC_A_GROUP_EPOCH]);
		member->standing = attr_uint(attrs[FLOWSYNC_A_GROUP_STANDING]);
		member->complete = attr_uint(attrs[FLOWSYNC_A_GROUP_COMPLETE]);
	}
}

/* On one link or more, whether or not it hears this node */
static bool is_heard(const struct nlattr *peer)
{
	const struct nlattr *link[FLOWSYNC_A_LINK_MAX + 1];
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, peer) {
		if (mnl_attr_get_type(attr) != FLOWSYNC_A_PEER_LINK)
			continue;
		attrs_of_nest(attr, link, FLOWSYNC_A_LINK_MAX);
		if (attr_uint(link[FLOWSYNC_A_LINK_STATE]) == FLOWSYNC_PEER_UP)
			return true;
	}
	return false;
}

static void read_peer(const struct nlattr *peer, uint32_t id,
		      struct member_state *member)
{
	const struct nlattr *attrs[FLOWSYNC_A_PEER_MAX + 1];

	attrs_of_nest(peer, attrs, FLOWSYNC_A_PEER_MAX);
	member->id = attr_uint(attrs[FLOWSYNC_A_PEER_ID]);
	member->up = attr_uint(attrs[FLOWSYNC_A_PEER_STATE]) ==
		     FLOWSYNC_PEER_UP || is_heard(peer);
	member->session = attr_uint(attrs[FLOWSYNC_A_PEER_SESSION]);
	read_told(peer, id, member);
}

static void read_group(const struct nlattr *group, struct group_state *state)
{
	const struct nlattr *attrs[FLOWSYNC_A_GROUP_MAX + 1];
	const struct nlattr *attr;

	attrs_of_nest(group, attrs, FLOWSYNC_A_GROUP_MAX);
	state->role = attr_uint(attrs[FLOWSYNC_A_GROUP_ROLE]);
	state->priority = attr_uint(attrs[FLOWSYNC_A_GROUP_PRIORITY]);
	state->epoch = attr_uint(attrs[FLOWSYNC_A_GROUP_EPOCH]);
	state->standing = attr_uint(attrs[FLOWSYNC_A_GROUP_STANDING]);
	state->flows = attr_uint(attrs[FLOWSYNC_A_GROUP_FLOWS]);
	state->shadow = attr_uint(attrs[FLOWSYNC_A_GROUP_SHADOW]);
	if (!group)
		return;
	mnl_attr_for_each_nested(attr, group)
		if (mnl_attr_get_type(attr) == FLOWSYNC_A_GROUP_PEER &&
		    state->count < FLOWSYNC_PEERS_MAX)
			snprintf(state->member[state->count++].name,
				 FLOWSYNC_NAME_MAX + 1, "%s",
				 attr_string(attr));
}

/**
 * state_get - look at a group and its members
 * @nl: socket
 * @id: of the group
 * @state: where it goes
 *
 * Return: enum status.
 */
int state_get(struct nl *nl, uint32_t id, struct group_state *state)
{
	const struct nlattr *node[FLOWSYNC_A_NODE_MAX + 1];
	const struct nlattr *peer, *name[FLOWSYNC_A_PEER_MAX + 1];
	struct member_state *member;
	struct rows rows;
	int err;

	memset(state, 0, sizeof(*state));
	state->id = id;
	nl_request(nl, FLOWSYNC_CMD_NODE_GET);
	err = nl_get(nl, &rows);
	if (err)
		return err;
	attrs_of_nest(rows_next(&rows, FLOWSYNC_A_NODE), node,
		      FLOWSYNC_A_NODE_MAX);
	state->node = attr_uint(node[FLOWSYNC_A_NODE_ID]);
	rows_free(&rows);

	put_group(nl, FLOWSYNC_CMD_GROUP_GET, id, 0, 0);
	err = nl_get(nl, &rows);
	if (err)
		return err;
	read_group(rows_next(&rows, FLOWSYNC_A_GROUP), state);
	rows_free(&rows);

	peer_request(nl, FLOWSYNC_CMD_PEER_GET, NULL);
	err = nl_dump(nl, &rows);
	if (err)
		return err;
	while ((peer = rows_next(&rows, FLOWSYNC_A_PEER))) {
		attrs_of_nest(peer, name, FLOWSYNC_A_PEER_MAX);
		member = (struct member_state *)state_member(state,
				attr_string(name[FLOWSYNC_A_PEER_NAME]));
		if (member)
			read_peer(peer, id, member);
	}
	rows_free(&rows);
	return STATUS_DONE;
}

/**
 * state_member - find a member by its name
 * @state: the group
 * @name: the peer's name
 *
 * Return: the member, or NULL if there is none of that name.
 */
const struct member_state *state_member(const struct group_state *state,
					const char *name)
{
	unsigned int i;

	for (i = 0; i < state->count; i++)
		if (!strcmp(state->member[i].name, name))
			return &state->member[i];
	return NULL;
}

/**
 * state_set_role - change this node's role
 * @nl: socket
 * @id: of the group
 * @role: enum flowsync_role
 *
 * Return: enum status.
 */
int state_set_role(struct nl *nl, uint32_t id, uint32_t role)
{
	put_group(nl, FLOWSYNC_CMD_GROUP_SET, id, FLOWSYNC_A_GROUP_ROLE, role);
	return nl_do(nl);
}

/**
 * state_set_priority - change this node's priority
 * @nl: socket
 * @id: of the group
 * @priority: new
 *
 * Return: enum status.
 */
int state_set_priority(struct nl *nl, uint32_t id, uint32_t priority)
{
	put_group(nl, FLOWSYNC_CMD_GROUP_SET, id, FLOWSYNC_A_GROUP_PRIORITY,
		  priority);
	return nl_do(nl);
}

/**
 * state_hand_over - ask a peer to become active
 * @nl: socket
 * @id: of the group
 * @peer: its name; NULL to ask no longer
 *
 * Return: enum status.
 */
int state_hand_over(struct nl *nl, uint32_t id, const char *peer)
{
	struct nlmsghdr *request = nl_request(nl, FLOWSYNC_CMD_GROUP_HANDOVER);
	struct nlattr *nest;

	nest = mnl_attr_nest_start(request, FLOWSYNC_A_GROUP);
	mnl_attr_put_u32(request, FLOWSYNC_A_GROUP_ID, id);
	if (peer)
		mnl_attr_put_strz(request, FLOWSYNC_A_GROUP_PEER, peer);
	mnl_attr_nest_end(request, nest);
	return nl_do(nl);
}
