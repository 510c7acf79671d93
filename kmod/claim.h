/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Claims to a group: whose is the best, by what this node tells of its own and hears
 * of others. Which of two is better is core/role.h.
 */
#ifndef _FLOWSYNC_CLAIM_H
#define _FLOWSYNC_CLAIM_H

#include "core/role.h"

struct fs_group;
struct fs_group_view;

void fs_claim_init(struct fs_group *group);
void fs_claim_stop(struct fs_group *group);
void fs_claim_begin(struct fs_group *group);
struct fs_claim fs_group_claim(struct fs_group *group);
struct fs_claim fs_group_best(struct fs_group *group, bool own);
void fs_group_look(struct fs_group *group);
void fs_group_heard(struct fs_group *group, const struct fs_group_view *view);

#endif /* _FLOWSYNC_CLAIM_H */
