/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Datagrams in flight to one peer: which slots each carried, when it is
 * acknowledged or given up for lost, and how many may be out at a time.
 *
 * No datagram is ever sent twice. A lost one makes its slots dirty again, and
 * what goes out then is what their flows are by then.
 *
 * Loss: a datagram is lost when one FS_FLIGHT_REORDER or more behind it was
 * acknowledged and at least an eighth of a round trip has passed since it would have been
 * acknowledged, or when nothing was acknowledged for the retransmission timeout
 * (RFC 9002 section 6 without its probes; the estimate is that of RFC 6298, and
 * what an acknowledgement may wait is added to the timeout).
 * Window: slow start and additive increase, halved at most once per round trip
 * (RFC 5681 in datagrams), never above what the receiver takes.
 */
#ifndef _FLOWSYNC_CORE_FLIGHT_H
#define _FLOWSYNC_CORE_FLIGHT_H

#include "sync.h"

/* Most datagrams in flight. */
#define FS_FLIGHT_MAX		128u
/* Most records in one datagram. */
#define FS_FLIGHT_RECORDS	96u
/* Datagrams acknowledged past one that is then taken for lost. */
#define FS_FLIGHT_REORDER	3u
/* Window to start with, and the smallest. */
#define FS_FLIGHT_START		10u
#define FS_FLIGHT_LEAST		2u
/* How long a receiver waits for more to acknowledge, and with the tick of a slow
 * timer, in microseconds.
 */
#define FS_ACK_DELAY		20000u
#define FS_ACK_LATE		30000u
/* Bounds of the retransmission timeout, and the first, in microseconds. The
 * least leaves room for a delayed acknowledgement and two ticks of a slow timer.
 */
#define FS_RTO_MIN		50000u
#define FS_RTO_MAX		4000000u
#define FS_RTO_START		200000u

/**
 * struct fs_ack - what a receiver has of a channel
 * @top: highest sequence number received
 * @seen: bit n (of word n / 64) is set if @top - n was received
 * @window: how many datagrams it takes at a time
 */
struct fs_ack {
	u64 top;
	u64 seen[4];
	u16 window;
};

/**
 * enum fs_fate - what became of a datagram
 * @FS_FATE_FLYING: not known yet
 * @FS_FATE_ACKED: it was received
 * @FS_FATE_LOST: it is taken for lost
 * @FS_FATE_SETTLED: acted upon
 */
enum fs_fate {
	FS_FATE_FLYING,
	FS_FATE_ACKED,
	FS_FATE_LOST,
	FS_FATE_SETTLED,
};

/**
 * struct fs_datagram - one datagram in flight
 * @seq: its sequence number
 * @time: when it left, in microseconds
 * @fate: enum fs_fate
 * @count: length of @sent
 * @sent: its records
 */
struct fs_datagram {
	u64 seq;
	u64 time;
	u8 fate;
	u8 count;
	struct fs_sent sent[FS_FLIGHT_RECORDS];
};

/**
 * struct fs_flight - all datagrams in flight to a peer
 * @ring: FS_FLIGHT_MAX of them, by sequence number; the caller's memory
 * @last: highest sequence number used
 * @first: lowest that is not settled
 * @flying: how many are in flight
 * @acked_top: highest sequence number acknowledged
 * @acked_time: when something was last acknowledged, or first sent after all
 *	was settled, in microseconds
 * @srtt: smoothed round-trip time, microseconds; 0 before the first sample
 * @rttvar: its variation
 * @backoff: doublings of the timeout since the last acknowledgement
 * @window: congestion window, in datagrams
 * @threshold: where slow start ends
 * @fraction: acknowledgements towards the next increase
 * @recover: losses up to this sequence number have been answered
 * @receiver: what the receiver takes
 * @lost: datagrams taken for lost, in all
 */
struct fs_flight {
	struct fs_datagram *ring;
	u64 last;
	u64 first;
	u32 flying;
	u64 acked_top;
	u64 acked_time;
	u32 srtt;
	u32 rttvar;
	u32 backoff;
	u32 window;
	u32 threshold;
	u32 fraction;
	u64 recover;
	u32 receiver;
	u64 lost;
};

void fs_flight_init(struct fs_flight *f, struct fs_datagram *ring);
bool fs_flight_open(const struct fs_flight *f);
struct fs_datagram *fs_flight_begin(struct fs_flight *f);
void fs_flight_commit(struct fs_flight *f, u64 now);
void fs_flight_ack(struct fs_flight *f, const struct fs_ack *ack, u64 now);
void fs_flight_expire(struct fs_flight *f, u64 now);
void fs_flight_abandon(struct fs_flight *f);
struct fs_datagram *fs_flight_next(struct fs_flight *f);
void fs_flight_settle(struct fs_flight *f, struct fs_datagram *d);
u32 fs_flight_timeout(const struct fs_flight *f);

#endif /* _FLOWSYNC_CORE_FLIGHT_H */
