# SPDX-License-Identifier: Apache-2.0
"""Jars from Maven Central for the tests that judge a node by programs of others.

    libraries = maven.fetch(folder / "pom.xml", "dsp-kit")     # a folder below build/kits/dsp-kit, or Absent

Only the pom stands in the project; the jars lie below build/ and are kept until the pom changes.
Maven's own settings decide where they come from."""
import fcntl
import hashlib
import pathlib
import re
import shutil
import subprocess

KITS = pathlib.Path(__file__).resolve().parents[1] / "build" / "kits"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


class Absent(Exception):
    """What is needed cannot be had here; the words say what."""


def fetch(pom, name):
    """The folder with the jars of the pom's dependencies."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise Absent(f"no {program} (tools/install kits)")
    folder = KITS / name
    folder.mkdir(parents=True, exist_ok=True)
    libraries = folder / ("lib-" + hashlib.sha256(pom.read_bytes()).hexdigest()[:12])
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not libraries.exists():
            partial = folder / "partial"
            shutil.rmtree(partial, ignore_errors=True)
            copy(pom, partial)
            partial.rename(libraries)
    return libraries


def copy(pom, folder):
    done = subprocess.run(["mvn", "-B", "-ntp", "-f", str(pom), COPY, f"-DoutputDirectory={folder}"],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=580)
    if done.returncode == 0:
        return
    words = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    # What Maven could not get is a fact about this place; anything else is a defect of the pom.
    resolution = re.search(r"(Could not (?:transfer|find|resolve)[^\n]*?)(?: from/to| in | -> |\n)", words)
    if resolution or "PluginResolutionException" in words:
        raise Absent("Maven Central: " + (resolution.group(1) if resolution else "no plugin")[:160])
    raise AssertionError(f"mvn cannot read {pom}:\n{words[-3000:]}")


def compile_java(sources, libraries, folder):
    """Classes of our own beside those jars; the compiler is part of Debian's runtime package."""
    folder.mkdir(parents=True, exist_ok=True)
    jars = ":".join(map(str, sorted(libraries.glob("*.jar"))))
    done = subprocess.run(["java", "-m", "jdk.compiler/com.sun.tools.javac.Main", "-proc:none", "-d",
                           str(folder), "-cp", jars, *map(str, sources)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder
