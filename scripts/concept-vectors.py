"""Build kg/search/linking/concept-vectors.npz: what the shipped vocabulary's concepts mean to the packaged encoder.

    python scripts/concept-vectors.py [CACHE]

Encodes only the labels of concepts that changed since the file was built, or that a cache directory of an earlier run
of the product does not hold; all of them take about fifteen minutes on two cores. Run it after labels were edited:
whoever starts the product first would otherwise wait for these.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg.ontology import load_vocabulary
from kg.search.encoders import open_encoder
from kg.search.linking.concept_vectors import SHIPPED, encode_slots, read_vectors, slots_of, write_vectors
from kg.search.linking.facade import LINKED_SCHEMES
from kg.search.linking.wastes import waste_concepts
from kg.settings import Settings


def main() -> None:
    """Write the file and say how many slots were encoded anew."""
    encoder = open_encoder(Settings())
    vocabulary = load_vocabulary()
    concepts = [*(c for scheme in LINKED_SCHEMES for c in vocabulary.concepts(scheme)), *waste_concepts(vocabulary)]
    slots = {slot.key: slot for slot in slots_of(concepts)}
    caches = [path for name in sys.argv[1:] for path in Path(name).glob("concept-vectors-*.npz")]
    known = {
        key: vector for path in [*caches, SHIPPED] for key, vector in read_vectors(path, encoder.weights_hash).items()
    }
    missing = [slot for key, slot in slots.items() if key not in known]
    known.update(encode_slots(missing, encoder))
    write_vectors(SHIPPED, {key: known[key] for key in slots}, encoder.weights_hash)
    print(f"{len(slots)} slots, {len(missing)} encoded, {SHIPPED.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
