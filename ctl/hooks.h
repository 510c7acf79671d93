/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_HOOKS_H
#define FLOWSYNCCTL_HOOKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "state.h"

/**
 * enum hook_event - what a hook is told of
 * @HOOK_FENCE: this node is about to take over from silent members; if it fails
 *	nothing is taken over
 * @HOOK_BECOME_ACTIVE: this node is active; or about to be, in place of a member
 *	that lives; if it fails then, nothing is taken over
 * @HOOK_BECOME_STANDBY: this node is standby
 * @HOOK_FAULT: a device that is tracked has no carrier
 */
enum hook_event {
	HOOK_FENCE,
	HOOK_BECOME_ACTIVE,
	HOOK_BECOME_STANDBY,
	HOOK_FAULT,
};

extern const char *const hook_events[];

/**
 * struct hook - a program that is run on events
 * @next: the one after it
 * @events: 1 << enum hook_event
 * @timeout: how long it may take, in milliseconds
 * @argv: the program and its arguments, ended by NULL
 */
struct hook {
	struct hook *next;
	unsigned int events;
	uint64_t timeout;
	char **argv;
};

bool hooks_any(const struct hook *hooks, enum hook_event event);
pid_t hooks_start(const struct hook *hooks, enum hook_event event,
		  const struct group_state *state, const char *cause);

#endif
