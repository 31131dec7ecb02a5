// Elements and numbers. Text from the log becomes text nodes only: nothing here, and nothing that uses it, parses data as markup.

/** An element: h("p", { class: "lead", onclick: f }, "text", child). Null children are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const logHref = (key, ...rest) => ["#", encodeURIComponent(key), ...rest].join("/");

export const DASH = "–";
const known = (value) => value !== null && value !== undefined;

export function number(value, digits = 3) {
  return known(value) ? value.toFixed(digits) : DASH;
}

/** Accuracy, or exact match where the model answers problems. */
export const score = (row) => row.accuracy ?? row.exactMatch;
export const scoreName = (row) => (known(row.exactMatch) ? "exact match" : "accuracy");

export function short(value) {
  if (!known(value)) return DASH;
  const size = Math.abs(value);
  return size === 0 ? "0" : size >= 1000 || size < 0.001 ? value.toExponential(1) : value.toPrecision(3);
}

export function integer(value) {
  return known(value) ? value.toLocaleString("en-US") : DASH;
}

export function bytes(value) {
  if (!known(value)) return DASH;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let size = value;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

export function seconds(value) {
  if (!known(value)) return DASH;
  if (Math.abs(value) < 120) return `${value.toFixed(Math.abs(value) < 10 ? 2 : 1)} s`;
  return value < 7200 ? `${(value / 60).toFixed(1)} min` : `${(value / 3600).toFixed(1)} h`;
}

export function when(milliseconds) {
  return milliseconds ? new Date(milliseconds).toLocaleString() : DASH;
}

export function plural(count, one, many = one + "s") {
  return `${integer(count)} ${count === 1 ? one : many}`;
}

export const STATES = {
  running: ["running", "wait"], finished: ["finished", "good"], paused: ["paused", "warn"], aborted: ["aborted", "bad"],
  unstarted: ["not started", "dim"], open: ["open", "wait"], closed: ["closed", "warn"], published: ["published", "good"],
  failed: ["failed", "bad"],
};

export function badge(state) {
  const [text, kind] = STATES[state] ?? [state, "dim"];
  return h("span", { class: `badge ${kind}` }, text);
}

export const VERDICTS = {
  accepted: "accepted", "late-counts": "late, counts in the next round", late: "late, does not count", rejected: "rejected",
  revoked: "accepted, then taken back", awaited: "awaited", missed: "went on without it", none: "not asked",
};

const MARKS = {
  accepted: ["M4 10.5 8.2 15 16 5.5"],
  "late-counts": ["M10 5v5l3.5 2", "o"],
  late: ["M10 5v5l3.5 2", "o"],
  rejected: ["M5 5 15 15M15 5 5 15"],
  revoked: ["M4.6 4.6 15.4 15.4", "o"],
  awaited: ["dots"],
  missed: ["M5 10h10"],
  none: [],
};
const SVG = "http://www.w3.org/2000/svg";

/** A small picture for a verdict: it differs in shape, so that its colour is not all that tells. */
export function mark(verdict) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  for (const part of MARKS[verdict] ?? []) {
    if (part === "dots") {
      for (const x of [4, 10, 16]) svg.append(circle(x, 10, 1.6, "full"));
    } else if (part === "o") {
      svg.append(circle(10, 10, 7.6, ""));
    } else {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", part);
      svg.append(path);
    }
  }
  return svg;
}

function circle(x, y, radius, name) {
  const element = document.createElementNS(SVG, "circle");
  element.setAttribute("cx", x);
  element.setAttribute("cy", y);
  element.setAttribute("r", radius);
  if (name) element.setAttribute("class", name);
  return element;
}

export function tile(name, value, more) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value, more ? h("small", {}, more) : null));
}

export function table(caption, header, rows, left = []) {
  return h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {},
      h("caption", { class: "unseen" }, caption),
      h("thead", {}, h("tr", {}, header.map((name, i) => h("th", { scope: "col", class: left.includes(i) ? "left" : null }, name)))),
      h("tbody", {}, rows)));
}

export function announce(text) {
  document.getElementById("announce").textContent = text;
}
