"""What the product can do, as one small class; the command line and the API are two thin faces of it.

The class is imported when it is asked for: the help of a command needs the questions it takes, not what answers them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.service.symbiograph import Symbiograph

__all__ = ["Symbiograph"]


def __getattr__(name: str) -> object:
    if name == "Symbiograph":
        from kg.service.symbiograph import Symbiograph

        return Symbiograph
    raise AttributeError(name)
