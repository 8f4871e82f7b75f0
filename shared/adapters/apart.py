"""Parsers of what strangers send, each in a process of its own: what it dies of is an answer, too.

The child tells what it reads by messages, each a kind and a value. marshal holds plain values only, so that nothing a
child says can do anything in the process that listens.
"""

import marshal
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MAX_BYTES = 50 * 1024 * 1024
MEMORY = 512 * 1024 * 1024
END, FAULT = "end", "fault"


class Unreadable(Exception):
    """The file cannot be read, and `code` says why; `value` is a number or name that belongs to it."""

    def __init__(self, code: str, value: str | int = "") -> None:
        super().__init__(code, value)
        self.code, self.value = code, value


@contextmanager
def read_apart(module: str, path: Path, *arguments: object) -> Iterator[Iterator[tuple[str, Any]]]:
    """The messages of `module` about the file at `path`, up to the one that it is done.

    Raises `Unreadable` with a code, here or while messages come: what it is, the caller says in words.
    """
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable("too_many_bytes", MAX_BYTES // 1024 // 1024)
    command = [sys.executable, "-m", module, str(path), *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:  # noqa: S603
        try:
            yield _said(child)
        finally:
            child.kill()


def _said(child: "subprocess.Popen[bytes]") -> Iterator[tuple[str, Any]]:
    while True:
        try:
            kind, value = marshal.load(child.stdout)  # type: ignore[arg-type]  # noqa: S302
        except (EOFError, ValueError, TypeError):
            child.wait()
            raise Unreadable("too_heavy") from None  # it died before its last word: of the limits set for it
        if kind == FAULT:
            raise Unreadable(*value)
        yield kind, value
        if kind == END:
            return


def say(kind: str, value: Any) -> None:  # noqa: ANN401
    """Tell the process that listens; called in the child."""
    marshal.dump((kind, value), sys.stdout.buffer)
    sys.stdout.buffer.flush()


@contextmanager
def within_limits(seconds: int) -> Iterator[None]:
    """The child's work, within 512 MiB and `seconds` of the processor; its last word is the end, or what is wrong."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        yield
        say(END, None)
    except Unreadable as fault:
        say(FAULT, (fault.code, fault.value))
    except MemoryError:
        say(FAULT, ("too_heavy",))
    except Exception:  # noqa: BLE001  whatever a parser says about a file that is not as it should be
        say(FAULT, ("broken",))
