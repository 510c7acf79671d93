// SPDX-License-Identifier: GPL-2.0
/* peer: the other nodes, and the links to them */
#include <stdio.h>

#include "cmd.h"
#include "link.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "parse.h"
#include "reply.h"

/**
 * peer_request - begin a request about peers
 * @nl: connection
 * @cmd: what is asked
 * @name: which peer, or NULL for all
 */
void peer_request(struct nl *nl, enum flowsync_cmd cmd, const char *name)
{
	struct nlmsghdr *request = nl_request(nl, cmd);
	struct nlattr *nest;

	if (!name)
		return;
	nest = mnl_attr_nest_start(request, FLOWSYNC_A_PEER);
	mnl_attr_put_strz(request, FLOWSYNC_A_PEER_NAME, name);
	mnl_attr_nest_end(request, nest);
}

/**
 * peer_get - ask for peers
 * @words: what the words were about, for messages
 * @name: which peer, or NULL for all
 * @rows: where they go; to be freed if it is done
 *
 * Return: enum status.
 */
int peer_get(const struct words *words, const char *name, struct rows *rows)
{
	struct nl *nl = nl_open(words->where);
	int err;

	if (!nl)
		return STATUS_REFUSED;
	peer_request(nl, FLOWSYNC_CMD_PEER_GET, name);
	err = name ? nl_get(nl, rows) : nl_dump(nl, rows);
	nl_close(nl);
	return err;
}

/**
 * peer_command - do something with the one peer that the words name
 * @words: the peer's name, and nothing else
 * @cmd: what to do
 *
 * Return: enum status.
 */
int peer_command(struct words *words, enum flowsync_cmd cmd)
{
	const char *name;
	struct nl *nl;
	int err;

	err = words_name(words, "NAME", &name);
	if (!err)
		err = words_end(words);
	if (err)
		return err;
	nl = nl_open(words->where);
	if (!nl)
		return STATUS_REFUSED;
	peer_request(nl, cmd, name);
	err = nl_do(nl);
	nl_close(nl);
	return err;
}

static int peer_del(struct out *out, struct words *words)
{
	return peer_command(words, FLOWSYNC_CMD_PEER_DEL);
}

static void print_link(struct out *out, const struct nlattr *link)
{
	out_line(out, "    ");
	out_object(out, NULL);
	link_print(out, NULL, link);
	out_object_end(out);
}

static void print_traffic(struct out *out, const struct nlattr **attrs)
{
	out_line(out, "    ");
	out_text(out, "tx");
	out_uint(out, "tx_datagrams", "datagrams",
		 attr_uint(attrs[FLOWSYNC_A_PEER_TX_DATAGRAMS]));
	out_uint(out, "tx_bytes", "bytes",
		 attr_uint(attrs[FLOWSYNC_A_PEER_TX_BYTES]));
	out_uint(out, "tx_records", "records",
		 attr_uint(attrs[FLOWSYNC_A_PEER_TX_RECORDS]));
	out_uint(out, "tx_lost", "lost",
		 attr_uint(attrs[FLOWSYNC_A_PEER_TX_LOST]));
	out_unit(out, "rtt_us", "rtt",
		 attr_uint(attrs[FLOWSYNC_A_PEER_RTT_US]), "us");
	out_line(out, "    ");
	out_text(out, "rx");
	out_uint(out, "rx_datagrams", "datagrams",
		 attr_uint(attrs[FLOWSYNC_A_PEER_RX_DATAGRAMS]));
	out_uint(out, "rx_bytes", "bytes",
		 attr_uint(attrs[FLOWSYNC_A_PEER_RX_BYTES]));
	out_uint(out, "rx_records", "records",
		 attr_uint(attrs[FLOWSYNC_A_PEER_RX_RECORDS]));
	out_uint(out, "rx_gaps", "gaps",
		 attr_uint(attrs[FLOWSYNC_A_PEER_RX_GAPS]));
}

static void print_group(struct out *out, const struct nlattr *group)
{
	out_line(out, "    ");
	out_object(out, NULL);
	group_print_told(out, group);
	out_object_end(out);
}

