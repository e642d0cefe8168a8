"""The command line: few verbs, each in the file of its group, imported only when it is called."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 and the number of SIGINT."""


def main() -> NoReturn:
    """Run the command line; errors leave a sentence and a hint on stderr and their own exit code."""
    gc.disable()  # a question makes many objects and no cycles worth a tenth of its time; what runs long enables it
    from kg.cli.application import application
    from kg.errors import SymbiographError

    try:
        application()(prog_name="symbiograph")
    except SymbiographError as error:
        sys.stderr.write(f"{error.message}\n{error.hint}".strip() + "\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone: nothing more to say
        sys.exit(0)
    sys.exit(0)
