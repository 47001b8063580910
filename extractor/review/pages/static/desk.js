// The desk: shows a finding, takes its decision, goes on to the next.
import * as card from "./card.js";
import * as drawer from "./drawer.js";
import * as editor from "./editor.js";
import { hold, release } from "./holding.js";
import { everywhere, keyOf, label, listen, shownKey } from "./keys.js";
import { call, dataOf, failed, pageAt, toast, word } from "./page.js";
import * as source from "./source.js";

const REASONS = ["correct", "rule", "immaterial", "duplicate", "other"];
const WAIT = 120; // milliseconds of silence before a typed number is checked
const RENEW = 120_000; // milliseconds; a report is held for five minutes at a time

const main = document.getElementById("main");
let data = dataOf("data");
let finding = null;
let active = null; // the cell that keys act on
let note = "";
let busy = false;
let ahead = null; // the page of the next document, asked for while this one is read
const trail = []; // findings visited, for "previous"
const passed = new Set(); // findings skipped in this round
let checks = new Map(); // consequences of values tried on this state of the report

const cellsOf = (f) => [...new Set([...f.options.flatMap((o) => o.values.map(([cell]) => cell)), ...f.suspects, ...f.cells])];
const isOpen = (f) => f.answerable && f.wanted && !passed.has(f.id);
const finder = { choose, consider, activate, go: (index) => show(data.findings[index]), light: source.light };

// showing ---------------------------------------------------------------------------------------------------------------

function show(next, { remember = true } = {}) {
  if (remember && finding && next !== finding) trail.push(finding.id);
  finding = next ?? null;
  editor.close();
  active = finding ? cellsOf(finding)[0] ?? null : null;
  told();
  card.draw(data, finding, active, finder);
  if (document.activeElement === document.body) main.focus({ preventScroll: true }); // the next Tab leads to the choices
  source.point(finding, active);
  if (finding) {
    history.replaceState(null, "", `/findings/${finding.id}${data.query}`);
    consider(0, false);
  }
  label();
  if (data.findings.filter(isOpen).length <= 1) prefetch();
}

/** The page says what it is at, for scripts that drive it. */
function told(turn = 1) {
  Object.assign(main.dataset, { finding: finding?.id ?? "", cell: active ?? "", turn: Number(main.dataset.turn ?? 0) + turn });
}

function activate(cell) {
  active = cell;
  told(0);
  const { label: name, decided, value, deduced } = data.cells[cell] ?? {};
  document.getElementById("said").textContent = `${name ?? cell}: ${decided ?? value ?? deduced ?? "–"}`;
  card.mark(finding, cell);
  source.point(finding, cell);
}

function step(by) {
  const cells = finding ? cellsOf(finding) : Object.keys(data.cells);
  if (!cells.length) return;
  activate(cells[(cells.indexOf(active) + by + cells.length) % cells.length]);
}

/** What a choice would settle and make, told before it is taken. */
async function consider(index, shown = true) {
  const option = finding?.options[index];
  if (!option) return;
  await tried(option.values, shown);
}

async function tried(values, shown = true) {
  const told = about();
  const asked = finding;
  if (shown && finding) card.preview(data, finding, Object.fromEntries(values), finder);
  if (!values.length) return card.effect(told);
  const key = JSON.stringify(values);
  try {
    if (!checks.has(key)) {
      card.effect({ ...told, checking: true });
      checks.set(key, check(values));
    }
    const checked = await checks.get(key);
    if (asked === finding) card.effect({ ...told, checked });
  } catch (error) {
    checks.delete(key);
    if (asked === finding) card.effect(told);
    failed(error);
  }
}

/** What is said beside the consequences: who else has the report, the note that waits. */
function about() {
  const said = [data.held_by && word("U-HELD-BY", { who: data.held_by }), note && `${word("U-NOTE")}: ${note}`];
  return { note: said.filter(Boolean).join(" · ") };
}

