/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Datagrams. One UDP payload is one header, then the payload of one channel:
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+---------------+---------------+
 * |   'F' (0x46)  |   'S' (0x53)  |    version    |    channel    |
 * +---------------+---------------+---------------+---------------+
 * |                        sender's node id                       |
 * +---------------------------------------------------------------+
 * |                   session, or name (64 bits)                  |
 * |                                                               |
 * +---------------------------------------------------------------+
 * |         sequence number in session and channel (48 bits)      |
 * +                               +-------------------------------+
 * |                               |    octets of payload (16)     |
 * +-------------------------------+-------------------------------+
 * |  payload ...
 *
 * The first sequence number of a session and channel is 1. The payload's
 * length must be that of the rest of the datagram: a cut one is refused whole.
 * Numbers are big endian. The session is, on the handshake channel, the one
 * that its sender is in: a random number, not 0, taken when it got to know of
 * the receiver. On the others it is the datagram's name, by which the keys are
 * found that the payload is sealed with, which are one session's: see
 * fs_keys_name().
 */
#ifndef _FLOWSYNC_CORE_WIRE_H
#define _FLOWSYNC_CORE_WIRE_H

#include "buf.h"

#define FS_WIRE_MAGIC	0x4653
#define FS_WIRE_VERSION	1
#define FS_WIRE_HEADER	24
/* Where in the header the name is. */
#define FS_WIRE_NAME	8
/* Largest sequence number. */
#define FS_WIRE_SEQ_MAX	((1ull << 48) - 1)

/**
 * enum fs_channel - independent streams of datagrams in one session
 * @FS_CHANNEL_CONTROL: heartbeats, see control.h
 * @FS_CHANNEL_STATE: flow records, see record.h
 * @FS_CHANNEL_HANDSHAKE: how a session begins, see session.h
 */
enum fs_channel {
	FS_CHANNEL_CONTROL,
	FS_CHANNEL_STATE,
	FS_CHANNEL_HANDSHAKE,
	FS_CHANNELS
};

/**
 * enum fs_wire_error - why a datagram, or the rest of one, was not taken
 * @FS_WIRE_OK: it was
 * @FS_WIRE_BADLEN: shorter than what it says it holds, or longer
 * @FS_WIRE_BADMAGIC: not a flowsync datagram
 * @FS_WIRE_BADVERSION: of a protocol version this node does not speak
 * @FS_WIRE_BADCHANNEL: of a channel this node does not know
 * @FS_WIRE_BADVALUE: a field holds a value that cannot be
 * @FS_WIRE_MANDATORY: holds an option that must be understood and is not known
 * @FS_WIRE_BADAUTH: not made by a holder of the key, or changed since
 * @FS_WIRE_BADSESSION: of a session that is over, or was never agreed on
 */
enum fs_wire_error {
	FS_WIRE_OK,
	FS_WIRE_BADLEN,
	FS_WIRE_BADMAGIC,
	FS_WIRE_BADVERSION,
	FS_WIRE_BADCHANNEL,
	FS_WIRE_BADVALUE,
	FS_WIRE_MANDATORY,
	FS_WIRE_BADAUTH,
	FS_WIRE_BADSESSION,
	FS_WIRE_ERRORS
};

/* Options: type (its top bit: must be understood), length, value. */
#define FS_OPT_MANDATORY	0x80

/**
 * struct fs_header - a datagram's header, decoded
 * @channel: enum fs_channel
 * @node: sender's node id, not 0
 * @session: sender's session, or the datagram's name, not 0
 * @seq: sequence number, 1 to FS_WIRE_SEQ_MAX
 * @len: octets of payload
 */
struct fs_header {
	u8 channel;
	u16 len;
	u32 node;
	u64 session;
	u64 seq;
};

void fs_header_put(struct fs_wr *w, const struct fs_header *h);
enum fs_wire_error fs_header_get(struct fs_rd *r, struct fs_header *h);

#endif /* _FLOWSYNC_CORE_WIRE_H */
