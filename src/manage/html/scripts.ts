/**
 * What runs in the pages. It touches the document only by `textContent` and by elements that it
 * makes: nothing from a bucket is ever read as HTML.
 *
 * @module
 */

/**
 * Zoom, pan and search. It needs `items`, the elements that can be found, and `find`, which gives
 * those that a text in lower case is in.
 */
const VIEW = `
const svg = document.querySelector("svg");
const whole = svg.getAttribute("viewBox").split(" ").map(Number);
let [x, y, width, height] = whole;
const update = () => svg.setAttribute("viewBox", [x, y, width, height].join(" "));
const toDrawing = ({ clientX, clientY }) =>
  new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
function zoom(factor, center) {
  const at = center ?? { x: x + width / 2, y: y + height / 2 };
  const limited = Math.min(Math.max(factor, 100 / width), 4 * whole[2] / width);
  x = at.x - (at.x - x) * limited;
  y = at.y - (at.y - y) * limited;
  width *= limited;
  height *= limited;
  update();
}
// Pixels for a unit of the drawing.
const scale = () => Math.min(svg.clientWidth / width, svg.clientHeight / height);
const placeOf = (element) => element.transform.baseVal.consolidate()?.matrix ?? { e: 0, f: 0 };
function reveal(element) {
  const { x: left, y: top, width: wide, height: high } = element.getBBox();
  const { e, f } = placeOf(element);
  if (scale() < 1) [width, height] = [svg.clientWidth, svg.clientHeight];
  x = e + left + wide / 2 - width / 2;
  y = f + top + high / 2 - height / 2;
  update();
}
// Where the whole would be too small to read, the first thing to see is where it begins.
if (items.length > 0 && scale() < 0.4) {
  reveal(items.reduce((a, b) => placeOf(b).f < placeOf(a).f ? b : a));
  y += height / 2 - 60;
  update();
}
svg.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, toDrawing(event));
}, { passive: false });
let grip;
svg.addEventListener("pointerdown", (event) => grip = toDrawing(event));
addEventListener("pointerup", () => grip = undefined);
svg.addEventListener("pointermove", (event) => {
  if (!grip) return;
  const at = toDrawing(event);
  x += grip.x - at.x;
  y += grip.y - at.y;
  update();
});
document.getElementById("closer").onclick = () => zoom(1 / 1.5);
document.getElementById("farther").onclick = () => zoom(1.5);
document.getElementById("all").onclick = () => {
  [x, y, width, height] = whole;
  update();
};
const search = document.getElementById("search");
let matches = [];
let current = -1;
search.addEventListener("input", () => {
  const text = search.value.trim().toLowerCase();
  for (const item of matches) item.classList.remove("match");
  matches = text === "" ? [] : find(text);
  current = -1;
  for (const item of matches) item.classList.add("match");
  svg.classList.toggle("searching", text !== "");
  document.getElementById("found").textContent = text === "" ? "" : matches.length + " found";
});
search.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || matches.length === 0) return;
  current = (current + (event.shiftKey ? matches.length - 1 : 1)) % matches.length;
  reveal(matches[current]);
  matches[current].dispatchEvent(new Event("choose"));
});
`;

/** A treemap: what can be found is in the cells' own text. */
export const STATS_SCRIPT = `
"use strict";
const items = [...document.querySelectorAll(".item")];
const find = (text) => items.filter((item) => item.textContent.toLowerCase().includes(text));
${VIEW}`;

/** The graph of a cache: what can be found is in the data, and a click shows it. */
export const CACHE_SCRIPT = `
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const items = [...document.querySelectorAll(".item")];
const edges = [...document.querySelectorAll(".edge")];
function chainOf(result) {
  if (result.chain) return result.chain;
  const chain = [];
  for (let at = result.layer; at !== -1; at = data.layers[at].parent) chain.unshift(at);
  return chain;
}
function find(text) {
  const has = (value) => value.toLowerCase().includes(text);
  const layers = data.layers.map(({ blob, diffID, state }) => has(blob) || has(diffID) || has(state));
  return items.filter((_, i) => {
    const { digest, inputs, results } = data.records[i];
    return has(digest) || inputs.flat().some(({ selector }) => has(selector)) ||
      results.some((result) => chainOf(result).some((layer) => layers[layer]));
  });
}
${VIEW}
const panel = document.getElementById("panel");
function element(name, content, className = "") {
  const made = document.createElement(name);
  made.append(...[content].flat());
  made.className = className;
  return made;
}
const section = (title, rows) =>
  rows.length === 0 ? [] : [element("h2", title), element("ul", rows.map((row) => element("li", row)))];
function linkTo(index) {
  const button = element("button", "record " + index);
  button.onclick = () => {
    reveal(items[index]);
    show(index);
  };
  return button;
}
function ago(time) {
  const hours = Math.max(0, Math.floor((data.now - Date.parse(time)) / 3600000));
  return hours < 48 ? hours + " h ago" : Math.floor(hours / 24) + " d ago";
}
function layerRow(index) {
  const { blob, size, state, lastModified } = data.layers[index];
  const facts = size.toLocaleString("en") + " B, " +
    (state === "present" ? "written " + ago(lastModified) : state);
  return [
    element("code", blob),
    element("div", facts, state === "present" ? "" : "broken"),
  ];
}
function show(index) {
  const { digest, inputs, results } = data.records[index];
  const users = data.records.flatMap((record, i) =>
    record.inputs.flat().some(({ link }) => link === index) ? [[linkTo(i)]] : []);
  for (const edge of edges) {
    edge.classList.toggle("near", [edge.dataset.from, edge.dataset.to].includes(String(index)));
  }
  panel.replaceChildren(
    element("h2", "Record " + index),
    element("code", digest),
    ...section("Inputs", inputs.flatMap((alternatives, input) =>
      alternatives.map(({ link, selector }) => [
        "#" + input + ": ", linkTo(link), ...(selector === "" ? [] : [" ", element("code", selector)]),
      ]))),
    ...section("Needed by", users),
    ...results.flatMap((result) => section(
      "Result, made " + result.createdAt + (result.broken ? ", broken" : ""),
      chainOf(result).map(layerRow),
    )),
  );
}
items.forEach((item, index) => {
  item.addEventListener("click", () => show(index));
  item.addEventListener("choose", () => show(index));
  item.addEventListener("keydown", ({ key }) => key === "Enter" && show(index));
});
`;
