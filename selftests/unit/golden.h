/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records and their octets. The octets were written by hand from the drawing in
 * record.h; each is the only record of a batch of group 1 in epoch 300. Control
 * datagrams' payloads and what is in them, by hand from that in control.h. They are
 * what released versions say: none is changed, new ones are added.
 */
#ifndef _FLOWSYNC_UNIT_GOLDEN_H
#define _FLOWSYNC_UNIT_GOLDEN_H

#include "control.h"
#include "record.h"
#include "role.h"

#define GOLDEN_BATCH	"01 ac02 "

#define V4(a, b, c, d)	{ .octets = { a, b, c, d } }
#define V6(net, host)	{ .octets = { 0x20, 0x01, 0x0d, 0xb8, [5] = net, \
				      [15] = host } }

struct golden {
	const char *what;
	const char *octets;
	struct fs_record rec;
};

static const struct golden golden[] = {
	{
		"TCP over IPv4 with source NAT",
		"21 0a d00f 01"		/* slot 5, op 1000, gen 1 */
		"63"			/* destination and its port translated */
		"0a000001 c0000250 9c40 01bb"
		"cb007109 c350"
		"03 97 13"
		"80af1a",		/* 432000 s */
		{
			.type = FS_RECORD_CHECKPOINT,
			.slot = 5, .op = 1000, .gen = 1,
			.state = {
				.tuple = {
					{ V4(10, 0, 0, 1), V4(192, 0, 2, 80),
					  40000, 443 },
					{ V4(192, 0, 2, 80),
					  V4(203, 0, 113, 9), 443, 50000 },
				},
				.family = 4, .proto = 6,
				.status = FS_STATUS_SEEN_REPLY |
					  FS_STATUS_ASSURED,
				.tcp = { 3, { 7, 9 }, { 3, 1 } },
				.timeout = 432000,
			},
		},
	}, {
		"UDP over IPv6, not translated",
		"51 06 d20f c801"	/* slot 3, op 1001, gen 200 */
		"01"
		"20010db8000000000000000000000001"
		"20010db8000100000000000000000053"
		"14e9 0035"
		"1e",
		{
			.type = FS_RECORD_CHECKPOINT,
			.slot = 3, .op = 1001, .gen = 200,
			.state = {
				.tuple = {
					{ V6(0, 1), V6(1, 0x53), 5353, 53 },
					{ V6(1, 0x53), V6(0, 1), 53, 5353 },
				},
				.family = 6, .proto = 17,
				.status = FS_STATUS_SEEN_REPLY,
				.timeout = 30,
			},
		},
	}, {
		"ICMP echo with source NAT, the identifier translated too",
		"61 00 02 01"		/* slot 0, op 1, gen 1 */
		"30"			/* source port and destination */
		"0a000002 c6336407 1234 0800"
		"4321 cb007109"
		"1d",
		{
			.type = FS_RECORD_CHECKPOINT,
			.slot = 0, .op = 1, .gen = 1,
			.state = {
				.tuple = {
					{ V4(10, 0, 0, 2), V4(198, 51, 100, 7),
					  0x1234, 8 << 8 },
					{ V4(198, 51, 100, 7),
					  V4(203, 0, 113, 9), 0x4321, 0 },
				},
				.family = 4, .proto = 1, .timeout = 29,
			},
		},
	}, {
		"ICMPv6 echo",
		"71 8001 80d0acf30e 7f"	/* slot 64, op 2000000000, gen 127 */
		"00"
		"20010db8000000000000000000000001"
		"20010db8000000000000000000000002"
		"0007 8000"
		"00",
		{
			.type = FS_RECORD_CHECKPOINT,
			.slot = 64, .op = 2000000000, .gen = 127,
			.state = {
				.tuple = {
					{ V6(0, 1), V6(0, 2), 7, 128 << 8 },
					{ V6(0, 2), V6(0, 1), 7, 129 << 8 },
				},
				.family = 6, .proto = 58,
			},
		},
	}, {
		"UDP with everything translated, in a zone",
		"45 02 02 01"		/* slot 1, op 1, gen 1, options */
		"7f"
		"0a000003 0a0000fe 0400 0035"
		"c0000201 14e9 c6336401 ffff"
		"b401"			/* 180 s */
		"05 81 03 002a 02",	/* zone 42, reply direction */
		{
			.type = FS_RECORD_CHECKPOINT,
			.slot = 1, .op = 1, .gen = 1,
			.state = {
				.tuple = {
					{ V4(10, 0, 0, 3), V4(10, 0, 0, 254),
					  1024, 53 },
					{ V4(192, 0, 2, 1),
					  V4(198, 51, 100, 1), 5353, 65535 },
				},
				.family = 4, .proto = 17,
				.status = FS_STATUS_SEEN_REPLY |
					  FS_STATUS_ASSURED |
					  FS_STATUS_FIXED_TIMEOUT,
				.timeout = 180, .zone = { 42, 2 },
			},
		},
	}, {
		"update of TCP with windows, a mark and an adjustment",
		"26 02 02 01"
		"03"
		"03 77 33"
		"80af1a"
		"2c"			/* 44 octets of options */
		"02 0a fffffff0 00000010 10 1e"
		"06 18 00000001 00000002 00000003"
		" 11111111 fffffffe fffffffd"
		"03 04 0000beef",
		{
			.type = FS_RECORD_UPDATE,
			.slot = 1, .op = 1, .gen = 1,
			.state = {
				.family = 4, .proto = 6,
				.status = FS_STATUS_SEEN_REPLY |
					  FS_STATUS_ASSURED,
				.tcp = { 3, { 7, 7 }, { 3, 3 } },
				.timeout = 432000,
				.attrs = {
					.has = FS_ATTR_WINDOW | FS_ATTR_MARK |
					       FS_ATTR_SEQADJ,
					.window = { { 0xfffffff0, 16 },
						    { 16, 30 } },
					.seqadj = {
						{ 1, 2, 3 },
						{ 0x11111111, 0xfffffffe,
						  0xfffffffd },
					},
					.mark = 0xbeef,
				},
			},
		},
	}, {
		"SCTP in a zone, with a helper and accounting",
		"85 02 02 01"
		"84 03"
		"0a000001 0a000002 1234 0b59"
		"d301"			/* 211 s */
		"26"			/* 38 octets of options */
		"81 03 0007 03"
		"88 09 04 01020304 a1a2a3a4"
		"05 03 667470"		/* ftp */
		"0a 05 05 8002 00 00"
		"0b 08 0000000000000100",
		{
			.type = FS_RECORD_CHECKPOINT,
			.slot = 1, .op = 1, .gen = 1,
			.state = {
				.tuple = {
					{ V4(10, 0, 0, 1), V4(10, 0, 0, 2),
					  0x1234, 2905 },
					{ V4(10, 0, 0, 2), V4(10, 0, 0, 1),
					  2905, 0x1234 },
				},
				.family = 4, .proto = 132,
				.status = FS_STATUS_SEEN_REPLY |
					  FS_STATUS_ASSURED,
				.timeout = 211, .zone = { 7, 3 },
				.attrs = {
					.has = FS_ATTR_SCTP | FS_ATTR_HELPER |
					       FS_ATTR_ACCT | FS_ATTR_START,
					.sctp = { 4, { 0x01020304,
						       0xa1a2a3a4 } },
					.helper = "ftp",
					.acct = { { 5, 256 }, { 0, 0 } },
					.start = 256,
				},
			},
		},
	}, {
		"update of DCCP with labels",
		"96 02 02 01"
		"21 01"
		"1e"
		"1f"
		"89 0b 03 00 01 0000000000000abc"
		"04 10 00112233445566778899aabbccddeeff",
		{
			.type = FS_RECORD_UPDATE,
			.slot = 1, .op = 1, .gen = 1,
			.state = {
				.family = 6, .proto = 33,
				.status = FS_STATUS_SEEN_REPLY,
				.timeout = 30,
				.attrs = {
					.has = FS_ATTR_DCCP | FS_ATTR_LABELS,
					.dccp = { 3, { 0, 1 }, 0xabc },
					.labels = { 0, 0x11, 0x22, 0x33, 0x44,
						    0x55, 0x66, 0x77, 0x88,
						    0x99, 0xaa, 0xbb, 0xcc,
						    0xdd, 0xee, 0xff },
				},
			},
		},
	}, {
		"update of TCP with what a SYN proxy chose",
		"26 02 02 01"
		"01"
		"02 07 01"
		"3c"			/* 60 s */
		"0e"			/* 14 octets of options */
		"07 0c 11223344 00000100 fffffff0",
		{
			.type = FS_RECORD_UPDATE,
			.slot = 1, .op = 1, .gen = 1,
			.state = {
				.family = 4, .proto = 6,
				.status = FS_STATUS_SEEN_REPLY,
				.tcp = { 2, { 7, 0 }, { 1, 0 } },
				.timeout = 60,
				.attrs = {
					.has = FS_ATTR_SYNPROXY,
					.synproxy = { 0x11223344, 256,
						      0xfffffff0 },
				},
			},
		},
	}, {
		"update of TCP whose helper expects two connections",
		"26 02 02 01"
		"03"
		"03 97 13"
		"80af1a"		/* 432000 s */
		"40"			/* 64 octets of options */
		"0c 3e"
		"b1 00 06"		/* source, saved port, reply, function */
		"c0000250 cb007109 9c41 9c40"
		"11 6e61742d666f6c6c6f772d6d6173746572"
		"ac02"			/* 300 s */
		"47 21 11"		/* source and port, masks, helper; class 2 */
		"c6336400 1300 ffffff00 ff00 cb007109 13c4"
		"03 736970"
		"901c",			/* 3600 s */
		{
			.type = FS_RECORD_UPDATE,
			.slot = 1, .op = 1, .gen = 1,
			.state = {
				.family = 4, .proto = 6,
				.status = FS_STATUS_SEEN_REPLY |
					  FS_STATUS_ASSURED,
				.tcp = { 3, { 7, 9 }, { 3, 1 } },
				.timeout = 432000,
				.attrs = {
					.has = FS_ATTR_EXPECTS,
					.expects = { .len = 62, .octets =
					"\xb1\0\x06\xc0\0\x02\x50\xcb\0\x71\x09"
					"\x9c\x41\x9c\x40\x11nat-follow-master"
					"\xac\x02\x47\x21\x11\xc6\x33\x64\0\x13\0"
					"\xff\xff\xff\0\xff\0\xcb\0\x71\x09\x13\xc4"
					"\x03sip\x90\x1c" },
				},
			},
		},
	}, {
		"update of TCP with a security mark",
		"26 02 02 01"
		"03"
		"03 97 13"
		"80af1a"		/* 432000 s */
		"1c"			/* 28 octets of options */
		"0e 1a 73797374656d5f753a6f626a6563745f723a7765625f743a7330",
		{
			.type = FS_RECORD_UPDATE,
			.slot = 1, .op = 1, .gen = 1,
			.state = {
				.family = 4, .proto = 6,
				.status = FS_STATUS_SEEN_REPLY |
					  FS_STATUS_ASSURED,
				.tcp = { 3, { 7, 9 }, { 3, 1 } },
				.timeout = 432000,
				.attrs = {
					.has = FS_ATTR_SECMARK,
					.secmark = "system_u:object_r:web_t:s0",
				},
			},
		},
	}, {
		"UDP with a timeout policy of its own",
		"46 02 02 01"
		"01"
		"1e"			/* 30 s */
		"05"			/* 5 octets of options */
		"0f 03 1e b401",
		{
			.type = FS_RECORD_UPDATE,
			.slot = 1, .op = 1, .gen = 1,
			.state = {
				.family = 4, .proto = 17,
				.status = FS_STATUS_SEEN_REPLY,
				.timeout = 30,
				.attrs = {
					.has = FS_ATTR_TIMEOUTS,
					.timeouts = { 2, { 30, 180 } },
				},
			},
		},
	}, {
		"UDP over IPv4 that was expected of a TCP connection",
		"45 02 02 01"
		"01"
		"0a000003 c0000201 0400 0035"
		"1e"			/* 30 s */
		"0f"			/* 15 octets of options */
		"0d 0d 06 0a000004 c0000202 9c40 0015",
		{
			.type = FS_RECORD_CHECKPOINT,
			.slot = 1, .op = 1, .gen = 1,
			.state = {
				.tuple = {
					{ V4(10, 0, 0, 3), V4(192, 0, 2, 1),
					  1024, 53 },
					{ V4(192, 0, 2, 1), V4(10, 0, 0, 3),
					  53, 1024 },
				},
				.family = 4, .proto = 17,
				.status = FS_STATUS_SEEN_REPLY,
				.timeout = 30,
				.attrs = {
					.has = FS_ATTR_MASTER,
					.master = {
						{ V4(10, 0, 0, 4),
						  V4(192, 0, 2, 2),
						  40000, 21 }, 4, 6,
					},
				},
			},
		},
	}, {
		"update of TCP over IPv6",
		"32 feffffff1f d00f ffffffff0f"
		"02"
		"07 0e 84"
		"78",			/* 120 s */
		{
			.type = FS_RECORD_UPDATE,
			.slot = 0xffffffff, .op = 1000, .gen = 0xffffffff,
			.state = {
				.family = 6, .proto = 6,
				.status = FS_STATUS_ASSURED,
				.tcp = { 7, { 14, 0 }, { 4, 8 } },
				.timeout = 120,
			},
		},
	}, {
		"update of UDP over IPv4",
		"42 02 01 01"		/* slot 1, op 2^64 - 1, gen 1 */
		"03"
		"808040",		/* 1048576 s */
		{
			.type = FS_RECORD_UPDATE,
			.slot = 1, .op = 0xffffffffffffffff, .gen = 1,
			.state = {
				.family = 4, .proto = 17,
				.status = FS_STATUS_SEEN_REPLY |
					  FS_STATUS_ASSURED,
				.timeout = 1048576,
			},
		},
	}, {
		"delete",
		"03 7e 8008 8001",	/* slot 63, op 512, gen 128 */
		{
			.type = FS_RECORD_DELETE,
			.slot = 63, .op = 512, .gen = 128,
		},
	},
};

