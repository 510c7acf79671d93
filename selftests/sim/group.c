// SPDX-License-Identifier: GPL-2.0
#include "oracle.h"
#include "world.h"

static void yield_work(struct world *w, const struct event *e)
{
	group_set_role(w, &w->node[e->node], FS_ROLE_STANDBY);
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
	struct fs_claim own = { n->role, n->epoch, n->id + 1 };
	struct fs_claim other = { view->role, view->epoch, from + 1 };
	bool yields = fs_claim_yields(&own, &other);

	/* One that yields keeps its epoch as long as it says that it is active:
	 * with the other's, it could win against the other. One that stays
	 * catches up, and does not go ahead: two that only hear of each other
	 * through a third would do so for ever.
	 */
	if (view->epoch > n->epoch && (!yields || broken == BREAK_raise_early)) {
		n->epoch = view->epoch;
		if (broken == BREAK_go_ahead && own.role == FS_ROLE_ACTIVE)
			n->epoch++;
	}
	if (yields && broken != BREAK_no_yield) {
		w->stats.meetings++;
		plan(w, rng_below(&w->rng, 1000), yield_work, n->id, n->id);
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
	if (role == FS_ROLE_ACTIVE) {
		oracle_promoting(w, n);
		n->epoch++;
		w->highest++;
		w->stats.promotions++;
		shadow_adopt(w, n);
		oracle_promoted(w, n);
	} else if (was == FS_ROLE_ACTIVE) {
		table_forget(w, n);
	}
	for (i = 0; i < w->nodes; i++) {
		if (i == n->id)
			continue;
		peer_send_control(w, n, i, true);
		send_kick(w, n, i);
	}
}
