// SPDX-License-Identifier: GPL-2.0
#include "flight.h"

#define MIN_OF(a, b)	((a) < (b) ? (a) : (b))
#define MAX_OF(a, b)	((a) > (b) ? (a) : (b))

/**
 * fs_flight_init - nothing is in flight, nothing is known
 * @f: the flight
 * @ring: memory for FS_FLIGHT_MAX datagrams
 *
 * Sequence numbers go on from where they were if @f was in use before; else it
 * has to be zeroed.
 */
void fs_flight_init(struct fs_flight *f, struct fs_datagram *ring)
{
	u64 last = f->last;
	u64 lost = f->lost;

	memset(f, 0, sizeof(*f));
	f->ring = ring;
	f->last = last;
	f->first = last + 1;
	f->acked_top = last;
	f->recover = last;
	f->window = FS_FLIGHT_START;
	f->threshold = FS_FLIGHT_MAX;
	f->receiver = FS_FLIGHT_MAX;
	f->lost = lost;
}

static struct fs_datagram *at(const struct fs_flight *f, u64 seq)
{
	return &f->ring[seq % FS_FLIGHT_MAX];
}

/**
 * fs_flight_open - whether another datagram may be sent now
 * @f: the flight
 *
 * Return: true if it may.
 */
bool fs_flight_open(const struct fs_flight *f)
{
	return f->flying < MIN_OF(f->window, f->receiver) &&
	       f->last + 1 - f->first < FS_FLIGHT_MAX;
}

/**
 * fs_flight_begin - the next datagram
 * @f: the flight, open
 *
 * Nothing happened yet: it counts once it is committed.
 *
 * Return: the datagram, empty, with its sequence number.
 */
struct fs_datagram *fs_flight_begin(struct fs_flight *f)
{
	struct fs_datagram *d = at(f, f->last + 1);

	d->seq = f->last + 1;
	d->count = 0;
	return d;
}

/**
 * fs_flight_commit - the datagram that was begun has left
 * @f: the flight
 * @now: current time in microseconds
 */
void fs_flight_commit(struct fs_flight *f, u64 now)
{
	struct fs_datagram *d = at(f, ++f->last);

	d->time = now;
	d->fate = FS_FATE_FLYING;
	if (!f->flying++)
		f->acked_time = now;
}

/**
 * fs_flight_timeout - how long to wait for an acknowledgement
 * @f: the flight
 *
 * Return: microseconds, doubled at each time it was in vain.
 */
u32 fs_flight_timeout(const struct fs_flight *f)
{
	u64 rto = FS_RTO_START;

	if (f->srtt)
		rto = MAX_OF(FS_RTO_MIN, (u64)f->srtt + 4ull * f->rttvar +
					 FS_ACK_LATE);
	return (u32)MIN_OF(rto << MIN_OF(f->backoff, 16u), FS_RTO_MAX);
}

/* RFC 6298 section 2. */
static void sample_rtt(struct fs_flight *f, u64 rtt)
{
	u32 r = (u32)MIN_OF(MAX_OF(rtt, 1ull), 60000000ull);
	u32 off;

	if (!f->srtt) {
		f->srtt = r;
		f->rttvar = r / 2;
		return;
	}
	off = f->srtt > r ? f->srtt - r : r - f->srtt;
	f->rttvar = (u32)((3ull * f->rttvar + off) / 4);
	f->srtt = (u32)MAX_OF((7ull * f->srtt + r) / 8, 1ull);
}

static void grow(struct fs_flight *f)
{
	if (f->window >= FS_FLIGHT_MAX)
		return;
	if (f->window < f->threshold) {
		f->window++;
		return;
	}
	if (++f->fraction >= f->window) {
		f->fraction = 0;
		f->window++;
	}
}

/* How long a datagram has been out. The caller may have read the clock before
 * it left.
 */
static u64 age(const struct fs_datagram *d, u64 now)
{
	return (s64)(now - d->time) > 0 ? now - d->time : 0;
}

static void give_up(struct fs_flight *f, struct fs_datagram *d)
{
	d->fate = FS_FATE_LOST;
	f->flying--;
	f->lost++;
	if (d->seq <= f->recover)
		return;
	/* The first loss of this round trip. */
	f->recover = f->last;
	/* Only once for all the timeouts of one outage (RFC 5681 section 3.1). */
	if (f->backoff)
		return;
	f->threshold = MAX_OF(f->window / 2, FS_FLIGHT_LEAST);
	f->window = f->threshold;
	f->fraction = 0;
}

