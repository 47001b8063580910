"""The descriptor of a Frictionless data package (version 1): the tables as CSV resources, the codebook in their schemas."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extractor import __version__
from extractor.export.delimited import DelimitedFile
from extractor.export.rows import DETAILS
from extractor.export.tables import Field, Kind, Table

_TYPES: dict[Kind, str] = {"text": "string", "integer": "integer", "number": "number", "real": "number", "flag": "boolean"}


def descriptor(files: Sequence[tuple[Table, DelimitedFile]]) -> dict[str, Any]:
    """What `datapackage.json` says of these files, which are closed."""
    return {
        "profile": "tabular-data-package",
        "name": "annual-reports-on-government-information-disclosure",
        "title": "政府信息公开工作年度报告数据集 / Annual reports on government information disclosure",
        "description": "由报告原文读取、逐数可溯源；印刷、推定、裁定三层分列。文本字段若以 = + - @ 开头，前加一个撇号。 / "
        "Read from the reports, every number with its place; what was printed, deduced and decided is kept apart. "
        "Texts that begin with = + - @ have an apostrophe in front.",
        "sources": [{"title": f"extractor {__version__}"}],
        "resources": [_resource(table, file.path) for table, file in files],
    }


def _resource(table: Table, path: Path) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(table, field) for field in table.fields], "primaryKey": list(table.key), "missingValues": [""],
    }
    if table.name in DETAILS:
        schema["foreignKeys"] = [_reference(["document"], "reports")]
    if table.name == "suspects":
        schema["foreignKeys"] = [_reference(["document", "finding"], "findings")]
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "name": table.name, "path": path.name, "profile": "tabular-data-resource", "title": f"{table.zh} / {table.en}",
        "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "bytes": path.stat().st_size,
        "hash": f"sha256:{digest}", "schema": schema,
    }


def _reference(fields: list[str], resource: str) -> dict[str, Any]:
    return {"fields": fields, "reference": {"resource": resource, "fields": fields}}


def _field(table: Table, field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name, "type": _TYPES[field.kind], "title": f"{field.zh} / {field.en}", "description": field.about,
        "titles": {"zh": field.zh, "en": field.en},
    }
    if field.name in table.key:
        described["constraints"] = {"required": True}
    if field.variable is not None:
        described |= {"kind": field.variable.kind, "forms": list(field.variable.forms), "unit": field.variable.unit,
                      "identities": list(field.variable.identities)}  # fmt: skip
    return described
