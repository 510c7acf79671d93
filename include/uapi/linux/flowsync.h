/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * flowsync: replicated connection state. The generic netlink interface.
 *
 * Family FLOWSYNC_GENL_NAME, version FLOWSYNC_GENL_VERSION, strict validation.
 * Everything is per network namespace: the namespace of the socket that asks.
 * Reading (GET) needs no privilege; changing (SET, ADD, DEL, FLUSH) needs
 * CAP_NET_ADMIN in the user namespace that owns the network namespace. Every
 * refusal carries a sentence in the extended acknowledgement.
 *
 * Messages, and the attributes each one carries (R: required in a request):
 *
 * FLOWSYNC_CMD_NODE_SET                   start the instance, or change it
 *	FLOWSYNC_A_NODE (nested)
 *		FLOWSYNC_A_NODE_ID              R on first use; fixed afterwards
 *		FLOWSYNC_A_NODE_NAME
 *		FLOWSYNC_A_NODE_PORT            fixed while a peer exists
 *		FLOWSYNC_A_NODE_MARK_MASK
 *		FLOWSYNC_A_NODE_LABEL_MASK
 *		FLOWSYNC_A_NODE_KEEP            0 unless given
 * FLOWSYNC_CMD_NODE_DEL                   stop it: peers, groups and tables go
 * FLOWSYNC_CMD_NODE_GET                   do; reply FLOWSYNC_CMD_NODE_GET
 *	FLOWSYNC_A_NODE (nested)
 *		ID NAME PORT SESSION FLOWS SHADOW OP MODULE_VERSION FULL ROOM
 *		(NODE_ID is 0 while no instance has been started)
 *
 * FLOWSYNC_CMD_PEER_ADD
 *	FLOWSYNC_A_PEER (nested)
 *		FLOWSYNC_A_PEER_NAME            R
 *		FLOWSYNC_A_PEER_ID              R
 *		FLOWSYNC_A_PEER_HEARTBEAT_MS    default 100; 10 to 60000
 *		FLOWSYNC_A_PEER_DEAD_COUNT      default 3; 1 to 100
 *		FLOWSYNC_A_PEER_DELAY_MS        default 10; 0 to 1000
 *		FLOWSYNC_A_PEER_KEY             32 octets, the pre-shared key
 *		FLOWSYNC_A_PEER_ENCRYPTION      default FLOWSYNC_ENCRYPTION_SEALED,
 *						which needs a KEY; with _NONE no
 *						KEY, and an IFINDEX in each link
 *		FLOWSYNC_A_PEER_NEXT_KEY        a second one, valid beside it
 *		FLOWSYNC_A_PEER_REKEY_S         default 120; 5 to 86400
 *		FLOWSYNC_A_PEER_RESYNC_RATE     default 50000; 0 for no limit
 *		FLOWSYNC_A_PEER_RESYNC_MS       default 60000; 1000 to 86400000
 *		FLOWSYNC_A_PEER_MTU             default: the path's; 576 to 65535
 *		FLOWSYNC_A_PEER_LAG_FLOWS       default 0, for never
 *		FLOWSYNC_A_PEER_LAG_MS          default 0, for never
 *		FLOWSYNC_A_PEER_LINK (nested)   R, once per link, 1 to 8
 *			FLOWSYNC_A_LINK_LOCAL       R, 4 or 16 octets
 *			FLOWSYNC_A_LINK_REMOTE      R, of the same length
 *			FLOWSYNC_A_LINK_LOCAL_PORT  default: the node's port
 *			FLOWSYNC_A_LINK_REMOTE_PORT default: the local port
 *			FLOWSYNC_A_LINK_IFINDEX     default: by route
 * FLOWSYNC_CMD_PEER_SET                   change what needs no new peer
 *	FLOWSYNC_A_PEER { NAME (R) RESYNC_RATE RESYNC_MS MTU LAG_FLOWS LAG_MS
 *		NEXT_KEY                        begins to rotate the key
 *		DROP_OLD_KEY }                  ends that
 * FLOWSYNC_CMD_PEER_DEL
 *	FLOWSYNC_A_PEER { NAME (R) }
 * FLOWSYNC_CMD_PEER_GET                   do (NAME) or dump
 *	FLOWSYNC_A_PEER { NAME ID HEARTBEAT_MS DEAD_COUNT DELAY_MS STATE SESSION
 *		DIRTY KNOWN SHADOW TX_DATAGRAMS TX_BYTES TX_RECORDS RX_DATAGRAMS
 *		RX_BYTES RX_RECORDS RX_GAPS SILENT_MS INFLIGHT RTT_US TX_LOST
 *		SYNCED VERIFY_PASS VERIFY_LEFT REPAIRED COMPLETE FULL ROOM
 *		ENCRYPTION REKEY_S HANDSHAKE REKEYS KEY_AGE_MS ROTATION
 *		VERSION_MIN VERSION_MAX RECORDS_HERE RECORDS_THERE
 *		CONTROLS_HERE CONTROLS_THERE LEFT_OUT REFUSED UNKNOWN
 *		UNACKED OLDEST_MS RESYNC_TOTAL RESYNC_LEFT
 *		RESYNC_RATE RESYNC_MS MTU LAG_FLOWS LAG_MS
 *		LINK { LOCAL REMOTE LOCAL_PORT REMOTE_PORT IFINDEX STATE
 *			MTU TX_DATAGRAMS TX_BYTES RX_DATAGRAMS RX_BYTES
 *			SILENT_MS } ...
 *		GROUP { ID ROLE EPOCH PRIORITY STANDING } ...
 *		INSTALL { RESULT COUNT } ... }
 *
 * FLOWSYNC_CMD_PEER_VERIFY                compare all flows with what it holds,
 *	FLOWSYNC_A_PEER { NAME (R) }    now; what differs is sent again
 * FLOWSYNC_CMD_PEER_RESYNC                tell it what differs, as VERIFY; with
 *	FLOWSYNC_A_PEER { NAME (R) RESYNC_ALL }  RESYNC_ALL everything, then compare
 *
 * FLOWSYNC_CMD_LINK_ADD                   one more link to a peer, which may live
 *	FLOWSYNC_A_PEER { NAME (R) LINK (R, once, as in PEER_ADD) }
 * FLOWSYNC_CMD_LINK_DEL                   take one away; not the last
 *	FLOWSYNC_A_PEER { NAME (R) LINK (R, once) { LOCAL (R) REMOTE (R)
 *		LOCAL_PORT REMOTE_PORT          the same defaults as in PEER_ADD
 *		IFINDEX } }                     which device, if several fit
 * FLOWSYNC_CMD_LINK_SET                   change one in its place
 *	FLOWSYNC_A_PEER { NAME (R) LINK (R, twice: which one, as in LINK_DEL, then
 *		what it becomes, as in PEER_ADD) }
 *
 * FLOWSYNC_CMD_GROUP_ADD
 *	FLOWSYNC_A_GROUP (nested)
 *		FLOWSYNC_A_GROUP_ID             R, 1 to 65535
 *		FLOWSYNC_A_GROUP_PEER           a peer's name, once per member
 *		FLOWSYNC_A_GROUP_PRIORITY       default 100, 0 to 255
 *		FLOWSYNC_A_GROUP_MATCH          nested: PROTO to ZONE of a policy
 *		FLOWSYNC_A_GROUP_DEV
 *		FLOWSYNC_A_GROUP_ON_SPLIT       default FLOWSYNC_ON_SPLIT_EPOCH
 *	A new group's role is FLOWSYNC_ROLE_INIT. A flow belongs to the first
 *	group whose match fits, in order of ids, else to one without a match.
 * FLOWSYNC_CMD_GROUP_SET
 *	FLOWSYNC_A_GROUP { ID (R) ROLE PRIORITY MATCH DEV ON_SPLIT }
 * FLOWSYNC_CMD_GROUP_DEL
 *	FLOWSYNC_A_GROUP { ID (R) }
 * FLOWSYNC_CMD_GROUP_GET                  do (ID) or dump
 *	FLOWSYNC_A_GROUP { ID PEER... PRIORITY ROLE EPOCH FLOWS SHADOW
 *		INSTALL_LEFT STANDING MATCH DEV ON_SPLIT }
 * FLOWSYNC_CMD_GROUP_HANDOVER             ask a peer to become active: it is
 *	FLOWSYNC_A_GROUP { ID (R) PEER }        told in every heartbeat until this
 *		node's role changes. Without PEER no longer
 *
 * FLOWSYNC_CMD_FLOW_GET                   dump
 *	request: FLOWSYNC_A_FLOW { TABLE }   (both tables when absent)
 *	FLOWSYNC_A_FLOW { TABLE GROUP ORIGIN SLOT GEN OP FAMILY PROTO STATUS
 *		TIMEOUT ZONE TCP_STATE SYNC INSTALL AT { PEER SYNC INSTALL } ...
 *		ORIG { TUPLE_* } REPLY { TUPLE_* } }
 *
 * FLOWSYNC_CMD_POLICY_ADD                 the first that matches decides
 *	FLOWSYNC_A_POLICY (nested)
 *		FLOWSYNC_A_POLICY_PREF          R, 1 to 65535, unique
 *		FLOWSYNC_A_POLICY_MODE          R
 *		PROTO SRC SRC_BITS DST DST_BITS SPORT SPORT_MAX DPORT DPORT_MAX
 *		MARK MARK_MASK ZONE STATE AGE PACKETS BYTES
 *						what is absent matches anything
 * FLOWSYNC_CMD_POLICY_SET                 change one in its place
 *	FLOWSYNC_A_POLICY { PREF (R) MODE, PROTO to BYTES as in POLICY_ADD }
 *		conditions replace all that there were; without any those stay
 * FLOWSYNC_CMD_POLICY_DEL
 *	FLOWSYNC_A_POLICY { PREF (R) }
 * FLOWSYNC_CMD_POLICY_GET                 dump
 *	FLOWSYNC_A_POLICY { as added }
 *
 * FLOWSYNC_CMD_STATS_GET                  dump
 *	FLOWSYNC_A_STAT { NAME VALUE }, one message per counter. Names are
 *	stable; new ones are appended. What each counts: Documentation/statistics.rst
 *
 * FLOWSYNC_CMD_EVENT                      multicast, group FLOWSYNC_GENL_EVENTS
 *	FLOWSYNC_A_EVENT                        one of enum flowsync_event
 *	FLOWSYNC_A_EVENT_CAUSE                  a short text, for people
 *	FLOWSYNC_A_NODE, FLOWSYNC_A_PEER,       the object as GET shows it;
 *	FLOWSYNC_A_GROUP or FLOWSYNC_A_FLOW
 *		of REFUSED also FLOWSYNC_A_STAT { NAME VALUE }: the counter, and how
 *		much it rose since the last one
 *		of LINK_UP and LINK_DOWN only that link is in it
 *
 * A dump is of what exists while it runs: objects added or removed meanwhile
 * may or may not be in it; every other object is in it once.
 *
 * Addresses are octets in network order; ports are big endian (NLA_BE16);
 * everything else is in host order.
 */
