// The line in which a number, a reason or a note is typed; it takes the place of the buttons, so nothing moves.
import { h, word } from "./page.js";

const actions = document.querySelector("[data-actions]");
const form = document.querySelector("[data-editor]");
let done = null;
let left = null;

const NUMBER = /^[+-]?\d{1,15}(\.\d{1,6})?$/; // as the API takes them
const narrow = (text) => text.normalize("NFKC").replace(/,/g, "").replace(/[−–—]/g, "-").replace(/\s+/g, " ").trim();

function open(children, submit, focus, cancelled = null) {
  form.replaceChildren(...children, h("button", { type: "submit", class: "button" }, word("U-SAVE")), h("button", { type: "button", class: "plain", onclick: cancel }, word("U-CANCEL")));
  done = submit;
  left = cancelled;
  actions.hidden = true;
  form.hidden = false;
  focus.focus();
  focus.select?.();
}

export function close() {
  if (form.hidden) return false;
  form.hidden = true;
  actions.hidden = false;
  form.replaceChildren();
  done = null;
  document.getElementById("main").focus({ preventScroll: true });
  return true;
}

function cancel() {
  const told = left;
  close();
  told?.();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  done?.();
});
form.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  cancel();
});

/** Asks for one number, or up to `most` with spaces between. `changed(numbers or null)` at every key, `take(numbers)` at the end,
 *  `cancelled()` where they are given up. What is typed stays until the caller closes the line: it may have to be sent again. */
export function askNumbers(question, value, most, changed, take, cancelled) {
  const input = h("input", { type: "text", inputmode: "numeric", id: "number", maxlength: 400, value, "aria-describedby": "hint" });
  const read = () => {
    const numbers = narrow(input.value).split(" ").filter(Boolean);
    return numbers.length && numbers.length <= most && numbers.every((number) => NUMBER.test(number)) ? numbers : null;
  };
  input.addEventListener("input", () => {
    input.setAttribute("aria-invalid", String(read() === null && input.value !== ""));
    changed(read());
  });
  open([h("label", { for: "number" }, question), input, h("small", { id: "hint" }, word("U-ENTER-SAVES"))], () => {
    const numbers = read();
    if (numbers === null) {
      form.querySelector("#hint").textContent = word("U-NOT-A-NUMBER");
      return;
    }
    take(numbers);
  }, input, cancelled);
}

/** Asks for a reason: a digit is enough. */
export function askReason(reasons, take) {
  const buttons = reasons.map((reason, index) => h("button", { type: "button", class: "plain", onclick: () => { close(); take(reason); } }, h("kbd", {}, String(index + 1)), word(`U-REASON-${reason.toUpperCase()}`)));
  const group = h("div", { role: "group", "aria-label": word("U-REASON"), class: "actions wide", tabindex: "-1" }, buttons);
  open([group], () => {}, buttons[0]);
  form.querySelector("[type=submit]").remove();
  group.addEventListener("keydown", (event) => {
    const chosen = buttons[Number(event.key) - 1];
    if (!chosen) return;
    event.preventDefault();
    event.stopPropagation();
    chosen.click();
  });
}

/** Asks for a note. */
export function askNote(note, take) {
  const input = h("input", { type: "text", class: "wide", id: "note", maxlength: 2000, value: note });
  open([h("label", { for: "note" }, word("U-NOTE")), input], () => {
    const text = input.value;
    close();
    take(text);
  }, input);
}
