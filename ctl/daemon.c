// SPDX-License-Identifier: GPL-2.0
/* daemon: hears events, looks after the groups of the configuration file */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"
#include "cmd.h"
#include "conf.h"
#include "names.h"
#include "notify.h"
#include "out.h"
#include "parse.h"
#include "reply.h"
#include "track.h"
#include "watch.h"

/* Look at everything that often even if nothing happens, in ms */
#define LOOK_MS	1000

/**
 * struct daemon - the daemon
 * @conf: what the file says
 * @requests: socket for requests
 * @events: socket for events
 * @signals: signalfd
 * @devices: of track_open()
 * @watches: the groups
 * @count: how many
 * @alive: when the service manager is to be told again that we live; 0 never
 * @interval: how often it is
 * @status: what it was told last
 */
struct daemon {
	struct conf conf;
	struct nl *requests;
	struct nl *events;
	int signals;
	int devices;
	struct watch *watches;
	unsigned int count;
	uint64_t alive;
	uint64_t interval;
	char status[128];
};

/* Log an event: "peer-up r2: why" */
static bool hear(const struct nlattr **attrs, void *data)
{
	const struct nlattr *group[FLOWSYNC_A_GROUP_MAX + 1];
	const struct nlattr *peer[FLOWSYNC_A_PEER_MAX + 1];

	if (!attrs) {
		complain("event", "lost");
		return true;
	}
	attrs_of_nest(attrs[FLOWSYNC_A_PEER], peer, FLOWSYNC_A_PEER_MAX);
	attrs_of_nest(attrs[FLOWSYNC_A_GROUP], group, FLOWSYNC_A_GROUP_MAX);
	complain("event", "%s %s: %s",
		 name_of(event_names, attr_uint(attrs[FLOWSYNC_A_EVENT])),
		 attrs[FLOWSYNC_A_PEER] ?
		 attr_string(peer[FLOWSYNC_A_PEER_NAME]) :
		 name_of(role_names, attr_uint(group[FLOWSYNC_A_GROUP_ROLE])),
		 attr_string(attrs[FLOWSYNC_A_EVENT_CAUSE]));
	return true;
}

static void tell_status(struct daemon *d)
{
	char text[sizeof(d->status)] = "";
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < d->count && used < sizeof(text); i++)
		used += snprintf(text + used, sizeof(text) - used,
				 "%sgroup %u %s", i ? ", " : "",
				 d->watches[i].group->id,
				 name_of(role_names, d->watches[i].role));
	if (!strcmp(text, d->status))
		return;
	memcpy(d->status, text, sizeof(text));
	notify("STATUS=%s", text);
}

static int look(struct daemon *d)
{
	unsigned int i;
	int err = STATUS_DONE;

	for (i = 0; i < d->count && !err; i++)
		err = watch_look(&d->watches[i], d->requests);
	tell_status(d);
	return err;
}

static int until_next(const struct daemon *d)
{
	uint64_t now = now_ms(), next = now + LOOK_MS;
	unsigned int i;

	for (i = 0; i < d->count; i++)
		if (d->watches[i].wake && d->watches[i].wake < next)
			next = d->watches[i].wake;
	if (d->alive && d->alive < next)
		next = d->alive;
	return next > now ? next - now : 0;
}

static void show_life(struct daemon *d)
{
	uint64_t now = now_ms();

	if (!d->interval || now < d->alive)
		return;
	notify("WATCHDOG=1");
	d->alive = now + d->interval;
}