#ifndef _UAPI_LINUX_FLOWSYNC_H
#define _UAPI_LINUX_FLOWSYNC_H

#define FLOWSYNC_GENL_NAME	"flowsync"
#define FLOWSYNC_GENL_VERSION	1
#define FLOWSYNC_GENL_EVENTS	"events"

/** FLOWSYNC_NAME_MAX: longest node or peer name, in octets, without the NUL */
#define FLOWSYNC_NAME_MAX	31
/** FLOWSYNC_PORT_DEFAULT: UDP port of a node that was given none */
#define FLOWSYNC_PORT_DEFAULT	3790
/** FLOWSYNC_LINKS_MAX: most links of one peer */
#define FLOWSYNC_LINKS_MAX	8
/** FLOWSYNC_PEERS_MAX: most peers of one node */
#define FLOWSYNC_PEERS_MAX	64
/** FLOWSYNC_GROUPS_MAX: most groups of one node */
#define FLOWSYNC_GROUPS_MAX	32

#define FLOWSYNC_HEARTBEAT_MS_DEFAULT	100
#define FLOWSYNC_HEARTBEAT_MS_MIN	10
#define FLOWSYNC_HEARTBEAT_MS_MAX	60000
#define FLOWSYNC_DEAD_COUNT_DEFAULT	3
#define FLOWSYNC_DEAD_COUNT_MAX		100
#define FLOWSYNC_DELAY_MS_DEFAULT	10
#define FLOWSYNC_DELAY_MS_MAX		1000
#define FLOWSYNC_REKEY_S_DEFAULT	120
#define FLOWSYNC_REKEY_S_MIN		5
#define FLOWSYNC_REKEY_S_MAX		86400
/** FLOWSYNC_KEY_LENGTH: octets of a pre-shared key */
#define FLOWSYNC_KEY_LENGTH		32
#define FLOWSYNC_MTU_MIN	576
#define FLOWSYNC_MTU_MAX	65535
#define FLOWSYNC_RESYNC_RATE_DEFAULT	50000
#define FLOWSYNC_RESYNC_MS_DEFAULT	60000
#define FLOWSYNC_RESYNC_MS_MIN	1000
#define FLOWSYNC_RESYNC_MS_MAX	86400000
#define FLOWSYNC_KEEP_MAX	1048576
#define FLOWSYNC_PRIORITY_DEFAULT	100
#define FLOWSYNC_PRIORITY_MAX		255
#define FLOWSYNC_GROUP_ID_MAX		65535
#define FLOWSYNC_POLICY_PREF_MAX	65535
/** FLOWSYNC_POLICIES_MAX: most policies of one node */
#define FLOWSYNC_POLICIES_MAX		1024

