# SPDX-License-Identifier: GPL-2.0
# flowsync: the top of the tree. `make help` says what there is.

BUILD := $(CURDIR)/build
KERNEL := $(CURDIR)/selftests/vm/fetch-kernel
UML := $(CURDIR)/selftests/vm/uml-build
MODULES := kmod include
CTL := $(BUILD)/ctl/flowsyncctl

# Where the installed controller, manual and module sources go.
PREFIX ?= /usr
DESTDIR ?=

# Installing what is missing comes before building with it.
.NOTPARALLEL:

all: module ctl		## the module and the controller

help:			## this list
	@awk -F '\t*## ' '/^[a-z-]+:.*## / { split($$1, n, ":"); \
		printf "  make %-14s %s\n", n[1], $$2 }' $(MAKEFILE_LIST)
	@echo "  KDIR=DIR builds the module for other headers than the running kernel's;"
	@echo "  T=PATTERN runs the tests whose name matches, V=1 shows all they print"

deps:			## install the Debian packages that building and testing need
	@selftests/deps

# What is built in a folder of its own is built with all processors, unless make was
# told how many jobs there may be.
parallel = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

# Kbuild writes beside the sources, so each kernel gets a copy made of links.
# $(call kbuild,FOLDER,ARGUMENTS)
define kbuild
	@mkdir -p $(BUILD)/$(1)
	@cp -asn $(addprefix $(CURDIR)/,$(MODULES)) $(BUILD)/$(1)/
	@find -L $(BUILD)/$(1) -type l -delete
	$(MAKE) $(parallel) -C $(2) M=$(BUILD)/$(1)/kmod modules
endef

KDIR ?= /lib/modules/$(shell uname -r)/build

module:			## flowsync.ko for KDIR, in build/module/kmod
	$(call kbuild,module,$(KDIR) W=1)

ctl:			## flowsyncctl, in build/ctl
	$(MAKE) $(parallel) -C ctl O=$(BUILD)/ctl

vm-module: deps		## flowsync.ko for the test machines' kernel
	@$(KERNEL) > /dev/null
	$(call kbuild,vm,$$($(KERNEL) --kdir) W=1)

uml-module: deps	## flowsync.ko for the debugging kernel
	@$(UML) > /dev/null
	$(call kbuild,uml,$$($(UML) --umldir) ARCH=um)

sparse: deps		## let sparse read the module; any word of it is an error
	@$(KERNEL) > /dev/null
	$(call kbuild,sparse,$$($(KERNEL) --kdir) C=2 CF=-Wsparse-error)

demo: vm-module ctl helpers	## cut a router's power in the middle of a download (WITHOUT=1: without flowsync)
	@FLOWSYNC_KO=$(BUILD)/vm/kmod/flowsync.ko selftests/demo/demo

helpers: deps
	$(MAKE) $(parallel) -C selftests/tools O=$(BUILD)/tools

check: vm-module ctl helpers	## all tests but those of check-debug
	@FLOWSYNC_KO=$(BUILD)/vm/kmod/flowsync.ko selftests/check $(if $(T),'$(T)')

check-debug: uml-module ctl helpers	## the namespace tests under KASAN, UBSAN, lockdep and kmemleak
	@FLOWSYNC_KO=$(BUILD)/uml/kmod/flowsync.ko selftests/check --debug $(if $(T),'$(T)')

soak: vm-module ctl helpers	## the tests that take long: large tables, many random moments
	$(MAKE) -s -C selftests/bench O=$(BUILD)/bench $(BUILD)/bench/meter
	@FLOWSYNC_KO=$(BUILD)/vm/kmod/flowsync.ko selftests/check --soak $(if $(T),'$(T)')

fuzz: uml-module ctl helpers	## fuzz what is read from the network and netlink: FUZZ_SECONDS=n (60) each
	@selftests/deps clang libclang-rt-14-dev
	$(MAKE) -s -C selftests/fuzz run O=$(BUILD)/fuzz
	@FLOWSYNC_KO=$(BUILD)/uml/kmod/flowsync.ko FLOWSYNC_FUZZ_SECONDS=$(or $(FUZZ_SECONDS),60) \
		selftests/check --debug 'net/test_requests$$'

bench: vm-module ctl helpers	## measure flowsync beside conntrackd, counting instructions: over an hour
	@selftests/deps gnuplot-nox
	$(MAKE) -s -C selftests/bench O=$(BUILD)/bench
	@FLOWSYNC_KO=$(BUILD)/vm/kmod/flowsync.ko selftests/bench/bench

bench-quick: vm-module ctl helpers	## the same with small numbers, and without conntrackd: five minutes
	@selftests/deps gnuplot-nox
	$(MAKE) -s -C selftests/bench O=$(BUILD)/bench
	@FLOWSYNC_KO=$(BUILD)/vm/kmod/flowsync.ko selftests/bench/bench --quick

pictures:		## draw the committed result of bench again, in Documentation/performance
	@selftests/deps gnuplot-nox
	@selftests/bench/pictures selftests/bench/result.json Documentation/performance

bench-reject: vm-module ctl helpers	## what refusing a datagram costs, against a plain UDP drop
	@FLOWSYNC_KO=$(BUILD)/vm/kmod/flowsync.ko selftests/bench/reject

sim:			## the simulator: SEEDS=n seeds (10000), or SEED=x again, with a trace
	$(MAKE) -s -C selftests/sim sim $(if $(SEED),SEED=$(SEED),SEEDS=$(or $(SEEDS),10000))

install: ctl		## controller, manual, and the module's sources for DKMS
	$(MAKE) -C ctl O=$(BUILD)/ctl DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) install
	install -d $(DESTDIR)/usr/src/flowsync-0.1.0
	cp -r dkms.conf kmod include $(DESTDIR)/usr/src/flowsync-0.1.0/

clean:			## remove what was built
	rm -rf $(BUILD)

.PHONY: all help deps module ctl vm-module uml-module sparse demo helpers \
	check check-debug soak fuzz bench bench-quick bench-reject pictures sim install clean
