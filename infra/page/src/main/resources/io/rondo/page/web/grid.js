import { get, path } from "./api.js";
import { bytes, DASH, fill, h, integer, logHref, mark, number, score, scoreName, seconds, short, VERDICTS } from "./dom.js";

const ROW = 34;
const BLOCK = 50;
const MOST_BLOCKS = 48;
const NAME = 58;
const HEAD = 34;
const TALL_HEAD = 122;
const NARROWEST = 34;
const WIDEST = 200;
/** A column narrower than this has no room for a number. */
const ROOM = 78;

export const SHOWN = {
  seconds: ["latency", (cell) => seconds(cell.seconds)],
  bytes: ["bytes", (cell) => bytes(cell.bytes)],
  examples: ["examples", (cell) => integer(cell.examples)],
  loss: ["loss", (cell) => number(cell.loss)],
  score: ["accuracy", (cell) => number(score(cell))],
  norm: ["norm", (cell) => short(cell.norm)],
  verdict: ["verdict alone", () => ""],
};

/** What became of a trainer in a round, in words. */
export function inWords(cell) {
  if (!cell) return "not asked";
  const parts = [VERDICTS[cell.verdict] ?? cell.verdict];
  if (cell.reason) parts.push(`because ${cell.reason}`);
  if (cell.of !== undefined) parts.push(`an update of round ${cell.of}`);
  if (cell.seconds !== undefined) parts.push(`after ${seconds(cell.seconds)}`);
  if (cell.bytes !== undefined) parts.push(bytes(cell.bytes));
  if (cell.examples !== undefined) parts.push(`${integer(cell.examples)} examples`);
  if (cell.norm !== undefined) parts.push(`norm ${short(cell.norm)}`);
  if (cell.loss !== undefined) parts.push(`loss ${number(cell.loss)}`);
  if (score(cell) !== undefined) parts.push(`${scoreName(cell)} ${number(score(cell))}`);
  return parts.join(", ");
}

/**
 * The grid of rounds × trainers, the newest round on top. Only what can be seen is in the document, and only blocks of it are asked for, so that it
 * scrolls through a thousand rounds of two hundred trainers as through ten of three.
 */
