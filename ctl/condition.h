/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_CONDITION_H
#define FLOWSYNCCTL_CONDITION_H

#include <stdint.h>

#include "match.h"

struct nlattr;
struct nlmsghdr;
struct out;

/**
 * struct condition - what connections a policy or a group is about
 * @proto: protocol number, 0 for any
 * @source: where they come from
 * @dest: where they are sent to
 * @mark: their mark, in the bits of @mark_mask
 * @mark_mask: 0 for any mark
 * @zone: their zone; above UINT16_MAX for any
 */
struct condition {
	uint64_t proto;
	struct flow_end source;
	struct flow_end dest;
	uint64_t mark;
	uint64_t mark_mask;
	uint64_t zone;
};

/* The words of a condition, first in the list of keywords of whoever reads them */
enum {
	CONDITION_PROTO,
	CONDITION_SRC,
	CONDITION_DST,
	CONDITION_SPORT,
	CONDITION_DPORT,
	CONDITION_MARK,
	CONDITION_MASK,
	CONDITION_ZONE,
	CONDITION_WORDS
};

#define CONDITION_KEYWORDS \
	"proto", "src", "dst", "sport", "dport", "mark", "mask", "zone"

#define CONDITION_USAGE \
	"[proto P] [src NET] [dst NET] [sport PORTS] [dport PORTS] [mark M [mask M]] [zone N]"

void condition_init(struct condition *condition);
int words_condition(struct words *words, int word, uint32_t *may,
		    struct condition *condition);
void condition_put(struct nlmsghdr *request, const struct condition *condition);
void condition_print(struct out *out, const struct nlattr **attrs);

#endif
