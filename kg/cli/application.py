"""The table of commands. Help of the whole is printed from it alone, so that it costs no import of what works."""

from __future__ import annotations

import gc
from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer
import typer.core
import typer.main

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("feed", "Make graph and index from the library that ships with the product."),
    "import": ("feed", "Bring in files of synergies or members, CSV or XLSX."),
    "batches": ("feed", "List what was written, newest first."),
    "undo": ("feed", "Take back a batch or a whole import."),
    "rebuild": ("feed", "Make the index anew from the graph."),
    "search": ("ask", "Find synergies by words, resource and facts."),
    "synergy": ("ask", "Show one synergy whole."),
    "sectors": ("ask", "Which sectors take a resource, or give it."),
    "recruit": ("ask", "Which sectors a programme should recruit for a resource."),
    "markets": ("ask", "Who feeds a technology and who buys what it makes."),
    "ask": ("ask", "Answer a question in plain language, in six languages."),
    "concept": ("ask", "Find a concept by words, code or id, or show it whole."),
    "status": ("operate", "Versions, counts, model and vocabulary."),
    "serve": ("operate", "Serve the API and its pages."),
    "export": ("operate", "Write synergies or members out as a sheet, or the whole graph as RDF."),
    "copy": ("move", "Move the whole graph from one engine to another, verified."),
    "evaluate": ("operate", "Measure the ranking on the loaded library."),
}
"""Command, the module of its group, and its help."""


class CommandTable(typer.core.TyperGroup):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, or None."""
        if cmd_name not in COMMANDS:
            return None
        group, about = COMMANDS[cmd_name]
        if group != "ask":
            gc.enable()
        functions: dict[str, Callable[..., None]] = import_module(f"kg.cli.{group}").COMMANDS
        one = typer.Typer(add_completion=False, rich_markup_mode=None)
        one.command(cmd_name, help=about)(functions[cmd_name])
        command = typer.main.get_command(one)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands in the help text, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"symbiograph {version('symbiograph')}")
        raise typer.Exit


def application() -> Callable[..., Any]:
    """The command line as a callable."""
    app = typer.Typer(
        cls=CommandTable, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
        no_args_is_help=True,
    )  # fmt: skip

    @app.callback()
    def symbiograph(
        asked: bool = typer.Option(
            False, "--version", is_eager=True, callback=_show_version, help="Show the version and end."
        ),
    ) -> None:
        """Completed industrial symbiosis as a knowledge graph: who used this resource, how, and whom to recruit.

        SYMBIOGRAPH_DATA names the data directory. Start with `symbiograph init`, then `symbiograph sectors "fly ash"`.
        """

    return typer.main.get_command(app)
