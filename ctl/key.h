/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_KEY_H
#define FLOWSYNCCTL_KEY_H

#include <linux/flowsync.h>

struct words;

int words_key(struct words *words, const char *what,
	      unsigned char key[FLOWSYNC_KEY_LENGTH]);

#endif
