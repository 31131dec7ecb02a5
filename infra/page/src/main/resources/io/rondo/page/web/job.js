import { follow, get, path } from "./api.js";
import { chart } from "./charts.js";
import { badge, bytes, fill, h, integer, logHref, mark, number, plural, score, scoreName, seconds, table, tile, announce, DASH, VERDICTS } from "./dom.js";
import { grid, SHOWN } from "./grid.js";
import { lineage } from "./jobs.js";

const WINDOW = 60;
const PAGE = 25;
const FEW = 7;
const MOST_MEASURED = 24;

/** One job or branch: where it is, its rounds, its grid, its curves, its trainers and where it comes from. */
export async function job(main, context, key) {
  const listing = await get("/api/logs", {}, context.signal);
  const glance = await get(path(key), {}, context.signal);
  let overview = glance.overview;
  context.title(key);
  context.trail([[key.replace(":", ", branch "), null]]);

  const state = h("span");
  const lead = h("p", { class: "lead" });
  const trouble = h("div");
  const waiting = h("div");
  const tiles = h("dl", { class: "tiles" });
  const facts = h("div");
  const origin = h("div");

  const axis = timeAxis(key, () => overview);
  const cells = grid(key);
  const shown = h("select", { onchange: () => cells.show(shown.value) }, Object.entries(SHOWN).map(([value, [text]]) => h("option", { value }, text)));
  const chosen = picker(key, () => curves.forEach((curve) => curve.refresh()));
  const range = () => ({ trainer: chosen.trainers() });
  const scores = chart("Accuracy over rounds", () => path(key, "charts", "accuracy"), range,
    { caption: "Each trainer on its own test split, with the round's adapter and before a further step." });
  const loss = chart("Training loss over rounds", () => path(key, "charts", "loss"), range, { caption: "Of the trainers whose updates count." });
  const curvesTitle = h("h2", { id: "h-curves" });
  const scoreSection = h("section", {}, scores.element);
  const curves = [scores, loss];
  const alike = similarity(key, () => overview);
  const trainers = pages(key, "trainers", "Trainers", trainerHeader, trainerRow, [0, 1, 12]);
  const rounds = roundTable(key);

  fill(main,
    h("div", { class: "head" }, h("h1", {}, key.replace(":", ", branch ")), state), lead, trouble, waiting, tiles,
    axis.element,
    h("section", { "aria-labelledby": "h-grid" },
      h("div", { class: "bar" }, h("h2", { id: "h-grid" }, "Rounds × trainers"), h("label", {}, "Show ", shown)),
      cells.element,
      h("ul", { class: "legend", "aria-label": "Legend" }, ["accepted", "late-counts", "rejected", "revoked", "awaited", "missed"].map((verdict) =>
        h("li", { class: `v-${verdict}` }, mark(verdict), h("span", { class: "dim" }, verdict === "late-counts" ? "late" : VERDICTS[verdict]))))),
    h("section", { "aria-labelledby": "h-curves" },
      h("div", { class: "bar" }, curvesTitle, chosen.element),
      h("div", { class: "two" }, scoreSection, h("section", { "aria-label": "Loss" }, loss.element))),
    alike.element, trainers.element, rounds.element,
    h("section", { "aria-labelledby": "h-lineage" }, h("div", { class: "bar" }, h("h2", { id: "h-lineage" }, "Lineage and branches")), origin),
    h("section", { "aria-labelledby": "h-facts" }, h("div", { class: "bar" }, h("h2", { id: "h-facts" }, "Settings")), facts));
  fill(origin, lineage(key, listing, overview.facts?.origin));

  let spoken = "";
  function show(answer, from) {
    overview = answer.overview;
    fill(state, badge(overview.state));
    fill(trouble, answer.trouble
      ? h("div", { class: "notice bad", role: "alert" }, h("p", {}, `${answer.trouble.code}: ${answer.trouble.message}`), h("p", {}, `Next: ${answer.trouble.next}`))
      : overview.complete ? null : h("p", { class: "notice" }, `The log is being read: ${plural(overview.version, "decision")} so far.`));
    const settings = overview.facts;
    fill(lead, settings ? `${settings.method}, ${settings.adapter}, rank ${settings.rank} on ${settings.targetModules.join("/")} of ${settings.model}, ${settings.strategy}` : "No aggregator has started it yet.");
    fill(waiting, overview.waitingText ? h("p", { class: "notice wait" }, overview.waitingText) : null,
      overview.reason && overview.state === "aborted" ? h("p", { class: "notice bad" }, `Aborted: ${overview.reason}`) : null);
    const measured = scoreName(overview);
    const heading = measured[0].toUpperCase() + measured.slice(1);
    fill(curvesTitle, `${heading} and loss`);
    scoreSection.setAttribute("aria-label", heading);
    scores.rename(`${heading} over rounds`);
    shown.querySelector("[value=score]").textContent = measured;
    fill(tiles,
      tile("published", `${Math.max(0, overview.published)} of ${overview.rounds}`, overview.failed ? `${plural(overview.failed, "round")} failed` : "rounds"),
      tile("trainers", integer(overview.there), overview.there === overview.trainers ? "there" : `there, of ${integer(overview.trainers)} that ever joined`),
      tile("updates", integer(overview.accepted), `${integer(overview.late)} late, ${integer(overview.rejected)} rejected`),
      tile("uploaded", bytes(overview.bytes), "values of tensors"),
      tile(measured, number(score(overview)), "mean, latest"),
      tile("loss", number(overview.loss), `mean, ${overview.published > 0 ? `round ${overview.published}` : "latest"}`));
    fill(facts, settings ? settingsList(settings) : h("p", { class: "dim" }, DASH));
    axis.update(from);
    cells.update(overview, from);
    curves.forEach((curve) => curve.refresh(from > 0 ? 1_500 : 0));
    chosen.update(overview);
    alike.update();
    trainers.refresh();
    rounds.update(overview);
    const news = `${overview.state}, round ${overview.published} published`;
    if (spoken && news !== spoken) announce(`Job ${key}: ${news}`);
    spoken = news;
  }

  show(glance, 0);
  let isAsking = false;
  let pending = null;
  async function changed(from) {
    pending = Math.min(pending ?? Infinity, Math.max(0, from));
    if (isAsking || context.signal.aborted) return;
    isAsking = true;
    try {
      while (pending !== null) {
        const first = pending;
        pending = null;
        show(await get(path(key), {}, context.signal), first);
      }
    } catch (e) {
      if (!context.signal.aborted) context.live(e.message, false);
    } finally {
      isAsking = false;
    }
  }
  const stop = follow(key, changed, context.live);
  // while it is read for the first time, and for the seconds that are left until a deadline
  const timer = setInterval(() => (!overview.complete || overview.waitingText) && changed(overview.lastRound), 2_000);
  context.signal.addEventListener("abort", () => {
    stop();
    clearInterval(timer);
    [axis, cells, scores, loss, alike].forEach((part) => part.close());
  });
}