enum flowsync_cmd {
	FLOWSYNC_CMD_UNSPEC,
	FLOWSYNC_CMD_NODE_SET,
	FLOWSYNC_CMD_NODE_DEL,
	FLOWSYNC_CMD_NODE_GET,
	FLOWSYNC_CMD_PEER_ADD,
	FLOWSYNC_CMD_PEER_DEL,
	FLOWSYNC_CMD_PEER_GET,
	FLOWSYNC_CMD_GROUP_ADD,
	FLOWSYNC_CMD_GROUP_SET,
	FLOWSYNC_CMD_GROUP_DEL,
	FLOWSYNC_CMD_GROUP_GET,
	FLOWSYNC_CMD_FLOW_GET,
	FLOWSYNC_CMD_STATS_GET,
	FLOWSYNC_CMD_EVENT,
	FLOWSYNC_CMD_PEER_VERIFY,
	FLOWSYNC_CMD_PEER_RESYNC,
	FLOWSYNC_CMD_PEER_SET,
	FLOWSYNC_CMD_GROUP_HANDOVER,
	FLOWSYNC_CMD_POLICY_ADD,
	FLOWSYNC_CMD_POLICY_DEL,
	FLOWSYNC_CMD_POLICY_GET,
	FLOWSYNC_CMD_LINK_ADD,
	FLOWSYNC_CMD_LINK_DEL,
	FLOWSYNC_CMD_POLICY_SET,
	FLOWSYNC_CMD_LINK_SET,
	__FLOWSYNC_CMD_MAX
};

#define FLOWSYNC_CMD_MAX (__FLOWSYNC_CMD_MAX - 1)

enum flowsync_attr {
	FLOWSYNC_A_UNSPEC,
	FLOWSYNC_A_PAD,
	FLOWSYNC_A_NODE,		/* nested, enum flowsync_node_attr */
	FLOWSYNC_A_PEER,		/* nested, enum flowsync_peer_attr */
	FLOWSYNC_A_GROUP,		/* nested, enum flowsync_group_attr */
	FLOWSYNC_A_FLOW,		/* nested, enum flowsync_flow_attr */
	FLOWSYNC_A_STAT,		/* nested, enum flowsync_stat_attr */
	FLOWSYNC_A_EVENT,		/* u32, enum flowsync_event */
	FLOWSYNC_A_EVENT_CAUSE,		/* string */
	FLOWSYNC_A_POLICY,		/* nested, enum flowsync_policy_attr */
	__FLOWSYNC_A_MAX
};

#define FLOWSYNC_A_MAX (__FLOWSYNC_A_MAX - 1)

enum flowsync_policy_attr {
	FLOWSYNC_A_POLICY_UNSPEC,
	FLOWSYNC_A_POLICY_PREF,		/* u32, the lowest is asked first */
	FLOWSYNC_A_POLICY_MODE,		/* u32, enum flowsync_mode */
	FLOWSYNC_A_POLICY_PROTO,	/* u32, protocol number */
	FLOWSYNC_A_POLICY_SRC,		/* 4 or 16 octets, original source */
	FLOWSYNC_A_POLICY_SRC_BITS,	/* u32, of it that count; default all */
	FLOWSYNC_A_POLICY_DST,		/* original destination */
	FLOWSYNC_A_POLICY_DST_BITS,	/* u32 */
	FLOWSYNC_A_POLICY_SPORT,	/* be16, original source port */
	FLOWSYNC_A_POLICY_SPORT_MAX,	/* be16, last of a range from it on */
	FLOWSYNC_A_POLICY_DPORT,	/* be16 */
	FLOWSYNC_A_POLICY_DPORT_MAX,	/* be16 */
	FLOWSYNC_A_POLICY_MARK,		/* u32 */
	FLOWSYNC_A_POLICY_MARK_MASK,	/* u32, default all */
	FLOWSYNC_A_POLICY_ZONE,		/* u32, of the original direction */
	FLOWSYNC_A_POLICY_STATE,	/* u32, enum flowsync_conn, at least */
	FLOWSYNC_A_POLICY_AGE,		/* u32, seconds, at least */
	FLOWSYNC_A_POLICY_PACKETS,	/* u64, of both directions, at least */
	FLOWSYNC_A_POLICY_BYTES,	/* u64, of both directions, at least */
	FLOWSYNC_A_POLICY_PAD,
	__FLOWSYNC_A_POLICY_MAX
};

