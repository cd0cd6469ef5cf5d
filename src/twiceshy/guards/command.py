"""Guard `command`: any command that must end with exit status 0, such as an existing test.

It is the escape hatch: what no other kind can rehearse, a command may. The command runs like a
test does, from the project's folder; it is part of the survey, so judging it stays pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from twiceshy.config.project import Record
from twiceshy.model.kind import Asked
from twiceshy.model.scenario import Command, Scenario, State
from twiceshy.model.verdict import Finding, Scope, Value, Verdict

if TYPE_CHECKING:
    from twiceshy.model.history import CommandResult, History
    from twiceshy.model.survey import Survey

_NOT_FOUND = frozenset({126, 127})
_LAST_LINES = 30


class Spec(Record):
    """A command and what it may take."""

    kind: Literal["command"] = "command"
    run: Annotated[str, Field(min_length=1)] = Field(
        description="The command. {database_url}, {service_url} and the other placeholders of "
        "the configuration bring the stage up and are filled."
    )
    cwd: str = Field(default=".", description="The folder to run in, seen from the configuration.")
    timeout: float = Field(default=300, gt=0, description="Seconds that it may take.")
    version: str | None = Field(
        default=None, description="The version that failed; `prove` wants it to recur there."
    )


class CommandKind:
    """Exit status 0 holds, any other recurs; not started, killed or too slow is unknown."""

    name: ClassVar[str] = "command"
    says: ClassVar[str] = "a command of yours ends well"
    when: ClassVar[str] = "a test, a linter or a script already shows the failure"
    perturbs: ClassVar[str] = "nothing: the command decides"
    remedy: ClassVar[str] = "read the command's output"
    spec_type: ClassVar[type[BaseModel]] = Spec

    def asks(self, spec: Spec) -> Asked:
        """The stage, if the command names anything of it."""
        return Asked(command=spec.run)

    def next(self, spec: Spec, survey: Survey, history: History) -> tuple[Scenario, ...]:  # noqa: ARG002 - the interface of kinds
        """Run the command once."""
        if history:
            return ()
        command = Command(spec.run, spec.cwd, spec.timeout)
        return (
            Scenario("command", "probe", State("as it is", "nothing changed"), (), command=command),
        )

    def judge(self, spec: Spec, survey: Survey, history: History) -> Verdict:  # noqa: ARG002 - the interface of kinds
        """By exit status."""
        result = next((run.result for run in history if run.result), None)
        scope = Scope(tried=(f"{spec.run}",))
        if result is None:
            reasons = tuple(run.problem for run in history if run.problem)
            return Verdict(Value.UNKNOWN, (), scope, reasons or ("the command was not run",))
        if result.exit_code == 0:
            return Verdict(Value.HOLDS, (), scope)
        doubt = _doubt(spec, result)
        if doubt:
            return Verdict(Value.UNKNOWN, (), scope, (doubt,))
        last = "\n".join(result.output.splitlines()[-_LAST_LINES:])
        finding = Finding(
            rule="command-failed",
            title=f"`{spec.run}` ended with exit status {result.exit_code}",
            request=spec.run,
            after=last,
        )
        return Verdict(Value.RECURS, (finding,), scope)


def _doubt(spec: Spec, result: CommandResult) -> str:
    if result.exit_code is None:
        return f"`{spec.run}` had not ended after {spec.timeout:g} s and was stopped"
    if result.exit_code in _NOT_FOUND:
        return f"`{spec.run}` could not be started: {result.output.strip()[-300:]}"
    if result.exit_code < 0:
        return f"`{spec.run}` was ended by signal {-result.exit_code}"
    return ""
