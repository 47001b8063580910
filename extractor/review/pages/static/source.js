// The source, as text and as page images: what stands where, lit and scrolled to.
import { h, toast, word } from "./page.js";

const VIEWS = { both: "image", image: "text", text: "both" };
let box = null; // these are other elements when another report is taken
let images = null;
let zoom = 1;
let shown = null; // page index and boxes that the image view shows
let data = null;

export function take(next) {
  data = next;
  shown = null;
  if (box === document.getElementById("source")) return;
  box = document.getElementById("source");
  images = document.getElementById("image");
  if (images) pan();
}

const marksOf = (cell) => document.querySelectorAll(`#text [data-cells~="${CSS.escape(cell)}"]`);

/** Lights the cells that the pointer or the focus is on, on both sides. */
export function light(cells) {
  for (const element of document.querySelectorAll(".lit")) element.classList.remove("lit");
  for (const cell of cells) {
    for (const mark of marksOf(cell)) mark.classList.add("lit");
    for (const other of document.querySelectorAll(`[data-cell="${CSS.escape(cell)}"], [data-term="${CSS.escape(cell)}"]`)) other.classList.add("lit");
  }
}

/** Shows the places of a finding and of the cell that is being decided. */
export function point(finding, cell) {
  for (const element of document.querySelectorAll("#text .here, #text .active")) element.classList.remove("here", "active");
  const places = [...document.querySelectorAll("#text [data-at]")];
  const spans = finding?.spans ?? [];
  const within = (at) => spans.some(([start, end]) => start <= at && at < end);
  const hit = places.filter((element) => within(Number(element.dataset.at)));
  const wide = hit.length > 60; // a whole table: its own marks say enough
  for (const element of hit) if (!wide) element.classList.add("here");
  const own = cell ? [...marksOf(cell)] : [];
  for (const mark of own) mark.classList.add("active");
  const target = own[0] ?? hit[0] ?? nearest(places, cell);
  target?.scrollIntoView({ block: "center", inline: "nearest" });
  const boxes = (cell && data?.cells[cell]?.boxes) || finding?.boxes || [];
  if (images && box.dataset.view !== "text") paint(boxes.length ? boxes : [[shown ?? 0, 0, 0, 0, 0]]);
}

/** Where a cell that has no place of its own would stand: behind the last place of its table that comes before it. */
function nearest(places, cell) {
  if (!cell) return null;
  const order = Object.keys(data.cells);
  for (let at = order.indexOf(cell) - 1; at >= 0; at--) {
    const marks = marksOf(order[at]);
    if (marks.length) return marks[0];
  }
  return null;
}

/** The page image with its boxes lit. */
function paint(boxes) {
  const page = boxes[0][0];
  const [width, height] = data.pages[page];
  if (shown !== page) {
    const image = h("img", { alt: word("U-PAGE", { page: page + 1, pages: data.pages.length }), src: `/api/documents/${data.document}/pages/${page + 1}`, onerror: missing });
    const layer = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    layer.setAttribute("viewBox", `0 0 ${width} ${height}`);
    images.replaceChildren(h("div", { class: "paper" }, image, layer));
    shown = page;
  }
  const layer = images.querySelector("svg");
  layer.replaceChildren(...boxes.filter((b) => b[0] === page && b[3] > b[1]).map(([, x0, y0, x1, y1]) => {
    const rectangle = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ x: x0 - 2, y: y0 - 2, width: x1 - x0 + 4, height: y1 - y0 + 4, rx: 2 })) rectangle.setAttribute(name, value);
    return rectangle;
  }));
  fit(boxes[0]);
  box.querySelector("[data-page]").textContent = word("U-PAGE", { page: page + 1, pages: data.pages.length });
}

/** The image is not to be had: the text is shown, and why. */
function missing() {
  box.dataset.view = "text";
  shown = null;
  toast(word("U-NO-IMAGE"));
}

function fit([page, x0, y0, x1, y1]) {
  const [width, height] = data.pages[page];
  const scale = (images.clientWidth / width) * zoom || zoom;
  const paper = images.querySelector(".paper");
  paper.style.width = `${width * scale}px`;
  paper.style.height = `${height * scale}px`;
  images.scrollTo(((x0 + x1) / 2) * scale - images.clientWidth / 2, ((y0 + y1) / 2) * scale - images.clientHeight / 2);
}

/** Both, the image alone, the text alone. */
export function turn(finding, cell) {
  if (!images) return;
  box.dataset.view = VIEWS[box.dataset.view];
  point(finding, cell);
}

export function zoomBy(factor, finding, cell) {
  zoom = Math.min(6, Math.max(0.5, zoom * factor));
  shown = null;
  point(finding, cell);
}

/** Dragging moves the image. */
function pan() {
  let from = null;
  images.addEventListener("pointerdown", (event) => {
    from = [event.clientX + images.scrollLeft, event.clientY + images.scrollTop];
    images.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  images.addEventListener("pointermove", (event) => from && images.scrollTo(from[0] - event.clientX, from[1] - event.clientY));
  images.addEventListener("pointerup", () => (from = null));
  images.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    images.dispatchEvent(new CustomEvent("zoom", { detail: event.deltaY < 0 ? 1.15 : 1 / 1.15, bubbles: true }));
  }, { passive: false });
}