#define FLOWSYNC_A_POLICY_MAX (__FLOWSYNC_A_POLICY_MAX - 1)

/* Whether and how a connection is replicated */
enum flowsync_mode {
	FLOWSYNC_MODE_UNSPEC,
	FLOWSYNC_MODE_OFF,		/* not */
	FLOWSYNC_MODE_ASYNC,		/* without waiting for anybody */
	__FLOWSYNC_MODE_MAX
};

#define FLOWSYNC_MODE_MAX (__FLOWSYNC_MODE_MAX - 1)

/* How far a connection is: it never goes back */
enum flowsync_conn {
	FLOWSYNC_CONN_UNSPEC,
	FLOWSYNC_CONN_REPLIED,		/* packets were seen in both directions */
	FLOWSYNC_CONN_ASSURED,		/* as conntrack means it */
	__FLOWSYNC_CONN_MAX
};

#define FLOWSYNC_CONN_MAX (__FLOWSYNC_CONN_MAX - 1)

enum flowsync_node_attr {
	FLOWSYNC_A_NODE_UNSPEC,
	FLOWSYNC_A_NODE_PAD,
	FLOWSYNC_A_NODE_ID,		/* u32, not 0 */
	FLOWSYNC_A_NODE_NAME,		/* string */
	FLOWSYNC_A_NODE_PORT,		/* be16, UDP */
	FLOWSYNC_A_NODE_SESSION,	/* u64, random, new at each start */
	FLOWSYNC_A_NODE_FLOWS,		/* u64, flows this node is origin of */
	FLOWSYNC_A_NODE_SHADOW,		/* u64, flows held for other origins */
	FLOWSYNC_A_NODE_OP,		/* u64, last op id given out */
	FLOWSYNC_A_NODE_MODULE_VERSION,	/* string */
	FLOWSYNC_A_NODE_FULL,		/* u32, 1 while conntrack has no room */
	FLOWSYNC_A_NODE_ROOM,		/* u32, entries it has room for */
	FLOWSYNC_A_NODE_MARK_MASK,	/* u32, bits of marks to replicate */
	FLOWSYNC_A_NODE_LABEL_MASK,	/* u64, the same of labels 0 to 63 */
	FLOWSYNC_A_NODE_KEEP,		/* u32, s that the time of shadow flows stands
					 * still for once their origin is silent
					 */
	__FLOWSYNC_A_NODE_MAX
};

#define FLOWSYNC_A_NODE_MAX (__FLOWSYNC_A_NODE_MAX - 1)

