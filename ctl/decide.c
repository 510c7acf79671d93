// SPDX-License-Identifier: GPL-2.0
/*
 * Whether this node becomes active. Pure: what is known comes in, the verdict
 * goes out; no clock, no kernel, no file.
 */
#include <stdarg.h>
#include <stdio.h>

#include "decide.h"

static void look_again(struct decision *d, uint64_t when)
{
	if (!d->wake || when < d->wake)
		d->wake = when;
}

static void because(struct decision *d, enum verdict verdict,
		    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	d->verdict = verdict;
	vsnprintf(d->reason, sizeof(d->reason), format, args);
	va_end(args);
}

/* Whether it has been so for long enough; else when to look again */
static bool lasts(uint64_t *since, uint64_t length, uint64_t now,
		  struct decision *d)
{
	if (!*since)
		*since = now;
	if (now - *since >= length)
		return true;
	look_again(d, *since + length);
	return false;
}

/*
 * Who comes first when a member has to become active: whoever holds all flows,
 * then the higher priority, then the lower id. All members find the same order.
 */
static bool member_first(const struct group_state *own,
			 const struct member_state *other)
{
	bool holds = own->standing & FLOWSYNC_STANDING_HOLDS;
	bool other_holds = other->standing & FLOWSYNC_STANDING_HOLDS;

	if (!other->priority)
		return false;
	if (holds != other_holds)
		return other_holds;
	if (own->priority != other->priority)
		return own->priority < other->priority;
	return own->node > other->id;
}

static bool present(const struct member_state *member)
{
	return member->up && member->told;
}

static const struct member_state *active_member(const struct group_state *state)
{
	const struct member_state *best = NULL, *member;
	unsigned int i;

	for (i = 0; i < state->count; i++) {
		member = &state->member[i];
		if (present(member) && member->role == FLOWSYNC_ROLE_ACTIVE &&
		    (!best || member->epoch > best->epoch))
			best = member;
	}
	return best;
}

static const struct member_state *better_member(const struct group_state *state)
{
	const struct member_state *member;
	unsigned int i;

	for (i = 0; i < state->count; i++) {
		member = &state->member[i];
		if (present(member) && member->role != FLOWSYNC_ROLE_ACTIVE &&
		    member_first(state, member))
			return member;
	}
	return NULL;
}

/* A member of which nothing was heard yet, so that it may be active */
static const struct member_state *unheard_member(const struct group_state *state)
{
	unsigned int i;

	for (i = 0; i < state->count; i++)
		if (!state->member[i].session ||
		    (state->member[i].up && !state->member[i].told))
			return &state->member[i];
	return NULL;
}

/* A member is active and lives: may it be relieved? */
static void beside(const struct policy *policy, struct memory *memory,
		   const struct group_state *state,
		   const struct member_state *active, uint64_t now,
		   struct decision *d)
{
	bool ready = (state->standing & FLOWSYNC_STANDING_HOLDS) &&
		     (active->standing & FLOWSYNC_STANDING_COMPLETE);

	memory->headless = 0;
	if (!ready) {
		memory->better = 0;
	} else if (active->standing & FLOWSYNC_STANDING_HANDOVER) {
		because(d, RELIEVE, "%s hands over", active->name);
	} else if (!state->priority) {
		memory->better = 0;
	} else if (!active->priority) {
		if (!better_member(state))
			because(d, RELIEVE, "%s wants to be relieved",
				active->name);
	} else if (policy->preempt && state->priority > active->priority &&
		   !better_member(state)) {
		if (lasts(&memory->better, policy->preempt_delay, now, d))
			because(d, RELIEVE, "priority %u is higher than %s's %u",
				state->priority, active->name,
				active->priority);
	} else {
		memory->better = 0;
	}
}

/* Nobody is active, as far as this node can tell */
static void headless(const struct policy *policy, struct memory *memory,
		     const struct group_state *state, uint64_t now,
		     struct decision *d)
{
	const struct member_state *member;
	uint64_t length = policy->hold_down;

	memory->better = 0;
	if (!state->priority)
		return;
	if (unheard_member(state) &&
	    !lasts(&memory->started, policy->start_wait, now, d)) {
		memory->headless = 0;
		return;
	}
	member = better_member(state);
	if (member)
		length += policy->patience;
	if (!lasts(&memory->headless, length, now, d))
		return;
	if (member)
		because(d, TAKE, "nobody is active, and %s does not become it",
			member->name);
	else
		because(d, TAKE, "nobody is active");
}

/**
 * decide - whether to become active
 * @policy: what the user wants
 * @memory: of the calls before
 * @state: the group at this moment
 * @now: that moment, in milliseconds, not 0
 * @decision: what to do
 *
 * To give way is not decided here: the kernel does when it meets an active with
 * a better claim.
 */
void decide(const struct policy *policy, struct memory *memory,
	    const struct group_state *state, uint64_t now,
	    struct decision *decision)
{
	const struct member_state *active = active_member(state);

	*decision = (struct decision){ .verdict = STAY };
	if (state->role == FLOWSYNC_ROLE_ACTIVE) {
		memory->headless = 0;
		memory->better = 0;
		memory->failed = 0;
		return;
	}
	if (active)
		beside(policy, memory, state, active, now, decision);
	else
		headless(policy, memory, state, now, decision);
	if (decision->verdict != STAY && memory->failed &&
	    now - memory->failed < DECIDE_PAUSE) {
		decision->verdict = STAY;
		*decision->reason = '\0';
		look_again(decision, memory->failed + DECIDE_PAUSE);
	}
}
