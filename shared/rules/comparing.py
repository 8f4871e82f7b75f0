"""What differs: the form beside the registry (S19), and the data of today beside an earlier version of them (S20)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.models import Application, Certificate
from shared.rules.fields import BY_NAME, FIELDS, MASKS, Field, Input, Mask, Section, shown, words
from shared.text import Text, _

Change = Mapping[str, Sequence[str | None]]  # column → old and new, as the audit keeps them
Pairs = dict[str, tuple[str | None, str | None]]
Namer = Callable[[Field, str], str]  # the name of the row of reference data that a stored code or number means

REPLACED = _("已更换")
# What the registry also says of the holder, beside the columns that it locks.
_HOLDER = {"id_number": "id_number", "certificate_number": "number", "name": "name", "sex": "sex"}
_REGISTERED = _HOLDER | {field.name: field.registered for field in FIELDS if field.registered}


@dataclass(frozen=True)
class Difference:
    """One field with what it was (or what the registry says), and what it is; both in words, "" for nothing."""

    field: Field
    old: str
    new: str

    @property
    def label(self) -> Text:
        return self.field.label


def with_registry(application: Application, certificate: Certificate, *, masked: bool = True) -> list[Difference]:
    """Where the form says something else than the registry; the old side is the registry's."""
    found = []
    for name, column in _REGISTERED.items():
        field = BY_NAME[name]
        held = getattr(application.person if field.of_person else application, name)
        known = getattr(certificate, column)
        if held != known:
            told = _registered_words(certificate, field, column, masked=masked)
            found.append(Difference(field, told, shown(field, application, masked=masked)))
    return found


def _registered_words(certificate: Certificate, field: Field, column: str, *, masked: bool) -> str:
    if field.input is Input.ENTRY:
        return str(getattr(certificate, column.removesuffix("_id").removesuffix("_code")))
    return words(field, getattr(certificate, column), masked=masked)


def since_version(changes: Iterable[Change], version: int) -> Pairs:
    """Each field of the form whose value is not that of `version`, with the value then and now.

    `changes` are one application's, oldest first. A version ends with the change that counts the next one. What the
    school attests is left out: it is written on the paper by hand and makes no print void.
    """
    pairs: Pairs = {}
    ended = False
    for change in changes:
        ended = ended or change.get("form_version", [None])[0] == str(version)
        if ended:
            for name in change.keys() & BY_NAME.keys():
                first = pairs[name][0] if name in pairs else change[name][0]
                pairs[name] = (first, change[name][1])
    return {name: pair for name, pair in pairs.items() if _tells(BY_NAME[name], *pair)}


def _tells(field: Field, old: str | None, new: str | None) -> bool:
    # Two masked values that look alike were different: else nobody would have written them down.
    return field.section is not Section.SCHOOL and ((old or "") != (new or "") or field.mask is not Mask.NONE)


def in_words(pairs: Pairs, named: Namer) -> list[Difference]:
    """The pairs of `since_version` as people read them, in the form's order."""
    return [
        Difference(field, *(_stored_words(field, text, named) for text in pairs[field.name]))
        for field in FIELDS
        if field.name in pairs
    ]


def _stored_words(field: Field, text: str | None, named: Namer) -> str:
    """A value that was kept as text; a personal one is masked once more, which leaves a mask as it is."""
    if not text:
        return ""
    if field.input is Input.ENTRY:
        return named(field, text)
    if field.kinds is not None:
        return next((str(kind.label) for kind in field.kinds if kind.value == text), text)
    return MASKS[field.mask](text) if field.mask is not Mask.NONE else text


def photo_replaced() -> Difference:
    """The photo has no words."""
    return Difference(BY_NAME["photo"], "", str(REPLACED))
