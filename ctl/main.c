// SPDX-License-Identifier: GPL-2.0
/* flowsyncctl: the controller of flowsync */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "out.h"
#include "parse.h"

#define MANY	(sizeof(objects) / sizeof(objects[0]))

static int help_object(struct out *out, struct words *words);

static const struct {
	const char *name;
	int (*run)(struct out *out, struct words *words);
	const char *description;
} objects[] = {
	{ "show", show_object, "node, groups and peers at a glance" },
	{ "node", node_object, "the instance in this network namespace" },
	{ "peer", peer_object, "the other nodes, and the links to them" },
	{ "link", link_object, "the paths to a peer, one by one" },
	{ "group", group_object, "units of failover, and this node's role" },
	{ "policy", policy_object, "which connections are replicated" },
	{ "flow", flow_object, "connections, local and in the shadow" },
	{ "stats", stats_object, "counters" },
	{ "verify", verify_object, "compare all flows with what a peer holds" },
	{ "resync", resync_object, "tell a peer everything again" },
	{ "wait-synced", wait_object, "wait until every peer holds all flows" },
	{ "genkey", genkey_object, "make a key for a peer" },
	{ "top", top_object, "rates, peers and what is not acknowledged, live" },
	{ "monitor", monitor_object, "events as they happen" },
	{ "save", save_object, "print the running configuration" },
	{ "restore", restore_object, "configure what a file says" },
	{ "daemon", daemon_object, "decide about roles, and carry it out" },
	{ "help", help_object, "this text, or that of an object" },
};

static void list_objects(const char *names[MANY + 1])
{
	unsigned int i;

	for (i = 0; i < MANY; i++)
		names[i] = objects[i].name;
	names[MANY] = NULL;
}

/**
 * words_object - run a command
 * @out: printer
 * @words: all its words, from the object on
 *
 * Return: enum status.
 */
int words_object(struct out *out, struct words *words)
{
	const char *names[MANY + 1];
	int i = 0;

	list_objects(names);
	if (words->count)
		i = words_pick(words, names, WORDS_ALL);
	if (i < 0)
		return STATUS_USAGE;
	words_enter(words, names[i]);
	return objects[i].run(out, words);
}

static void print_help(FILE *file)
{
	unsigned int i;

	fputs("Usage: flowsyncctl [OPTION]... [OBJECT [COMMAND [ARGUMENT]...]]\n"
	      "OBJECT is one of\n", file);
	for (i = 0; i < MANY; i++)
		fprintf(file, "\t%-12s%s\n", objects[i].name,
			objects[i].description);
	fputs("Without an OBJECT, and without a COMMAND of one, it is \"show\".\n"
	      "\"flowsyncctl OBJECT help\" lists the commands of an object.\n"
	      "Any word may be shortened as long as only one begins so.\n"
	      "OPTION is one of\n"
	      "\t-s, -stats    what is counted and measured, too\n"
	      "\t-d, -details  what is set and agreed upon, too\n"
	      "\t-j, -json     JSON, which always has both\n"
	      "\t-p, -pretty   JSON, indented\n"
	      "\t-V, -Version  the version of this program\n"
	      "\t-h, -help     this text\n", file);
}

static int help_object(struct out *out, struct words *words)
{
	static char help[] = "help";
	const char *names[MANY + 1];
	char *only[] = { help, NULL };
	struct words asked = { .count = 1, .next = only };
	int i;

	if (!words->count) {
		print_help(out->file);
		return STATUS_DONE;
	}
	list_objects(names);
	i = words_pick(words, names, WORDS_ALL);
	if (i < 0 || words_end(words))
		return STATUS_USAGE;
	words_enter(&asked, names[i]);
	if (objects[i].run == help_object)
		asked.count = 0;
	return objects[i].run(out, &asked);
}

/*
 * A socket must not come to stand where output goes. What is written to a
 * stand-in fails, as it would have without.
 */
static void fill_closed_files(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* Read the options; 0 to go on, else what to do instead */
static int parse_options(struct out *out, int argc, char **argv)
{
	static const struct option options[] = {
		{ "details", no_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ "stats", no_argument, NULL, 's' },
		{ "statistics", no_argument, NULL, 's' },
		{ "Version", no_argument, NULL, 'V' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	char letter[] = "-?";
	int option;

	opterr = 0;
	while ((option = getopt_long_only(argc, argv, "+djpsVh", options,
					  NULL)) != -1) {
		switch (option) {
		case 'j':
			out->json = true;
			break;
		case 'p':
			out->json = true;
			out->pretty = true;
			break;
		case 'd':
			out->details = true;
			break;
		case 's':
			out->stats = true;
			break;
		case 'V':
		case 'h':
			return option;
		default:
			/* optopt: a letter, maybe in the midst of others */
			letter[1] = optopt;
			complain("", "\"%s\" is not an option here; try: -d, -j, -p, -s, -V, -h",
				 optopt ? letter : argv[optind - 1]);
			return option;
		}
	}
	out->details |= out->json;
	out->stats |= out->json;
	return 0;
}

int main(int argc, char **argv)
{
	struct out out = { .file = stdout };
	struct words words = { 0 };
	int option, status, err;

	fill_closed_files();
	/* a complaint is a line, in one piece among those of other programs */
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	/* a reader that goes away is an error of ours to report, not our end */
	signal(SIGPIPE, SIG_IGN);
	option = parse_options(&out, argc, argv);
	words.count = argc - optind;
	words.next = argv + optind;
	if (option == '?') {
		status = STATUS_USAGE;
	} else if (option == 'V') {
		printf("flowsyncctl %s\n", FLOWSYNC_VERSION);
		status = STATUS_DONE;
	} else if (option == 'h') {
		print_help(stdout);
		status = STATUS_DONE;
	} else {
		status = words_object(&out, &words);
	}
	err = out_close(&out);
	if (err && err != EPIPE)
		complain("", "cannot write: %s", strerror(err));
	return err && !status ? STATUS_REFUSED : status;
}
