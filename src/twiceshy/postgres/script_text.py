"""Scripts as psql reads them: statements with their lines, data of COPY, commands of psql itself.

psql cuts by quotes, comments and brackets and knows no grammar, so a script runs up to its first
syntax error; a parser alone would refuse it as a whole. The rules are those of psqlscan.l.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pglast import ast, parse_sql
from pglast.enums import ReindexObjectType, TransactionStmtKind, VariableSetKind
from pglast.keywords import COL_NAME_KEYWORDS, RESERVED_KEYWORDS, TYPE_FUNC_NAME_KEYWORDS
from pglast.parser import ParseError

from twiceshy.model.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

# `plain` may run inside of a transaction block, `alone` may not; `block` needs one, `transaction`
# begins or ends one; `setting` changes settings of the session.
Manner: TypeAlias = Literal["plain", "alone", "block", "transaction", "setting"]

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\f\v]+)
    |(?P<line>\n)
    |(?P<comment>--[^\n]*)
    |(?P<block>/\*)
    |(?P<dollar>\$(?:[A-Za-z_\u0080-\U0010ffff][\w\u0080-\U0010ffff]*)?\$)
    |(?P<escaped>[eE]'(?:[^'\\]|\\.|'')*')
    |(?P<quoted>'(?:[^']|'')*')
    |(?P<name>"(?:[^"]|"")*")
    |(?P<word>[A-Za-z_\u0080-\U0010ffff][\w$\u0080-\U0010ffff]*)
    |(?P<number>\d[\w.]*)
    |(?P<meta>\\)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_WORDS = {*RESERVED_KEYWORDS, *COL_NAME_KEYWORDS, *TYPE_FUNC_NAME_KEYWORDS}
_BLOCK_ENDS = re.compile(r"/\*|\*/")
_COPIES_IN = re.compile(r"\bFROM\s+STDIN\b", re.IGNORECASE)
_ENDS_TRANSACTION = re.compile(r"\b(COMMIT|ROLLBACK)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One statement, or one command of psql (`meta`), with the line where it begins.

    `data` is what follows a COPY FROM STDIN.
    """

    sql: str
    line: int
    meta: bool = False
    data: str | None = None


