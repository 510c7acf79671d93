// SPDX-License-Identifier: GPL-2.0
#include <linux/rculist.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>

#include "core/attr.h"
#include "node.h"
#include "secmark.h"

/**
 * struct secmark - a context
 * @list: in fs_secmarks.list
 * @id: its number here, 0 if it has none, or it was not asked for yet
 * @context: terminated
 */
struct secmark {
	struct list_head list;
	u32 id;
	char context[];
};

static struct secmark *find(const struct fs_secmarks *marks, const char *context)
{
	struct secmark *mark;

	list_for_each_entry_rcu(mark, &marks->list, list,
				lockdep_is_held(&marks->lock))
		if (!strcmp(mark->context, context))
			return mark;
	return NULL;
}

/**
 * fs_secmarks_ask - have the numbers of the contexts that have none yet
 * @node: the node
 *
 * Context: process.
 */
void fs_secmarks_ask(struct fs_node *node)
{
	struct secmark *mark;
	u32 id;

	/* Nothing leaves the list before the node stops, and that waits for this. */
	list_for_each_entry_rcu(mark, &node->secmarks.list, list, true) {
		if (READ_ONCE(mark->id))
			continue;
		if (!security_secctx_to_secid(mark->context,
					      strlen(mark->context), &id))
			WRITE_ONCE(mark->id, id);
	}
}

static void ask_work(struct work_struct *work)
{
	struct fs_secmarks *marks = container_of(work, struct fs_secmarks, work);

	fs_secmarks_ask(container_of(marks, struct fs_node, secmarks));
}

/**
 * fs_secmarks_init - set up a new node's contexts
 * @node: the node
 *
 * Context: process.
 */
void fs_secmarks_init(struct fs_node *node)
{
	INIT_WORK(&node->secmarks.work, ask_work);
	spin_lock_init(&node->secmarks.lock);
	INIT_LIST_HEAD(&node->secmarks.list);
}

/**
 * fs_secmarks_stop - forget a node's contexts
 * @node: the node, which installs and receives nothing any more
 *
 * Context: process.
 */
void fs_secmarks_stop(struct fs_node *node)
{
	struct secmark *mark, *next;

	cancel_work_sync(&node->secmarks.work);
	list_for_each_entry_safe(mark, next, &node->secmarks.list, list)
		kfree(mark);
}

/**
 * fs_secmark_told - a peer told of a flow
 * @node: the node
 * @attrs: its attributes
 *
 * A context that is not kept for lack of room or memory is not installed, which is
 * counted there.
 *
 * Context: any.
 */
void fs_secmark_told(struct fs_node *node, const struct fs_attrs *attrs)
{
	struct fs_secmarks *marks = &node->secmarks;
	size_t len = strlen(attrs->secmark) + 1;
	struct secmark *mark;
	bool known;

	rcu_read_lock();
	known = find(marks, attrs->secmark);
	rcu_read_unlock();
	if (likely(known))
		return;
	mark = kzalloc(struct_size(mark, context, len), GFP_ATOMIC);
	if (!mark)
		return;
	memcpy(mark->context, attrs->secmark, len);
	spin_lock_bh(&marks->lock);
	if (marks->count < FS_SECMARKS && !find(marks, attrs->secmark)) {
		list_add_tail_rcu(&mark->list, &marks->list);
		marks->count++;
		mark = NULL;
	}
	spin_unlock_bh(&marks->lock);
	kfree(mark);
	queue_work(fs_wq, &marks->work);
}

#if IS_ENABLED(CONFIG_NF_CONNTRACK_SECMARK)

/**
 * fs_secmark_from_ct - the security mark of an entry
 * @node: the node
 * @attrs: result: of the attributes this one
 * @ct: the entry
 *
 * One without a context, or with a longer one than fits, is counted.
 *
 * Context: any.
 */
void fs_secmark_from_ct(struct fs_node *node, struct fs_attrs *attrs,
			const struct nf_conn *ct)
{
	u32 id = READ_ONCE(ct->secmark), octets;
	char *context;
	size_t len;

	if (likely(!id))
		return;
	if (security_secid_to_secctx(id, &context, &octets)) {
		fs_stat_inc(node, secmark_untold);
		return;
	}
	/* Some modules count the end of the text. */
	len = strnlen(context, octets);
	if (len && len < FS_SECMARK_MAX) {
		memcpy(attrs->secmark, context, len);
		attrs->secmark[len] = '\0';
		attrs->has |= FS_ATTR_SECMARK;
	} else {
		fs_stat_inc(node, secmark_untold);
	}
	security_release_secctx(context, octets);
}

/**
 * fs_secmark_to_ct - give an entry its security mark
 * @node: the node
 * @ct: the entry
 * @attrs: its attributes; one without a mark leaves it as it is
 *
 * Context: RCU read lock.
 */
void fs_secmark_to_ct(struct fs_node *node, struct nf_conn *ct,
		      const struct fs_attrs *attrs)
{
	const struct secmark *mark;
	u32 id;

	if (!(attrs->has & FS_ATTR_SECMARK))
		return;
	mark = find(&node->secmarks, attrs->secmark);
	id = mark ? READ_ONCE(mark->id) : 0;
	if (id)
		WRITE_ONCE(ct->secmark, id);
	else
		fs_stat_inc(node, install_no_secmark);
}

/**
 * fs_secmark_print - what tells whether an entry's security mark changed
 * @ct: the entry
 *
 * Context: any.
 * Return: its number here.
 */
u32 fs_secmark_print(const struct nf_conn *ct)
{
	return READ_ONCE(ct->secmark);
}

#else

void fs_secmark_from_ct(struct fs_node *node, struct fs_attrs *attrs,
			const struct nf_conn *ct)
{
}

void fs_secmark_to_ct(struct fs_node *node, struct nf_conn *ct,
		      const struct fs_attrs *attrs)
{
}

u32 fs_secmark_print(const struct nf_conn *ct)
{
	return 0;
}

#endif
