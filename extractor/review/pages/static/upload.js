// Handing in a file: dropping it works too, and its name is shown.
import { everywhere, listen } from "./keys.js";
import { dataOf, send, word } from "./page.js";

const form = document.getElementById("upload");
const drop = form.querySelector(".drop");
const input = form.querySelector("input[type=file]");
const name = form.querySelector("[data-chosen]");

const chosen = () => input.files.length && (name.textContent = input.files[0].name);
input.addEventListener("change", chosen);
for (const kind of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      chosen();
    }
  });
}
const outcome = document.querySelector("[data-outcome]");
const button = form.querySelector("button");
const { most } = dataOf("data");

function told(kind, message) {
  outcome.className = kind;
  outcome.textContent = message;
  outcome.hidden = false;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [file] = input.files;
  if (file.size > most) return told("wrong", word("U-FILE-TOO-BIG", { most: most / 1e6 }));
  button.disabled = true;
  told("dim", word("U-READING"));
  try {
    const read = await send(`/api/documents?name=${encodeURIComponent(file.name)}`, file, "POST", { "Content-Type": "application/octet-stream" });
    location.assign(`/documents/${read.document}`);
  } catch (error) {
    told("wrong", error.message);
  } finally {
    button.disabled = false;
  }
});
listen("everywhere", everywhere());
