"""How alike two names are: for “did you mean”, before somebody adds what is there under another spelling."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

ALIKE = 0.5
_BRACKETS = str.maketrans("（）〔〕［］【】", "()()()()")
# Words that half of all names end with say little about which one is meant: 教育局, 中学, 大学 and their like.
_COMMON = re.compile(r"(?<=.{2})(教育委员会|教育局|教委|文教局|学校|中学|小学|幼儿园|大学|学院)$")


def plain(name: str) -> str:
    """A name without what people write differently: widths, blanks, kinds of brackets, invisible characters."""
    narrow = unicodedata.normalize("NFKC", name).translate(_BRACKETS).lower()
    return "".join(sign for sign in narrow if not sign.isspace() and unicodedata.category(sign)[0] != "C")


def pairs(name: str) -> list[str]:
    """The name's pairs of neighbouring characters, each once; of a single character, itself."""
    text = plain(name)
    return list(dict.fromkeys(text[at : at + 2] for at in range(len(text) - 1))) or [text]


def ranked(wanted: str, names: Iterable[str], most: int) -> list[str]:
    """Those of `names` that are like `wanted`, the most alike first, at most so many."""
    text = plain(wanted)
    scored = [(_alike(text, plain(name)), name) for name in dict.fromkeys(names)]
    good = [(score, name) for score, name in scored if score >= ALIKE]
    return [name for _score, name in sorted(good, key=lambda pair: (-pair[0], len(pair[1]), pair[1]))[:most]]


def abbreviates(short: str, name: str) -> bool:
    """Whether `short` is the name with characters left out: 南师大 of 南京师范大学."""
    rest = iter(name)
    return len(short) > 1 and all(sign in rest for sign in short)


def _alike(one: str, other: str) -> float:
    """From 0 to 1; a name inside the other is as good as nine parts of ten, an abbreviation as eight."""
    if one and (one in other or other in one):
        inside = 0.9 if other.startswith(one) or len(one) > 2 else 0.75  # 南大 stands in 东南大学 by chance  # noqa: PLR2004
        return inside + 0.1 * min(len(one), len(other)) / max(len(one), len(other))
    if abbreviates(one, other):
        return (0.8 if one[0] == other[0] else 0.55) + 0.1 * len(one) / len(other)
    whole = SequenceMatcher(None, one, other, autojunk=False).ratio()
    core = SequenceMatcher(None, _COMMON.sub("", one), _COMMON.sub("", other), autojunk=False).ratio()
    return 0.4 * whole + 0.6 * core
