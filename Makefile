# bureaud - see README.md.
#   make            build/bureaud and build/bureauctl
#   make check      every test          make demo    see it work        make bench   measure it
#   make look TO=DIR   the digest of a believable year, printed and photographed
#   make torture KILLS=200 PASSES=40 SEED=...  kill it and let its system calls fail; the nightly: KILLS=1000
#   make fuzz TIME=60   fuzz every reader of strangers' bytes (clang)
#   make deb        a Debian package     make deb CHECK=1    and its whole life in a fresh system
#   make SAN=1 ...  address and undefined behaviour sanitizers, in build/san
#   make COV=1 ...  coverage, in build/cov
#   make WERROR=1   warnings are errors (CI=true sets it)
PREFIX   ?= /usr
SBINDIR  ?= $(PREFIX)/sbin
DATADIR  ?= $(PREFIX)/share/bureaud
DOCDIR   ?= $(PREFIX)/share/doc/bureaud
UNITDIR  ?= $(PREFIX)/lib/systemd/system
USERDIR  ?= $(PREFIX)/lib/sysusers.d
TMPDIRS  ?= $(PREFIX)/lib/tmpfiles.d
MANDIR   ?= $(PREFIX)/share/man
COMPDIR  ?= $(PREFIX)/share/bash-completion/completions
SYSCONFDIR ?= /etc
CC       ?= cc
CXX      ?= c++
CFLAGS   ?= -O2 -g
CXXFLAGS ?= -O2 -g
# Mails and vectors of the world that are not part of this tree; tests skip what they miss.
DATA     ?= ../shared/data

VERSION := $(shell sed -n 's/^\#\# \[\([0-9][^]]*\)\].*/\1/p;T;q' CHANGELOG.md)

DEPS := build-essential clang make pkg-config libetpan-dev libgnutls28-dev libcurl4-gnutls-dev \
        nettle-dev zlib1g-dev libpcre2-dev libcairo2-dev libsqlite3-dev libgmime-3.0-dev libxml2-dev libutf8proc-dev \
        libseccomp-dev libical-dev libidn2-dev libcld2-dev libjansson-dev libcmocka-dev python3 \
        python3-pytest python3-pytest-xdist \
        dovecot-imapd dovecot-lmtpd postfix mutt strace mandoc gnutls-bin sqlite3 lintian \
        libclang-rt-14-dev binutils systemd
PKG  := cairo sqlite3 libpcre2-8 gmime-3.0 libxml-2.0 libutf8proc libseccomp libical libidn2 gnutls nettle zlib jansson
# Pattern prefilter: only some architectures have it, PCRE2 alone serves the others.
ifeq ($(shell dpkg --print-architecture 2>/dev/null),amd64)
DEPS += libvectorscan-dev
endif
HAVE_HS := $(shell pkg-config --exists libhs 2>/dev/null && echo 1)
ifeq ($(HAVE_HS),1)
PKG += libhs
DEFS += -DHAVE_VECTORSCAN=1
endif

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 -Wvla -Wundef -Wcast-qual \
        -Wwrite-strings -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes \
        -Wmissing-declarations -Wold-style-definition -Wswitch-enum -Wimplicit-fallthrough \
        -Wnull-dereference -Wconversion -Wsign-conversion
CXXWARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion
HARD := -fno-common -fstack-protector-strong -fstack-clash-protection -fPIE -D_FORTIFY_SOURCE=2
LDHARD := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
OUT := build
B := build/rel
ifdef SAN
OUT := build/san
B := build/san/obj
HARD := -fno-common -fPIE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
DEFS += -DBUREAUD_SAN=1
endif
ifdef COV
OUT := build/cov
B := build/cov/obj
HARD := -fno-common -fPIE --coverage -O0
DEFS += -DBUREAUD_SAN=1
LDHARD += --coverage
endif
# FUZZ: libFuzzer, which comes with clang.
ifdef FUZZ
OUT := build/fuzz
B := build/fuzz/obj
CC := clang
CXX := clang++
HARD := -fno-common -fPIE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
DEFS += -DBUREAUD_SAN=1
endif
ifeq ($(CI),true)
WERROR ?= 1
endif
# V=1 shows whole commands.
ifdef V
say = @:
Q :=
else
say = @printf '%-4s %s\n'
Q := @
endif
ifdef WERROR
WARN += -Werror
CXXWARN += -Werror
endif

DEFS += -D_GNU_SOURCE -DBUREAUD_VERSION='"$(VERSION)"'
PKG_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKG) 2>/dev/null))
LIBS := $(shell pkg-config --libs $(PKG) 2>/dev/null) -letpan -lcld2
ALL_CFLAGS = -std=c11 $(DEFS) $(WARN) $(HARD) $(CFLAGS) -MMD -MP $(INC) $(PKG_CFLAGS)
ALL_CXXFLAGS = -std=c++17 $(DEFS) $(CXXWARN) $(HARD) $(CXXFLAGS) -fno-exceptions -MMD -MP $(INC)

