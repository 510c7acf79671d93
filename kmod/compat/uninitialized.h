/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A variable that is set before it is read, whatever the compiler can see of that:
 * a kernel with CONFIG_INIT_STACK_ALL_ZERO does not clear it. The kernel has the word
 * since 6.11 (fd7eea27a3ae, "Compiler Attributes: Add __uninitialized macro").
 */
#ifndef _FLOWSYNC_COMPAT_UNINITIALIZED_H
#define _FLOWSYNC_COMPAT_UNINITIALIZED_H

#include <linux/compiler_attributes.h>

#ifndef __uninitialized
#if __has_attribute(__uninitialized__)
#define __uninitialized	__attribute__((__uninitialized__))
#else
#define __uninitialized
#endif
#endif

#endif /* _FLOWSYNC_COMPAT_UNINITIALIZED_H */
