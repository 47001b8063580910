// Logging in, and on to the page that was asked for.
import { everywhere, listen } from "./keys.js";
import { call } from "./page.js";

const form = document.querySelector("form[data-login]");
const problem = form.querySelector("[role=alert]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name, password, next } = form.elements;
  try {
    await call("/api/log-in", { name: name.value, password: password.value });
    location.assign(next.value);
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    password.select();
  }
});
listen("everywhere", everywhere());
