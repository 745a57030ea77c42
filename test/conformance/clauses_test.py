#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/conformance/dsp.md tells the truth about names: the files, functions and tests of its rows exist,
no row is without both, and every test of the bad-input suite stands in a row or is not about a clause."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/conformance/dsp.md"
sys.path[:0] = [str(ROOT / "test/conformance/dsp")]
import scenarios  # noqa: E402

SOURCES = {str(p.relative_to(ROOT / "src")): p.read_text() for p in (ROOT / "src").rglob("*")
           if p.suffix in (".cc", ".h")}
ALL = "\n".join(SOURCES.values())
BAD = set(re.findall(r"^def (\w+)\(", (ROOT / "test/e2e/dsp_bad_input_test.py").read_text(), re.M))
EDC = set(re.findall(r"^def (\w+)\(", (ROOT / "test/interop/run.py").read_text(), re.M))
KIT = {"MET:01-01", "CAT:01-01", "CAT:01-02", "CAT:01-03", *(
    f"{prefix}:{number[:2]}-{number[2:]}" for prefix, numbers in (
        ("CN", scenarios.NEGOTIATIONS), ("CN_C", scenarios.NEGOTIATIONS_CONSUMER),
        ("TP", scenarios.TRANSFERS), ("TP_C", scenarios.TRANSFERS)) for number in numbers)}
EXCUSES = ("see deviations", "not a node's", "simulation", "bad, throughout", "schemas")


def rows():
    for number, line in enumerate(PAGE.read_text().splitlines(), 1):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 5 and re.match(r"\d", cells[0]):
            yield number, cells


def check_holder(cell):
    for word in re.findall(r"`([^`]+)`", cell):
        if word.endswith((".cc", ".h")):
            if not any(path == word or path.endswith("/" + word) for path in SOURCES):
                yield f"there is no file {word}"
        elif re.fullmatch(r"[a-z_]+|Call::\w+", word):
            if not re.search(rf"\b{word.split('::')[-1]}\b", ALL):
                yield f"nothing in src is called {word}"


def check_tests(cell):
    named = re.findall(r"`([^`]+)`", cell)
    for word in named:
        pattern = re.compile(re.escape(word).replace(r"\*", ".*"))
        known = BAD | EDC
        if re.fullmatch(r"[a-z_*]+", word) and not any(pattern.fullmatch(name) for name in known):
            yield f"there is no test {word}"
        if word.endswith(".cc") and not any(path.endswith("/" + word) for path in SOURCES):
            yield f"there is no file {word}"
    kit = re.findall(r"\b(?:MET|CAT|CN_C|CN|TP_C|TP):\d\d-\d\d", cell)
    yield from (f"the kit has no test {name}" for name in kit if name not in KIT)
    if not named and not kit and not re.search(r"\bkit\b|\bedc\b", cell) and not any(e in cell for e in EXCUSES):
        yield "no test is named"


def main():
    faults, count = [], 0
    for number, (clause, _, what, holder, tests) in rows():
        count += 1
        found = [*check_holder(holder), *check_tests(tests)]
        if not holder:
            found.append("nothing holds it")
        faults += [f"{PAGE.name}:{number} (§{clause}): {fault}" for fault in found]
    print("\n".join(faults))
    print(f"COUNT clauses of DSP 2025-1: {count} rows, {len(faults)} with a name that leads nowhere")
    return 1 if faults or count < 90 else 0


if __name__ == "__main__":
    sys.exit(main())
