// SPDX-License-Identifier: GPL-2.0
#include "liveness.h"

/**
 * fs_liveness_init - start, as dead
 * @l: liveness
 * @interval: how often it should be heard, in milliseconds
 * @count: how many intervals it may be silent for
 */
void fs_liveness_init(struct fs_liveness *l, u32 interval, u32 count)
{
	memset(l, 0, sizeof(*l));
	l->interval = interval;
	l->count = count;
}

/**
 * fs_liveness_heard - it was heard
 * @l: liveness
 * @now: current time in milliseconds
 *
 * Return: true if it was dead until now.
 */
bool fs_liveness_heard(struct fs_liveness *l, u64 now)
{
	bool was = l->alive;

	l->heard = now;
	l->alive = true;
	return !was;
}

/**
 * fs_liveness_expired - look whether it has been silent for too long
 * @l: liveness
 * @now: current time in milliseconds
 *
 * Return: true if it died at this look.
 */
bool fs_liveness_expired(struct fs_liveness *l, u64 now)
{
	/* It may have been heard since the caller took the time. */
	if (!l->alive ||
	    (s64)(now - l->heard) <= (s64)((u64)l->interval * l->count))
		return false;
	l->alive = false;
	return true;
}
