// SPDX-License-Identifier: GPL-2.0
/*
 * What released versions said can be read, for ever: a handshake with one in
 * either role, and what it sealed. Records and control datagrams of every kind
 * are in golden.h, of which the same is so: entries are added, none is changed.
 */
#include "control.h"
#include "golden.h"
#include "octets.h"
#include "gen.h"
#include "released_1.h"
#include "session.h"
#include "tap.h"

#define LOW	1
#define HIGH	2

static u64 number_of(const char *text)
{
	u8 octets[OCTETS_MAX];
	struct fs_rd r;

	fs_rd_init(&r, octets, octets_of(octets, text));
	return fs_rd_uint(&r, 8);
}

static void begin(struct fs_session *s, u32 node, const char *session,
		  const char *cookie)
{
	static const struct fs_offer offer = {
		.min = FS_WIRE_VERSION, .max = FS_WIRE_VERSION,
		.records = FS_RECORD_KNOWN, .controls = FS_CONTROL_OPTIONS,
	};
	u8 psk[OCTETS_MAX];

	fs_session_init(s, node, LOW + HIGH - node, number_of(session),
			number_of(cookie), &offer);
	octets_of(psk, released_1_psk);
	fs_psk_init(&s->psk[0], psk);
}

static struct fs_shake_now at(const char *secret)
{
	struct fs_shake_now now = { .now = 1000, .interval = 100, .fresh = 7 };
	u8 octets[OCTETS_MAX];

	octets_of(octets, secret);
	memcpy(now.secret, octets, FS_KEY);
	return now;
}

static enum fs_wire_error hear(struct fs_session *s, const char *secret,
			       const char *text, struct fs_shake *out)
{
	struct fs_shake_now now = at(secret);
	u8 octets[OCTETS_MAX];
	struct fs_header h;
	struct fs_rd r;
	size_t len;

	len = octets_of(octets, text);
	fs_rd_init(&r, octets, len);
	check(!fs_header_get(&r, &h) && h.channel == FS_CHANNEL_HANDSHAKE);
	return fs_session_receive(s, &now, octets, len, out);
}

/* What the other side sealed is opened, and says what it said. */
static bool opens(const struct fs_keys *keys, const char *text,
		  const char *payload)
{
	u8 octets[OCTETS_MAX], want[OCTETS_MAX];
	size_t len = octets_of(octets, text);
	struct fs_header h;
	struct fs_rd r;

	fs_rd_init(&r, octets, len);
	if (!check(!fs_header_get(&r, &h)) ||
	    !check(h.session == fs_keys_name(keys, octets)))
		return false;
	if (!fs_crypto_open(octets + FS_WIRE_HEADER, h.len - FS_TAG, octets,
			    FS_WIRE_HEADER, fs_keys_nonce(h.channel, h.seq),
			    keys->recv))
		return false;
	return octets_of(want, payload) == (size_t)h.len - FS_TAG &&
	       !memcmp(want, octets + FS_WIRE_HEADER, h.len - FS_TAG);
}

static void check_offer(const struct fs_shake *out)
{
	check(out->offered && out->offer.min == 1 && out->offer.max == 1);
	check(out->offer.records == 0xffe && out->offer.controls == 0x101ff0ffe);
}

static void test_responder(void)
{
	static struct fs_session s;
	static struct fs_shake out;

	begin(&s, HIGH, released_1_high_session, released_1_high_cookie);
	check(!hear(&s, released_1_high_secret, released_1_hello, &out));
	check(out.len && out.data[FS_WIRE_HEADER] == FS_SHAKE_TYPE_HELLO);
	check(!hear(&s, released_1_high_secret, released_1_init, &out));
	check(out.agreed && out.keys.session == number_of(released_1_low_session));
	check_offer(&out);
	check(opens(&out.keys, released_1_low_control, released_1_control));
	check(opens(&out.keys, released_1_low_state, released_1_state));
}

static void test_initiator(void)
{
	u8 secret[OCTETS_MAX], offer[OCTETS_MAX], point[FS_KEY];
	static struct fs_session s;
	static struct fs_shake out;

	begin(&s, LOW, released_1_low_session, released_1_low_cookie);
	check(!hear(&s, released_1_low_secret, released_1_answer, &out));
	/* The init that was answered was that of the version then. */
	begin(&s, LOW, released_1_low_session, released_1_low_cookie);
	octets_of(secret, released_1_low_secret);
	s.noise = s.psk[0].start;
	s.waiting = true;
	memcpy(s.secret, secret, FS_KEY);
	check(fs_noise_e_out(&s.noise, s.secret, point));
	fs_noise_seal(&s.noise, offer, octets_of(offer, released_1_low_offer));
	check(!hear(&s, released_1_low_secret, released_1_response, &out));
	check(out.agreed && out.confirmed &&
	      out.keys.id == number_of(released_1_id));
	check_offer(&out);
	check(opens(&out.keys, released_1_high_control, released_1_control));
	check(opens(&out.keys, released_1_high_state, released_1_state));
}

/* What is in there is what golden.h knows. */
static void test_payloads(void)
{
	u8 octets[OCTETS_MAX];
	struct fs_record rec;
	struct fs_control c;
	struct fs_batch b;
	struct fs_rd r;

	fs_rd_init(&r, octets, octets_of(octets, released_1_state));
	check(!fs_batch_open(&b, &r) && b.group == 1 && b.epoch == 300);
	check(!fs_batch_next(&b, &r, &rec) && !fs_rd_left(&r));
	check(rec_equal(&rec, &golden[0].rec));
	fs_rd_init(&r, octets, octets_of(octets, released_1_control));
	check(!fs_control_get(&r, &c));
	check(c.is_heartbeat && c.has_groups && c.has_ack);
	check(c.heard == 0x1122334455667788 && c.state_seq == 255);
	check(c.ack.top == 1 && c.ack.window == 0xffff && c.ack.seen[0] == 1);
}

/* There is a golden one for each option that records may have. */
static void test_kept(void)
{
	u64 seen = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(golden); i++)
		seen |= (u64)golden[i].rec.state.attrs.has << FS_ATTR_SHIFT |
			(golden[i].rec.state.zone.dir ? 2u : 0u);
	if (!check(seen == FS_RECORD_OPTIONS))
		note("without: 0x%llx\n",
		     (unsigned long long)(FS_RECORD_OPTIONS & ~seen));
}

static const struct tap_case cases[] = {
	{ "version 1 begins a session", test_responder },
	{ "version 1 answers", test_initiator },
	{ "what version 1 told is read", test_payloads },
	{ "every option of records is kept", test_kept },
};

int main(void)
{
	return tap_run(cases, ARRAY_SIZE(cases));
}
