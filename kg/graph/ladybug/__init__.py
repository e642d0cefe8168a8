"""The embedded engine: a LadybugDB graph, and search views in files beside it."""
