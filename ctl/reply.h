/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FLOWSYNCCTL_REPLY_H
#define FLOWSYNCCTL_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>

#include <libmnl/libmnl.h>
#include <linux/flowsync.h>

struct out;

/* Room for an address as text */
#define ADDRESS_TEXT	INET6_ADDRSTRLEN

/**
 * struct rows - replies kept for later
 * @data: netlink messages, end to end
 * @length: octets of them
 * @size: octets there is room for
 * @next: where rows_next() goes on
 */
struct rows {
	char *data;
	size_t length;
	size_t size;
	size_t next;
};

void attrs_of_message(const struct nlmsghdr *message,
		      const struct nlattr **attrs, unsigned int max);
void attrs_of_nest(const struct nlattr *nest, const struct nlattr **attrs,
		   unsigned int max);
uint64_t attr_uint(const struct nlattr *attr);
uint16_t attr_port(const struct nlattr *attr);
const char *attr_string(const struct nlattr *attr);
const char *attr_address(const struct nlattr *attr, char text[ADDRESS_TEXT]);

int verdict(const struct nlmsghdr *message, const char *where);

void rows_init(struct rows *rows);
bool rows_keep(const struct nlmsghdr *message, void *data);
const struct nlattr *rows_next(struct rows *rows, uint16_t type);
void rows_print(struct out *out, const char *key, struct rows *rows,
		uint16_t type,
		void (*print)(struct out *out, const struct nlattr *nest));
void rows_free(struct rows *rows);

#endif
