"""Writes docs/reference/{settings,errors,http,cli}.md from the code; a test tells when they are not current."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "reference"
NOTE = "<!-- Written by scripts/reference.py from the code: change the code, then run it. -->"


def settings_page() -> Iterator[str]:
    """Every setting with its default and meaning."""
    from kg.settings import PREFIX, Settings

    yield "# Settings"
    yield ""
    yield "Set in the environment, read once at the start. A name that begins with `SYMBIOGRAPH_` and is not in this"
    yield "list is refused. Sizes are bytes, times seconds."
    yield ""
    yield "| name | default | meaning |"
    yield "|---|---|---|"
    for name, field in Settings.model_fields.items():
        yield f"| `{PREFIX}{name.upper()}` | {_default(name, field)} | {field.description} |"


def _default(name: str, field: Any) -> str:
    told = {"data": "`~/.local/share/symbiograph`", "models": "`~/.cache/symbiograph/models`"}
    if name in told:
        return told[name]
    value = field.default
    value = value.get_secret_value() if hasattr(value, "get_secret_value") else value
    return f"`{value}`" if value not in ("", None, ()) else "empty"


def errors_page() -> Iterator[str]:
    """Every error code."""
    from kg.errors import every_error

    yield "# Errors"
    yield ""
    yield "The API answers every failure with a problem document (RFC 9457, `application/problem+json`): `type`,"
    yield "`title`, `status`, `detail`, `code`, `hint`, `incident` and `errors`. The command line writes detail and"
    yield "hint to stderr and ends with the exit code. `code` is stable; sentences may change."
    yield ""
    yield "| code | HTTP status | exit code | title |"
    yield "|---|---|---|---|"
    for error in every_error():
        yield f"| `{error.code}` | {error.status} | {error.exit_code} | {error.title} |"
    yield ""
    yield "Ctrl-C ends a command with exit code 130. Exit code 2 is also that of a misspelt option."


def http_page() -> Iterator[str]:
    """Every route with its parameters."""
    document = _application().openapi()
    yield "# HTTP API"
    yield ""
    yield "A running server shows the same at `/docs`, without internet, and as OpenAPI at `/openapi.json`. Parameters"
    yield "marked `*` may be repeated: their values are alternatives. Routes marked *token* need"
    yield "`Authorization: Bearer ...`."
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield ""
            yield f"## {method.upper()} {path}"
            yield ""
            token = " *token*" if "security" in operation else ""
            yield f"{operation['description']}{token}"
            done = next(status for status in operation["responses"] if status.startswith("2"))
            yield ""
            yield f"Answer {done}: {operation['responses'][done]['description']}."
            yield from _parameters(operation)


def _parameters(operation: dict[str, Any]) -> Iterator[str]:
    if not operation.get("parameters"):
        return
    yield ""
    yield "| parameter | default | meaning |"
    yield "|---|---|---|"
    for parameter in operation["parameters"]:
        schema = parameter["schema"]
        star = "*" if schema.get("type") == "array" else ""
        default = schema.get("default", "needed" if parameter["required"] else "")
        shown = f"`{default}`" if default not in ("", "needed", [], None) else str(default or "").strip("[]")
        choice = _choices(schema)
        yield f"| `{parameter['name']}`{star} | {shown} | {parameter.get('description', '')}{choice} |"


def _choices(schema: dict[str, Any]) -> str:
    reference = schema.get("$ref") or schema.get("items", {}).get("$ref") or ""
    found = schema.get("enum") or schema.get("items", {}).get("enum") or []
    if reference:
        found = _application().openapi()["components"]["schemas"][reference.rsplit("/", 1)[1]].get("enum", [])
    return f": {', '.join(f'`{one}`' for one in found)}" if found else ""


def _application() -> Any:
    from api.app import create_app
    from kg.service import Symbiograph
    from kg.service.access import Token
    from kg.settings import Settings

    settings = Settings()
    return create_app(Symbiograph(settings), settings, Token(""))


def cli_page() -> Iterator[str]:
    """The help of every command."""

    from kg.cli.application import COMMANDS, application

    yield "# Command line"
    yield ""
    yield "Results go to stdout, progress and remarks to stderr. `SYMBIOGRAPH_DATA` names the data directory; while a"
    yield "server owns it, the commands ask that server."
    command = application()
    for arguments in ([], *([name] for name in COMMANDS)):
        yield ""
        yield f"## symbiograph {' '.join(arguments)}".rstrip()
        yield ""
        yield "```text"
        yield _help(command, arguments)
        yield "```"


def _help(command: Any, arguments: list[str]) -> str:
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        command([*arguments, "--help"], prog_name="symbiograph", terminal_width=110)
    return out.getvalue().strip()


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "settings": settings_page,
    "errors": errors_page,
    "http": http_page,
    "cli": cli_page,
}


def page(name: str) -> str:
    """The text of one page."""
    title, *rest = PAGES[name]()
    return "\n".join([title, "", NOTE, *rest]) + "\n"


def main() -> None:
    """Write the pages, or with `--check` tell which are not current."""
    stale = [name for name in PAGES if not _current(name)]
    if "--check" in sys.argv:
        sys.exit(f"not current: {', '.join(stale)}; run scripts/reference.py" if stale else 0)
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (TARGET / f"{name}.md").write_text(page(name), encoding="utf-8")


def _current(name: str) -> bool:
    path = TARGET / f"{name}.md"
    return path.is_file() and path.read_text(encoding="utf-8") == page(name)


if __name__ == "__main__":
    main()
