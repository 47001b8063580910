// The history of a report's decisions, drawn by the server, in a drawer.
import { pageAt } from "./page.js";

const drawer = document.getElementById("history");

export const close = () => (drawer.hidden = true);

/** Opens the drawer on a report, or closes it. */
export async function turn(number) {
  if (!drawer.hidden) return close();
  const { page } = await pageAt(`/documents/${number}/history`);
  drawer.replaceChildren(...page.getElementById("main").childNodes);
  drawer.hidden = false;
  const button = drawer.querySelector("[data-close]");
  button?.addEventListener("click", close);
  button?.focus();
}
