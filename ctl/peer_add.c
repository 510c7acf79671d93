// SPDX-License-Identifier: GPL-2.0
/* peer add and set: a peer, its links and options, from words into a request */
#include <stdbool.h>
#include <string.h>

#include "cmd.h"
#include "key.h"
#include "link.h"
#include "names.h"
#include "nl.h"
#include "parse.h"

enum peer_word {
	WORD_ID, WORD_KEY_FILE, WORD_ENCRYPTION, WORD_REKEY,
	WORD_HEARTBEAT, WORD_DEAD, WORD_DELAY, WORD_LINK,
	WORD_LOCAL, WORD_REMOTE, WORD_PORT, WORD_DEV,
	WORD_MTU, WORD_RATE, WORD_WITHIN, WORD_LAG_FLOWS, WORD_LAG_AGE,
	WORD_NEXT_KEY_FILE, WORD_DROP_OLD_KEY,
	PEER_WORD_COUNT
};

/**
 * struct peer_wish - a peer as the command line has it
 * @name: its name
 * @id: its node id
 * @heartbeat_ms: 0 if not given
 * @dead_count: 0 if not given
 * @delay_ms: UINT64_MAX if not given
 * @encryption: enum flowsync_encryption
 * @keyed: there is a @key
 * @key: the pre-shared key
 * @next_keyed: there is a @next_key
 * @next_key: a second one
 * @drop_old_key: the first is to be forgotten
 * @rekey_s: 0 if not given
 * @given: which options are, as WORD() bits
 * @option: their values, by enum peer_word
 * @links: its links
 * @link_count: how many
 */
struct peer_wish {
	const char *name;
	uint64_t id;
	uint64_t heartbeat_ms;
	uint64_t dead_count;
	uint64_t delay_ms;
	int encryption;
	bool keyed;
	unsigned char key[FLOWSYNC_KEY_LENGTH];
	bool next_keyed;
	unsigned char next_key[FLOWSYNC_KEY_LENGTH];
	bool drop_old_key;
	uint64_t rekey_s;
	uint32_t given;
	uint64_t option[PEER_WORD_COUNT];
	struct link_wish links[FLOWSYNC_LINKS_MAX];
	unsigned int link_count;
};

static const char *const peer_words[] = {
	[WORD_ID]	 = "id",
	[WORD_KEY_FILE]	 = "key-file",
	[WORD_ENCRYPTION] = "encryption",
	[WORD_REKEY]	 = "rekey",
	[WORD_HEARTBEAT] = "heartbeat",
	[WORD_DEAD]	 = "dead",
	[WORD_DELAY]	 = "delay",
	[WORD_LINK]	 = "link",
	[WORD_LOCAL]	 = "local",
	[WORD_REMOTE]	 = "remote",
	[WORD_PORT]	 = "port",
	[WORD_DEV]	 = "dev",
	[WORD_MTU]	 = "mtu",
	[WORD_RATE]	 = "resync-rate",
	[WORD_WITHIN]	 = "resync-within",
	[WORD_LAG_FLOWS] = "lag-flows",
	[WORD_LAG_AGE]	 = "lag-age",
	[WORD_NEXT_KEY_FILE] = "next-key-file",
	[WORD_DROP_OLD_KEY] = "drop-old-key",
	NULL
};

#define LINK_WORDS	(WORD(WORD_LOCAL) | WORD(WORD_REMOTE) | WORD(WORD_DEV))
#define OPTION_WORDS	(WORD(WORD_MTU) | WORD(WORD_RATE) | WORD(WORD_WITHIN) | \
			 WORD(WORD_LAG_FLOWS) | WORD(WORD_LAG_AGE))
#define PEER_WORDS	(WORD(WORD_ID) | WORD(WORD_KEY_FILE) | \
			 WORD(WORD_ENCRYPTION) | WORD(WORD_REKEY) | \
			 WORD(WORD_HEARTBEAT) | WORD(WORD_DEAD) | \
			 WORD(WORD_DELAY) | WORD(WORD_NEXT_KEY_FILE) | \
			 WORD(WORD_LINK) | OPTION_WORDS)
#define SET_WORDS	(OPTION_WORDS | WORD(WORD_NEXT_KEY_FILE) | \
			 WORD(WORD_DROP_OLD_KEY))

/* What an option may be, and the attribute it goes into */
static const struct {
	enum peer_word word;
	enum flowsync_peer_attr attr;
	uint64_t min, max;
} options[] = {
	{ WORD_MTU, FLOWSYNC_A_PEER_MTU, FLOWSYNC_MTU_MIN, FLOWSYNC_MTU_MAX },
	{ WORD_RATE, FLOWSYNC_A_PEER_RESYNC_RATE, 0, UINT32_MAX },
	{ WORD_WITHIN, FLOWSYNC_A_PEER_RESYNC_MS, FLOWSYNC_RESYNC_MS_MIN,
	  FLOWSYNC_RESYNC_MS_MAX },
	{ WORD_LAG_FLOWS, FLOWSYNC_A_PEER_LAG_FLOWS, 0, UINT32_MAX },
	{ WORD_LAG_AGE, FLOWSYNC_A_PEER_LAG_MS, 0, UINT32_MAX },
};

