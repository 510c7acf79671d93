/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_CONF_H
#define FLOWSYNCCTL_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "decide.h"
#include "hooks.h"
#include "nl.h"

#define CONF_PATH	"/etc/flowsync/flowsync.conf"
/* Most devices that a group tracks */
#define CONF_TRACKS	16

/**
 * struct managed - a group that the daemon decides about
 * @next: the one after it
 * @id: of the group
 * @priority: of this node in it, when nothing is at fault
 * @policy: what the user wants of it
 * @hooks: what is run, in order
 * @track: names of devices without which this node must not be active
 * @tracks: how many
 */
struct managed {
	struct managed *next;
	uint32_t id;
	uint32_t priority;
	struct policy policy;
	struct hook *hooks;
	char *track[CONF_TRACKS];
	unsigned int tracks;
};

/**
 * struct request - one command of the file, as it is sent to the kernel
 * @next: the one after it
 * @line: where it stands
 * @message: what is sent, without the family's number
 */
struct request {
	struct request *next;
	unsigned int line;
	struct nlmsghdr *message;
};

/**
 * struct conf - a configuration file
 * @path: of the file
 * @node: it has the id of the node
 * @requests: its commands, in order
 * @groups: what it says to the daemon
 */
struct conf {
	const char *path;
	bool node;
	struct request *requests;
	struct managed *groups;
};

int conf_read(struct conf *conf, const char *path);
int conf_apply(const struct conf *conf, struct nl *nl);

#endif
