"""Play a script on a desk: the real daemon in a throw-away home, a simulated phone and portal, and the day's own pace, hastened."""

from __future__ import annotations

import contextlib
import tempfile
import time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid.catalogue import load
from callerid.errors import UsageFault
from callerid.messages import joined, message, os_reason
from callerid.models.name_order import parts_of
from callerid.simulator.desk import Desk
from callerid.simulator.narration import narrate
from callerid.simulator.portal import SimulatedPortal
from callerid.simulator.portal.activities import Activity, add_activity
from callerid.simulator.script import compare
from callerid.simulator.script.compare import Comparison
from callerid.simulator.script.syntax import Part, Step, parse_script

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping

    from callerid.messages import Message
    from callerid.simulator.phone.handset import ShownNotification
    from callerid.simulator.script.compare import Seen

PATIENCE = 60.0  # seconds of waiting for what is expected
_QUIET = 1.0  # seconds in which nothing more happens, at the end
_POSTS_OF_CALLS = "POST /crm/objects/[^/]+/calls$"
_ACTIVITIES = {"todo": Activity.TASK, "ticket": Activity.TICKET, "crm-note": Activity.NOTE}
_DAY_OF_DEAL = 20 * 86_400  # seconds from now until a deal closes


class StepFailed(Exception):
    """A line cannot be carried out: what it needs did not come. `reason`: which line it is, and why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


class Player:
    """A day that is being played. `say` is told what happens, for a person to follow."""

    def __init__(
        self, desk: Desk, name: str, text: str, say: Callable[[str], None], patience: float = PATIENCE, language: str = "en"
    ) -> None:
        self._desk, self._phone, self._portal = desk, desk.phone, desk.portal
        self._name, self._steps, self._lines = name, parse_script(text, name), text.splitlines()
        self._say, self._patience, self._language = say, patience, language
        self._comparison, self._narrated = Comparison(), 0
        self._prepared: set[int] = set()  # what the CRM had before the day: no line expects it
        self._texts = load("en").texts
        self._daemon: tuple[contextlib.ExitStack, subprocess.Popen[str]] | None = None

    def play(self, speed: float) -> list[Message]:
        """Play every line, an hour of the day in 3600 / `speed` seconds, and return what differs from what is expected."""
        differences: list[Message] = []
        try:
            self._set_up()
            began, first = time.monotonic(), next(step.at for step in self._steps if step.at is not None)
            for step in self._steps:
                if step.at is not None:
                    time.sleep(max(0.0, began + (step.at - first) / speed - time.monotonic()))
                if not self._take(step):
                    differences.append(compare.missing(self._name, step, self._written(step), self._unexpected(self._seen())))
                self._narrate()
            self._wait_for_quiet()
            left = self._comparison.left(self._seen())
            return differences + compare.unexpected(self._name, left) + self._lost()
        except StepFailed as failed:
            return [*differences, failed.reason]
        finally:
            self._narrate()
            self._end()

    # ---------------------------------------------------------------------------------------- the beginning and the end

    def _set_up(self) -> None:
        people = sum(int(step.values["count"]) for step in self._steps if step.verb == "people")
        self._portal.populate(people=people, companies=people // 6, deals=people // 4)
        person: dict[str, int] = {}
        for step in self._steps:
            if step.part is Part.SETUP and step.verb != "people":
                self._prepare(step, person)
        self._start("sync")
        self._start_daemon()
        self._wait_for(lambda: self._desk.json("status")["last_poll"], message("the daemon does not read the call log"))

    def _prepare(self, step: Step, person: dict[str, int]) -> None:
        values, records = step.values, self._portal.records
        match step.verb:
            case "person":
                first, last = parts_of(values["name"])
                properties = {"firstname": first, "lastname": last, "phone": values["number"], "hubspot_owner_id": "77001"}
                person.update(id=records.create("contacts", properties).id, company=0)
                if values["company"]:
                    person["company"] = records.create("companies", {"name": values["company"]}).id
                    records.link("contacts", person["id"], "companies", person["company"], 1)
            case "deal":
                deal = {"dealname": values["name"], "amount": values["amount"], "deal_currency_code": values["currency"]} | {
                    "dealstage": "contractsent",
                    "pipeline": "default",
                    "closedate": str(int((time.time() + _DAY_OF_DEAL) * 1000)),
                    "hs_is_closed": "false",
                }
                company = [("companies", person["company"], 341)] if person["company"] else []
                records.create("deals", deal, [("contacts", person["id"], 3), *company])
            case "todo" | "ticket" | "crm-note":
                activity = _ACTIVITIES[step.verb]
                self._portal.scopes |= {"tickets"} if activity is Activity.TICKET else set()
                made = add_activity(records, activity, person["id"], values["text"], days=_days(values))
                self._prepared.add(made.id)
            case "saved":
                saved = self._phone.state.read()["contacts"]
                self._phone.change(contacts=[*saved, {"name": values["name"], "number": values["number"]}])
            case "zone":
                self._phone.change(zone=values["name"])
            case "set":
                self._start("config", "set", values["key"], values["value"])
                if values["key"] == "language":
                    self._texts = load(values["value"]).texts

    def _start(self, *words: str) -> None:
        done = self._desk.start(*words)
        if done.returncode:
            command, said = " ".join(words), done.stderr.strip()
            raise StepFailed(
                message(
                    "{name}: callerid {command} ended with {code}: {said}",
                    name=self._name,
                    command=command,
                    code=done.returncode,
                    said=said,
                )
            )

    def _start_daemon(self) -> None:
        stack = contextlib.ExitStack()
        self._daemon = stack, stack.enter_context(self._desk.daemon())

    def _kill(self) -> None:
        """Kill the daemon without a warning, as Android does."""
        if self._daemon:
            _, process = self._daemon
            process.kill()
            process.wait()
            self._end()

    def _end(self) -> None:
        """End the daemon, and what it has started, as a service manager does."""
        if self._daemon:
            stack, _ = self._daemon
            stack.close()
            self._daemon = None

    def _wait_for_quiet(self) -> None:
        """Wait until nothing has happened for a while: what comes twice comes late."""
        before, since = self._seen(), time.monotonic()
        while time.monotonic() - since < _QUIET:
            time.sleep(_QUIET / 10)
            if (now := self._seen()) != before:
                before, since = now, time.monotonic()

    def _lost(self) -> list[Message]:
        calls = self._desk.json("status")["calls"]
        if calls["adds_up"]:
            return []
        return [message("{name}: the calls of the ledger do not add up: {calls}", name=self._name, calls=calls)]

    # ---------------------------------------------------------------------------------------- lines

    def _take(self, step: Step) -> bool:
        """Carry out a line; return whether what it expects was seen."""
        if step.part is Part.ACTION:
            try:
                self._act(step)
            except (IndexError, StopIteration) as no_call:
                raise StepFailed(message("{place}: there is no call", place=self._place(step))) from no_call
        if step.part is Part.EXPECTATION:
            with contextlib.suppress(TimeoutError):
                return bool(self._phone.wait(lambda: self._comparison.take(step, self._seen()), self._patience))
            return False
        return True

    def _act(self, step: Step) -> None:  # noqa: C901 - one short case a verb
        values, phone = step.values, self._phone
        sim = {"sim": values.get("sim", "1"), "slot": int(values.get("sim", "1")) - 1}
        match step.verb:
            case "ring":
                phone.ring("" if values["number"] == "hidden" else values["number"], **sim)  # type: ignore[arg-type]
            case "dial":
                phone.dial(values["number"], **sim)  # type: ignore[arg-type]
            case "answer":
                phone.answer()
            case "miss":
                phone.miss()
            case "reject":
                phone.reject()
            case "hang up":
                phone.hang_up(talked=_seconds(values.get("length")))
            case "tap":
                shown = self._card(step, values["title"], values["button"])
                phone.tap(shown.id, next(label for label in shown.buttons if label.startswith(values["button"])))
            case "swipe":
                phone.tap(self._card(step, values["title"], "").id, "swipe")
            case "choose" | "type" | "cancel":
                self._answer(step)
            case "offline":
                self._portal.go_offline()
            case "online":
                self._portal.go_online()
            case "fault":
                self._fault(values["what"], values["kind"], values.get("times"))
            case "no faults":
                phone.clear_faults()
                self._portal.clear_faults()
            case "kill":
                self._kill()
            case "start" if self._daemon is None:
                self._start_daemon()

    def _fault(self, what: str, kind: str, times: str | None) -> None:
        if what == "crm":
            self._portal.fault(kind, _POSTS_OF_CALLS, int(times or 1))
        else:
            self._phone.fault(what, kind, times=int(times) if times else None)

    def _card(self, step: Step, title: str, button: str) -> ShownNotification:
        """Wait for a notification with a title, or with whom it names, that has a button."""

        def find() -> ShownNotification | None:
            shown = (each for each in reversed(self._phone.notifications()) if title in each.title)
            return next((each for each in shown if any(label.startswith(button) for label in each.buttons or ("",))), None)

        none = message(
            "{place}: no notification {title!r} with {button!r} came", place=self._place(step), title=title, button=button
        )
        result: ShownNotification = self._wait_for(find, none)
        return result

    def _answer(self, step: Step) -> None:
        """Answer the dialog on the screen, when one is there that offers what is chosen."""
        label, text = step.values.get("label"), step.values.get("text")

        def fits() -> Any:
            dialog = self._phone.open_dialog()
            if not dialog or (label is None and text is not None and dialog.labels):
                return None
            return label is None or next((known for known in dialog.labels if known.startswith(label)), None)

        chosen = self._wait_for(fits, message("{place}: no dialog came for it", place=self._place(step)))
        self._phone.answer_dialog(label=chosen if label else None, text=text)

    def _wait_for(self, condition: Callable[[], Any], otherwise: Message) -> Any:
        try:
            return self._phone.wait(condition, self._patience)
        except TimeoutError as late:
            raise StepFailed(otherwise) from late

    # ---------------------------------------------------------------------------------------- what is seen

    def _seen(self) -> tuple[Seen, ...]:
        shown = (each for entry in self._phone.happened("shown") for each in compare.seen_of_notification(entry, self._texts))
        calls = (compare.seen_of_call(call) for call in self._portal.held_calls() if call.id not in self._prepared)
        tasks = (compare.seen_of_task(task) for task in self._portal.held_tasks() if task.id not in self._prepared)
        return (*shown, *calls, *tasks)

    def _unexpected(self, seen: tuple[Seen, ...]) -> tuple[Seen, ...]:
        return tuple(each for each in seen if (each.verb, each.key) not in self._comparison.expected)

    def _written(self, step: Step) -> str:
        return self._lines[step.line - 1].strip()

    def _place(self, step: Step) -> Message:
        return message("{name}, line {line}: {written}", name=self._name, line=step.line, written=self._written(step))

    def _narrate(self) -> None:
        journal = self._phone.journal()
        for entry in journal[self._narrated :]:
            if text := narrate(entry, self._language):
                self._say(text)
        self._narrated = len(journal)


def _seconds(length: str | None) -> int | None:
    if length is None:
        return None
    minutes, _, seconds = length.partition(":")
    return int(minutes) * 60 + int(seconds)


def _days(values: Mapping[str, str]) -> float:
    """Return the days from now that a line names; none: now."""
    return float(values.get("days", 0)) * (-1 if values.get("when") == "ago" else 1)


def shipped_days() -> dict[str, str]:
    """Return the days that come with callerid, by their names."""
    folder = resources.files("callerid").joinpath("simulator", "script", "days")
    return {
        file.name.removesuffix(".txt"): file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".txt")
    }


def read_day(name: str) -> str:
    """Return the text of a script: of a file, or of a day that comes with callerid. Raise UsageFault."""
    path = Path(name)
    if not path.exists() and name in (days := shipped_days()):
        return days[name]
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        remedy = message("These come with callerid: {names}", names=joined(", ", sorted(shipped_days())))
        reason = os_reason(fault) if isinstance(fault, OSError) else message("it is not UTF-8")
        raise UsageFault(
            message("{name} cannot be read as a script: {reason}.", name=name, reason=reason), remedy=remedy
        ) from fault


def replay(name: str, say: Callable[[str], None], *, speed: float, patience: float, language: str = "en") -> list[Message]:
    """Play a day in a home that is thrown away, and return what differs from what is expected in it. What happens is told in a
    language. Raise UsageFault."""
    text = read_day(name)
    parse_script(text, name)
    with tempfile.TemporaryDirectory(prefix="callerid-day-") as folder, SimulatedPortal() as portal:
        return Player(Desk(Path(folder), portal), name, text, say, patience, language).play(speed)
