// SPDX-License-Identifier: GPL-2.0
/* Reading the command line: words and their prefixes, and values */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/flowsync.h>

#include "clock.h"
#include "cmd.h"
#include "out.h"
#include "parse.h"

/* How long to wait if the user does not say, and the longest, in seconds */
#define TIMEOUT_DEFAULT	30
#define TIMEOUT_MAX	86400

/* Who complains: the program, or a line of a file */
static const char *complainer = "flowsyncctl";

/**
 * complain_as - name a line of a file in complaints
 * @who: "FILE:LINE", in use until the next call; NULL for the program itself
 */
void complain_as(const char *who)
{
	complainer = who ? who : "flowsyncctl";
}

/**
 * vcomplain - say on stderr, in one line, what is wrong
 * @where: what was being done, "" if that goes without saying
 * @format: what is wrong
 * @args: what @format asks for
 */
void vcomplain(const char *where, const char *format, va_list args)
{
	fprintf(stderr, "%s: %s%s", complainer, where, *where ? ": " : "");
	vfprintf(stderr, format, args);
	putc('\n', stderr);
}

/**
 * complain - say on stderr, in one line, what is wrong
 * @where: what was being done, "" if that goes without saying
 * @format: what is wrong
 */
void complain(const char *where, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vcomplain(where, format, args);
	va_end(args);
}

/**
 * usage_error - say that the words make no command
 * @words: the words
 * @format: what is wrong with them
 *
 * Return: STATUS_USAGE.
 */
int usage_error(const struct words *words, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vcomplain(words->where, format, args);
	va_end(args);
	return STATUS_USAGE;
}

/**
 * words_enter - note a word that says what the next ones are about
 * @words: the words
 * @word: the whole word, not the prefix that was given
 */
void words_enter(struct words *words, const char *word)
{
	size_t used = strlen(words->where);

	snprintf(words->where + used, sizeof(words->where) - used, "%s%s",
		 used ? " " : "", word);
}

/* One list in a sentence: `one, two` or `one or two` */
static void join(char *text, size_t size, const char *const list[],
		 uint32_t may, const char *between)
{
	size_t used = 0;
	unsigned int i;

	*text = '\0';
	for (i = 0; list[i]; i++) {
		if (!(may & WORD(i)) || used >= size)
			continue;
		used += snprintf(text + used, size - used, "%s%s",
				 used ? between : "", list[i]);
	}
}

/*
 * The places in list that word may mean: one if it is the whole word, else all
 * that it is a prefix of.
 */
static uint32_t matches(const char *word, const char *const list[],
			uint32_t may)
{
	size_t length = strlen(word);
	uint32_t found = 0;
	unsigned int i;

	if (!length)
		return 0;
	for (i = 0; list[i]; i++) {
		if (!(may & WORD(i)) || strncmp(word, list[i], length))
			continue;
		if (!list[i][length])
			return WORD(i);
		found |= WORD(i);
	}
	return found;
}

/**
 * word_matches - tell whether a word is one of a list, or a prefix of one
 * @word: the word
 * @list: the list, NULL at its end
 *
 * Return: true if it is.
 */
bool word_matches(const char *word, const char *const list[])
{
	return matches(word, list, WORDS_ALL);
}

/**
 * words_pick - read one word of a list
 * @words: the words
 * @list: the list, NULL at its end; at most 32 words
 * @may: the places in it that make sense here, as WORD() bits
 *
 * Return: its place in the list, or -1 after saying what is wrong.
 */
