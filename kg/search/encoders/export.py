"""Export of a sentence-transformers model to ONNX, run once as `python -m`, in a process of its own.

Pooling and normalisation are part of the exported graph, so that tokens in and unit vectors out is all that is left to
do. The result is compared with the original before it counts: least cosine over texts in six languages, alone and in
one padded batch.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

LEAST_COSINE = 0.9999
SAMPLES = (
    "fly ash",
    "Granulated blast furnace slag, ground and used as a clinker substitute in cement; replaces limestone and fuel.",
    "粉煤灰用于水泥生产",
    "bagaço de cana-de-açúcar para cogeração de energia",
    "cáscara de arroz como combustible de calderas",
    "drêches de brasserie valorisées en alimentation animale",
    "REA-Gips aus der Rauchgasentschwefelung für Gipskartonplatten",
    "10 01 02",
    "waste heat " * 60,
)


def export(source: Path, target: Path) -> None:
    """Write `model.onnx`, `tokenizer.json` and `made.json` into `target`. Raises ValueError when the two disagree."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(source), device="cpu", local_files_only=True)
    model.eval()
    query, passage = _prefixes(model, source)
    tokens = int(model.max_seq_length or 512)
    _write_graph(torch, model, target / "model.onnx")
    _write_tokeniser(model, tokens, target / "tokenizer.json")
    expected = model.encode(list(SAMPLES), normalize_embeddings=True, prompt="")
    found = _run(target, [[text] for text in SAMPLES]), _run(target, [list(SAMPLES)])
    cosine = min(float((expected * vectors).sum(axis=1).min()) for vectors in found)
    if not cosine > LEAST_COSINE:
        raise ValueError(f"the export agrees with the original only to a cosine of {cosine:.6f}")
    made = {
        "dimension": int(expected.shape[1]),
        "max_tokens": tokens,
        "query_prefix": query,
        "passage_prefix": passage,
        "cosine": round(cosine, 7),
    }
    (target / "made.json").write_text(json.dumps(made))


def _prefixes(model: Any, source: Path) -> tuple[str, str]:
    """What the model wants before a question and before a passage; E5 models say so only in their model card."""
    prompts = {key: value for key, value in model.prompts.items() if value}
    if not prompts and "e5" in str(source).lower():
        return "query: ", "passage: "
    return prompts.get("query", ""), prompts.get("document", prompts.get("passage", ""))


def _write_graph(torch: Any, model: Any, path: Path) -> None:
    class Whole(torch.nn.Module):  # type: ignore[misc]
        """Every module of the pipeline, then unit length, as one function of two tensors."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            for module in self.model:
                features = module(features)
            return torch.nn.functional.normalize(features["sentence_embedding"], p=2, dim=1)

    sample = model.tokenizer(list(SAMPLES[:2]), padding=True, return_tensors="pt")
    axes = {0: "texts", 1: "tokens"}
    torch.onnx.export(
        Whole().eval(),
        (sample["input_ids"], sample["attention_mask"]),
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["embedding"],
        dynamic_axes={"input_ids": axes, "attention_mask": axes, "embedding": {0: "texts"}},
        opset_version=17,
        dynamo=False,  # the newer exporter is ten times slower here and gives the same graph
    )


def _write_tokeniser(model: Any, tokens: int, path: Path) -> None:
    from tokenizers import Tokenizer

    fast = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
    fast.enable_truncation(tokens)
    fast.enable_padding(pad_id=model.tokenizer.pad_token_id or 0, pad_token=model.tokenizer.pad_token or "[PAD]")
    fast.save(str(path))


def _run(target: Path, batches: list[list[str]]) -> Any:
    import onnxruntime
    from tokenizers import Tokenizer

    session = onnxruntime.InferenceSession(str(target / "model.onnx"), providers=["CPUExecutionProvider"])
    tokeniser = Tokenizer.from_file(str(target / "tokenizer.json"))
    vectors = []
    for batch in batches:
        lines = tokeniser.encode_batch(batch)
        given = {
            "input_ids": np.array([line.ids for line in lines], dtype=np.int64),
            "attention_mask": np.array([line.attention_mask for line in lines], dtype=np.int64),
        }
        vectors.append(session.run(None, given)[0])
    return np.concatenate(vectors)


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
