"""Reads each sort of statement, as PostgreSQL's parser gives it, into its shape."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pglast import ast
from pglast.enums import AlterTableType, ConstrType, ObjectType, ReindexObjectType
from pglast.stream import RawStream

from twiceshy.postgres.shape import Action, ConstraintShape, Shape


def read(statement: Any) -> Shape:
    """The shape of a parsed statement."""
    reader = _READERS.get(type(statement))
    return reader(statement) if reader else Shape(_tag(statement))


def text_of(node: Any) -> str:
    """A parsed node as SQL; nothing for nothing."""
    return "" if node is None else str(RawStream()(node))


def _tag(statement: Any) -> str:
    return type(statement).__name__.removesuffix("Stmt").lower()


def _name(text: Any) -> str:
    """An identifier, in quotes where it needs them."""
    return text_of(ast.ColumnRef(fields=(ast.String(sval=str(text)),))) if text else ""


def _dotted(parts: Any) -> str:
    return ".".join(_name(part.sval) for part in parts)


def _relation(node: Any) -> str:
    if node is None:
        return ""
    parts = (node.schemaname, node.relname)
    return ".".join(_name(part) for part in parts if part)


def _option(options: Any, name: str) -> bool:
    """Whether an option stands there and is not switched off."""
    for option in options or ():
        if option.defname == name:
            value = getattr(option.arg, "sval", getattr(option.arg, "boolval", True))
            return str(value).lower() not in {"false", "off", "0"}
    return False


# -- statements -------------------------------------------------------------------------------


def _index(statement: Any) -> Shape:
    concurrently = bool(statement.concurrent)
    statement.concurrent = True
    columns = tuple(_name(p.name) for p in statement.indexParams or () if p.name)
    return Shape(
        "create unique index" if statement.unique else "create index",
        (_relation(statement.relation),),
        _name(statement.idxname),
        target=", ".join(columns),
        concurrently=concurrently,
        gentle="" if statement.if_not_exists and not statement.idxname else text_of(statement),
        parts=str(statement.accessMethod or "btree"),
    )


def _drop(statement: Any) -> Shape:
    kind = ObjectType(statement.removeType).name.removeprefix("OBJECT_").lower().replace("_", " ")
    objects = statement.objects or ()
    names = tuple(_dotted(item) for item in objects if isinstance(item, tuple))
    if kind in {"trigger", "policy", "rule"} and objects:
        parts = objects[0]
        return Shape(f"drop {kind}", (_dotted(parts[:-1]),), _name(parts[-1].sval))
    if kind != "index":
        return Shape(f"drop {kind}", names, names[0] if names else "")
    concurrently = bool(statement.concurrent)
    statement.concurrent = True
    gentle = [
        f"DROP INDEX CONCURRENTLY {'IF EXISTS ' if statement.missing_ok else ''}{name};"
        for name in names
    ]
    return Shape(
        "drop index", (), ", ".join(names), concurrently=concurrently, gentle="\n".join(gentle)
    )


def _reindex(statement: Any) -> Shape:
    kind = ReindexObjectType(statement.kind).name.removeprefix("REINDEX_OBJECT_")
    name = _relation(statement.relation) or _name(statement.name)
    return Shape(
        "reindex",
        (name,) if kind == "TABLE" else (),
        name,
        target=kind.lower(),
        concurrently=_option(statement.params, "concurrently"),
        gentle=f"REINDEX {kind} CONCURRENTLY {name};" if kind != "SYSTEM" else "",
    )


def _vacuum(statement: Any) -> Shape:
    tables = tuple(_relation(each.relation) for each in statement.rels or ())
    full = bool(statement.is_vacuumcmd) and _option(statement.options, "full")
    tag = "vacuum full" if full else "vacuum" if statement.is_vacuumcmd else "analyze"
    return Shape(tag, tables)


def _cluster(statement: Any) -> Shape:
    table = _relation(statement.relation)
    return Shape("cluster", (table,) if table else (), _name(statement.indexname))


def _lock(statement: Any) -> Shape:
    tables = tuple(_relation(relation) for relation in statement.relations or ())
    return Shape("lock table", tables, nowait=bool(statement.nowait))


def _truncate(statement: Any) -> Shape:
    return Shape("truncate", tuple(_relation(each) for each in statement.relations or ()))


def _update(statement: Any) -> Shape:
    plain = not (statement.fromClause or statement.withClause)
    text = text_of(ast.UpdateStmt(relation=statement.relation, targetList=statement.targetList))
    return Shape(
        "update",
        (_relation(statement.relation),),
        condition=text_of(statement.whereClause),
        parts=text.partition(" SET ")[2],
        plain_target=plain and statement.relation.alias is None,
    )


def _delete(statement: Any) -> Shape:
    plain = not (statement.usingClause or statement.withClause)
    return Shape(
        "delete",
        (_relation(statement.relation),),
        condition=text_of(statement.whereClause),
        plain_target=plain and statement.relation.alias is None,
    )


def _refresh(statement: Any) -> Shape:
    name = _relation(statement.relation)
    return Shape("refresh", (name,), name, gentle=f"REFRESH MATERIALIZED VIEW CONCURRENTLY {name};")


def _trigger(statement: Any) -> Shape:
    return Shape("create trigger", (_relation(statement.relation),), _name(statement.trigname))


def _policy(statement: Any) -> Shape:
    return Shape("create policy", (_relation(statement.table),), _name(statement.policy_name))


def _rename(statement: Any) -> Shape:
    kinds = {
        ObjectType.OBJECT_TABLE: "table",
        ObjectType.OBJECT_COLUMN: "column",
        ObjectType.OBJECT_TABCONSTRAINT: "constraint",
        ObjectType.OBJECT_INDEX: "index",
        ObjectType.OBJECT_VIEW: "view",
    }
    kind = kinds.get(ObjectType(statement.renameType), "other")
    return Shape(
        f"rename {kind}",
        (_relation(statement.relation),) if statement.relation else (),
        _name(statement.subname),
        _name(statement.newname),
    )


def _create(statement: Any) -> Shape:
    constraints: list[tuple[str, ConstraintShape]] = []
    for item in statement.tableElts or ():
        if isinstance(item, ast.Constraint):
            constraints.append(("", _constraint(item)))
        elif isinstance(item, ast.ColumnDef):
            name = _name(item.colname)
            constraints += [(name, _constraint(c, (name,))) for c in item.constraints or ()]
    return Shape(
        "create table",
        (_relation(statement.relation),),
        constraints=tuple(constraints),
        parts="partition" if statement.partbound else "",
    )


def _domain(statement: Any) -> Shape:
    sorts = {"C": "add constraint", "V": "validate constraint", "O": "set not null"}
    return Shape(
        "alter domain",
        (),
        _dotted(statement.typeName),
        target=_name(statement.name),
        parts=sorts.get(str(statement.subtype), ""),
        actions=(Action("Domain", constraints=(_constraint(statement.def_),)),)
        if isinstance(statement.def_, ast.Constraint)
        else (),
    )


def _alter(statement: Any) -> Shape:
    table = _relation(statement.relation)
    actions = tuple(_action(statement, command) for command in statement.cmds or ())
    objects = ObjectType(statement.objtype).name.removeprefix("OBJECT_").lower()
    concurrently = any(
        isinstance(command.def_, ast.PartitionCmd) and command.def_.concurrent
        for command in statement.cmds or ()
    )
    tag = "alter table" if objects == "table" else f"alter {objects}"
    return Shape(tag, (table,), actions=actions, concurrently=concurrently)


def _action(statement: Any, command: Any) -> Action:
    sort = AlterTableType(command.subtype).name.removeprefix("AT_")
    whole = ast.AlterTableStmt(
        relation=statement.relation, cmds=(command,), objtype=statement.objtype
    )
    head = f"ALTER TABLE {_relation(statement.relation)} "
    action = Action(sort, _name(command.name), text_of(whole).removeprefix(head))
    definition = command.def_
    if isinstance(definition, ast.ColumnDef):
        return _column(action, definition)
    if isinstance(definition, ast.Constraint):
        return replace(
            action,
            name=_name(definition.conname) or action.name,
            constraints=(_constraint(definition),),
        )
    if isinstance(definition, ast.PartitionCmd):
        return replace(action, partition=_relation(definition.name))
    return action


def _column(action: Action, column: Any) -> Action:
    name = _name(column.colname) or action.name
    constraints = tuple(_constraint(each, (name,)) for each in column.constraints or ())
    found = {ConstrType(each.contype): each for each in column.constraints or ()}
    default = found.get(ConstrType.CONSTR_DEFAULT)
    generated = found.get(ConstrType.CONSTR_GENERATED)
    return replace(
        action,
        name=name,
        type=text_of(column.typeName),
        using=text_of(column.raw_default) if action.sort == "AlterColumnType" else "",
        default=text_of(default.raw_expr) if default else "",
        generated=text_of(generated.raw_expr) if generated else "",
        identity=ConstrType.CONSTR_IDENTITY in found,
        constraints=constraints,
    )


_SORTS = {
    ConstrType.CONSTR_CHECK: "check",
    ConstrType.CONSTR_FOREIGN: "foreign key",
    ConstrType.CONSTR_PRIMARY: "primary key",
    ConstrType.CONSTR_UNIQUE: "unique",
    ConstrType.CONSTR_EXCLUSION: "exclusion",
    ConstrType.CONSTR_NOTNULL: "not null",
}


def _constraint(node: Any, columns: tuple[str, ...] = ()) -> ConstraintShape:
    name = _name(node.conname)
    keys = tuple(_name(key.sval) for key in node.fk_attrs or node.keys or ()) or columns
    text = text_of(node)
    return ConstraintShape(
        sort=_SORTS.get(ConstrType(node.contype), "other"),
        name=name,
        columns=keys,
        check=text_of(node.raw_expr),
        parent=_relation(node.pktable),
        definition=text.removeprefix(f"CONSTRAINT {name} ").removesuffix(" NOT VALID"),
        index=_name(node.indexname),
        not_valid=bool(node.skip_validation),
    )


_READERS: dict[type, Any] = {
    ast.IndexStmt: _index,
    ast.DropStmt: _drop,
    ast.ReindexStmt: _reindex,
    ast.VacuumStmt: _vacuum,
    ast.ClusterStmt: _cluster,
    ast.LockStmt: _lock,
    ast.TruncateStmt: _truncate,
    ast.UpdateStmt: _update,
    ast.DeleteStmt: _delete,
    ast.RefreshMatViewStmt: _refresh,
    ast.CreateTrigStmt: _trigger,
    ast.CreatePolicyStmt: _policy,
    ast.RenameStmt: _rename,
    ast.CreateStmt: _create,
    ast.AlterDomainStmt: _domain,
    ast.AlterTableStmt: _alter,
}