# The layers.  A folder may include only itself and the folders listed for it:
# an include that goes upward does not compile.
LAYERS := base mail desk store net app
base  := base
mail  := mail base
desk  := desk mail base
store := store desk mail base
net   := net base
app   := app net store desk mail base
inc = $(addprefix -Isrc/,$($(1)))

SRC := $(wildcard src/*/*.c)
SRCXX := $(wildcard src/*/*.cc)
OBJ := $(SRC:src/%.c=$(B)/%.o) $(SRCXX:src/%.cc=$(B)/%.o)
CTL := $(filter $(B)/app/bureauctl.o $(B)/app/ctl%,$(OBJ))
LIBOBJ := $(filter-out $(CTL) $(B)/app/bureaud.o,$(OBJ))
LIB := $(B)/libbureau.a
TST := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all deb deps check unit e2e torture docs harden demo look bench fuzz fuzz-run arch headers install uninstall clean
all: deps
	@$(MAKE) --no-print-directory $(OUT)/bureaud $(OUT)/bureauctl

# Silent when all is there.  Postfix and Dovecot are wanted as programs only: their packages'
# own services are kept from starting while they are installed.
deps:
	@sh tests/deps.sh $(DEPS)

$(OUT)/bureaud: $(B)/app/bureaud.o $(LIB)
$(OUT)/bureauctl: $(CTL) $(LIB)
$(OUT)/bureaud $(OUT)/bureauctl:
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CXX) $(HARD) $(LDFLAGS) $(LDHARD) -o $@ $^ $(LIBS)

$(LIB): $(LIBOBJ)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

define layer
$(B)/$(1)/%.o: INC = $(call inc,$(1))
$(B)/$(1)/%.o: src/$(1)/%.c Makefile
	@mkdir -p $$(@D)
	$$(say) CC $$<
	$$(Q)$$(CC) $$(ALL_CFLAGS) -c -o $$@ $$<
$(B)/$(1)/%.o: src/$(1)/%.cc Makefile
	@mkdir -p $$(@D)
	$$(say) CXX $$<
	$$(Q)$$(CXX) $$(ALL_CXXFLAGS) -c -o $$@ $$<
endef
$(foreach l,$(LAYERS),$(eval $(call layer,$(l))))

$(B)/tests/%: INC = $(call inc,app) -Itests/unit
$(B)/tests/%.o: tests/unit/%.c Makefile
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<
$(B)/tests/%: $(B)/tests/%.o $(LIB)
	$(say) LD $@
	$(Q)$(CXX) $(HARD) $(LDFLAGS) $(LDHARD) -o $@ $^ $(LIBS) -lcmocka

$(B)/tests/bench_%.o: tests/bench_%.c Makefile
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# TIME: seconds a target.  What breaks one is kept in build/fuzz/found.
TIME ?= 60
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz:
	@$(MAKE) --no-print-directory FUZZ=1 fuzz-run
fuzz-run: $(FUZZERS)
	@sh tests/fuzz/run.sh $(TIME) $(OUT) $(FUZZERS)

$(B)/tests/fuzz/%: INC = $(call inc,app) -Itests/fuzz
$(B)/tests/fuzz/%.o: tests/fuzz/%.c Makefile
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<
$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(LIB)
	$(say) LD $@
	$(Q)$(CXX) $(HARD) -fsanitize=fuzzer $(LDFLAGS) $(LDHARD) -o $@ $^ $(LIBS)

check: all
	@$(MAKE) --no-print-directory arch headers docs harden deb unit e2e

unit: $(TST)
	@DATA=$(DATA) sh tests/unit.sh $(TST)

# A private Postfix needs root.  The tests wait more than they work: each of so many workers has its own
# pair of servers, and takes whole files.
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
E2E_WORKERS ?= 4
e2e: $(OUT)/bureaud $(OUT)/bureauctl $(OUT)/fault.so
	@$(SUDO) env BUREAUD=$(abspath $(OUT)) DATA=$(abspath $(DATA)) \
	  /usr/bin/python3 -m pytest -q -p no:cacheprovider -n $(E2E_WORKERS) --dist loadfile tests/e2e

# Preloaded into the daemon: numbers its system calls and does harm at one of them.
$(OUT)/fault.so: tests/torture/fault.c Makefile
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -g -fPIC -shared -o $@ $<

torture: all $(OUT)/fault.so
	@$(SUDO) env TORTURE=1 BUREAUD=$(abspath $(OUT)) /usr/bin/python3 -m pytest -q -p no:cacheprovider \
	  $(wildcard tests/e2e/test_faults*.py)
	@BUREAUD=$(abspath $(OUT)) /usr/bin/python3 tests/torture/run.py $(if $(KILLS),--kills $(KILLS)) \
	  $(if $(PASSES),--passes $(PASSES)) $(if $(SEED),--seed $(SEED))

# Manuals, completion and examples say what the programs do.
docs: $(OUT)/bureaud $(OUT)/bureauctl
	@sh tests/docs.sh $(OUT)

# What binaries and unit promise against an intruder; of the release build.
harden: $(OUT)/bureaud $(OUT)/bureauctl
	@sh tests/harden.sh $(OUT)