function settingsList(settings) {
  const rows = {
    UUID: settings.uuid, model: settings.model, method: `${settings.method}, ${settings.adapter}`,
    "rank, alpha": `${settings.rank}, ${settings.alpha}`, "target modules": settings.targetModules.join(", "),
    strategy: settings.strategy, weights: settings.weights, cohort: settings.cohort, quorum: settings.quorum,
    deadline: seconds(settings.deadlineMs / 1000), "local steps": settings.localSteps, "at least": plural(settings.minTrainers, "trainer"),
    "late updates": settings.lateUpdates, "without quorum": settings.withoutQuorum, partitions: settings.partitions,
  };
  return h("dl", { class: "facts" }, Object.entries(rows).map(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))]));
}

/** Rounds on an axis of time, a window of them; the latest one is followed until the reader goes elsewhere. */
function timeAxis(key, overview) {
  let from = 0;
  let isFollowing = true;
  const last = () => Math.max(0, overview().lastRound);
  const text = h("span", { class: "dim" });
  const picture = chart("Rounds on an axis of time", () => path(key, "charts", "rounds"), () => ({ from, to: from + WINDOW - 1 }), {
    caption: "The width of a bar is the round's duration, its height the number of updates that count. Grey: asked, but not counted.",
    onround: (round) => (location.hash = logHref(key, "rounds", round)),
  });
  const step = (label, title, move) => h("button", { class: "step", type: "button", "aria-label": title, title, onclick: () => { move(); go(); } }, label);
  const buttons = [
    step("«", "First rounds", () => { from = 0; isFollowing = false; }),
    step("‹", "Earlier rounds", () => { from = Math.max(0, from - WINDOW); isFollowing = false; }),
    step("›", "Later rounds", () => { from = Math.min(Math.max(0, last() - WINDOW + 1), from + WINDOW); isFollowing = from + WINDOW > last(); }),
    step("»", "Latest rounds", () => { isFollowing = true; }),
  ];
  function go() {
    if (isFollowing) from = Math.max(0, last() - WINDOW + 1);
    fill(text, last() === 0 ? "" : `${from}–${Math.min(last(), from + WINDOW - 1)} of ${last()}`);
    const isFirst = from === 0;
    const isLast = from + WINDOW > last();
    buttons[0].disabled = buttons[1].disabled = isFirst;
    buttons[2].disabled = buttons[3].disabled = isLast;
    buttons.forEach((button) => (button.hidden = isFirst && isLast));
    picture.refresh();
  }
  return {
    element: h("section", { "aria-labelledby": "h-time" },
      h("div", { class: "bar" }, h("h2", { id: "h-time" }, "Rounds over time"), text, buttons), picture.element),
    update(first) {
      if (isFollowing || first < from + WINDOW) go();
    },
    close: picture.close,
  };
}

