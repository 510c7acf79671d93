// SPDX-License-Identifier: GPL-2.0
/* link: the paths to a peer, one by one */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "link.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

/**
 * link_address - read the address of one end
 * @words: the words after "local" or "remote"
 * @link: where it goes
 * @local: which of the two
 *
 * Return: STATUS_DONE, or STATUS_USAGE after saying what is wrong.
 */
int link_address(struct words *words, struct link_wish *link, bool local)
{
	int err;

	err = words_address(words, local ? "local" : "remote",
			    local ? &link->local : &link->remote);
	if (!err && link->local.family && link->remote.family &&
	    link->local.family != link->remote.family)
		return usage_error(words, "link: one address is IPv4, the other IPv6");
	return err;
}

/**
 * link_complete - check that both ends were given
 * @words: the words
 * @link: the link
 *
 * Return: STATUS_DONE, or STATUS_USAGE after saying what is missing.
 */
int link_complete(const struct words *words, const struct link_wish *link)
{
	if (!link->local.family)
		return usage_error(words, "link: \"local\" is missing");
	if (!link->remote.family)
		return usage_error(words, "link: \"remote\" is missing");
	return STATUS_DONE;
}

/**
 * link_put - put a link into a request
 * @request: the request, in its peer
 * @link: the link
 */
void link_put(struct nlmsghdr *request, const struct link_wish *link)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start(request, FLOWSYNC_A_PEER_LINK);
	mnl_attr_put(request, FLOWSYNC_A_LINK_LOCAL, link->local.length,
		     link->local.octets);
	mnl_attr_put(request, FLOWSYNC_A_LINK_REMOTE, link->remote.length,
		     link->remote.octets);
	if (link->local_port)
		mnl_attr_put_u16(request, FLOWSYNC_A_LINK_LOCAL_PORT,
				 htons(link->local_port));
	if (link->remote_port)
		mnl_attr_put_u16(request, FLOWSYNC_A_LINK_REMOTE_PORT,
				 htons(link->remote_port));
	if (link->ifindex)
		mnl_attr_put_u32(request, FLOWSYNC_A_LINK_IFINDEX,
				 link->ifindex);
	mnl_attr_nest_end(request, nest);
}

static int link_peer(struct words *words, const char **name)
{
	static const char *const keywords[] = { "peer", NULL };

	if (words_pick(words, keywords, WORDS_ALL) < 0)
		return STATUS_USAGE;
	return words_name(words, "peer", name);
}

/* A link, to the end of the line or up to "to" */
static int parse(struct words *words, struct link_wish *link)
{
	enum { LOCAL, REMOTE, DEV, PORT };
	static const char *const keywords[] = {
		"local", "remote", "dev", "port", NULL
	};
	uint32_t may = WORD(LOCAL) | WORD(REMOTE) | WORD(DEV);
	uint16_t *port = NULL;
	int word, err = 0;

	while (!err && words->count && strcmp(*words->next, "to")) {
		/* a port is that of the address which stood last */
		word = words_pick(words, keywords,
				  may | (port ? WORD(PORT) : 0));
		if (word < 0)
			return STATUS_USAGE;
		may &= ~WORD(word);
		if (word == PORT) {
			err = words_port(words, "port", port);
			port = NULL;
		} else if (word == DEV) {
			err = words_device(words, &link->ifindex);
			port = NULL;
		} else {
			err = link_address(words, link, word == LOCAL);
			port = word == LOCAL ? &link->local_port :
					       &link->remote_port;
		}
	}
	return err ? err : link_complete(words, link);
}

/* peer NAME LINK, or peer NAME LINK to LINK */
static int change(struct words *words, enum flowsync_cmd cmd)
{
	static const char *const keywords[] = { "to", NULL };
	bool set = cmd == FLOWSYNC_CMD_LINK_SET;
	struct link_wish link = { 0 }, becomes = { 0 };
	struct nlmsghdr *request;
	struct nlattr *nest;
	const char *name;
	struct nl *nl;
	int err;

	err = link_peer(words, &name);
	if (!err)
		err = parse(words, &link);
	if (!err && set)
		err = words_pick(words, keywords, WORDS_ALL) < 0 ?
		      STATUS_USAGE : parse(words, &becomes);
	if (!err)
		err = words_end(words);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	request = nl_request(nl, cmd);
	nest = mnl_attr_nest_start(request, FLOWSYNC_A_PEER);
	mnl_attr_put_strz(request, FLOWSYNC_A_PEER_NAME, name);
	link_put(request, &link);
	if (set)
		link_put(request, &becomes);
	mnl_attr_nest_end(request, nest);
	err = nl_do(nl);
	nl_close(nl);
	return err;
}

static int link_add(struct out *out, struct words *words)
{
	return change(words, FLOWSYNC_CMD_LINK_ADD);
}

static int link_set(struct out *out, struct words *words)
{
	return change(words, FLOWSYNC_CMD_LINK_SET);
}

static int link_del(struct out *out, struct words *words)
{
	return change(words, FLOWSYNC_CMD_LINK_DEL);
}