int words_pick(struct words *words, const char *const list[], uint32_t may)
{
	char names[256];
	uint32_t found;
	char *word;
	int i;

	join(names, sizeof(names), list, may, ", ");
	if (!words->count) {
		usage_error(words, "a word is missing; try: %s", names);
		return -1;
	}
	word = *words->next;
	found = matches(word, list, may);
	if (!found) {
		if (*word == '-')
			usage_error(words, "\"%s\": options come first, before the object",
				    word);
		else
			usage_error(words, "\"%s\" %s here; try: %s", word,
				    word_matches(word, list) ?
				    "does not fit" : "is not a word", names);
		return -1;
	}
	if (found & (found - 1)) {
		join(names, sizeof(names), list, found, " or ");
		usage_error(words, "\"%s\" can be %s", word, names);
		return -1;
	}
	words->next++;
	words->count--;
	for (i = 0; found != WORD(i); i++)
		;
	return i;
}

static int print_help(struct out *out, const struct words *words,
		      const struct command *commands, const char *notes)
{
	const char *lead = "Usage:";

	for (; commands->run; commands++, lead = "      ")
		fprintf(out->file, "%s flowsyncctl %s%s%s%s%s\n\t%s\n", lead,
			words->where, *commands->name ? " " : "",
			commands->name, *commands->usage ? " " : "",
			commands->usage, commands->help);
	if (notes)
		fprintf(out->file, "%s\n", notes);
	return STATUS_DONE;
}

/**
 * words_run - read a command of an object and run it
 * @out: printer
 * @words: the words; the object's own is read already
 * @commands: its commands, ended by an empty one; the first one is meant if no
 *	word follows. "help" is understood besides.
 * @notes: what help prints under them, or NULL
 *
 * Return: enum status.
 */
int words_run(struct out *out, struct words *words,
	      const struct command *commands, const char *notes)
{
	const char *names[16];
	unsigned int n, first;
	int i;

	if (!words->count) {
		if (*commands->name)
			words_enter(words, commands->name);
		return commands->run(out, words);
	}
	first = !*commands->name;
	for (n = 0; commands[first + n].run; n++)
		names[n] = commands[first + n].name;
	names[n] = "help";
	names[n + 1] = NULL;
	i = words_pick(words, names, WORDS_ALL);
	if (i < 0)
		return STATUS_USAGE;
	if ((unsigned int)i == n)
		return print_help(out, words, commands, notes);
	words_enter(words, names[i]);
	return commands[first + i].run(out, words);
}

/**
 * words_end - check that nothing follows
 * @words: the words
 *
 * Return: STATUS_DONE, or STATUS_USAGE after saying what is wrong.
 */
int words_end(const struct words *words)
{
	if (words->count)
		return usage_error(words, "\"%s\" is one word too many",
				   *words->next);
	return STATUS_DONE;
}

/**
 * words_value - read any word
 * @words: the words
 * @what: what it is the value of
 * @value: where it goes
 *
 * Return: STATUS_DONE, or STATUS_USAGE after saying what is wrong.
 */
int words_value(struct words *words, const char *what, const char **value)
{
	if (!words->count)
		return usage_error(words, "%s: a value is missing", what);
	*value = *words->next++;
	words->count--;
	return STATUS_DONE;
}

/**
 * words_number - read a number, decimal or 0x and hexadecimal
 * @words: the words
 * @what: what it is the value of
 * @min: the smallest that is right
 * @max: the largest that is right
 * @number: where it goes
 *
 * Return: STATUS_DONE, or STATUS_USAGE after saying what is wrong.
 */
int words_number(struct words *words, const char *what, uint64_t min,
		 uint64_t max, uint64_t *number)
{
	const char *word = "", *digits;
	bool hex;
	char *end;
	int err;

	err = words_value(words, what, &word);
	if (err)
		return err;
	hex = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
	digits = hex ? word + 2 : word;
	errno = 0;
	*number = strtoull(word, &end, hex ? 16 : 10);
	/* strtoull() also takes blanks, signs and a bare 0x */
	if (!(hex ? isxdigit((unsigned char)*digits) :
		    isdigit((unsigned char)*digits)) || *end)
		return usage_error(words, "%s: \"%s\" is not a number", what,
				   word);
	if (errno || *number < min || *number > max)
		return usage_error(words, "%s: %s is out of range: %" PRIu64
				   " to %" PRIu64, what, word, min, max);
	return STATUS_DONE;
}

