"""Published texts in their parts, for whoever shows them."""

import re
from dataclasses import dataclass
from itertools import groupby

HEADING = re.compile(r"[一二三四五六七八九十]+、")


@dataclass(frozen=True)
class Block:
    """A part of a published text: a heading with its paragraphs."""

    heading: str
    paragraphs: list[str]


def prose(body: str) -> list[Block]:
    """A published text in its parts: blocks are parted by blank lines, a first line such as 一、 is a heading."""
    lines = [line.strip() for line in body.splitlines()]
    blocks = [list(group) for filled, group in groupby(lines, key=bool) if filled]
    return [
        Block(block[0], block[1:]) if HEADING.match(block[0]) and len(block) > 1 else Block("", block)
        for block in blocks
    ]