/* How much of what the peer missed it was told, while some is left */
static void print_resync(struct out *out, const struct nlattr **attrs)
{
	uint64_t total = attr_uint(attrs[FLOWSYNC_A_PEER_RESYNC_TOTAL]);
	uint64_t left = attr_uint(attrs[FLOWSYNC_A_PEER_RESYNC_LEFT]);

	out_uint(out, "resync_left", left ? "resync" : NULL, left);
	if (left)
		out_text(out, "of");
	out_uint(out, "resync_total", left ? "" : NULL, total);
	if (!out->details)
		return;
	out_uint(out, "resync_rate", "resync-rate",
		 attr_uint(attrs[FLOWSYNC_A_PEER_RESYNC_RATE]));
	out_unit(out, "resync_ms", "resync-within",
		 attr_uint(attrs[FLOWSYNC_A_PEER_RESYNC_MS]), "ms");
	if (attrs[FLOWSYNC_A_PEER_MTU])
		out_uint(out, "mtu_most", "mtu-most",
			 attr_uint(attrs[FLOWSYNC_A_PEER_MTU]));
	out_uint(out, "lag_flows", "lag-flows",
		 attr_uint(attrs[FLOWSYNC_A_PEER_LAG_FLOWS]));
	out_unit(out, "lag_ms", "lag-age",
		 attr_uint(attrs[FLOWSYNC_A_PEER_LAG_MS]), "ms");
}

/* What became of flows of this node that it installed */
static void print_installs(struct out *out, const struct nlattr *peer)
{
	const struct nlattr *attrs[FLOWSYNC_A_INSTALL_MAX + 1];
	const struct nlattr *attr;
	const char *name;

	out_line(out, "    ");
	out_text(out, "installs");
	out_object(out, "installs");
	mnl_attr_for_each_nested(attr, peer) {
		if (mnl_attr_get_type(attr) != FLOWSYNC_A_PEER_INSTALL)
			continue;
		attrs_of_nest(attr, attrs, FLOWSYNC_A_INSTALL_MAX);
		name = name_of(install_names,
			       attr_uint(attrs[FLOWSYNC_A_INSTALL_RESULT]));
		out_uint(out, name, name,
			 attr_uint(attrs[FLOWSYNC_A_INSTALL_COUNT]));
	}
	out_object_end(out);
}

/* How datagrams are sealed; and a warning if they are not. */
static void print_seal(struct out *out, const struct nlattr **attrs)
{
	uint64_t encryption = attr_uint(attrs[FLOWSYNC_A_PEER_ENCRYPTION]);
	uint64_t handshake = attr_uint(attrs[FLOWSYNC_A_PEER_HANDSHAKE]);
	uint64_t rotation = attr_uint(attrs[FLOWSYNC_A_PEER_ROTATION]);

	out_string(out, "encryption",
		   encryption == FLOWSYNC_ENCRYPTION_NONE ?
		   "WARNING: encryption" : out->details ? "encryption" : NULL,
		   name_of(encryption_names, encryption));
	out_string(out, "handshake",
		   out->details || handshake != FLOWSYNC_HANDSHAKE_DONE ?
		   "handshake" : NULL, name_of(handshake_names, handshake));
	out_string(out, "rotation",
		   rotation != FLOWSYNC_ROTATION_NONE ? "rotation" : NULL,
		   name_of(rotation_names, rotation));
	if (out->details)
		out_unit(out, "rekey_s", "rekey",
			 attr_uint(attrs[FLOWSYNC_A_PEER_REKEY_S]), "s");
	if (!out->stats)
		return;
	out_uint(out, "rekeys", "rekeys",
		 attr_uint(attrs[FLOWSYNC_A_PEER_REKEYS]));
	if (attrs[FLOWSYNC_A_PEER_KEY_AGE_MS])
		out_unit(out, "key_age_ms", "key-age",
			 attr_uint(attrs[FLOWSYNC_A_PEER_KEY_AGE_MS]), "ms");
}

