/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_STATE_H
#define FLOWSYNCCTL_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/flowsync.h>

struct nl;
struct nlattr;

/**
 * struct member_state - a peer, as far as one group goes
 * @name: of the peer
 * @id: its node id
 * @up: it is heard: what it told is so, even if it does not hear this node
 * @session: its session; 0 if it was never heard
 * @told: it told of the group; what follows is not set without
 * @role: enum flowsync_role
 * @priority: in the group
 * @epoch: highest it knows
 * @standing: enum flowsync_standing
 * @complete: it was told of all flows of this node
 */
struct member_state {
	char name[FLOWSYNC_NAME_MAX + 1];
	uint32_t id;
	bool up;
	uint64_t session;
	bool told;
	uint32_t role;
	uint32_t priority;
	uint64_t epoch;
	uint32_t standing;
	bool complete;
};

/**
 * struct group_state - a group and its members
 * @id: its number
 * @node: this node's id
 * @role: of this node
 * @priority: of this node
 * @epoch: highest this node knows
 * @standing: of this node
 * @flows: this node is origin of
 * @shadow: held for other origins
 * @count: length of @member
 * @member: the peers in it
 */
struct group_state {
	uint32_t id;
	uint32_t node;
	uint32_t role;
	uint32_t priority;
	uint64_t epoch;
	uint32_t standing;
	uint64_t flows;
	uint64_t shadow;
	unsigned int count;
	struct member_state member[FLOWSYNC_PEERS_MAX];
};

/* All return enum status, and have told on stderr why if it is not DONE */
int state_get(struct nl *nl, uint32_t id, struct group_state *state);
int state_set_role(struct nl *nl, uint32_t id, uint32_t role);
int state_set_priority(struct nl *nl, uint32_t id, uint32_t priority);
int state_hand_over(struct nl *nl, uint32_t id, const char *peer);

const struct member_state *state_member(const struct group_state *state,
					const char *name);

#endif
