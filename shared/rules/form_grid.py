"""Where each field stands on the printed form: block by block, two to a row, as on the paper that schools know."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.rules.fields import BY_NAME, FIELDS, Field, Input, Section
from shared.text import Text, _

IN_A_ROW = 2


@dataclass(frozen=True)
class Block:
    """A titled part of the form: the fields named here in this order, then the others of its section."""

    title: Text
    section: Section
    names: tuple[str, ...] = ()
    photo_rows: int = 0  # how many rows the photo stands beside

    def rows(self) -> list[tuple[Field, ...]]:
        found = tuple(self._fields())
        return [found[start : start + IN_A_ROW] for start in range(0, len(found), IN_A_ROW)]

    def _fields(self) -> Iterator[Field]:
        yield from (BY_NAME[name] for name in self.names)
        for field in FIELDS:
            if field.section is self.section and field.name not in PLACED and field.input is not Input.PHOTO:
                yield field


BLOCKS = (
    Block(
        Section.IDENTITY.label,
        Section.IDENTITY,
        ("name", "sex", "ethnicity_code", "birth_date", "id_kind", "id_number", "political_status_code",
         "putonghua_code", "residence_code", "birthplace_code"),
        photo_rows=4,
    ),
    Block(Section.CERTIFICATE.label, Section.CERTIFICATE),
    Block(
        Section.POST.label,
        Section.POST,
        ("school_id", "school_nature", "locality", "teaching_stage", "teaching_subject_code", "post_kind",
         "title_code", "work_started_on", "joined_on"),
    ),
    Block(_("学历"), Section.EDUCATION, ("education_code", "degree_code", "institution_id", "major")),
    Block(Section.CONTACT.label, Section.CONTACT),
    Block(Section.SCHOOL.label, Section.SCHOOL),
)  # fmt: skip
PLACED = {name for block in BLOCKS for name in block.names}
