// SPDX-License-Identifier: GPL-2.0
/* The words for the numbers of the interface */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>

#include <linux/flowsync.h>
#include <linux/netfilter/nf_conntrack_tcp.h>

#include "names.h"

const char *const role_names[] = {
	[FLOWSYNC_ROLE_INIT]	= "init",
	[FLOWSYNC_ROLE_STANDBY]	= "standby",
	[FLOWSYNC_ROLE_ACTIVE]	= "active",
	NULL
};

const char *const on_split_names[] = {
	[FLOWSYNC_ON_SPLIT_EPOCH]	= "epoch",
	[FLOWSYNC_ON_SPLIT_PRIORITY]	= "priority",
	NULL
};

/* Of peers and of links */
const char *const state_names[] = {
	[FLOWSYNC_PEER_DOWN]	= "down",
	[FLOWSYNC_PEER_UP]	= "up",
	NULL
};

const char *const encryption_names[] = {
	[FLOWSYNC_ENCRYPTION_SEALED]	= "chacha20poly1305",
	[FLOWSYNC_ENCRYPTION_NONE]	= "none",
	NULL
};

const char *const handshake_names[] = {
	[FLOWSYNC_HANDSHAKE_NONE]	= "none",
	[FLOWSYNC_HANDSHAKE_DONE]	= "done",
	[FLOWSYNC_HANDSHAKE_BADKEY]	= "other-key",
	[FLOWSYNC_HANDSHAKE_BADVERSION]	= "no-common-version",
	[FLOWSYNC_HANDSHAKE_BADOPTION]	= "unknown-option",
	NULL
};

const char *const rotation_names[] = {
	[FLOWSYNC_ROTATION_NONE]	= "none",
	[FLOWSYNC_ROTATION_WAITING]	= "waiting",
	[FLOWSYNC_ROTATION_READY]	= "ready",
	NULL
};

const char *const table_names[] = {
	[FLOWSYNC_TABLE_UNSPEC]	= "unspec",
	[FLOWSYNC_TABLE_LOCAL]	= "local",
	[FLOWSYNC_TABLE_SHADOW]	= "shadow",
	NULL
};

const char *const mode_names[] = {
	[FLOWSYNC_MODE_UNSPEC]	= "unspec",
	[FLOWSYNC_MODE_OFF]	= "off",
	[FLOWSYNC_MODE_ASYNC]	= "async",
	NULL
};

const char *const conn_names[] = {
	[FLOWSYNC_CONN_UNSPEC]	= "unspec",
	[FLOWSYNC_CONN_REPLIED]	= "replied",
	[FLOWSYNC_CONN_ASSURED]	= "assured",
	NULL
};

const char *const sync_names[] = {
	[FLOWSYNC_SYNC_NONE]	= "none",
	[FLOWSYNC_SYNC_DIRTY]	= "dirty",
	[FLOWSYNC_SYNC_SENT]	= "sent",
	[FLOWSYNC_SYNC_SYNCED]	= "synced",
	NULL
};

const char *const install_names[] = {
	[FLOWSYNC_INSTALL_NONE]		= "none",
	[FLOWSYNC_INSTALL_INSTALLED]	= "installed",
	[FLOWSYNC_INSTALL_EXISTS]	= "exists",
	[FLOWSYNC_INSTALL_FULL]		= "full",
	[FLOWSYNC_INSTALL_NO_MEMORY]	= "no_memory",
	[FLOWSYNC_INSTALL_CLASH]	= "clash",
	[FLOWSYNC_INSTALL_ERROR]	= "error",
	NULL
};

