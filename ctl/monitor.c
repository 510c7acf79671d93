// SPDX-License-Identifier: GPL-2.0
/* monitor: events as they happen */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

/* ISO 8601, local time with its distance from UTC, to the microsecond */
static void print_time(struct out *out)
{
	char seconds[32], zone[8], text[64];
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(text, sizeof(text), "%s.%06ld%.3s:%s", seconds,
		 now.tv_nsec / 1000, zone, zone + 3);
	out_string(out, "timestamp", "", text);
}

/* A counter, and how much it rose */
static void print_count(struct out *out, const struct nlattr *stat)
{
	const struct nlattr *attrs[FLOWSYNC_A_STAT_MAX + 1];

	attrs_of_nest(stat, attrs, FLOWSYNC_A_STAT_MAX);
	out_string(out, "counter", "counter",
		   attr_string(attrs[FLOWSYNC_A_STAT_NAME]));
	out_uint(out, "count", "count",
		 attr_uint(attrs[FLOWSYNC_A_STAT_VALUE]));
}

static void print_event(struct out *out, const struct nlattr **attrs)
{
	out_string(out, "event", "",
		   name_of(event_names, attr_uint(attrs[FLOWSYNC_A_EVENT])));
	if (attrs[FLOWSYNC_A_NODE]) {
		out_object(out, "node");
		node_print(out, attrs[FLOWSYNC_A_NODE]);
		out_object_end(out);
	}
	if (attrs[FLOWSYNC_A_PEER]) {
		out_object(out, "peer");
		peer_print(out, attrs[FLOWSYNC_A_PEER]);
		out_object_end(out);
	}
	if (attrs[FLOWSYNC_A_GROUP]) {
		out_object(out, "group");
		group_print(out, attrs[FLOWSYNC_A_GROUP]);
		out_object_end(out);
	}
	if (attrs[FLOWSYNC_A_FLOW]) {
		out_object(out, "flow");
		flow_print(out, attrs[FLOWSYNC_A_FLOW]);
		out_object_end(out);
	}
	if (attrs[FLOWSYNC_A_STAT])
		print_count(out, attrs[FLOWSYNC_A_STAT]);
	if (attrs[FLOWSYNC_A_EVENT_CAUSE])
		out_string(out, "cause", "cause",
			   attr_string(attrs[FLOWSYNC_A_EVENT_CAUSE]));
}

static bool event(const struct nlattr **attrs, void *data)
{
	struct out *out = data;

	if (attrs && !attrs[FLOWSYNC_A_EVENT])
		return true;
	out_object(out, NULL);
	print_time(out);
	if (attrs)
		print_event(out, attrs);
	else
		out_string(out, "event", "", "lost");
	out_object_end(out);
	out_end(out);
	fflush(out->file);
	return !out_broken(out);
}

/* Wait for events, or for the reader of our output to go */
static int watch(struct out *out, struct nl *nl, const char *where)
{
	struct pollfd fds[] = {
		{ .fd = nl_events_fd(nl), .events = POLLIN },
		{ .fd = fileno(out->file) },
	};
	int err = 0;

	while (!err && !out_broken(out)) {
		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			complain(where, "poll: %s", strerror(errno));
			return STATUS_REFUSED;
		}
		if (fds[1].revents)
			return STATUS_REFUSED;
		if (fds[0].revents)
			err = nl_events(nl, event, out);
	}
	return err;
}

static int monitor(struct out *out, struct words *words)
{
	struct nl *nl;
	int err;

	err = words_end(words);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	out->pretty = false;
	out->oneline = true;
	err = nl_subscribe(nl);
	if (!err)
		err = watch(out, nl, words->where);
	nl_close(nl);
	return err;
}

/**
 * monitor_object - print events until interrupted
 * @out: printer
 * @words: the words after "monitor"
 *
 * Return: enum status.
 */
int monitor_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "", monitor, "",
		  "print events as they happen, one in a line" },
		{ 0 }
	};

	return words_run(out, words, commands, NULL);
}
