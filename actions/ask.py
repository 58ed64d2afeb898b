"""The conversation itself: numbered choices and their answers, yes and no, repeat, stop, help."""

from __future__ import annotations

from actions.call import steer
from actions.world import Choice, Plan, World, refusal
from assistant.contracts import (
    AcknowledgeAlert,
    CancelCall,
    CloseOverlay,
    Command,
    Direction,
    Intent,
    IntentName,
    OpenOverlay,
    Outcome,
    OutcomeCode,
    Say,
    ShowChoices,
    StopSaying,
)

_POINTED = ("touch", "tablet", "hands")
"""Ways in by which "stop" closes an overlay; calls have a button of their own there."""


def offer(choices: tuple[Choice, ...], world: World) -> Plan:
    """Ask which of the choices is meant; the run ends as `ambiguous` and the answer is a run of its own."""
    listed = ", ".join(f"{n}번 {c.label_ko}" for n, c in enumerate(choices, 1))
    prompt_ko, prompt_en = "어느 것을 말씀하셨나요?", "Which one did you mean?"
    question = ShowChoices(
        world.display,
        prompt_ko,
        prompt_en,
        tuple(c.label_ko for c in choices),
        tuple(c.label_en for c in choices),
    )
    return Plan(
        (question,),
        Outcome(OutcomeCode.AMBIGUOUS, f"{prompt_ko} {listed}", prompt_en, "several-candidates"),
        say_ko=f"{prompt_ko} {listed}",
        say_en=prompt_en,
        choices=choices,
    )


def resolve(intent: Intent, question: tuple[Intent, ...]) -> Intent:
    """The intent an answer stands for: choose n and yes become what they choose; anything else stays itself.

    The gate judges the resolved intent, so that a numbered choice cannot open what its name could not.
    """
    if intent.incident is not None:
        return intent
    number = {IntentName.CHOOSE: intent.choice or 0, IntentName.CONFIRM: 1}.get(intent.name, 0)
    return question[number - 1] if 1 <= number <= len(question) else intent


def answer(intent: Intent, world: World) -> Plan:
    """An answer that chose nothing: no question stands open, no such number, or no. A yes to an incident closes it."""
    if intent.incident is not None:  # the button of that very incident, whatever else stands open
        return _acknowledge(world, intent.incident or world.incident)
    if not world.question and world.incident and intent.name is IntentName.CONFIRM:
        return _acknowledge(world, world.incident)
    if not world.question and world.calling and intent.name is IntentName.DENY:
        return _take_back(world)
    if not world.question and world.ringing and intent.name in (IntentName.CONFIRM, IntentName.DENY):
        return steer(Direction.ON if intent.name is IntentName.CONFIRM else Direction.OFF, world)
    if not world.question:
        return refusal(
            OutcomeCode.NOT_UNDERSTOOD, "no-question", "지금은 고를 항목이 없습니다.", "There is nothing to choose now."
        )
    if intent.name is IntentName.DENY:
        return Plan(
            (CloseOverlay(world.display),), Outcome(OutcomeCode.CANCELLED, "취소했습니다.", "Cancelled.", "denied")
        )
    text = f"1번부터 {len(world.question)}번 가운데 골라 주세요."
    return refusal(
        OutcomeCode.NOT_UNDERSTOOD, "no-such-choice", text, f"Choose a number from 1 to {len(world.question)}."
    )


def _acknowledge(world: World, incident: str) -> Plan:
    """ "확인했어": the incident is closed for all screens, by a paired screen only."""
    if not incident:
        text = "지금은 확인할 재난 상황이 없습니다."
        return refusal(OutcomeCode.NOT_UNDERSTOOD, "no-incident", text, "There is no incident to acknowledge.")
    if not world.paired:
        text = "등록된 화면에서만 상황을 확인 처리할 수 있습니다."
        return refusal(
            OutcomeCode.NOT_PERMITTED, "read-only", text, "Only a paired screen may acknowledge an incident."
        )
    text_ko, text_en = "확인했습니다. 이전 화면으로 돌아갑니다.", "Acknowledged. The previous view is back."
    done = Outcome(OutcomeCode.ANSWERED, text_ko, text_en, "acknowledged")
    return Plan((AcknowledgeAlert(world.display, incident, world.source),), done, say_ko=text_ko, say_en=text_en)


def repeat(_: Intent, world: World) -> Plan:
    """Say the last sentence again."""
    if not world.last_said:
        return refusal(
            OutcomeCode.ANSWERED, "nothing-said", "아직 말씀드린 내용이 없습니다.", "I have not said anything yet."
        )
    commands: tuple[Command, ...] = (Say(world.display, world.last_said, world.said_in.value),)
    return Plan(commands, Outcome(OutcomeCode.ANSWERED, world.last_said, world.last_said))


def stop(_: Intent, world: World) -> Plan:
    """Silence, close what is open, take back a call that nobody has answered. What the screen shows stays."""
    if world.calling and world.source not in _POINTED:
        return _take_back(world)
    return Plan(
        (StopSaying(world.display), CloseOverlay(world.display)),
        Outcome(OutcomeCode.CANCELLED, "멈췄습니다.", "Stopped.", "stopped"),
    )


def _take_back(world: World) -> Plan:
    """ "취소": the call that was announced, or rings, is not wanted after all."""
    return Plan(
        (StopSaying(world.display), CancelCall(world.display)),
        Outcome(OutcomeCode.CANCELLED, "전화를 취소했습니다.", "The call is cancelled.", "call-cancelled"),
    )


def help_(_: Intent, world: World) -> Plan:
    """Show what can be said."""
    text = "화면 이름을 말씀하시면 띄워 드립니다. 예를 들어, 미세먼지 보여줘."
    return Plan(
        (OpenOverlay(world.display, "help"),),
        Outcome(OutcomeCode.ANSWERED, text, "Say the name of a panel, for example: show fine dust."),
        say_ko=text,
        say_en="Say the name of a panel, for example: show fine dust.",
    )
