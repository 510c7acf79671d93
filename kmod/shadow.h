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
#include "core/packed.h"
#include "core/record.h"
#include "core/result.h"
#include "source.h"
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

/* Of fs_shadow_flow.tried: it has, or had, a live conntrack entry here. */
#define FS_TRIED_LIVE	0x80

/**
 * struct fs_shadow_flow - one flow of another origin
 * @entry: in fs_shadow.by_tuple, by its original tuple; unless fs_shape_twice() by
 *	the reply as well
 * @op: op id of its last change at the origin
 * @gen: generation of the slot
 * @slot: its slot at the origin
 * @rcu: to free it; takes the place of what only the lock's holders rely on
 * @source: where it comes from
 * @over: when its time is over, by what the origin told, and was told; see lifetime.h
 * @timeout: seconds that a packet gives it, as last told; fs_shadow.lock
 * @status: enum fs_status bits
 * @tried: enum fs_installed: of the last try; and FS_TRIED_LIVE; written under
 *	fs_shadow.lock
 * @tcp: if its protocol is FS_TCP
 * @packed: tuples, protocol and zone
 */
struct fs_shadow_flow {
	struct fs_entry entry;
	union {
		struct {
			u64 op;
			u32 gen;
			u32 slot;
		};
		struct rcu_head rcu;
	};
	struct fs_source __rcu *source;
	u32 over;
	u32 timeout : 21;
	u32 status : 3;
	u8 tried;
	struct fs_packed_tcp tcp;
	struct fs_packed packed;
};

/**
 * struct fs_place - where a tuple belongs
 * @key: what it is found by
 * @hash: of @key
 */
struct fs_place {
	struct fs_packed_key key;
	u32 hash;
};

/**
 * struct fs_shadow - a node's shadow table
 * @lock: guards writes, and the maps of every peer
 * @by_tuple: by original and by reply tuple; lookups under RCU
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

/**
 * fs_shadow_source - where a flow comes from
 * @flow: the flow
 *
 * Context: RCU read lock, or fs_shadow.lock held, which is found by way of this.
 * Return: the source.
 */
static inline struct fs_source *
fs_shadow_source(const struct fs_shadow_flow *flow)
{
	return rcu_dereference_check(flow->source, true);
}

/**
 * fs_shadow_installed - whether a flow has, or had, a live entry here
 * @flow: the flow
 *
 * Context: RCU read lock, or fs_shadow.lock.
 * Return: true if so.
 */
static inline bool fs_shadow_installed(const struct fs_shadow_flow *flow)
{
	return READ_ONCE(flow->tried) & FS_TRIED_LIVE;
}

/**
 * fs_shadow_result - what became of the last try to install a flow
 * @flow: the flow
 *
 * Context: fs_shadow.lock held.
 * Return: it; FS_INSTALL_NONE if there was none.
 */
static inline enum fs_installed
fs_shadow_result(const struct fs_shadow_flow *flow)
{
	return flow->tried & ~FS_TRIED_LIVE;
}

int fs_shadow_init(struct fs_node *node);
void fs_shadow_exit(struct fs_node *node);
enum fs_held fs_shadow_held(struct xarray *map, u32 slot, u16 group, u64 epoch,
			    struct fs_version *had);
bool fs_shadow_relabel(struct fs_peer *to, struct fs_shadow_flow *flow,
		       u64 epoch);
struct fs_shadow_flow *fs_shadow_find(struct fs_node *node, u8 family,
				      u8 proto, u16 zone,
				      const struct fs_tuple *tuple);
struct fs_shadow_flow *fs_shadow_at(const struct fs_shadow *shadow,
				    const struct fs_place *place);
void fs_shadow_place(const struct fs_shadow *shadow,
		     const struct fs_state *state, unsigned int dir,
		     struct fs_place *place);
bool fs_shadow_add(struct fs_node *node, struct fs_shadow_flow *flow,
		   const struct fs_place *place);
int fs_shadow_ended(struct xarray *map, u32 slot, u16 group, u64 epoch,
		    u32 gen);
void fs_shadow_state(const struct fs_shadow_flow *flow, u64 now,
		     struct fs_state *state);
void fs_shadow_attrs(struct fs_node *node, const struct fs_shadow_flow *flow,
		     struct fs_attrs *attrs);
struct xarray *fs_shadow_map(const struct fs_shadow_flow *flow);
struct xarray *fs_shadow_extra(const struct fs_shadow_flow *flow);
bool fs_shadow_current(const struct fs_shadow_flow *flow);
void fs_shadow_remove(struct fs_node *node, struct fs_shadow_flow *flow);
void fs_shadow_drop(struct fs_node *node, struct fs_shadow_flow *flow);
void fs_shadow_give(struct fs_node *node, struct fs_shadow_flow *flow);

/* apply.c */
enum fs_applied fs_shadow_apply(struct fs_node *node, struct fs_peer *peer,
				const struct fs_batch *batch,
				struct fs_record *rec);

#endif /* _FLOWSYNC_SHADOW_H */