#define OPTIONS	(sizeof(options) / sizeof(options[0]))

/**
 * struct peer_parse - where in the words of "peer add" we are
 * @wish: what they said so far
 * @link: the link they are about, NULL before the first
 * @port: the port of the address that stood last, NULL after anything else
 * @left: the words that may still come, but for "port", as WORD() bits
 */
struct peer_parse {
	struct peer_wish *wish;
	struct link_wish *link;
	uint16_t *port;
	uint32_t left;
};

static int parse_link(struct words *words, struct peer_parse *parse)
{
	struct peer_wish *wish = parse->wish;

	if (wish->link_count == FLOWSYNC_LINKS_MAX)
		return usage_error(words, "a peer has at most %d links",
				   FLOWSYNC_LINKS_MAX);
	parse->link = &wish->links[wish->link_count++];
	parse->left |= LINK_WORDS | WORD(WORD_LINK);
	return STATUS_DONE;
}

static int parse_address(struct words *words, struct peer_parse *parse,
			 bool local)
{
	struct link_wish *link = parse->link;

	parse->port = local ? &link->local_port : &link->remote_port;
	return link_address(words, link, local);
}

static int parse_option(struct words *words, struct peer_wish *wish,
			enum peer_word word)
{
	unsigned int i;

	for (i = 0; options[i].word != word; i++)
		;
	wish->given |= WORD(word);
	return words_number(words, peer_words[word], options[i].min,
			    options[i].max, &wish->option[word]);
}

static void put_options(struct nlmsghdr *request, const struct peer_wish *wish)
{
	unsigned int i;

	if (wish->next_keyed)
		mnl_attr_put(request, FLOWSYNC_A_PEER_NEXT_KEY,
			     sizeof(wish->next_key), wish->next_key);
	if (wish->drop_old_key)
		mnl_attr_put(request, FLOWSYNC_A_PEER_DROP_OLD_KEY, 0, NULL);
	for (i = 0; i < OPTIONS; i++)
		if (wish->given & WORD(options[i].word))
			mnl_attr_put_u32(request, options[i].attr,
					 wish->option[options[i].word]);
}

/* Read one word and its value */
static int parse_word(struct words *words, struct peer_parse *parse)
{
	const struct link_wish *link = parse->link;
	struct peer_wish *wish = parse->wish;
	uint32_t may = parse->left;
	uint16_t *port = parse->port;
	int word;

	/* a link is left only when both its ends are known */
	if (link && (!link->local.family || !link->remote.family))
		may &= LINK_WORDS;
	word = words_pick(words, peer_words, may | (port ? WORD(WORD_PORT) : 0));
	if (word < 0)
		return STATUS_USAGE;
	parse->left &= ~WORD(word);
	parse->port = NULL;
	switch ((enum peer_word)word) {
	case WORD_ID:
		return words_number(words, "id", 1, UINT32_MAX, &wish->id);
	case WORD_KEY_FILE:
		parse->left &= ~WORD(WORD_ENCRYPTION);
		wish->keyed = true;
		return words_key(words, "key-file", wish->key);
	case WORD_NEXT_KEY_FILE:
		parse->left &= ~WORD(WORD_DROP_OLD_KEY);
		wish->next_keyed = true;
		return words_key(words, "next-key-file", wish->next_key);
	case WORD_DROP_OLD_KEY:
		parse->left &= ~WORD(WORD_NEXT_KEY_FILE);
		wish->drop_old_key = true;
		return STATUS_DONE;
	case WORD_ENCRYPTION:
		parse->left &= ~WORD(WORD_KEY_FILE);
		wish->encryption = words_pick(words, encryption_names,
				WORD(FLOWSYNC_ENCRYPTION_NONE));
		return wish->encryption < 0 ? STATUS_USAGE : STATUS_DONE;
	case WORD_REKEY:
		return words_number(words, "rekey", FLOWSYNC_REKEY_S_MIN,
				    FLOWSYNC_REKEY_S_MAX, &wish->rekey_s);
	case WORD_HEARTBEAT:
		return words_number(words, "heartbeat",
				    FLOWSYNC_HEARTBEAT_MS_MIN,
				    FLOWSYNC_HEARTBEAT_MS_MAX,
				    &wish->heartbeat_ms);
	case WORD_DEAD:
		return words_number(words, "dead", 1, FLOWSYNC_DEAD_COUNT_MAX,
				    &wish->dead_count);
	case WORD_DELAY:
		return words_number(words, "delay", 0, FLOWSYNC_DELAY_MS_MAX,
				    &wish->delay_ms);
	case WORD_LINK:
		return parse_link(words, parse);
	case WORD_LOCAL:
	case WORD_REMOTE:
		return parse_address(words, parse, word == WORD_LOCAL);
	case WORD_PORT:
		return words_port(words, "port", port);
	case WORD_DEV:
		return words_device(words, &parse->link->ifindex);
	default:
		return parse_option(words, wish, word);
	}
}