static bool ack_covers(const struct fs_ack *ack, u64 seq)
{
	u64 back;

	if (seq > ack->top)
		return false;
	back = ack->top - seq;
	return back < 256 && ack->seen[back / 64] >> back % 64 & 1;
}

/**
 * fs_flight_ack - an acknowledgement arrived
 * @f: the flight
 * @ack: what the receiver has
 * @now: current time in microseconds
 *
 * fs_flight_next() then gives what is to be settled.
 */
void fs_flight_ack(struct fs_flight *f, const struct fs_ack *ack, u64 now)
{
	struct fs_datagram *highest = NULL;
	u64 acked_top = f->acked_top;
	u64 seq;

	if (ack->top > f->last)
		return;
	f->receiver = MAX_OF(ack->window, 1u);
	for (seq = f->first; seq <= f->last; seq++) {
		struct fs_datagram *d = at(f, seq);

		if (d->fate != FS_FATE_FLYING || !ack_covers(ack, seq))
			continue;
		d->fate = FS_FATE_ACKED;
		f->flying--;
		highest = d;
		if (seq > f->acked_top)
			f->acked_top = seq;
		grow(f);
	}
	if (!highest)
		return;
	/* One below what was acknowledged before may have arrived long ago
	 * (RFC 9002 section 5.1).
	 */
	if (highest->seq > acked_top)
		sample_rtt(f, age(highest, now));
	f->acked_time = now;
	f->backoff = 0;
	for (seq = f->first; seq + FS_FLIGHT_REORDER <= f->acked_top; seq++) {
		struct fs_datagram *d = at(f, seq);

		if (d->fate == FS_FATE_FLYING &&
		    age(d, now) >= f->srtt + f->srtt / 8)
			give_up(f, d);
	}
}

/**
 * fs_flight_expire - look whether the timeout has passed
 * @f: the flight
 * @now: current time in microseconds
 *
 * If nothing was acknowledged for so long, all that left before is given up.
 * fs_flight_next() then gives what is to be settled.
 */
void fs_flight_expire(struct fs_flight *f, u64 now)
{
	u32 timeout = fs_flight_timeout(f);
	bool any = false;
	u64 seq;

	if (!f->flying)
		return;
	for (seq = f->first; seq <= f->last; seq++) {
		struct fs_datagram *d = at(f, seq);

		if (d->fate != FS_FATE_FLYING || age(d, now) < timeout)
			continue;
		give_up(f, d);
		any = true;
	}
	if (any && now - f->acked_time >= timeout) {
		f->backoff++;
		f->acked_time = now;
		f->window = FS_FLIGHT_LEAST;
	}
}

/**
 * fs_flight_abandon - the peer is gone: all that is in flight is lost
 * @f: the flight
 *
 * fs_flight_next() then gives what is to be settled.
 */
void fs_flight_abandon(struct fs_flight *f)
{
	u64 seq;

	for (seq = f->first; seq <= f->last; seq++) {
		struct fs_datagram *d = at(f, seq);

		if (d->fate == FS_FATE_FLYING) {
			d->fate = FS_FATE_LOST;
			f->flying--;
		}
	}
	f->recover = f->last;
	f->window = FS_FLIGHT_START;
	f->backoff = 0;
}

/**
 * fs_flight_next - a datagram whose fate is known and not yet acted upon
 * @f: the flight
 *
 * Return: the datagram, which the caller settles, or NULL if there is none.
 */
struct fs_datagram *fs_flight_next(struct fs_flight *f)
{
	u64 seq;

	for (seq = f->first; seq <= f->last; seq++) {
		struct fs_datagram *d = at(f, seq);

		if (d->fate == FS_FATE_ACKED || d->fate == FS_FATE_LOST)
			return d;
	}
	return NULL;
}

/**
 * fs_flight_settle - a datagram's fate was acted upon
 * @f: the flight
 * @d: the datagram
 */
void fs_flight_settle(struct fs_flight *f, struct fs_datagram *d)
{
	d->fate = FS_FATE_SETTLED;
	while (f->first <= f->last &&
	       at(f, f->first)->fate == FS_FATE_SETTLED)
		f->first++;
}
