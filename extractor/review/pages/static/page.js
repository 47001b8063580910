// What every page needs: building elements, words, calls to the API, toasts. Text from anywhere reaches the page as text only.

/** An element with attributes and children; strings become text, false and null are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== false && child !== null && child !== undefined));
  return element;
}

/** The content of a JSON script element. */
export function dataOf(id, within = document) {
  const holder = within.getElementById(id);
  return holder ? JSON.parse(holder.textContent) : null;
}

const words = { ...(dataOf("data")?.words ?? {}), ...(dataOf("keys")?.words ?? {}) };

/** A word of the catalogue with its parameters. */
export function word(code, parameters = {}) {
  return (words[code] ?? code).replace(/\{(\w+)\}/g, (whole, name) => parameters[name] ?? whole);
}

export class Refused extends Error {
  constructor(status, reason, body) {
    super(reason);
    this.status = status;
    this.body = body;
  }
}

const csrf = () => document.querySelector("meta[name=csrf]").content;

/** A call to the API. Throws Refused with a reason fit to be shown. */
export async function call(path, body, method = body === undefined ? "GET" : "POST") {
  return send(path, body === undefined ? undefined : JSON.stringify(body), method, { "Content-Type": "application/json" });
}

/** The same with a body as it is. */
export async function send(path, body, method = "POST", about = {}) {
  let response;
  try {
    const headers = { Accept: "application/json" };
    if (method !== "GET") Object.assign(headers, about, { "X-CSRF-Token": csrf() });
    response = await fetch(path, { method, headers, credentials: "same-origin", body });
  } catch {
    throw new Refused(0, word("U-NO-CONNECTION"));
  }
  if (response.ok) return response.status === 204 ? null : response.json();
  let told = null;
  try {
    told = await response.json();
  } catch {
    // an answer that is no JSON comes from something in between; its status says enough
  }
  if (told?.code === "E-CSRF" && (await loggedInAgain())) return send(path, body, method, about);
  const reason = told?.code === "E-WHO" ? word("U-LOGGED-OUT") : told?.[document.documentElement.lang === "en" ? "en" : "zh"];
  throw new Refused(response.status, reason ?? String(response.status), told);
}

/** Whether the person of this page has logged in anew in another tab; their new session's token is taken over then. */
async function loggedInAgain() {
  const response = await fetch("/api/me", { credentials: "same-origin" });
  if (!response.ok) return false;
  const me = await response.json();
  const token = document.querySelector("meta[name=csrf]");
  if (me.name !== token.dataset.person || me.csrf === token.content) return false;
  token.content = me.csrf;
  return true;
}

/** A page of this server as a document, for its parts. */
export async function pageAt(path, signal) {
  const response = await fetch(path, { credentials: "same-origin", headers: { Accept: "text/html" }, signal });
  if (!response.ok) throw new Refused(response.status, response.status === 401 ? word("U-LOGGED-OUT") : String(response.status));
  return { url: response.url, page: new DOMParser().parseFromString(await response.text(), "text/html") };
}

/** A note at the foot of the page, with something to do about it where `action` is given: [words, key, function]. */
export function toast(message, { bad = false, action = null, stays = 6000 } = {}) {
  const holder = document.getElementById("toasts");
  const note = h("div", { class: bad ? "toast bad" : "toast" }, h("span", {}, message));
  if (action) note.append(h("button", { type: "button", onclick: () => { note.remove(); action[2](); } }, action[0], " ", h("kbd", {}, action[1])));
  holder.replaceChildren(note);
  if (bad) document.getElementById("alerts").textContent = message;
  setTimeout(() => note.remove(), stays);
}

/** Says something went wrong. */
export function failed(error) {
  if (error?.name === "AbortError") return;
  const action = error.status === 401 ? [word("U-LOG-IN"), "", () => window.open("/log-in", "_blank")] : null;
  toast(error instanceof Refused ? word("U-FAILED", { reason: error.message }) : String(error), { bad: true, action, stays: 12000 });
}
