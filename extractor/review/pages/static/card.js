// The finding's card: what is wrong, its equations with their numbers, the choices.
import { shownKey } from "./keys.js";
import { h, word } from "./page.js";

const at = (name) => document.querySelector(`#main [data-${name}]`);
const ANSWERED = new Set(["decided", "dismissed"]);

export const answered = (finding) => ANSWERED.has(finding.state);

/** Draws one finding; `on` are functions: choose(number), activate(cell), go(number). */
export function draw(data, finding, active, on) {
  const badge = at("severity");
  badge.hidden = !finding;
  at("state").hidden = !finding || finding.state === "open";
  at("code").textContent = finding?.code ?? "";
  at("about").textContent = finding ? finding.about : word("U-NO-FINDINGS");
  at("message").textContent = finding?.message ?? "";
  pips(data, finding, on);
  at("options").replaceChildren();
  at("equations").replaceChildren();
  at("at").textContent = "";
  if (!finding) return;
  badge.className = `badge ${finding.severity}`;
  badge.textContent = word(`U-SEV-${finding.severity.toUpperCase()}`);
  at("state").textContent = word(`U-STATE-${finding.state.toUpperCase()}`);
  at("state").className = `badge ${answered(finding) ? "decided" : "stale"}`;
  at("at").textContent = word("U-OF", { at: data.findings.indexOf(finding) + 1, of: data.findings.length });
  at("equations").replaceChildren(...finding.equations.map((e) => equation(e, data, finding, {}, on)));
  at("options").replaceChildren(...finding.options.map((option, index) => choice(option, index, data, on)));
  mark(finding, active);
}

/** Writes the equations anew with other values for some cells. */
export function preview(data, finding, changes, on) {
  at("equations").replaceChildren(...finding.equations.map((e) => equation(e, data, finding, changes, on)));
}

function choice(option, index, data, on) {
  const weight = option.weight ? word("U-WEIGHT", { weight: option.weight }) : "";
  const cell = option.values[0]?.[0];
  return h("li", {},
    h("button", { type: "button", "data-option": index, disabled: !data.may_decide, onclick: (event) => on.choose(index, event.shiftKey), onfocus: () => on.consider(index), onmouseenter: () => on.consider(index) },
      h("kbd", {}, String(index + 1)), index === 0 && h("kbd", { "data-key": "accept" }, shownKey("Enter")),
      h("span", { class: "words" }, h("b", {}, option.words), cell ? ` — ${data.cells[cell]?.label ?? cell}` : ""),
      h("span", { class: "aside" }, weight)));
}

const big = (text) => (/^[+-]?\d+$/.test(text) ? BigInt(text) : null);

/** The number that an equation counts with: what is decided or tried, else what is printed, else what is forced. */
function valueOf(data, cell, changes) {
  const known = data.cells[cell] ?? {};
  if (cell in changes) return changes[cell];
  return known.decided ?? known.value ?? known.deduced ?? null;
}

function equation(e, data, finding, changes, on) {
  const axis = shared(e, data);
  const row = h("div", { class: "equation" });
  const sums = [e.left, e.right].map((side) => side.map((cell) => big(valueOf(data, cell, changes) ?? "")));
  const gaps = sums.map((side) => side.filter((value) => value === null).length);
  const [left, right] = sums.map((side) => side.reduce((sum, value) => sum + (value ?? 0n), 0n));
  const open = gaps[0] + gaps[1] > 0;
  const equal = left === right;
  row.classList.toggle("holds", equal);
  row.append(h("small", {}, axis.name));
  side(row, e.left, data, finding, changes, axis, on);
  row.append(h("span", {}, equal ? "=" : "≠"));
  side(row, e.right, data, finding, changes, axis, on);
  if (e.right.length > 1) row.append(h("span", {}, `(${right})`));
  const gap = left > right ? left - right : right - left;
  row.append(h("span", { class: "gap" }, equal ? (open ? "" : word("U-BOTH-SIDES")) : `${word("U-DIFFERENCE")} ${gap}`));
  return row;
}

