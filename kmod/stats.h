/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters: one per reason. The list below is the only place that knows them;
 * Documentation/statistics.rst says what each one counts.
 */
#ifndef _FLOWSYNC_STATS_H
#define _FLOWSYNC_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>

#define FS_STATS(X)			\
	X(capture_new)			\
	X(capture_change)		\
	X(capture_no_slot)		\
	X(capture_unsupported)		\
	X(policy_off)			\
	X(policy_ended)			\
	X(group_none)			\
	X(group_standby)		\
	X(group_moved)			\
	X(walk_new)			\
	X(walk_drift)			\
	X(walk_window)			\
	X(walk_retimed)			\
	X(walk_helped)			\
	X(walk_ended)			\
	X(walk_unconfirmed)		\
	X(tx_heartbeats)		\
	X(tx_datagrams)			\
	X(tx_checkpoints)		\
	X(tx_updates)			\
	X(tx_deletes)			\
	X(tx_lowered)			\
	X(tx_untold)			\
	X(tx_acks)			\
	X(tx_checks)			\
	X(tx_results)			\
	X(tx_alive)			\
	X(tx_advances)			\
	X(tx_handshakes)		\
	X(tx_group_left)		\
	X(tx_mtu)			\
	X(tx_error)			\
	X(rx_heartbeats)		\
	X(rx_acks)			\
	X(rx_needs)			\
	X(rx_check_dropped)		\
	X(rx_alive)			\
	X(rx_advances)			\
	X(rx_advances_old)		\
	X(rx_results)			\
	X(rx_results_old)		\
	X(rx_datagrams)			\
	X(rx_records)			\
	X(rx_badlen)			\
	X(rx_badmagic)			\
	X(rx_badversion)		\
	X(rx_badchannel)		\
	X(rx_badvalue)			\
	X(rx_mandatory)			\
	X(rx_badauth)			\
	X(rx_badsession)		\
	X(rx_badpeer)			\
	X(rx_badnode)			\
	X(rx_replay)			\
	X(rx_old)			\
	X(rx_limited)			\
	X(rx_handshakes)		\
	X(rx_group_unknown)		\
	X(rx_epoch_stale)		\
	X(rx_while_active)		\
	X(shadow_add)			\
	X(shadow_update)		\
	X(shadow_delete)		\
	X(shadow_replaced)		\
	X(shadow_stale)			\
	X(shadow_unknown)		\
	X(shadow_no_memory)		\
	X(shadow_expired)		\
	X(install_packet)		\
	X(install_walk)			\
	X(install_retry)		\
	X(install_ended)		\
	X(install_exists)		\
	X(install_full)			\
	X(install_no_memory)		\
	X(install_clash)		\
	X(install_error)		\
	X(install_no_helper)		\
	X(install_no_secmark)		\
	X(install_no_timeouts)		\
	X(secmark_untold)		\
	X(install_master)		\
	X(install_no_master)		\
	X(expect_untold)		\
	X(expect_made)			\
	X(expect_lost)			\
	X(window_learnt)		\
	X(new_tuple_owned)		\
	X(verify_same)			\
	X(verify_moved)			\
	X(verify_differs)		\
	X(verify_repaired)		\
	X(heir_adopted)			\
	X(heir_asked)			\
	X(heir_held)			\
	X(heir_offered)			\
	X(heir_relabelled)		\
	X(split_left)			\
	X(split_offered)		\
	X(split_unasked)		\
	X(split_merged)			\
	X(split_known)			\
	X(split_clash)			\
	X(split_failed)

enum fs_stat {
#define X(name) FS_STAT_##name,
	FS_STATS(X)
#undef X
	FS_STAT_COUNT
};

extern const char *const fs_stat_names[FS_STAT_COUNT];

/**
 * struct fs_stats - one CPU's counters
 * @value: by enum fs_stat
 */
struct fs_stats {
	u64 value[FS_STAT_COUNT];
};

#define fs_stat_add(node, name, n) \
	this_cpu_add((node)->stats->value[FS_STAT_##name], n)
#define fs_stat_inc(node, name)	fs_stat_add(node, name, 1)

u64 fs_stat_sum(const struct fs_stats __percpu *stats, enum fs_stat stat);

#endif /* _FLOWSYNC_STATS_H */