const char *const event_names[] = {
	[FLOWSYNC_EVENT_UNSPEC]		= "unspec",
	[FLOWSYNC_EVENT_PEER_UP]	= "peer-up",
	[FLOWSYNC_EVENT_PEER_DOWN]	= "peer-down",
	[FLOWSYNC_EVENT_PEER_RESTART]	= "peer-restart",
	[FLOWSYNC_EVENT_LINK_UP]	= "link-up",
	[FLOWSYNC_EVENT_LINK_DOWN]	= "link-down",
	[FLOWSYNC_EVENT_GROUP_ROLE]	= "group-role",
	[FLOWSYNC_EVENT_INSTALL_DONE]	= "install-done",
	[FLOWSYNC_EVENT_PEER_GROUP]	= "peer-group",
	[FLOWSYNC_EVENT_PEER_COMPLETE]	= "peer-complete",
	[FLOWSYNC_EVENT_PEER_BEHIND]	= "peer-behind",
	[FLOWSYNC_EVENT_TABLE_FULL]	= "table-full",
	[FLOWSYNC_EVENT_TABLE_ROOM]	= "table-room",
	[FLOWSYNC_EVENT_PEER_LAG]	= "peer-lag",
	[FLOWSYNC_EVENT_PEER_CAUGHT_UP]	= "peer-caught-up",
	[FLOWSYNC_EVENT_PEER_OPTION]	= "peer-option",
	[FLOWSYNC_EVENT_FLOW_LOST]	= "flow-lost",
	[FLOWSYNC_EVENT_REFUSED]	= "refused",
	NULL
};

const char *const tcp_state_names[] = {
	[TCP_CONNTRACK_NONE]		= "NONE",
	[TCP_CONNTRACK_SYN_SENT]	= "SYN_SENT",
	[TCP_CONNTRACK_SYN_RECV]	= "SYN_RECV",
	[TCP_CONNTRACK_ESTABLISHED]	= "ESTABLISHED",
	[TCP_CONNTRACK_FIN_WAIT]	= "FIN_WAIT",
	[TCP_CONNTRACK_CLOSE_WAIT]	= "CLOSE_WAIT",
	[TCP_CONNTRACK_LAST_ACK]	= "LAST_ACK",
	[TCP_CONNTRACK_TIME_WAIT]	= "TIME_WAIT",
	[TCP_CONNTRACK_CLOSE]		= "CLOSE",
	[TCP_CONNTRACK_SYN_SENT2]	= "SYN_SENT2",
	NULL
};

/* enum flowsync_flow_status, by the number of the bit */
const char *const status_names[32] = {
	[0]	= "SEEN_REPLY",
	[1]	= "ASSURED",
	[2]	= "SRC_NAT",
	[3]	= "DST_NAT",
	[4]	= "FIXED_TIMEOUT",
	[15]	= "INSTALLED",
};

/* enum flowsync_standing, by the number of the bit */
const char *const standing_names[] = {
	"complete", "synced", "handover", "holds", "left", NULL
};

/* Options of records, by number */
const char *const record_option_names[64] = {
	[0x00]	= "repeats",
	[0x01]	= "zone",
	[0x02]	= "windows",
	[0x03]	= "mark",
	[0x04]	= "labels",
	[0x05]	= "helper",
	[0x06]	= "sequence-adjustment",
	[0x07]	= "syn-proxy",
	[0x08]	= "sctp",
	[0x09]	= "dccp",
	[0x0a]	= "accounting",
	[0x0b]	= "start",
	[0x0c]	= "expectations",
	[0x0d]	= "master",
	[0x0e]	= "secmark",
	[0x0f]	= "timeouts",
};

const char *const channel_names[] = {
	"control", "record", "handshake", NULL
};

static const char *number_name(uint64_t number)
{
	static char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	return text;
}

/**
 * name_of - the word for a number
 * @list: the words
 * @number: its place there
 *
 * Return: the word; the number itself, until the next call, if a newer module
 * knows more of them than this program.
 */
const char *name_of(const char *const list[], uint64_t number)
{
	uint64_t i;

	for (i = 0; list[i]; i++)
		if (i == number)
			return list[i];
	return number_name(number);
}

/**
 * name_of_protocol - the word for a protocol above IP
 * @protocol: IPPROTO_*
 *
 * Return: the word, or the number, until the next call.
 */
const char *name_of_protocol(uint64_t protocol)
{
	switch (protocol) {
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_DCCP:
		return "dccp";
	case IPPROTO_GRE:
		return "gre";
	case IPPROTO_ESP:
		return "esp";
	case IPPROTO_AH:
		return "ah";
	case IPPROTO_ICMPV6:
		return "icmpv6";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_UDPLITE:
		return "udplite";
	default:
		return number_name(protocol);
	}
}
