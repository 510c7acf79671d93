/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The options of the control channel, as numbers: see control.h.
 */
#ifndef _FLOWSYNC_CORE_CONTROL_OPTIONS_H
#define _FLOWSYNC_CORE_CONTROL_OPTIONS_H

#include "control.h"

#define OPT_HEARD	(FS_OPT_MANDATORY | 0x01)
#define OPT_STATE_SEQ	0x02
#define OPT_GROUP	(FS_OPT_MANDATORY | 0x03)
#define OPT_ACK		(FS_OPT_MANDATORY | 0x04)
#define OPT_NEEDS	0x05
#define OPT_CHECK	0x06
#define OPT_ANSWER	0x07
#define OPT_STANDING	0x20
#define OPT_WEIGHT	0x21
#define OPT_RESULTS	0x08
#define OPT_NOTED	0x09
#define OPT_ROOM	0x0a
#define OPT_ALIVE	0x0b
#define OPT_RESTED	0x0d
#define OPT_COOKIE	0x18

#define ALIVE_MIN	5
#define ACK_OCTETS	32

static inline u8 option_of(enum fs_result_kind kind)
{
	return kind == FS_RESULTS_NOTED ? OPT_NOTED : OPT_RESULTS;
}

static inline u8 option_of_alive(enum fs_alive_kind kind)
{
	return kind == FS_ALIVE_RESTED ? OPT_RESTED : OPT_ALIVE;
}

#endif /* _FLOWSYNC_CORE_CONTROL_OPTIONS_H */
