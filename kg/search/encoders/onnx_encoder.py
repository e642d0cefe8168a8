"""An exported sentence-transformers model through onnxruntime: torch costs seconds to import and is not needed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kg.errors import StorageFailed, Unavailable
from kg.graph.protocol import Vector
from kg.search.encoders.files import file_hash
from kg.search.encoders.protocol import empty, readable
from kg.search.encoders.sources import ModelSource

PASSPORT = "encoder.json"
GRAPH = "model.onnx"
TOKENISER = "tokenizer.json"
EXPORT_FORMAT = 1
CHUNK = 32
"""Texts of one run, of similar length: 32 was the fastest of 8, 32 and 64 on two cores, and bounds the memory."""

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Passport:
    """What an exported model is. `cosine` is the least agreement with the original on the texts it was checked on."""

    format: int
    name: str
    model_hash: str
    graph_sha256: str
    dimension: int
    max_tokens: int
    query_prefix: str
    passage_prefix: str
    cosine: float


class OnnxEncoder:
    """A sentence-transformers model behind the protocol, from its export."""

    def __init__(self, directory: Path, passport: Passport, threads: int = 0) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # spinning threads take the core that the graph and the web server need: 14 ms a query instead of 7, measured
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(directory / GRAPH), options, providers=["CPUExecutionProvider"]
        )
        self._tokeniser = Tokenizer.from_file(str(directory / TOKENISER))
        self._passport = passport
        self.name = f"{passport.name} (onnxruntime)"
        self.dimension = passport.dimension
        self.weights_hash = passport.model_hash

    def encode_queries(self, texts: Sequence[str]) -> Vector:
        """Vectors of questions."""
        return self._encode([self._passport.query_prefix + readable(text) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Vector:
        """Vectors of documents and labels."""
        return self._encode([self._passport.passage_prefix + readable(text) for text in texts])

    def _encode(self, texts: list[str]) -> Vector:
        if not texts:
            return empty(self.dimension)
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), i))
        for start in range(0, len(order), CHUNK):
            rows = order[start : start + CHUNK]
            ids, mask = self._tokens([texts[i] for i in rows])
            vectors[rows] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors

    def _tokens(self, texts: list[str]) -> tuple[Integers, Integers]:
        encoded = self._tokeniser.encode_batch(texts)
        ids = np.array([line.ids for line in encoded], dtype=np.int64)
        mask = np.array([line.attention_mask for line in encoded], dtype=np.int64)
        return ids, mask


def open_exported(source: ModelSource, models: Path, threads: int = 0) -> OnnxEncoder:
    """The encoder of `source`, exporting it first when `models` holds no sound export of exactly this model."""
    directory = models / f"{source.model_hash[:24]}-{EXPORT_FORMAT}"
    passport = _passport(directory, source.model_hash, models)
    if passport is None:
        passport = _export(source, directory, models)
    return OnnxEncoder(directory, passport, threads)


def _passport(directory: Path, model_hash: str, notes: Path) -> Passport | None:
    """The passport of a sound export of this model, or None: what is damaged is made again."""
    try:
        found = Passport(**json.loads((directory / PASSPORT).read_bytes()))
        sound = file_hash(directory / GRAPH, notes) == found.graph_sha256 and (directory / TOKENISER).is_file()
    except (OSError, ValueError, TypeError):
        return None
    return found if sound and found.format == EXPORT_FORMAT and found.model_hash == model_hash else None


def _export(source: ModelSource, directory: Path, notes: Path) -> Passport:
    """Export in a process of its own, so that torch's memory goes with it; the directory appears whole or not."""
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=directory.parent, prefix=".export-"))
    except OSError as error:
        raise StorageFailed(
            "The exported encoder cannot be stored.", hint=f"Make {directory.parent} writable: {error.strerror}."
        ) from error
    try:
        made = _run_export(source, work)
        passport = Passport(
            format=EXPORT_FORMAT,
            name=source.name,
            model_hash=source.model_hash,
            graph_sha256=file_hash(work / GRAPH, notes),
            dimension=int(made["dimension"]),
            max_tokens=int(made["max_tokens"]),
            query_prefix=str(made["query_prefix"]),
            passage_prefix=str(made["passage_prefix"]),
            cosine=float(made["cosine"]),
        )
        (work / PASSPORT).write_text(json.dumps(asdict(passport), indent=1))
        shutil.rmtree(directory, ignore_errors=True)
        work.replace(directory)
    except OSError as error:
        raise StorageFailed("The exported encoder cannot be stored.", hint=str(error)) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return passport


def _run_export(source: ModelSource, work: Path) -> dict[str, float | int | str]:
    command = [sys.executable, "-W", "ignore", "-m", "kg.search.encoders.export", str(source.directory), str(work)]
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run(  # noqa: S603 - our own module, arguments are a list
        command, env=os.environ | offline, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise Unavailable(
            f"The encoder {source.name!r} could not be exported: {last[0]}",
            hint="Check that the directory holds a whole sentence-transformers model, or choose another encoder.",
        )
    made: dict[str, float | int | str] = json.loads((work / "made.json").read_text())
    return made
