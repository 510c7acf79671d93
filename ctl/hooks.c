// SPDX-License-Identifier: GPL-2.0
/* The programs that do what is to be done when a role changes */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "hooks.h"
#include "names.h"
#include "parse.h"

const char *const hook_events[] = {
	[HOOK_FENCE]		= "fence",
	[HOOK_BECOME_ACTIVE]	= "become-active",
	[HOOK_BECOME_STANDBY]	= "become-standby",
	[HOOK_FAULT]		= "fault",
	NULL
};

static void fact(const char *name, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void fact(const char *name, const char *format, ...)
{
	char text[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	setenv(name, text, 1);
}

/* The members, as words "NAME:STATE:ROLE" */
static void fact_members(const struct group_state *state)
{
	char text[FLOWSYNC_PEERS_MAX * (FLOWSYNC_NAME_MAX + 16)] = "";
	const struct member_state *member;
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < state->count; i++) {
		member = &state->member[i];
		used += snprintf(text + used, sizeof(text) - used, "%s%s:%s:%s",
				 i ? " " : "", member->name,
				 member->up ? "up" : "down",
				 member->told ?
				 name_of(role_names, member->role) : "unknown");
	}
	setenv("FLOWSYNC_PEERS", text, 1);
}

static void facts(enum hook_event event, const struct group_state *state,
		  const char *cause)
{
	fact("FLOWSYNC_EVENT", "%s", hook_events[event]);
	fact("FLOWSYNC_GROUP", "%u", state->id);
	fact("FLOWSYNC_NODE", "%u", state->node);
	fact("FLOWSYNC_ROLE", "%s", name_of(role_names, state->role));
	fact("FLOWSYNC_PRIORITY", "%u", state->priority);
	fact("FLOWSYNC_EPOCH", "%llu", (unsigned long long)state->epoch);
	fact("FLOWSYNC_FLOWS", "%llu", (unsigned long long)state->flows);
	fact("FLOWSYNC_SHADOW", "%llu", (unsigned long long)state->shadow);
	fact("FLOWSYNC_CAUSE", "%s", cause);
	fact_members(state);
}

static void exec_hook(const struct hook *hook)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	/* its children are ended with it when its time is up */
	setpgid(0, 0);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	/* what it prints belongs into the log */
	dup2(STDERR_FILENO, STDOUT_FILENO);
	execv(hook->argv[0], hook->argv);
	complain("hook", "%s: %s", hook->argv[0], strerror(errno));
	_exit(127);
}

/* Run one, and wait for it. Returns whether it went well. */
static bool run(const struct hook *hook)
{
	struct pollfd fd = { .events = POLLIN };
	uint64_t begun = now_ms();
	int status = 0, ready;
	pid_t pid;

	pid = fork();
	if (!pid)
		exec_hook(hook);
	if (pid < 0) {
		complain("hook", "%s: %s", hook->argv[0], strerror(errno));
		return false;
	}
	fd.fd = pidfd_open(pid, 0);
	do {
		uint64_t gone = now_ms() - begun;

		ready = poll(&fd, 1, gone < hook->timeout ?
			     (int)(hook->timeout - gone) : 0);
	} while (ready < 0 && errno == EINTR);
	if (ready <= 0) {
		complain("hook", "%s: is ended: it took longer than %llu ms",
			 hook->argv[0], (unsigned long long)hook->timeout);
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
	}
	close(fd.fd);
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	if (WIFEXITED(status))
		complain("hook", "%s: status %d", hook->argv[0],
			 WEXITSTATUS(status));
	else if (ready > 0)
		complain("hook", "%s: signal %d", hook->argv[0],
			 WTERMSIG(status));
	return false;
}

/**
 * hooks_any - whether there is something to run
 * @hooks: of a group
 * @event: what happened
 *
 * Return: true if there is a hook for it.
 */
bool hooks_any(const struct hook *hooks, enum hook_event event)
{
	for (; hooks; hooks = hooks->next)
		if (hooks->events & 1u << event)
			return true;
	return false;
}

/**
 * hooks_start - run the hooks for an event, one after the other
 * @hooks: of a group, in order
 * @event: what happened
 * @state: of the group: their facts
 * @cause: why it happened
 *
 * All are run, whatever becomes of the ones before; but for a fence, where the
 * first that fails is the last.
 *
 * Return: the process that runs them, whose status is 0 if all went well; or -1.
 */
pid_t hooks_start(const struct hook *hooks, enum hook_event event,
		  const struct group_state *state, const char *cause)
{
	bool good = true;
	sigset_t none;
	pid_t pid;

	pid = fork();
	if (pid)
		return pid;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	facts(event, state, cause);
	for (; hooks && (good || event != HOOK_FENCE); hooks = hooks->next)
		if (hooks->events & 1u << event)
			good &= run(hooks);
	_exit(!good);
}
