# One entry for people and CI alike. On a fresh Debian 12 `make demo` and `make test` install what
# they need (as root, or with sudo) and work; everything they build lies below build/.
.DEFAULT_GOAL := build
PRESET ?= dev
BUILD := build/$(PRESET)
VERIFIER := /usr/bin/python3 tools/verify_receipt/verify_receipt.py

.PHONY: build demo test conformance interop differential bench fuzz format tidy install-build install-test configure

build: configure
	@cmake --build $(BUILD) --target corridor
	@echo "built: $(BUILD)/src/cli/corridor"

install-build:
	@tools/install build

install-test:
	@tools/install build test kits

configure: install-build
	@test -f $(BUILD)/build.ninja || cmake --preset $(PRESET) >/dev/null

demo: build
	@$(BUILD)/src/cli/corridor demo --verifier "$(VERIFIER)" $(ARGS)

# Everything, with the suites that are absent named on the last lines.
test: install-test configure
	@cmake --build $(BUILD)
	@tools/run-tests $(BUILD)

# The official kit, and a foreign connector; both come from Maven Central. RUNS=10 repeats.
conformance: install-test build
	@CORRIDOR=$(CURDIR)/$(BUILD)/src/cli/corridor /usr/bin/python3 test/conformance/dsp/run.py

interop: install-test build
	@CORRIDOR=$(CURDIR)/$(BUILD)/src/cli/corridor /usr/bin/python3 test/interop/run.py

# The rule engine beside Saxon-HE: 20,000 expressions, 2,400 documents; some minutes.
differential: install-test configure
	@tools/install oracle
	@cmake --build $(BUILD) --target documents_test
	@tools/differential $(BUILD)

bench: PRESET := release
bench: BUILD := build/release
bench: install-test configure
	@cmake --build $(BUILD)
	@bench/run $(BUILD)

# Every fuzz target for TIME seconds each (libFuzzer, clang-19, address and undefined sanitizers).
TIME ?= 20
fuzz: PRESET := fuzz
fuzz: BUILD := build/fuzz
fuzz: install-test configure
	@cmake --build $(BUILD)
	@tools/run-fuzz $(BUILD) $(TIME)

format:
	@git ls-files '*.h' '*.cc' | xargs clang-format-19 -i

tidy:
	@tools/tidy