/* Wait for something, and take note of it. Sets stop when told to end. */
static int wait_for_something(struct daemon *d, struct pollfd *fds, bool *stop)
{
	unsigned int i;

	fds[0] = (struct pollfd){ .fd = nl_events_fd(d->events),
				  .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = d->signals, .events = POLLIN };
	fds[2] = (struct pollfd){ .fd = d->devices, .events = POLLIN };
	for (i = 0; i < d->count; i++)
		fds[3 + i] = (struct pollfd){ .fd = d->watches[i].runner_fd,
					      .events = POLLIN };
	if (poll(fds, 3 + d->count, until_next(d)) < 0)
		return errno == EINTR ? STATUS_DONE : STATUS_REFUSED;
	if (fds[2].revents)
		track_drain(d->devices);
	for (i = 0; i < d->count; i++)
		if (fds[3 + i].revents)
			watch_reap(&d->watches[i]);
	*stop = fds[1].revents;
	return fds[0].revents ? nl_events(d->events, hear, NULL) : STATUS_DONE;
}

static int run(struct daemon *d)
{
	struct pollfd *fds = calloc(3 + d->count, sizeof(*fds));
	bool stop = false;
	unsigned int i;
	int err;

	if (!fds)
		return STATUS_REFUSED;
	err = look(d);
	if (!err)
		notify("READY=1");
	while (!err && !stop) {
		show_life(d);
		err = wait_for_something(d, fds, &stop);
		if (!err && !stop)
			err = look(d);
	}
	free(fds);
	notify("STOPPING=1");
	/* Told to end we leave all as it is: the kernel goes on. */
	for (i = 0; err && i < d->count; i++)
		watch_abandon(&d->watches[i]);
	return err;
}

static int open_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		complain("daemon", "signalfd: %s", strerror(errno));
	return fd;
}

static int open_watches(struct daemon *d)
{
	const struct managed *group;

	for (group = d->conf.groups; group; group = group->next)
		d->count++;
	d->watches = calloc(d->count ? d->count : 1, sizeof(*d->watches));
	if (!d->watches)
		return STATUS_REFUSED;
	d->count = 0;
	for (group = d->conf.groups; group; group = group->next)
		watch_init(&d->watches[d->count++], group);
	return STATUS_DONE;
}

/* Events are heard from before the first look, so that none is missed */
static int begin(struct daemon *d, const char *where)
{
	int err;

	d->interval = notify_interval();
	d->requests = nl_open(where);
	if (!d->requests)
		return STATUS_REFUSED;
	d->events = nl_open(where);
	if (!d->events)
		return STATUS_REFUSED;
	err = nl_subscribe(d->events);
	if (!err)
		err = conf_apply(&d->conf, d->requests);
	if (!err)
		err = open_watches(d);
	if (err)
		return err;
	d->signals = open_signals();
	d->devices = track_open();
	if (d->signals < 0 || d->devices < 0)
		return STATUS_REFUSED;
	/* A takeover must not wait for a disk; it can do without this */
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		complain(where, "memory is not locked: %s", strerror(errno));
	return STATUS_DONE;
}

static int start(struct out *out, struct words *words)
{
	enum { CHECK, CONFIG };
	static const char *const keywords[] = { "--check", "--config", NULL };
	const char *path = CONF_PATH;
	struct daemon d = { .signals = -1, .devices = -1 };
	bool check = false;
	int err, word;

	while (words->count) {
		word = words_pick(words, keywords, WORDS_ALL);
		if (word < 0)
			return STATUS_USAGE;
		if (word == CHECK) {
			check = true;
			continue;
		}
		err = words_value(words, "--config", &path);
		if (err)
			return err;
	}
	err = conf_read(&d.conf, path);
	if (err || check)
		return err;
	err = begin(&d, words->where);
	if (!err)
		err = run(&d);
	if (d.events)
		nl_close(d.events);
	if (d.requests)
		nl_close(d.requests);
	return err;
}

/**
 * daemon_object - decide about roles, and carry it out, until told to end
 * @out: printer
 * @words: the words after "daemon"
 *
 * Return: enum status.
 */
int daemon_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "", start, "[--check] [--config FILE]",
		  "configure what FILE says, and decide about its groups; with --check only read it" },
		{ 0 }
	};
	static const char *const help[] = { "help", NULL };

	if (words->count && !word_matches(*words->next, help))
		return start(out, words);
	return words_run(out, words, commands, NULL);
}
