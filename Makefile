# One entry for people and CI alike. `make demo` on a fresh Debian 12 installs what it needs.
.DEFAULT_GOAL := build
PRESET ?= dev
BUILD := build/$(PRESET)

.PHONY: build demo test bench fuzz format install-build install-test clean

install-build:
	@tools/install build

install-test:
	@tools/install build test

$(BUILD)/build.ninja: | install-build
	cmake --preset $(PRESET) >/dev/null

build: $(BUILD)/build.ninja
	cmake --build $(BUILD)
