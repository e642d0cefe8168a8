"""The error tree: each error has a stable code, a sentence for the user, a hint, an HTTP status and an exit code.

SymbiographError
├── InputError            the user's input cannot be used as it is       422 / 2
│   ├── UnknownFilter     a filter or parameter value that is not known  422 / 2
│   ├── BadCursor         a page cursor of another query or index        422 / 2
│   ├── UnreadableFile    a file that is not what it claims to be        422 / 2
│   ├── InvalidVocabulary a scheme or route file that does not hold      422 / 2
│   └── MalformedRequest  a request that cannot be read as HTTP promises 400 / 2
├── TooLarge              over a size, row or inflation limit            413 / 2
│   └── AddressTooLong    a path and query string over the limit         414 / 2
├── NotFound              no such synergy, concept, batch, programme     404 / 3
├── MethodNotAllowed      the address exists, the method does not        405 / 2
├── Conflict              undo or write that later work forbids          409 / 4
├── Unauthorized          missing or wrong token                         401 / 5
├── Forbidden             foreign Host header, refused operation         403 / 5
├── Interrupted           asked to stop; what is done stays done         503 / 130
└── Unavailable           store or index cannot answer now               503 / 6
    ├── NotInitialised    the data directory holds no graph yet
    ├── StaleIndex        index built by another model or vocabulary
    ├── DataDirectoryLocked   another process owns the data directory
    ├── StorageFailed     disk full, read-only directory
    ├── TimedOut          longer than the time limit
    └── Busy              too many imports wait already
"""

from __future__ import annotations

from typing import ClassVar


class SymbiographError(Exception):
    """Root of everything the product raises on purpose. `hint` says how to mend it."""

    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(SymbiographError):
    code = "invalid-input"
    title = "The input cannot be used"
    status = 422
    exit_code = 2


class UnknownFilter(InputError):
    code = "unknown-filter"
    title = "A filter value is not known"


class BadCursor(InputError):
    code = "bad-cursor"
    title = "The page cursor is not valid"


class UnreadableFile(InputError):
    code = "unreadable-file"
    title = "The file cannot be read"


class InvalidVocabulary(InputError):
    code = "invalid-vocabulary"
    title = "A vocabulary file does not hold together"


class MalformedRequest(InputError):
    code = "malformed-request"
    title = "The request cannot be read"
    status = 400


class TooLarge(SymbiographError):
    code = "too-large"
    title = "Over a limit"
    status = 413
    exit_code = 2


class AddressTooLong(TooLarge):
    code = "address-too-long"
    title = "The address is too long"
    status = 414


class NotFound(SymbiographError):
    code = "not-found"
    title = "Not found"
    status = 404
    exit_code = 3


class MethodNotAllowed(SymbiographError):
    code = "method-not-allowed"
    title = "The address does not take this method"
    status = 405
    exit_code = 2


class Conflict(SymbiographError):
    code = "conflict"
    title = "Later work stands in the way"
    status = 409
    exit_code = 4


class Unauthorized(SymbiographError):
    code = "unauthorized"
    title = "A token is needed"
    status = 401
    exit_code = 5


class Forbidden(SymbiographError):
    code = "forbidden"
    title = "Not allowed"
    status = 403
    exit_code = 5


class Interrupted(SymbiographError):
    code = "interrupted"
    title = "Interrupted"
    status = 503
    exit_code = 130


class Unavailable(SymbiographError):
    code = "unavailable"
    title = "Not ready to answer"
    status = 503
    exit_code = 6


class NotInitialised(Unavailable):
    code = "not-initialised"
    title = "There is no graph yet"


class StaleIndex(Unavailable):
    code = "stale-index"
    title = "The index does not fit the data"


class DataDirectoryLocked(Unavailable):
    code = "locked"
    title = "Another process owns the data directory"


class StorageFailed(Unavailable):
    code = "storage-failed"
    title = "The data could not be stored or read"


class TimedOut(Unavailable):
    code = "timed-out"
    title = "It took too long"


class Busy(Unavailable):
    code = "busy"
    title = "Too much is waiting already"


def every_error() -> list[type[SymbiographError]]:
    """The whole tree, root first, in the order of its codes: for the reference page and the API's description."""
    found: list[type[SymbiographError]] = [SymbiographError]
    for error in found:
        found.extend(error.__subclasses__())
    return [found[0], *sorted(found[1:], key=lambda error: error.code)]
