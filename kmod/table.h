/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hash table that grows by one bucket at a time (linear hashing, Litwin 1980):
 * whatever its size it takes 8 octets for every two entries, nothing is moved in
 * the background, and no insertion waits for more than one bucket.
 *
 * Written to under a lock of its owner's, read under RCU. What has no match while
 * a bucket was being divided is looked for again.
 *
 * An entry is known by its address with a tag in bit 0, which is its owner's: a
 * flow that is found in two ways is in the table twice.
 */
#ifndef _FLOWSYNC_TABLE_H
#define _FLOWSYNC_TABLE_H

#include <linux/log2.h>
#include <linux/rcupdate.h>
#include <linux/seqlock.h>

/* Buckets in a page, and pages of buckets in a page of those. */
#define FS_TABLE_PAGE	(PAGE_SIZE / sizeof(unsigned long))
/* Entries for a bucket, before the table grows. */
#define FS_TABLE_LOAD	2u

/**
 * struct fs_entry - what is in a table
 * @next: the next in its bucket, with its tag, or 0
 */
struct fs_entry {
	unsigned long next;
};

/**
 * struct fs_table - a table
 * @page: of pages of pages of buckets; only grows
 * @size: how many buckets are in use; only grows
 * @count: entries; guarded by @lock
 * @lock: of the owner
 * @moving: changes while a bucket is divided
 * @hash: of an entry, with its tag
 * @seed: random, for @hash
 */
struct fs_table {
	unsigned long ***page;
	u32 size;
	u32 count;
	spinlock_t *lock;
	seqcount_spinlock_t moving;
	u32 (*hash)(const struct fs_table *table, unsigned long entry);
	u32 seed;
};

static inline unsigned long *fs_table_bucket(const struct fs_table *table,
					     u32 hash)
{
	/* Its page was there before. */
	u32 size = smp_load_acquire(&table->size);
	u32 mask = (2u << ilog2(size)) - 1;
	u32 n = hash & mask;

	/* Not divided yet. */
	if (n >= size)
		n &= mask >> 1;
	return &table->page[n / FS_TABLE_PAGE / FS_TABLE_PAGE]
			   [n / FS_TABLE_PAGE % FS_TABLE_PAGE]
			   [n % FS_TABLE_PAGE];
}

/**
 * fs_table_find - look for an entry
 * @table: the table
 * @hash: of what is looked for
 * @is_it: whether an entry, with its tag, is what is looked for
 * @key: what is looked for, as @is_it wants it
 *
 * Context: any; RCU read lock, or the owner's lock held.
 * Return: the entry with its tag, or 0.
 */
static __always_inline unsigned long
fs_table_find(const struct fs_table *table, u32 hash,
	      bool (*is_it)(const void *key, unsigned long entry),
	      const void *key)
{
	unsigned long entry;
	unsigned int seq;

	do {
		seq = read_seqcount_begin(&table->moving);
		entry = READ_ONCE(*fs_table_bucket(table, hash));
		while (entry && !is_it(key, entry))
			entry = READ_ONCE(((struct fs_entry *)
					   (entry & ~1ul))->next);
	} while (!entry && read_seqcount_retry(&table->moving, seq));
	return entry;
}

int fs_table_init(struct fs_table *table, spinlock_t *lock,
		  u32 (*hash)(const struct fs_table *table,
			      unsigned long entry));
void fs_table_exit(struct fs_table *table);
void fs_table_insert(struct fs_table *table, u32 hash, struct fs_entry *entry,
		     unsigned int tag);
void fs_table_remove(struct fs_table *table, u32 hash, struct fs_entry *entry,
		     unsigned int tag);

#endif /* _FLOWSYNC_TABLE_H */
