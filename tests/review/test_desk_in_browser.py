"""The pages in a browser, by keyboard, against the real server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import Engine

from extractor.archive.entry import entry_of
from extractor.documents.load import document_from_bytes, load
from extractor.eval.pages.printed import printed_report
from extractor.pipeline import extract
from extractor.verification.verify import verify
from tests.archive.filled import filled, put_entries
from tests.plain_report import plain_report
from tests.review.browsing import CHROMIUM, FLAGS, Desk, log_in_elsewhere, log_out, person, site
from tests.review.reviewed import CELL, RIGHT, spoilt

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
SAMPLES = Path(__file__).parents[2] / "samples"
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
COUNTY_2020 = "003_f71a7c88d1dbe629.txt"
WRONG = "requests.received.total"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


Sitting = Callable[..., Desk]


@pytest.fixture
def sitting(browser: Browser, tmp_path: Path) -> Iterator[Callable[[list[tuple[str, str]]], Sitting]]:
    """A server on an archive with these reports; what comes back seats a person at it."""
    open_: list[tuple[Any, Engine]] = []
    contexts: list[Desk] = []

    def at(texts: list[tuple[str, str]]) -> Sitting:
        engine = filled(str(tmp_path / "archive.sqlite"), texts)
        served = site(engine)
        address = served.__enter__()
        open_.append((served, engine))

        def seat(name: str, role: str = "reviewer", language: str = "zh", password: bool = False) -> Desk:
            desk = person(browser, engine, address, name, role, language, password)
            contexts.append(desk)
            return desk

        return seat

    yield at
    for desk in contexts:
        desk.page.context.close()
    for served, engine in open_:
        served.__exit__(None, None, None)
        engine.dispose()


def sample(name: str) -> tuple[str, str]:
    return name, (SAMPLES / name).read_text("utf-8")


def exported(desk: Desk) -> list[dict[str, Any]]:
    lines: str = desk.page.evaluate("() => fetch('/api/export').then((answer) => answer.text())")
    return [json.loads(line) for line in lines.splitlines()]


def work_off(desk: Desk, most: int = 60) -> int:
    """Decide what lies there with the first choice, until the queue is empty; how many decisions it took."""
    for count in range(most):
        if not desk.at_the_desk():
            return count
        desk.decide("Enter")
    raise AssertionError(f"still not through after {most} decisions")


def test_a_report_is_decided_by_keyboard_alone_and_the_change_is_exported(sitting: Any) -> None:
    desk = sitting([sample("2-market-regulation-2022.txt")])("anna", "lead", password=True)
    desk.decide("s")
    assert desk.finding["severity"] == "error"
    expect(desk.page.locator("[data-effect]")).to_contain_text("解决")  # what the first choice would settle
    desk.decide("Enter")
    assert desk.cell(WRONG) == "24"
    work_off(desk)
    expect(desk.page.locator("main")).to_contain_text("都处理完了")
    (report,) = exported(desk)
    assert report["cells"][WRONG]["value"] == 29  # as published, for ever
    assert report["cells"][WRONG]["decided"]["value"] == 24
    assert desk.problems == []


@pytest.mark.seeds
@pytest.mark.skipif(not (SEEDS / COUNTY_2020).exists(), reason="the seeds are not here")
def test_the_county_report_of_2020_among_the_seeds_is_decided_by_keyboard_alone(sitting: Any) -> None:
    seeds = [(path.name, path.read_text("utf-8")) for path in sorted(SEEDS.glob("*.txt"))]
    desk = sitting(seeds)("anna", "lead")
    desk.press("/")
    desk.page.keyboard.type("人民政府")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**/?q=*")
    desk.decide("s")
    while not any(f["code"] == "S-ROW-LOST" for f in desk.data["findings"]) or len(desk.data["findings"]) < 10:
        desk.decide("j")
    document = desk.data["document"]
    lost = next(f for f in desk.data["findings"] if f["code"] == "S-ROW-LOST")
    while desk.finding["id"] != lost["id"]:
        desk.decide("j")
    cell = desk.page.locator("#main").get_attribute("data-cell")
    desk.press("e")
    desk.page.keyboard.type("3")
    desk.decide("Enter")
    while desk.at_the_desk() and desk.data["document"] == document:
        desk.decide("Enter")
    report = next(r for r in exported(desk) if len(r["findings"]) >= 10)
    assert report["cells"][cell]["state"] == "absent"
    assert report["cells"][cell]["decided"] == report["cells"][cell]["decided"] | {"kind": "misread", "value": 3}
    assert desk.problems == []


def test_two_people_never_have_one_report_in_hand(sitting: Any) -> None:
    seat = sitting([("1.txt", spoilt()), ("2.txt", spoilt("云溪县教育局"))])
    anna, bert = seat("anna"), seat("bert")
    anna.decide("s")
    bert.decide("s")
    first, second = anna.data["document"], bert.data["document"]
    assert first != second
    # bert goes to anna's report by its address: what he decides there is refused, and he is taken on
    number = anna.finding["id"]
    bert.page.goto(f"{bert.page.url.partition('/findings')[0]}/findings/{number}")
    expect(bert.page.locator("[data-effect]")).to_contain_text("anna")
    bert.decide("Enter")
    assert bert.data["document"] == second
    expect(bert.page.locator("#toasts")).to_contain_text("anna")
    anna.decide("Enter")
    bert.decide("Enter")
    decided = [report["cells"][CELL]["decided"] for report in exported(anna)]
    assert {d["value"] for d in decided} == {RIGHT}
    assert {d["who"] for d in decided} == {"anna", "bert"}


def test_two_people_who_differ_leave_it_to_a_lead(sitting: Any) -> None:
    seat = sitting([("1.txt", spoilt())])
    lena, anna, bert = seat("lena", "lead"), seat("anna"), seat("bert")
    address = lena.page.url.rstrip("/")
    lena.page.goto(f"{address}/lead")
    lena.page.fill("#double", "100")
    lena.press("Enter")
    expect(lena.page.locator("#toasts")).to_contain_text("已保存")
    for someone, key in ((anna, "Enter"), (bert, "p")):
        someone.page.goto(f"{address}/desk")
        someone.page.wait_for_selector("[data-options] button")
        someone.decide(key)
    # the other sum that the cell belongs to is open again, and is no way around the dispute
    assert bert.finding["state"] == "open"
    bert.decide("p")
    expect(bert.page.locator("#toasts")).to_contain_text("负责人")
    bert.press("q")
    bert.page.wait_for_selector("#rows")
    lena.page.goto(f"{address}/desk")
    lena.page.wait_for_selector("[data-options] button")
    while lena.finding["state"] != "disputed":
        lena.decide("j")
    lena.decide("Enter")
    expect(lena.page.locator("main")).to_contain_text("都处理完了")
    assert exported(lena)[0]["cells"][CELL]["decided"]["who"] == "lena"


def test_what_was_decided_can_be_taken_back(sitting: Any) -> None:
    desk = sitting([("1.txt", spoilt())])("anna")
    desk.decide("s")
    before = desk.finding
    desk.press("n")
    desk.page.keyboard.type("核对过原件")
    desk.press("Enter")
    desk.decide("Enter")
    expect(desk.page.locator("main")).to_contain_text("都处理完了")
    desk.page.go_back()
    desk.page.wait_for_selector("[data-options] button")
    assert desk.cell(CELL) == str(RIGHT)
    desk.decide("u")
    assert desk.finding["id"] == before["id"]
    assert desk.finding["state"] == "open"
    assert desk.cell(CELL) == "999"
    assert desk.problems == []
    desk.press("y")
    history = desk.page.locator("#history")
    expect(history).to_contain_text("核对过原件")
    expect(history).to_contain_text("已撤销")


def test_who_skips_a_finding_gets_it_again_after_all_others(sitting: Any) -> None:
    desk = sitting([("1.txt", spoilt()), ("2.txt", spoilt("云溪县教育局"))])("anna")
    desk.page.goto(f"{desk.page.url}desk?code=R-ROW-TOTAL")  # one finding in each report
    desk.page.wait_for_selector("[data-options] button")
    seen = [desk.finding["id"]]
    for _ in range(3):
        desk.decide("j")
        seen.append(desk.finding["id"])
    assert seen[0] == seen[2] != seen[1] == seen[3]
    desk.decide("k")
    assert desk.finding["id"] == seen[2]


def test_a_typed_number_is_checked_before_it_is_decided(sitting: Any) -> None:
    desk = sitting([("1.txt", spoilt())])("anna")
    desk.decide("s")
    desk.press("e")
    desk.page.keyboard.type(str(RIGHT + 1))
    effect = desk.page.locator("[data-effect]")
    expect(effect).to_contain_text("不影响")
    desk.press("Backspace", "Backspace", "Backspace", "Backspace")
    desk.page.keyboard.type(str(RIGHT))
    expect(effect).to_contain_text("解决")
    desk.press("Escape")
    assert desk.finding["state"] == "open"
    assert exported(desk)[0]["cells"][CELL].get("decided") is None


def test_what_was_typed_outlasts_a_broken_connection_and_a_lapsed_session(sitting: Any) -> None:
    desk = sitting([("1.txt", spoilt()), ("2.txt", spoilt("云溪县教育局"))])("anna")
    desk.decide("s")
    document, typed, toasts = desk.data["document"], desk.page.locator("#number"), desk.page.locator("#toasts")
    desk.press("e")
    desk.page.keyboard.type(str(RIGHT))
    desk.page.context.set_offline(True)
    desk.press("Enter")
    expect(toasts).to_contain_text("连不上服务器")
    expect(typed).to_have_value(str(RIGHT))
    desk.page.context.set_offline(False)
    log_out(desk.engine, "anna")
    desk.press("Enter")
    expect(toasts).to_contain_text("登录已过期")
    expect(typed).to_have_value(str(RIGHT))
    log_in_elsewhere(desk, "anna")
    desk.decide("Enter")
    assert desk.data["document"] != document
    assert exported(desk)[document - 1]["cells"][CELL]["decided"]["value"] == RIGHT


def test_a_key_that_is_held_down_decides_once(sitting: Any) -> None:
    desk = sitting([(f"{n}.txt", spoilt(f"云溪县第{n}局")) for n in range(3)])("anna")
    desk.decide("s")
    sent: list[str] = []
    desk.page.on("request", lambda request: sent.append(request.url))
    for key in ("Enter", "1"):
        turn = desk.page.locator("#main").get_attribute("data-turn") or ""
        desk.page.keyboard.down(key)
        desk.page.wait_for_function("turn => document.getElementById('main').dataset.turn !== turn", arg=turn)
        desk.page.keyboard.down(key)  # repeated by the keyboard
        desk.page.keyboard.up(key)
    desk.press("q")
    desk.page.wait_for_selector("#rows")
    assert sum(url.endswith("/api/decisions") for url in sent) == 2


def test_a_wrong_password_is_called_so(sitting: Any) -> None:
    desk = sitting([("1.txt", spoilt())])("anna")
    log_out(desk.engine, "anna")
    desk.page.reload()
    desk.page.keyboard.type("anna")
    desk.press("Tab")
    desk.page.keyboard.type("not the password")
    desk.press("Enter")
    expect(desk.page.get_by_role("alert").filter(visible=True).first).to_contain_text("密码")


def test_nothing_is_decided_for_somebody_else_who_logged_in_meanwhile(sitting: Any) -> None:
    seat = sitting([("1.txt", spoilt())])
    desk, other = seat("anna"), seat("bert")
    desk.decide("s")
    log_in_elsewhere(desk, "bert")
    desk.press("Enter")
    expect(desk.page.locator("#toasts")).to_contain_text("刷新")
    assert "decided" not in exported(other)[0]["cells"][CELL]


def test_a_number_that_is_given_up_leaves_no_trace(sitting: Any) -> None:
    desk = sitting([("1.txt", spoilt())])("anna")
    desk.decide("s")
    equations = desk.page.locator("[data-equations]")
    before = equations.inner_text()
    desk.press("e")
    desk.page.keyboard.type("7654")
    expect(equations).to_contain_text("7654")
    desk.press("Escape")
    expect(equations).to_have_text(before, use_inner_text=True)
    desk.press("e")
    desk.page.keyboard.type("1" * 30)
    desk.press("Enter")
    expect(desk.page.locator("#hint")).to_contain_text("15")
    expect(desk.page.locator("#toasts")).to_be_empty()


def test_a_number_that_no_finding_points_at_is_corrected(sitting: Any) -> None:
    desk = sitting([("1.txt", plain_report())])("anna")
    cell = "disclosure.licences.decisions"
    desk.page.goto(f"{desk.page.url}documents/1")
    expect(desk.page.locator("h1")).to_contain_text("没有发现")
    desk.page.locator(f'#sheets [data-cell="{cell}"]').click()
    desk.press("e")
    desk.page.keyboard.type("77")
    desk.decide("Enter")
    assert desk.cell(cell) == "77"
    assert exported(desk)[0]["cells"][cell]["decided"]["value"] == 77


def test_the_page_image_shows_where_a_cell_stands(sitting: Any, browser: Browser, tmp_path: Path) -> None:
    html, _ = printed_report(7, 3)
    sheet = browser.new_page()
    sheet.set_content(html)
    path = tmp_path / "report.pdf"
    sheet.pdf(path=path, format="A4", print_background=True)
    sheet.close()
    desk = sitting([])("anna")
    document = load(path)
    put_entries(desk.engine, [entry_of(document, path.stat().st_size, *extract(document))])
    desk.page.goto(f"{desk.page.url}documents/1")
    cell = next(cell for cell, known in desk.data["cells"].items() if known.get("boxes"))
    desk.page.locator(f'#sheets [data-cell="{cell}"]').click()
    image = desk.page.locator("#image img")
    expect(image).to_be_visible()
    assert desk.page.wait_for_function("() => document.querySelector('#image img').naturalWidth > 500")
    box = desk.page.locator("#image rect").bounding_box()
    pane = desk.page.locator("#image").bounding_box()
    assert box is not None and pane is not None
    assert pane["x"] <= box["x"] and box["x"] + box["width"] <= pane["x"] + pane["width"]
    assert pane["y"] <= box["y"] and box["y"] + box["height"] <= pane["y"] + pane["height"]
    desk.press("+")
    bigger = desk.page.locator("#image rect").bounding_box()
    assert bigger is not None and bigger["width"] > box["width"]
    expect(desk.page.locator("#text")).to_be_visible()
    desk.press("i")
    expect(desk.page.locator("#text")).not_to_be_visible()
    desk.press("i")
    expect(image).not_to_be_visible()
    assert desk.problems == []


def test_the_language_is_a_key_away_and_kept(sitting: Any) -> None:
    desk = sitting([("1.txt", spoilt())])("anna")
    expect(desk.page.locator("h1")).to_have_text("待办")
    desk.press("L")
    expect(desk.page.locator("h1")).to_have_text("Queue")
    desk.decide("s")
    expect(desk.page.locator("[data-options] li").first).to_contain_text(f"{RIGHT} is right")
    address = desk.page.url.partition("/findings")[0]
    desk.page.goto(f"{address}/upload")
    expect(desk.page.locator("h1")).to_have_text("Hand in")


def test_nothing_of_a_hostile_document_runs(sitting: Any) -> None:
    evil = '"><script>window.canary=1</script><img src=x onerror=window.canary=1>'
    text = spoilt().replace("云溪县水务局", f"云溪县{evil}局").replace("一、总体情况", f"一、总体情况\n{evil}")
    desk = sitting([(f"{evil}.txt", text), ("2.txt", spoilt())])("anna", "lead")
    dialogs: list[str] = []
    desk.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    address = desk.page.url.rstrip("/")
    for path in ("/?view=all", "/documents/1", "/documents/1/history", "/lead", "/?q=%3Cscript%3E", "/no-such-page"):
        desk.page.goto(f"{address}{path}")
        desk.page.wait_for_load_state("networkidle")
        assert desk.page.evaluate("() => window.canary === undefined")
        assert desk.page.locator("img").count() == 0
    desk.page.goto(f"{address}/documents/1")
    assert "window.canary=1</script>" in desk.page.locator("#text").inner_text()
    desk.page.evaluate("""() => {
        const script = document.createElement('script');
        script.textContent = 'window.canary=1';
        document.head.append(script);
        document.body.insertAdjacentHTML('beforeend', '<img src=/static/none onerror="window.canary=1">');
    }""")
    desk.page.wait_for_timeout(100)
    assert desk.page.evaluate("() => window.canary === undefined")  # the policy holds even for what gets into the page
    assert dialogs == []


def test_keys_can_be_bound_anew_and_stay_so(sitting: Any) -> None:
    desk = sitting([("1.txt", spoilt())])("anna")
    desk.decide("s")
    desk.press("?")
    bind = desk.page.locator("[data-bind=accept]")
    bind.focus()
    desk.press("Enter", "d")
    expect(desk.page.locator("[data-taken]")).to_contain_text("不作问题")  # taken
    bind.focus()
    desk.press("Enter", " ")
    desk.press("Escape")
    desk.page.reload()
    desk.page.wait_for_selector("[data-options] button")
    expect(desk.page.locator("[data-options] [data-key=accept]")).to_have_text("␣")
    desk.decide(" ")
    assert exported(desk)[0]["cells"][CELL]["decided"]["value"] == RIGHT


def test_a_reader_sees_everything_and_decides_nothing(sitting: Any) -> None:
    desk = sitting([("1.txt", spoilt())])("rita", "reader")
    expect(desk.page.locator("[data-action=start]")).to_have_count(0)
    desk.press("j", "o")
    desk.page.wait_for_selector("[data-options] button")
    expect(desk.page.locator("[data-options] button").first).to_be_disabled()
    desk.press("Enter", "d", "x")
    desk.page.wait_for_timeout(200)
    assert desk.finding["state"] == "open"
    assert desk.page.evaluate("() => fetch('/lead').then((answer) => answer.status)") == 403


def test_a_report_is_handed_in_and_opened(sitting: Any, tmp_path: Path) -> None:
    desk = sitting([("1.txt", plain_report())])("anna")
    expect(desk.page.locator("main")).to_contain_text("都处理完了")
    file = tmp_path / "交来的报告.txt"
    file.write_text(spoilt("云溪县教育局"), "utf-8")
    desk.page.goto(f"{desk.page.url}upload")
    desk.page.set_input_files("input[type=file]", file)
    desk.page.get_by_role("button", name="提交").click()
    desk.page.wait_for_selector("[data-options] button")
    assert desk.cell(CELL).startswith("999")
    expect(desk.page.locator(".source .where")).to_have_text("交来的报告.txt")


def test_a_file_that_is_too_big_is_not_sent_at_all(sitting: Any, tmp_path: Path) -> None:
    desk = sitting([("1.txt", plain_report())])("anna", language="en")
    file = tmp_path / "big.pdf"
    with file.open("wb") as out:
        out.truncate(30_000_001)
    desk.page.goto(f"{desk.page.url}upload")
    desk.page.set_input_files("input[type=file]", file)
    desk.page.get_by_role("button", name="Hand in").click()
    expect(desk.page.locator("[data-outcome]")).to_contain_text("30 MB")
    assert desk.problems == []


def test_the_first_tab_leads_to_the_choices(sitting: Any) -> None:
    desk = sitting([("1.txt", spoilt())])("anna")
    desk.decide("s")
    desk.press("Tab")
    focused = desk.page.evaluate("() => document.activeElement.closest('#main') !== null")
    assert focused


def test_alike_findings_are_decided_together_after_a_look(sitting: Any) -> None:
    desk = sitting([("1.txt", spoilt()), ("2.txt", spoilt("云溪县教育局"))])("anna")
    desk.press("j", "g")
    dialog = desk.page.locator("dialog#group")
    expect(dialog).to_contain_text("涉及 2 项发现、2 份报告")
    dialog.get_by_role("checkbox").press("Space")
    expect(dialog).to_contain_text("只限此单元格")
    expect(dialog).to_contain_text("涉及 2 项发现、2 份报告")  # both were spoilt in the same cell
    dialog.get_by_role("button", name="确认处理").press("Enter")
    expect(desk.page.locator("#toasts")).to_contain_text("已一并处理 2 项")


def test_a_decision_that_a_new_reading_has_overtaken_is_shown_as_such(sitting: Any) -> None:
    desk = sitting([("1.txt", spoilt())])("anna")
    desk.decide("s")
    desk.decide("Enter")
    document = document_from_bytes(spoilt().encode(), "1.txt")
    report, _ = extract(document)
    table = report.tables["requests"]
    cells = {**table.cells, CELL: replace(table.cells[CELL], value=998, raw="998")}  # another reader reads another number
    anew = replace(report, tables={**report.tables, "requests": replace(table, cells=cells)})
    put_entries(desk.engine, [entry_of(document, 1, anew, verify(anew))], "another")
    desk.page.goto(f"{desk.page.url.partition('/?')[0].rstrip('/')}/documents/1")
    desk.page.wait_for_selector("[data-options] button")
    expect(desk.page.locator(f'#sheets [data-cell="{CELL}"]')).to_have_class(re.compile("stale"))
    desk.press("y")
    expect(desk.page.locator("#history")).to_contain_text("需复核")


def test_nothing_moves_when_the_finding_changes(sitting: Any) -> None:
    desk = sitting([sample("5-tea-centre-2021.txt"), sample("2-market-regulation-2022.txt")])("anna")
    desk.decide("s")
    places = """() => ['.card', '.source', '.form', '[data-actions]']
        .map((part) => JSON.stringify(document.querySelector(part).getBoundingClientRect()))"""
    before = desk.page.evaluate(places)
    for _ in range(5):
        desk.decide("j")
        assert desk.page.evaluate(places) == before


def test_everything_that_can_be_pressed_has_a_name(sitting: Any) -> None:
    desk = sitting([("1.txt", spoilt())])("anna", "lead")
    address = desk.page.url.rstrip("/")
    nameless = """() => [...document.querySelectorAll('button, a[href], input:not([type=hidden]), select')]
        .filter((e) => !(e.innerText || e.getAttribute('aria-label') || e.labels?.length || e.title).toString().trim())
        .map((e) => e.outerHTML)"""
    for path in ("/", "/findings/1", "/lead", "/upload"):
        desk.page.goto(f"{address}{path}")
        assert desk.page.evaluate(nameless) == []


FAINT = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const parts = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest('svg, script, :disabled')) continue;
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push([element.className, element.textContent.slice(0, 20), Math.round(ratio * 100) / 100]);
  }
  return found;
}"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_enlarged_to_twice_its_size_every_button_can_still_be_reached(sitting: Any, language: str) -> None:
    desk = sitting([("1.txt", spoilt())])("anna", language=language)
    desk.page.set_viewport_size({"width": 683, "height": 384})  # what is left of 1366 by 768
    desk.decide("s")
    cut_off = desk.page.evaluate("""() => [...document.querySelectorAll('[data-actions] button, .bar button')]
        .filter((button) => {
            const { left, top, width, height } = button.getBoundingClientRect();
            return !button.contains(document.elementFromPoint(left + width - 4, top + height / 2));
        }).map((button) => button.textContent)""")
    assert cut_off == []


def test_text_stands_out_from_its_ground_as_wcag_aa_asks(sitting: Any) -> None:
    reports = [sample("5-tea-centre-2021.txt"), sample("2-market-regulation-2022.txt"), ("3.txt", spoilt())]
    desk = sitting(reports)("anna", "lead")
    address = desk.page.url.rstrip("/")
    desk.decide("s")
    desk.decide("Enter")
    for path in ("/?view=all", "/documents/1", "/documents/2", "/lead", "/upload", "/no-such-page"):
        desk.page.goto(f"{address}{path}")
        desk.page.wait_for_load_state("networkidle")
        assert desk.page.evaluate(FAINT) == [], path
    desk.page.goto(f"{address}/documents/1")
    desk.press("?")
    assert desk.page.evaluate(FAINT) == []
