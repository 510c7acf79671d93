/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_NAMES_H
#define FLOWSYNCCTL_NAMES_H

#include <stdint.h>

/*
 * The words for the numbers of the interface, in one place. Each list is
 * indexed by the number and ended by NULL, as words_pick() takes it.
 */
extern const char *const role_names[];
extern const char *const on_split_names[];
extern const char *const state_names[];
extern const char *const encryption_names[];
extern const char *const handshake_names[];
extern const char *const rotation_names[];
extern const char *const table_names[];
extern const char *const mode_names[];
extern const char *const conn_names[];
extern const char *const sync_names[];
extern const char *const install_names[];
extern const char *const event_names[];
extern const char *const tcp_state_names[];
extern const char *const standing_names[];
extern const char *const record_option_names[64];
extern const char *const channel_names[];
extern const char *const status_names[];

const char *name_of(const char *const list[], uint64_t number);
const char *name_of_protocol(uint64_t protocol);

#endif
