"""What the product can do, as one small class; the command line and the API are two thin faces of it."""

from kg.service.symbiograph import Symbiograph

__all__ = ["Symbiograph"]
