// SPDX-License-Identifier: GPL-2.0
#include "event.h"
#include "node.h"
#include "peer.h"
#include "refused.h"

/* Each cause is told at most once in so many ms. */
#define TOLD_MS	10000

#define CAUSE(name, text)	{ FS_STAT_rx_##name, text }

static const struct {
	enum fs_stat stat;
	const char *text;
} causes[] = {
	CAUSE(badlen, "datagrams of a wrong length"),
	CAUSE(badmagic, "datagrams that are not flowsync's"),
	CAUSE(badversion, "datagrams of another version of the protocol"),
	CAUSE(badchannel, "datagrams of an unknown channel"),
	CAUSE(badvalue, "datagrams with a value out of range"),
	CAUSE(mandatory, "datagrams with an option that is not known"),
	CAUSE(badauth, "datagrams that are not authentic"),
	CAUSE(badsession, "datagrams of another session"),
	CAUSE(badpeer, "datagrams from where no link's other end is"),
	CAUSE(badnode, "datagrams of another node than the peer"),
	CAUSE(replay, "datagrams that came before"),
	CAUSE(old, "datagrams that came too late"),
	CAUSE(limited, "handshakes faster than they are taken"),
	CAUSE(check_dropped, "questions faster than they are answered"),
	CAUSE(group_unknown, "state of a group that is not shared with the peer"),
	CAUSE(epoch_stale, "state of an epoch that is over"),
	CAUSE(while_active, "state from another active"),
	{ FS_STAT_shadow_no_memory, "records for which there was no memory" },
};

static_assert(ARRAY_SIZE(causes) == FS_REFUSED_CAUSES);

/**
 * fs_refused_look - tell what was refused since it was told last
 * @node: the node
 *
 * Context: process: the node's walk.
 */
void fs_refused_look(struct fs_node *node)
{
	u64 now = fs_now_ms(), count;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(causes); i++) {
		struct fs_refused *refused = &node->refused[i];

		if (now < refused->next)
			continue;
		count = fs_stat_sum(node->stats, causes[i].stat) - refused->told;
		if (!count)
			continue;
		refused->told += count;
		refused->next = now + TOLD_MS;
		fs_event_refused(node, causes[i].stat, count, causes[i].text);
	}
}
