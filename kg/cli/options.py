"""Options of a command, taken from the definition of its query; and how its answer is to be printed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from types import GenericAlias
from typing import Any, TypeVar, get_args, get_origin

import typer
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from kg.errors import InputError
from kg.service.queries import Query

Asked = TypeVar("Asked", bound=Query)


class Form(Enum):
    """How an answer is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class _Switch:
    name: str
    about: str


_JSON = _Switch("as_json", "Print the answer as JSON.")
_CSV = _Switch("as_csv", "Print the table as CSV for a spreadsheet.")


def asking(query: type[Asked], positional: str, run: Callable[[Asked, Form], None]) -> Callable[..., None]:
    """A command whose argument and options are the fields of `query`; `run` gets the query and the form to print in.

    Raises `InputError` when a value does not fit its field.
    """

    def command(**given: Any) -> None:
        form = form_of(given.pop(_JSON.name), given.pop(_CSV.name))
        run(checked(query, given), form)

    parameters = [_parameter(name, field, name == positional) for name, field in query.model_fields.items()]
    parameters.sort(key=lambda parameter: parameter.name != positional)
    switches = [_switch_parameter(_JSON, "--json"), _switch_parameter(_CSV, "--csv")]
    vars(command)["__signature__"] = inspect.Signature([*parameters, *switches])
    return command


def checked(query: type[Asked], given: dict[str, Any]) -> Asked:
    """The query of these values; raises `InputError` with a sentence for each value that does not fit."""
    try:
        return query.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as problem:
        told = [f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in problem.errors()]
        raise InputError("; ".join(told) + ".", hint="See --help.") from None


def form_of(as_json: bool, as_csv: bool) -> Form:
    """The form that the switches ask for."""
    if as_json and as_csv:
        raise InputError("Print either JSON or CSV.", hint="Leave one of --json and --csv away.")
    return Form.JSON if as_json else Form.CSV if as_csv else Form.TABLE


def _parameter(name: str, field: FieldInfo, positional: bool) -> inspect.Parameter:
    kind: Any = field.annotation
    default = ... if field.is_required() else field.default
    if get_origin(kind) is tuple:
        kind, default = GenericAlias(list, get_args(kind)[:1]), []
    about = field.description or ""
    info = typer.Argument(default, help=about) if positional else typer.Option(default, help=about)
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=info, annotation=kind)


def _switch_parameter(switch: _Switch, flag: str) -> inspect.Parameter:
    info = typer.Option(False, flag, help=switch.about)
    return inspect.Parameter(switch.name, inspect.Parameter.KEYWORD_ONLY, default=info, annotation=bool)
