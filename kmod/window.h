/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP windows. They move with every packet, so what is told of them is always
 * behind: where the data ended when the flow was last looked at. An entry that is
 * installed has windows that may be too low, and is marked as unsettled. When
 * conntrack refuses a packet of such an entry, and the packet is not far from what
 * was told, the windows are learnt from it, and it is tried once more. Windows are
 * only ever moved up, and by no more than FS_WINDOW_LAG.
 *
 * While a connection is being opened that does not serve: conntrack lets what
 * acknowledges a SYN that it has not seen pass in half of the cases without noting
 * it, and waits for it ever after. So there they are told, each time.
 */
#ifndef _FLOWSYNC_WINDOW_H
#define _FLOWSYNC_WINDOW_H

#include <linux/types.h>

struct fs_attrs;
struct fs_node;
struct nf_conn;
struct nf_hook_state;
struct sk_buff;

/* Windows are told again when they have moved to another MiB. */
#define FS_WINDOW_STEP	20

/* How far ahead of what was told a packet may be, in octets: what a connection
 * carries between two looks of the walk at 2 Gbit/s. And how far behind.
 */
#define FS_WINDOW_LAG	(1u << 28)
#define FS_WINDOW_BACK	(1u << 22)

bool fs_window_moves(const struct nf_conn *ct);
bool fs_window_opens(const struct nf_conn *ct);
u32 fs_window_print(const struct nf_conn *ct);
void fs_window_from_ct(struct fs_attrs *attrs, struct nf_conn *ct);
void fs_window_unsettle(struct nf_conn *ct);
void fs_window_apart(struct nf_conn *ct);
void fs_window_together(struct nf_conn *ct);
void fs_window_to_ct(struct nf_conn *ct, const struct fs_attrs *attrs);
void fs_window_open(struct fs_node *node, struct sk_buff *skb, u16 zone,
		    const struct nf_hook_state *state);
bool fs_window_settle(struct fs_node *node, struct sk_buff *skb, u16 zone,
		      const struct nf_hook_state *state);

#endif /* _FLOWSYNC_WINDOW_H */
