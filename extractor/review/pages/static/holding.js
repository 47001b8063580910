// Whose hands a report is in: taken while it is open, given back when the page is left. It lapses by itself after five minutes.
import { call } from "./page.js";

const lease = (number) => `/api/documents/${number}/lease`;

/** Takes or keeps the report; false where somebody else has it. */
export async function hold(number) {
  try {
    await call(lease(number), {}, "PUT");
    return true;
  } catch (error) {
    return error.status !== 409; // without a connection nothing is known; the decision itself will tell
  }
}

/** Gives it back; the page may be gone before the answer comes. */
export function release(number) {
  const headers = { "X-CSRF-Token": document.querySelector("meta[name=csrf]").content };
  fetch(lease(number), { method: "DELETE", headers, credentials: "same-origin", keepalive: true }).catch(() => {});
}
