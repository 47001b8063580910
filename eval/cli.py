"""The commands `extractor eval …`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("eval")
def eval_group() -> None:
    """Measure readers and the verifier: data sets with truth, runs, comparison, a gate."""


def _stop(message: str) -> NoReturn:
    """The call is wrong: one line on standard error, exit status 2."""
    click.echo(message, err=True)
    sys.exit(2)


def _processes(asked: int) -> int:
    return asked or os.cpu_count() or 1


@eval_group.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--mix", default="default", show_default=True, help="Mix of damages.")
@click.option("--count", default=20, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True)
@click.option("--layout", default="", help="Only this layout of tables.")
def generate(out: Path, mix: str, count: int, seed: int, layout: str) -> None:
    """Write generated reports and their truth into OUT, as NAME.txt and NAME.json."""
    from extractor.eval.datasets import GeneratedSet, written

    _known(mix, layout)
    written(GeneratedSet(mix, count, seed, layout), out)
    click.echo(f"{count} → {out}")


def _known(mix: str, layout: str) -> None:
    from extractor.eval.damages import MIXES
    from extractor.eval.style import LAYOUTS

    if mix not in MIXES:
        _stop(f"no mix {mix}; there are: {', '.join(MIXES)}")
    if layout and layout not in LAYOUTS:
        _stop(f"no layout {layout}; there are: {', '.join(LAYOUTS)}")


@eval_group.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--wear", "wears", multiple=True, help="Only this wear (several times: these); default: all.")
@click.option("--dpi", default=200, show_default=True, type=click.IntRange(72, 600))
@click.option("--count", default=5, show_default=True, type=click.IntRange(1), help="Reports; each comes once for each wear.")
@click.option("--seed", default=1, show_default=True)
@click.option("--mix", default="clean", show_default=True, help="Mix that the numbers are drawn by; no damage is done.")
def pages(out: Path, wears: tuple[str, ...], dpi: int, count: int, seed: int, mix: str) -> None:
    """Write generated reports as scans into OUT, with their truth: NAME.tif and NAME.json, to be read by run --documents."""
    from extractor.eval.pages.printing import NoBrowserError
    from extractor.eval.pages.wears import WEARS
    from extractor.eval.pages.writing import write_pages

    _known(mix, "")
    for wear in wears:
        if wear not in WEARS:
            _stop(f"no wear {wear}; there are: {', '.join(WEARS)}")
    try:
        names = list(write_pages(out, wears or tuple(WEARS), dpi, count, seed, mix))
    except NoBrowserError as error:
        _stop(str(error))
    click.echo(f"{len(names)} → {out}")


@eval_group.command()
@click.argument("sources", type=FOLDER)
@click.argument("out", type=FOLDER)
def samples(sources: Path, out: Path) -> None:
    """Build the sample reports and their truth out of the TOML files in SOURCES, into OUT."""
    from extractor.eval.samples import build_all

    try:
        click.echo("\n".join(build_all(sources, out)))
    except (KeyError, ValueError) as error:
        _stop(f"{sources}: {error}")


@eval_group.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--mix", default="default", show_default=True, help="Mix of damages for generated reports.")
@click.option("--count", default=1000, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True)
@click.option("--layout", default="", help="Only this layout of tables.")
@click.option("--documents", type=FOLDER, help="Read documents from here instead of generating them.")
@click.option("--truth", type=FOLDER, help="Truth files for --documents; default: the same folder.")
@click.option("--reader", "reader_name", default="grid", show_default=True, help="grid, or package.module:function.")
@click.option("--processes", default=0, help="Default: one per core.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def run(folder: Path, mix: str, count: int, seed: int, layout: str, documents: Path | None, truth: Path | None,
        reader_name: str, processes: int, quiet: bool) -> None:
    """Run a reader over a data set into FOLDER, or go on with a run that was stopped there."""
    from extractor.eval import runs
    from extractor.eval.datasets import DataSet, FolderSet, GeneratedSet
    from extractor.eval.readers import UnknownReaderError
    from extractor.eval.report_page import report_page
    from extractor.eval.summary import summarise

    _known(mix, layout)
    dataset: DataSet = GeneratedSet(mix, count, seed, layout)
    if documents:
        dataset = FolderSet(documents, truth or documents)
        if not dataset.names():
            _stop(f"no document in {documents} has a truth in {truth or documents}")
    try:
        lines = runs.run(dataset, reader_name, folder, _processes(processes), quiet)
    except runs.RunMismatchError:
        _stop(f"{folder} holds a run of other settings; choose another folder")
    except UnknownReaderError as error:
        _stop(str(error))
    summary = summarise(lines)
    (folder / "metrics.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (folder / "report.html").write_text(report_page(folder.name, _settings(folder), summary), "utf-8")
    _print(summary)
    click.echo(f"→ {folder / 'report.html'}")


def _settings(folder: Path) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads((folder / "settings.json").read_text("utf-8"))
    return settings


def _print(summary: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from extractor.eval.metrics import METRICS

    table = Table(title=f"{summary['documents']:,} documents, {summary['cells']:,} cells", title_justify="left")
    for name in ("", "value", "95 %", "count"):
        table.add_column(name, justify="left" if not name else "right")
    for metric in METRICS:
        e = summary["metrics"][metric.key]
        shown = [f"{e[k]:.6g}" if e[k] is not None else "—" for k in ("value", "low", "high")]
        table.add_row(metric.title, shown[0], f"{shown[1]} – {shown[2]}", f"{e['count']:g} / {e['of']:g}")
    Console().print(table)
    time = summary["time"]
    click.echo(f"{time['mean_ms']} ms per report, 99 % within {time['p99_ms']} ms; failures: {len(summary['failures'])}")


@eval_group.command()
@click.argument("folder", type=FOLDER)
@click.option("--out", type=FILE, help="Default: report.html in the folder.")
def report(folder: Path, out: Path | None) -> None:
    """Write the report page of the run in FOLDER again."""
    from extractor.eval.report_page import report_page
    from extractor.eval.runs import lines_of
    from extractor.eval.summary import summarise

    lines = lines_of(folder)
    if not lines:
        _stop(f"no run in {folder}")
    target = out or folder / "report.html"
    target.write_text(report_page(folder.name, _settings(folder), summarise(lines)), "utf-8")
    click.echo(str(target))


@eval_group.command()
@click.argument("folders", type=FOLDER, nargs=-1, required=True)
def figures(folders: tuple[Path, ...]) -> None:
    """Print the figures of the runs in FOLDERS as Markdown, and the silent errors of the first by damage."""
    from extractor.eval.markdown import figures as figures_of
    from extractor.eval.markdown import silent_by_damage
    from extractor.eval.runs import lines_of
    from extractor.eval.summary import summarise

    summaries = {}
    for folder in folders:
        lines = lines_of(folder)
        if not lines:
            _stop(f"no run in {folder}")
        summaries[folder.name] = summarise(lines)
    click.echo(figures_of(summaries))
    click.echo("\n" + silent_by_damage(next(iter(summaries.values()))))


@eval_group.command()
@click.argument("before", type=FOLDER)
@click.argument("after", type=FOLDER)
def compare(before: Path, after: Path) -> None:
    """Compare the runs in two folders, metric by metric."""
    from extractor.eval.compare import Counts
    from extractor.eval.compare import compare as compare_counts
    from extractor.eval.metrics import arrays
    from extractor.eval.runs import lines_of

    counts = []
    for folder in (before, after):
        lines = lines_of(folder)
        if not lines:
            _stop(f"no run in {folder}")
        counts.append(Counts(tuple(line["name"] for line in lines), *arrays(lines)))
    paired, differences = compare_counts(counts[0], counts[1])
    _print_differences(paired, differences, f"{before} → {after}")


def _print_differences(paired: bool, differences: Any, title: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{title} ({'paired by document' if paired else 'two samples'})", title_justify="left")
    for name in ("", "before", "after", "difference", "interval", ""):
        table.add_column(name, justify="left" if not name else "right")
    colours = {"better": "green", "worse": "bold red"}
    for d in differences:
        colour = colours.get(d.verdict, "dim")
        table.add_row(d.metric.title, f"{d.before:.6g}", f"{d.after:.6g}", f"{d.delta:+.3g}", f"{d.low:+.3g} – {d.high:+.3g}",
                      f"[{colour}]{d.verdict}[/{colour}]")
    Console().print(table)


@eval_group.command()
@click.option("--baseline", required=True, type=FILE, help="The baseline file that was committed.")
@click.option("--reader", "reader_name", default="", help="Default: the baseline's.")
@click.option("--seed", type=int, help="Draw other documents than the baseline's; compared as two samples.")
@click.option("--processes", default=0, help="Default: one per core.")
@click.option("--write", is_flag=True, help="Make the baseline instead of judging by it.")
@click.option("--count", default=300, show_default=True, help="With --write: damaged reports; half as many undamaged ones.")
def gate(baseline: Path, reader_name: str, seed: int | None, processes: int, write: bool, count: int) -> None:
    """Measure on the baseline's data sets; exit status 1 where something got worse beyond chance."""
    from extractor.eval import gate as gates
    from extractor.eval.datasets import GeneratedSet

    if write:
        sets = (GeneratedSet("default", count, seed or 11), GeneratedSet("clean", count // 2, seed or 11))
        name = reader_name or "grid"
        gates.write_baseline(baseline, gates.baseline_json(name, sets, gates.measure(name, sets, _processes(processes))))
        click.echo(str(baseline))
        return
    try:
        base = gates.read_baseline(baseline)
    except (OSError, ValueError) as error:
        _stop(str(error))
    drawn = [d if seed is None else GeneratedSet(d.mix, d.count, seed, d.layout) for d in base.datasets]
    judgement = gates.judge(base, gates.measure(reader_name or base.reader, drawn, _processes(processes)))
    _print_differences(judgement.paired, judgement.differences, str(baseline))
    for name in judgement.broken:
        click.echo(f"silent error on an undamaged report: {name}")
    for name in judgement.failed[:10]:
        click.echo(f"the reader failed on: {name}")
    if not judgement.passes:
        click.echo("worse: " + ("; ".join(d.metric.title for d in judgement.worse) or "undamaged reports"))
        sys.exit(1)
    click.echo("nothing got worse beyond chance")
