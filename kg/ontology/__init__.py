"""The shared words: classes and properties, the SKOS schemes, and the vocabulary in memory."""