export function grid(key) {
  const head = h("div", { class: "g-head", role: "row", "aria-rowindex": "1" });
  const body = h("div", { role: "rowgroup" });
  const size = h("div", { class: "g-size" }, h("div", { role: "rowgroup" }, head), body);
  size.firstChild.className = "g-head-group";
  const box = h("div", { class: "matrix", role: "grid", tabindex: "0", "aria-label": "Rounds by trainers", "aria-describedby": "grid-detail" }, size);
  const detail = h("p", { class: "detail", id: "grid-detail", "aria-live": "polite" }, "");
  const holder = h("div", {}, box, detail);
  const blocks = new Map();
  const asked = new Set();
  let rounds = 0;
  let trainers = 0;
  let names = [];
  let column = WIDEST;
  let shown = "seconds";
  let active = null;
  let frame = null;

  const height = () => (column < ROOM ? TALL_HEAD : HEAD);
  const roundAt = (row) => rounds - 1 - row;
  const cellId = (row, col) => `cell-${row}-${col}`;

  function layout() {
    const width = holder.clientWidth - 2;
    if (!width || !trainers) return;
    column = Math.max(NARROWEST, Math.min(WIDEST, Math.floor((width - NAME) / trainers)));
    size.style.width = `${NAME + column * trainers}px`;
    box.style.maxWidth = `${NAME + column * trainers + 2}px`;
    size.style.height = `${height() + ROW * rounds}px`;
    box.setAttribute("aria-rowcount", rounds + 1);
    box.setAttribute("aria-colcount", trainers + 1);
    head.style.height = `${height()}px`;
    head.style.width = size.style.width;
    head.classList.toggle("tall", column < ROOM);
    draw();
  }

  function draw() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(drawNow);
  }

  function visible() {
    const firstRow = Math.max(0, Math.floor(box.scrollTop / ROW) - 3);
    const lastRow = Math.min(rounds - 1, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + 3);
    const firstCol = Math.max(0, Math.floor(box.scrollLeft / column) - 2);
    const lastCol = Math.min(trainers - 1, Math.ceil((box.scrollLeft + box.clientWidth - NAME) / column) + 2);
    return { firstRow, lastRow, firstCol, lastCol };
  }

  function drawNow() {
    if (!trainers || !rounds) return;
    const { firstRow, lastRow, firstCol, lastCol } = visible();
    const heads = [place(h("div", { class: "g-name", role: "columnheader", "aria-colindex": "1" }, "round"), 0, NAME)];
    for (let col = firstCol; col <= lastCol; col++) {
      const name = names[col] ?? "…";
      heads.push(place(h("div", { role: "columnheader", "aria-colindex": col + 2, title: name }, h("span", {}, name)), NAME + col * column, column));
    }
    fill(head, heads);
    const rows = [];
    for (let row = firstRow; row <= lastRow; row++) {
      const round = roundAt(row);
      const data = rowData(round);
      const cells = [place(h("div", { class: "g-name", role: "rowheader", "aria-colindex": "1" },
        h("a", { href: logHref(key, "rounds", round), tabindex: "-1", title: data ? `round ${round}, ${data.status}` : null }, String(round))), 0, NAME)];
      for (let col = firstCol; col <= lastCol; col++) {
        cells.push(cellElement(row, col, cellData(round, col), data));
      }
      const element = h("div", { class: `g-row ${data ? `s-${data.status}` : ""}`, role: "row", "aria-rowindex": row + 2 }, cells);
      element.style.transform = `translateY(${height() + row * ROW - height()}px)`;
      element.style.height = `${ROW}px`;
      element.style.width = size.style.width;
      rows.push(element);
    }
    fill(body, rows);
    box.setAttribute("aria-activedescendant", active ? cellId(active.row, active.col) : "");
    load(firstRow, lastRow, firstCol, lastCol);
  }

  function place(element, left, width) {
    if (!element.classList.contains("g-name")) element.style.left = `${left}px`;
    element.style.width = `${width}px`;
    return element;
  }

  function cellElement(row, col, cell, data) {
    const isActive = active && active.row === row && active.col === col;
    const words = data === undefined ? "not read yet" : data.forgotten ? "not kept" : inWords(cell);
    const number_ = cell && cell.verdict !== "none" ? SHOWN[shown][1](cell) : cell && shown === "score" ? number(score(cell)) : "";
    const value = number_ === DASH ? "" : number_;
    const isBrief = column < ROOM && !["verdict", "seconds", "bytes"].includes(shown) && value !== "";
    const element = h("div", {
      id: cellId(row, col), role: "gridcell", "aria-colindex": col + 2, class: `${cell ? `v-${cell.verdict}` : ""}${isActive ? " on" : ""}`,
      "aria-label": `round ${roundAt(row)}, ${names[col] ?? ""}: ${words}`, title: column < ROOM ? words : null,
    }, cell && !isBrief ? mark(cell.verdict) : null, column >= ROOM && value !== "" ? value : null,
    isBrief ? h("span", {}, brief(value)) : null);
    return place(element, NAME + col * column, column);
  }

  /** A number that fits into a narrow column. */
  function brief(value) {
    const text = value.split(" ")[0];
    return text.startsWith("0.") ? text.slice(1, 4) : text.slice(0, 4).replace(/\.$/, "");
  }

  const blockKey = (round, col) => `${Math.floor(round / BLOCK)}:${Math.floor(col / BLOCK)}`;

  function rowData(round) {
    for (let col = 0; col < trainers; col += BLOCK) {
      const found = blocks.get(blockKey(round, col))?.rows.get(round);
      if (found) return found;
    }
    return undefined;
  }

  function cellData(round, col) {
    return blocks.get(blockKey(round, col))?.rows.get(round)?.cells[col % BLOCK];
  }

  function load(firstRow, lastRow, firstCol, lastCol) {
    for (let round = roundAt(firstRow) + BLOCK; round > roundAt(lastRow) - BLOCK; round -= BLOCK) {
      const within = Math.max(roundAt(lastRow), Math.min(roundAt(firstRow), round));
      for (let col = Math.floor(firstCol / BLOCK) * BLOCK; col <= lastCol; col += BLOCK) ask(within, col);
    }
  }

  async function ask(round, col) {
    const id = blockKey(round, col);
    const known = blocks.get(id);
    if (asked.has(id) || (known && !known.isStale)) return;
    asked.add(id);
    if (known) known.isStale = false;
    try {
      const firstRound = Math.floor(round / BLOCK) * BLOCK;
      const answer = await get(path(key, "grid"), { round: firstRound, rounds: BLOCK, trainer: Math.floor(col / BLOCK) * BLOCK, trainers: BLOCK });
      if (answer.totalTrainers !== trainers) {
        blocks.clear();
        names = [];
        trainers = answer.totalTrainers;
        layout();
      }
      answer.trainers.forEach((name, i) => (names[answer.firstTrainer + i] = name));
      blocks.delete(id);
      blocks.set(id, { isStale: false, rows: new Map(answer.rounds.map((row) => [row.round, row])) });
      while (blocks.size > MOST_BLOCKS) blocks.delete(blocks.keys().next().value);
    } catch {
      if (known) known.isStale = true;
    } finally {
      asked.delete(id);
      draw();
      tell();
    }
  }

  function tell() {
    if (!active) {
      fill(detail, rounds && trainers ? "Choose a cell by a click or by the arrow keys; Enter opens its round." : "");
      return;
    }
    const round = roundAt(active.row);
    fill(detail, h("strong", {}, `Round ${round}, ${names[active.col] ?? ""}`), `: ${inWords(cellData(round, active.col))}. `,
      h("a", { href: logHref(key, "rounds", round) }, `Open round ${round}`));
  }

  function choose(row, col, scroll = true) {
    active = { row: Math.max(0, Math.min(rounds - 1, row)), col: Math.max(0, Math.min(trainers - 1, col)) };
    if (scroll) {
      const top = active.row * ROW;
      const left = active.col * column;
      if (top < box.scrollTop) box.scrollTop = top;
      if (top + ROW + height() > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW + height() - box.clientHeight + 2;
      if (left < box.scrollLeft) box.scrollLeft = left;
      if (left + column + NAME > box.scrollLeft + box.clientWidth) box.scrollLeft = left + column + NAME - box.clientWidth + 2;
    }
    draw();
    tell();
  }

  box.addEventListener("scroll", draw, { passive: true });
  box.addEventListener("click", (event) => {
    const cell = event.target.closest("[role=gridcell]");
    if (!cell) return;
    const [, row, col] = cell.id.split("-").map(Number);
    choose(row, col, false);
  });
  box.addEventListener("focus", () => active === null && rounds && trainers && choose(Math.floor(box.scrollTop / ROW), 0));
  box.addEventListener("keydown", (event) => {
    if (event.target !== box || !rounds || !trainers) return;
    const { row, col } = active ?? { row: 0, col: 0 };
    const page = Math.max(1, Math.floor((box.clientHeight - height()) / ROW) - 1);
    const moves = {
      ArrowUp: [row - 1, col], ArrowDown: [row + 1, col], ArrowLeft: [row, col - 1], ArrowRight: [row, col + 1],
      PageUp: [row - page, col], PageDown: [row + page, col],
      Home: [event.ctrlKey ? 0 : row, 0], End: [event.ctrlKey ? rounds - 1 : row, trainers - 1],
    };
    if (moves[event.key]) {
      event.preventDefault();
      choose(...moves[event.key]);
    } else if (event.key === "Enter" && active) {
      location.hash = logHref(key, "rounds", roundAt(row));
    }
  });
  const sized = new ResizeObserver(layout);
  sized.observe(holder);

  return {
    element: holder,
    show(what) {
      shown = what;
      draw();
    },
    /** The job is so large now; what is of this round and later is another one. */
    update(overview, from) {
      const more = overview.lastRound + 1 - rounds;
      if (more !== 0 || overview.trainers !== trainers) {
        if (overview.trainers !== trainers) {
          blocks.clear();
          names = [];
        }
        rounds = overview.lastRound + 1;
        trainers = overview.trainers;
        if (active) active = { row: active.row + Math.max(0, more), col: Math.min(active.col, trainers - 1) };
        layout();
        // who reads an older round keeps it before their eyes
        if (more > 0 && box.scrollTop > ROW) box.scrollTop += more * ROW;
      }
      for (const [id, block] of blocks) {
        if ((Number(id.split(":")[0]) + 1) * BLOCK > from) block.isStale = true;
      }
      draw();
      tell();
    },
    close() {
      cancelAnimationFrame(frame);
      sized.disconnect();
    },
  };
}
