// Handing in a file: dropping it works too, and its name is shown.
import { everywhere, listen } from "./keys.js";

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
form.addEventListener("submit", () => form.setAttribute("aria-busy", "true"));
listen("everywhere", everywhere());