enum flowsync_peer_attr {
	FLOWSYNC_A_PEER_UNSPEC,
	FLOWSYNC_A_PEER_PAD,
	FLOWSYNC_A_PEER_NAME,		/* string */
	FLOWSYNC_A_PEER_ID,		/* u32, the peer's node id */
	FLOWSYNC_A_PEER_LINK,		/* nested, enum flowsync_link_attr */
	FLOWSYNC_A_PEER_HEARTBEAT_MS,	/* u32, ms between heartbeats */
	FLOWSYNC_A_PEER_DEAD_COUNT,	/* u32, heartbeats missed until dead */
	FLOWSYNC_A_PEER_STATE,		/* u32, enum flowsync_peer_state */
	FLOWSYNC_A_PEER_SESSION,	/* u64, the peer's session, 0 before */
	FLOWSYNC_A_PEER_DIRTY,		/* u64, flows with a change not sent */
	FLOWSYNC_A_PEER_KNOWN,		/* u64, flows it acknowledged once */
	FLOWSYNC_A_PEER_SHADOW,		/* u64, flows held for this origin */
	FLOWSYNC_A_PEER_TX_DATAGRAMS,	/* u64 */
	FLOWSYNC_A_PEER_TX_BYTES,	/* u64, UDP payload */
	FLOWSYNC_A_PEER_TX_RECORDS,	/* u64 */
	FLOWSYNC_A_PEER_RX_DATAGRAMS,	/* u64 */
	FLOWSYNC_A_PEER_RX_BYTES,	/* u64, UDP payload */
	FLOWSYNC_A_PEER_RX_RECORDS,	/* u64 */
	FLOWSYNC_A_PEER_RX_GAPS,	/* u64, state datagrams never received */
	FLOWSYNC_A_PEER_SILENT_MS,	/* u64, since the last datagram; absent
					 * before the first
					 */
	FLOWSYNC_A_PEER_INFLIGHT,	/* u64, flows sent, not acknowledged */
	FLOWSYNC_A_PEER_RTT_US,		/* u64, smoothed round-trip time, us */
	FLOWSYNC_A_PEER_TX_LOST,	/* u64, datagrams taken for lost */
	FLOWSYNC_A_PEER_SYNCED,		/* u32, 1 if it holds all flows: nothing
					 * is dirty or in flight, and digests of
					 * this session agreed
					 */
	FLOWSYNC_A_PEER_VERIFY_PASS,	/* u64, comparisons completed */
	FLOWSYNC_A_PEER_VERIFY_LEFT,	/* u64, what is left of the present one,
					 * 0 if there is none
					 */
	FLOWSYNC_A_PEER_REPAIRED,	/* u64, slots that differed */
	FLOWSYNC_A_PEER_COMPLETE,	/* u32, 1 if it was told of all flows but
					 * perhaps some that changed last
					 */
	FLOWSYNC_A_PEER_GROUP,		/* nested, enum flowsync_group_attr,
					 * repeated: as the peer tells it
					 */
	FLOWSYNC_A_PEER_FULL,		/* u32, 1 if its conntrack has no room */
	FLOWSYNC_A_PEER_ROOM,		/* u32, entries it has room for */
	FLOWSYNC_A_PEER_INSTALL,	/* nested, enum flowsync_install_attr,
					 * repeated: what became of flows there
					 */
	FLOWSYNC_A_PEER_DELAY_MS,	/* u32, ms that changes wait for others
					 * to share a datagram
					 */
	FLOWSYNC_A_PEER_KEY,		/* binary, 32 octets; never shown */
	FLOWSYNC_A_PEER_ENCRYPTION,	/* u32, enum flowsync_encryption */
	FLOWSYNC_A_PEER_REKEY_S,	/* u32, s after which keys are renewed */
	FLOWSYNC_A_PEER_HANDSHAKE,	/* u32, enum flowsync_handshake */
	FLOWSYNC_A_PEER_REKEYS,		/* u64, handshakes that came to keys */
	FLOWSYNC_A_PEER_KEY_AGE_MS,	/* u64, since the last; absent if there
					 * is no session
					 */
	FLOWSYNC_A_PEER_UNACKED,	/* u64, flows with a change that was not
					 * acknowledged
					 */
	FLOWSYNC_A_PEER_OLDEST_MS,	/* u64, for how long that is so of the
					 * oldest of them
					 */
	FLOWSYNC_A_PEER_RESYNC_TOTAL,	/* u64, flows it had missed when it was
					 * last begun to be told of them
					 */
	FLOWSYNC_A_PEER_RESYNC_LEFT,	/* u64, how many of them are left */
	FLOWSYNC_A_PEER_RESYNC_RATE,	/* u32, of these in a second, 0: any */
	FLOWSYNC_A_PEER_RESYNC_MS,	/* u32, in which all of them are told */
	FLOWSYNC_A_PEER_RESYNC_ALL,	/* flag */
	FLOWSYNC_A_PEER_LAG_FLOWS,	/* u32, UNACKED that is reported */
	FLOWSYNC_A_PEER_LAG_MS,		/* u32, OLDEST_MS that is reported */
	FLOWSYNC_A_PEER_MTU,		/* u32, most octets of an IP packet; absent
					 * if only the path decides
					 */
	FLOWSYNC_A_PEER_NEXT_KEY,	/* binary, 32 octets; never shown */
	FLOWSYNC_A_PEER_DROP_OLD_KEY,	/* flag */
	FLOWSYNC_A_PEER_ROTATION,	/* u32, enum flowsync_rotation */
	FLOWSYNC_A_PEER_VERSION_MIN,	/* u32, protocol versions that it speaks; */
	FLOWSYNC_A_PEER_VERSION_MAX,	/* u32, absent before it said so */
	/* Options, bit n for 0x00 + n and 0x80 + n; absent if there are none. */
	FLOWSYNC_A_PEER_RECORDS_HERE,	/* u64, of records, only known here */
	FLOWSYNC_A_PEER_RECORDS_THERE,	/* u64, only known to the peer */
	FLOWSYNC_A_PEER_CONTROLS_HERE,	/* u64, of the control channel, the same */
	FLOWSYNC_A_PEER_CONTROLS_THERE,	/* u64 */
	FLOWSYNC_A_PEER_LEFT_OUT,	/* u64, of records: the peer was told of
					 * flows without them
					 */
	FLOWSYNC_A_PEER_REFUSED,	/* u64, the peer was not told of flows
					 * that have them
					 */
	FLOWSYNC_A_PEER_UNKNOWN,	/* u32, channel << 8 | type of the last
					 * option of it that had to be understood
					 * here and is not known
					 */
	__FLOWSYNC_A_PEER_MAX
};

#define FLOWSYNC_A_PEER_MAX (__FLOWSYNC_A_PEER_MAX - 1)

enum flowsync_install_attr {
	FLOWSYNC_A_INSTALL_UNSPEC,
	FLOWSYNC_A_INSTALL_PAD,
	FLOWSYNC_A_INSTALL_RESULT,	/* u32, enum flowsync_install */
	FLOWSYNC_A_INSTALL_COUNT,	/* u64, results of this kind */
	__FLOWSYNC_A_INSTALL_MAX
};

#define FLOWSYNC_A_INSTALL_MAX (__FLOWSYNC_A_INSTALL_MAX - 1)

enum flowsync_link_attr {
	FLOWSYNC_A_LINK_UNSPEC,
	FLOWSYNC_A_LINK_LOCAL,		/* binary, 4 or 16 octets */
	FLOWSYNC_A_LINK_REMOTE,		/* binary, 4 or 16 octets */
	FLOWSYNC_A_LINK_LOCAL_PORT,	/* be16 */
	FLOWSYNC_A_LINK_REMOTE_PORT,	/* be16 */
	FLOWSYNC_A_LINK_IFINDEX,	/* u32 */
	FLOWSYNC_A_LINK_STATE,		/* u32, enum flowsync_peer_state */
	FLOWSYNC_A_LINK_MTU,		/* u32, most octets of an IP packet now */
	FLOWSYNC_A_LINK_PAD,
	FLOWSYNC_A_LINK_TX_DATAGRAMS,	/* u64, of control and state */
	FLOWSYNC_A_LINK_TX_BYTES,	/* u64, UDP payload of these */
	FLOWSYNC_A_LINK_RX_DATAGRAMS,	/* u64, that were taken */
	FLOWSYNC_A_LINK_RX_BYTES,	/* u64 */
	FLOWSYNC_A_LINK_SILENT_MS,	/* u64, since the last one; absent before
					 * the first
					 */
	__FLOWSYNC_A_LINK_MAX
};

