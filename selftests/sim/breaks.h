/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ways to break the model on purpose, each a mistake that the module could
 * make; `sim BREAK=name` must notice.
 */
#ifndef _SIM_BREAKS_H
#define _SIM_BREAKS_H

#include "port.h"

#define BREAKS(X)							\
	X(none, "nothing is broken")					\
	X(epoch, "state of an old epoch is taken")			\
	X(ack_refused, "datagrams that were refused are acknowledged")	\
	X(ack_first, "datagrams without memory are acknowledged")	\
	X(forget_told, "what a peer was told is forgotten while it is down") \
	X(forget_table, "an active that yields forgets what it told")	\
	X(tombstone, "flows adopted or displaced leave a tombstone")	\
	X(gone_version, "what was displaced is replaced by something older") \
	X(displace_op, "a late checkpoint displaces a newer flow")	\
	X(need_once, "a checkpoint is asked for only once")		\
	X(need_acked, "an update that found no flow is acknowledged")	\
	X(keep_sync, "a restarted peer is not told everything")		\
	X(no_adopt, "one adopted flow in ten is dropped")		\
	X(early_window, "state is taken before the peer answered")	\
	X(echo, "a late datagram of an earlier life begins a session")	\
	X(late_flying, "flying is set when a record leaves, not when taken") \
	X(raise_early, "an active takes an epoch it hears of for its claim")	\
	X(go_ahead, "an active goes ahead of an epoch it hears of")	\
	X(no_reclaim, "an active that was fenced by nobody stays so")	\
	X(reclaim_quiet, "one that claims again tells nobody again")	\
	X(reclaim_flying, "one that claims again counts what was in flight") \
	X(reclaim_filled, "one that claims again sends what it took before") \
	X(reclaim_rested, "one that claims again asks nobody again")	\
	X(gen_back, "a slot's generation goes back to that of what is inherited") \
	X(doubt_synced, "what a member may hold is taken for held")	\
	X(ask_late, "an ask may undo what was told after it")		\
	X(ask_loose, "generation and op of what is held do not count")	\
	X(ask_untold, "what was asked for does not count as told")	\
	X(retell, "an heir tells what is held")				\
	X(no_rest, "an heir does not ask for what it does not know")	\
	X(rest_late, "an answer to another question ends the asking")	\
	X(rest_revives, "an heir takes what it knows to have ended")	\
	X(no_yield, "two actives never yield")				\
	X(same_session, "a restarted node keeps its session")

enum breaks {
#define X(name, text) BREAK_##name,
	BREAKS(X)
#undef X
	BREAK_COUNT
};

extern enum breaks broken;

#endif /* _SIM_BREAKS_H */
