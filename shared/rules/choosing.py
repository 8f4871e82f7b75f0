"""Which of several certificates is registered: one only, that of the present stage and subject (S25)."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.models.kinds import TeachingStage
from shared.rules import certificate
from shared.rules.situation import CertificateType, HeldCertificate
from shared.text import Text, _

# The stages that a certificate is made for; 4 and 5 stand for each other, a special school has none of its own.
_OWN_STAGES = {
    CertificateType.KINDERGARTEN: {TeachingStage.KINDERGARTEN},
    CertificateType.PRIMARY: {TeachingStage.PRIMARY},
    CertificateType.JUNIOR: {TeachingStage.JUNIOR},
    CertificateType.SENIOR: {TeachingStage.SENIOR},
    CertificateType.VOCATIONAL: {TeachingStage.VOCATIONAL},
    CertificateType.VOCATIONAL_PRACTICE: {TeachingStage.VOCATIONAL_PRACTICE},
}


@dataclass(frozen=True)
class Candidate:
    """A certificate seen from the post its holder has; `place` is its number among those that were entered."""

    place: int
    certificate: HeldCertificate
    usable: bool
    same_stage: bool
    same_subject: bool
    other_subject: bool


@dataclass(frozen=True)
class Choice:
    """The certificate to register, None if none serves; why; and a sentence for each of the others."""

    chosen: Candidate | None
    why: list[Text]
    others: list[tuple[Candidate, Text]]


def choose(certificates: Sequence[HeldCertificate], stage: TeachingStage, subject: str) -> Choice:
    """The level decides first, then the same stage, then the same subject; another subject only warns."""
    candidates = [_seen(place, each, stage, subject) for place, each in enumerate(certificates, 1)]
    usable = sorted((candidate for candidate in candidates if candidate.usable), key=_order)
    chosen = usable[0] if usable else None
    others = [(each, _why_not(each, stage)) for each in candidates if each is not chosen]
    return Choice(chosen, _why(chosen, alone=len(certificates) == 1) if chosen else [], others)


def _seen(place: int, held: HeldCertificate, stage: TeachingStage, subject: str) -> Candidate:
    named = held.subject if held.subject != certificate.NO_SUBJECT else ""
    return Candidate(
        place=place,
        certificate=held,
        usable=certificate.may_teach(held.kind, stage),
        same_stage=stage in _OWN_STAGES.get(held.kind, ()),
        same_subject=bool(named and named == subject),
        other_subject=bool(certificate.subject_warnings(held.subject, subject)),
    )


def _order(candidate: Candidate) -> tuple[bool, bool, bool, bool, int]:
    held = candidate.certificate
    return (
        not candidate.same_stage,
        not candidate.same_subject,
        candidate.other_subject,
        bool(held.faults),
        candidate.place,
    )


def _why(chosen: Candidate, *, alone: bool) -> list[Text]:
    why = [] if alone else [_("每人每次只注册一本证书，选与现任教学段和学科一致的那一本。")]
    if chosen.same_stage:
        why.append(_("资格种类与您现在任教的学段一致。"))
    else:
        why.append(
            _("资格种类可以用于您现在任教的学段：教师资格可在本级和本级以下学校使用，高级中学和中等职业学校通用。")
        )
    if chosen.same_subject:
        why.append(_("证书上的学科与您现在教的学科一致。"))
    elif chosen.other_subject:
        why.append(_("证书上的学科与您现在教的学科不同，不影响注册：学科照证书填写。"))
    elif chosen.certificate.subject == certificate.NO_SUBJECT:
        why.append(_("证书上没有写任教学科，可以注册：学科填“无”。"))
    return why


def _why_not(other: Candidate, stage: TeachingStage) -> Text:
    if other.usable:
        return _("这本也能用于现在的学段，但这次不注册。它仍然有效，以后需要时再注册。")
    if other.certificate.kind is CertificateType.HIGHER:
        return _("高等学校教师资格不参加中小学教师资格定期注册。它仍然有效。")
    if other.certificate.kind is CertificateType.VOCATIONAL_PRACTICE:
        return _("实习指导教师资格只能用于实习指导，不能用于现任教学段“{stage}”的注册。它仍然有效。", stage=stage.label)
    return _("级别低于现任教学段“{stage}”，不能用于这次注册。它仍然有效。", stage=stage.label)
