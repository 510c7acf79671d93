/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The shadow: the flows of other origins, which this node could take over.
 * Found by (origin, slot) when a record arrives, and by either tuple when a
 * packet does.
 */
#ifndef _FLOWSYNC_SHADOW_H
#define _FLOWSYNC_SHADOW_H

#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "core/digest.h"
#include "core/merge.h"
#include "core/record.h"
#include "table.h"

struct fs_node;
struct fs_peer;

/* Marks on the slots of fs_peer.shadow: what became of the flow's install is
 * still to be told to its origin; the install is to be tried again; the flow has a
 * live entry here, which packets may advance. A slot that has no flow, and yet
 * something to tell, had one that is now this node's own.
 */
#define FS_MARK_TELL	XA_MARK_0
#define FS_MARK_RETRY	XA_MARK_1
#define FS_MARK_LIVE	XA_MARK_2

/**
 * struct fs_shadow_flow - one flow of another origin
 * @by_tuple: in fs_shadow.by_tuple, by the original and the reply tuple
 * @op: op id of its last change at the origin
 * @epoch: of the group when the origin sent it
 * @rcu: to free it; takes the place of what only the lock's holders read
 * @peer: the origin
 * @slot: its slot at the origin
 * @gen: generation of the slot
 * @timeout: seconds left when the origin was last heard of it
 * @group: id of its group
 * @zone: conntrack zone
 * @tcp: if @proto is FS_TCP
 * @family: FS_IPV4 or FS_IPV6
 * @proto: protocol number
 * @status: enum fs_status bits
 * @map: which of fs_peer.shadow it is in
 * @installed: it has, or had, a live conntrack entry here
 * @result: enum fs_installed: of the last try; fs_shadow.lock
 * @until: when the live entry's time was over when that was last told to the
 *	origin, in seconds of conntrack's clock; fs_shadow.lock
 * @words: both tuples packed, see struct fs_shadow_key
 */
struct fs_shadow_flow {
	struct fs_entry by_tuple[2];
	union {
		struct {
			u64 op;
			u64 epoch;
		};
		struct rcu_head rcu;
	};
	struct fs_peer *peer;
	u32 slot;
	u32 gen;
	u32 timeout;
	u16 group;
	struct fs_zone zone;
	struct fs_tcp tcp;
	u8 family;
	u8 proto;
	u8 status;
	u8 map;
	bool installed;
	u8 result;
	u16 until;
	u32 words[];
};

/* Octets of a packed tuple: addresses, then ports, 12 or 36. */
#define FS_PACKED_MAX	36
#define FS_PACKED_WORDS	(FS_PACKED_MAX / 4)

/**
 * struct fs_shadow_key - what a packet is looked up by
 * @zone: effective in the packet's direction
 * @family: FS_IPV4 or FS_IPV6
 * @proto: protocol number
 * @words: source, destination, source port, destination port
 */
struct fs_shadow_key {
	u16 zone;
	u8 family;
	u8 proto;
	u32 words[FS_PACKED_WORDS];
};

/**
 * struct fs_shadow - a node's shadow table
 * @lock: guards writes, and the maps of every peer
 * @by_tuple: twice, by original and by reply tuple; lookups under RCU
 * @count: flows in it; read without the lock to skip lookups
 * @digest: of the flows of a bucket that an heir asks about, too much for a stack;
 *	used with @lock held
 */
struct fs_shadow {
	spinlock_t lock;
	struct fs_table by_tuple;
	u64 count;
	u64 digest[FS_BUCKET];
};

/**
 * enum fs_applied - what became of a record
 * @FS_APPLIED: it was carried out, or was no news
 * @FS_APPLIED_NEW: it was, and is a flow that was not there
 * @FS_APPLIED_LIVE: it was, or was no news, and the flow has, or had, a live
 *	entry here, which should be brought forward
 * @FS_APPLIED_ENDED: it was the end of a flow that may have a live entry here
 * @FS_APPLY_NEED: it changes a flow that is not held: ask for all of it
 * @FS_APPLY_AGAIN: there is no memory for it now: let it come again
 */
enum fs_applied {
	FS_APPLIED,
	FS_APPLIED_NEW,
	FS_APPLIED_LIVE,
	FS_APPLIED_ENDED,
	FS_APPLY_NEED,
	FS_APPLY_AGAIN,
};

int fs_shadow_init(struct fs_node *node);
void fs_shadow_exit(struct fs_node *node);
enum fs_applied fs_shadow_apply(struct fs_node *node, struct fs_peer *peer,
				const struct fs_batch *batch,
				struct fs_record *rec);
enum fs_held fs_shadow_held(struct xarray *map, u32 slot, u16 group, u64 epoch,
			    struct fs_version *had);
bool fs_shadow_relabel(struct fs_peer *to, struct fs_shadow_flow *flow,
		       u64 epoch);
struct fs_shadow_flow *fs_shadow_find(struct fs_node *node, u8 family,
				      u8 proto, u16 zone,
				      const struct fs_tuple *tuple);
void fs_shadow_state(const struct fs_shadow_flow *flow, u64 now,
		     struct fs_state *state);
void fs_shadow_attrs(struct fs_node *node, const struct fs_shadow_flow *flow,
		     struct fs_attrs *attrs);
void fs_shadow_remove(struct fs_node *node, struct fs_shadow_flow *flow);
void fs_shadow_drop(struct fs_node *node, struct fs_shadow_flow *flow);
void fs_shadow_give(struct fs_node *node, struct fs_shadow_flow *flow);

#endif /* _FLOWSYNC_SHADOW_H */
