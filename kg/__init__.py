"""Symbiograph: a knowledge graph of completed industrial symbiosis, with search over it."""
