// SPDX-License-Identifier: GPL-2.0
/*
 * flowsync: replicated connection state. Documentation/architecture.rst says
 * how the parts fit.
 */
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "link.h"
#include "netlink.h"
#include "node.h"
#include "slab.h"

struct workqueue_struct *fs_wq;

static int __init fs_init(void)
{
	int err;

	/* conntrack notes changes only while this one listens for events. Not
	 * having it costs promptness, not flows: the walk finds them all.
	 */
	request_module("nf_conntrack_netlink");
	fs_wq = alloc_workqueue("flowsync", WQ_UNBOUND | WQ_HIGHPRI |
				WQ_MEM_RECLAIM, 0);
	if (!fs_wq)
		return -ENOMEM;
	err = fs_shadow_register();
	if (err)
		goto err_wq;
	err = fs_link_init();
	if (err)
		goto err_shadow;
	err = fs_net_register();
	if (err)
		goto err_link;
	err = fs_netlink_register();
	if (err)
		goto err_net;
	return 0;

err_net:
	fs_net_unregister();
err_link:
	fs_link_exit();
err_shadow:
	fs_shadow_unregister();
err_wq:
	destroy_workqueue(fs_wq);
	return err;
}

static void __exit fs_exit(void)
{
	fs_netlink_unregister();
	fs_net_unregister();
	fs_link_exit();
	destroy_workqueue(fs_wq);
	/* Objects freed by kfree_rcu() need no code of ours; flows of the shadow
	 * do, and callbacks of others that refer to this module.
	 */
	rcu_barrier();
	fs_shadow_unregister();
}

module_init(fs_init);
module_exit(fs_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Replicated connection state");
MODULE_VERSION(FS_MODULE_VERSION);
MODULE_ALIAS_GENL_FAMILY(FLOWSYNC_GENL_NAME);
/* For initramfs tools; see fs_init(). */
MODULE_SOFTDEP("pre: nf_conntrack_netlink");
