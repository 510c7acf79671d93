// SPDX-License-Identifier: GPL-2.0
#include "core/heir.h"
#include "event.h"
#include "heartbeat.h"
#include "install.h"
#include "node.h"
#include "peer.h"
#include "takeover.h"
#include "told.h"

/* Whether a member says that it has something left over. */
static bool has_left(const struct fs_peer *peer, u32 group)
{
	unsigned int i;

	lockdep_assert_held(&peer->lock);

	for (i = 0; i < peer->told_count; i++)
		if (peer->told[i].view.id == group)
			return peer->told[i].flags & FS_STANDING_LEFT;
	return false;
}

/* The member was active, and is not any more. It may have been that while this node
 * did not hear it; and packets passed either.
 */
static void begin(struct fs_group *group, struct fs_member *member)
{
	if (!member->reunion.retold)
		fs_flows_resync(group, member);
	WRITE_ONCE(group->unsettle, true);
}

/**
 * fs_reunite_step - ask a member for what it left over, if there is need to
 * @group: the group, of which this node is active
 * @member: the member, which takes the group's state
 *
 * Context: process: the peer's heartbeat work.
 * Return: false if there is nothing to ask for.
 */
bool fs_reunite_step(struct fs_group *group, struct fs_member *member)
{
	struct fs_reunion *reunion = &member->reunion;
	struct fs_peer *peer = member->peer;
	struct fs_heir heir = {
		.group = group->id,
		.origin = peer->id,
	};
	bool left, begins, done;
	u64 place;

	spin_lock_bh(&peer->lock);
	left = has_left(peer, group->id);
	begins = left && !reunion->begun;
	if (begins || !left) {
		reunion->place = 0;
		reunion->done = false;
	}
	reunion->begun = left;
	done = reunion->done;
	place = reunion->place;
	spin_unlock_bh(&peer->lock);
	if (begins)
		begin(group, member);
	if (!left)
		reunion->retold = false;
	if (!left || done)
		return false;
	heir.epoch = fs_group_claim(group).epoch;
	fs_rest_send(peer, &heir, place);
	return true;
}

/**
 * fs_reunite_unsettle - let the windows be learnt anew of groups of which two nodes
 *	were active
 * @node: the node
 *
 * Context: process: the node's walk.
 */
void fs_reunite_unsettle(struct fs_node *node)
{
	struct fs_group *group;

	fs_for_each_group(group, node) {
		if (READ_ONCE(group->unsettle)) {
			/* Asked for again meanwhile is done again. */
			WRITE_ONCE(group->unsettle, false);
			if (fs_group_active(group))
				fs_takeover_unsettle(group);
		}
	}
}

static void report(struct fs_group *group, struct fs_peer *peer,
		   const struct fs_record *rec, enum fs_installed result)
{
	static const char *const why[FS_INSTALL_RESULTS] = {
		[FS_INSTALL_FULL] = "nf_conntrack has no room for it",
		[FS_INSTALL_NO_MEMORY] = "there is no memory for it",
		[FS_INSTALL_CLASH] = "another connection has one of its tuples",
		[FS_INSTALL_ERROR] = "netfilter refuses it",
	};

	if (result == FS_INSTALL_CLASH)
		fs_stat_inc(group->node, split_clash);
	else
		fs_stat_inc(group->node, split_failed);
	fs_event_flow(group, peer, rec, result, why[result]);
}

static void take(struct fs_group *group, struct fs_peer *peer,
		 const struct fs_record *rec)
{
	enum fs_installed result = fs_install_told(group, &rec->state);

	switch (result) {
	case FS_INSTALLED:
		fs_stat_inc(group->node, split_merged);
		break;
	case FS_INSTALL_EXISTS:
		fs_stat_inc(group->node, split_known);
		break;
	default:
		report(group, peer, rec, result);
	}
}

/* Whether an offer is the next one: each is looked at once, however often it comes. */
static bool is_next(struct fs_peer *peer, struct fs_reunion *reunion,
		    const struct fs_heir_offer *offer)
{
	bool next;

	spin_lock_bh(&peer->lock);
	next = offer->any && reunion->begun && offer->next > reunion->place;
	if (next)
		reunion->place = offer->next;
	else if (!offer->any && offer->next == reunion->place)
		reunion->done = true;
	spin_unlock_bh(&peer->lock);
	return next;
}

/**
 * fs_reunite_heard - a peer offers what it left over, or something else
 * @peer: the peer
 * @body: the checked control datagram, behind its header
 *
 * Context: softirq, RCU read lock.
 * Return: false if it is something else.
 */
bool fs_reunite_heard(struct fs_peer *peer, const struct fs_rd *body)
{
	struct fs_heir_offer offer;
	struct fs_member *member;
	struct fs_group *group;
	struct fs_rd r = *body;
	struct fs_claim claim;
	bool more = false;
	u64 session;
	u16 id;

	/* Its names are its own, and not those of another origin. */
	id = fs_offered_get(body, &session);
	if (!id || !session || session != READ_ONCE(peer->accepted))
		return false;
	group = fs_group_find(peer->node, id);
	member = group ? fs_group_member(group, peer) : NULL;
	if (!member)
		return true;
	claim = fs_group_claim(group);
	while (claim.role == FS_ROLE_ACTIVE && fs_heir_offer_next(&r, &offer)) {
		if (offer.epoch != claim.epoch ||
		    !is_next(peer, &member->reunion, &offer))
			continue;
		take(group, peer, &offer.rec);
		more = true;
	}
	/* On to the next, at the pace of the answers. */
	if (more)
		fs_peer_kick(peer);
	return true;
}
