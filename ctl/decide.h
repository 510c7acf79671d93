/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_DECIDE_H
#define FLOWSYNCCTL_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

/**
 * struct policy - what the user wants of a group; times in milliseconds
 * @preempt: take over from a living active of lower priority
 * @preempt_delay: but only when that could have been done for so long
 * @hold_down: how long nobody has to be active before this node is
 * @start_wait: how long to wait for members that were never heard
 * @patience: how long to leave it to a member that has the better claim
 */
struct policy {
	bool preempt;
	uint64_t preempt_delay;
	uint64_t hold_down;
	uint64_t start_wait;
	uint64_t patience;
};

/**
 * struct memory - what decide() remembers of a group; 0 for "not so now"
 * @started: when the daemon began to look
 * @headless: since when nobody is active
 * @better: since when this node could relieve a living active
 * @failed: when a takeover failed last
 */
struct memory {
	uint64_t started;
	uint64_t headless;
	uint64_t better;
	uint64_t failed;
};

/**
 * enum verdict - what to do
 * @STAY: nothing
 * @TAKE: become active: nobody is
 * @RELIEVE: become active in place of a member that is, and lives
 */
enum verdict {
	STAY,
	TAKE,
	RELIEVE,
};

/* Pauses after a takeover that failed, in ms: until the next attempt */
#define DECIDE_PAUSE	5000

/* Room for a reason, a few words and a name */
#define REASON_SIZE	96

/**
 * struct decision - what to do and why
 * @verdict: what
 * @reason: why, for the log; "" with STAY
 * @wake: when to look again at the latest, even if nothing happens; 0: no need
 */
struct decision {
	enum verdict verdict;
	char reason[REASON_SIZE];
	uint64_t wake;
};

void decide(const struct policy *policy, struct memory *memory,
	    const struct group_state *state, uint64_t now,
	    struct decision *decision);

#endif
