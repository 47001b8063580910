"""The six sections of a report: found by their headings, and where a heading is lost, by what the section must hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import zip_longest

from rapidfuzz import fuzz, process

from extractor.documents.view import View
from extractor.forms import forms
from extractor.reading.labels import spelling, squeeze
from extractor.report import Section

_LINE = re.compile(r"[^\n]+")
_NUMERAL = re.compile(r"^(?:第?[一二三四五六七八]|[1-8])(?=[^一二三四五六七八0-9])(?:部分)?")
_SUBHEADING = re.compile(r"[(\[]\s*[一二三四五六七八九十\d]+\s*[)\]]")
_MAX_HEADING = 64
_BARE = 9  # characters of a heading that counts inside a line without its numeral
_MOST_HEADINGS = 100  # a file with more is no report; the search for the order stays short
# What stands only in the table of a section, with spaces allowed between the characters: the section has begun there.
_ANCHORS = {
    "disclosure": ("第二十条第", "信息内容"),
    "requests": ("勾稽关系", "本年新收政府信息公开申请", "申请人情况"),
    "disputes": (
        "未经复议直接起诉", "复议后起诉", "行政复议行政诉讼", "结果维持", "结果纠正", "维持纠正", "结果维结果纠", "结结其尚",
    ),
}
ORDER = ("overview", "disclosure", "requests", "disputes", "problems", "other")


@dataclass(frozen=True, slots=True)
class _Heading:
    key: str
    start: int
    end: int


@cache
def _headings() -> dict[str, str]:
    """Every squeezed wording of a heading to the key of its section."""
    return {squeeze(label): s.key for form in forms() for s in form.sections for label in (s.label, *s.aliases)}


@cache
def _inline() -> re.Pattern[str]:
    """A heading inside a line: its numeral, a mark, its wording; or a wording too long for prose, with spaces around it."""
    wordings = {label for form in forms() for s in form.sections for label in (s.label, *s.aliases)}
    longest_first = sorted(wordings, key=lambda w: (-len(w), w))
    spelled = [(w, spelling(w, "[ ]?")) for w in longest_first]
    numbered = "|".join(s for _, s in spelled)
    bare = "|".join(s for w, s in spelled if len(w) >= _BARE)
    return re.compile(rf"[一二三四五六][、.,]\s?(?:{numbered})|(?<=[\s*#])(?:{bare})(?=[\s*#])")


@cache
def _anchors() -> dict[str, re.Pattern[str]]:
    """For each section with a table what only that table holds: the words above, then labels of rows too long for prose."""
    words = {key: list(known) for key, known in _ANCHORS.items()}
    for form in forms():
        for table in form.tables:
            words[table.section] += [name for row in table.rows if len(name := _bare_label(row.label)) >= 8]
    return {
        key: re.compile("|".join(spelling(word, r"[ \t\n|]*") for word in dict.fromkeys(known)))
        for key, known in words.items()
    }


def _bare_label(label: str) -> str:
    """A row's label without its numeral and without what stands in brackets or quotation marks."""
    return re.split(r"[（“]", re.sub(r"^(?:\d\.|（.）|.、)", "", label))[0]


@lru_cache(maxsize=16384)
def _heading_key(line: str) -> str | None:
    """The section that a short line is the heading of, or None."""
    squeezed = squeeze(line)
    bare = _NUMERAL.sub("", squeezed)
    if not 4 <= len(bare) <= 40 and bare not in _headings():
        return None
    key = _headings().get(bare)
    if key:
        return key
    best = process.extractOne(bare, _headings().keys(), scorer=fuzz.ratio, score_cutoff=80)
    if best is None or bare != squeezed or best[1] >= 90:
        return _headings()[best[0]] if best else None
    return None


def _candidates(text: str) -> list[_Heading]:
    found: list[_Heading] = []
    for match in _LINE.finditer(text):
        line = match.group()
        if len(line) <= _MAX_HEADING:
            stripped = line.strip(" \t#*>|")
            if len(stripped) >= 4 and not _SUBHEADING.match(stripped) and not stripped.endswith(("。", ";", ",")):
                key = _heading_key(stripped)
                if key:
                    found.append(_Heading(key, match.start(), match.end()))
        else:
            for inline in _inline().finditer(line):
                key = _heading_key(inline.group())
                if key:
                    found.append(_Heading(key, match.start() + inline.start(), match.start() + inline.end()))
    return found


def _is_body(text: str) -> bool:
    return len(squeeze(text[:200])) >= 6


def _in_order(headings: list[_Heading]) -> list[_Heading]:
    """The longest run of headings in the order of the form, the earliest of equally long ones."""
    best: list[list[_Heading]] = []
    for heading in headings:
        position = ORDER.index(heading.key)
        before = [run for run in best if ORDER.index(run[-1].key) < position]
        best.append([*max(before, key=len, default=[]), heading])
    return max(best, key=len, default=[])


def find_sections(view: View) -> tuple[tuple[Section, ...], int | None]:
    """The sections in the order of the form, with spans of the source, and the view offset at which a second report begins
    in the same file (None: there is one report only).

    A heading that stands twice counts where its body stands: so a table of contents is passed over. The text before the first
    section (title, preamble) belongs to none.
    """
    text = view.text
    candidates = _candidates(text)
    # a heading with no body before the next heading is a line of a table of contents, or printed twice
    bodied = [
        h
        for h, following in zip_longest(candidates, candidates[1:])
        if _is_body(text[h.end : following.start if following else len(text)])
    ]
    bodied = bodied[:_MOST_HEADINGS]
    chosen = _in_order(bodied)
    later = bodied[bodied.index(chosen[-1]) + 1 :] if chosen else []
    # the order of the sections begins again: a second report
    second = later[0].start if len(_in_order(later)) >= 2 and later[0].key in ORDER[:2] else None
    end = second if second is not None else len(text)
    starts = {h.key: (h.start, h.end) for h in chosen}
    for key, pattern in _anchors().items():
        if key not in starts:
            before = max((s for k, (s, _) in starts.items() if ORDER.index(k) < ORDER.index(key)), default=0)
            after = min((s for k, (s, _) in starts.items() if ORDER.index(k) > ORDER.index(key)), default=end)
            found = pattern.search(text, before, after)
            if found:
                line = max(text.rfind("\n", before, found.start()) + 1, before)
                # on a line that holds more than this table's beginning, the table begins with the words found
                starts[key] = (line if found.start() - line < _MAX_HEADING else found.start(), -1)
    ordered = sorted(starts.items(), key=lambda item: item[1][0])
    sections: list[Section] = []
    for index, (key, (start, heading_end)) in enumerate(ordered):
        stop = ordered[index + 1][1][0] if index + 1 < len(ordered) else end
        if stop > start:
            heading_span = view.source_span(start, heading_end) if heading_end >= 0 else None
            sections.append(Section(key, view.source_span(start, stop), heading_span))
    return tuple(sections), second