/** Which trainers have a line of their own, where there are too many for all of them. */
function picker(key, changed) {
  const chosen = [];
  let total = 0;
  const input = h("input", { list: "trainer-names", size: "14", autocomplete: "off", spellcheck: "false", placeholder: "trainer" });
  const names = h("datalist", { id: "trainer-names" });
  const list = h("span");
  const form = h("form", {
    hidden: true,
    onsubmit: (event) => {
      event.preventDefault();
      const name = input.value.trim();
      if (name && !chosen.includes(name)) chosen.push(name);
      while (chosen.length > FEW) chosen.shift();
      input.value = "";
      show();
    },
  }, h("label", {}, "Add a line for ", input), " ", h("button", { type: "submit" }, "Add"), names, " ", list);
  function show() {
    fill(list, chosen.map((name) => [" ", h("button", { type: "button", title: `Remove the line of ${name}`, onclick: () => { chosen.splice(chosen.indexOf(name), 1); show(); } }, `${name} ×`)]));
    changed();
  }
  return {
    element: form,
    trainers: () => chosen,
    async update(overview) {
      form.hidden = overview.trainers <= FEW;
      if (form.hidden || total === overview.trainers) return;
      total = overview.trainers;
      const page = await get(path(key, "trainers"), { count: 200 }).catch(() => ({ rows: [] }));
      fill(names, page.rows.map((row) => h("option", { value: row.trainer })));
    },
  };
}

/** How alike the trainers' A are: measured when somebody asks, since every update has to be read for it. */
function similarity(key, overview) {
  let measured = 0;
  let isMeasuring = false;
  let isClosed = false;
  const text = h("p", { class: "hint" });
  const picture = chart("Similarity of A over rounds", () => path(key, "charts", "similarity"), () => ({}),
    { caption: "Mean cosine over pairs of trainers and over tensors. Most of A's similarity is the common start; A − A⁰ is what they learned." });
  const holder = h("div", { hidden: true }, picture.element);
  const button = h("button", { type: "button", onclick: measure }, "Measure");

  async function measure() {
    isMeasuring = true;
    button.disabled = true;
    const last = overview().published;
    const step = Math.max(1, Math.ceil(last / MOST_MEASURED));
    const rounds = [];
    for (let round = last; round >= 1; round -= step) rounds.unshift(round);
    measured = 0;
    let failed = "";
    for (const round of rounds) {
      if (isClosed) return;
      fill(text, `Reading the updates of round ${round}: ${measured} of ${rounds.length} rounds are measured.`);
      const answer = await whenMeasured(key, round, () => isClosed).catch((e) => ({ state: "failed", message: e.message }));
      if (answer.state === "failed" && answer.message) failed = answer.message;
      else measured++;
      if (measured % 4 === 0) picture.refresh();
    }
    holder.hidden = measured === 0;
    picture.refresh();
    fill(text, failed ? `Some rounds cannot be measured: ${failed}` : `${plural(measured, "round")} measured. Open a round for the pairs of trainers.`);
    isMeasuring = false;
    button.disabled = false;
    button.textContent = "Measure again";
  }

  return {
    element: h("section", { "aria-labelledby": "h-alike" },
      h("div", { class: "bar" }, h("h2", { id: "h-alike" }, "Similarity of A"), button), text, holder),
    update() {
      const can = overview().published >= 1;
      button.hidden = !can;
      if (!isMeasuring && measured === 0) {
        fill(text, can ? `This reads every update of a round, for at most ${MOST_MEASURED} rounds, one after the other.` : "There is nothing to compare before round 1 is published.");
      }
    },
    close() {
      isClosed = true;
      picture.close();
    },
  };
}

/** What is measured of a round, once it is. */
export async function whenMeasured(key, round, isClosed = () => false) {
  for (;;) {
    const answer = await get(path(key, "rounds", round, "measured"));
    if (answer.state === "done" || answer.state === "failed" || isClosed()) return answer;
    await new Promise((done) => setTimeout(done, 500));
  }
}

