/* SPDX-License-Identifier: GPL-2.0 */
/* Links as the command line has them: of a peer that is added, and by themselves */
#ifndef FLOWSYNCCTL_LINK_H
#define FLOWSYNCCTL_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "parse.h"

struct nlattr;
struct nlmsghdr;
struct out;

/**
 * struct link_wish - a link as the command line has it
 * @local: address here
 * @remote: address there, of the same family
 * @local_port: 0 if not given
 * @remote_port: 0 if not given
 * @ifindex: 0 if not given
 */
struct link_wish {
	struct address local;
	struct address remote;
	uint16_t local_port;
	uint16_t remote_port;
	uint32_t ifindex;
};

int link_address(struct words *words, struct link_wish *link, bool local);
int link_complete(const struct words *words, const struct link_wish *link);
void link_put(struct nlmsghdr *request, const struct link_wish *link);
void link_print(struct out *out, const char *peer, const struct nlattr *link);

#endif
