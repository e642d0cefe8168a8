"""Bringing synergies and members in, following an import, reading its report, and taking it back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import FormData, UploadFile

from api.desk import Desk, answers
from kg.errors import InputError
from kg.ingest.report import report_csv
from kg.provenance import Batch, RecordKind
from kg.service.answers import ImportReport, ImportView, Taken

ImportId = Annotated[str, Path(description="Id of an import", max_length=200)]
BatchId = Annotated[str, Path(description="Id of a batch", max_length=200)]
ReportForm = Annotated[Literal["json", "csv"], Query(description="The report as JSON, or as CSV with the given rows")]
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "CSV or XLSX file"},
                        "dry_run": {"type": "string", "enum": ["true", "false"], "default": "false"},
                        "kind": {"type": "string", "enum": ["", "synergy", "member"], "default": ""},
                        "who": {"type": "string", "maxLength": 200, "description": "Who brings the file"},
                    },
                }
            }
        },
    }
}
NO_CONTENT_TYPE: dict[str, Any] = {"description": "The report", "content": {"text/csv": {"schema": {"type": "string"}}}}


def router(desk: Desk) -> APIRouter:
    """The writing half of the API; every change needs the token."""
    routes = APIRouter(prefix="/api/v1", tags=["imports"])
    service, workers = desk.service, desk.workers
    writing = [Depends(desk.may_write)]

    @routes.post(
        "/imports",
        status_code=202,
        dependencies=writing,
        openapi_extra=FORM,
        **answers(Taken, "The file is taken; follow it at `location`"),
    )
    async def upload(request: Request) -> Response:
        """Upload a file of synergies or members. It is read and written in the background."""
        async with request.form(max_files=1, max_fields=8, max_part_size=1000) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise InputError("There is no file.", hint="Send a multipart form with the part `file`.")
            dry_run, kind, who = _words(form)
            taken = await workers.run(
                lambda: service.imports.take(file.file, file.filename or "upload", kind, who, dry_run=dry_run)
            )
        response = await workers.answer(lambda: taken)
        response.status_code = 202
        response.headers["Location"] = taken.location
        return response

    @routes.get("/imports", **answers(list[ImportView], "Imports, newest first"))
    async def list_imports() -> Response:
        """All imports, and those that were only tried since the service started."""
        return await workers.answer(service.imports.all)

    @routes.get("/imports/{id}", **answers(ImportView, "The import as it stands"))
    async def follow(id: ImportId) -> Response:  # noqa: A002
        """How far an import is, and what became of its rows so far."""
        return await workers.answer(lambda: service.imports.get(id))

    @routes.get("/imports/{id}/report", responses={200: NO_CONTENT_TYPE}, **answers(ImportReport, "The report"))
    async def report(id: ImportId, format: ReportForm = "json") -> Response:  # noqa: A002
        """What became of every row, with the cell, the reason and a mend."""
        if format == "json":
            return await workers.answer(lambda: service.imports.report(id))
        found = await workers.run(lambda: service.imports.report(id))
        name = {"Content-Disposition": f'attachment; filename="report-{found.progress.id}.csv"'}
        return StreamingResponse(report_csv(found.rows), media_type="text/csv; charset=utf-8", headers=name)

    @routes.delete("/imports/{id}", dependencies=writing, **answers(ImportView, "The import, undone"))
    async def undo(id: ImportId) -> Response:  # noqa: A002
        """Undo an import: every record is again what it was before."""
        return await workers.answer(lambda: service.imports.undo(id))

    @routes.get("/batches", **answers(list[Batch], "Batches, newest first"))
    async def list_batches() -> Response:
        """The all-or-nothing writes that imports are made of."""
        return await workers.answer(service.imports.batches)

    @routes.delete("/batches/{id}", dependencies=writing, **answers(Batch, "The batch that undoes it"))
    async def undo_batch(id: BatchId) -> Response:  # noqa: A002
        """Undo one batch."""
        return await workers.answer(lambda: service.imports.undo_batch(id))

    return routes


def _words(form: FormData) -> tuple[bool, RecordKind | None, str]:
    """The form's other parts: whether it is a dry run, the kind if stated, and who brings the file."""
    given = {name: str(value) for name, value in form.multi_items() if name != "file"}
    unknown = sorted(given.keys() - {"dry_run", "kind", "who"})
    if unknown:
        raise InputError(f"The form has unknown parts: {', '.join(unknown)[:200]}.")
    if given.get("dry_run", "false") not in ("true", "false"):
        raise InputError("`dry_run` is neither true nor false.")
    if given.get("kind", "") not in ("", *RecordKind):
        raise InputError("`kind` is neither synergy nor member.", hint="Leave it away to have it recognised.")
    kind = RecordKind(given["kind"]) if given.get("kind") else None
    return given.get("dry_run") == "true", kind, given.get("who", "")[:200]
