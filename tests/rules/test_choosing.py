"""Which of several certificates is registered (S25)."""

import pytest

from shared.models.kinds import TeachingStage
from shared.rules.choosing import choose
from shared.rules.situation import CertificateType, Fault, HeldCertificate

K, P, J, S, V, W, H = CertificateType


def held(kind: CertificateType, subject: str = "", *faults: Fault) -> HeldCertificate:
    return HeldCertificate(kind, 2010, subject=subject, faults=frozenset(faults))


@pytest.mark.parametrize(
    ("certificates", "stage", "subject", "place"),
    [
        ([held(P, "数学"), held(J, "语文")], TeachingStage.JUNIOR, "数学", 2),  # too low, whatever its subject
        ([held(S, "数学"), held(P, "语文")], TeachingStage.PRIMARY, "数学", 2),  # the same stage before the subject
        ([held(J, "语文"), held(J, "数学")], TeachingStage.JUNIOR, "数学", 2),
        ([held(J, "语文"), held(J, "无")], TeachingStage.JUNIOR, "数学", 2),  # none is better than another one
        ([held(J, "无"), held(J, "数学")], TeachingStage.JUNIOR, "数学", 2),
        ([held(J, "数学", Fault.LOST), held(J, "数学")], TeachingStage.JUNIOR, "数学", 2),
        ([held(J, "数学", Fault.LOST), held(J, "语文")], TeachingStage.JUNIOR, "数学", 1),  # a fault can be mended
        ([held(S, "数学"), held(V, "数学")], TeachingStage.VOCATIONAL, "数学", 2),
        ([held(W), held(V)], TeachingStage.VOCATIONAL, "", 2),
        ([held(V), held(W)], TeachingStage.VOCATIONAL_PRACTICE, "", 2),
        ([held(H, "数学"), held(S, "语文")], TeachingStage.SENIOR, "数学", 2),
        ([held(J, "语文"), held(J, "语文")], TeachingStage.JUNIOR, "语文", 1),
        ([held(K), held(P)], TeachingStage.SENIOR, "", 0),
        ([], TeachingStage.SENIOR, "", 0),
    ],
)
def test_the_level_decides_then_the_stage_then_the_subject(
    certificates: list[HeldCertificate], stage: TeachingStage, subject: str, place: int
) -> None:
    choice = choose(certificates, stage, subject)
    assert (choice.chosen.place if choice.chosen else 0) == place
    assert len(choice.others) == len(certificates) - bool(place)
    assert all(str(text) for _candidate, text in choice.others)


def why(subject_on_it: str, taught: str) -> str:
    return " ".join(str(text) for text in choose([held(J, subject_on_it)], TeachingStage.JUNIOR, taught).why)


def test_another_subject_is_a_remark_and_no_obstacle() -> None:
    assert "不影响注册" in why("语文", "数学")
    assert "学科填“无”" in why("无", "数学")
    assert "学科一致" in why("数学", "数学")
    assert "学科" not in why("", "数学").replace("学段", "")
