/* SPDX-License-Identifier: GPL-2.0 */
/*
 * After a promotion: install all of a group's shadow, in the background.
 */
#ifndef _FLOWSYNC_TAKEOVER_H
#define _FLOWSYNC_TAKEOVER_H

#include <linux/types.h>

struct fs_group;
struct fs_node;

void fs_takeover_init(struct fs_group *group);
void fs_takeover_start(struct fs_group *group);
void fs_takeover_retry(struct fs_node *node, u32 most);
void fs_takeover_unsettle(struct fs_group *group);
void fs_takeover_stop(struct fs_group *group);

#endif /* _FLOWSYNC_TAKEOVER_H */