/** A table of which a page at a time is asked for. */
function pages(key, what, title, header, row, left) {
  let from = 0;
  let timer = null;
  let isFirst = true;
  const body = h("div");
  const text = h("span", { class: "dim" });
  const back = h("button", { type: "button", onclick: () => go(Math.max(0, from - PAGE)) }, "Previous");
  const on = h("button", { type: "button", onclick: () => go(from + PAGE) }, "Next");
  async function go(next) {
    from = next;
    const answer = await get(path(key, what), { from, count: PAGE }).catch(() => null);
    if (!answer) return;
    isFirst = false;
    fill(body, answer.total ? table(title, header(answer.rows), answer.rows.map((each) => row(each, key)), left) : h("p", { class: "dim" }, "None has joined yet."));
    back.hidden = on.hidden = answer.total <= PAGE;
    back.disabled = from === 0;
    on.disabled = from + PAGE >= answer.total;
    fill(text, answer.total > PAGE ? `${from + 1}–${Math.min(answer.total, from + PAGE)} of ${integer(answer.total)}` : "");
  }
  return {
    element: h("section", { "aria-labelledby": `h-${what}` }, h("div", { class: "bar" }, h("h2", { id: `h-${what}` }, title), text, back, on), body),
    refresh() {
      timer ??= setTimeout(() => {
        timer = null;
        go(from);
      }, isFirst ? 0 : 800);
    },
  };
}

const trainerHeader = (rows) => ["trainer", "state", "asked", "took part", "late", "rejected", "joins", "mean time", "uploaded", "examples", "behind", `loss · ${rows.some((row) => scoreName(row) !== "accuracy") ? "exact match" : "acc"}`, "software"];

function trainerRow(row) {
  return h("tr", {},
    h("td", {}, row.trainer), h("td", { class: "left" }, row.there ? h("span", { class: "good" }, "there") : h("span", { class: "warn" }, row.gone || "gone")),
    h("td", {}, integer(row.asked)), h("td", {}, integer(row.took)), h("td", {}, integer(row.late)), h("td", {}, integer(row.rejected)),
    h("td", {}, integer(row.joins)), h("td", {}, seconds(row.meanSeconds)), h("td", {}, bytes(row.bytes)), h("td", {}, integer(row.examples)),
    h("td", {}, integer(row.behind)), h("td", {}, `${number(row.loss)} · ${number(score(row))}`), h("td", { class: "clip", title: row.software || null }, row.software || DASH));
}

const roundHeader = (rows) => ["round", "state", "took", "updates", "late", "rejected", "uploaded", "loss", rows.some((row) => scoreName(row) !== "accuracy") ? "exact match" : "accuracy", "closed by", "digest"];

/** The rounds as a table, the newest first, which also says in numbers what the pictures show. */
function roundTable(key) {
  let last = -1;
  let top = null;
  let timer = null;
  const body = h("div");
  const text = h("span", { class: "dim" });
  const newer = h("button", { type: "button", onclick: () => { top = top + PAGE >= last ? null : top + PAGE; go(); } }, "Newer");
  const older = h("button", { type: "button", onclick: () => { top = (top ?? last) - PAGE; go(); } }, "Older");
  async function go() {
    const high = Math.max(0, top ?? last);
    const from = Math.max(0, high - PAGE + 1);
    const answer = await get(path(key, "rounds"), { from, count: high - from + 1 }).catch(() => null);
    if (!answer) return;
    fill(body, answer.rows.length ? table("Rounds", roundHeader(answer.rows), answer.rows.reverse().map((row) => roundRow(row, key)), [1, 9, 10]) : h("p", { class: "dim" }, "No round has been opened yet."));
    newer.hidden = older.hidden = last < PAGE;
    newer.disabled = top === null;
    older.disabled = from === 0;
    fill(text, last < PAGE ? "" : `${from}–${high} of ${integer(last)}`);
  }
  return {
    element: h("section", { "aria-labelledby": "h-rounds" }, h("div", { class: "bar" }, h("h2", { id: "h-rounds" }, "Rounds"), text, newer, older), body),
    update(overview) {
      const isFirst = last < 0;
      last = overview.lastRound;
      timer ??= setTimeout(() => {
        timer = null;
        go();
      }, isFirst ? 0 : 800);
    },
  };
}

function roundRow(row, key) {
  return h("tr", { class: row.status === "open" ? "now" : null },
    h("td", {}, h("a", { href: logHref(key, "rounds", row.round) }, String(row.round))), h("td", { class: "left" }, badge(row.status)),
    h("td", {}, seconds(row.seconds)), h("td", {}, `${row.accepted} of ${row.asked}`), h("td", {}, integer(row.late)), h("td", {}, integer(row.rejected)),
    h("td", {}, bytes(row.bytes)), h("td", {}, number(row.loss)), h("td", {}, number(score(row))),
    h("td", { class: "left" }, row.trigger || row.failure || DASH), h("td", { class: "left" }, row.digest ? h("code", {}, row.digest.slice(0, 12)) : DASH));
}
