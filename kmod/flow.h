/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flow table: the flows this node is the origin of, by dense slot number.
 * What each peer has been told of them is in its struct fs_sync.
 *
 * Slots come in blocks, and all slots of a block are of one group: which one a flow
 * belongs to takes no memory of its own.
 */
#ifndef _FLOWSYNC_FLOW_H
#define _FLOWSYNC_FLOW_H

#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "core/sync.h"
#include "group.h"
#include "table.h"

struct fs_group;
struct fs_node;
struct fs_peer;
struct fs_way;
struct nf_conn;

/* Slots come in blocks that are never freed while the node runs. */
#define FS_FLOW_BLOCK		4096u
#define FS_FLOW_BLOCKS		8192u

/**
 * struct fs_flow - one slot; all fields are guarded by fs_flows.lock
 * @by_ct: in fs_flows.by_ct while live
 * @ct: its conntrack entry, with a reference, while live; else NULL
 * @op: op id of its last change, the end of its flow included
 * @gen: generation of its flow, or of the last one it had
 * @slot: its own number
 * @print: fs_ct_print() when it was told first since it was last marked, while
 *	live; until then 0 or FS_PRINT_WINDOWS
 * @seen: what the walk saw of it, while live; see warm.h
 */
struct fs_flow {
	struct fs_entry by_ct;
	struct nf_conn *ct;
	u64 op;
	u32 gen;
	u32 slot;
	u32 print;
	u32 seen;
};

/**
 * struct fs_part - the slots of a group; all fields are guarded by fs_flows.lock
 * @slots: how many
 * @vacant: how many of them are free
 * @live: how many have a flow
 * @cursor: where to look for a free one next
 * @served: since this node claimed the group: its flows that had packets, counted at
 *	each of the walk's visits, and those that were new or changed; may be read
 *	without the lock
 * @reach: of the table, how many slots the origin before used, if there was one
 */
struct fs_part {
	u32 slots;
	u32 vacant;
	u32 live;
	u32 cursor;
	u32 reach;
	u64 served;
};

/**
 * struct fs_flows - the flow table of a node
 * @lock: guards all of it, and every peer's sets of slots
 * @by_ct: live flows by the address of their conntrack entry
 * @block: blocks of slots, the first @blocks of them set
 * @blocks: how many there are; only grows
 * @vacant: free slots
 * @placed: slots that got a flow of the origin before, since this node took over
 * @helped: slots whose flows have a helper that may just have changed them
 * @sets: memory of these three
 * @owner: of each block, the place of its group
 * @part: by place
 * @live: live flows
 * @op: last op id given out
 * @growing: held by who adds blocks; outside peers_sem
 * @grow: adds blocks before the free list runs out
 * @helped_work: looks at the flows of @helped
 */
struct fs_flows {
	spinlock_t lock;
	struct fs_table by_ct;
	struct fs_flow **block;
	u32 blocks;
	struct fs_dirty vacant;
	struct fs_dirty placed;
	struct fs_dirty helped;
	unsigned long *sets;
	u8 *owner;
	struct fs_part part[FS_GROUPS];
	u32 live;
	u64 op;
	struct mutex growing;
	struct work_struct grow;
	struct delayed_work helped_work;
};

/**
 * struct fs_task - what a peer has to be told about one slot
 * @ct: conntrack entry of a live flow, with a reference of the caller's
 * @op: op id of the slot's last change
 * @slot: the slot
 * @gen: its generation
 * @type: enum fs_record_type
 * @windows: whether to tell its TCP windows
 * @idle: whether it has less time left than the next packet gives it
 */
struct fs_task {
	struct nf_conn *ct;
	u64 op;
	u32 slot;
	u32 gen;
	u8 type;
	bool windows;
	bool idle;
};

/**
 * fs_flow_at - a slot by its number
 * @flows: the table
 * @slot: below fs_flows_slots()
 *
 * Return: the slot, free or not.
 */
static inline struct fs_flow *fs_flow_at(const struct fs_flows *flows, u32 slot)
{
	return &flows->block[slot / FS_FLOW_BLOCK][slot % FS_FLOW_BLOCK];
}

/**
 * fs_flow_owner - to which group a slot belongs
 * @flows: the table
 * @slot: below fs_flows_slots()
 *
 * Return: the place of the group.
 */
static inline u8 fs_flow_owner(const struct fs_flows *flows, u32 slot)
{
	return flows->owner[slot / FS_FLOW_BLOCK];
}

/**
 * fs_flow_part - what of the table is the group's that a slot belongs to
 * @flows: the table
 * @slot: below fs_flows_slots()
 *
 * Return: it; fs_flows.lock.
 */
static inline struct fs_part *fs_flow_part(struct fs_flows *flows, u32 slot)
{
	return &flows->part[fs_flow_owner(flows, slot)];
}

int fs_flows_init(struct fs_node *node);
void fs_flows_exit(struct fs_node *node);

void fs_flows_changed(struct fs_node *node, struct nf_conn *ct,
		      const struct fs_way *way);
void fs_flows_advanced(struct fs_node *node, struct nf_conn *ct);
struct fs_flow *fs_flow_find(struct fs_flows *flows, const struct nf_conn *ct);
bool fs_flows_has(struct fs_node *node, const struct nf_conn *ct);
bool fs_flows_elsewhere(const struct fs_group *group, const struct nf_conn *ct);
void fs_flows_adopt(struct fs_group *group, struct nf_conn *ct, u32 slot,
		    u32 gen, u64 op, bool moved);
bool fs_flows_learn(struct fs_group *group, struct nf_conn *ct);
void fs_flows_recall(struct fs_group *group);
void fs_flows_forget(struct fs_group *group);
struct nf_conn *fs_flow_end(struct fs_node *node, struct fs_flow *flow);
void fs_flow_mark(struct fs_node *node, struct fs_flow *flow, bool windows);
struct fs_slot fs_flow_slot(const struct fs_flow *flow);
bool fs_flows_visit(struct fs_node *node, struct fs_flow *flow, bool cool);

/* slots.c */
int fs_slots_init(struct fs_node *node);
void fs_slots_exit(struct fs_flows *flows);
struct fs_flow *fs_slot_take(struct fs_flows *flows, u8 place);
void fs_slot_put(struct fs_flows *flows, struct fs_flow *flow);
int fs_flows_open(struct fs_node *node, u8 place);
u32 fs_flows_slots(const struct fs_flows *flows);
u32 fs_flows_next(const struct fs_flows *flows, const struct fs_dirty *set,
		  u32 from, u8 place);
int fs_flows_add_peer(struct fs_node *node, struct fs_peer *peer);
void fs_flows_remove_peer(struct fs_node *node, struct fs_peer *peer);

#endif /* _FLOWSYNC_FLOW_H */
