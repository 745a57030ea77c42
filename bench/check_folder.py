#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""1,000 files of mixed kinds in one command: wall and CPU time, how busy the cores are, memory.
Beside it the same bytes read once by a program that does nothing else. Usage: check_folder.py CORRIDOR"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
SHARED = pathlib.Path(os.environ.get("CORRIDOR_SHARED", ROOT.parent / "shared"))


def sources():
    yield from sorted((ROOT / "examples").iterdir())
    for part in ("ubl", "cii", "pairs", "logistics", "json"):
        yield from sorted((SHARED / "data/documents" / part).glob("*"))
    yield from sorted((SHARED / "data/documents/edifact").glob("*.TXT"))


def run(*words):
    begin = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def main():
    corridor = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="corridor-bench-") as work:
        folder, data = pathlib.Path(work) / "files", pathlib.Path(work) / "data"
        folder.mkdir()
        kinds = [path for path in sources() if path.stat().st_size < 100_000]
        for number in range(1000):
            source = kinds[number % len(kinds)]
            shutil.copy(source, folder / f"{number:04}-{source.name}")
        size = sum(path.stat().st_size for path in folder.iterdir())
        packs = [str(p) for p in (SHARED / "suites/en16931/rules", SHARED / "suites/xrechnung/rules",
                                  SHARED / "data/schemas", SHARED / "data/edifact-directories") if p.is_dir()]
        if packs:
            subprocess.run([corridor, "pack", "import", *packs, "--data", str(data)], check=True,
                           stdout=subprocess.DEVNULL)
        best = min(run(corridor, "check", "--json", "--data", str(data), str(folder)) for _ in range(5))
        wall, cpu, resident = best
        print(f"check_1000_files {size} bytes of {len(kinds)} different documents")
        print(f"check_1000_files_wall {wall * 1000:.0f} ms")
        print(f"check_1000_files_cores_busy {cpu / wall:.2f} of {os.cpu_count()}")
        print(f"check_1000_files_resident {resident / 1024:.1f} MB")
        limit, _, _ = min(run("cat", *map(str, folder.iterdir())) for _ in range(5))
        print(f"check_1000_files_cat_beside {limit * 1000:.0f} ms")


if __name__ == "__main__":
    main()
