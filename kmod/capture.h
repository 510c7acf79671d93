/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capture: which packets changed something worth replicating.
 */
#ifndef _FLOWSYNC_CAPTURE_H
#define _FLOWSYNC_CAPTURE_H

#include <linux/netfilter.h>

unsigned int fs_capture_hook(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state);

#endif /* _FLOWSYNC_CAPTURE_H */
