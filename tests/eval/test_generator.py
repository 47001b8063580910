"""The generator: same seed, same bytes; spans that point at what they say; identities that hold; damages on record."""

import hashlib
import subprocess
import sys

import pytest

from extractor.eval.damages import DAMAGES
from extractor.eval.generate import generate
from extractor.eval.style import LAYOUTS
from extractor.eval.truth import same
from extractor.forms import form
from extractor.report import State


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_printed_cell_stands_at_its_span(layout: str) -> None:
    for number in range(12):
        sample = generate(5, "default", number, layout)
        for cell, truth in sample.truth.cells.items():
            if truth.state is State.PRINTED:
                assert truth.span is not None, (sample.name, cell)
                raw = sample.text[slice(*truth.span)]
                assert raw == raw.strip() != "", (sample.name, cell, raw)
            if truth.state in (State.BLANK, State.ABSENT):
                assert truth.span is None
                assert truth.value is None


@pytest.mark.parametrize("layout", LAYOUTS)
def test_undamaged_plain_numbers_read_back_at_their_span(layout: str) -> None:
    for number in range(8):
        sample = generate(6, "clean", number, layout)
        for truth in sample.truth.cells.values():
            if truth.span is not None and truth.state is State.PRINTED:
                raw = sample.text[slice(*truth.span)]
                if raw.isascii() and raw.isdecimal():
                    assert same(truth.value, raw)
                    assert truth.value == truth.page_value


@pytest.mark.parametrize("layout", LAYOUTS)
def test_figures_and_header_stand_at_their_spans(layout: str) -> None:
    for number in range(6):
        sample = generate(7, "clean", number, layout)
        for figure in sample.truth.figures:
            assert figure.span is not None
            raw = sample.text[slice(*figure.span)]
            if raw.isascii():
                assert same(figure.value, raw)
        for key in ("issuer", "phone", "email", "postcode", "website"):
            if key in sample.truth.header:
                field = sample.truth.header[key]
                assert field.span is not None
                assert sample.text[slice(*field.span)] == field.value


@pytest.mark.parametrize("mix", ["clean", "dense", "default"])
def test_what_the_bodies_meant_satisfies_all_identities(mix: str) -> None:
    for number in range(25):
        truth = generate(8, mix, number).truth
        for table, code in truth.tables.items():
            for identity in form(code).identities:
                if identity.cells[0].startswith(table + "."):
                    sides = [sum(int(truth.cells[c].meant or 0) for c in side) for side in (identity.left, identity.right)]
                    assert sides[0] == sides[1], (number, identity.code)


def test_dense_tables_repeat_no_number() -> None:
    for number in range(10):
        cells = generate(9, "dense", number).truth.cells
        for table in ("requests", "disputes", "disclosure"):
            numbers = [c.meant for k, c in cells.items() if k.startswith(table + ".")]
            assert 0 not in numbers
            assert len(set(numbers)) == len(numbers)


def test_undamaged_reports_say_what_the_page_had() -> None:
    for number in range(40):
        truth = generate(10, "clean", number, "tabs").truth
        assert truth.clean
        assert all(c.state is c.page_state and c.value == c.page_value and not c.open for c in truth.cells.values())


@pytest.mark.parametrize("kind", DAMAGES)
def test_every_damage_is_recorded_where_it_strikes(kind: str) -> None:
    struck = 0
    for number in range(30):
        truth = generate(11, f"only-{kind}", number).truth
        struck += bool(truth.damages)
        touched = {cell for d in truth.damages for cell in d.cells}
        for cell, one in truth.cells.items():
            gone = one.state is State.ABSENT and not one.open and one.page_state is not State.BLANK
            if one.value != one.page_value or gone:
                assert one.damages or cell in touched, (kind, number, cell)
    assert struck, f"{kind} never struck"


def test_same_seed_gives_same_bytes_in_another_process() -> None:
    def digest(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    here = "\n".join(digest(generate(3, "default", n).text) for n in range(5))
    code = (
        "import hashlib\nfrom extractor.eval.generate import generate\n"
        "print('\\n'.join(hashlib.sha256(generate(3, 'default', n).text.encode()).hexdigest() for n in range(5)))"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                           env={"PYTHONHASHSEED": "77", "PYTHONPATH": ":".join(p for p in sys.path if p) or ".", "PATH": ""})
    assert there.stdout.strip() == here
    assert generate(4, "default", 0).text != generate(3, "default", 0).text
