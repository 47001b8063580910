// The lead's page: the share of findings that two people decide.
import { everywhere, listen } from "./keys.js";
import { call, failed, toast, word } from "./page.js";

document.getElementById("share").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await call("/api/settings", { share: Number(event.target.elements.share.value) / 100 }, "PUT");
    toast(word("U-SAVED"));
  } catch (error) {
    failed(error);
  }
});
listen("everywhere", everywhere());
