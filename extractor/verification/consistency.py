"""Header against form: the year and the notice that a report names, and the forms that its tables follow."""

from __future__ import annotations

from collections.abc import Mapping

from extractor.forms.form import form, forms, table
from extractor.report import Header
from extractor.verification.finding import Finding
from extractor.verification.naming import severity_of

_PLAIN = str.maketrans("[]【】（）()", "〔〕〔〕〔〕〔〕", " \u3000")


def header_findings(header: Header, versions: Mapping[str, str]) -> list[Finding]:
    """`versions`: the form of each table that was found, in the form's order."""
    findings: list[Finding] = []

    def add(code: str, spans: tuple[tuple[int, int], ...], **params: object) -> None:
        findings.append(Finding(code, severity_of(code), (), spans, params=params))

    year = header.year.value if header.year is not None and isinstance(header.year.value, int) else None
    if len(set(versions.values())) > 1:
        names = [(table(code, key), code) for key, code in versions.items()]
        add(
            "H-FORM-MIXED", (),
            tables_zh="，".join(f"「{t.label}」{code} 年格式" for t, code in names),
            tables_en=", ".join(f"“{t.label_en}” that of {code}" for t, code in names),
        )
    if year is not None and header.year is not None:
        for code in dict.fromkeys(versions.values()):
            if not form(code).covers(year):
                key = next(key for key, other in versions.items() if other == code)
                of = table(code, key)
                add("H-FORM-YEAR", (header.year.span,), table_zh=of.label, table_en=of.label_en, form=code, year=year)
    authorities = {f.authority.translate(_PLAIN): f for f in forms()}
    cited = [(b, authorities[plain]) for b in header.basis if (plain := str(b.value).translate(_PLAIN)) in authorities]
    if cited and versions and not {f.code for _, f in cited} & set(versions.values()):
        code = next(iter(versions.values()))
        add("H-FORM-BASIS", (cited[0][0].span,), basis=cited[0][0].value, form=code, authority=form(code).authority)
    return findings