#define FLOWSYNC_A_LINK_MAX (__FLOWSYNC_A_LINK_MAX - 1)

enum flowsync_group_attr {
	FLOWSYNC_A_GROUP_UNSPEC,
	FLOWSYNC_A_GROUP_PAD,
	FLOWSYNC_A_GROUP_ID,		/* u32, 1 to 65535 */
	FLOWSYNC_A_GROUP_PEER,		/* string, repeated */
	FLOWSYNC_A_GROUP_PRIORITY,	/* u32 */
	FLOWSYNC_A_GROUP_ROLE,		/* u32, enum flowsync_role */
	FLOWSYNC_A_GROUP_EPOCH,		/* u64 */
	FLOWSYNC_A_GROUP_FLOWS,		/* u64, as origin */
	FLOWSYNC_A_GROUP_SHADOW,	/* u64, held for other origins */
	FLOWSYNC_A_GROUP_INSTALL_LEFT,	/* u64, of the walk after a takeover */
	FLOWSYNC_A_GROUP_STANDING,	/* u32, enum flowsync_standing bits */
	FLOWSYNC_A_GROUP_MATCH,		/* nested, enum flowsync_policy_attr but for
					 * PREF and MODE: which flows are its;
					 * without conditions those that are no
					 * other group's
					 */
	FLOWSYNC_A_GROUP_DEV,		/* string, device that packets of them come
					 * from or go to
					 */
	FLOWSYNC_A_GROUP_COMPLETE,	/* u32, of a peer: 1 if this node has told it
					 * of all flows of the group, but perhaps
					 * some that changed last
					 */
	FLOWSYNC_A_GROUP_ON_SPLIT,	/* u32, enum flowsync_on_split */
	__FLOWSYNC_A_GROUP_MAX
};

#define FLOWSYNC_A_GROUP_MAX (__FLOWSYNC_A_GROUP_MAX - 1)

enum flowsync_flow_attr {
	FLOWSYNC_A_FLOW_UNSPEC,
	FLOWSYNC_A_FLOW_PAD,
	FLOWSYNC_A_FLOW_TABLE,		/* u32, enum flowsync_table */
	FLOWSYNC_A_FLOW_GROUP,		/* u32 */
	FLOWSYNC_A_FLOW_ORIGIN,		/* u32, node id */
	FLOWSYNC_A_FLOW_SLOT,		/* u32 */
	FLOWSYNC_A_FLOW_GEN,		/* u32 */
	FLOWSYNC_A_FLOW_OP,		/* u64, its last change */
	FLOWSYNC_A_FLOW_FAMILY,		/* u32, AF_INET or AF_INET6 */
	FLOWSYNC_A_FLOW_PROTO,		/* u32, IPPROTO_* */
	FLOWSYNC_A_FLOW_STATUS,		/* u32, enum flowsync_flow_status bits */
	FLOWSYNC_A_FLOW_TIMEOUT,	/* u32, seconds left */
	FLOWSYNC_A_FLOW_ZONE,		/* u32 */
	FLOWSYNC_A_FLOW_TCP_STATE,	/* u32, enum tcp_conntrack */
	FLOWSYNC_A_FLOW_SYNC,		/* u32, enum flowsync_sync, worst peer */
	FLOWSYNC_A_FLOW_ORIG,		/* nested, enum flowsync_tuple_attr */
	FLOWSYNC_A_FLOW_REPLY,		/* nested, enum flowsync_tuple_attr */
	FLOWSYNC_A_FLOW_INSTALL,	/* u32, enum flowsync_install: of a shadow
					 * flow, here
					 */
	FLOWSYNC_A_FLOW_AT,		/* nested, enum flowsync_at_attr, once
					 * per peer of a local flow's group
					 */
	__FLOWSYNC_A_FLOW_MAX
};

#define FLOWSYNC_A_FLOW_MAX (__FLOWSYNC_A_FLOW_MAX - 1)

enum flowsync_at_attr {
	FLOWSYNC_A_AT_UNSPEC,
	FLOWSYNC_A_AT_PEER,		/* string, its name */
	FLOWSYNC_A_AT_SYNC,		/* u32, enum flowsync_sync */
	FLOWSYNC_A_AT_INSTALL,		/* u32, enum flowsync_install */
	__FLOWSYNC_A_AT_MAX
};

#define FLOWSYNC_A_AT_MAX (__FLOWSYNC_A_AT_MAX - 1)

enum flowsync_tuple_attr {
	FLOWSYNC_A_TUPLE_UNSPEC,
	FLOWSYNC_A_TUPLE_SRC,		/* binary, 4 or 16 octets */
	FLOWSYNC_A_TUPLE_DST,		/* binary, 4 or 16 octets */
	FLOWSYNC_A_TUPLE_SPORT,		/* be16; ICMP: the identifier */
	FLOWSYNC_A_TUPLE_DPORT,		/* be16; ICMP: type << 8 | code */
	__FLOWSYNC_A_TUPLE_MAX
};

#define FLOWSYNC_A_TUPLE_MAX (__FLOWSYNC_A_TUPLE_MAX - 1)

enum flowsync_stat_attr {
	FLOWSYNC_A_STAT_UNSPEC,
	FLOWSYNC_A_STAT_PAD,
	FLOWSYNC_A_STAT_NAME,		/* string */
	FLOWSYNC_A_STAT_VALUE,		/* u64 */
	__FLOWSYNC_A_STAT_MAX
};

#define FLOWSYNC_A_STAT_MAX (__FLOWSYNC_A_STAT_MAX - 1)

/**
 * enum flowsync_role - what a node is in a group
 * @FLOWSYNC_ROLE_INIT: nobody has said yet; keeps the shadow like a standby
 * @FLOWSYNC_ROLE_STANDBY: keeps the shadow, ready to take over
 * @FLOWSYNC_ROLE_ACTIVE: learns flows and replicates them
 */
