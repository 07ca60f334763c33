# pg_cdp: the extension, by PGXS. The core library, unit tests, fuzzers and benchmarks are CMake's.
#
#   make [PG_CONFIG=...]             build pg_cdp.so and the install script
#   make install [DESTDIR=...]       install both
#   make installcheck [REGRESS=...]  pg_regress and isolation against a running server
#   make demo | check                the two README commands
#   make dist                        release tarball, CRoaring's source inside
#   make format | reference          clang-format; docs/reference.md from the SQL comments
#   CROARING=DIR                     use roaring.c and roaring.h (an upstream amalgamation) in DIR

EXTENSION = pg_cdp
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" pg_cdp.control)
MODULE_big = pg_cdp

CROARING ?= build/croaring
CORE_SOURCES := $(sort $(wildcard src/core/*/*.cpp))
GLUE_SOURCES := $(sort $(wildcard src/pg/*.cpp src/pg/*/*.cpp))
OBJS = $(CORE_SOURCES:.cpp=.o) $(GLUE_SOURCES:.cpp=.o) build/roaring.o

INSTALL_PARTS := $(sort $(wildcard sql/install/*.sql))
EXTENSION_SQL := sql/$(EXTENSION)--$(EXTVERSION).sql
DATA = $(sort $(wildcard sql/updates/*.sql))
DATA_built = $(EXTENSION_SQL)

REGRESS ?= $(sort $(basename $(notdir $(wildcard test/sql/*.sql))))
REGRESS_OPTS = --inputdir=test --load-extension=pg_cdp
ISOLATION ?= $(sort $(basename $(notdir $(wildcard test/specs/*.spec))))
ISOLATION_OPTS = --inputdir=test --load-extension=pg_cdp

PG_CONFIG ?= pg_config
# Debian's pg_config names its headers by an absolute path without spaces.
PG_CPPFLAGS = -isystem $(shell $(PG_CONFIG) --includedir-server) -Isrc -isystem $(CROARING)
PG_CFLAGS = -fvisibility=hidden
PG_CXXFLAGS = -std=c++20 -fvisibility=hidden -fvisibility-inlines-hidden -Wno-register -MMD -MP $(CDP_CXXFLAGS)
# The version script hides what visibility flags cannot: template instantiations of namespace std.
SHLIB_LINK = -lstdc++ -lm -Wl,--version-script=src/pg/exports.map

EXTRA_CLEAN = build/roaring.o build/pch $(EXTENSION_SQL) $(patsubst %.cpp,%.d,$(CORE_SOURCES) $(GLUE_SOURCES))

# Clang's bitcode buys nothing here (nobody inlines a set operation) and would need clang to build.
override with_llvm = no
# PGXS has a `check` of its own, which refuses, and the goals of the project need no server.
ifeq ($(filter demo check format reference dist,$(MAKECMDGOALS)),)
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)
endif

$(EXTENSION_SQL): $(INSTALL_PARTS)
	cat $^ > $@

$(CORE_SOURCES:.cpp=.o) $(GLUE_SOURCES:.cpp=.o): $(CROARING)/roaring.h
pg_cdp.so: src/pg/exports.map

# What nearly every file begins with, the glue with the server's headers and the core with the standard
# library's, costs more to parse than most files do: GCC parses each once. A compiler that finds nothing
# precompiled which fits it reads the header instead.
PRELUDES = build/pch/pg/prelude.h.gch build/pch/core/base/prelude.h.gch
$(GLUE_SOURCES:.cpp=.o): private override CXXFLAGS += -Ibuild/pch -include pg/prelude.h
$(CORE_SOURCES:.cpp=.o): private override CXXFLAGS += -Ibuild/pch -include core/base/prelude.h
ifeq ($(findstring clang,$(CXX)),)
$(GLUE_SOURCES:.cpp=.o): build/pch/pg/prelude.h.gch
$(CORE_SOURCES:.cpp=.o): build/pch/core/base/prelude.h.gch
endif
$(PRELUDES): build/pch/%.gch: src/%
	@mkdir -p $(@D)
	$(COMPILE.cc) -x c++-header -o $@ $<

# Grouped (&:), or a parallel make would fetch twice at once into the same files.
build/croaring/roaring.h build/croaring/roaring.c &: contrib/croaring/fetch
	contrib/croaring/fetch build/croaring

# -fexceptions: our allocator reports exhaustion by an exception that crosses CRoaring's C frames.
build/roaring.o: $(CROARING)/roaring.h $(CROARING)/roaring.c
	@mkdir -p build
	$(CC) -std=gnu11 -O3 -g -DNDEBUG -w -fPIC -fvisibility=hidden -fexceptions -I$(CROARING) -c $(CROARING)/roaring.c -o $@

-include $(patsubst %.cpp,%.d,$(CORE_SOURCES) $(GLUE_SOURCES)) $(PRELUDES:.gch=.d)

.PHONY: demo check format reference dist
demo:
	contrib/demo/run

ifneq ($(filter check,$(MAKECMDGOALS)),)
check:
	test/run
endif

format:
	clang-format -i $(wildcard src/core/*/*.h src/core/*/*.cpp src/pg/*.h src/pg/*.cpp src/pg/*/*.h src/pg/*/*.cpp \
	    test/unit/*/*.cpp test/unit/*/*.h test/oracle/*.h test/fuzz/*.cpp test/fuzz/*.h test/bench/*/*.cpp)

reference:
	contrib/reference/generate > docs/reference.md

DISTNAME = $(EXTENSION)-$(EXTVERSION)
dist: $(CROARING)/roaring.c $(CROARING)/roaring.h
	rm -rf build/dist
	mkdir -p build/dist/$(DISTNAME)/contrib/croaring/source
	cp $(CROARING)/roaring.c $(CROARING)/roaring.h build/dist/$(DISTNAME)/contrib/croaring/source/
	git archive --format=tar --prefix=$(DISTNAME)/ HEAD | tar -xf - -C build/dist
	tar -C build/dist -czf build/$(DISTNAME).tar.gz $(DISTNAME)
	@echo build/$(DISTNAME).tar.gz
