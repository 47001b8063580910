"""The command line. Exit status: 0 read, with findings or not · 2 the call is wrong · 3 a file can't be read or is no report.

Each command imports what it needs when it runs, so that `extractor --help` is there at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from extractor import __version__

if TYPE_CHECKING:
    from rich.console import Console
    from sqlalchemy import Engine

    from extractor.documents import Document
    from extractor.presenting.sheet import Language
    from extractor.report import Report
    from extractor.several import Read
    from extractor.verification.finding import Verification

UNREAD = 3
_PIPED_WIDTH = 120


def main() -> None:
    """Entry point of `extractor` and `python -m extractor`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character gets a question mark, not a traceback
    cli(prog_name="extractor")


def _language(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--lang", "language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of the output."
    )(command)


def _mode(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option(
        "--deep", is_flag=True,
        help="Where more than three numbers of a table are wrong, look which by an integer programme (extra milp; slower).",
    )(command)
    return click.option(
        "--mode", type=click.Choice(["grid", "model", "cascade", "challenge"]),
        help="Who reads: the rules alone, a language model, rules first, or both compared. Default: cascade where "
        "EXTRACTOR_MODEL is set, else grid.",
    )(command)


def _second_look(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--second-look", is_flag=True,
        help="Show the doubtful cells of scans, one by one, to the model that EXTRACTOR_VISION_MODEL names.",
    )(command)


@contextmanager
def _verifier(mode: str | None, deep: bool, twice: bool = False) -> Iterator[Read]:
    """What reads a document in this mode, and verifies it, with a second look at scans where `twice` asks for it, and with the
    integer programme where `deep` does."""
    from extractor.messages import text
    from extractor.verification.programme import available
    from extractor.verification.verify import verify

    if deep and not available():
        raise click.UsageError(text("E-NO-MILP", {}, "en"))
    with _reader(mode) as first, _looking(first, twice) as read:
        if not deep:
            yield read
            return

        def deeply(document: Document) -> tuple[Report, Verification]:
            report = read(document)[0]
            return report, verify(report, deep=True)

        yield deeply


@contextmanager
def _looking(read: Read, twice: bool) -> Iterator[Read]:
    """What reads as `read` does and looks again, where `twice` asks for it."""
    if not twice:
        yield read
        return
    from extractor.messages import text

    try:
        from extractor.llm.settings import SettingsError
        from extractor.looking import second_look, vision_model
    except ModuleNotFoundError as missing:
        raise click.UsageError(text("E-NO-MODEL-PACKAGES", {"package": missing.name}, "en")) from None
    with ExitStack() as opened:
        try:
            looking = opened.enter_context(second_look(read, vision_model()))
        except SettingsError as error:
            raise click.UsageError(text("E-MODEL-SETTING", {"setting": error}, "en")) from None
        yield looking


@contextmanager
def _reader(mode: str | None) -> Iterator[Read]:
    """What reads and verifies a document in this mode, with the models that the environment names."""
    from extractor.messages import text
    from extractor.pipeline import extract as with_rules

    if mode == "grid" or (mode is None and not os.environ.get("EXTRACTOR_MODEL")):
        yield with_rules
        return
    try:
        from extractor.asking import models, reader
    except ModuleNotFoundError as missing:
        raise click.UsageError(text("E-NO-MODEL-PACKAGES", {"package": missing.name}, "en")) from None
    from extractor.llm.settings import SettingsError

    try:
        settings = models()
    except SettingsError as error:
        raise click.UsageError(text("E-MODEL-SETTING", {"setting": error}, "en")) from None
    if not settings:
        raise click.UsageError(text("E-MODEL-SETTING", {"setting": "EXTRACTOR_MODEL"}, "en"))
    with ExitStack() as opened:
        try:
            read = opened.enter_context(reader(mode or "cascade", settings))  # type: ignore[arg-type]
        except SettingsError as error:
            raise click.UsageError(text("E-MODEL-SETTING", {"setting": error}, "en")) from None
        yield read


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def cli() -> None:
    """Read Chinese annual reports on government information disclosure into checked, traceable fields.

    政府信息公开工作年度报告：读取、核查、逐数溯源。
    """


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per file, each on one line, and nothing else.")
@click.option("--out", type=click.Path(path_type=Path), help="Write NAME.json for each file, and summary.csv, into a folder.")
@click.option("--pages", is_flag=True, help="With --out: also an HTML page for each report, and index.html.")
@_mode
@_second_look
@_language
def extract(
    files: tuple[Path, ...], as_json: bool, out: Path | None, pages: bool, mode: str | None, deep: bool, second_look: bool,
    language: Language,
) -> None:
    """Read reports. 读取报告。

    Without --json or --out, print a summary. A file that can't be read gives one line on standard error; the others go on.
    """
    if as_json and out is not None:
        raise click.UsageError("--json prints and --out writes: use one of them")
    if pages and out is None:
        raise click.UsageError("--pages needs --out DIR")
    with _verifier(mode, deep, second_look) as read:
        if as_json:
            failed = _print_json(files, read)
        else:
            try:
                failed = _summarise(files, read, out, pages, language)
            except OSError as error:
                raise click.UsageError(f"can't write to {out}: {error.strerror}") from None
    if failed:
        sys.exit(UNREAD)


def _print_json(files: Sequence[Path], read: Read) -> bool:
    """Whether any file failed."""
    from extractor.output import dumps, to_json_object
    from extractor.several import Extracted, extract_files

    out = sys.stdout.buffer
    failed = False
    with _progress(files, quiet=out.isatty()) as step:
        for result in extract_files(files, read):
            if isinstance(result, Extracted):
                out.write(dumps(to_json_object(result.document, result.report, result.verification)) + b"\n")
                out.flush()
            else:
                failed = True
                click.echo(str(result), err=True)
            step()
    return failed


def _summarise(files: Sequence[Path], read: Read, out: Path | None, pages: bool, language: Language) -> bool:
    """Print the summary, and write the results where a folder is given. Whether any file failed. Raises OSError."""
    from extractor.output import dumps, to_json_object
    from extractor.presenting.page import page
    from extractor.presenting.summary import entry, failure, print_summary, summary_csv, summary_page
    from extractor.presenting.wording import word
    from extractor.several import Extracted, extract_files, named

    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    entries = []
    with _progress(files) as step:
        for name, result in named(extract_files(files, read)):
            step()
            if not isinstance(result, Extracted):
                click.echo(str(result), err=True)
                entries.append(failure(result, language))
                continue
            document, report, verification = result.document, result.report, result.verification
            entries.append(entry(document.source, name, report, verification))
            if out is not None:
                (out / f"{name}.json").write_bytes(dumps(to_json_object(document, report, verification)) + b"\n")
                if pages:
                    (out / f"{name}.html").write_text(page(document, report, verification, language), "utf-8")
    console = _console()
    print_summary(console, entries, language)
    if out is not None:
        (out / "summary.csv").write_text(summary_csv(entries), "utf-8-sig")  # with the mark, spreadsheets read it as UTF-8
        to_open = [out / "summary.csv"]
        if pages:
            (out / "index.html").write_text(summary_page(entries, language), "utf-8")
            to_open.insert(0, out / "index.html")
        console.print(word("W-OPEN-FIRST", language, files=" ".join(map(str, to_open))), markup=False, soft_wrap=True)
    return any(e.failure for e in entries)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@_mode
@_language
def show(file: Path, mode: str | None, deep: bool, language: Language) -> None:
    """Show a report as its statutory form. 按法定格式显示报告与核查结果。"""
    from extractor.documents.unreadable import UnreadableError
    from extractor.presenting.terminal import show as show_report
    from extractor.several import extract_file

    try:
        with _verifier(mode, deep) as read:
            result = extract_file(file, read)
    except UnreadableError as error:
        click.echo(str(error), err=True)
        sys.exit(UNREAD)
    show_report(_console(), result.document, result.report, result.verification, language)


@cli.command()
@click.argument("paths", nargs=-1, metavar="FILE|FOLDER...", type=click.Path(path_type=Path))
@click.option("--archive", metavar="URL", help="The reports of this archive instead of files; findings are kept in it.")
@click.option("--units", type=click.Path(path_type=Path), help="CSV with the columns unit and parent: who belongs to whom.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object per report with findings, each on one line.")
@_language
def across(paths: tuple[Path, ...], archive: str | None, units: Path | None, as_json: bool, language: Language) -> None:
    """Hold reports against each other: other years, other bodies. 跨报告核对。

    With --archive, only what is new since the last time is compared; the units stay known, and --units replaces them.
    """
    from extractor.comparing import UnitsError, compare, files_in, read_units
    from extractor.output import dumps, finding_object
    from extractor.presenting.terminal import show_compared
    from extractor.presenting.wording import word

    try:
        parents = read_units(units) if units is not None else {}
    except UnitsError as error:
        raise click.UsageError(str(error)) from None
    if (archive is None) == (not paths):
        raise click.UsageError("files or --archive are wanted, one of them")
    if archive is not None:
        _across_archive(archive, None if units is None else parents, as_json, language)
        return
    compared = compare(list(files_in(paths)), parents)
    for failure in compared.failures:
        click.echo(str(failure), err=True)
    for source in compared.unplaced:
        click.echo(f"{source}: {word('W-UNPLACED', language)}", err=True)
    if as_json:
        for id_, source, findings in compared.found:
            line = {"document": {"id": id_, "source": source}, "findings": [finding_object(f) for f in findings]}
            sys.stdout.buffer.write(dumps(line) + b"\n")
    else:
        show_compared(_console(), compared, language)
    if compared.failures:
        sys.exit(UNREAD)


def _across_archive(archive: str, parents: Mapping[str, str] | None, as_json: bool, language: Language) -> None:
    with _opened(archive) as engine:
        from extractor.archive.history import found_between, put_units, update_history
        from extractor.archive.store import writing
        from extractor.output import dumps, finding_object
        from extractor.presenting.wording import word

        if parents is not None:
            with writing(engine) as connection, connection.begin():
                put_units(connection, parents)
        updated = update_history(engine)
        if as_json:
            for id_, source, findings in found_between(engine):
                line = {"document": {"id": id_, "source": source}, "findings": [finding_object(f) for f in findings]}
                sys.stdout.buffer.write(dumps(line) + b"\n")
        said = word("W-HISTORY", language, reports=updated.records, taken=updated.taken, changed=updated.changed)
        click.echo(said, err=as_json)


@cli.command()
@click.argument("sources", nargs=-1, metavar="SOURCE...")
@click.option("--list", "lists", multiple=True, metavar="FILE", help="A file with one source on each line; as is @FILE.")
@click.option("--archive", required=True, metavar="URL", help="A file (SQLite), or postgresql://…")
@_mode
@click.option("--workers", type=click.IntRange(1), help="Processes that read. Default: one per core.")
@click.option("--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True, help="Who does the work.")
@click.option("--address", metavar="HOST:PORT", help="With --engine ray: the cluster. Default: RAY_ADDRESS, or this machine's.")
@click.option("--concurrency", type=click.IntRange(1), help="Questions to the model at once, at most.")
@click.option("--rpm", type=click.IntRange(1), help="Requests per minute, at most.")
@click.option("--tpm", type=click.IntRange(1), help="Tokens per minute, at most.")
@click.option("--budget", metavar="AMOUNT", help="Stop at this much money (12.50), or at so many tokens (2000000t).")
@click.option("--estimate", is_flag=True, help="Estimate documents, tokens, money and time from a sample, and stop.")
@click.option("--dry-run", is_flag=True, help="Print what would be read, and stop.")
@click.option("--retry-failed", is_flag=True, help="Read again what failed before.")
@click.option("--keep-pages", is_flag=True, help="Keep images of the pages in the archive, not only where the files are.")
@_second_look
@_language
def run(language: Language, **options: Any) -> None:
    """Read many reports into an archive. 批量读取，存入档案库。

    SOURCE: files, folders, globs, @lists, buckets (s3://…). Run again to go on where a run was stopped.
    Exit status: 0 all read, 1 some failed, 2 the call is wrong, 3 broken off or nothing read, 4 stopped before the end.
    """
    from extractor.bulk.command import main

    sys.exit(main(options, _console(), language))


@cli.group()
def batch() -> None:
    """Ask through a provider's batch files: later, and for less. 批处理文件。

    prepare writes them, submit sends them, collect takes the answers into the archive; `extractor run` then makes no call.
    Exit status: 0 done, 2 the call is wrong, 3 broken off (say it again), 4 still at work at the provider.
    """


def _archive(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--archive", required=True, metavar="URL", help="A file (SQLite), or postgresql://…")(command)


def _batch_command(name: str, words: str) -> None:
    """A command that takes an archive alone; `extractor.bulk.batch.command` has it under the same name."""

    @batch.command(name, help=words)
    @_archive
    @_language
    def command(archive: str, language: Language) -> None:
        done = {"submit": "submitting", "status": "telling", "collect": "collecting"}[name]
        sys.exit(getattr(_batch_commands(), done)(archive, _console(), language))


def _batch_commands() -> Any:
    from extractor.messages import text

    try:
        from extractor.bulk.batch import command
    except ModuleNotFoundError as missing:
        raise click.UsageError(text("E-NO-MODEL-PACKAGES", {"package": missing.name}, "en")) from None
    return command


@batch.command("prepare")
@click.argument("sources", nargs=-1, metavar="SOURCE...")
@click.option("--list", "lists", multiple=True, metavar="FILE", help="A file with one source on each line; as is @FILE.")
@_archive
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), default="batch-files", show_default=True,
    help="For the files.",
)
@_mode
@click.option("--workers", type=click.IntRange(1), help="Processes that read. Default: one per core.")
@_language
def batch_prepare(folder: Path, language: Language, **options: Any) -> None:
    """Write the questions that have no answer into files. 写出批处理文件。"""
    sys.exit(_batch_commands().preparing(options, folder, _console(), language))


_batch_command("submit", "Send the files that were prepared. 提交。")
_batch_command("status", "How the files stand. 查看状态。")
_batch_command("collect", "Take the answers into the archive. 取回答案。")


@cli.command()
@click.option("--archive", required=True, metavar="URL", help="A file (SQLite), or postgresql://…")
@click.option("--to", required=True, type=click.Path(path_type=Path), help="A folder; a file for jsonl, sqlite, NAME.xlsx.")
@click.option(
    "--format", "as_", required=True, type=click.Choice(["parquet", "csv", "xlsx", "jsonl", "sqlite", "package"]),
    help="package: a Frictionless data package of CSV files.",
)
@click.option("--year", "years", multiple=True, type=int, help="Only reports on this year; may be said several times.")
@click.option("--issuer", "issuers", multiple=True, metavar="NAME", help="Only of this body; NAME*: of all that begin so.")
@click.option("--form", "forms_", multiple=True, metavar="FORM", help="Only in this form.")
@click.option(
    "--layer", type=click.Choice(["printed", "deduced", "decided"]), default="printed", show_default=True,
    help="Values in the table with a row per report: printed; else deduced; or decided, else printed, else deduced.",
)
@click.option("--bom", is_flag=True, help="CSV with a byte order mark, by which spreadsheets know UTF-8.")
@click.option("--overwrite", is_flag=True, help="Replace files that are there.")
@_language
def export(
    archive: str, to: Path, as_: str, years: tuple[int, ...], issuers: tuple[str, ...], forms_: tuple[str, ...], layer: str,
    bom: bool, overwrite: bool, language: Language,
) -> None:
    """Write the archive as a data set. 导出数据集。"""
    try:
        from extractor.export.command import Wanted
        from extractor.export.command import export as write
        from extractor.export.items import Filter
        from extractor.export.target import TargetError
        from extractor.presenting.wording import word

        wanted = Wanted(to, as_, Filter(years, issuers, forms_), layer, bom, overwrite, language)  # type: ignore[arg-type]
        with _opened(archive) as engine, _advancing() as tell:
            done = write(engine, wanted, tell)
    except ModuleNotFoundError as missing:
        raise click.UsageError(f"{missing.name} is missing: pip install 'extractor[archive,export]'") from None
    except TargetError as error:
        raise click.UsageError(str(error)) from None
    click.echo(word("W-EXPORTED", language, reports=done.reports, to=to), err=True)
    if not done.reports:
        click.echo(word("W-EXPORTED-NOTHING", language), err=True)
    if done.unfit:
        click.echo(word("W-UNFIT", language, count=done.unfit), err=True)


@cli.command()
@click.option("--archive", required=True, metavar="URL", help="A file (SQLite), or postgresql://…")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page with plots.")
@click.option("--failures", is_flag=True, help="List the files that gave no report instead, with the reasons.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object; with --failures one for each file.")
@_language
def stats(archive: str, html: Path | None, failures: bool, as_json: bool, language: Language) -> None:
    """Say what is in the archive. 数据库概况。"""
    if failures:
        _list_failures(archive, as_json, language)
        return
    with _opened(archive) as engine:
        from extractor.archive.statistics import statistics
        from extractor.presenting.statistics import show_statistics, statistics_page

        with engine.connect() as connection:
            found = statistics(connection)
    if html is not None:
        try:
            html.write_text(statistics_page(found, language), "utf-8")
        except OSError as error:
            raise click.UsageError(f"can't write to {html}: {error.strerror}") from None
    if as_json:
        from dataclasses import asdict

        _print_as_json(asdict(found))
    else:
        show_statistics(_console(), found, language)


def _list_failures(archive: str, as_json: bool, language: Language) -> None:
    with _opened(archive) as engine, engine.connect() as connection:
        from extractor.archive.failed import failed
        from extractor.output import dumps
        from extractor.presenting.wording import printable

        for one in failed(connection):
            if as_json:
                message = {"zh": one.message("zh"), "en": one.message("en")}
                click.echo(dumps({"location": one.location, "code": one.code, "message": message}))
            else:
                click.echo(printable(f"{one.location}: {one.message(language)}").replace("\n", "\ufffd"))


@contextmanager
def _opened(where: str) -> Iterator[Engine]:
    """An archive that is there already."""
    try:
        from extractor.archive.connecting import ArchiveError, connect
    except ModuleNotFoundError as missing:
        raise click.UsageError(f"{missing.name} is missing: pip install 'extractor[archive]'") from None
    try:
        engine = connect(where, create=False)
    except ArchiveError as error:
        raise click.UsageError(str(error)) from None
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _advancing() -> Iterator[Callable[[int], None]]:
    """A function to call with how many are done: a count on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

    with Progress(MofNCompleteColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda number: bar.update(task, completed=number)


@cli.command()
def forms() -> None:
    """List the statutory forms. 列出法定格式。"""
    from rich import box
    from rich.table import Table

    from extractor.forms.form import forms as all_forms

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("form", "reports on", "by", "tables", "cells", "identities"):
        table.add_column(title, justify="right" if title in ("cells", "identities") else "left")
    for form in all_forms():
        years = f"{form.first_year}–{form.last_year or ''}"
        tables = ", ".join(f"{t.key} ({len(t.rows)} rows)" for t in form.tables)
        table.add_row(form.code, years, form.authority, tables, str(len(form.cell_ids)), str(len(form.identities)))
    _console().print(table)


@cli.command()
@click.option("--format", "as_", type=click.Choice(["table", "json", "markdown", "csv"]), default="table", show_default=True)
def codebook(as_: str) -> None:
    """Print the codebook of variables. 输出变量编码手册。"""
    from extractor.forms.codebook import as_csv, as_json, as_markdown, as_table

    if as_ == "table":
        _console().print(as_table())
    elif as_ == "json":
        _print_as_json(as_json())
    else:
        click.echo(as_markdown() if as_ == "markdown" else as_csv(), nl=False)


@cli.command()
@click.option("--format", "as_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@_language
def edits(as_: str, language: Language) -> None:
    """List the edits that reports are held to. 列出全部核查规则。"""
    from extractor.verification.register import as_json, as_table

    if as_ == "json":
        _print_as_json(as_json())
    else:
        _console().print(as_table(language))


@cli.command()
def schema() -> None:
    """Print the JSON Schema of the output. 输出结果的 JSON Schema。"""
    from extractor.output_schema import json_schema

    _print_as_json(json_schema())


@cli.command("eval", add_help_option=False, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def evaluate(arguments: tuple[str, ...]) -> None:
    """Measure readers on reports whose truth is known. 评测。"""
    from extractor.eval.cli import eval_group

    eval_group.main(list(arguments), prog_name="extractor eval")


def _of_the_review(name: str, words: str) -> None:
    """A command whose options are read by `extractor.review.cli`, which is slow to import."""

    @cli.command(name, help=words, add_help_option=False, context_settings={"ignore_unknown_options": True})
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def command(arguments: tuple[str, ...]) -> None:
        from extractor.messages import text

        try:
            from extractor.review import cli as review
        except ModuleNotFoundError as missing:
            raise click.UsageError(text("E-NO-REVIEW-PACKAGES", {"package": missing.name}, "en")) from None
        commands = {"review": review.review, "serve": review.serve, "user": review.user}
        commands[name].main(list(arguments), prog_name=f"extractor {name}")


_of_the_review("review", "Decide what is in doubt, alone, in a browser on this machine. 审核存疑之处。")
_of_the_review("serve", "Serve reviewers who have accounts, and the API. 供多人审核。")
_of_the_review("user", "Accounts of reviewers. 审核账号。")


def _print_as_json(value: object) -> None:
    import orjson

    how = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    sys.stdout.buffer.write(orjson.dumps(value, option=how))


def _console() -> Console:
    from rich.console import Console

    console = Console(highlight=False)
    known = console.is_terminal or "COLUMNS" in os.environ
    return console if known else Console(highlight=False, width=_PIPED_WIDTH)


@contextmanager
def _progress(files: Sequence[Path], quiet: bool = False) -> Iterator[Callable[[], None]]:
    """A function to call after each file. A bar on standard error, if that is a terminal and there are several files."""
    if quiet or len(files) < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(files))
        yield lambda: bar.advance(task)
