// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration file: flowsyncctl's own commands, one in a line, and what
 * the daemon has to know besides.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/genetlink.h>

#include "cmd.h"
#include "conf.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

/* Most words of a line, and of a line that goes on in others */
#define WORDS_MAX	256

#define HOOK_TIMEOUT_S	10
#define HOOK_TIMEOUT_MAX 3600
#define TIME_MAX_MS	3600000

/**
 * struct reading - the file while it is read
 * @conf: what it says
 * @line: number of the line, the first one of those that go together
 * @failed: something is wrong with it
 */
struct reading {
	struct conf *conf;
	unsigned int line;
	bool failed;
};

static void *take(size_t size)
{
	void *memory = calloc(1, size);

	if (memory)
		return memory;
	complain("", "%s", strerror(ENOMEM));
	exit(STATUS_REFUSED);
}

static char *copy(const char *text)
{
	size_t length = strlen(text) + 1;

	return memcpy(take(length), text, length);
}

/* Cut a line into words; "a word" may be in quotes. Returns how many, or -1. */
static int cut(char *line, char **words)
{
	char *from = line, *to = line;
	int count = 0;
	bool quoted;

	for (;;) {
		while (isspace((unsigned char)*from))
			from++;
		if (!*from || *from == '#')
			break;
		if (count == WORDS_MAX) {
			complain("", "more than %d words", WORDS_MAX);
			return -1;
		}
		words[count++] = to;
		quoted = false;
		while (*from && (quoted || !isspace((unsigned char)*from))) {
			if (*from == '"')
				quoted = !quoted;
			else
				*to++ = *from;
			from++;
		}
		if (quoted) {
			complain("", "a quote has no end");
			return -1;
		}
		/* to is behind from by now, or is the end of the line */
		if (*from)
			from++;
		*to++ = '\0';
	}
	words[count] = NULL;
	return count;
}

static const struct nlattr *object_of(const struct nlmsghdr *message)
{
	const struct nlattr *attrs[FLOWSYNC_A_MAX + 1];
	unsigned int i;

	attrs_of_message(message, attrs, FLOWSYNC_A_MAX);
	for (i = 0; i <= FLOWSYNC_A_MAX; i++)
		if (attrs[i])
			return attrs[i];
	return NULL;
}

static uint8_t command_of(const struct nlmsghdr *message)
{
	return ((const struct genlmsghdr *)mnl_nlmsg_get_payload(message))->cmd;
}

static bool has_peer(const struct conf *conf, const char *name)
{
	const struct nlattr *attrs[FLOWSYNC_A_PEER_MAX + 1];
	const struct request *r;

	for (r = conf->requests; r; r = r->next) {
		if (command_of(r->message) != FLOWSYNC_CMD_PEER_ADD)
			continue;
		attrs_of_nest(object_of(r->message), attrs,
			      FLOWSYNC_A_PEER_MAX);
		if (!strcmp(attr_string(attrs[FLOWSYNC_A_PEER_NAME]), name))
			return true;
	}
	return false;
}

static uint32_t group_of(const struct nlmsghdr *message)
{
	const struct nlattr *attrs[FLOWSYNC_A_GROUP_MAX + 1];

	attrs_of_nest(object_of(message), attrs, FLOWSYNC_A_GROUP_MAX);
	return attr_uint(attrs[FLOWSYNC_A_GROUP_ID]);
}

static struct managed *managed_of(const struct conf *conf, uint32_t id)
{
	struct managed *group;

	for (group = conf->groups; group; group = group->next)
		if (group->id == id)
			return group;
	return NULL;
}

/* A group of the file is one the daemon decides about */
static void add_managed(struct conf *conf, const struct nlmsghdr *message)
{
	struct managed *group = take(sizeof(*group)), **end = &conf->groups;
	const struct nlattr *attrs[FLOWSYNC_A_GROUP_MAX + 1];

	attrs_of_nest(object_of(message), attrs, FLOWSYNC_A_GROUP_MAX);
	group->id = attr_uint(attrs[FLOWSYNC_A_GROUP_ID]);
	group->priority = attrs[FLOWSYNC_A_GROUP_PRIORITY] ?
			  attr_uint(attrs[FLOWSYNC_A_GROUP_PRIORITY]) :
			  FLOWSYNC_PRIORITY_DEFAULT;
	group->policy = (struct policy){
		.preempt_delay = 10000,
		.hold_down = 100,
		.start_wait = 5000,
		.patience = 3000,
	};
	while (*end)
		end = &(*end)->next;
	*end = group;
}

static int check_group(const struct conf *conf, const struct nlmsghdr *message)
{
	const struct nlattr *attr;

	if (managed_of(conf, group_of(message))) {
		complain("group add", "group %u stands above already",
			 group_of(message));
		return STATUS_USAGE;
	}
	mnl_attr_for_each_nested(attr, object_of(message)) {
		if (mnl_attr_get_type(attr) != FLOWSYNC_A_GROUP_PEER ||
		    has_peer(conf, attr_string(attr)))
			continue;
		complain("group add", "no peer %s stands above",
			 attr_string(attr));
		return STATUS_USAGE;
	}
	return STATUS_DONE;
}

