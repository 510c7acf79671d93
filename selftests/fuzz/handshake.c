// SPDX-License-Identifier: GPL-2.0
/*
 * Datagrams of the handshake channel, one after the other. Of the input each takes
 * two octets that say what it is, and so many octets as the second says:
 *
 *	0	raw: as they are
 *	1	behind a header, with a good tag: whoever holds the key sends it
 *	2	an offer, in an init that is sealed and tagged by a peer
 *	3	an offer, in the response to the last init
 *	4	time passes
 *
 * What is sent is never longer than a handshake needs, a hello is answered by no
 * more than it is or by an init to who proved to be there, and keys come only of
 * what the peer sealed.
 */
#include "session.h"
#include "record.h"
#include "control.h"

#include "fuzz.h"

static struct fs_session own;
static struct fs_psk psk;
static u8 init_sent[FS_SHAKE_MAX];
static size_t init_len;
static u64 now_ms, fresh, cookie;
static bool keyed;

static struct fs_shake_now at(void)
{
	struct fs_shake_now now = {
		.now = now_ms, .interval = 100, .keyed = keyed,
		.print = psk.print, .fresh = ++fresh,
		.peer_print = { psk.print }, .peer_cookie = cookie,
		.old = now_ms % 7 == 0,
	};

	memset(now.secret, 5, FS_KEY);
	return now;
}

static void take(const struct fs_shake *out, bool sealed)
{
	must(out->len <= sizeof(out->data));
	must(!out->agreed || sealed);
	if (out->len && out->data[FS_WIRE_HEADER] == FS_SHAKE_TYPE_INIT) {
		init_len = out->len;
		memcpy(init_sent, out->data, out->len);
	}
	if (out->agreed) {
		must(out->offered && out->keys.id && out->keys.session);
		must(out->offer.max >= own.offer.min &&
		     out->offer.min <= own.offer.max && !out->offer.plain);
		cookie = out->cookie;
		keyed = true;
	}
}

static void hear(const u8 *data, size_t len, bool sealed)
{
	struct exact e = exact_copy(data, len);
	struct fs_shake_now now = at();
	static struct fs_shake out;
	enum fs_wire_error err;
	struct fs_header h;
	struct fs_rd r;

	fs_rd_init(&r, e.p, len);
	if (!fs_header_get(&r, &h) && h.channel == FS_CHANNEL_HANDSHAKE) {
		err = fs_session_receive(&own, &now, e.p, len, &out);
		must(err < FS_WIRE_ERRORS);
		must(err || !out.len || len >= FS_SHAKE_HELLO);
		take(&out, sealed);
	}
	exact_free(e);
}

/* Put the header in front, and the tag behind. */
static size_t finish(u8 *data, size_t len)
{
	struct fs_header h = {
		.channel = FS_CHANNEL_HANDSHAKE, .node = own.peer,
		.session = 99, .seq = 1,
		.len = (u16)(len + FS_MAC - FS_WIRE_HEADER),
	};
	struct fs_wr w;

	fs_wr_init(&w, data, FS_WIRE_HEADER);
	fs_header_put(&w, &h);
	fs_wr_init(&w, data + len, FS_MAC);
	fs_wr_uint(&w, fs_crypto_mac(psk.mac, data, len), FS_MAC);
	return len + FS_MAC;
}

static size_t begin(u8 *data, u8 type)
{
	struct fs_wr w;

	fs_wr_init(&w, data + FS_WIRE_HEADER, 12);
	fs_wr_uint(&w, type, 1);
	fs_wr_uint(&w, 0, 3);
	fs_wr_uint(&w, own.cookie, 8);
	return FS_SHAKE_HEAD;
}

static void sealed_offer(u8 type, const u8 *offer, size_t len)
{
	struct fs_noise noise = psk.start;
	u8 data[FS_SHAKE_MAX + 256], secret[FS_KEY];
	u8 init[FS_SHAKE_MAX];
	size_t at = begin(data, type), sealed;

	memset(secret, 9, sizeof(secret));
	if (type == FS_SHAKE_TYPE_RESPONSE) {
		if (!init_len)
			return;
		memcpy(init, init_sent, init_len);
		sealed = init_len - FS_SHAKE_HEAD - FS_KEY - FS_TAG - FS_MAC;
		fs_noise_e_in(&noise, init + FS_SHAKE_HEAD);
		must(fs_noise_open(&noise, init + FS_SHAKE_HEAD + FS_KEY,
				   sealed));
	}
	must(fs_noise_e_out(&noise, secret, data + at));
	if (type == FS_SHAKE_TYPE_RESPONSE)
		must(fs_noise_ee(&noise, secret, init_sent + FS_SHAKE_HEAD));
	at += FS_KEY;
	memcpy(data + at, offer, len);
	fs_noise_seal(&noise, data + at, len);
	hear(data, finish(data, at + len + FS_TAG), true);
}

static void step(u8 what, const u8 *octets, size_t len)
{
	u8 data[FS_WIRE_HEADER + 256 + FS_MAC];
	static struct fs_shake out;
	struct fs_shake_now now;

	switch (what % 5) {
	case 0:
		hear(octets, len, false);
		break;
	case 1:
		memcpy(data + FS_WIRE_HEADER, octets, len);
		hear(data, finish(data, FS_WIRE_HEADER + len), false);
		break;
	case 2:
		sealed_offer(FS_SHAKE_TYPE_INIT, octets, len);
		break;
	case 3:
		sealed_offer(FS_SHAKE_TYPE_RESPONSE, octets, len);
		break;
	default:
		now_ms += 50 * len;
		now = at();
		fs_session_tick(&own, &now, &out);
		take(&out, false);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u8 key[FS_KEY] = { 1, 2, 3 };
	static const struct fs_offer offer = {
		.min = 1, .max = 1, .records = FS_RECORD_KNOWN,
		.controls = FS_CONTROL_OPTIONS,
	};
	unsigned int steps = 0;

	if (size < 1)
		return 0;
	now_ms = 1000;
	fresh = 1000;
	cookie = 0;
	keyed = false;
	init_len = 0;
	fs_psk_init(&psk, key);
	if (*data++ & 1)
		fs_session_init(&own, 1, 2, 5, 0x11, &offer);
	else
		fs_session_init(&own, 2, 1, 5, 0x11, &offer);
	own.psk[0] = psk;
	for (size--; size >= 2 && steps < 8; steps++) {
		size_t len = data[1];

		if (len > size - 2)
			len = size - 2;
		step(data[0], data + 2, len);
		data += 2 + len;
		size -= 2 + len;
	}
	return 0;
}
