/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Results of installs: what became of a shadow flow here is returned to its
 * origin, until that has confirmed it. What is still to be told is a mark on
 * the flow's slot in the map of its origin.
 */
#ifndef _FLOWSYNC_RESULTS_H
#define _FLOWSYNC_RESULTS_H

#include <linux/types.h>

#include "core/result.h"

struct fs_node;
struct fs_peer;
struct fs_shadow_flow;

void fs_result_note(struct fs_node *node, struct fs_shadow_flow *flow,
		    enum fs_installed result);
void fs_results_tell(struct fs_peer *peer);
void fs_result_confirmed(struct fs_peer *peer, const struct fs_result *result);
void fs_result_heard(struct fs_peer *peer, const struct fs_result *result);

#endif /* _FLOWSYNC_RESULTS_H */
