"""Reports held against each other as they come into the archive: the same findings as on all of them at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from extractor.archive.connecting import connect
from extractor.archive.decisions import add
from extractor.archive.history import put_units, update_history
from extractor.archive.outcome import between_reports
from extractor.archive.record import packed_record, packed_sentences, unpacked_record
from extractor.archive.schema import affected, documents, findings, records, sentences
from extractor.archive.settling import settle
from extractor.archive.store import writing
from extractor.decision import Decision
from extractor.documents.load import document_from_bytes
from extractor.pipeline import extract
from extractor.verification.across import MOST_OF_A_BODY, Record, check_across, record_of
from extractor.verification.copies import MOST_HOLDERS
from extractor.verification.finding import Finding
from tests.archive.filled import entry_with, filled, generated, put_entries

FORMS = {"disclosure": "2021", "requests": "2021"}
CELLS = ("requests.received.total", "requests.carried_in.total", "requests.carried_out.total", "requests.extra.1.total")
ISSUERS = ("云溪县水务局", "云溪县民政局", "云溪县人民政府", "教育局")
HOSTS = ("", "www.yunxi.gov.cn", "www.yunxi.gov.con", "www.yunxii.gov.cn")
PARENTS = {"云溪县水务局": "云溪县人民政府", "云溪县民政局": "云溪县人民政府"}


def sentence(number: int) -> bytes:
    return number.to_bytes(8, "big")


def made(
    number: int, issuer: str, year: int, values: Mapping[str, int] | None = None, host: str = "",
    having: Iterable[int] = (),
) -> Record:
    spans = {cell: (100 + 9 * at, 103 + 9 * at) for at, cell in enumerate(values or {})}
    return Record(
        f"sha256:{number:03d}", f"{number}.txt", issuer, year, FORMS, values or {}, spans, host, (5, 9) if host else None,
        frozenset(map(sentence, having)),
    )


def found_in(engine: Engine) -> dict[str, tuple[Finding, ...]]:
    """What the archive says now, by document."""
    with engine.connect() as connection:
        hashes = {row.id: row.hash for row in connection.execute(select(documents.c.id, documents.c.hash))}
        return {hashes[id_]: told for id_, told in between_reports(connection, hashes).items()}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive without anything in it."""
    path = tmp_path_factory.mktemp("empty") / "a.sqlite"
    connect(str(path)).dispose()
    return path


@st.composite
def arrivals(draw: st.DrawFn) -> list[list[Record]]:
    """Sets of reports as they come. A document that comes again was read anew, and may say anything."""
    report = st.builds(
        made, st.integers(0, 9), st.sampled_from(ISSUERS), st.integers(2021, 2023),
        st.dictionaries(st.sampled_from(CELLS), st.sampled_from([0, 1, 2, 5000])), st.sampled_from(HOSTS),
        st.sets(st.integers(0, 11), max_size=10),
    )
    return draw(st.lists(st.lists(report, max_size=6, unique_by=lambda r: r.document), min_size=1, max_size=4))


TOTAL = "requests.received.total"


@settings(max_examples=40, deadline=None)
@given(arrivals(), st.booleans())
@example(  # a report that had less than its units turns out to be a unit's own
    [
        [], [made(0, "云溪县水务局", 2021, {TOTAL: 1}), made(2, "云溪县人民政府", 2021, {TOTAL: 0})],
        [made(0, "云溪县水务局", 2021), made(2, "云溪县水务局", 2021)],
    ],
    True,
)
def test_in_steps_as_at_once(
    empty: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[list[Record]], units: bool
) -> None:
    engine = connect(str(shutil.copy(empty, tmp_path_factory.mktemp("steps"))))
    parents = PARENTS if units else {}
    now: dict[str, Record] = {}
    for number, step in enumerate(steps):
        if number == len(steps) // 2:
            with writing(engine) as connection, connection.begin():
                put_units(connection, parents)
        put_entries(engine, [entry_with(record) for record in step], f"configuration {number}")
        now |= {record.document: record for record in step}
        update_history(engine)
    assert found_in(engine) == check_across(now.values(), parents)
    engine.dispose()