class _Reader:
    """Cuts one script into parts."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._forget()

    def _forget(self) -> None:
        self._start = -1
        self._start_line = 0
        self._brackets = 0
        self._bodies = 0
        self._words: list[str] = []

    def parts(self) -> Iterator[Part]:
        while self._at < len(self._text):
            token = _TOKEN.match(self._text, self._at)
            if token is None:  # pragma: no cover - the last alternative takes any character
                return
            kind = token.lastgroup or "other"
            if kind == "meta":
                yield from self._meta()
                continue
            self._move(self._end_of(kind, token))
            if kind in {"space", "line", "comment", "block"}:
                continue
            text = token[0]
            if kind == "other" and text == ";" and not self._brackets and not self._bodies:
                yield from self._statement(token.start())
                continue
            self._begin(token.start())
            self._count(kind, text)
        yield from self._statement(len(self._text))

    def _begin(self, place: int) -> None:
        if self._start < 0:
            self._start = place
            self._start_line = self._line - self._text.count("\n", place, self._at)

    def _move(self, end: int) -> None:
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def _end_of(self, kind: str, token: re.Match[str]) -> int:
        if kind == "dollar":
            end = self._text.find(token[0], token.end())
            return len(self._text) if end < 0 else end + len(token[0])
        if kind != "block":
            return token.end()
        depth, at = 1, token.end()
        while depth and (found := _BLOCK_ENDS.search(self._text, at)):
            depth += 1 if found[0] == "/*" else -1
            at = found.end()
        return len(self._text) if depth else at

    def _count(self, kind: str, text: str) -> None:
        """Brackets, and the bodies of functions that are written in plain SQL."""
        if kind == "other" and text in "()":
            self._brackets = max(0, self._brackets + (1 if text == "(" else -1))
        if kind != "word":
            return
        word = text.upper()
        if len(self._words) < 4:
            self._words.append(word)
        if self._words[:1] != ["CREATE"] or not {"FUNCTION", "PROCEDURE"} & set(self._words):
            return
        if word == "BEGIN" or (word == "CASE" and self._bodies):
            self._bodies += 1
        elif word == "END" and self._bodies:
            self._bodies -= 1

    def _statement(self, end: int) -> Iterator[Part]:
        if self._start < 0:
            return
        sql = self._text[self._start : end].rstrip()
        line = self._start_line
        copies = self._words[:1] == ["COPY"] and _COPIES_IN.search(sql)
        self._forget()
        yield Part(sql, line, data=self._copy_data() if copies else None)

    def _copy_data(self) -> str:
        start = self._text.find("\n", self._at) + 1 or len(self._text)
        found = re.compile(r"^\\\.\r?$", re.MULTILINE).search(self._text, start)
        data = self._text[start : found.start() if found else len(self._text)]
        self._move(found.end() if found else len(self._text))
        return data

    def _meta(self) -> Iterator[Part]:
        r"""A command of psql goes to the end of its line; `\g` and `\;` end or join statements."""
        end = self._text.find("\n", self._at)
        end = len(self._text) if end < 0 else end
        text, line = self._text[self._at : end].strip(), self._line
        if text.startswith("\\;"):
            self._move(self._at + 2)
            return
        if re.match(r"\\g(\s|$|;)", text):
            yield from self._statement(self._at)
            self._move(end)
            return
        self._move(end)
        yield Part(text, line, meta=True)


def parts_of(text: str) -> tuple[Part, ...]:
    """The statements and commands of a script, in their order."""
    return tuple(_Reader(text).parts())


@lru_cache(maxsize=4096)
def manner_of(sql: str) -> Manner:
    """How a text (one statement or more) behaves towards transaction blocks.

    What cannot be parsed is `block`: the server gets it as it is, and says what is wrong.
    """
    try:
        statements = [raw.stmt for raw in parse_sql(sql)]
    except ParseError:
        return "block"
    manners = {_manner(statement) for statement in statements}
    order: tuple[Manner, ...] = ("transaction", "alone", "block")
    first = next((manner for manner in order if manner in manners), None)
    if first is not None:
        return first
    return "setting" if manners <= {"setting"} else "plain"


def begins_isolation(sql: str) -> bool:
    """Whether it is SET TRANSACTION, which must come before any query of its transaction."""
    try:
        statements = [raw.stmt for raw in parse_sql(sql)]
    except ParseError:
        return False
    return any(
        isinstance(statement, ast.VariableSetStmt)
        and statement.kind == VariableSetKind.VAR_SET_MULTI
        for statement in statements
    )


def spelled(name: str) -> str:
    """A name as people write it, in double quotes only where it must be."""
    return name if _PLAIN.fullmatch(name) and name not in _WORDS else quoted(name)


def roles_named(sql: str) -> frozenset[str]:
    """Roles that a text names (owners, grantees) without creating them itself."""
    try:
        tree = parse_sql(sql)
    except ParseError:
        return frozenset()
    made = {node.role for node in _nodes(tree) if isinstance(node, ast.CreateRoleStmt)}
    named = {node.rolename for node in _nodes(tree) if isinstance(node, ast.RoleSpec)}
    for node in _nodes(tree):
        if isinstance(node, ast.VariableSetStmt) and node.name in {"role", "session_authorization"}:
            named |= {str(getattr(argument.val, "sval", "")) for argument in node.args or ()}
    return frozenset(name for name in named - made - {"none"} if name)


def extensions_named(sql: str) -> frozenset[str]:
    """Extensions that a text creates."""
    try:
        tree = parse_sql(sql)
    except ParseError:
        return frozenset()
    made = (node for node in _nodes(tree) if isinstance(node, ast.CreateExtensionStmt))
    return frozenset(str(node.extname) for node in made)


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        for item in node:
            yield from _nodes(item)
    elif isinstance(node, ast.Node):
        yield node
        for name in getattr(node, "__slots__", ()):
            yield from _nodes(getattr(node, name, None))


def _manner(statement: Any) -> Manner:
    if isinstance(statement, ast.TransactionStmt):
        return "transaction" if statement.kind not in _PREPARED else "alone"
    if isinstance(statement, ast.VariableSetStmt | ast.VariableShowStmt):
        return "setting"
    if isinstance(statement, ast.LockStmt | ast.DeclareCursorStmt):
        return "block"
    return "alone" if _runs_alone(statement) else "plain"


_PREPARED = frozenset(
    {
        TransactionStmtKind.TRANS_STMT_COMMIT_PREPARED,
        TransactionStmtKind.TRANS_STMT_ROLLBACK_PREPARED,
    }
)
_ALWAYS_ALONE = (
    ast.CreatedbStmt,
    ast.DropdbStmt,
    ast.CreateTableSpaceStmt,
    ast.DropTableSpaceStmt,
    ast.AlterSystemStmt,
    ast.CreateSubscriptionStmt,
    ast.AlterSubscriptionStmt,
    ast.DropSubscriptionStmt,
    ast.DiscardStmt,
)
_WHOLE = frozenset(
    {
        ReindexObjectType.REINDEX_OBJECT_SCHEMA,
        ReindexObjectType.REINDEX_OBJECT_SYSTEM,
        ReindexObjectType.REINDEX_OBJECT_DATABASE,
    }
)


def _runs_alone(statement: Any) -> bool:
    """Whether PostgreSQL refuses it inside of a transaction block, as far as its text tells."""
    if isinstance(statement, _ALWAYS_ALONE):
        return True
    if isinstance(statement, ast.VacuumStmt):
        return bool(statement.is_vacuumcmd) or len(statement.rels or ()) != 1
    if isinstance(statement, ast.ReindexStmt):
        return statement.kind in _WHOLE or _asked_for(statement.params, "concurrently")
    if isinstance(statement, ast.IndexStmt | ast.DropStmt):
        return bool(statement.concurrent)
    if isinstance(statement, ast.ClusterStmt):
        return statement.relation is None
    if isinstance(statement, ast.AlterTableStmt):
        return any(_detaches_concurrently(command) for command in statement.cmds or ())
    if isinstance(statement, ast.DoStmt):
        bodies = (str(getattr(item.arg, "sval", "")) for item in statement.args or ())
        return any(_ENDS_TRANSACTION.search(body) for body in bodies)
    return False


def _asked_for(options: Any, name: str) -> bool:
    return any(option.defname == name for option in options or ())


def _detaches_concurrently(command: Any) -> bool:
    return isinstance(command.def_, ast.PartitionCmd) and bool(command.def_.concurrent)
