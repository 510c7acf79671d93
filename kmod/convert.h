/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between netfilter's structures and ours.
 */
#ifndef _FLOWSYNC_CONVERT_H
#define _FLOWSYNC_CONVERT_H

#include "core/record.h"

struct fs_masks;
struct nf_conn;
struct nf_conntrack_tuple;

bool fs_ct_supported(const struct nf_conn *ct);
bool fs_ct_is_local(const struct nf_conn *ct);
bool fs_ct_moved(const struct nf_conn *ct, u8 status, const struct fs_tcp *tcp);
u32 fs_ct_print(const struct nf_conn *ct, const struct fs_masks *masks,
		bool windows);

/* Of fs_ct_print(): the windows are told. */
#define FS_PRINT_WINDOWS	(1u << 31)
/* Which bits of it change when only the windows moved. */
#define FS_PRINT_MOVED		0x7ff00000u
/* Which bits of it are of anything else. */
#define FS_PRINT_STATE		0x000fffffu

u32 fs_ct_changed(const struct nf_conn *ct, const struct fs_masks *masks,
		  u32 print, bool windows);

void fs_state_from_ct(struct fs_state *state, struct nf_conn *ct);
u32 fs_state_until(const struct fs_state *state);
void fs_tuple_from_nf(struct fs_tuple *tuple,
		      const struct nf_conntrack_tuple *nf);
void fs_tuple_to_nf(struct nf_conntrack_tuple *nf, const struct fs_tuple *tuple,
		    u8 family, u8 proto);
void fs_state_to_nf(struct nf_conntrack_tuple *nf, const struct fs_state *state,
		    unsigned int dir);

#endif /* _FLOWSYNC_CONVERT_H */
