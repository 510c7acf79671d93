// SPDX-License-Identifier: GPL-2.0
#include <linux/moduleparam.h>
#include <net/netlink.h>

#include "core/control.h"
#include "core/record.h"
#include "core/session.h"
#include "dialect.h"
#include "event.h"
#include "node.h"
#include "peer.h"

static unsigned long long record_options = FS_RECORD_KNOWN;
module_param(record_options, ullong, 0644);
MODULE_PARM_DESC(record_options,
		 "options of records that peers added from now on may use, a bit each: to be what an older version was, in tests");

/* Options of records, by number. 0 is none, see FS_RECORD_REPEATS. */
static const char *const option_names[] = {
	[0x00] = "repeated addresses",
	[0x01] = "zone",
	[0x02] = "windows",
	[0x03] = "mark",
	[0x04] = "labels",
	[0x05] = "helper",
	[0x06] = "sequence adjustment",
	[0x07] = "SYN proxy",
	[0x08] = "SCTP",
	[0x09] = "DCCP",
	[0x0a] = "accounting",
	[0x0b] = "start",
	[0x0c] = "expectations",
	[0x0d] = "master",
	[0x0e] = "security mark",
	[0x0f] = "timeouts",
};

static_assert(FS_RECORD_KNOWN == (1ull << ARRAY_SIZE(option_names)) - 1);

static const char *const channel_names[] = {
	[FS_CHANNEL_CONTROL] = "control",
	[FS_CHANNEL_STATE] = "record",
	[FS_CHANNEL_HANDSHAKE] = "handshake",
};

/**
 * fs_dialect_init - what a new peer is offered
 * @peer: the peer
 * @offer: result: versions and options
 *
 * Context: process.
 */
void fs_dialect_init(struct fs_peer *peer, struct fs_offer *offer)
{
	peer->dialect.known = READ_ONCE(record_options) & FS_RECORD_KNOWN;
	offer->min = FS_WIRE_VERSION;
	offer->max = FS_WIRE_VERSION;
	offer->records = peer->dialect.known;
	offer->controls = FS_CONTROL_OPTIONS;
}

/**
 * fs_dialect_reset - a new session begins, perhaps with another version
 * @peer: the peer
 *
 * Context: any; fs_peer.lock held.
 */
void fs_dialect_reset(struct fs_peer *peer)
{
	lockdep_assert_held(&peer->lock);

	atomic64_set(&peer->dialect.left_out, 0);
	atomic64_set(&peer->dialect.refused, 0);
	WRITE_ONCE(peer->dialect.unknown, 0);
}

/**
 * fs_dialect_lower - have a record say no more than the peer understands
 * @peer: the peer
 * @rec: the record
 *
 * Context: any.
 * Return: false if it cannot be told.
 */
bool fs_dialect_lower(struct fs_peer *peer, struct fs_record *rec)
{
	u64 out = fs_record_lower(rec, READ_ONCE(peer->seal.offer.records));

	if (likely(!out))
		return true;
	if (out & FS_RECORD_MANDATORY) {
		atomic64_or(out & FS_RECORD_MANDATORY, &peer->dialect.refused);
		fs_stat_inc(peer->node, tx_untold);
		return false;
	}
	atomic64_or(out, &peer->dialect.left_out);
	fs_stat_inc(peer->node, tx_lowered);
	return true;
}

/**
 * fs_dialect_unknown - the peer said what had to be understood, and is not known
 * @peer: the peer
 * @channel: enum fs_channel
 * @type: of the option
 *
 * Context: any.
 */
void fs_dialect_unknown(struct fs_peer *peer, u8 channel, u8 type)
{
	WRITE_ONCE(peer->dialect.unknown, channel << 8 | type);
}

static void report_refused(struct fs_peer *peer, unsigned int option)
{
	char cause[96];

	snprintf(cause, sizeof(cause),
		 "the peer does not understand %s (0x%02x): flows with it are not told",
		 option_names[option], FS_OPT_MANDATORY | option);
	fs_event_peer(peer, FLOWSYNC_EVENT_PEER_OPTION, cause);
}

static void report_unknown(struct fs_peer *peer, u16 unknown)
{
	char cause[96];

	snprintf(cause, sizeof(cause),
		 "the peer sent %s option 0x%02x, which has to be understood and is not",
		 channel_names[unknown >> 8], unknown & 0xff);
	fs_event_peer(peer, FLOWSYNC_EVENT_PEER_OPTION, cause);
}

/**
 * fs_dialect_look - report what the two do not understand of each other, once
 * @peer: the peer
 *
 * Context: process: the peer's heartbeat work.
 */
void fs_dialect_look(struct fs_peer *peer)
{
	struct fs_dialect *d = &peer->dialect;
	u64 refused = atomic64_read(&d->refused);
	u16 unknown = READ_ONCE(d->unknown);
	unsigned int option;

	for (option = 0; option < ARRAY_SIZE(option_names); option++)
		if ((refused & ~d->refused_reported) >> option & 1)
			report_refused(peer, option);
	d->refused_reported = refused;
	if (unknown && unknown != d->unknown_reported)
		report_unknown(peer, unknown);
	d->unknown_reported = unknown;
}

static int put_mask(struct sk_buff *skb, int attr, u64 mask)
{
	return mask ? nla_put_u64_64bit(skb, attr, mask, FLOWSYNC_A_PEER_PAD) :
		      0;
}

/**
 * fs_dialect_show - write what the two understand of each other
 * @skb: where to
 * @peer: the peer
 *
 * Context: any; fs_peer.lock held.
 * Return: 0, or not if it does not fit.
 */
int fs_dialect_show(struct sk_buff *skb, struct fs_peer *peer)
{
	const struct fs_offer *own = &peer->seal.session.offer;
	const struct fs_offer *offer = &peer->seal.offer;
	struct fs_dialect *d = &peer->dialect;

	lockdep_assert_held(&peer->lock);

	/* It never offered anything. */
	if (!offer->max)
		return 0;
	return nla_put_u32(skb, FLOWSYNC_A_PEER_VERSION_MIN, offer->min) ||
	       nla_put_u32(skb, FLOWSYNC_A_PEER_VERSION_MAX, offer->max) ||
	       put_mask(skb, FLOWSYNC_A_PEER_RECORDS_HERE,
			own->records & ~offer->records) ||
	       put_mask(skb, FLOWSYNC_A_PEER_RECORDS_THERE,
			offer->records & ~own->records) ||
	       put_mask(skb, FLOWSYNC_A_PEER_CONTROLS_HERE,
			own->controls & ~offer->controls) ||
	       put_mask(skb, FLOWSYNC_A_PEER_CONTROLS_THERE,
			offer->controls & ~own->controls) ||
	       put_mask(skb, FLOWSYNC_A_PEER_LEFT_OUT,
			atomic64_read(&d->left_out)) ||
	       put_mask(skb, FLOWSYNC_A_PEER_REFUSED,
			atomic64_read(&d->refused)) ||
	       (d->unknown &&
		nla_put_u32(skb, FLOWSYNC_A_PEER_UNKNOWN, d->unknown));
}
