// Keys: which does what, kept in this browser where somebody bound another; the panel that shows and binds them.
import { call, dataOf, failed, word } from "./page.js";

const { actions } = dataOf("keys");
const STORE = "review-keys";
const NAMES = { Enter: "⏎", " ": "␣", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", Backspace: "⌫", Tab: "⇥" };
const FIXED = new Set(["Escape", "Tab", ..."123456789"]);

let bound = load();
let handlers = {};
let place = "everywhere";

function load() {
  let own = {};
  try {
    own = JSON.parse(localStorage.getItem(STORE) ?? "{}");
  } catch {
    // a store that can't be read is as good as none
  }
  return Object.fromEntries(actions.map((a) => [a.name, typeof own[a.name] === "string" ? own[a.name] : a.key]));
}

export const keyOf = (name) => bound[name];
export const shownKey = (key) => NAMES[key] ?? key;

/** Writes the keys onto everything that shows one. */
export function label(within = document) {
  for (const element of within.querySelectorAll("[data-key]")) element.textContent = shownKey(bound[element.dataset.key]);
  for (const element of within.querySelectorAll("[data-action]")) {
    const key = bound[element.dataset.action];
    if (key) element.setAttribute("aria-keyshortcuts", key);
  }
}

/** Starts to listen. `own`: functions by action; `onDigit(digit, shift)` for the proposals. */
export function listen(where, own, onDigit = null) {
  place = where;
  handlers = own;
  label();
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || typing(event.target)) return;
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1] ?? /^[1-9]$/.exec(event.key)?.[0];
    if (digit && onDigit) {
      event.preventDefault();
      if (!event.repeat) onDigit(Number(digit), event.shiftKey);
      return;
    }
    const action = actions.find((a) => bound[a.name] === event.key && (a.place === place || a.place === "everywhere"));
    if (!action || !handlers[action.name]) return;
    if (event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
    event.preventDefault();
    if (!event.repeat || action.repeats) handlers[action.name]();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-action]");
    if (!button || button.tagName === "A" || !handlers[button.dataset.action]) return;
    handlers[button.dataset.action]();
    if (button.closest(".actions, .strip")) button.blur(); // Enter goes on meaning "accept"
  });
}

const typing = (target) => target.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

/** The panel of keys: shows them, binds another on demand. */
export function panel() {
  const dialog = document.getElementById("help");
  const taken = dialog.querySelector("[data-taken]");
  let waiting = null;
  const rest = () => {
    if (waiting) waiting.setAttribute("aria-pressed", "false");
    waiting = null;
    label();
  };
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-reset]").addEventListener("click", () => {
    localStorage.removeItem(STORE);
    bound = load();
    taken.hidden = true;
    rest();
  });
  dialog.addEventListener("close", rest);
  for (const button of dialog.querySelectorAll("[data-bind]")) {
    button.addEventListener("click", () => {
      rest();
      waiting = button;
      button.setAttribute("aria-pressed", "true");
      button.firstElementChild.textContent = word("U-PRESS-KEY");
    });
  }
  dialog.addEventListener("keydown", (event) => {
    if (!waiting || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Escape") return rest();
    const own = actions.find((a) => a.name === waiting.dataset.bind);
    const other = actions.find((a) => a !== own && bound[a.name] === event.key && meet(a, own));
    taken.hidden = !other && !FIXED.has(event.key);
    if (!taken.hidden) {
      const about = other ? word(other.code) : word("U-KEY-PROPOSAL");
      taken.textContent = word("U-KEY-TAKEN", { key: shownKey(event.key), action: about });
      return rest();
    }
    bound[own.name] = event.key;
    localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(actions.filter((a) => bound[a.name] !== a.key).map((a) => [a.name, bound[a.name]]))));
    rest();
  });
  return () => (dialog.open ? dialog.close() : dialog.showModal());
}

const meet = (a, b) => a.place === b.place || a.place === "everywhere" || b.place === "everywhere";

/** The actions that every page has. */
export function everywhere(more = {}) {
  const open = panel();
  document.querySelector("[data-log-out]")?.addEventListener("click", () => call("/api/log-out", {}).then(() => location.assign("/log-in"), failed));
  const follow = (name) => () => document.querySelector(`a[data-action=${name}]`)?.click();
  return { help: open, settings: open, queue: follow("queue"), language: follow("language"), ...more };
}
