// SPDX-License-Identifier: GPL-2.0
/*
 * speak - a node's handshake and seal by core/, for test_witness.py
 *
 *	speak NODE PEER KEY	(the key in hexadecimal)
 *
 * Reads one command a line, answers with lines, the last one ".":
 *
 *	tick			a heartbeat interval passed
 *	recv HEX		a datagram arrived
 *	seal CHANNEL SEQ HEX	send a payload
 *
 *	send HEX		a datagram leaves
 *	keys NAME		there are keys, this is their name
 *	open HEX		the payload of what arrived, opened
 *	refused N		enum fs_wire_error
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "rnd.h"
#include "session.h"

static struct fs_session session;
static struct fs_keyring ring = { .renew = 120000 };
static u64 now_ms = 1000;

static size_t from_hex(const char *text, u8 *octets, size_t room)
{
	size_t len = 0;
	unsigned int octet;

	while (len < room && sscanf(text + 2 * len, "%2x", &octet) == 1)
		octets[len++] = (u8)octet;
	return len;
}

static void print_hex(const char *what, const u8 *octets, size_t len)
{
	printf("%s ", what);
	while (len--)
		printf("%02x", *octets++);
	putchar('\n');
}

static struct fs_shake_now at(void)
{
	struct fs_shake_now now = {
		.now = now_ms, .interval = 100, .keyed = ring.now.id,
		.print = ring.now.print, .fresh = rnd() | 1,
	};
	unsigned int i;

	for (i = 0; i < FS_KEY; i++)
		now.secret[i] = (u8)rnd();
	return now;
}

static void conclude(const struct fs_shake *out)
{
	if (out->len)
		print_hex("send", out->data, out->len);
	if (!out->agreed)
		return;
	fs_keyring_add(&ring, &out->keys, out->confirmed, now_ms);
	printf("keys %016" PRIx64 "\n", out->keys.id);
}

static enum fs_wire_error receive(u8 *data, size_t len)
{
	struct fs_shake_now now = at();
	enum fs_wire_error err;
	struct fs_shake out;
	struct fs_header h;
	struct fs_keys *keys;
	struct fs_rd r;

	fs_rd_init(&r, data, len);
	err = fs_header_get(&r, &h);
	if (err)
		return err;
	if (h.channel == FS_CHANNEL_HANDSHAKE) {
		err = fs_session_receive(&session, &now, data, len, &out);
		conclude(&out);
		return err;
	}
	keys = fs_keyring_named(&ring, h.session, data);
	if (!keys)
		return FS_WIRE_BADSESSION;
	if (h.len < FS_TAG)
		return FS_WIRE_BADLEN;
	if (!fs_crypto_open(data + FS_WIRE_HEADER, h.len - FS_TAG, data,
			    FS_WIRE_HEADER, fs_keys_nonce(h.channel, h.seq),
			    keys->recv))
		return FS_WIRE_BADAUTH;
	fs_keyring_opened(&ring, keys->id, now_ms);
	print_hex("open", data + FS_WIRE_HEADER, h.len - FS_TAG);
	return FS_WIRE_OK;
}

static void seal(u8 channel, u64 seq, const char *text)
{
	struct fs_header h = {
		.channel = channel, .node = session.node, .seq = seq,
	};
	u8 data[2048];
	struct fs_wr w;
	size_t len;

	len = from_hex(text, data + FS_WIRE_HEADER, 1400);
	h.len = (u16)(len + FS_TAG);
	fs_wr_init(&w, data, FS_WIRE_HEADER);
	fs_header_put(&w, &h);
	fs_keys_put_name(&ring.now, data);
	fs_crypto_seal(data + FS_WIRE_HEADER, len, data, FS_WIRE_HEADER,
		       fs_keys_nonce(channel, seq), ring.now.send);
	print_hex("send", data, FS_WIRE_HEADER + len + FS_TAG);
}

int main(int argc, char **argv)
{
	static const struct fs_offer offer = { .min = 1, .max = 1 };
	static char line[8192], hex[8192];
	struct fs_shake_now now;
	enum fs_wire_error err;
	unsigned int channel;
	struct fs_shake out;
	u8 data[2048];
	size_t len;
	u64 seq;

	if (argc != 4 || from_hex(argv[3], data, FS_KEY) != FS_KEY)
		return 2;
	fs_session_init(&session, (u32)atoi(argv[1]), (u32)atoi(argv[2]),
			rnd() | 1, rnd() | 1, &offer);
	fs_psk_init(&session.psk[0], data);
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "tick\n")) {
			now_ms += 100;
			now = at();
			fs_session_tick(&session, &now, &out);
			conclude(&out);
		} else if (sscanf(line, "recv %8191s", hex) == 1) {
			len = from_hex(hex, data, sizeof(data));
			err = receive(data, len);
			if (err)
				printf("refused %d\n", err);
		} else if (sscanf(line, "seal %u %" SCNu64 " %8191s", &channel,
				  &seq, hex) == 3) {
			seal((u8)channel, seq, hex);
		}
		puts(".");
		fflush(stdout);
	}
	return 0;
}
