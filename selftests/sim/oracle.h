/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What must be so, at every moment or at the end. The oracle sees all nodes.
 */
#ifndef _SIM_ORACLE_H
#define _SIM_ORACLE_H

#include "node.h"

void oracle_set(struct world *w, const struct node *n, u32 from,
		const struct held *h, const struct fs_record *rec, u64 epoch);
void oracle_need(struct world *w, const struct node *n, u32 from,
		 const struct held *h, const struct fs_record *rec);
void oracle_end(struct held *h, const struct fs_record *rec, u64 epoch);
void oracle_told(struct world *w, struct node *n, u32 to,
		 const struct fs_record *rec);
void oracle_taken(struct world *w, struct node *n, u64 session, u32 slot,
		  u32 gen);
void oracle_gone(struct world *w, struct node *n, u32 from, u32 slot, u32 gen);
void oracle_acked(struct world *w, struct node *n, u32 to,
		  const struct fs_datagram *d);
void oracle_yields(struct world *w, const struct node *n,
		   const struct fs_claim *own, const struct fs_claim *other);
void oracle_begin(void);
void oracle_died(struct world *w, struct node *n);
void oracle_promoting(struct world *w, struct node *n);
void oracle_promoted(struct world *w, struct node *n);
void oracle_look(struct world *w);
bool oracle_rest(struct world *w, char *why, size_t len);

#endif /* _SIM_ORACLE_H */