struct golden_control {
	const char *what;
	const char *octets;
	struct fs_control control;
	unsigned int groups;
	struct fs_group_view group[2];
	unsigned int standings;
	struct fs_standing standing[2];
	unsigned int needs;
	u32 need[5];
	unsigned int results[2];
	struct fs_result result[2][2];
};

/* In the order in which core's encoder puts options. */
static const struct golden_control golden_control[] = {
	{
		.what = "results of installs",
		.octets =
			"81 08 1122334455667788"
			"02 08 0000000000000000"
			"0a 05 01 00000100"
			"08 08 05 01 01 ac02 c801 03"
			"09 07 ffffffff0f 02 ff",
		.control = {
			.is_heartbeat = true,
			.has_room = true,
			.heard = 0x1122334455667788,
			.room = { .full = true, .left = 256 },
		},
		.results = { 2, 1 },
		.result = {
			{ { 5, 1, FS_INSTALLED }, { 300, 200, FS_INSTALL_FULL } },
			{ { 0xffffffff, 2, 0xff } },
		},
	}, {
		.what = "a heartbeat with groups",
		.octets =
			"81 08 1122334455667788"
			"02 08 00000000000000ff"
			"83 17 0001 02 0000000000000005 0000000000000004 00000007"
			"83 17 fffe 01 8000000000000000 0000000000000000 00000000"
			"20 08 0001 c8 09 fffe 00 ff",
		.control = {
			.is_heartbeat = true,
			.heard = 0x1122334455667788, .state_seq = 255,
		},
		.groups = 2,
		.group = {
			{ 1, FS_ROLE_ACTIVE, 5, 4, 7 },
			{ 0xfffe, FS_ROLE_STANDBY, 1ull << 63, 0, 0 },
		},
		.standings = 2,
		.standing = {
			{ 1, 200, FS_STANDING_COMPLETE | FS_STANDING_HOLDS },
			{ 0xfffe, 0, 0xff },
		},
	}, {
		.what = "a heartbeat with the weight of a claim",
		.octets =
			"81 08 1122334455667788"
			"02 08 0000000000000000"
			"83 17 0001 02 0000000000000005 0000000000000004 00000007"
			"21 02 c8 25"
			"83 17 0002 02 0000000000000001 0000000000000001 00000007",
		.control = {
			.is_heartbeat = true,
			.heard = 0x1122334455667788,
		},
		.groups = 2,
		.group = {
			{ 1, FS_ROLE_ACTIVE, 5, 4, 7, true, 200, 37 },
			{ 2, FS_ROLE_ACTIVE, 1, 1, 7 },
		},
	}, {
		.what = "an acknowledgement of nothing",
		.octets = "84 0a 0000000000000000 0040",
		.control = {
			.has_ack = true,
			.ack = { .top = 0, .window = 64 },
		},
	}, {
		.what = "an acknowledgement of the first",
		.octets = "84 0b 0000000000000001 ffff 01",
		.control = {
			.has_ack = true,
			.ack = { .top = 1, .seen = { 1 }, .window = 0xffff },
		},
	}, {
		/* 1000, 999, 993, 992, 991 and 936; then nothing down to 809,
		 * which is bit 191
		 */
		.what = "an acknowledgement with gaps",
		.octets = "84 22 00000000000003e8 0100"
			  "83 03 00 00 00 00 00 00"
			  "01 00 00 00 00 00 00 00"
			  "00 00 00 00 00 00 00 80",
		.control = {
			.has_ack = true,
			.ack = {
				.top = 1000,
				.seen = { 0x383, 1, 1ull << 63 },
				.window = 256,
			},
		},
	}, {
		/* Its highest was only announced; bit 255 is the last. */
		.what = "the longest acknowledgement",
		.octets = "84 2a 0000ffffffffffff 0001"
			  "fe ff ff ff ff ff ff ff 00 00 00 00 00 00 00 00"
			  "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 c0",
		.control = {
			.has_ack = true,
			.ack = {
				.top = 0xffffffffffff,
				.seen = { ~1ull, 0, 0, 3ull << 62 },
				.window = 1,
			},
		},
	}, {
		.what = "an acknowledgement that asks for slots",
		.octets = "84 0b 0000000000000009 0002 07"
			  "05 0a 00 7f 8001 05 ffffffff0f",
		.control = {
			.has_ack = true,
			.ack = { .top = 9, .seen = { 7 }, .window = 2 },
		},
		.needs = 5,
		.need = { 0, 127, 128, 5, 0xffffffff },
	}, {
		.what = "a heartbeat with everything",
		.octets = "81 08 0000000000000000"
			  "02 08 0000ffffffffffff"
			  "83 17 0102 00 0000000000000003 0000000000000002 ffffffff"
			  "84 0c 0000000000000100 0003 0080"
			  "05 02 ac02",
		.control = {
			.is_heartbeat = true, .has_ack = true,
			.state_seq = 0xffffffffffff,
			.ack = { .top = 256, .seen = { 0x8000 }, .window = 3 },
		},
		.groups = 1,
		.group = { { 0x102, FS_ROLE_INIT, 3, 2, 0xffffffff } },
		.needs = 1,
		.need = { 300 },
	},
};

#endif /* _FLOWSYNC_UNIT_GOLDEN_H */