async function check(values) {
  const answer = await call("/api/check", { document: data.document, cells: values.map(([cell, value]) => ({ cell, value })) });
  const messages = (found) => found.map((f) => f.message[data.language]);
  return { settles: messages(answer.settled), makes: messages(answer.made) };
}

// deciding --------------------------------------------------------------------------------------------------------------

/** Whether a cell is decided on the occasion of the finding, or for itself: a wrong number that no finding points at. */
const belongs = (cell) => cellsOf(finding).includes(cell) || finding.equations.some((e) => e.left.includes(cell) || e.right.includes(cell));

async function decide(kind, values, what, { reason = "" } = {}) {
  if (!data.may_decide || busy || !(finding || values.length)) return;
  busy = true;
  document.body.setAttribute("aria-busy", "true");
  const own = values.filter(([cell]) => cell in data.cells);
  const cells = own.map(([cell, value]) => ({ cell, value }));
  const answered = finding && (!own.length || own.some(([cell]) => belongs(cell))) ? finding : null;
  try {
    const taken = await call("/api/decisions", { document: data.document, finding: answered?.id ?? null, version: data.version, last: data.last, kind, cells, reason, note });
    note = "";
    toast(word("U-DECIDED-TOAST", { cell: own[0] ? data.cells[own[0][0]].label : finding.about, what }), { action: [word("U-KEY-UNDO"), shownKey(keyOf("undo")), () => undo(taken.group)] });
    if (answered) {
      trail.push(answered.id);
      await forward(answered, taken.consequences);
    } else {
      await load(`/${finding ? `findings/${finding.id}` : `documents/${data.document}`}${data.query}`);
    }
  } catch (error) {
    failed(error);
    busy = false;
    if (error.status === 409) await beyond().catch(failed); // somebody else has it, or it was read anew
    if (error.body?.code === "E-DISPUTED") await skip(); // it waits for somebody else
  } finally {
    busy = false;
    document.body.removeAttribute("aria-busy");
  }
}

function choose(index, misprint = false) {
  const option = finding?.options[index];
  if (!option) return;
  if (!misprint || !option.values.length) return decide(option.kind, option.values, option.words);
  decide("wrong_in_print", option.values, word("U-OPT-MISPRINT", { value: option.values[0][1] }));
}

function printed() {
  if (!finding && active) return decide("as_printed", [[active, null]], word("U-OPT-PRINTED"));
  if (finding) choose(finding.options.findIndex((option) => option.kind === "as_printed"));
}

function type(kind) {
  if (!data.may_decide) return;
  if (!active) return toast(word("U-NO-CELL"));
  const cell = active;
  const misprint = kind === "wrong_in_print";
  const known = data.cells[cell];
  let timer = null;
  const order = finding ? cellsOf(finding) : Object.keys(data.cells);
  const line = order.includes(cell) ? order.slice(order.indexOf(cell)) : [cell]; // several numbers go on from here
  const pairs = (numbers) => numbers.map((number, index) => [line[index], number]);
  const changed = (numbers) => {
    clearTimeout(timer);
    timer = setTimeout(() => numbers && tried(pairs(numbers)), WAIT);
  };
  const ask = word(misprint ? "U-TYPE-RIGHT" : "U-TYPE-NUMBER", { cell: known.label });
  editor.askNumbers(ask, known.decided ?? known.value ?? "", line.length, changed, (numbers) => {
    clearTimeout(timer);
    decide(kind, pairs(numbers), word(misprint ? "U-OPT-MISPRINT" : "U-OPT-MISREAD", { value: numbers.join(" ") }));
  }, () => {
    clearTimeout(timer);
    if (!finding) return;
    card.preview(data, finding, {}, finder);
    consider(0, false);
  });
}

function illegible() {
  if (!active) return toast(word("U-NO-CELL"));
  decide("illegible", [[active, null]], word("U-OPT-ILLEGIBLE"));
}