enum flowsync_role {
	FLOWSYNC_ROLE_INIT,
	FLOWSYNC_ROLE_STANDBY,
	FLOWSYNC_ROLE_ACTIVE,
	__FLOWSYNC_ROLE_MAX
};

#define FLOWSYNC_ROLE_MAX (__FLOWSYNC_ROLE_MAX - 1)

/**
 * enum flowsync_on_split - which of two actives stays when they meet
 * @FLOWSYNC_ON_SPLIT_EPOCH: the one with the higher epoch, then the one that served
 *	more traffic under it, then the one with the lower node id
 * @FLOWSYNC_ON_SPLIT_PRIORITY: before that, the one with the higher priority. Nodes
 *	that are not told this stand behind those that are
 */
enum flowsync_on_split {
	FLOWSYNC_ON_SPLIT_EPOCH,
	FLOWSYNC_ON_SPLIT_PRIORITY,
	__FLOWSYNC_ON_SPLIT_MAX
};

#define FLOWSYNC_ON_SPLIT_MAX (__FLOWSYNC_ON_SPLIT_MAX - 1)

/**
 * enum flowsync_standing - how a group stands with a node
 * @FLOWSYNC_STANDING_COMPLETE: of a peer: it is active, and has told this node
 *	of all flows but those that changed last
 * @FLOWSYNC_STANDING_SYNCED: of a peer: it has told of every change, too
 * @FLOWSYNC_STANDING_HANDOVER: of a peer: it asks this node to become active
 * @FLOWSYNC_STANDING_HOLDS: the node is active, or was told of all flows by
 *	the active that it heard last
 * @FLOWSYNC_STANDING_LEFT: of a peer: it was active, and keeps flows for whoever is now
 */
enum flowsync_standing {
	FLOWSYNC_STANDING_COMPLETE	= 1 << 0,
	FLOWSYNC_STANDING_SYNCED	= 1 << 1,
	FLOWSYNC_STANDING_HANDOVER	= 1 << 2,
	FLOWSYNC_STANDING_HOLDS		= 1 << 3,
	FLOWSYNC_STANDING_LEFT		= 1 << 4,
};

/**
 * enum flowsync_peer_state - of a peer, and of each of its links
 * @FLOWSYNC_PEER_DOWN: silent for longer than the dead interval, or never heard
 * @FLOWSYNC_PEER_UP: heard within the dead interval
 */
enum flowsync_peer_state {
	FLOWSYNC_PEER_DOWN,
	FLOWSYNC_PEER_UP,
};

/**
 * enum flowsync_encryption - what a peer's datagrams are sealed with
 * @FLOWSYNC_ENCRYPTION_SEALED: ChaCha20-Poly1305, keys by a handshake
 * @FLOWSYNC_ENCRYPTION_NONE: nothing; both sides have to be configured so
 */
enum flowsync_encryption {
	FLOWSYNC_ENCRYPTION_SEALED,
	FLOWSYNC_ENCRYPTION_NONE,
	__FLOWSYNC_ENCRYPTION_MAX
};

#define FLOWSYNC_ENCRYPTION_MAX (__FLOWSYNC_ENCRYPTION_MAX - 1)

/**
 * enum flowsync_handshake - how far a peer's session has come
 * @FLOWSYNC_HANDSHAKE_NONE: there is none
 * @FLOWSYNC_HANDSHAKE_DONE: there is one
 * @FLOWSYNC_HANDSHAKE_BADKEY: none; somebody at the peer's address has another
 *	key
 * @FLOWSYNC_HANDSHAKE_BADVERSION: none; the two have no version in common
 * @FLOWSYNC_HANDSHAKE_BADOPTION: none; the peer wants something to be understood
 *	that is not known here
 */
enum flowsync_handshake {
	FLOWSYNC_HANDSHAKE_NONE,
	FLOWSYNC_HANDSHAKE_DONE,
	FLOWSYNC_HANDSHAKE_BADKEY,
	FLOWSYNC_HANDSHAKE_BADVERSION,
	FLOWSYNC_HANDSHAKE_BADOPTION,
};

/**
 * enum flowsync_rotation - how far the rotation of a pre-shared key has come
 * @FLOWSYNC_ROTATION_NONE: one key is valid
 * @FLOWSYNC_ROTATION_WAITING: two are; the session is not by the new one yet,
 *	which the peer has to be given too
 * @FLOWSYNC_ROTATION_READY: two are; the session is by the new one, and the old
 *	one can be dropped
 */
enum flowsync_rotation {
	FLOWSYNC_ROTATION_NONE,
	FLOWSYNC_ROTATION_WAITING,
	FLOWSYNC_ROTATION_READY,
};

/**
 * enum flowsync_table - which table a flow is in
 * @FLOWSYNC_TABLE_LOCAL: this node is its origin
 * @FLOWSYNC_TABLE_SHADOW: held for another origin
 */
enum flowsync_table {
	FLOWSYNC_TABLE_UNSPEC,
	FLOWSYNC_TABLE_LOCAL,
	FLOWSYNC_TABLE_SHADOW,
	__FLOWSYNC_TABLE_MAX
};

#define FLOWSYNC_TABLE_MAX (__FLOWSYNC_TABLE_MAX - 1)

/**
 * enum flowsync_sync - sync state of a local flow, at its least synced peer
 * @FLOWSYNC_SYNC_NONE: no peer to tell
 * @FLOWSYNC_SYNC_DIRTY: changed since it was last sent
 * @FLOWSYNC_SYNC_SENT: sent and not changed since, not yet acknowledged
 * @FLOWSYNC_SYNC_SYNCED: acknowledged, and not changed since it was sent
 */
enum flowsync_sync {
	FLOWSYNC_SYNC_NONE,
	FLOWSYNC_SYNC_DIRTY,
	FLOWSYNC_SYNC_SENT,
	FLOWSYNC_SYNC_SYNCED,
};

