"""The packaged encoders as they are: unit vectors, languages, odd texts, threads, and no torch where it costs."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kg.errors import Unavailable
from kg.search.encoders import Encoder, open_encoder
from kg.search.encoders.multilingual import WEIGHTS_SHA256
from kg.settings import Settings

pytestmark = pytest.mark.integration

ODD = ["", " ", "a\x00b", "half \ud800", "\ufdfa" * 5_000, "🙂" * 400, "x" * 20_000, "粉煤灰"]


@pytest.fixture(scope="module")
def models(pytestconfig: pytest.Config) -> Path:
    """Where exports are kept between test runs."""
    assert pytestconfig.cache is not None
    return Path(pytestconfig.cache.mkdir("models"))


@pytest.fixture(scope="module", params=["multilingual", "minilm"])
def encoder(request: pytest.FixtureRequest, models: Path) -> Encoder:
    return open_encoder(Settings(encoder=request.param, models=models))


def test_vectors_are_of_unit_length_and_of_the_promised_shape(encoder: Encoder) -> None:
    for encode in (encoder.encode_queries, encoder.encode_passages):
        found = encode([*ODD, "fly ash"])
        assert (found.shape, found.dtype) == ((len(ODD) + 1, encoder.dimension), np.dtype(np.float32))
        assert np.allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-5)
    assert encoder.encode_queries([]).shape == (0, encoder.dimension)
    assert len(encoder.weights_hash) == 64


def test_a_text_has_one_vector_alone_or_among_others(encoder: Encoder) -> None:
    texts = [f"{word} used in cement number {i}" for i, word in enumerate(["slag", "fly ash", "gypsum"] * 30)]
    together = encoder.encode_passages(texts)
    alone = np.concatenate([encoder.encode_passages([text]) for text in texts[:9]])
    assert np.allclose(together[:9], alone, atol=2e-5)


def test_what_means_the_same_is_near(encoder: Encoder) -> None:
    query = encoder.encode_queries(["coal combustion ash for cement"])[0]
    near, far = encoder.encode_passages(["fly ash from power stations; cement additive", "whey; pig feed"]) @ query
    assert near > far + 0.02


def test_threads_share_an_encoder(encoder: Encoder) -> None:
    texts = [f"waste {i}" for i in range(12)]
    expected = encoder.encode_queries(texts)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: encoder.encode_queries([text])[0], texts))
    assert np.allclose(np.stack(found), expected, atol=2e-5)


def test_the_default_reads_six_languages(models: Path) -> None:
    encoder = open_encoder(Settings(models=models))
    assert encoder.weights_hash == WEIGHTS_SHA256
    asked = encoder.encode_queries(["稻草", "palha de arroz", "paja de arroz", "paille de riz", "Reisstroh"])
    labels = encoder.encode_passages(["rice straw", "whey", "used cooking oil", "blast furnace slag", "scrap glass"])
    assert (asked @ labels.T).argmax(axis=1).tolist() == [0] * 5


def test_a_model_that_is_exported_never_needs_torch_again(models: Path) -> None:
    open_encoder(Settings(encoder="minilm", models=models))
    code = (
        "import sys; from pathlib import Path; from kg.settings import Settings; from kg.search.encoders import *\n"
        f"open_encoder(Settings(encoder='minilm', models=Path({str(models)!r}))).encode_queries(['fly ash'])\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'huggingface_hub'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_directory_that_is_no_model_is_refused_with_a_reason(models: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(Unavailable, match="holds no weights"):
        open_encoder(Settings(encoder=str(tmp_path), models=tmp_path / "models"))
    assert not (tmp_path / "models").exists()
