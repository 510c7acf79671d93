/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Security marks. A mark is a number that means something to the security module of
 * its own machine only; its context, a text, means the same on each. To have the
 * number of a context may sleep, which an install may not: the contexts that peers
 * told of are kept, each with its number here, and a work asks for those of new ones.
 */
#ifndef _FLOWSYNC_SECMARK_H
#define _FLOWSYNC_SECMARK_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct fs_attrs;
struct fs_node;
struct nf_conn;

/* Most contexts that are kept. Those of a policy's packets are a few dozens. */
#define FS_SECMARKS	256u

/**
 * struct fs_secmarks - contexts that peers told of
 * @work: asks for the numbers of new ones
 * @lock: guards additions
 * @list: struct secmark; RCU, written under @lock, and only added to
 * @count: length of @list; @lock
 */
struct fs_secmarks {
	struct work_struct work;
	spinlock_t lock;
	struct list_head list;
	unsigned int count;
};

void fs_secmarks_init(struct fs_node *node);
void fs_secmarks_stop(struct fs_node *node);
void fs_secmarks_ask(struct fs_node *node);
void fs_secmark_told(struct fs_node *node, const struct fs_attrs *attrs);
void fs_secmark_from_ct(struct fs_node *node, struct fs_attrs *attrs,
			const struct nf_conn *ct);
void fs_secmark_to_ct(struct fs_node *node, struct nf_conn *ct,
		      const struct fs_attrs *attrs);
u32 fs_secmark_print(const struct nf_conn *ct);

#endif /* _FLOWSYNC_SECMARK_H */
