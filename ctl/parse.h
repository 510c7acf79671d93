/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_PARSE_H
#define FLOWSYNCCTL_PARSE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

struct out;

/**
 * struct words - what is left of the command line
 * @count: words left
 * @next: the first of them, NULL after the last
 * @where: the words read so far that say what this is about: "peer add"
 */
struct words {
	int count;
	char **next;
	char where[64];
};

/**
 * struct command - one command of an object
 * @name: the word, or "" if the object has only this one
 * @run: reads the words that follow it and does it; returns an enum status
 * @usage: the words that follow it, for people
 * @help: one line of what it does
 */
struct command {
	const char *name;
	int (*run)(struct out *out, struct words *words);
	const char *usage;
	const char *help;
};

/**
 * struct address - an IP address
 * @family: AF_INET or AF_INET6; 0 for no address
 * @length: octets of it
 * @octets: in network order
 */
struct address {
	int family;
	unsigned int length;
	uint8_t octets[16];
};

void complain_as(const char *who);
void vcomplain(const char *where, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
void complain(const char *where, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int usage_error(const struct words *words, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A place in each list of words that words_pick() may choose from */
#define WORD(i)		(UINT32_C(1) << (i))
#define WORDS_ALL	(~UINT32_C(0))


void words_enter(struct words *words, const char *word);
bool word_matches(const char *word, const char *const list[]);
int words_pick(struct words *words, const char *const list[], uint32_t may);
int words_run(struct out *out, struct words *words,
	      const struct command *commands, const char *notes);
int words_end(const struct words *words);

int words_value(struct words *words, const char *what, const char **value);
int words_number(struct words *words, const char *what, uint64_t min,
		 uint64_t max, uint64_t *number);
int words_port(struct words *words, const char *what, uint16_t *port);
int words_name(struct words *words, const char *what, const char **name);
int words_address(struct words *words, const char *what,
		  struct address *address);
int words_timeout(struct words *words, uint64_t *until);
int words_device(struct words *words, uint32_t *ifindex);

#endif
