"""A run as one HTML page that needs nothing from elsewhere. Everything that comes out of documents is escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from extractor.eval.metrics import METRICS
from extractor.eval.plots import bar_plot, line_plot, lines_plot, reliability_plot

STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;margin:0 auto;max-width:1100px;
padding:1.5rem;color:#22313f;background:#fff}
h1{font-size:1.5rem;margin:.2em 0}h2{font-size:1.15rem;margin:2em 0 .5em;border-bottom:1px solid #d7dde3}
table{border-collapse:collapse;margin:.6em 0;font-size:13px}
td,th{padding:.2em .6em;border-bottom:1px solid #e6eaee;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}tr.bad td{background:#fdeeec}
.wide{overflow-x:auto}.plots{display:flex;flex-wrap:wrap;gap:1rem}.plot{width:520px;max-width:100%;height:auto;font-size:11px;
fill:#22313f;font-family:inherit}.plot .t{font-size:13px;font-weight:600}.plot .s{font-size:10px}
.tiles{display:flex;flex-wrap:wrap;gap:.8rem}
.tile{border:1px solid #d7dde3;border-radius:8px;padding:.6rem .9rem;min-width:150px}
.tile b{display:block;font-size:1.35rem}.tile small{color:#5a6b7a}code{font-size:12px}mark{background:#ffe08a}
@media (prefers-color-scheme:dark){body{background:#14191e;color:#dfe6ec}td,th{border-color:#2b353f}
tr.bad td{background:#4a2320}
.plot{fill:#dfe6ec}.tile{border-color:#2b353f}mark{background:#7a5b00;color:#fff}}
"""


def _share(value: Any) -> str:
    if value is None:
        return "—"
    if value == 0:
        return "0"
    return f"{value:.3%}" if abs(value) >= 1e-4 else f"{value * 1e6:.3g} ppm"


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]], bad: Callable[[Sequence[Any]], bool] = lambda r: False) -> str:
    """A table; cells that are numbers stand right, strings are escaped."""

    def numeric(value: Any) -> bool:
        return isinstance(value, int | float) or str(value)[:1].isdigit() or value == "—"

    def cell(value: Any) -> str:
        text = f"{value:,}" if isinstance(value, int) else f"{value:.5g}" if isinstance(value, float) else str(value)
        return f'<td{" class=n" if numeric(value) else ""}>{escape(text)}</td>'

    def name(column: int) -> str:
        right = bool(rows) and column > 0 and numeric(rows[0][column])
        return f'<th{" class=n" if right else ""}>{escape(head[column])}</th>'

    names = "".join(name(column) for column in range(len(head)))
    body = "".join(f"<tr{' class=bad' if bad(row) else ''}>{''.join(map(cell, row))}</tr>" for row in rows)
    return f'<div class="wide"><table><tr>{names}</tr>{body}</table></div>'


def _tile(title: str, value: str, note: str = "") -> str:
    return f'<div class="tile"><small>{escape(title)}</small><b>{escape(value)}</b><small>{escape(note)}</small></div>'


