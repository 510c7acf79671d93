// SPDX-License-Identifier: GPL-2.0
/*
 * A module that does what its parameter says wrong, so that selftest.sh can
 * see each of user-mode Linux's sanitizers at work.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *bug = "none";
module_param(bug, charp, 0);

static void *kept;
static void __rcu *protected;
static volatile int forty = 40;
static DEFINE_SPINLOCK(one);
static DEFINE_SPINLOCK(two);
static DEFINE_MUTEX(sleeping);

static void leak(void)
{
	kept = NULL;
}

static void use_after_free(void)
{
	volatile char *memory = kmalloc(100, GFP_KERNEL);

	if (!memory)
		return;
	kfree((void *)memory);
	pr_info("%d\n", memory[50]);
}

static void bounds(void)
{
	volatile char *memory = kmalloc(100, GFP_KERNEL);

	if (!memory)
		return;
	memory[100] = 1;
	kfree((void *)memory);
}

static void shift(void)
{
	pr_info("%d\n", 1 << forty);
}

static void sleep_in_spinlock(void)
{
	spin_lock(&one);
	mutex_lock(&sleeping);
	mutex_unlock(&sleeping);
	spin_unlock(&one);
}

static void lock_order(void)
{
	spin_lock(&one);
	spin_lock(&two);
	spin_unlock(&two);
	spin_unlock(&one);
	spin_lock(&two);
	spin_lock(&one);
	spin_unlock(&one);
	spin_unlock(&two);
}

static void rcu(void)
{
	pr_info("%p\n", rcu_dereference(protected));
}

static const struct {
	const char *name;
	void (*act)(void);
} bugs[] = {
	{ "leak", leak },
	{ "use-after-free", use_after_free },
	{ "bounds", bounds },
	{ "shift", shift },
	{ "sleep", sleep_in_spinlock },
	{ "lock-order", lock_order },
	{ "rcu", rcu },
};

static int __init bugs_init(void)
{
	unsigned int i;

	kept = kmalloc(77, GFP_KERNEL);
	for (i = 0; i < ARRAY_SIZE(bugs); i++)
		if (!strcmp(bug, bugs[i].name))
			bugs[i].act();
	return 0;
}

static void __exit bugs_exit(void)
{
	kfree(kept);
}

module_init(bugs_init);
module_exit(bugs_exit);
MODULE_DESCRIPTION("deliberate bugs for selftests/vm/selftest.sh");
MODULE_LICENSE("GPL");
