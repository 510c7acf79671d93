// SPDX-License-Identifier: GPL-2.0
/* stats: the counters */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "nl.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

#define NAME_WIDTH 32

static int stats_show(struct out *out, struct words *words)
{
	const struct nlattr *attrs[FLOWSYNC_A_STAT_MAX + 1];
	const struct nlattr *stat;
	const char *prefix = "";
	unsigned int found = 0;
	const char *name;
	char label[128];
	struct rows rows;
	struct nl *nl;
	int err = 0;

	if (words->count)
		err = words_value(words, "counter", &prefix);
	if (!err)
		err = words_end(words);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	nl_request(nl, FLOWSYNC_CMD_STATS_GET);
	err = nl_dump(nl, &rows);
	nl_close(nl);
	if (err)
		return err;
	out_object(out, NULL);
	while ((stat = rows_next(&rows, FLOWSYNC_A_STAT))) {
		attrs_of_nest(stat, attrs, FLOWSYNC_A_STAT_MAX);
		name = attr_string(attrs[FLOWSYNC_A_STAT_NAME]);
		if (strncmp(name, prefix, strlen(prefix)))
			continue;
		found++;
		snprintf(label, sizeof(label), "%-*s", NAME_WIDTH, name);
		out_uint(out, name, label,
			 attr_uint(attrs[FLOWSYNC_A_STAT_VALUE]));
		out_end(out);
	}
	out_object_end(out);
	rows_free(&rows);
	if (found || !*prefix)
		return STATUS_DONE;
	complain(words->where, "no counter's name begins with \"%s\"", prefix);
	return STATUS_REFUSED;
}

/**
 * stats_object - run a command of the object stats
 * @out: printer
 * @words: the words after "stats"
 *
 * A word that is no command is the beginning of counters' names.
 *
 * Return: enum status.
 */
int stats_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "show", stats_show, "[NAME-PREFIX]",
		  "show the counters, or those whose names begin so" },
		{ 0 }
	};
	static const char *const names[] = { "show", "help", NULL };

	if (words->count && !word_matches(*words->next, names))
		return stats_show(out, words);
	return words_run(out, words, commands, NULL);
}