/**
 * enum flowsync_install - what became of installing a flow in conntrack
 * @FLOWSYNC_INSTALL_NONE: nothing: no packet has asked for it there
 * @FLOWSYNC_INSTALL_INSTALLED: it got an entry
 * @FLOWSYNC_INSTALL_EXISTS: it had one, which was brought forward
 * @FLOWSYNC_INSTALL_FULL: there was no room
 * @FLOWSYNC_INSTALL_NO_MEMORY: there was no memory
 * @FLOWSYNC_INSTALL_CLASH: another connection has one of its tuples
 * @FLOWSYNC_INSTALL_ERROR: netfilter refused it, or for another reason
 */
enum flowsync_install {
	FLOWSYNC_INSTALL_NONE,
	FLOWSYNC_INSTALL_INSTALLED,
	FLOWSYNC_INSTALL_EXISTS,
	FLOWSYNC_INSTALL_FULL,
	FLOWSYNC_INSTALL_NO_MEMORY,
	FLOWSYNC_INSTALL_CLASH,
	FLOWSYNC_INSTALL_ERROR,
	__FLOWSYNC_INSTALL_MAX
};

#define FLOWSYNC_INSTALL_MAX (__FLOWSYNC_INSTALL_MAX - 1)

/**
 * enum flowsync_flow_status - status bits of a flow
 * @FLOWSYNC_FLOW_SEEN_REPLY: packets were seen in both directions
 * @FLOWSYNC_FLOW_ASSURED: not dropped early when the table is full
 * @FLOWSYNC_FLOW_SRC_NAT: source translated
 * @FLOWSYNC_FLOW_DST_NAT: destination translated
 * @FLOWSYNC_FLOW_FIXED_TIMEOUT: packets do not refresh the timeout
 * @FLOWSYNC_FLOW_INSTALLED: shadow flow that has a live conntrack entry here
 */
enum flowsync_flow_status {
	FLOWSYNC_FLOW_SEEN_REPLY	= 1 << 0,
	FLOWSYNC_FLOW_ASSURED		= 1 << 1,
	FLOWSYNC_FLOW_SRC_NAT		= 1 << 2,
	FLOWSYNC_FLOW_DST_NAT		= 1 << 3,
	FLOWSYNC_FLOW_FIXED_TIMEOUT	= 1 << 4,
	FLOWSYNC_FLOW_INSTALLED		= 1 << 15,
};

/**
 * enum flowsync_event - what an event reports
 * @FLOWSYNC_EVENT_PEER_UP: a peer was heard again, or for the first time
 * @FLOWSYNC_EVENT_PEER_DOWN: all links of a peer fell silent
 * @FLOWSYNC_EVENT_PEER_RESTART: a peer came with a new session
 * @FLOWSYNC_EVENT_LINK_UP: one link of a peer carries datagrams again
 * @FLOWSYNC_EVENT_LINK_DOWN: one link of a peer fell silent, or was deleted
 * @FLOWSYNC_EVENT_GROUP_ROLE: a group's role changed on this node
 * @FLOWSYNC_EVENT_INSTALL_DONE: the walk after a takeover reached its end
 * @FLOWSYNC_EVENT_PEER_GROUP: a peer told another role, priority or standing
 * @FLOWSYNC_EVENT_PEER_COMPLETE: a peer was told of all flows of this node
 * @FLOWSYNC_EVENT_PEER_BEHIND: a peer lacks many of them, or is told no more
 * @FLOWSYNC_EVENT_TABLE_FULL: the conntrack of the node, or of a peer, has no
 *	room for more entries
 * @FLOWSYNC_EVENT_TABLE_ROOM: it has room again
 * @FLOWSYNC_EVENT_PEER_LAG: more flows are not acknowledged by a peer, or for
 *	longer, than LAG_FLOWS or LAG_MS
 * @FLOWSYNC_EVENT_PEER_CAUGHT_UP: less than half of that again
 * @FLOWSYNC_EVENT_PEER_OPTION: a peer does not understand what it would have to,
 *	or says what is not understood here: the cause names the option
 * @FLOWSYNC_EVENT_FLOW_LOST: a flow that only a peer has, which gave the group up,
 *	cannot be taken over by this node
 * @FLOWSYNC_EVENT_REFUSED: this node refused something that was sent to it: for which
 *	cause, and how many since it was last reported. No cause is reported more than
 *	once in ten seconds
 */
enum flowsync_event {
	FLOWSYNC_EVENT_UNSPEC,
	FLOWSYNC_EVENT_PEER_UP,
	FLOWSYNC_EVENT_PEER_DOWN,
	FLOWSYNC_EVENT_PEER_RESTART,
	FLOWSYNC_EVENT_LINK_UP,
	FLOWSYNC_EVENT_LINK_DOWN,
	FLOWSYNC_EVENT_GROUP_ROLE,
	FLOWSYNC_EVENT_INSTALL_DONE,
	FLOWSYNC_EVENT_PEER_GROUP,
	FLOWSYNC_EVENT_PEER_COMPLETE,
	FLOWSYNC_EVENT_PEER_BEHIND,
	FLOWSYNC_EVENT_TABLE_FULL,
	FLOWSYNC_EVENT_TABLE_ROOM,
	FLOWSYNC_EVENT_PEER_LAG,
	FLOWSYNC_EVENT_PEER_CAUGHT_UP,
	FLOWSYNC_EVENT_PEER_OPTION,
	FLOWSYNC_EVENT_FLOW_LOST,
	FLOWSYNC_EVENT_REFUSED,
	__FLOWSYNC_EVENT_MAX
};

#define FLOWSYNC_EVENT_MAX (__FLOWSYNC_EVENT_MAX - 1)

#endif /* _UAPI_LINUX_FLOWSYNC_H */