function dismiss() {
  if (finding && data.may_decide) editor.askReason(REASONS, (reason) => decide("dismissed", [], word("U-OPT-DISMISSED"), { reason: word(`U-REASON-${reason.toUpperCase()}`) }));
}

function annotate() {
  if (!finding || !data.may_decide) return;
  editor.askNote(note, (text) => {
    note = text.trim();
    card.effect({ note: note ? `${about().note} · ${word("U-NOTE-ADDED")}` : "" });
  });
}

async function undo(group = null) {
  if (busy || !data.may_decide) return;
  busy = true;
  try {
    const undone = await call("/api/undo", { group });
    toast(word("U-UNDONE-TOAST", { what: "" }).replace(/[:：]\s*$/, ""));
    const last = trail.pop();
    if (undone.documents.includes(data.document)) await load(last ?? finding?.id ? `/findings/${last ?? finding.id}${data.query}` : `/documents/${data.document}${data.query}`);
    else await load(`/documents/${undone.documents[0]}${data.query}`);
  } catch (error) {
    if (error.status === 404) toast(word("U-UNDO-EXPIRED"));
    else failed(error);
  } finally {
    busy = false;
  }
}

// moving ----------------------------------------------------------------------------------------------------------------

/** The next open finding of this report behind one, or null. */
function following(from) {
  const at = data.findings.indexOf(from);
  const order = [...data.findings.slice(at + 1), ...data.findings.slice(0, Math.max(at, 0))];
  return order.find((f) => f !== from && isOpen(f)) ?? null;
}

/** On to the next finding; this report is read again first where the decision changed what is found on it. */
async function forward(from, consequences) {
  const settled = new Set(consequences.settled.map((f) => f.id));
  for (const f of data.findings) if (f === from || settled.has(f.id)) f.answerable = false;
  const next = following(from)?.id || consequences.made[0]?.id;
  if (!next) return beyond();
  try {
    await load(`/findings/${next}${data.query}`);
  } catch (error) {
    if (error.status !== 404) throw error;
    await load(`/documents/${data.document}${data.query}`); // the decision did away with it, too
    if (!finding || !isOpen(finding)) await beyond();
  }
}

/** Asks for the page that will most likely be next while this one is read; it takes nothing into anybody's hands. */
async function foresee() {
  const query = new URLSearchParams({ ...data.filters, limit: "20" });
  const { findings } = await call(`/api/findings?${query}`);
  const likely = findings.find((f) => f.document !== data.document && !f.held_by && !passed.has(f.id) && f.state === "open");
  return likely ? { document: likely.document, id: likely.id, page: await pageAt(`/findings/${likely.id}${data.query}`) } : null;
}

function prefetch() {
  if (ahead || !data.may_decide) return;
  ahead = foresee().catch(() => null); // it is asked for again when it is needed
}

/** The next finding of the queue that was not skipped in this round; once all that are left were, the round begins anew. */
async function nextOne() {
  let where = { stay: data.document };
  for (;;) {
    const { finding: next } = await call(`/api/next?${new URLSearchParams({ ...data.filters, ...where })}`, {});
    if (next && !passed.has(next.id)) return next;
    if (!next && !passed.size) return null;
    if (!next) passed.clear();
    where = next ? { after: `${next.priority}_${next.id}` } : {};
  }
}

/** On to another report, which is then in this person's hands. */
async function beyond() {
  const next = await nextOne();
  const foreseen = await ahead;
  ahead = null;
  if (!next) return location.assign(`/${data.query}`);
  take(foreseen?.id === next.id ? foreseen.page : await pageAt(`/findings/${next.id}${data.query}`));
}

async function skip() {
  if (busy) return;
  if (!data.may_decide) return turn();
  const next = finding && following(finding);
  if (finding) passed.add(finding.id);
  if (finding && !next) trail.push(finding.id);
  try {
    if (next) show(next);
    else await beyond();
  } catch (error) {
    failed(error);
  }
}

/** For who only reads: the next finding of this report, whatever its state. */
function turn() {
  if (data.findings.length) show(data.findings[(data.findings.indexOf(finding) + 1) % data.findings.length]);
}