/** Which half of the labels all terms share (it is said once), and which half tells them apart. */
function shared(e, data) {
  const labels = [...e.left, ...e.right].map((cell) => data.cells[cell]?.short ?? [cell, ""]);
  const own = labels.every((label) => label[0] === labels[0][0]) ? 1 : 0;
  return { own, name: labels[0][1 - own] };
}

function side(row, cells, data, finding, changes, axis, on) {
  let zeros = 0;
  let gaps = 0;
  let first = true;
  const suspects = new Set(finding.suspects);
  for (const cell of cells) {
    const value = valueOf(data, cell, changes);
    if (cells.length > 2 && !suspects.has(cell) && !(cell in changes)) {
      if (value === "0") { zeros++; continue; }
      if (value === null) { gaps++; continue; }
    }
    if (!first) row.append("+");
    first = false;
    const name = (data.cells[cell]?.short ?? [cell, ""])[axis.own];
    row.append(h("button", {
      type: "button", class: `term${suspects.has(cell) ? " suspect" : ""}${cell in changes ? " changed" : ""}`, "data-term": cell, tabindex: "-1", title: data.cells[cell]?.label,
      onclick: () => on.activate(cell), onmouseenter: () => on.light([cell]), onmouseleave: () => on.light([]),
    }, h("small", {}, name), h("b", {}, value ?? "□")));
  }
  if (first) row.append("0");
  if (zeros) row.append(h("small", {}, word("U-ZEROS", { count: zeros })));
  if (gaps) row.append(h("small", {}, word("U-GAPS", { count: gaps })));
}

const SIGNS = { error: "!", warning: "?", info: "i" };

function pips(data, current, on) {
  const holder = at("pips");
  holder.replaceChildren(...data.findings.map((finding, index) => h("button", {
    type: "button", tabindex: "-1", class: answered(finding) ? "decided" : finding.severity, "aria-current": String(finding === current),
    title: `${finding.about} · ${word(`U-SEV-${finding.severity.toUpperCase()}`)}`, onclick: () => on.go(index),
    "aria-label": `${index + 1} ${finding.about}`,
  }, answered(finding) ? "✓" : SIGNS[finding.severity])));
  const now = holder.querySelector("[aria-current=true]");
  if (now) holder.scrollLeft = now.offsetLeft - holder.clientWidth / 2;
}

/** Marks the finding's cells on the form and the one that keys act on. */
export function mark(finding, active) {
  for (const element of document.querySelectorAll("#sheets .here, #sheets .active")) element.classList.remove("here", "active");
  const cells = finding ? (finding.suspects.length ? finding.suspects : finding.cells) : [];
  if (cells.length <= 60) for (const cell of cells) place(cell)?.classList.add("here");
  const own = active && place(active);
  own?.classList.add("active");
  (own ?? (cells[0] && place(cells[0])))?.scrollIntoView({ block: "center", inline: "nearest" });
}

export const place = (cell) => document.querySelector(`#sheets [data-cell="${CSS.escape(cell)}"]`);

/** What a choice would do to the other findings. */
export function effect(told) {
  const holder = at("effect");
  holder.replaceChildren();
  if (!told) return;
  if (told.note) holder.append(h("span", {}, told.note));
  if (told.checking) holder.append(h("small", {}, word("U-CHECKING")));
  if (!told.checked) return;
  const { settles, makes } = told.checked;
  if (settles.length) holder.append(h("span", { class: "good", title: settles.join("\n") }, "✓ ", word("U-SETTLES", { count: settles.length })));
  if (makes.length) holder.append(h("span", { class: "bad", title: makes.join("\n") }, "! ", word("U-NAMED", { name: word("U-MAKES", { count: makes.length }), value: makes[0] })));
  if (!settles.length && !makes.length) holder.append(h("small", {}, word("U-SETTLES-NOTHING")));
}
