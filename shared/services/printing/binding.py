"""Many papers as one file, part by part; what cannot be printed is listed at the end."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import NameObject, TextStringObject
from sqlalchemy import Select, func, select

from shared.db import session
from shared.models import Application, School
from shared.services.errors import Refused
from shared.services.printing import lists
from shared.services.printing.kinds import Keys, Paper
from shared.services.typesetting import Job, undrawable
from shared.text import _


def pile(statement: Select[Any], paper: Paper, most: int) -> Keys:
    """The applications of `statement` that `paper` is for, in the order in which papers are piled: school, number.

    No more than one beyond `most`, by which one knows that there are too many.
    """
    columns = Application.id, Application.school_id, Application.bureau_id, Application.registration_number
    chosen = statement.with_only_columns(*columns).where(paper.fits).order_by(None)
    piled = chosen.outerjoin(School, School.id == Application.school_id)
    return session.execute(piled.order_by(School.code, Application.registration_number).limit(most + 1)).all()


def count(statement: Select[Any], paper: Paper) -> int:
    """How many applications of `statement` the paper is for."""
    chosen = statement.with_only_columns(Application.id).where(paper.fits).order_by(None)
    return session.scalar(select(func.count()).select_from(chosen.subquery())) or 0


def bind(path: Path, paper: Paper, keys: Keys, job: Job, told: Callable[[int], None] = lambda _done: None) -> None:
    """Write all of it to `path`; `told` hears after each part how many applications are done.

    Each part is kept beside `path` until then, so that whoever begins again goes on where it stopped.
    """
    out, done = PdfWriter(), 0
    left_out: list[tuple[str, str]] = []
    for part in paper.parts(keys):
        for file in _set(path.parent, paper, part, job, left_out):
            out.append(file, import_outline=False)
        done += len(part)
        told(done)
    if left_out:
        out.append(BytesIO(_rest(left_out, job)), import_outline=False)
    out.add_metadata({"/Title": str(paper.label)})
    out.root_object[NameObject("/Lang")] = TextStringObject("zh-CN")
    out.write(path)


def _set(folder: Path, paper: Paper, part: Keys, job: Job, left_out: list[tuple[str, str]]) -> Iterator[Path]:
    """The file of a part, or of each of its papers where one of them cannot be set; why not is added to `left_out`."""
    file = folder / f"{sha256(repr([key.id for key in part]).encode()).hexdigest()}.part"
    try:
        if not file.exists():
            _keep(file, paper.make([key.id for key in part], job))
        yield file
    except Refused as refused:
        if paper.is_pile and len(part) > 1:
            for key in part:
                yield from _set(folder, paper, [key], job, left_out)
            return
        reasons = _drawable("；".join(str(problem.text) for problem in refused.problems))
        left_out += [(str(key.registration_number), reasons) for key in part]
    finally:
        session.rollback()  # nothing of a part is held while the next is set
        session.expunge_all()


def _keep(file: Path, content: bytes) -> None:
    """It takes its name only when it is complete."""
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(file)


def _drawable(text: str) -> str:
    """With the numbers of characters that no font here has."""
    for character in undrawable(text):
        text = text.replace(character, f"U+{ord(character):04X}")
    return text


def _rest(left_out: list[tuple[str, str]], job: Job) -> bytes:
    columns = [(str(_("报名号")), 50), (str(_("原因")), 200)]
    return lists.table(str(_("没有打印的申请")), columns, left_out, lists.Frame(job.today))
