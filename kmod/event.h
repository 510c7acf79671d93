/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events: what happened, told to whoever listens.
 */
#ifndef _FLOWSYNC_EVENT_H
#define _FLOWSYNC_EVENT_H

#include <linux/flowsync.h>

#include <linux/types.h>

struct fs_group;
struct fs_link;
struct fs_node;
struct fs_peer;
struct fs_record;

void fs_event_node(struct fs_node *node, enum flowsync_event event,
		   const char *cause);
void fs_event_refused(struct fs_node *node, unsigned int stat, u64 count,
		      const char *cause);
void fs_event_peer(struct fs_peer *peer, enum flowsync_event event,
		   const char *cause);
void fs_event_link(struct fs_link *link, enum flowsync_event event,
		   const char *cause);
void fs_event_flow(struct fs_group *group, struct fs_peer *peer,
		   const struct fs_record *rec, u8 result, const char *cause);
void fs_event_group(struct fs_group *group, enum flowsync_event event,
		    const char *cause);

#endif /* _FLOWSYNC_EVENT_H */
