import { Failure, text } from "./api.js";
import { h, fill } from "./dom.js";

/**
 * A picture that the server draws for the width there is, as for the pages of --html. It is drawn again when the width or the log changes, and only
 * while somebody can see it. The picture is parsed as an inert document of its own; what could act in it is not taken over.
 */
export function chart(label, url, parameters, { caption, onround } = {}) {
  const holder = h("div", { class: "chart", role: "group", "aria-label": label, "aria-busy": "true" });
  const figure = h("figure", {}, holder, caption ? h("figcaption", {}, caption) : null);
  let isSeen = false;
  let isStale = true;
  let isLoading = false;
  let width = 0;
  let timer = null;
  let picture = null;

  async function draw() {
    if (!isSeen || isLoading || !isStale || width < 50) return;
    isLoading = true;
    isStale = false;
    try {
      const source = await text(url(), { ...parameters(), width });
      picture = svg(source);
      fill(holder, picture);
      holder.setAttribute("aria-busy", "false");
    } catch (e) {
      fill(holder, h("p", { class: "dim" }, e instanceof Failure ? e.message : "the picture cannot be drawn"));
    } finally {
      isLoading = false;
      if (isStale) later(1_000);
    }
  }

  /** One that is due earlier stays, or a log that grows all the time would never be drawn. */
  function later(milliseconds) {
    if (timer !== null && milliseconds > 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      draw();
    }, milliseconds);
  }

  const seen = new IntersectionObserver((entries) => {
    isSeen = entries[entries.length - 1].isIntersecting;
    draw();
  }, { rootMargin: "200px" });
  const sized = new ResizeObserver((entries) => {
    const now = Math.round(entries[0].contentRect.width);
    if (Math.abs(now - width) < 8) return;
    width = now;
    isStale = true;
    later(picture ? 120 : 0);
  });
  seen.observe(holder);
  sized.observe(holder);
  if (onround) {
    holder.addEventListener("click", (event) => {
      const round = event.target.closest?.("[data-round]")?.getAttribute("data-round");
      if (round) onround(Number(round));
    });
  }
  return {
    element: figure,
    /** The log has grown, or what is asked for is another thing. */
    refresh(milliseconds = 0) {
      isStale = true;
      later(milliseconds);
    },
    rename(name) {
      holder.setAttribute("aria-label", name);
    },
    close() {
      clearTimeout(timer);
      seen.disconnect();
      sized.disconnect();
    },
  };
}

const SVG = "http://www.w3.org/2000/svg";
const ELEMENTS = new Set(["svg", "g", "line", "polyline", "polygon", "rect", "circle", "text", "title"]);
const ATTRIBUTES = new Set(["viewBox", "role", "aria-label", "class", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height", "points",
  "fill-opacity", "text-anchor", "transform", "data-round"]);

function svg(source) {
  const parsed = new DOMParser().parseFromString(source, "image/svg+xml").documentElement;
  return copy(parsed);
}

/** Takes over shapes and text alone, whatever the source holds. */
function copy(node) {
  if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE || node.namespaceURI !== SVG || !ELEMENTS.has(node.localName)) return document.createTextNode("");
  const element = document.createElementNS(SVG, node.localName);
  for (const attribute of node.attributes) {
    if (ATTRIBUTES.has(attribute.name)) element.setAttribute(attribute.name, attribute.value);
  }
  for (const child of node.childNodes) element.append(copy(child));
  return element;
}
