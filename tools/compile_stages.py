"""
Compile the stages that read every article, for this machine: `make compiled`.

mypyc, a part of mypy, translates them to C: a C compiler and the headers of Python are needed. What comes of it is kept
beside the virtual environment, under a key of the sources (`monitor/compiled.py`), once it has read every
`--compare`-th labelled case to the letter as the sources do; `--compare 1` takes them all.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.compiled import COMPILED, LIBRARY, compiled_folder, key_of, use_compiled

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "monitor"
_STAGES = ("detect", "group")
_WINDOW = 3_000


def sources_of(package: Path) -> list[str]:
    """What is compiled; the modules that only gather others are left as they are."""
    found = [path for stage in _STAGES for path in sorted((package / "stages" / stage).glob("*.py"))]
    return [str(path.relative_to(package.parent)) for path in found if path.name != "__init__.py"]


def build(form: Path, work: Path) -> None:
    """Translate and compile into *form*; *work* takes what lies between."""
    from mypyc.build import mypycify
    from setuptools import Distribution

    options = ["--cache-dir", str(work / "types")]
    extensions = mypycify(
        [*options, *sources_of(PACKAGE)],
        opt_level="3",
        debug_level="0",
        group_name=LIBRARY.removesuffix("__mypyc"),
        target_dir=str(work),
    )
    command = Distribution({"name": LIBRARY, "ext_modules": extensions}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = str(form), str(work)
    command.ensure_finalized()
    command.run()


def reading(every: int) -> str:
    """A digest of all that is read of the labelled cases, and of the stories they become."""
    # Not at the top: which form of the stages these load is settled when the program starts.
    from monitor.adapters.packaged.concepts import load_fact_reader
    from monitor.adapters.packaged.group_weights import load_group_weights
    from monitor.adapters.packaged.lexicon import load_lexicon
    from monitor.adapters.yaml_settings.catalogue import load_catalogue
    from monitor.domain.group_policy import GroupPolicy
    from monitor.stages.detect import build_detector
    from monitor.stages.group import GroupWindow, assign, pack
    from tools.cases import read_cases, sources

    told, moment = hashlib.sha256(), datetime(2026, 1, 1, tzinfo=UTC)
    detector, policy = build_detector(load_catalogue(), load_lexicon()), GroupPolicy(max_articles=_WINDOW)
    reader, window = load_fact_reader(policy), GroupWindow(policy, load_group_weights(), {})
    cases = [case for _, path, _ in sources() for case in read_cases(path)][::every]
    for case in cases:
        moment += timedelta(minutes=7)
        fingerprint = reader.fingerprint(case["id"], case["title"], case["text"], moment)
        analysis = detector.analyse(case["id"], case["title"], case["text"], moment)
        told.update(repr((analysis, pack(fingerprint), assign(fingerprint, window, policy))).encode())
    return f"{len(cases)} cases, {len(window.stories)} stories: {told.hexdigest()}"


def read_elsewhere(folder: Path | None, every: int) -> str:
    """The same in a process of its own, by the form in *folder* or by the sources."""
    environ = os.environ | {"MONITOR_PLAIN": "1"}
    words = ["--read", *(["--folder", str(folder)] if folder else []), "--compare", str(every)]
    command = [sys.executable, "-m", "tools.compile_stages", *words]
    done = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def missing() -> str:
    """What is not there that compiling needs."""
    compiler = str(sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        return f"a C compiler ({compiler})"
    header = Path(sysconfig.get_paths()["include"]) / "Python.h"
    return "" if header.is_file() else f"the headers of Python ({header}; Debian: python3-dev)"


def compile_stages(folder: Path, every: int) -> str:
    """Make the form of the sources as they are the only one in *folder*; why not, if it comes to nothing."""
    if lacking := missing():
        return f"not compiled: {lacking} is missing"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="compiling-") as place:
        new, key = Path(place) / "new", key_of(PACKAGE)
        build(new / key, Path(place) / "work")
        plain, compiled = read_elsewhere(None, every), read_elsewhere(new, every)
        if key != key_of(PACKAGE):
            return "not compiled: the sources changed meanwhile"
        if plain != compiled:
            return f"not compiled: plain gives {plain}, compiled {compiled}"
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)
    print(f"compiled, and the same as the sources in {plain}")
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compare", type=int, default=13)
    parser.add_argument("--read", action="store_true", help="only read the cases, and print a digest")
    parser.add_argument("--folder", type=Path, help="with --read: where compiled forms lie")
    options = parser.parse_args()
    if not options.read:
        sys.exit(compile_stages(compiled_folder(), options.compare) or None)
    os.environ.pop("MONITOR_PLAIN", None)
    if options.folder and (used := use_compiled(PACKAGE, options.folder)) != COMPILED:
        sys.exit(f"the form cannot be used: {used}")
    print(reading(options.compare))


if __name__ == "__main__":
    main()