/* Options of a channel, by their names or numbers; nothing if there are none. */
static void print_options(struct out *out, const char *key, const char *word,
			  const struct nlattr *attr, const char *const *names)
{
	uint64_t options = attr_uint(attr);
	unsigned int n;
	char text[8];

	if (!options)
		return;
	out_text(out, word);
	out_array(out, key);
	for (n = 0; n < 64; n++) {
		if (!(options >> n & 1))
			continue;
		snprintf(text, sizeof(text), "0x%02x", n);
		out_string(out, NULL, "",
			   names && names[n] ? names[n] : text);
	}
	out_array_end(out);
}

/* What the two do not understand of each other, and what came of that */
static void print_dialect(struct out *out, const struct nlattr **attrs)
{
	uint64_t unknown = attr_uint(attrs[FLOWSYNC_A_PEER_UNKNOWN]);
	char text[24];

	print_options(out, "left_out", "left-out",
		      attrs[FLOWSYNC_A_PEER_LEFT_OUT], record_option_names);
	print_options(out, "refused", "WARNING: not told flows with",
		      attrs[FLOWSYNC_A_PEER_REFUSED], record_option_names);
	if (unknown) {
		snprintf(text, sizeof(text), "%s 0x%02x",
			 name_of(channel_names, unknown >> 8),
			 (unsigned int)unknown & 0xff);
		out_string(out, "unknown_option", "WARNING: unknown-option",
			   text);
	}
	if (!out->details || !attrs[FLOWSYNC_A_PEER_VERSION_MAX])
		return;
	out_line(out, "    ");
	out_text(out, "speaks");
	out_uint(out, "version_min", "version",
		 attr_uint(attrs[FLOWSYNC_A_PEER_VERSION_MIN]));
	out_uint(out, "version_max", "to",
		 attr_uint(attrs[FLOWSYNC_A_PEER_VERSION_MAX]));
	print_options(out, "records_here", "records-only-here",
		      attrs[FLOWSYNC_A_PEER_RECORDS_HERE], record_option_names);
	print_options(out, "records_there", "records-only-there",
		      attrs[FLOWSYNC_A_PEER_RECORDS_THERE], record_option_names);
	print_options(out, "controls_here", "controls-only-here",
		      attrs[FLOWSYNC_A_PEER_CONTROLS_HERE], NULL);
	print_options(out, "controls_there", "controls-only-there",
		      attrs[FLOWSYNC_A_PEER_CONTROLS_THERE], NULL);
}

/**
 * peer_print - print a peer
 * @out: printer, in an object
 * @peer: FLOWSYNC_A_PEER
 */
void peer_print(struct out *out, const struct nlattr *peer)
{
	const struct nlattr *attrs[FLOWSYNC_A_PEER_MAX + 1];
	const struct nlattr *attr;
	bool full;

	attrs_of_nest(peer, attrs, FLOWSYNC_A_PEER_MAX);
	full = attr_uint(attrs[FLOWSYNC_A_PEER_FULL]);
	out_string(out, "name", "peer",
		   attr_string(attrs[FLOWSYNC_A_PEER_NAME]));
	out_uint(out, "id", "id", attr_uint(attrs[FLOWSYNC_A_PEER_ID]));
	out_string(out, "state", "state",
		   name_of(state_names,
			   attr_uint(attrs[FLOWSYNC_A_PEER_STATE])));
	out_string(out, "sync", "sync",
		   attr_uint(attrs[FLOWSYNC_A_PEER_SYNCED]) ? "synced" :
							      "not-synced");
	print_seal(out, attrs);
	print_dialect(out, attrs);
	out_unit(out, "heartbeat_ms", "heartbeat",
		 attr_uint(attrs[FLOWSYNC_A_PEER_HEARTBEAT_MS]), "ms");
	out_uint(out, "dead_count", "dead",
		 attr_uint(attrs[FLOWSYNC_A_PEER_DEAD_COUNT]));
	out_unit(out, "delay_ms", "delay",
		 attr_uint(attrs[FLOWSYNC_A_PEER_DELAY_MS]), "ms");
	out_uint(out, "dirty", "dirty",
		 attr_uint(attrs[FLOWSYNC_A_PEER_DIRTY]));
	out_uint(out, "inflight", "inflight",
		 attr_uint(attrs[FLOWSYNC_A_PEER_INFLIGHT]));
	out_uint(out, "unacked", out->stats ? "unacked" : NULL,
		 attr_uint(attrs[FLOWSYNC_A_PEER_UNACKED]));
	out_unit(out, "oldest_ms", out->stats ? "oldest" : NULL,
		 attr_uint(attrs[FLOWSYNC_A_PEER_OLDEST_MS]), "ms");
	out_uint(out, "known", "known",
		 attr_uint(attrs[FLOWSYNC_A_PEER_KNOWN]));
	out_uint(out, "shadow", "shadow",
		 attr_uint(attrs[FLOWSYNC_A_PEER_SHADOW]));
	print_resync(out, attrs);
	out_string(out, "table", full ? "table" : NULL, full ? "full" : "room");
	if (out->stats)
		out_uint(out, "room", "room",
			 attr_uint(attrs[FLOWSYNC_A_PEER_ROOM]));
	if (out->details)
		out_hex(out, "session", "session",
			attr_uint(attrs[FLOWSYNC_A_PEER_SESSION]));
	if (out->stats && attrs[FLOWSYNC_A_PEER_SILENT_MS])
		out_unit(out, "silent_ms", "silent",
			 attr_uint(attrs[FLOWSYNC_A_PEER_SILENT_MS]), "ms");
	if (out->stats) {
		out_uint(out, "complete", "complete",
			 attr_uint(attrs[FLOWSYNC_A_PEER_COMPLETE]));
		out_uint(out, "verify_pass", "verify-pass",
			 attr_uint(attrs[FLOWSYNC_A_PEER_VERIFY_PASS]));
		out_uint(out, "verify_left", "verify-left",
			 attr_uint(attrs[FLOWSYNC_A_PEER_VERIFY_LEFT]));
		out_uint(out, "repaired", "repaired",
			 attr_uint(attrs[FLOWSYNC_A_PEER_REPAIRED]));
		print_traffic(out, attrs);
		print_installs(out, peer);
	}
	out_array(out, "links");
	mnl_attr_for_each_nested(attr, peer)
		if (mnl_attr_get_type(attr) == FLOWSYNC_A_PEER_LINK)
			print_link(out, attr);
	out_array_end(out);
	out_array(out, "groups");
	mnl_attr_for_each_nested(attr, peer)
		if (mnl_attr_get_type(attr) == FLOWSYNC_A_PEER_GROUP)
			print_group(out, attr);
	out_array_end(out);
}

static int peer_show(struct out *out, struct words *words)
{
	const char *name = NULL;
	struct rows rows;
	int err = 0;

	if (words->count)
		err = words_name(words, "NAME", &name);
	if (!err)
		err = words_end(words);
	if (!err)
		err = peer_get(words, name, &rows);
	if (err)
		return err;
	rows_print(out, NULL, &rows, FLOWSYNC_A_PEER, peer_print);
	rows_free(&rows);
	return STATUS_DONE;
}

/**
 * peer_object - run a command of the object peer
 * @out: printer
 * @words: the words after "peer"
 *
 * Return: enum status.
 */
int peer_object(struct out *out, struct words *words)
{
	static const struct command commands[] = {
		{ "show", peer_show, "[NAME]",
		  "show the peers, or one of them; with -s also its traffic" },
		{ "add", peer_add,
		  "NAME id N SEAL [next-key-file FILE] [heartbeat MS] [dead COUNT] [delay MS] [OPTION]... LINK [LINK]...",
		  "define a peer and the links to it" },
		{ "set", peer_set,
		  "NAME [next-key-file FILE | drop-old-key] [OPTION]...",
		  "change what needs no new peer" },
		{ "del", peer_del, "NAME", "delete a peer" },
		{ 0 }
	};

	return words_run(out, words, commands,
			 "where LINK is link local ADDRESS [port P] remote ADDRESS [port P] [dev IF]\n"
			 "      SEAL is key-file FILE [rekey SECONDS], FILE - for standard input,\n"
			 "           or encryption none, which needs a dev in each LINK\n"
			 "      OPTION is mtu OCTETS, resync-rate FLOWS, resync-within MS, lag-flows FLOWS or lag-age MS");
}