static int parse_peer(struct words *words, struct peer_wish *wish)
{
	struct peer_parse parse = { .wish = wish, .left = PEER_WORDS };
	int err;

	err = words_name(words, "NAME", &wish->name);
	while (!err && words->count)
		err = parse_word(words, &parse);
	if (err)
		return err;
	if (!wish->id)
		return usage_error(words, "\"id\" is missing");
	if (!parse.link)
		return usage_error(words, "\"link\" is missing");
	err = link_complete(words, parse.link);
	if (err)
		return err;
	if (!wish->keyed && wish->encryption != FLOWSYNC_ENCRYPTION_NONE)
		return usage_error(words, "\"key-file\" is missing");
	return STATUS_DONE;
}

/**
 * peer_add - define a peer
 * @out: printer
 * @words: the words after "add"
 *
 * Return: enum status.
 */
int peer_add(struct out *out, struct words *words)
{
	struct peer_wish wish = { .delay_ms = UINT64_MAX };
	struct nlmsghdr *request;
	struct nlattr *nest;
	unsigned int i;
	struct nl *nl;
	int err;

	err = parse_peer(words, &wish);
	if (err)
		goto out;
	err = STATUS_REFUSED;
	nl = nl_open(words->where);
	if (!nl)
		goto out;
	request = nl_request(nl, FLOWSYNC_CMD_PEER_ADD);
	nest = mnl_attr_nest_start(request, FLOWSYNC_A_PEER);
	mnl_attr_put_strz(request, FLOWSYNC_A_PEER_NAME, wish.name);
	mnl_attr_put_u32(request, FLOWSYNC_A_PEER_ID, wish.id);
	if (wish.heartbeat_ms)
		mnl_attr_put_u32(request, FLOWSYNC_A_PEER_HEARTBEAT_MS,
				 wish.heartbeat_ms);
	if (wish.dead_count)
		mnl_attr_put_u32(request, FLOWSYNC_A_PEER_DEAD_COUNT,
				 wish.dead_count);
	if (wish.delay_ms != UINT64_MAX)
		mnl_attr_put_u32(request, FLOWSYNC_A_PEER_DELAY_MS,
				 wish.delay_ms);
	if (wish.keyed)
		mnl_attr_put(request, FLOWSYNC_A_PEER_KEY, sizeof(wish.key),
			     wish.key);
	if (wish.encryption)
		mnl_attr_put_u32(request, FLOWSYNC_A_PEER_ENCRYPTION,
				 wish.encryption);
	if (wish.rekey_s)
		mnl_attr_put_u32(request, FLOWSYNC_A_PEER_REKEY_S,
				 wish.rekey_s);
	put_options(request, &wish);
	for (i = 0; i < wish.link_count; i++)
		link_put(request, &wish.links[i]);
	mnl_attr_nest_end(request, nest);
	err = nl_do(nl);
	nl_close(nl);
out:
	explicit_bzero(&wish, sizeof(wish));
	return err;
}

/**
 * peer_set - change a peer
 * @out: printer
 * @words: the words after "set"
 *
 * Return: enum status.
 */
int peer_set(struct out *out, struct words *words)
{
	struct peer_wish wish = { 0 };
	struct peer_parse parse = { .wish = &wish, .left = SET_WORDS };
	struct nlmsghdr *request;
	struct nlattr *nest;
	struct nl *nl;
	int err;

	err = words_name(words, "NAME", &wish.name);
	if (!err && !words->count)
		err = usage_error(words, "nothing to change is given");
	while (!err && words->count)
		err = parse_word(words, &parse);
	if (err)
		goto out;
	err = STATUS_REFUSED;
	nl = nl_open(words->where);
	if (!nl)
		goto out;
	request = nl_request(nl, FLOWSYNC_CMD_PEER_SET);
	nest = mnl_attr_nest_start(request, FLOWSYNC_A_PEER);
	mnl_attr_put_strz(request, FLOWSYNC_A_PEER_NAME, wish.name);
	put_options(request, &wish);
	mnl_attr_nest_end(request, nest);
	err = nl_do(nl);
	nl_close(nl);
out:
	explicit_bzero(&wish, sizeof(wish));
	return err;
}
