/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attributes between conntrack's extensions and ours.
 */
#ifndef _FLOWSYNC_ATTRS_H
#define _FLOWSYNC_ATTRS_H

#include "core/attr.h"

struct fs_node;
struct nf_conn;

/**
 * struct fs_masks - which bits of marks and labels are replicated
 * @mark: of the mark
 * @labels: of the labels, as conntrack has them in memory
 *
 * None by default: they may hold what is of use on one router only.
 */
struct fs_masks {
	u32 mark;
	u32 labels[FS_LABELS / sizeof(u32)];
};

u64 fs_masks_labels(const struct fs_masks *masks);
void fs_masks_set_labels(struct fs_masks *masks, u64 bits);
void fs_labels_want(struct fs_node *node, bool want);
void fs_attrs_from_ct(struct fs_node *node, struct fs_attrs *attrs,
		      struct nf_conn *ct, bool windows);
u32 fs_attrs_print(const struct nf_conn *ct, const struct fs_masks *masks);
bool fs_attrs_prepare(struct fs_node *node, struct nf_conn *ct,
		      const struct fs_attrs *attrs);
void fs_attrs_to_ct(struct fs_node *node, struct nf_conn *ct,
		    const struct fs_attrs *attrs);

#endif /* _FLOWSYNC_ATTRS_H */
