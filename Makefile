# Two commands do all the set-up on a fresh Debian 12:  make run   make test
# What they need, they install (as root, or through sudo). The build itself is Meson's: see meson.build.

BUILD ?= build
ASAN  ?= build-asan

.PHONY: help run test bench build asan fuzz deps clean install

help:
	@echo 'make run     build, make the sample phone, examine it, serve the pages with it'
	@echo 'make test    build with the sanitizers, run every test'
	@echo 'make bench   measure the figures of docs/benchmarks.md'
	@echo 'make fuzz    run each fuzz target for FUZZ_SECONDS (default 60)'
	@echo 'make install install below PREFIX (default /usr/local)'

deps:
	@scripts/install-packages

$(BUILD)/build.ninja: | deps
	@meson setup $(BUILD) --buildtype=release >/dev/null

build: deps $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet

$(ASAN)/build.ninja: | deps
	@meson setup $(ASAN) --buildtype=debugoptimized -Db_sanitize=address,undefined -Dwerror=true >/dev/null

asan: deps $(ASAN)/build.ninja
	@ninja -C $(ASAN) --quiet

run: build
	@scripts/run-sample $(BUILD)

test: build asan
	@tests/run $(BUILD) $(ASAN)

bench: build
	@bench/run --build $(BUILD)

fuzz: deps
	@tests/fuzz/run

install: build
	@meson install -C $(BUILD)

clean:
	rm -rf $(BUILD) $(ASAN) build-fuzz sample
