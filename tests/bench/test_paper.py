"""How fast application forms are drawn: ours, xhtml2pdf as its documentation shows it, and reportlab by hand.

Each way runs in processes of its own, one and then two at once: drawing holds a lock, so threads would gain nothing.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from shared.models import Application
from shared.models.kinds import Role, Stage
from shared.services.printing import binding, kinds
from shared.services.typesetting import Job
from shared.text import in_chinese
from tests import build
from tests.bench.papers import ROOT
from tests.bench.test_exports import _memory
from tests.conftest import Database
from tests.services.test_printing import PORTAL

FORMS = int(os.environ.get("BENCH_FORMS", "100"))
BATCH = 300
WAYS = ["ours", "plain", "floor"]


def begun(way: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bench.papers", way, str(FORMS)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("way", WAYS)
def test_forms_a_second(way: str) -> None:
    alone = json.loads(begun(way).communicate()[0].splitlines()[-1])
    pair = [begun(way), begun(way)]
    both = [json.loads(one.communicate()[0].splitlines()[-1]) for one in pair]
    together = sum(1 / one["each"] for one in both)
    print(  # noqa: T201
        f"\n{way:<6} first {alone['cold'] * 1000:6.0f} ms, then {alone['each'] * 1000:6.1f} ms each,"
        f" {1 / alone['each']:5.1f}/s; two processes {together:5.1f}/s; {alone['memory']:4.0f} MiB",
        end="",
    )
    assert all(one["each"] < one["cold"] for one in both)  # what is prepared once is prepared once


@pytest.mark.timeout(900)
def test_a_school_of_three_hundred(database: Database, tmp_path: Path) -> None:
    city = build.a_nanjing()
    school = build.a_school(bureau=city.gulou)
    for _one in range(BATCH):
        build.an_application(Stage.SUBMITTED, school=school, photo=True)
    by, held = build.an_actor(Role.DISTRICT, city.gulou), []
    for name in ("forms", "roster"):
        paper, path = kinds.BY_NAME[name], tmp_path / f"{name}.pdf"
        with in_chinese():
            keys = binding.pile(select(Application), paper, BATCH)
            start, before = time.perf_counter(), _memory()
            job = Job(by, PORTAL, build.clock.today())
            binding.bind(path, paper, keys, job, lambda _done: held.append(_memory()))
        seconds = time.perf_counter() - start
        pages, size = len(PdfReader(path).pages), path.stat().st_size / 1024 / 1024
        print(  # noqa: T201
            f"\n{database.name:<11} {name:<7} of {BATCH}: {seconds:5.1f} s, {pages} pages, {size:4.1f} MiB,"
            f" {max(held) - before:4.0f} MiB more memory", end="",
        )  # fmt: skip
        assert pages == 2 * BATCH if name == "forms" else pages > 1