/* What the kernel would refuse only when it is configured */
static int check_request(struct conf *conf, const struct nlmsghdr *message)
{
	const struct nlattr *attrs[FLOWSYNC_A_GROUP_MAX + 1];
	const struct nlattr *node[FLOWSYNC_A_NODE_MAX + 1];
	uint8_t cmd = command_of(message);
	int err = STATUS_DONE;

	if (cmd == FLOWSYNC_CMD_NODE_SET) {
		attrs_of_nest(object_of(message), node, FLOWSYNC_A_NODE_MAX);
		conf->node |= !!node[FLOWSYNC_A_NODE_ID];
	}
	if (!conf->node) {
		complain("", "\"node set id\" has to be the first");
		return STATUS_USAGE;
	}
	if (cmd == FLOWSYNC_CMD_GROUP_ADD)
		err = check_group(conf, message);
	if (!err && cmd == FLOWSYNC_CMD_GROUP_ADD)
		add_managed(conf, message);
	if (cmd == FLOWSYNC_CMD_GROUP_SET) {
		attrs_of_nest(object_of(message), attrs, FLOWSYNC_A_GROUP_MAX);
		if (attrs[FLOWSYNC_A_GROUP_ROLE]) {
			complain("group set", "the role is not configuration");
			err = STATUS_USAGE;
		}
	}
	return err;
}

static int keep_request(const struct nlmsghdr *message, void *data)
{
	struct reading *reading = data;
	struct request *request, **end = &reading->conf->requests;

	if (check_request(reading->conf, message))
		return STATUS_USAGE;
	request = take(sizeof(*request));
	request->line = reading->line;
	request->message = take(MNL_ALIGN(message->nlmsg_len));
	memcpy(request->message, message, message->nlmsg_len);
	while (*end)
		end = &(*end)->next;
	*end = request;
	return STATUS_DONE;
}

static int read_group_id(struct words *words, struct conf *conf,
			 struct managed **group)
{
	uint64_t id;
	int err;

	err = words_number(words, "ID", 1, UINT16_MAX, &id);
	if (err)
		return err;
	*group = managed_of(conf, id);
	if (!*group)
		return usage_error(words, "no group %u stands above",
				   (unsigned int)id);
	return STATUS_DONE;
}

/* manage ID [preempt yes|no] [delay MS] [hold-down MS] [start-wait MS] ... */
static int read_manage(struct words *words, struct conf *conf)
{
	enum { PREEMPT, DELAY, HOLD_DOWN, START_WAIT, PATIENCE };
	static const char *const keywords[] = {
		"preempt", "delay", "hold-down", "start-wait", "patience", NULL
	};
	static const char *const answers[] = { "no", "yes", NULL };
	struct managed *group;
	uint64_t *time;
	int err, word;

	err = read_group_id(words, conf, &group);
	while (!err && words->count) {
		word = words_pick(words, keywords, WORDS_ALL);
		if (word < 0)
			return STATUS_USAGE;
		if (word == PREEMPT) {
			word = words_pick(words, answers, WORDS_ALL);
			if (word < 0)
				return STATUS_USAGE;
			group->policy.preempt = word;
			continue;
		}
		time = word == DELAY ? &group->policy.preempt_delay :
		       word == HOLD_DOWN ? &group->policy.hold_down :
		       word == START_WAIT ? &group->policy.start_wait :
					    &group->policy.patience;
		err = words_number(words, keywords[word], 0, TIME_MAX_MS, time);
	}
	return err;
}

static int read_program(struct words *words, struct hook *hook)
{
	int i;

	if (!words->count)
		return usage_error(words, "run: a program is missing");
	if (access(words->next[0], X_OK)) {
		complain(words->where, "run: %s: %s", words->next[0],
			 strerror(errno));
		return STATUS_REFUSED;
	}
	hook->argv = take((words->count + 1) * sizeof(char *));
	for (i = 0; i < words->count; i++)
		hook->argv[i] = copy(words->next[i]);
	words->count = 0;
	return STATUS_DONE;
}

/* hook ID [on EVENT]... [timeout SECONDS] run PROGRAM [ARGUMENT]... */
static int read_hook(struct words *words, struct conf *conf)
{
	enum { ON, TIMEOUT, RUN };
	static const char *const keywords[] = { "on", "timeout", "run", NULL };
	struct hook *hook = take(sizeof(*hook)), **end;
	struct managed *group;
	uint64_t seconds = HOOK_TIMEOUT_S;
	int err, word;

	err = read_group_id(words, conf, &group);
	while (!err && !hook->argv) {
		word = words_pick(words, keywords, WORDS_ALL);
		if (word == ON) {
			word = words_pick(words, hook_events, WORDS_ALL);
			if (word < 0)
				return STATUS_USAGE;
			hook->events |= 1u << word;
		} else if (word == TIMEOUT) {
			err = words_number(words, "timeout", 1,
					   HOOK_TIMEOUT_MAX, &seconds);
		} else if (word == RUN) {
			err = read_program(words, hook);
		} else {
			err = STATUS_USAGE;
		}
	}
	if (err)
		return err;
	hook->timeout = seconds * 1000;
	/* a fence is nothing that is meant by the way */
	if (!hook->events)
		hook->events = ~(1u << HOOK_FENCE);
	for (end = &group->hooks; *end; end = &(*end)->next)
		;
	*end = hook;
	return STATUS_DONE;
}

/* track ID dev IF [dev IF]... */
static int read_track(struct words *words, struct conf *conf)
{
	static const char *const keywords[] = { "dev", NULL };
	struct managed *group;
	const char *name;
	int err;

	err = read_group_id(words, conf, &group);
	if (err)
		return err;
	do {
		if (words_pick(words, keywords, WORDS_ALL) < 0)
			return STATUS_USAGE;
		err = words_value(words, "dev", &name);
		if (err)
			return err;
		if (group->tracks == CONF_TRACKS)
			return usage_error(words, "at most %d devices",
					   CONF_TRACKS);
		group->track[group->tracks++] = copy(name);
	} while (words->count);
	return STATUS_DONE;
}

static bool is_configuration(char *const *words)
{
	static const char *const objects[] = {
		"node", "peer", "group", "policy", NULL
	};
	unsigned int i;

	for (i = 0; objects[i]; i++)
		if (words[1] && !strcmp(words[0], objects[i]) &&
		    (!strcmp(words[1], "set") || !strcmp(words[1], "add")))
			return true;
	return false;
}

static int read_words(struct reading *reading, int count, char **list)
{
	struct words words = { .count = count, .next = list };
	struct out nothing = { .file = stdout };
	char *first = list[0];

	if (is_configuration(list)) {
		int err;

		nl_rehearse(keep_request, reading);
		err = words_object(&nothing, &words);
		nl_rehearse(NULL, NULL);
		return err;
	}
	words.next++;
	words.count--;
	words_enter(&words, first);
	if (!strcmp(first, "manage"))
		return read_manage(&words, reading->conf);
	if (!strcmp(first, "hook"))
		return read_hook(&words, reading->conf);
	if (!strcmp(first, "track"))
		return read_track(&words, reading->conf);
	complain("", "\"%s%s%s\" is no statement; try: node set, peer add, group add, policy add, manage, hook, track",
		 first, words.count ? " " : "", words.count ? list[1] : "");
	return STATUS_USAGE;
}

static void read_line(struct reading *reading, char *line)
{
	char *list[WORDS_MAX + 1];
	char at[512];
	int count;

	snprintf(at, sizeof(at), "%s:%u", reading->conf->path, reading->line);
	complain_as(at);
	count = cut(line, list);
	if (count < 0 || (count && read_words(reading, count, list)))
		reading->failed = true;
	complain_as(NULL);
}

/* Read a line and those that it goes on in. Returns how many, 0 at the end. */
static unsigned int next_line(FILE *file, char **line)
{
	char *part = NULL;
	size_t size = 0, used = 0;
	unsigned int count = 0;
	ssize_t length;

	*line = NULL;
	while ((length = getline(&part, &size, file)) > 0) {
		count++;
		*line = realloc(*line, used + length + 1);
		if (!*line)
			exit(STATUS_REFUSED);
		memcpy(*line + used, part, length + 1);
		used += length;
		if (length && part[length - 1] == '\n')
			length--, used--;
		if (!length || part[length - 1] != '\\')
			break;
		(*line)[used - 1] = ' ';
	}
	if (*line)
		(*line)[used] = '\0';
	free(part);
	return count;
}

/**
 * conf_read - read a configuration file, and check it as far as can be done
 *	without the kernel
 * @conf: where it goes; stays in use until the program ends
 * @path: of the file; stays in use
 *
 * Everything that is wrong is told, each with its line.
 *
 * Return: enum status.
 */
int conf_read(struct conf *conf, const char *path)
{
	struct reading reading = { .conf = conf, .line = 1 };
	unsigned int count;
	FILE *file;
	char *line;

	memset(conf, 0, sizeof(*conf));
	conf->path = path;
	file = fopen(path, "re");
	if (!file) {
		complain("", "%s: %s", path, strerror(errno));
		return STATUS_REFUSED;
	}
	while ((count = next_line(file, &line))) {
		read_line(&reading, line);
		reading.line += count;
		free(line);
	}
	if (ferror(file)) {
		complain("", "%s: %s", path, strerror(errno));
		reading.failed = true;
	}
	fclose(file);
	if (!reading.failed && !conf->node) {
		complain("", "%s: there is no \"node set id\"", path);
		reading.failed = true;
	}
	return reading.failed ? STATUS_REFUSED : STATUS_DONE;
}
