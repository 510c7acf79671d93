/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_MATCH_H
#define FLOWSYNCCTL_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "parse.h"

struct nlattr;

/**
 * struct flow_end - one end of the original direction
 * @address: its network; family 0 for any
 * @bits: of @address that count
 * @min: first port, 0 for any
 * @max: last port
 */
struct flow_end {
	struct address address;
	unsigned int bits;
	uint16_t min;
	uint16_t max;
};

/**
 * struct match - which flows are wanted
 * @proto: protocol number, 0 for any
 * @source: where the original direction comes from
 * @dest: where it goes
 * @zone: its zone; above UINT16_MAX for any
 * @origin: node id of the origin, 0 for any
 */
struct match {
	uint64_t proto;
	struct flow_end source;
	struct flow_end dest;
	uint64_t zone;
	uint64_t origin;
};

/* The words of a match, as words_match() reads them */
#define MATCH_USAGE \
	"[proto P] [src NET] [dst NET] [sport PORTS] [dport PORTS] [zone N] [origin ID]"

int words_proto(struct words *words, uint64_t *proto);
int words_network(struct words *words, const char *what, struct flow_end *end);
int words_ports(struct words *words, const char *what, struct flow_end *end);

void match_init(struct match *match);
int words_match(struct words *words, const char *const keywords[], int word,
		struct match *match);
bool match_flow(const struct match *match, const struct nlattr **attrs);

#endif
