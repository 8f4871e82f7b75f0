"""Texts for people: written in Chinese where they are needed, translated when they are shown.

Rules and services run in web requests, in the worker and on the command line, so they must not know who
translates. They return `Text`; the web layer installs the translator of the present request.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


def _as_written(message: str) -> str:
    return message


_translate: Callable[[str], str] = _as_written
_on_paper: ContextVar[bool] = ContextVar("on_paper", default=False)


def translate_with(translator: Callable[[str], str]) -> None:
    """Let `translator` turn a Chinese message into the language of whoever reads it."""
    global _translate  # noqa: PLW0603  one translator per process, set once by the web layer
    _translate = translator


@contextmanager
def in_chinese() -> Iterator[None]:
    """Official papers are Chinese, whatever language their reader has chosen for the pages."""
    token = _on_paper.set(True)
    try:
        yield
    finally:
        _on_paper.reset(token)


@dataclass(frozen=True)
class Text:
    """A message and the values to put into its `{names}`; becomes a string only when it is shown."""

    message: str
    values: dict[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        translated = self.message if _on_paper.get() else _translate(self.message)
        return translated.format(**self.values) if self.values else translated

    def packed(self) -> list[Any]:
        """The text as JSON can keep it: it is translated when it is shown, not when it is written."""
        return [
            self.message,
            {name: value.packed() if isinstance(value, Text) else str(value) for name, value in self.values.items()},
        ]

    @classmethod
    def unpacked(cls, kept: Any) -> "Text":  # noqa: ANN401  what `packed` made
        """The text that `packed` has kept."""
        message, values = kept
        return cls(
            message, {name: value if isinstance(value, str) else cls.unpacked(value) for name, value in values.items()}
        )


def _(message: str, **values: Any) -> Text:  # noqa: ANN401  any value that can be formatted
    """Mark `message` for translation; `values` fill its `{names}`."""
    return Text(message, values)