/**
 * words_port - read a UDP port
 * @words: the words
 * @what: what it is the value of
 * @port: where it goes, in host order
 *
 * Return: STATUS_DONE, or STATUS_USAGE after saying what is wrong.
 */
int words_port(struct words *words, const char *what, uint16_t *port)
{
	uint64_t number;
	int err;

	err = words_number(words, what, 1, UINT16_MAX, &number);
	if (!err)
		*port = number;
	return err;
}

/**
 * words_name - read the name of a node or peer
 * @words: the words
 * @what: what it is the value of
 * @name: where it goes
 *
 * Return: STATUS_DONE, or STATUS_USAGE after saying what is wrong.
 */
int words_name(struct words *words, const char *what, const char **name)
{
	const char *c;
	int err;

	err = words_value(words, what, name);
	if (err)
		return err;
	if (!**name)
		return usage_error(words, "%s: the name is empty", what);
	if (strlen(*name) > FLOWSYNC_NAME_MAX)
		return usage_error(words, "%s: \"%s\" is longer than %d octets",
				   what, *name, FLOWSYNC_NAME_MAX);
	for (c = *name; *c; c++)
		if (isspace((unsigned char)*c) || iscntrl((unsigned char)*c))
			return usage_error(words, "%s: a name has no blanks or control characters",
					   what);
	return STATUS_DONE;
}

/**
 * words_address - read an IPv4 or IPv6 address
 * @words: the words
 * @what: what it is the value of
 * @address: where it goes
 *
 * Return: STATUS_DONE, or STATUS_USAGE after saying what is wrong.
 */
int words_address(struct words *words, const char *what,
		  struct address *address)
{
	const char *word = "";
	int err;

	err = words_value(words, what, &word);
	if (err)
		return err;
	if (inet_pton(AF_INET, word, address->octets) == 1) {
		address->family = AF_INET;
		address->length = 4;
		return STATUS_DONE;
	}
	if (inet_pton(AF_INET6, word, address->octets) == 1) {
		address->family = AF_INET6;
		address->length = 16;
		return STATUS_DONE;
	}
	return usage_error(words, "%s: \"%s\" is not an IPv4 or IPv6 address%s",
			   what, word, strchr(word, '%') ?
			   "; a device is named with \"dev\"" : "");
}

/**
 * words_device - read the name of a network device
 * @words: the words
 * @ifindex: where its index goes
 *
 * Return: STATUS_DONE, STATUS_USAGE, or STATUS_REFUSED if there is none of that
 * name in this network namespace.
 */
int words_device(struct words *words, uint32_t *ifindex)
{
	const char *name = "";
	int err;

	err = words_value(words, "dev", &name);
	if (err)
		return err;
	*ifindex = if_nametoindex(name);
	if (*ifindex)
		return STATUS_DONE;
	complain(words->where, "dev: \"%s\": %s", name, strerror(errno));
	return STATUS_REFUSED;
}

/**
 * words_timeout - read the last words, "[timeout SECONDS]"
 * @words: the words
 * @until: where the end of that time goes, on the clock of now_ms()
 *
 * Return: STATUS_DONE, or STATUS_USAGE after saying what is wrong.
 */
int words_timeout(struct words *words, uint64_t *until)
{
	static const char *const timeout_word[] = { "timeout", NULL };
	uint64_t seconds = TIMEOUT_DEFAULT;
	int err;

	if (words->count) {
		if (words_pick(words, timeout_word, WORDS_ALL) < 0)
			return STATUS_USAGE;
		err = words_number(words, "timeout", 0, TIMEOUT_MAX, &seconds);
		if (err)
			return err;
	}
	*until = now_ms() + seconds * 1000;
	return words_end(words);
}