async function back() {
  const last = trail.pop();
  if (last === undefined) return;
  const known = data.findings.find((f) => f.id === last);
  if (known) return show(known, { remember: false });
  await load(`/findings/${last}${data.query}`).catch(failed);
}

async function load(path) {
  take(await pageAt(path));
}

/** Keeps the report in this person's hands; says so where somebody else has it. */
async function keep() {
  const { document: number, held_by: other } = data;
  if (!data.may_decide) return;
  if (await hold(number)) data.held_by = null;
  else if (other && data.document === number) card.effect(about());
}

/** Puts another page of the desk in place of this one; a page that is no desk is gone to. */
function take({ url, page }) {
  busy = false;
  const next = dataOf("data", page);
  if (!next?.cells) return location.assign(url);
  const same = next.document === data.document && next.version === data.version;
  const part = (selector) => [document.querySelector(selector), page.querySelector(selector)];
  for (const selector of same ? ["#data", "#sheets"] : ["#data", "#sheets", "#source", ".bar .where"]) {
    const [old, fresh] = part(selector);
    old?.replaceWith(document.adoptNode(fresh));
  }
  document.title = page.title;
  const places = same && JSON.stringify(next.findings.map((f) => f.spans)) !== JSON.stringify(data.findings.map((f) => f.spans));
  if (places) document.getElementById("text").replaceWith(document.adoptNode(page.getElementById("text")));
  const other = next.document !== data.document;
  data = next;
  if (other) keep();
  checks = new Map();
  source.take(data);
  dress();
  show(data.findings.find((f) => f.id === data.finding) ?? null, { remember: false });
}

/** Marks in the text get the doubt of their cells, cells their decisions. */
function dress() {
  for (const mark of document.querySelectorAll("#text .error, #text .warning")) mark.classList.remove("error", "warning");
  for (const cell of document.querySelectorAll("#sheets [data-cell]")) {
    const known = data.cells[cell.dataset.cell];
    cell.title = known?.label ?? "";
    if (known?.answer) {
      cell.classList.add("decided");
      cell.classList.toggle("stale", Boolean(known.stale));
      if (known.decided !== undefined) cell.textContent = known.decided;
    }
    if (cell.classList.contains("error") || cell.classList.contains("warning")) {
      const kind = cell.classList.contains("error") ? "error" : "warning";
      for (const mark of document.querySelectorAll(`#text [data-cells~="${CSS.escape(cell.dataset.cell)}"]`)) mark.classList.add(kind);
    }
  }
}

// start -----------------------------------------------------------------------------------------------------------------

const cellsAt = (event) => {
  const place = event.target.closest?.("#sheets [data-cell], #text [data-cells]");
  return place ? (place.dataset.cell ?? place.dataset.cells).split(" ") : [];
};
document.addEventListener("mouseover", (event) => source.light(cellsAt(event)));
document.addEventListener("click", (event) => {
  const [cell] = cellsAt(event);
  if (cell) activate(cell);
});
document.addEventListener("zoom", (event) => source.zoomBy(event.detail, finding, active));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") drawer.close();
});
addEventListener("pagehide", () => data.may_decide && !data.held_by && release(data.document));
setInterval(keep, RENEW);
keep();
source.take(data);
dress();
listen("desk", everywhere({
  accept: () => choose(0), printed, edit: () => type("misread"), misprint: () => type("wrong_in_print"), illegible, dismiss,
  note: annotate, undo: () => undo(), next: skip, previous: back, cell_next: () => step(1), cell_previous: () => step(-1),
  history: () => drawer.turn(data.document).catch(failed), image: () => source.turn(finding, active), zoom_in: () => source.zoomBy(1.25, finding, active),
  zoom_out: () => source.zoomBy(0.8, finding, active),
}), (digit, shift) => choose(digit - 1, shift));
show(data.findings.find((f) => f.id === data.finding) ?? null, { remember: false });
