/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_NL_H
#define FLOWSYNCCTL_NL_H

#include <stdbool.h>
#include <stdint.h>

#include <libmnl/libmnl.h>
#include <linux/flowsync.h>

struct nl;
struct rows;

/**
 * typedef nl_row_fn - takes one message
 * @attrs: its attributes, by enum flowsync_attr; NULL where there is none
 * @data: of the caller of nl_stream() or nl_events()
 *
 * Return: false to hear no more.
 */
typedef bool (*nl_row_fn)(const struct nlattr **attrs, void *data);

/**
 * typedef nl_rehearse_fn - takes a request that is only rehearsed
 * @request: the request, without the family's number
 * @data: of the caller of nl_rehearse()
 *
 * Return: enum status, what the request came to.
 */
typedef int (*nl_rehearse_fn)(const struct nlmsghdr *request, void *data);

void nl_rehearse(nl_rehearse_fn fn, void *data);
struct nl *nl_open(const char *where);
void nl_close(struct nl *nl);

/* All return enum status, and have told on stderr why if it is not DONE */
struct nlmsghdr *nl_request(struct nl *nl, enum flowsync_cmd cmd);
int nl_do(struct nl *nl);
int nl_repeat(struct nl *nl, const struct nlmsghdr *request);
int nl_get(struct nl *nl, struct rows *rows);
int nl_dump(struct nl *nl, struct rows *rows);
int nl_stream(struct nl *nl, nl_row_fn fn, void *data);

int nl_subscribe(struct nl *nl);
int nl_events_fd(const struct nl *nl);
int nl_events(struct nl *nl, nl_row_fn fn, void *data);

#endif