demo: all
	@BUREAUD=$(abspath $(OUT)) /usr/bin/python3 tests/demo.py $(if $(CHECK),--check)

# Pictures want Chromium.
look: all
	@BUREAUD=$(abspath $(OUT)) /usr/bin/python3 tests/digest_look.py $(TO)

bench: all
	@$(MAKE) --no-print-directory $(B)/tests/bench_rules $(B)/tests/bench_parse
	@$(B)/tests/bench_rules
	@$(B)/tests/bench_parse
	@BUREAUD=$(abspath $(OUT)) /usr/bin/python3 tests/bench.py $(if $(N),--mails $(N))

# Each header stands alone; headers form no circle (tsort fails on one).
headers:
	@set -e; $(foreach l,$(LAYERS),for h in $(wildcard src/$(l)/*.h); do \
	  echo "#include \"$$(basename $$h)\"" | $(CC) -std=c11 $(DEFS) $(filter-out -Wnull-dereference,$(WARN)) -Werror \
	  $(call inc,$(l)) $(PKG_CFLAGS) -fsyntax-only -xc - || exit 1; done;)
	@grep -o '^#include "[^"]*"' src/*/*.h | sed 's|^.*/\([^/]*\.h\):#include "\(.*\)"|\1 \2|' | tsort >/dev/null
	@echo "ok: headers"

# Who may call what: read from the objects, so no macro or alias gets past it.
arch: $(OBJ)
	@sh tests/arch.sh $(B)

# /etc/bureaud is the town's own: nothing here writes to it (README, first installation).
install: all
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man8 \
	  $(DESTDIR)$(COMPDIR) $(DESTDIR)$(UNITDIR) $(DESTDIR)$(USERDIR) $(DESTDIR)$(TMPDIRS) \
	  $(DESTDIR)$(DATADIR)/rules \
	  $(DESTDIR)$(DATADIR)/templates/modeles $(DESTDIR)$(DOCDIR)/examples
	install -m755 $(OUT)/bureaud $(OUT)/bureauctl $(DESTDIR)$(SBINDIR)
	install -m644 docs/*.5 $(DESTDIR)$(MANDIR)/man5
	install -m644 docs/*.8 $(DESTDIR)$(MANDIR)/man8
	install -m644 docs/bash-completion/bureaud $(DESTDIR)$(COMPDIR)/bureaud
	ln -sf bureaud $(DESTDIR)$(COMPDIR)/bureauctl
	install -m644 systemd/bureaud.service $(DESTDIR)$(UNITDIR)
	install -m644 systemd/bureaud.sysusers $(DESTDIR)$(USERDIR)/bureaud.conf
	install -m644 systemd/bureaud.tmpfiles $(DESTDIR)$(TMPDIRS)/bureaud.conf
	install -m644 rules/*.rules $(DESTDIR)$(DATADIR)/rules
	install -m644 templates/*.txt $(DESTDIR)$(DATADIR)/templates
	install -m644 templates/modeles/*.txt $(DESTDIR)$(DATADIR)/templates/modeles
	install -m644 docs/*.md README.md CHANGELOG.md LICENSE systemd/*.conf.example $(DESTDIR)$(DOCDIR)
	install -m644 docs/examples/* $(DESTDIR)$(DOCDIR)/examples

# What Debian wants in a package's name and signature; the revision counts packages of one version.
DEB_REVISION ?= 1
DEB_MAINTAINER ?= the bureaud authors <bureaud@packages.invalid>
deb: all
	@rm -rf $(OUT)/deb
	@$(MAKE) --no-print-directory install PREFIX=/usr DESTDIR=$(abspath $(OUT))/deb/root >/dev/null
	@sh systemd/deb/build.sh $(OUT)/deb $(VERSION) $(DEB_REVISION) "$(DEB_MAINTAINER)"
	@sh tests/deb.sh $(OUT)/deb/*.deb
	@$(if $(CHECK),sh tests/deps.sh debootstrap && $(SUDO) /usr/bin/python3 tests/deb_trial.py $(OUT)/deb/*.deb)

uninstall:
	rm -f $(addprefix $(DESTDIR)$(SBINDIR)/,bureaud bureauctl) $(DESTDIR)$(UNITDIR)/bureaud.service \
	  $(DESTDIR)$(USERDIR)/bureaud.conf $(DESTDIR)$(TMPDIRS)/bureaud.conf \
	  $(addprefix $(DESTDIR)$(MANDIR)/man5/,$(notdir $(wildcard docs/*.5))) \
	  $(addprefix $(DESTDIR)$(MANDIR)/man8/,$(notdir $(wildcard docs/*.8))) \
	  $(addprefix $(DESTDIR)$(COMPDIR)/,bureaud bureauctl)
	rm -rf $(DESTDIR)$(DATADIR) $(DESTDIR)$(DOCDIR)

clean:
	rm -rf build

-include $(OBJ:.o=.d) $(TST:=.d) $(FUZZERS:=.d) $(B)/tests/bench_rules.d $(B)/tests/bench_parse.d
