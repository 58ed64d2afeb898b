"""How a value sounds: figures of the city data as one short sentence, two at most, in Korean and English. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from actions.korean import by, object_, subject, topic, was, with_
from assistant.contracts import is_ahead, is_running, period_words
from assistant.figures import figure_en, figure_ko, number_ko, unit_of
from assistant.ports import Answer
from display_bridge.views import SpokenValue

_GRADES = {
    "good": ("좋음", "good"),
    "moderate": ("보통", "moderate"),
    "bad": ("나쁨", "bad"),
    "very_bad": ("매우 나쁨", "very bad"),
}
_CAPITAL = re.compile(r"[A-Z][A-Z0-9-]|(?:Seoul|Han|Zero|Nanum|Dream)\b|[^A-Za-z]")
"""Beginnings of English labels that keep their capital inside a sentence."""


def sentence(value: SpokenValue, *, warn: bool = True) -> Answer:
    """As in "강남구 미세먼지는 오후 3시 기준 42마이크로그램, 보통입니다." A panel without a figure says what it shows.

    warn: add that the data is simulated, where it is.
    """
    warn = warn and value.simulated
    if value.missing and value.period is None:
        return _not_measured(value)
    if value.value is None:
        tail_ko, tail_en = _tails(value, warn)
        if value.period is not None:
            return _without_its_time(value)
        return Answer(_look(value.text_ko or value.label_ko) + tail_ko, f"{_look_en(value)}{tail_en}")
    lead_ko, lead_en = _lead(value)
    # After a first sentence about what there is not, simulated data is said within the second: two are the most.
    within = bool(lead_ko) and (warn or value.recorded or value.age_s is not None)
    tail_ko, tail_en = ("", "") if within else _tails(value, warn)
    said_ko = f"{_as_of(value, warn)}로 " if within else ""
    said_en = f", from {_as_of_en(value, warn)}" if within else ""
    return Answer(
        lead_ko + _statement_ko(value, said_ko) + tail_ko,
        lead_en + _stopped(_statement_en(value) + said_en) + tail_en,
    )


def comparison(values: Sequence[SpokenValue], *, warn: bool = True) -> Answer:
    """As in "미세먼지는 오후 3시 기준 강남구가 42, 송파구가 38마이크로그램으로 강남구가 4 높습니다."

    values: one panel's figures of two or more places; places without a figure of their own are left out and said so.
    """
    first = values[0]
    found = [v for v in values if v.value is not None and v.asked is None]
    if len(found) < 2 or not all(v.known for v in values):
        return sentence(found[0] if found and not found[0].known else replace(first, asked=_asked(values)), warn=warn)
    ordered = sorted(found, key=lambda v: v.value or 0.0, reverse=True)
    when_ko, when_en = _when(first)
    tail_ko, tail_en = _tails(first, warn and first.simulated)
    past = _past(first)
    verdict_ko, verdict_en = _verdict(ordered, past=past)
    label, be = _named_en(first)
    said_en = _capital(f"{when_en.strip()}, {label}" if when_en else label)
    return Answer(
        f"{topic(first.label_ko)} {when_ko}{by(_listed_ko(found))} {verdict_ko}.{tail_ko}",
        f"{said_en} {be} {_listed_en(found)}, {verdict_en}.{tail_en}",
    )


def moment_ko(at: datetime, now: datetime) -> str:
    """When it was, seen from `now`: "오후 3시 25분", "어제 정오", "11월 3일 오전 9시"."""
    hour, minute = at.hour, f" {at.minute}분" if at.minute else ""
    if hour % 12 == 0:
        clock = ("밤 12시" if hour == 0 else "낮 12시") + minute if minute else ("자정" if hour == 0 else "정오")
    else:
        clock = f"{'오전' if hour < 12 else '오후'} {hour % 12}시{minute}"
    return f"{_day_ko(at, now)}{clock}"


def moment_en(at: datetime, now: datetime) -> str:
    """As `moment_ko`: "3:25 p.m.", "noon yesterday", "9 a.m. on 3 November"."""
    minute = f":{at.minute:02d}" if at.minute else ""
    half = "a.m." if at.hour < 12 else "p.m."
    clock = {0: "midnight", 12: "noon"}.get(at.hour, "") if not minute else ""
    clock = clock or f"{at.hour % 12 or 12}{minute} {half}"
    days = (now.date() - at.date()).days
    if days == 0:
        return clock
    return f"{clock} yesterday" if days == 1 else f"{clock} on {at.day} {at:%B}" + _year_en(at, now)


def _day_ko(at: datetime, now: datetime) -> str:
    days = (now.date() - at.date()).days
    if days == 0:
        return ""
    if days == 1:
        return "어제 "
    return (f"{at.year}년 " if at.year != now.year else "") + f"{at.month}월 {at.day}일 "


def _year_en(at: datetime, now: datetime) -> str:
    return f" {at.year}" if at.year != now.year else ""


def _now(value: SpokenValue) -> datetime:
    return value.now or value.observed_at + timedelta(seconds=value.age_s or 0)


def _when(value: SpokenValue) -> tuple[str, str]:
    """The time a figure holds for, before it in Korean and behind it in English."""
    if value.period is not None and value.known:
        ko, en = period_words(value.period)
        far = ("지금까지 ", " so far") if is_running(value.period, _now(value)) else ("", "")
        return f"{ko} {far[0]}평균 ", f" on average {en}{far[1]}"
    if value.year is not None:
        return f"{value.year}년 기준 ", f" in {value.year}"
    if not value.timed or not value.known:
        return "", ""
    now = _now(value)
    return f"{moment_ko(value.observed_at, now)} 기준 ", f" as of {moment_en(value.observed_at, now)}"


def _statement_ko(value: SpokenValue, from_: str = "") -> str:
    assert value.value is not None
    when, _ = _when(value)
    if not value.known:
        when = f"최근 수치는 {value.year}년 기준 " if value.year is not None else "지금은 "
    figure = value.text_ko or figure_ko(value.value, value.unit)
    grade = _GRADES.get(value.grade or "", ("", ""))[0]
    last = grade or figure
    end = was(last) if _past(value) else f"{last}입니다"
    said = f"{figure}, {end}" if grade else end
    if value.label_ko.startswith("가장 ") or " 가장 " in value.label_ko:
        return f"{topic(value.label_ko)} {when}{from_}{value.place}, {said}."
    if not value.known:  # the first sentence has named what it is about
        return f"{when}{from_}{said}."
    what = value.label_ko if value.place in value.label_ko else f"{value.place} {value.label_ko}"
    return f"{topic(what)} {when}{from_}{said}."


def _statement_en(value: SpokenValue) -> str:
    assert value.value is not None
    _, when = _when(value)
    figure, grade = figure_en(value.value, value.unit), _GRADES.get(value.grade or "", ("", ""))[1]
    said = f"{figure}, {grade}," if grade and when else f"{figure}, {grade}" if grade else figure
    if not value.known:
        return f"The latest is {figure}, of {value.year}" if value.year is not None else f"It is {said} now"
    label, be = _named_en(value)
    where = f" in {value.place_en}" if value.place_en and value.place_en not in value.label_en else ""
    return _capital(f"{label}{where} {be} {said}{when}")


def _named_en(value: SpokenValue) -> tuple[str, str]:
    """The label as it stands inside an English sentence, and its verb."""
    label, unit, past = _inside(value.label_en), unit_of(value.unit), _past(value)
    plural = re.search(r"[^su]s\b", re.split(r"[:,(&]", value.label_en)[0]) is not None
    if plural and not unit.counts:
        return label, "were" if past else "are"
    return (f"the number of {label}" if plural else label), "was" if past else "is"


def _where_en(value: SpokenValue) -> str:
    return value.place_en or value.place


def _past(value: SpokenValue) -> bool:
    return value.known and value.period is not None and not is_running(value.period, _now(value))


def _lead(value: SpokenValue) -> tuple[str, str]:
    """What has to be said first: that there is no figure of the place or the time asked for."""
    if not value.known and value.period is not None:
        ko, en = period_words(value.period)
        what = value.label_ko if value.place in value.label_ko else f"{value.place} {value.label_ko}"
        where = f" in {value.place_en}" if value.place_en and value.place_en not in value.label_en else ""
        ahead = is_ahead(value.period, _now(value))
        kind_ko, kind_en = ("예보 자료가", "forecast") if ahead else ("수치는", "figure")
        return (
            f"{what}의 {ko} {kind_ko} 없습니다. ",
            f"There is no {kind_en} for {_inside(value.label_en)}{where} for {en}. ",
        )
    if value.asked is not None:
        which = "those districts" if "·" in value.asked else "that district"
        return f"{value.asked} 수치는 따로 없습니다. ", f"There is no figure for {which} alone. "
    return "", ""


def _without_its_time(value: SpokenValue) -> Answer:
    """A panel without a figure, asked of another time: what is on the screen is of now, and that is said."""
    assert value.period is not None
    ko, en = period_words(value.period)
    ahead = is_ahead(value.period, _now(value))
    kind_ko, kind_en = ("예보 자료가", "forecast") if ahead else ("자료는 따로", "data")
    return Answer(
        f"{value.label_ko}의 {ko} {kind_ko} 없습니다. 지금 화면을 띄웠습니다.",
        f"There is no {kind_en} for {_inside(value.label_en)} for {en}. The screen shows it as of now.",
    )


def _not_measured(value: SpokenValue) -> Answer:
    """The source says nothing of this figure now: that is said, and no other figure in its place."""
    what = value.label_ko if value.place in value.label_ko else f"{value.place} {value.label_ko}"
    where = f" in {value.place_en}" if value.place_en and value.place_en not in value.label_en else ""
    en = f"There is no reading of {_inside(value.label_en)}{where} now."
    return Answer(f"지금 {what} 수치가 들어오지 않았습니다.", en)


def _tails(value: SpokenValue, warn: bool) -> tuple[str, str]:
    if not warn and not value.recorded and value.age_s is None:
        return "", ""
    return f" {_as_of(value, warn)}입니다.", f" This is {_as_of_en(value, warn)}."


def _as_of(value: SpokenValue, warn: bool) -> str:
    age = "" if value.age_s is None else f"{_age(value.age_s)[0]} 전 "
    return age + ("모의 데이터" if warn else "기록 재생 자료" if value.recorded else "자료")


def _as_of_en(value: SpokenValue, warn: bool) -> str:
    kind = "simulated data" if warn else "replayed data" if value.recorded else "data"
    return kind if value.age_s is None else f"{kind} from {_age(value.age_s)[1]} ago"


def _age(seconds: float) -> tuple[str, str]:
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return f"{minutes}분", f"{minutes} minute{'s' if minutes > 1 else ''}"
    hours = round(minutes / 60)
    if hours < 48:
        return f"{hours}시간", f"{hours} hour{'s' if hours > 1 else ''}"
    return f"{round(hours / 24)}일", f"{round(hours / 24)} days"


def _listed_ko(values: Sequence[SpokenValue]) -> str:
    """ "강남구가 42, 송파구가 38마이크로그램": the unit once, unless each figure needs its own."""
    unit = unit_of(values[0].unit)
    each = unit.counts or bool(unit.before) or any((v.value or 0) < 0 for v in values)
    said = [f"{subject(v.place)} {(figure_ko if each else number_ko)(v.value or 0.0, v.unit)}" for v in values[:-1]]
    return ", ".join([*said, f"{subject(values[-1].place)} {figure_ko(values[-1].value or 0.0, values[-1].unit)}"])


def _listed_en(values: Sequence[SpokenValue]) -> str:
    said = [f"{figure_en(v.value or 0.0, v.unit)} in {_where_en(v)}" for v in values]
    return f"{', '.join(said[:-1])} and {said[-1]}"


def _verdict(ordered: Sequence[SpokenValue], *, past: bool) -> tuple[str, str]:
    """Who is ahead, and by how much; `ordered`: the highest first."""
    top, low = ordered[0], ordered[-1]
    unit = unit_of(top.unit)
    # Figures are rounded for the ear: the difference is that of what was said.
    difference = round(_heard(top) - _heard(low), 3)
    if difference == 0:
        return ("모두 같았습니다" if past else "모두 같습니다"), "the same everywhere"
    more = unit.more or ("많습니다" if unit.counts else "높습니다")
    more = _PAST[more] if past else more
    if len(ordered) > 2:
        if round(_heard(top) - _heard(ordered[1]), 3) == 0:
            return f"{subject(with_(top.place) + ' ' + ordered[1].place)} 가장 {more}", (
                f"highest in {_where_en(top)} and {_where_en(ordered[1])}"
            )
        return f"{subject(top.place)} 가장 {more}", f"highest in {_where_en(top)}"
    amount_ko = figure_ko(difference, top.unit) if unit.counts else number_ko(difference, top.unit)
    return (
        f"{subject(top.place)} {amount_ko} {more}",
        f"which is {figure_en(difference, top.unit)} higher in {_where_en(top)}",
    )


_PAST = {
    "높습니다": "높았습니다", "많습니다": "많았습니다", "빠릅니다": "빨랐습니다", "강합니다": "강했습니다",
    "깁니다": "길었습니다", "넓습니다": "넓었습니다",
}  # fmt: skip


def _heard(value: SpokenValue) -> float:
    """The value in the precision in which it is said."""
    amount = value.value or 0.0
    return round(amount, 3 if abs(amount) < 1 else 1)


def _asked(values: Sequence[SpokenValue]) -> str | None:
    names = [v.asked for v in values if v.asked is not None]
    return "·".join(names) if names else None


def _look(what: str) -> str:
    """What a panel without a figure shows; whole sentences stay as they are."""
    return what if what.endswith(".") else f"{object_(what)} 화면에서 보실 수 있습니다."


def _look_en(value: SpokenValue) -> str:
    return f"You can see {_inside(value.label_en)} on the screen."


def _inside(label: str) -> str:
    return label if _CAPITAL.match(label) or not label else label[0].lower() + label[1:]


def _stopped(text: str) -> str:
    return text if text.endswith(".") else text + "."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
