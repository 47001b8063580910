"""The register of edits: complete, and the same as what the verifier works with."""

from __future__ import annotations

import ast
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner

import extractor
from extractor.cli import cli
from extractor.forms.form import forms
from extractor.verification.edits import form_system
from extractor.verification.register import rules
from tests.verification.tables import valid_disputes, valid_requests

_CODE = re.compile(r"[ACDHMNRSV](-[A-Z]+)+")


def codes_in_the_source() -> Iterator[str]:
    """Codes of findings, wherever the verifier or a reader writes one."""
    package = Path(extractor.__file__).parent
    folders = [package / name for name in ("verification", "reading", "documents")]
    for path in [package / "pipeline.py", *(path for folder in folders for path in folder.rglob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value):
                yield node.value
    for form in forms():
        yield from (identity.code for identity in form.identities)
        yield from (identity.code for identity in form.history)


def test_every_finding_there_can_be_is_listed_and_no_other() -> None:
    assert {rule.code for rule in rules()} == set(codes_in_the_source())


def test_every_edit_of_the_forms_is_listed_with_its_terms() -> None:
    for form in forms():
        listed = {(rule.id, rule.terms) for rule in rules() if form.code in rule.forms}
        assert {(edit.id, edit.terms) for edit in form_system(form.code).edits} <= listed


def test_the_terms_come_to_nought_on_a_report_that_adds_up() -> None:
    for form in forms():
        values = valid_requests(random.Random(1), form.code) | valid_disputes(random.Random(1), form.code)
        own = [r for r in rules() if form.code in r.forms and r.terms and r.level == "report"]
        assert len(own) == len(form.identities)
        assert not any(sum(values[cell] * weight for cell, weight in rule.terms) for rule in own)


def test_a_rule_between_years_names_cells_of_both_reports() -> None:
    carried = [rule for rule in rules() if rule.code == "A-CARRIED"]
    assert carried
    for rule in carried:
        (now, plus), (before, minus) = rule.terms
        assert before == "before:" + now.replace("carried_in", "carried_out")
        assert (plus, minus) == (1, -1)


def test_each_rule_says_what_it_is() -> None:
    assert len({(rule.id, rule.forms) for rule in rules()}) == len(rules())
    for rule in rules():
        assert rule.level in ("structure", "report", "history", "peers"), rule.code
        assert rule.zh and rule.en and rule.forms, rule.code
    assert all(rule.source for rule in rules() if rule.level in ("structure", "report"))
    assert {rule.code for rule in rules() if rule.tolerance not in ("", "0")} == {"N-SHARE", "N-SHARES-TOTAL"}


def test_the_command_lists_them() -> None:
    listed = json.loads(CliRunner().invoke(cli, ["edits", "--format", "json"]).output)
    assert [rule["id"] for rule in listed] == [rule.id for rule in rules()]
    for language in ("zh", "en"):
        shown = CliRunner().invoke(cli, ["edits", "--lang", language], env={"COLUMNS": "250"}).output
        assert all(rule.code in shown for rule in rules())
