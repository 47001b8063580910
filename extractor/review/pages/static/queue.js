// The queue by keyboard, and deciding what is alike together.
import { everywhere, listen } from "./keys.js";
import { call, dataOf, failed, h, toast, word } from "./page.js";

const data = dataOf("data");
const rows = [...document.querySelectorAll("#rows tbody tr")];
const dialog = document.getElementById("group");
const search = document.querySelector("#filters input[type=search]");
let at = -1;

function select(index) {
  if (!rows.length) return;
  rows[at]?.setAttribute("aria-selected", "false");
  at = Math.max(0, Math.min(rows.length - 1, index));
  rows[at].setAttribute("aria-selected", "true");
  rows[at].scrollIntoView({ block: "nearest" });
  rows[at].querySelector("a").focus({ preventScroll: true });
}

const open = (row) => row?.querySelector("a").click();
rows.forEach((row) => row.addEventListener("click", (event) => event.target.closest("a") || open(row)));

// deciding together -----------------------------------------------------------------------------------------------------

async function together(code, row = null) {
  if (!data.may_decide || !code) return;
  const cause = { filters: { ...data.filters, code, view: "undecided" }, kind: "as_printed", reason: "", note: "" };
  try {
    const kind = h("select", { name: "kind" }, data.kinds.map(([value, shown]) => h("option", { value }, shown)));
    const reason = h("select", { name: "reason" }, data.reasons.map((shown) => h("option", { value: shown }, shown)));
    const note = h("input", { type: "text", name: "note", maxlength: 2000 });
    const cell = row?.dataset.cell && h("input", { type: "checkbox" });
    const touched = h("p", { "aria-live": "polite" });
    const examples = h("ul", {});
    const apply = h("button", { type: "submit", class: "button act" });
    let digest = null;
    const look = async () => {
      if (cell) cause.filters.cell = cell.checked ? row.dataset.cell : data.filters.cell ?? null;
      Object.assign(cause, { kind: kind.value, reason: kind.value === "dismissed" ? reason.value : "", note: note.value });
      reason.parentElement.hidden = kind.value !== "dismissed";
      const seen = await call("/api/bulk/preview", cause);
      digest = seen.digest;
      touched.textContent = word("U-GROUP-TOUCHES", { findings: seen.findings, documents: seen.documents });
      apply.textContent = word("U-GROUP-APPLY", { count: seen.findings });
      apply.disabled = !seen.findings;
      examples.replaceChildren(...seen.examples.map((f) => h("li", {}, h("strong", {}, `${f.issuer ?? "—"} ${f.year ?? ""}`), " — ", f.message[data.language])));
    };
    const form = h("form", { class: "stack" },
      h("label", {}, word("U-GROUP-DECISION"), kind), h("label", {}, word("U-REASON"), reason), h("label", {}, word("U-NOTE"), note),
      cell && h("label", { class: "check" }, cell, word("U-GROUP-CELL", { cell: row.dataset.where })),
      touched, h("div", {}, h("h3", {}, word("U-GROUP-EXAMPLES")), examples),
      h("div", { class: "buttons" }, h("button", { type: "button", class: "plain", onclick: () => dialog.close() }, word("U-CANCEL")), apply));
    form.addEventListener("change", () => look().catch(failed));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      apply.disabled = true;
      try {
        cause.note = note.value;
        const taken = await call("/api/bulk", { ...cause, digest });
        dialog.close();
        toast(word("U-GROUP-DONE", { count: taken.findings }), { action: [word("U-KEY-UNDO"), "", () => call("/api/undo", { group: taken.group }).then(() => location.reload(), failed)] });
        setTimeout(() => location.reload(), 2500);
      } catch (error) {
        failed(error);
        if (error.status === 409) look().catch(failed);
      }
    });
    dialog.replaceChildren(h("header", {}, h("h2", { id: "group-title" }, word("U-NAMED", { name: word("U-GROUP-PREVIEW"), value: data.about[code] ?? code }))), form);
    dialog.showModal();
    await look();
    kind.focus();
  } catch (error) {
    failed(error);
  }
}

for (const button of document.querySelectorAll("[data-group]")) button.addEventListener("click", () => together(button.dataset.group));
for (const choice of document.querySelectorAll("#filters select")) choice.addEventListener("change", () => choice.form.requestSubmit());
document.getElementById("filters").addEventListener("submit", (event) => {
  for (const field of event.target.elements) if (!field.value) field.disabled = true; // a short address
});
document.addEventListener("keydown", (event) => event.key === "Escape" && event.target === search && search.blur());

listen("queue", everywhere({
  open: () => (at >= 0 ? open(rows[at]) : document.querySelector("[data-action=start]")?.click()),
  down: () => select(at + 1), up: () => select(at - 1), group: () => together(rows[Math.max(at, 0)]?.dataset.code, rows[Math.max(at, 0)]),
  search: () => search.focus(), start: () => document.querySelector("[data-action=start]")?.click(),
}));
