/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Expectations between conntrack and ours: what the helper of a connection knows
 * to be coming, and which connection one that came was expected of.
 */
#ifndef _FLOWSYNC_EXPECT_H
#define _FLOWSYNC_EXPECT_H

#include "core/expect.h"

struct fs_node;
struct nf_conn;
struct nf_conntrack_zone;

void fs_expects_from_ct(struct fs_node *node, struct fs_attrs *attrs,
			const struct nf_conn *ct);
u32 fs_expects_print(const struct nf_conn *ct);
void fs_expects_to_ct(struct fs_node *node, struct nf_conn *ct,
		      const struct fs_attrs *attrs);
void fs_master_from_ct(struct fs_attrs *attrs, const struct nf_conn *ct);
struct nf_conn *fs_master_find(struct fs_node *node,
			       const struct nf_conntrack_zone *zone,
			       const struct fs_master *master);

#endif /* _FLOWSYNC_EXPECT_H */