def report_page(title: str, settings: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    """The page of one run."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name=viewport content="width=device-width,initial-scale=1">',
        f"<title>{escape(title)}</title><style>{STYLE}</style><h1>{escape(title)}</h1>",
        f"<p><code>{escape(_settings_line(settings))}</code></p>",
        _tiles(summary),
        _metric_table(summary),
        _silent(summary),
        _plots(summary),
        _findings(summary),
        _narrative(summary),
        _worst(summary),
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _settings_line(settings: Mapping[str, Any]) -> str:
    dataset = ", ".join(f"{k} {v}" for k, v in settings.get("dataset", {}).items() if v != "")
    version = ", ".join(f"{k} {v}" for k, v in settings.get("versions", {}).items())
    return f"reader {settings.get('reader', '')} · {dataset} · {version}"


def _tiles(s: Mapping[str, Any]) -> str:
    m = s["metrics"]
    time = s["time"]

    def rate(key: str, note: str) -> str:
        entry = m[key]
        return _tile(note, _share(entry["value"]), f"{entry['count']:,.0f} of {entry['of']:,.0f}")

    tiles = [
        _tile("documents", f"{s['documents']:,}", f"{s['cells']:,} cells"),
        rate("text_silent", "silent errors against the text"),
        rate("page_silent", "silent, page, requests and disputes"),
        _tile("silent on undamaged reports", str(s["silent_on_clean"]), f"{s['clean_documents']:,} reports"),
        rate("text_right", "cells right against the text"),
        rate("fields_to_look_at", "fields to look at"),
        _tile("time per report", f"{time.get('mean_ms', 0):g} ms", f"99 %: {time.get('p99_ms', 0):g} ms"),
    ]
    if s["usage"]:
        tiles += [_tile(key, f"{value:g}") for key, value in s["usage"].items()]
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _metric_table(s: Mapping[str, Any]) -> str:
    rows = [
        [
            metric.title,
            _share(e["value"]),
            f"{_share(e['low'])} – {_share(e['high'])}",
            f"{e['count']:,.0f} / {e['of']:,.0f}",
            "lower" if metric.better == "low" else "higher",
        ]
        for metric in METRICS
        for e in [s["metrics"][metric.key]]
    ]
    note = (
        "<p>Intervals: 95 %, bootstrap over documents, seeded. An interval of zero width at zero says only that none was seen; "
    )
    note += f"with {s['documents']:,} documents, at most {s['bound_if_none']:.2%} of documents can have one (95 %).</p>"
    return "<h2>Figures</h2>" + _table(["", "value", "95 % interval", "count", "better"], rows) + note


def _group_table(title: str, groups: Mapping[str, Mapping[str, Any]]) -> str:
    rows = []
    for name, g in groups.items():
        cells = g["cells"]
        rows.append(
            [
                name,
                g.get("documents", 0),
                cells,
                _share(g.get("right", 0) / cells),
                g.get("missed", 0),
                g.get("flagged", 0),
                g.get("text_silent", 0),
                _share(g.get("text_silent", 0) / cells),
                g.get("text_quiet", 0),
                g.get("page_silent", 0),
                _share(g.get("page_silent", 0) / cells),
                g.get("page_quiet", 0),
                _share(1 - g.get("page_unnamed", 0) / cells),
            ]
        )
    silent = ("silent, text", "rate", "or info", "silent, page", "rate", "or info", "right or named")
    head = ["", "reports", "cells", "right", "missed", "flagged", *silent]
    return f"<h3>{escape(title)}</h3>" + _table(head, rows, lambda row: bool(row[6]))


def _silent(s: Mapping[str, Any]) -> str:
    out = (
        "<h2>Where it goes wrong</h2><p>Right and missed: against the text. Flagged: wrong, and some finding names the cell. "
        "Silent: wrong, and none does; or info: those that only findings of severity info name counted as well. "
        "Right or named: of all cells those that are right against the page, or that some finding names, wrong or missing.</p>"
    )
    out += _group_table("By damage of the cell", s["by_damage"]) + _group_table("By layout", s["by_layout"])
    return out + _group_table("By table", s["by_table"]) + _group_table("By state in the text", s["by_state"])


def _plots(s: Mapping[str, Any]) -> str:
    groups = [(name, g) for name, g in s["by_damage"].items() if g["cells"]]
    bars = [
        (name, 1e5 * g.get("page_silent", 0) / g["cells"], *(1e5 * (x or 0) for x in g["page_silent_interval"]))
        for name, g in groups
        if g.get("page_silent")
    ]
    # only what is not right nearly everywhere, or the names run into each other
    weak = [(kind, points) for kind, points in s["by_rate"].items() if min(right for _, right, _ in points) < 0.98]
    accuracy = [(kind, [(rate, right) for rate, right, _ in points]) for kind, points in weak]
    e, c = s["effort"], s["calibration"]
    targets = ", ".join(f"{k}: {v if v is not None else 'not by the findings alone'}" for k, v in e["targets"].items())
    beyond = ", ".join(f"{k}: {v if v is not None else '—'}" for k, v in e["targets_all"].items())
    near = [(looked, right) for looked, right in e["curve"] if looked <= max(e["named"] * 1.3, 10)]
    curve = line_plot(
        "Effort: share right after looking at fields in the order presented",
        "fields looked at",
        "share of fields right",
        near,
        [t for t in (0.99, 0.999, 0.9999) if t >= e["start"]],
    )
    return (
        '<h2>Plots</h2><div class="plots">'
        + curve
        + reliability_plot(f"Reliability (ECE {c['ece']}, Brier {c['brier']})", [tuple(p) for p in c["points"]])
        + line_plot(
            "Risk and coverage: unflagged, confident readings first",
            "share of readings accepted",
            "share wrong (page)",
            s["risk_coverage"],
        )
        + lines_plot("Right against the text, by how hard damages struck (those below 98 %)", "rate", "share right", accuracy)
        + bar_plot("Silent errors against the page per 100,000 cells, by damage", "per 100,000 cells", bars)
        + f"</div><p>{e['fields']:,} fields, {e['start']:.3%} right before anybody looks; findings name {e['named']:,}. "
        + f"Fields to look at until so many are right — {escape(targets)}. Going on into fields that no finding names — "
        + f"{escape(beyond)}.</p>"
    )


def _findings(s: Mapping[str, Any]) -> str:
    codes: dict[tuple[str, str], list[int]] = {}
    for key, n in s["findings"].items():
        code, severity, kind = key.split("|")
        codes.setdefault((code, severity), [0, 0])[kind == "justified"] += n
    rows = [
        [code, severity, bad + good, good, _share(good / (bad + good))]
        for (code, severity), (bad, good) in sorted(codes.items())
    ]
    struck: dict[str, dict[str, int]] = {}
    for key, n in s["damages"].items():
        kind, outcome = key.split("|")
        struck.setdefault(kind, {})[outcome] = n
    events = []
    for kind, counts in struck.items():
        total, missed = sum(counts.values()), counts.get("missed", 0)
        events.append([kind, total, counts.get("found", 0), counts.get("info", 0), missed, _share(1 - missed / total)])
    places = []
    outcomes = ("named", "suspect", "first", "alone", "mended")
    for key, total in s["localisation"].items():
        table, many, kind = key.split("|")
        if kind == "wrong":
            shares = [_share(s["localisation"].get(f"{table}|{many}|{o}", 0) / total) for o in outcomes]
            places.append([table, many if many != "3" else "3 or more", total, *shares])
    deduced = [[k.replace("|", ", "), n] for k, n in s["deduced"].items()]
    return (
        "<h2>Findings</h2><h3>By code</h3>"
        + _table(["code", "severity", "findings", "justified", "precision"], rows)
        + "<h3>Damages that leave a trace: does a finding name a cell of it</h3>"
        + _table(["damage", "struck", "found", "by info only", "missed", "recall"], events)
        + "<h3>Wrong cells of requests and disputes: where the findings look for them</h3>"
        + _table(
            ["table", "in the document", "wrong cells", "named", "suspect", "first suspect", "only suspect", "mended"],
            places,
        )
        + "<h3>Deduced values and intervals</h3>"
        + _table(["", "count"], deduced)
    )


def _narrative(s: Mapping[str, Any]) -> str:
    fields: dict[str, dict[str, int]] = {}
    for group in ("header", "claims"):
        for key, n in s[group].items():
            name, outcome = key.split("|")
            fields.setdefault(f"{group}: {name}", {})[outcome] = n
    fields["figures"] = s["figures"]
    outcomes = ("right", "found", "wrong", "verdict", "missed", "spurious")
    rows = [[name, *[counts.get(o, 0) for o in outcomes]] for name, counts in fields.items()]
    return "<h2>Header and narrative</h2>" + _table(["", *outcomes], rows)


def _worst(s: Mapping[str, Any]) -> str:
    if not s["worst"]:
        return "<h2>Worst documents</h2><p>None has a wrong cell.</p>"
    links = []
    details = []
    for i, w in enumerate(s["worst"]):
        silent, page, wrong = w["badness"]
        links.append(
            f'<tr><td><a href="#w{i}">{escape(w["name"])}</a></td><td>{escape(w["layout"])}</td><td class=n>{silent}</td>'
            f"<td class=n>{page}</td><td class=n>{wrong}</td><td>{escape(', '.join(w['kinds']))}</td></tr>"
        )
        details.append(f'<h3 id="w{i}">{escape(w["name"])}</h3>' + _examples(w["examples"]))
    head = "<tr><th>document</th><th>layout</th><th>silent (text)</th><th>silent (page)</th><th>wrong</th><th>damages</th></tr>"
    return f'<h2>Worst documents</h2><div class="wide"><table>{head}{"".join(links)}</table></div>' + "".join(details)


def _examples(examples: Sequence[Mapping[str, Any]]) -> str:
    def place(text: str) -> str:
        return escape(text).replace("⟦", "<mark>").replace("⟧", "</mark>").replace("\n", "⏎")

    rows = []
    for e in examples:
        bad = " class=bad" if "silent" in e["text"] or "silent" in e["page"] else ""
        cells = (
            f"<code>{escape(e['cell'])}</code>",
            f"{escape(e['text'])}<br>{escape(e['page'])}",
            f"{escape(str(e['true']))}{' open' if e['open'] else ''}<br>page {escape(str(e['on_page']))}",
            f"{escape(str(e['read']))}<br>deduced {escape(str(e['deduced']))}",
            escape(", ".join(e["codes"])),
            escape(", ".join(e["damages"])),
            f"true: {place(e['true_place'])}<br>read: {place(e['read_place'])}",
        )
        rows.append(f"<tr{bad}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    head = ("cell", "text / page", "true", "read", "findings", "damage", "place")
    return f'<div class="wide"><table><tr>{"".join(f"<th>{h}</th>" for h in head)}</tr>{"".join(rows)}</table></div>'
