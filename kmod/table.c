// SPDX-License-Identifier: GPL-2.0
#include <linux/random.h>
#include <linux/slab.h>

#include "table.h"

/* More buckets than that are never needed: chains would grow. */
#define MOST	(FS_TABLE_PAGE * FS_TABLE_PAGE * FS_TABLE_PAGE)

static_assert(MOST <= BIT_ULL(31));

/* Pages of slabs, so that they show in what the kernel counts of its memory. */
static void *new_page(gfp_t gfp)
{
	return kzalloc(PAGE_SIZE, gfp | __GFP_ACCOUNT | __GFP_NOWARN);
}

/* Have memory for bucket @n, if all before it have. */
static bool make_room(struct fs_table *table, u32 n, gfp_t gfp)
{
	u32 at = n / FS_TABLE_PAGE;
	unsigned long ***page = &table->page[at / FS_TABLE_PAGE];

	if (n % FS_TABLE_PAGE)
		return true;
	if (!*page)
		*page = new_page(gfp);
	if (!*page)
		return false;
	at %= FS_TABLE_PAGE;
	if (!(*page)[at])
		(*page)[at] = new_page(gfp);
	return (*page)[at];
}

/**
 * fs_table_init - make a table
 * @table: the table
 * @lock: under which it is written to
 * @hash: hash of an entry, with its tag in bit 0
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int fs_table_init(struct fs_table *table, spinlock_t *lock,
		  u32 (*hash)(const struct fs_table *table,
			      unsigned long entry))
{
	seqcount_spinlock_init(&table->moving, lock);
	table->lock = lock;
	table->hash = hash;
	table->seed = get_random_u32();
	table->size = FS_TABLE_PAGE;
	table->count = 0;
	table->page = new_page(GFP_KERNEL);
	if (!table->page)
		return -ENOMEM;
	if (!make_room(table, 0, GFP_KERNEL)) {
		fs_table_exit(table);
		return -ENOMEM;
	}
	return 0;
}

/**
 * fs_table_exit - free a table
 * @table: the table, which nobody reaches any more; its entries are not touched
 *
 * Context: any.
 */
void fs_table_exit(struct fs_table *table)
{
	unsigned int i, j;

	for (i = 0; i < FS_TABLE_PAGE && table->page[i]; i++) {
		for (j = 0; j < FS_TABLE_PAGE && table->page[i][j]; j++)
			kfree(table->page[i][j]);
		kfree(table->page[i]);
	}
	kfree(table->page);
}

/* Divide the next bucket in two. */
static void grow(struct fs_table *table)
{
	u32 size = table->size, mask = (2u << ilog2(size)) - 1;
	unsigned long *from, *to;

	/* Without memory chains become longer, until there is some. */
	if (size >= MOST || !make_room(table, size, GFP_ATOMIC))
		return;
	from = fs_table_bucket(table, size);
	write_seqcount_begin(&table->moving);
	/* The buckets before the size: whoever sees it finds them. */
	smp_store_release(&table->size, size + 1);
	to = fs_table_bucket(table, size);
	while (*from) {
		unsigned long entry = *from;
		struct fs_entry *e = (struct fs_entry *)(entry & ~1ul);

		if ((table->hash(table, entry) & mask) != size) {
			from = &e->next;
			continue;
		}
		WRITE_ONCE(*from, e->next);
		WRITE_ONCE(e->next, *to);
		smp_store_release(to, entry);
	}
	write_seqcount_end(&table->moving);
}

/**
 * fs_table_insert - put an entry into a table
 * @table: the table
 * @hash: of the entry
 * @entry: the entry, in no table
 * @tag: 0 or 1
 *
 * Cannot fail.
 *
 * Context: any; the owner's lock held.
 */
void fs_table_insert(struct fs_table *table, u32 hash, struct fs_entry *entry,
		     unsigned int tag)
{
	unsigned long *bucket;

	lockdep_assert_held(table->lock);

	if (++table->count > FS_TABLE_LOAD * table->size)
		grow(table);
	bucket = fs_table_bucket(table, hash);
	WRITE_ONCE(entry->next, *bucket);
	/* Pairs with the dependency of whoever follows it. */
	smp_store_release(bucket, (unsigned long)entry | tag);
}

/**
 * fs_table_remove - take an entry out of a table
 * @table: the table
 * @hash: of the entry
 * @entry: the entry, in the table; readers may be at it for a grace period
 * @tag: as it was inserted
 *
 * Context: any; the owner's lock held.
 */
void fs_table_remove(struct fs_table *table, u32 hash, struct fs_entry *entry,
		     unsigned int tag)
{
	unsigned long *from = fs_table_bucket(table, hash);

	lockdep_assert_held(table->lock);

	while (*from && *from != ((unsigned long)entry | tag))
		from = &((struct fs_entry *)(*from & ~1ul))->next;
	if (WARN_ON_ONCE(!*from))
		return;
	WRITE_ONCE(*from, entry->next);
	table->count--;
}
