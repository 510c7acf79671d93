// SPDX-License-Identifier: GPL-2.0
#include "claim.h"
#include "event.h"
#include "inherit.h"
#include "node.h"
#include "peer.h"
#include "told.h"

static struct fs_claim own_claim(const struct fs_group *group)
{
	lockdep_assert_held(&group->lock);

	return (struct fs_claim) {
		.role = group->role,
		.epoch = group->claim,
		.node = group->node->id,
		.weighed = true,
		.rank = group->rank,
		.traffic = group->traffic,
	};
}

/* The best claim to a group that members tell, but for those of one node. */
static struct fs_claim best_but(struct fs_group *group, bool own, u32 but)
{
	struct fs_claim best = {}, claim;
	unsigned int i, n;

	for (i = 0; i < group->member_count; i++) {
		struct fs_peer *peer = group->member[i].peer;

		spin_lock_bh(&peer->lock);
		for (n = 0; peer->live.alive && n < peer->told_count; n++) {
			const struct fs_group_view *view = &peer->told[n].view;

			if (view->id != group->id || view->holder == but ||
			    (own && view->role != FS_ROLE_ACTIVE))
				continue;
			claim = fs_claim_told(view);
			if (fs_claim_cmp(&claim, &best) > 0)
				best = claim;
		}
		spin_unlock_bh(&peer->lock);
	}
	return best;
}

/**
 * fs_group_best - the best claim to a group that this node hears of
 * @group: the group
 * @own: only of members that are active themselves, not of what they tell
 *
 * Context: any, with no lock of a peer held; the group must not go away.
 * Return: the claim, of node 0 if it hears of none.
 */
struct fs_claim fs_group_best(struct fs_group *group, bool own)
{
	return best_but(group, own, 0);
}

/* Another active has the better claim: become standby. */
static void yield_work(struct work_struct *work)
{
	struct fs_group *group = container_of(work, struct fs_group, yield);

	/* Unless the role was given up and taken again meanwhile. */
	if (READ_ONCE(group->yields))
		fs_group_set_role(group, FS_ROLE_STANDBY,
				  "another node is active with a better claim");
}

/* Whether others know of a later epoch than that of this node's claim, so that
 * nobody takes its state, and nobody hears of whoever began it. That one may be
 * active still, if its claim is not the better one for all that.
 */
static bool is_behind(struct fs_group *group)
{
	struct fs_claim own = fs_group_claim(group), best;

	if (own.role != FS_ROLE_ACTIVE || READ_ONCE(group->yields) ||
	    own.epoch == READ_ONCE(group->epoch))
		return false;
	best = fs_group_best(group, false);
	return !best.node || best.node == own.node ||
	       fs_claim_cmp(&own, &best) >= 0;
}

static void reclaim_work(struct work_struct *work)
{
	struct fs_group *group = container_of(work, struct fs_group, reclaim);
	unsigned int i;

	mutex_lock(&group->change);
	if (!is_behind(group))
		goto out;
	spin_lock_bh(&group->lock);
	WRITE_ONCE(group->epoch, group->epoch + 1);
	WRITE_ONCE(group->claim, group->epoch);
	spin_unlock_bh(&group->lock);
	/* They may have given to another what this node told them, and hold what
	 * they were told since they were asked.
	 */
	for (i = 0; i < group->member_count; i++) {
		fs_inherit_reset(&group->member[i]);
		fs_flows_resync(group, &group->member[i]);
		fs_peer_kick(group->member[i].peer);
	}
	fs_event_group(group, FLOWSYNC_EVENT_GROUP_ROLE,
		       "claimed anew: nobody else is active any more");
out:
	mutex_unlock(&group->change);
}

/**
 * fs_claim_init - set up a new group's claim
 * @group: the group
 *
 * Context: process.
 */
void fs_claim_init(struct fs_group *group)
{
	INIT_WORK(&group->yield, yield_work);
	INIT_WORK(&group->reclaim, reclaim_work);
}

/**
 * fs_claim_stop - nothing of a group's claim is under way any more
 * @group: the group, of which nothing is heard any more
 *
 * Context: process.
 */
void fs_claim_stop(struct fs_group *group)
{
	cancel_work_sync(&group->yield);
	cancel_work_sync(&group->reclaim);
}

static u8 wanted_rank(const struct fs_group *group)
{
	return READ_ONCE(group->on_split) == FLOWSYNC_ON_SPLIT_PRIORITY ?
	       READ_ONCE(group->priority) : 0;
}

/**
 * fs_claim_begin - this node claims a group, under the epoch that it has now
 * @group: the group
 *
 * Context: any; fs_group.lock held.
 */
void fs_claim_begin(struct fs_group *group)
{
	lockdep_assert_held(&group->lock);

	WRITE_ONCE(group->claim, group->epoch);
	group->rank = wanted_rank(group);
	group->traffic = 0;
	WRITE_ONCE(group->yields, false);
}

/* Weigh this node's claim anew. Neither part ever falls while another active could
 * compare it with an earlier one, nor rises once this node is about to give way:
 * see struct fs_claim.
 */
static void weigh(struct fs_group *group)
{
	struct fs_flows *flows = &group->node->flows;
	u64 served = READ_ONCE(flows->part[group->place].served);
	struct fs_claim other;
	u8 rank;

	other = best_but(group, false, group->node->id);
	spin_lock_bh(&group->lock);
	if (group->role == FS_ROLE_ACTIVE && !group->yields) {
		rank = wanted_rank(group);
		if (rank > group->rank || !other.node)
			group->rank = rank;
		group->traffic = max(group->traffic, fs_claim_traffic(served));
	}
	spin_unlock_bh(&group->lock);
}

/**
 * fs_group_claim - what this node is in a group, and under which epoch
 * @group: the group
 *
 * Context: any; the group must not go away.
 * Return: role and claim as they belong together; all but the role only counts in
 * an active.
 */
struct fs_claim fs_group_claim(struct fs_group *group)
{
	struct fs_claim claim;

	spin_lock_bh(&group->lock);
	claim = own_claim(group);
	spin_unlock_bh(&group->lock);
	return claim;
}

/**
 * fs_group_look - before its claim is told: weigh it, and see whether an active has
 *	to make it anew
 * @group: the group
 *
 * Context: RCU read lock, no lock of a peer held.
 */
void fs_group_look(struct fs_group *group)
{
	if (!fs_group_active(group))
		return;
	weigh(group);
	if (is_behind(group))
		queue_work(fs_wq, &group->reclaim);
}

/**
 * fs_group_heard - a peer told what it is in a group
 * @group: the group
 * @view: what it told
 *
 * Context: softirq.
 */
void fs_group_heard(struct fs_group *group, const struct fs_group_view *view)
{
	struct fs_claim own, other = fs_claim_told(view);
	bool yields;

	spin_lock_bh(&group->lock);
	own = own_claim(group);
	yields = other.node && fs_claim_yields(&own, &other);
	if (yields)
		WRITE_ONCE(group->yields, true);
	/* What is known is not what is claimed: an active that was replaced must
	 * not win against the one that did, once it has heard of its epoch.
	 */
	if (view->epoch > group->epoch)
		WRITE_ONCE(group->epoch, view->epoch);
	spin_unlock_bh(&group->lock);

	if (yields)
		queue_work(fs_wq, &group->yield);
}