static void print_end(struct out *out, const char *key, const char *port_key,
		      const struct nlattr *address, const struct nlattr *port)
{
	char text[ADDRESS_TEXT];

	out_string(out, key, key, attr_address(address, text));
	out_uint(out, port_key, "port", attr_port(port));
}

/* What it carried; that takes a line of its own */
static void print_carried(struct out *out, const struct nlattr **attrs)
{
	out_line(out, "        ");
	out_text(out, "tx");
	out_uint(out, "tx_datagrams", "datagrams",
		 attr_uint(attrs[FLOWSYNC_A_LINK_TX_DATAGRAMS]));
	out_uint(out, "tx_bytes", "bytes",
		 attr_uint(attrs[FLOWSYNC_A_LINK_TX_BYTES]));
	out_text(out, "rx");
	out_uint(out, "rx_datagrams", "datagrams",
		 attr_uint(attrs[FLOWSYNC_A_LINK_RX_DATAGRAMS]));
	out_uint(out, "rx_bytes", "bytes",
		 attr_uint(attrs[FLOWSYNC_A_LINK_RX_BYTES]));
	if (attrs[FLOWSYNC_A_LINK_SILENT_MS])
		out_unit(out, "silent_ms", "silent",
			 attr_uint(attrs[FLOWSYNC_A_LINK_SILENT_MS]), "ms");
}

/**
 * link_print - print a link
 * @out: printer, in an object
 * @peer: its peer's name, or NULL if that stands above
 * @link: FLOWSYNC_A_PEER_LINK
 */
void link_print(struct out *out, const char *peer, const struct nlattr *link)
{
	const struct nlattr *attrs[FLOWSYNC_A_LINK_MAX + 1];
	char name[IF_NAMESIZE];
	uint32_t ifindex;

	attrs_of_nest(link, attrs, FLOWSYNC_A_LINK_MAX);
	ifindex = attr_uint(attrs[FLOWSYNC_A_LINK_IFINDEX]);
	out_text(out, "link");
	if (peer)
		out_string(out, "peer", "peer", peer);
	print_end(out, "local", "local_port", attrs[FLOWSYNC_A_LINK_LOCAL],
		  attrs[FLOWSYNC_A_LINK_LOCAL_PORT]);
	print_end(out, "remote", "remote_port", attrs[FLOWSYNC_A_LINK_REMOTE],
		  attrs[FLOWSYNC_A_LINK_REMOTE_PORT]);
	if (ifindex) {
		/* a device that is gone has only its number left */
		if (!if_indextoname(ifindex, name))
			snprintf(name, sizeof(name), "if%u", ifindex);
		out_string(out, "dev", "dev", name);
		out_uint(out, "ifindex", NULL, ifindex);
	}
	out_string(out, "state", "state",
		   name_of(state_names,
			   attr_uint(attrs[FLOWSYNC_A_LINK_STATE])));
	out_uint(out, "mtu", out->details ? "mtu" : NULL,
		 attr_uint(attrs[FLOWSYNC_A_LINK_MTU]));
	if (out->stats)
		print_carried(out, attrs);
}

static void print_links(struct out *out, struct rows *rows)
{
	const struct nlattr *attrs[FLOWSYNC_A_PEER_MAX + 1];
	const struct nlattr *peer, *attr;

	out_array(out, NULL);
	while ((peer = rows_next(rows, FLOWSYNC_A_PEER))) {
		attrs_of_nest(peer, attrs, FLOWSYNC_A_PEER_MAX);
		mnl_attr_for_each_nested(attr, peer) {
			if (mnl_attr_get_type(attr) != FLOWSYNC_A_PEER_LINK)
				continue;
			out_object(out, NULL);
			link_print(out,
				   attr_string(attrs[FLOWSYNC_A_PEER_NAME]),
				   attr);
			out_object_end(out);
			out_end(out);
		}
	}
	out_array_end(out);
}

static int link_show(struct out *out, struct words *words)
{
	const char *name = NULL;
	struct rows rows;
	int err = 0;

	if (words->count)
		err = link_peer(words, &name);
	if (!err)
		err = words_end(words);
	if (!err)
		err = peer_get(words, name, &rows);
	if (err)
		return err;
	print_links(out, &rows);
	rows_free(&rows);
	return STATUS_DONE;
}

/**
 * link_object - run a command of the object link
 * @out: printer
 * @words: the words after "link"
 *
 * Return: enum status.
 */
int link_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "show", link_show, "[peer NAME]",
		  "show the links of all peers, or of one; with -s also what they carried" },
		{ "add", link_add, "peer NAME LINK",
		  "add a link to a peer, which goes on meanwhile" },
		{ "set", link_set, "peer NAME LINK to LINK",
		  "put another link in the place of one, which may be the only one" },
		{ "del", link_del, "peer NAME LINK",
		  "take a link from a peer, which goes on over the others" },
		{ 0 }
	};

	return words_run(out, words, commands,
			 "where LINK is local ADDRESS [port P] remote ADDRESS [port P] [dev IF]");
}
