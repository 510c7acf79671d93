// SPDX-License-Identifier: GPL-2.0
/* A group that the daemon looks after: from verdicts to roles and hooks */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "cmd.h"
#include "names.h"
#include "parse.h"
#include "track.h"
#include "watch.h"

/* How long the active that is relieved may take for its last word, in ms */
#define SETTLE_MS	1000
/* How often to look for it */
#define SETTLE_LOOK_MS	10

static void say(const struct watch *watch, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void say(const struct watch *watch, const char *format, ...)
{
	char where[32];
	va_list args;

	snprintf(where, sizeof(where), "group %u", watch->group->id);
	va_start(args, format);
	vcomplain(where, format, args);
	va_end(args);
}

/**
 * watch_init - begin to look after a group
 * @watch: to be filled
 * @group: what the user wants; stays in use
 */
void watch_init(struct watch *watch, const struct managed *group)
{
	memset(watch, 0, sizeof(*watch));
	watch->group = group;
	watch->runner_fd = -1;
}

static void look_by(struct watch *watch, uint64_t when)
{
	if (when && (!watch->wake || when < watch->wake))
		watch->wake = when;
}

static void start_hooks(struct watch *watch, enum hook_event event)
{
	pid_t pid;

	if (!hooks_any(watch->group->hooks, event))
		return;
	pid = hooks_start(watch->group->hooks, event, &watch->state,
			  watch->cause);
	if (pid < 0) {
		say(watch, "cannot run hooks: %s", strerror(errno));
		return;
	}
	watch->runner = pid;
	watch->runner_fd = pidfd_open(pid, 0);
}

/* Returns whether they went well; or true if there are none */
static bool end_hooks(struct watch *watch)
{
	int status = 0;

	if (!watch->runner)
		return true;
	waitpid(watch->runner, &status, 0);
	close(watch->runner_fd);
	watch->runner = 0;
	watch->runner_fd = -1;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

static void want_hooks(struct watch *watch, enum hook_event event)
{
	watch->wanted = 1 + event;
}

/*
 * Tell the hooks of what has happened, when they have done with the last: first of
 * the role, for whatever else is wrong, a standby must not keep addresses.
 */
static void run_wanted(struct watch *watch)
{
	enum hook_event event = HOOK_FAULT;

	if (watch->runner || watch->phase != IDLE)
		return;
	if (watch->wanted)
		event = watch->wanted - 1;
	else if (!watch->wanted_fault)
		return;
	if (event == HOOK_FAULT)
		watch->wanted_fault = false;
	else
		watch->wanted = 0;
	start_hooks(watch, event);
}

static enum hook_event event_of(const struct watch *watch)
{
	return watch->state.role == FLOWSYNC_ROLE_ACTIVE ?
	       HOOK_BECOME_ACTIVE : HOOK_BECOME_STANDBY;
}

static int set_role(struct watch *watch, struct nl *nl, uint32_t role)
{
	int err = state_set_role(nl, watch->group->id, role);

	watch->phase = IDLE;
	/* what comes of it is seen at the next look, which is now */
	look_by(watch, now_ms());
	return err;
}

static const char *lost_device(const struct managed *group)
{
	unsigned int i;

	for (i = 0; i < group->tracks; i++)
		if (!track_carries(group->track[i]))
			return group->track[i];
	return NULL;
}

/* A node without its devices does not want to be active */
static int look_at_devices(struct watch *watch, struct nl *nl)
{
	const char *lost = lost_device(watch->group);
	uint32_t priority = lost ? 0 : watch->group->priority;

	if (!!lost == watch->fault)
		return STATUS_DONE;
	watch->fault = lost;
	if (lost)
		snprintf(watch->cause, sizeof(watch->cause),
			 "%s carries nothing", lost);
	else
		snprintf(watch->cause, sizeof(watch->cause),
			 "all devices are back");
	say(watch, "%s: priority %u", watch->cause, priority);
	watch->wanted_fault = lost;
	if (!lost)
		want_hooks(watch, event_of(watch));
	return state_set_priority(nl, watch->group->id, priority);
}

static const struct member_state *find_rival(const struct group_state *state)
{
	unsigned int i;

	for (i = 0; i < state->count; i++)
		if (state->member[i].up && state->member[i].told &&
		    state->member[i].role == FLOWSYNC_ROLE_ACTIVE)
			return &state->member[i];
	return NULL;
}

static bool has_rivals(const struct group_state *state)
{
	return find_rival(state);
}

/* Why the role is another one now */
static void note_cause(struct watch *watch, bool active)
{
	const struct member_state *rival = find_rival(&watch->state);
	size_t size = sizeof(watch->cause);

	if (!watch->hooked)
		snprintf(watch->cause, size, "the daemon started");
	else if (!active && rival)
		snprintf(watch->cause, size, "%s is active", rival->name);
	else if (!active || !watch->asked)
		snprintf(watch->cause, size, "the role was set");
	watch->asked = false;
}

static void look_at_role(struct watch *watch)
{
	bool active = watch->state.role == FLOWSYNC_ROLE_ACTIVE;
	bool rivals = active && has_rivals(&watch->state);

	if (!watch->hooked || watch->state.role != watch->role) {
		note_cause(watch, active);
		say(watch, "is %s in epoch %llu",
		    name_of(role_names, watch->state.role),
		    (unsigned long long)watch->state.epoch);
		/* those of one that relieved another have been run before */
		if (!watch->hooked || !active || watch->phase != SETTLING)
			want_hooks(watch, event_of(watch));
		watch->phase = IDLE;
	} else if (watch->rivals && !rivals && active) {
		snprintf(watch->cause, sizeof(watch->cause),
			 "another active is gone");
		say(watch, "%s: say again who is here", watch->cause);
		want_hooks(watch, event_of(watch));
	}
	watch->hooked = true;
	watch->role = watch->state.role;
	watch->rivals = rivals;
}

/*
 * Hooks of the role before must not end after those of the next. Where nobody is
 * active the role itself does not wait for them, nor are those run that did not begin
 * yet; to relieve somebody has time.
 */
static bool may_act(const struct watch *watch, const struct decision *decision)
{
	switch (decision->verdict) {
	case TAKE:
		return !watch->runner ||
		       !hooks_any(watch->group->hooks, HOOK_FENCE);
	case RELIEVE:
		return !watch->runner && !watch->wanted;
	default:
		return false;
	}
}

static int act(struct watch *watch, struct nl *nl,
	       const struct decision *decision)
{
	snprintf(watch->cause, sizeof(watch->cause), "%s", decision->reason);
	say(watch, "takes over: %s", watch->cause);
	watch->asked = true;
	if (decision->verdict == RELIEVE) {
		watch->phase = RELIEVING;
		start_hooks(watch, HOOK_BECOME_ACTIVE);
		look_by(watch, now_ms());
		return STATUS_DONE;
	}
	if (!hooks_any(watch->group->hooks, HOOK_FENCE))
		return set_role(watch, nl, FLOWSYNC_ROLE_ACTIVE);
	watch->phase = FENCING;
	start_hooks(watch, HOOK_FENCE);
	look_by(watch, now_ms());
	return STATUS_DONE;
}

static void give_up(struct watch *watch)
{
	say(watch, "does not take over: hooks failed");
	watch->asked = false;
	watch->memory.failed = now_ms();
	if (watch->phase == RELIEVING)
		want_hooks(watch, HOOK_BECOME_STANDBY);
	watch->phase = IDLE;
}

/* The hooks of a takeover have ended. */
static void hooks_ended(struct watch *watch, bool good)
{
	if (watch->phase == IDLE)
		return;
	if (!good) {
		give_up(watch);
		return;
	}
	watch->settled = now_ms() + SETTLE_MS;
	watch->phase = watch->phase == FENCING ? FENCED : SETTLING;
}

/* Whether the active that is relieved has no more to tell, or is gone */
static bool has_settled(const struct watch *watch)
{
	const struct member_state *member;
	unsigned int i;

	for (i = 0; i < watch->state.count; i++) {
		member = &watch->state.member[i];
		if (member->up && member->told &&
		    member->role == FLOWSYNC_ROLE_ACTIVE)
			return member->standing & FLOWSYNC_STANDING_SYNCED;
	}
	return true;
}

/* In the midst of a takeover */
static int go_on(struct watch *watch, struct nl *nl)
{
	if (watch->phase == FENCED && has_rivals(&watch->state)) {
		say(watch, "does not take over: somebody else has");
		watch->phase = IDLE;
		return STATUS_DONE;
	}
	if (watch->phase == FENCED)
		return set_role(watch, nl, FLOWSYNC_ROLE_ACTIVE);
	if (watch->phase != SETTLING)
		return STATUS_DONE;
	if (has_settled(watch) || now_ms() >= watch->settled) {
		int err = state_set_role(nl, watch->group->id,
					 FLOWSYNC_ROLE_ACTIVE);

		look_by(watch, now_ms());
		return err;
	}
	look_by(watch, now_ms() + SETTLE_LOOK_MS);
	return STATUS_DONE;
}

/**
 * watch_look - look at a group, and do what is to be done
 * @watch: the group
 * @nl: socket for requests
 *
 * Return: enum status; what was refused was told.
 */
int watch_look(struct watch *watch, struct nl *nl)
{
	struct decision decision;
	int err;

	watch->wake = 0;
	err = state_get(nl, watch->group->id, &watch->state);
	if (err)
		return err;
	if (watch->state.role == FLOWSYNC_ROLE_INIT)
		return set_role(watch, nl, FLOWSYNC_ROLE_STANDBY);
	if (!watch->memory.started)
		watch->memory.started = now_ms();
	look_at_role(watch);
	err = look_at_devices(watch, nl);
	if (err)
		return err;
	/* with no hooks there is nothing to wait for */
	if ((watch->phase == FENCING || watch->phase == RELIEVING) &&
	    !watch->runner)
		hooks_ended(watch, true);
	if (watch->phase != IDLE)
		return go_on(watch, nl);
	decide(&watch->group->policy, &watch->memory, &watch->state, now_ms(),
	       &decision);
	look_by(watch, decision.wake);
	if (may_act(watch, &decision)) {
		watch->wanted = 0;
		err = act(watch, nl, &decision);
	}
	run_wanted(watch);
	return err;
}

/**
 * watch_reap - its hooks have ended
 * @watch: the group
 */
void watch_reap(struct watch *watch)
{
	bool good = end_hooks(watch);

	say(watch, "hooks are done%s", good ? "" : ", not all went well");
	hooks_ended(watch, good);
	look_by(watch, now_ms());
}

/**
 * watch_abandon - the kernel does not replicate any more
 * @watch: the group
 *
 * Members will take over: what this node holds as the active it must not keep.
 */
void watch_abandon(struct watch *watch)
{
	end_hooks(watch);
	if (!watch->hooked || watch->role != FLOWSYNC_ROLE_ACTIVE)
		return;
	snprintf(watch->cause, sizeof(watch->cause),
		 "the flowsync module or its node is gone");
	say(watch, "%s", watch->cause);
	watch->state.role = FLOWSYNC_ROLE_STANDBY;
	start_hooks(watch, HOOK_BECOME_STANDBY);
	end_hooks(watch);
}