def test_any_order_and_any_steps_with_more_reports_than_are_compared(new_archive: Callable[[], str]) -> None:
    random = Random(5)
    reports = [made(number, "教育局", 2020 + number % 4, {CELLS[0]: number % 3}) for number in range(MOST_OF_A_BODY + 20)]
    template = range(1000, 1012)
    reports += [
        made(500 + n, f"云溪县第{n}中学", 2020 + n % 2, having=[*template, *range(at := n // 2 * 7, at + 7)])
        for n in range(MOST_HOLDERS + 20)
    ]
    whole = check_across(reports)
    assert {"A-NAMESAKES", "A-BOILERPLATE", "A-COPIED"} <= {f.code for told in whole.values() for f in told}
    random.shuffle(reports)
    engine = connect(new_archive())
    while reports:
        size = random.choice([1, 40, 150])
        put_entries(engine, [entry_with(record) for record in reports[:size]])
        del reports[:size]
        update_history(engine)
    assert found_in(engine) == whole
    engine.dispose()


def test_a_name_and_a_sentence_become_rare_again(tmp_path: Path) -> None:
    engine = connect(str(tmp_path / "a.sqlite"))
    reports = [made(number, "教育局", 2020, {CELLS[0]: number % 2}) for number in range(MOST_OF_A_BODY + 1)]
    reports += [made(500 + number, f"第{number}中学", 2020, having=range(6)) for number in range(MOST_HOLDERS + 1)]
    put_entries(engine, [entry_with(record) for record in reports])
    update_history(engine)
    assert found_in(engine) == check_across(reports)
    reports[0], reports[-1] = replace(reports[0], issuer="民政局"), replace(reports[-1], sentences=frozenset())
    put_entries(engine, [entry_with(reports[0]), entry_with(reports[-1])], "another")
    update_history(engine)
    codes = {f.code for told in found_in(engine).values() for f in told}
    assert codes == {"A-TWICE", "A-COPIED"}
    assert found_in(engine) == check_across(reports)


def test_a_report_whose_body_is_unknown_now_is_compared_with_nothing(tmp_path: Path) -> None:
    engine = connect(str(tmp_path / "a.sqlite"))
    one, other = (made(number, "云溪县水务局", 2020, {CELLS[0]: number}, having=range(8)) for number in (1, 2))
    put_entries(engine, [entry_with(one), entry_with(other)])
    assert update_history(engine).changed == 2
    put_entries(engine, [entry_with(None, other.document)], "another")
    update_history(engine)
    assert found_in(engine) == {}
    with engine.connect() as connection:
        left = connection.execute(select(records.c.document_id).distinct()).scalars().all()
        assert connection.execute(select(sentences.c.document_id).distinct()).scalars().all() == left
        assert len(left) == 1


def test_what_was_answered_stays_answered_until_it_says_something_else(tmp_path: Path) -> None:
    engine = connect(str(tmp_path / "a.sqlite"))
    before, now = made(1, "云溪县水务局", 2021, {CELLS[2]: 4}), made(2, "云溪县水务局", 2022, {CELLS[1]: 3})
    put_entries(engine, [entry_with(before), entry_with(now)])
    update_history(engine)
    with writing(engine) as connection, connection.begin():
        row = connection.execute(select(findings)).one()
        said = Decision(0, row.document_id, row.version_id, 0.0, "li", "dismissed", "one", finding=row.key, code=row.code)
        add(connection, [said])
        settle(connection, row.document_id)
    again = [entry_with(now), entry_with(made(3, "云溪县水务局", 2023, {CELLS[0]: 1}))]
    put_entries(engine, again, "another")
    update_history(engine)
    state = select(findings.c.state, findings.c.version_id == documents.c.version_id)
    with engine.connect() as connection:
        joined = state.join(documents, documents.c.id == findings.c.document_id)
        assert connection.execute(joined).all() == [("dismissed", True)]
    put_entries(engine, [entry_with(replace(before, values={CELLS[2]: 5}))], "third")
    update_history(engine)
    with engine.connect() as connection:
        assert connection.execute(select(findings.c.state)).all() == [("open",)]


def test_an_update_is_done_once(tmp_path: Path) -> None:
    engine = filled(str(tmp_path / "a.sqlite"), generated(12))
    first = update_history(engine)
    assert first.taken == first.records > 8
    again = update_history(engine)
    assert (again.taken, again.changed, again.records) == (0, 0, first.records)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(affected)).scalar() == 0


def test_a_record_comes_back_as_it_was() -> None:
    for name, text in generated(12):
        document = document_from_bytes(text.encode(), name)
        record = record_of(document, *extract(document))
        if record is not None:
            packed = packed_record(record)
            assert unpacked_record(packed, packed_sentences(record)) == record
            assert len(packed) < 1500
