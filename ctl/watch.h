/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_WATCH_H
#define FLOWSYNCCTL_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf.h"
#include "decide.h"

/**
 * enum phase - what the daemon is doing about a group
 * @IDLE: nothing, or hooks run for something that has happened
 * @FENCING: hooks of a fence run
 * @FENCED: they went well
 * @RELIEVING: hooks run, so that packets come here when the role does
 * @SETTLING: they do; waiting for the last word of the active
 */
enum phase {
	IDLE,
	FENCING,
	FENCED,
	RELIEVING,
	SETTLING,
};

/**
 * struct watch - a group that the daemon looks after
 * @group: what the user wants
 * @memory: of decide()
 * @state: as it was seen last
 * @phase: what is being done
 * @runner: the process that runs hooks, 0 for none
 * @runner_fd: its pidfd
 * @wanted: 1 + enum hook_event of a role that has to be told of next, 0 for none
 * @wanted_fault: after that of @fault
 * @asked: to become active was decided here
 * @hooked: a role was told of, namely
 * @role: this one
 * @rivals: members that were active while this node was
 * @fault: a device that is tracked carries nothing
 * @settled: when @SETTLING ends at the latest
 * @wake: when to look again at the latest, 0 for no need
 * @cause: why what is done is done
 */
struct watch {
	const struct managed *group;
	struct memory memory;
	struct group_state state;
	enum phase phase;
	pid_t runner;
	int runner_fd;
	unsigned int wanted;
	bool wanted_fault;
	bool asked;
	bool hooked;
	uint32_t role;
	bool rivals;
	bool fault;
	uint64_t settled;
	uint64_t wake;
	char cause[REASON_SIZE];
};

void watch_init(struct watch *watch, const struct managed *group);
int watch_look(struct watch *watch, struct nl *nl);
void watch_reap(struct watch *watch);
void watch_abandon(struct watch *watch);

#endif
