"""One report as a self-contained HTML page: the form as printed beside its source, doubtful cells coloured, findings under it.

No script and nothing loaded from elsewhere: numbers link to their place in the source, which the browser then marks. All
that comes from a document is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from extractor.documents.document import Document
from extractor.presenting.sheet import Block, Face, Language, Sheet, sheets
from extractor.presenting.wording import Told, ToldClaim, header_rows, told_claims, told_findings, word
from extractor.report import Report, Span
from extractor.verification.finding import Verification

STYLE = """
body{margin:0;font:15px/1.5 "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;color:#222;background:#fff}
main{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);height:100vh}
.form,.source{overflow:auto;padding:1rem 1.25rem}
.source{background:#f6f7f8;border-left:1px solid #d5d8dc}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.6 "Noto Sans Mono CJK SC",monospace;margin:0}
h1{font-size:1.35rem;margin:0 0 .5rem}h2{font-size:1.05rem;margin:1.5rem 0 .4rem}
table{border-collapse:collapse;width:100%;margin-bottom:.5rem;font-size:13px}
th,td{border:1px solid #c9ced4;padding:.15rem .4rem;text-align:left;font-weight:normal}
th{background:#f0f2f4}td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
th.l,.d0,.d1,.d2{width:45%}td.d1{padding-left:1.4rem}td.d2{padding-left:2.6rem}
td a{color:inherit;text-decoration:none;display:block}td a:hover{text-decoration:underline}
.error{background:#f8c9c4}.warning{background:#fdeab0}.illegible{background:#e9d3f2}.deduced{color:#0a6a8a}
.absent{background:repeating-linear-gradient(45deg,#eceff1,#eceff1 4px,#fff 4px,#fff 8px);color:#777}
mark{background:#dfeaf3}mark.error{background:#f8c9c4}mark.warning{background:#fdeab0}
:target{outline:3px solid #d9480f;outline-offset:1px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.3rem 0}dt{color:#667}dd{margin:0}
ul{padding-left:0;list-style:none;margin:.3rem 0}li{margin:.35rem 0;padding:.3rem .5rem;border-left:4px solid #9ab}
li.error{border-color:#c0392b;background:#fdf1f0}li.warning{border-color:#d4a017;background:#fffaf0}
small{color:#667}.legend span{padding:0 .35rem;margin-right:.3rem}
@media(max-width:900px){main{display:block;height:auto}.source{border:0;border-top:1px solid #d5d8dc}}
"""
_CLAIM = {True: ("W-HOLDS", ""), False: ("W-FAILS", "error"), None: ("W-OPEN", "")}


def document_page(title: str, body: str, language: Language) -> str:
    """A whole HTML document. `body` is HTML, `title` plain text."""
    return (
        f'<!doctype html>\n<html lang="{"zh-Hans" if language == "zh" else "en"}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n{body}\n</html>\n"
    )


def page(document: Document, report: Report, verification: Verification, language: Language) -> str:
    """The page of one report."""
    found = sheets(report, verification, language)
    told = told_findings(document, report, verification, language)
    claims = told_claims(report, verification, language)
    title = f"{_value(report.header.issuer)} {_value(report.header.year)}".strip() or document.source
    header = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in header_rows(report.header, language))
    faces = [face for sheet in found for block in sheet.blocks for line in block.lines for face in line.faces]
    places = [t.span for t in told if t.span is not None] + [c.span for c in claims]
    form = "".join(
        [
            f"<h1>{escape(title)}</h1><small>{escape(document.source)}</small><dl>{header}</dl>",
            _findings(told, language),
            f'<p class="legend"><small>{escape(word("W-DECIDE", language))}</small> {_legend(language)}</p>',
            *(_sheet(sheet, language) for sheet in found),
            _claims(claims, language),
        ]
    )
    source = f"<h2>{escape(word('W-SOURCE', language))}</h2><pre>{_source(document.text, faces, places)}</pre>"
    body = f'<main><div class="form">{form}</div><div class="source">{source}</div></main>'
    return document_page(title, body, language)


def _value(field: object) -> str:
    return "" if field is None else str(getattr(field, "value", ""))


def _legend(language: Language) -> str:
    kinds = {"error": "", "warning": "", "illegible": "", "absent": "x ", "deduced": "(0) "}
    words = {kind: escape(word(f"W-LEGEND-{kind.upper()}", language)) for kind in kinds}
    return "".join(f'<span class="{kind}">{shown}{words[kind]}</span>' for kind, shown in kinds.items())


def _sheet(sheet: Sheet, language: Language) -> str:
    title = f"{escape(sheet.title)} <small>{escape(word('W-FORM', language, form=sheet.form))}</small>"
    return f"<h2>{title}</h2>" + "".join(_block(block, language) for block in sheet.blocks)


def _block(block: Block, language: Language) -> str:
    columns = "".join(f"<th>{escape(c)}</th>" for c in block.columns)
    if block.one_line:
        width = len(block.columns)
        groups = "".join(f'<th colspan="{width}">{escape(line.label)}</th>' for line in block.lines)
        cells = "".join(_cell(face) for line in block.lines for face in line.faces)
        return f"<table><tr>{groups}</tr><tr>{columns * len(block.lines)}</tr><tr>{cells}</tr></table>"
    heading = word("W-EXTRA-ROWS", language) if block.extra else block.heading or word("W-ROW", language)
    lines = [f'<tr><th class="l">{escape(heading)}</th>{columns}</tr>']
    for line in block.lines:
        label = f'<td class="d{line.depth}">{escape(line.label)}</td>'
        rest = "".join(map(_cell, line.faces)) if line.faces else f'<td colspan="{len(block.columns)}"></td>'
        lines.append(f"<tr>{label}{rest}</tr>")
    return f"<table>{''.join(lines)}</table>"


def _cell(face: Face) -> str:
    shown = escape(face.shown)
    if face.span is not None and face.span[0] < face.span[1]:
        shown = f'<a href="#s{face.span[0]}">{shown}</a>'
    return f'<td class="n {face.kind}" title="{escape(face.cell)}">{shown}</td>'


def _findings(told: Sequence[Told], language: Language) -> str:
    """What needs a decision in the open, the notes folded away."""
    if not told:
        return f"<h2>{escape(word('W-NO-FINDINGS', language))}</h2>"
    counts = {severity: sum(t.severity == severity for t in told) for severity in ("error", "warning", "info")}
    pressing = "".join(_finding(t, language) for t in told if t.severity != "info")
    notes = "".join(_finding(t, language) for t in told if t.severity == "info")
    folded = f"<details><summary>{escape(word('W-NOTES', language, count=counts['info']))}</summary><ul>{notes}</ul></details>"
    title = escape(word("W-FINDINGS", language, **counts))
    return f"<h2>{title}</h2><ul>{pressing}</ul>{folded if notes else ''}"


def _finding(told: Told, language: Language) -> str:
    place = ""
    if told.excerpt is not None and told.span is not None:
        where = escape(word("W-LINE", language, line=told.excerpt.line))
        quote = f"{escape(told.excerpt.before)}<b>{escape(told.excerpt.inside)}</b>{escape(told.excerpt.after)}"
        place = f'<br><small><a href="#p{told.span[0]}">{where}</a>: {quote}</small>'
    suspects = "".join(f"<br><small>{escape(s)}</small>" for s in told.suspects)
    return f'<li class="{told.severity}">{escape(told.message)} <small>{escape(told.code)}</small>{suspects}{place}</li>'


def _claims(claims: Iterable[ToldClaim], language: Language) -> str:
    items = []
    for claim in claims:
        code, kind = _CLAIM[claim.holds]
        verdict = f'<a href="#p{claim.span[0]}">{escape(word(code, language))}</a>'
        items.append(f'<li class="{kind}">{verdict} · {escape(claim.words)}</li>')
    return f"<h2>{escape(word('W-CLAIMS', language))}</h2><ul>{''.join(items)}</ul>" if items else ""


def _source(text: str, faces: Iterable[Face], places: Iterable[Span]) -> str:
    """The text with each cell's characters marked (`#s` and offset) and an anchor at each finding (`#p` and offset)."""
    marks: dict[int, tuple[int, Face]] = {}
    for face in faces:
        if face.span is not None and face.span[0] < face.span[1]:
            marks.setdefault(face.span[0], (face.span[1], face))
    anchors = {start for start, _ in places}
    out: list[str] = []
    done = 0
    for offset in sorted(marks.keys() | anchors):
        if offset >= done:
            out.append(escape(text[done:offset]))
        if offset in anchors:
            out.append(f'<a id="p{offset}"></a>')
        if offset not in marks:
            done = max(done, offset)
        elif offset < done:  # inside a mark that is closed already
            out.append(f'<a id="s{offset}"></a>')
        else:
            done, face = marks[offset]
            inside, about = escape(text[offset:done]), f'class="{face.kind}" title="{escape(face.cell)}"'
            out.append(f'<mark id="s{offset}" {about}>{inside}</mark>')
    out.append(escape(text[done:]))
    return "".join(out)
