// SPDX-License-Identifier: GPL-2.0
#include "oracle.h"
#include "world.h"

static void yield_work(struct world *w, const struct event *e)
{
	if (w->node[e->node].yields)
		group_set_role(w, &w->node[e->node], FS_ROLE_STANDBY);
}

static struct fs_claim own_claim(const struct node *n)
{
	return (struct fs_claim) {
		.role = n->role,
		.epoch = n->claim,
		.node = n->id + 1,
		.weighed = true,
		.rank = n->rank,
		.traffic = n->traffic,
	};
}

/* Before a claim is told: what it weighs by now. */
static void weigh(struct node *n)
{
	if (!n->yields)
		n->traffic = fs_claim_traffic(n->served);
}

/**
 * group_claim - the best claim that a node makes, or hears
 * @w: the world
 * @n: the node
 *
 * Return: the claim; node id 0 if it hears of none.
 */
struct fs_claim group_claim(const struct world *w, struct node *n)
{
	struct fs_claim best = { 0 };
	u32 i;

	if (n->role == FS_ROLE_ACTIVE) {
		weigh(n);
		return own_claim(n);
	}
	for (i = 0; i < w->nodes; i++) {
		const struct peer *p = &n->peer[i];
		struct fs_claim other = fs_claim_told(&p->view);

		if (i != n->id && p->live.alive &&
		    p->view.role == FS_ROLE_ACTIVE &&
		    fs_claim_cmp(&other, &best) > 0)
			best = other;
	}
	return best;
}

/**
 * group_heard - a peer told what it is in the group
 * @w: the world
 * @n: the node
 * @from: the peer
 * @view: what it told
 */
void group_heard(struct world *w, struct node *n, u32 from,
		 const struct fs_group_view *view)
{
	struct fs_claim own = own_claim(n), other = fs_claim_told(view);
	bool yields = view->holder && fs_claim_yields(&own, &other);

	(void)from;
	if (view->epoch > n->epoch) {
		n->epoch = view->epoch;
		/* What others are ahead of is not one's own claim: with that, a
		 * node that was replaced could win against the one that did.
		 */
		if (own.role == FS_ROLE_ACTIVE &&
		    (broken == BREAK_raise_early || broken == BREAK_go_ahead))
			n->claim = n->epoch += broken == BREAK_go_ahead;
	}
	if (yields && broken != BREAK_no_yield) {
		oracle_yields(w, n, &own, &other);
		w->stats.meetings++;
		n->yields = other.node;
		plan(w, rng_below(&w->rng, 1000), yield_work, n->id, n->id);
	}
}

static bool is_fenced(const struct world *w, const struct node *n)
{
	struct fs_claim own = own_claim(n);
	u32 i;

	for (i = 0; i < w->nodes; i++) {
		const struct peer *p = &n->peer[i];
		struct fs_claim other = fs_claim_told(&p->view);

		if (i != n->id && p->live.alive && other.node &&
		    fs_claim_yields(&own, &other))
			return true;
	}
	return false;
}

/**
 * group_look - whether an active has to claim the group anew
 * @w: the world
 * @n: the node
 *
 * Others know of a later epoch than its own, so nobody takes its state; and
 * nobody hears of whoever began that. Members may have given to that one what
 * this node told them: they are told again. And they may hold what the origin
 * before this node told them since they were asked: they are asked again.
 */
void group_look(struct world *w, struct node *n)
{
	u32 i, slot;

	if (n->role != FS_ROLE_ACTIVE || n->epoch == n->claim ||
	    n->yields || is_fenced(w, n) || broken == BREAK_no_reclaim)
		return;
	say(w, "%u: claims anew, epoch was %llu", n->id,
	    (unsigned long long)n->epoch);
	n->claim = ++n->epoch;
	w->highest++;
	w->stats.reclaims++;
	for (i = 0; i < w->nodes && broken != BREAK_reclaim_quiet; i++) {
		if (i == n->id)
			continue;
		/* What is acknowledged late was, to who may have given it away. */
		if (broken != BREAK_reclaim_flying) {
			fs_flight_abandon(&n->peer[i].flight);
			send_settle(w, n, i);
		}
		if (broken != BREAK_reclaim_rested)
			heir_reset(&n->peer[i]);
		for (slot = 0; slot < n->table.used; slot++) {
			struct fs_slot now = table_slot(n, slot);

			fs_sync_need(&n->peer[i].sync, slot, &now);
		}
		send_kick(w, n, i);
	}
}

/**
 * group_set_role - change a node's role
 * @w: the world
 * @n: the node
 * @role: enum fs_role
 */
void group_set_role(struct world *w, struct node *n, u8 role)
{
	u8 was = n->role;
	u32 i;

	if (role == was)
		return;
	say(w, "%u: role %u, epoch was %llu", n->id, role,
	    (unsigned long long)n->epoch);
	n->role = role;
	n->yields = 0;
	if (role == FS_ROLE_ACTIVE) {
		oracle_promoting(w, n);
		n->claim = ++n->epoch;
		n->taken = n->claim;
		n->rank = n->session & 1 << 8 ? (u8)(n->session >> 16) : 0;
		n->served = 0;
		n->traffic = 0;
		w->highest++;
		w->stats.promotions++;
		shadow_adopt(w, n);
		oracle_promoted(w, n);
	} else if (was == FS_ROLE_ACTIVE) {
		table_forget(w, n);
		n->heir = 0;
	}
	for (i = 0; i < w->nodes; i++) {
		if (i == n->id)
			continue;
		peer_send_control(w, n, i, true);
		send_kick(w, n, i);
	}
}
