"""Whether somebody has to register now, not now, or not at all: with every reason and where it stands in law.

Interim measures of 2013 (教师〔2013〕9号; domain rules §1.1, §1.2). What a province decides for itself, and what a
teacher does not know, never turns anybody away: the answer goes on and says whom to ask.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from shared.models.kinds import Kind, RegistrationType
from shared.rules import certificate, choosing
from shared.rules.checks import Problem
from shared.rules.choosing import Choice
from shared.rules.settling import Settlement, settlements
from shared.rules.situation import HeldCertificate, History, Post, Probation, Situation, Workplace
from shared.text import Text, _

DAYS_TO_APPLY = timedelta(days=60)  # after probation, and before the end of a period
YEAR = timedelta(days=366)

SCOPE = _("《中小学教师资格定期注册暂行办法》关于注册对象的规定")
FIRST = _("《中小学教师资格定期注册暂行办法》关于首次注册的规定")
CYCLE = _("《中小学教师资格定期注册暂行办法》关于五年一周期、逾期不注册的规定")
ARTICLE_9 = _("《中小学教师资格定期注册暂行办法》第九条（暂缓注册）")
ARTICLE_10 = _("《中小学教师资格定期注册暂行办法》第十条（注册不合格）")
ARTICLE_13 = _("《中小学教师资格定期注册暂行办法》第十三条")
LEVELS = _("《教师资格条例》第五条")
PROVINCE = _("省级教育行政部门的规定")
ROUND = _("本批次注册工作的安排")


class Verdict(Kind):
    """The answer in a few words; of several reasons the later one in this list decides."""

    REGISTER = "register", _("应当申报注册")
    WAIT = "wait", _("现在先不申报")
    OUTSIDE = "outside", _("不需要注册，证书继续有效")


@dataclass(frozen=True)
class Reason:
    """One ground, what it speaks for, and its source; `ask`: somebody has to confirm it."""

    code: str
    text: Text
    source: Text
    speaks_for: Verdict = Verdict.REGISTER
    ask: bool = False


@dataclass(frozen=True)
class Period:
    """When to apply, the first and the last day."""

    first: date
    last: date


@dataclass(frozen=True)
class Finding:
    """What is to be said of one certificate: procedures that come first, and what does not agree in its number."""

    place: int
    certificate: HeldCertificate
    to_settle: list[Settlement]
    doubts: list[Problem]


@dataclass(frozen=True)
class Answer:
    """All that the check has to say."""

    verdict: Verdict
    reasons: list[Reason]
    registration_type: RegistrationType | None
    period: Period | None
    choice: Choice
    findings: list[Finding]
    papers: list[Text]

    @property
    def ask(self) -> bool:
        """Whether something has to be asked at the school or the bureau."""
        return any(reason.ask for reason in self.reasons)

    @property
    def settle_first(self) -> bool:
        """Whether the certificate to be registered has to be put right before."""
        chosen = self.choice.chosen
        return chosen is not None and bool(self.findings[chosen.place - 1].to_settle)


def judge(said: Situation, *, today: date) -> Answer:
    """The answer for a situation on a day."""
    choice = choosing.choose(said.certificates, said.stage, said.subject)
    workplace = _WORKPLACES[said.workplace]
    inside = workplace.speaks_for is not Verdict.OUTSIDE  # what follows is of no interest to the others
    reasons = [workplace, *(_inside(said, choice, today) if inside else [])]
    verdict = max((reason.speaks_for for reason in reasons), key=list(Verdict).index)
    kind = _TYPES.get(said.history) if inside else None
    return Answer(
        verdict=verdict,
        reasons=sorted(reasons, key=lambda reason: reason.speaks_for is not verdict),
        registration_type=kind,
        period=_period(said) if inside else None,
        choice=choice,
        findings=[_looked_at(place, held) for place, held in enumerate(said.certificates, 1)],
        papers=_papers(said, kind),
    )


def _inside(said: Situation, choice: Choice, today: date) -> list[Reason]:
    rules = (_post, _probation, _history, _retirement)
    return [reason for rule in rules for reason in rule(said, today)] + _level(said, choice)


def _looked_at(place: int, held: HeldCertificate) -> Finding:
    return Finding(place, held, settlements(held), _doubts(held))


_TYPES = {
    History.NEVER: RegistrationType.FIRST,
    History.VALID: RegistrationType.PERIODIC,
    History.DEFERRED: RegistrationType.REAPPLY,
}


_WORKPLACES = {
    Workplace.PUBLIC: Reason("public", _("公办普通中小学、幼儿园和中等职业学校的教师，在注册范围内。"), SCOPE),
    Workplace.PRIVATE: Reason(
        "private", _("民办学校教师是否注册，按省里规定；规定纳入的，与公办学校教师一样申报。"), PROVINCE, ask=True
    ),
    Workplace.SUPPORT: Reason(
        "support", _("您所在的单位是否纳入注册，按省里规定；规定纳入的，与普通学校教师一样申报。"), PROVINCE, ask=True
    ),
    Workplace.HIGHER: Reason(
        "higher", _("高等学校教师不参加中小学教师资格定期注册。您的证书不注册也继续有效。"), SCOPE, Verdict.OUTSIDE
    ),
    Workplace.ELSEWHERE: Reason(
        "elsewhere",
        _("不在学校任教的持证人员不需要注册，证书继续有效。以后到中小学、幼儿园或中职任教时再申报。"),
        SCOPE,
        Verdict.OUTSIDE,
    ),
    Workplace.UNKNOWN: Reason("workplace_unknown", _("学校的性质说不准的，请先问清楚。"), SCOPE, ask=True),
}


def _post(said: Situation, _today: date) -> list[Reason]:
    if said.post is Post.PRIVATE and said.workplace is Workplace.PRIVATE:
        return []  # said already
    return [_POSTS[said.post]]


_POSTS = {
    Post.ESTABLISHED: Reason("established", _("您在编在岗。"), SCOPE),
    Post.PRIVATE: Reason("private_post", _("民办学校在岗教师是否注册，按省里规定。"), PROVINCE, ask=True),
    Post.PENDING: Reason(
        "pending", _("编制手续正在办理的，暂不申报；手续办好以后再申报。"), ROUND, Verdict.WAIT, ask=True
    ),
    Post.CONTRACT: Reason(
        "contract", _("全国统一要求注册的是在编在岗教师；没有编制的是否注册，按省里规定。"), PROVINCE, ask=True
    ),
    Post.AWAY: Reason(
        "away",
        _("经批准的进修、培训、交流、病假、产假不影响注册。其他原因中止教学超过一学期的，会暂缓注册。"),
        ARTICLE_9,
        ask=True,
    ),
    Post.UNKNOWN: Reason("post_unknown", _("是否在编在岗说不准的，请先问清楚。"), SCOPE, ask=True),
}


def _probation(said: Situation, today: date) -> list[Reason]:
    if said.probation is Probation.RUNNING:
        text = _("试用期内不申报。试用期满、考核合格以后60日内，申请首次注册。")
        return [Reason("probation", text, FIRST, Verdict.WAIT)]
    if said.history is not History.NEVER:
        return []
    if said.probation is Probation.UNKNOWN or (said.probation is Probation.PASSED and said.passed_on is None):
        text = _("首次注册的期限从试用期考核合格那天算起。日期记不清的，学校或人事档案可以查到。")
        return [Reason("probation_unknown", text, FIRST, ask=True)]
    if said.passed_on is None or said.probation is not Probation.PASSED:
        return [Reason("never", _("从来没有注册过的，申请首次注册。"), FIRST)]
    last = said.passed_on + DAYS_TO_APPLY
    if today <= last:
        text = _("试用期考核合格以后60日内申请首次注册，您的期限到{last}。", last=last)
        return [Reason("first", text, FIRST)]
    text = _("试用期考核合格后的60日已在{last}满期。从来没有注册过的，仍要申请首次注册，请尽快申报。", last=last)
    return [Reason("first_late", text, FIRST)]


def _history(said: Situation, today: date) -> list[Reason]:
    if said.history is History.VALID:
        return [_valid(said.valid_until, today)]
    return [_HISTORIES[said.history]] if said.history in _HISTORIES else []


def _valid(until: date | None, today: date) -> Reason:
    if until is None:
        return Reason("until_unknown", _("上次注册的有效期记不清的，请看证书上的注册贴，或问学校。"), CYCLE, ask=True)
    first = until - DAYS_TO_APPLY
    if today < first and until <= today + YEAR:
        # A round is held once a year, mostly for all whose period ends in that year.
        text = _(
            "上次注册到{until}满期，规定满期前60日内申报，从{first}起。当地把这一年满期的统一放在本批次的，现在就要申报。",
            until=until,
            first=first,
        )
        return Reason("valid_soon", text, ARTICLE_13, Verdict.WAIT, ask=True)
    if today < first:
        text = _("上次注册到{until}才满期。满期前60日内再申报，从{first}起。", until=until, first=first)
        return Reason("valid", text, ARTICLE_13, Verdict.WAIT)
    if today <= until:
        return Reason("due", _("上次注册到{until}满期，已进入满期前60日，现在应当申报。", until=until), ARTICLE_13)
    text = _("上次注册已在{until}满期。逾期不注册的不得从事教育教学工作，请尽快申报。", until=until)
    return Reason("overdue", text, CYCLE, ask=True)


_HISTORIES = {
    History.DEFERRED: Reason(
        "deferred", _("暂缓注册的原因消失以后，可以重新申请，要附暂缓情形消失的证明。"), ARTICLE_9, ask=True
    ),
    History.REFUSED: Reason(
        "refused",
        _("上次结论是注册不合格。能不能、什么时候重新申请，按省里规定，请先问清楚，不要自己放弃。"),
        ARTICLE_10,
        Verdict.WAIT,
        ask=True,
    ),
    History.UNKNOWN: Reason(
        "history_unknown", _("有没有注册过记不清的，请看证书后面有没有注册贴，或请学校查询。"), CYCLE, ask=True
    ),
}


def _retirement(said: Situation, today: date) -> list[Reason]:
    leaves = said.retires_on
    if leaves is None:
        return []
    if leaves <= today:
        text = _("已经退休的不需要注册，证书继续有效。")
        return [Reason("retired", text, SCOPE, Verdict.OUTSIDE)]
    if said.history is History.VALID and said.valid_until is not None and leaves <= said.valid_until:
        text = _("您在{leaves}退休，那时上次注册还没有满期，不需要再注册。", leaves=leaves)
        return [Reason("retires_first", text, CYCLE, Verdict.OUTSIDE)]
    text = _("快要退休的是否还要注册，按省里规定；没有规定的照常申报。")
    return [Reason("retires", text, PROVINCE, ask=True)]


def _level(said: Situation, choice: Choice) -> list[Reason]:
    if choice.chosen is not None:
        return []
    text = _(
        "您填的证书都不能用于现任教学段“{stage}”的注册。先要有与岗位相应的教师资格；还有别的证书的，请补填。",
        stage=said.stage.label,
    )
    return [Reason("level", text, LEVELS, Verdict.WAIT, ask=True)]


def _period(said: Situation) -> Period | None:
    if said.history is History.VALID and said.valid_until is not None:
        return Period(said.valid_until - DAYS_TO_APPLY, said.valid_until)
    if said.history is History.NEVER and said.probation is Probation.PASSED and said.passed_on is not None:
        return Period(said.passed_on, said.passed_on + DAYS_TO_APPLY)
    return None


def _doubts(held: HeldCertificate) -> list[Problem]:
    """Where the number contradicts what was said; in 2001 the number does not tell which layout it has."""
    decoded = certificate.decode(held.number)
    if decoded is None or decoded.year == certificate.YEAR_OF_BOTH_LAYOUTS:
        return []
    issued = date(held.year, 1, 1) if held.year else None
    return certificate.warnings(held.number, type_code=held.kind, sex=None, issued_on=issued, id_number="")


def _papers(said: Situation, kind: RegistrationType | None) -> list[Text]:
    """What the law asks for with this type of registration, beside the papers of every round."""
    if kind is RegistrationType.FIRST and said.probation is Probation.PASSED:
        return [_("试用期考核合格证明")]
    if kind is RegistrationType.REAPPLY:
        return [_("暂缓情形消失的证明")]
    return []
