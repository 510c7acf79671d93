/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_CMD_H
#define FLOWSYNCCTL_CMD_H

#include <linux/flowsync.h>

struct out;
struct words;
struct nl;
struct rows;
struct nlattr;

/**
 * enum status - what a command comes to, and the exit status of the program
 * @STATUS_DONE: done
 * @STATUS_REFUSED: the kernel or the system refused; stderr says why
 * @STATUS_USAGE: the words make no command; stderr says which one
 */
enum status {
	STATUS_DONE,
	STATUS_REFUSED,
	STATUS_USAGE,
};

int words_object(struct out *out, struct words *words);

/* The objects, as the table in main.c lists them */
int node_object(struct out *out, struct words *words);
int peer_object(struct out *out, struct words *words);
int link_object(struct out *out, struct words *words);
int group_object(struct out *out, struct words *words);
int policy_object(struct out *out, struct words *words);
int flow_object(struct out *out, struct words *words);
int stats_object(struct out *out, struct words *words);
int show_object(struct out *out, struct words *words);
int genkey_object(struct out *out, struct words *words);
int top_object(struct out *out, struct words *words);
int monitor_object(struct out *out, struct words *words);
int verify_object(struct out *out, struct words *words);
int resync_object(struct out *out, struct words *words);
int save_object(struct out *out, struct words *words);
int restore_object(struct out *out, struct words *words);
int daemon_object(struct out *out, struct words *words);
int wait_object(struct out *out, struct words *words);

/* Commands that have a file of their own */
int peer_add(struct out *out, struct words *words);
int peer_set(struct out *out, struct words *words);

/* Planned moves of a group, in handover.c */
int group_handover(struct out *out, struct words *words);
int group_drain(struct out *out, struct words *words);

/* One object as text or JSON: for its own show, the overview and the monitor */
void node_print(struct out *out, const struct nlattr *node);
void peer_request(struct nl *nl, enum flowsync_cmd cmd, const char *name);
int peer_get(const struct words *words, const char *name, struct rows *rows);
int peer_command(struct words *words, enum flowsync_cmd cmd);
void peer_print(struct out *out, const struct nlattr *peer);
void flow_print(struct out *out, const struct nlattr *flow);
void policy_print(struct out *out, const struct nlattr *policy);
void group_print_told(struct out *out, const struct nlattr *group);
void group_print(struct out *out, const struct nlattr *group);

#endif
