import { follow, get, path, post } from "./api.js";
import { chart } from "./charts.js";
import { badge, bytes, fill, h, integer, logHref, mark, number, plural, score, scoreName, seconds, short, table, when, announce, DASH, VERDICTS } from "./dom.js";
import { whenMeasured } from "./job.js";

const PAGE = 50;
const BLOCK = 50;

/** One round: what it asked for, who sent what, how alike that was, every decision, and whether it can be verified. */
export async function round(main, context, key, number_) {
  const glance = await get(path(key), {}, context.signal);
  if (!glance.overview.complete) {
    fill(main, h("p", { class: "notice" }, "The log is being read…"));
    setTimeout(() => context.signal.aborted || context.reload(), 700);
    return;
  }
  let row = await get(path(key, "rounds", number_), {}, context.signal);
  context.title(`Round ${number_} of ${key}`);
  context.trail([[key.replace(":", ", branch "), logHref(key)], [`round ${number_}`, null]]);

  const state = h("span");
  const facts = h("div");
  const verification = h("div", { "aria-live": "polite" });
  const verify = h("button", { class: "main", type: "button", onclick: check }, "Verify this round");
  const earlier = h("a", { href: logHref(key, "rounds", number_ - 1) }, `‹ round ${number_ - 1}`);
  const later = h("a", { href: logHref(key, "rounds", number_ + 1) }, `round ${number_ + 1} ›`);
  const uploads = chart("Uploads of the round", () => path(key, "rounds", number_, "charts", "timeline"), () => ({}),
    { caption: "From an update's first chunk to the decision on its manifest, at most 60 trainers. The second colour: it does not count." });
  const alike = chart("Similarity of the updates", () => path(key, "rounds", number_, "charts", "similarity"), () => ({}));
  const alikeText = h("p", { class: "hint" });
  const alikeHolder = h("div", { hidden: true }, alike.element);
  const updates = h("div");
  const more = h("button", { type: "button", hidden: true, onclick: () => load(false) }, "More trainers");
  const decisions = decisionTable(key, number_);
  let measured = null;
  let cells = [];

  fill(main,
    h("div", { class: "head" }, h("h1", {}, `Round ${number_}`), state, h("span", { class: "dim" }, number_ > 0 ? earlier : null, " ", later)),
    facts,
    h("section", { "aria-labelledby": "h-verify" }, h("div", { class: "bar" }, h("h2", { id: "h-verify" }, "Verification"), verify),
      h("p", { class: "hint" }, "Recomputes the adapter of this round from the updates in the log, and checks every decision and the hash chain up to the end of the log against their inputs."),
      verification),
    h("section", { "aria-labelledby": "h-updates" }, h("div", { class: "bar" }, h("h2", { id: "h-updates" }, "Updates"), more), updates,
      h("p", { class: "hint" }, "Norm: what the update adds to the adapter that it started from, as L2 norm. To average: distance to the published adapter, as a share of its norm. Both are read from the updates themselves.")),
    h("section", { "aria-labelledby": "h-uploads" }, h("div", { class: "bar" }, h("h2", { id: "h-uploads" }, "Who sent when")), uploads.element),
    h("section", { "aria-labelledby": "h-alike" }, h("div", { class: "bar" }, h("h2", { id: "h-alike" }, "Similarity of A")), alikeText, alikeHolder),
    decisions.element);

  function show() {
    fill(state, badge(row.status));
    verify.hidden = row.status !== "published";
    fill(verification, row.status === "published" ? null : h("p", { class: "dim" }, "A round can be verified once it is published."));
    const rows = [
      ["opened", `${when(row.openedAt)}, on round ${row.base}`.replace(", on round -1", "")],
      ["deadline", `${when(row.deadline)}${row.extensions ? `, extended ${plural(row.extensions, "time")}` : ""}`],
      ["took", seconds(row.seconds)],
      ["updates", `${row.accepted} of ${row.asked} asked, quorum ${row.quorum}; ${row.late} late, ${row.rejected} rejected; ${bytes(row.bytes)}`],
      ["closed by", row.failure ? `failed: ${row.failure}` : row.trigger ? `${row.trigger}, revision ${row.revision}` : DASH],
      [`loss, ${scoreName(row)}`, `${number(row.loss)}, ${number(score(row))}`],
      ["digest", row.digest ? h("code", {}, row.digest) : DASH],
    ];
    fill(facts, h("dl", { class: "facts" }, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
  }

  async function load(again) {
    const wanted = again ? Math.max(BLOCK, cells.length) : cells.length + BLOCK;
    const next = [];
    let total = 0;
    for (let first = 0; first < wanted; first += BLOCK) {
      const answer = await get(path(key, "grid"), { round: number_, rounds: 1, trainer: first, trainers: BLOCK }, context.signal);
      total = answer.totalTrainers;
      answer.trainers.forEach((trainer, i) => next.push([trainer, answer.rounds[0]?.cells[i] ?? null]));
      if (next.length >= total) break;
    }
    cells = next;
    more.hidden = cells.length >= total;
    more.textContent = `More trainers (${cells.length} of ${total})`;
    showUpdates();
  }

  function showUpdates() {
    const of = new Map((measured?.updates ?? []).map((update) => [update.trainer, update]));
    const rows = cells.filter(([, cell]) => cell && cell.verdict !== "none").map(([trainer, cell]) => {
      const update = of.get(trainer) ?? {};
      return h("tr", { class: cell.verdict === "awaited" ? "now" : null },
        h("td", {}, trainer),
        h("td", { class: "left" }, h("span", { class: `v-${cell.verdict}` }, mark(cell.verdict), " "), VERDICTS[cell.verdict], cell.reason ? `: ${cell.reason}` : "", cell.of !== undefined ? ` (of round ${cell.of})` : ""),
        h("td", {}, seconds(cell.seconds)), h("td", {}, seconds(update.upload)), h("td", {}, bytes(cell.bytes)), h("td", {}, integer(cell.examples)),
        h("td", {}, short(update.norm ?? cell.norm)), h("td", {}, short(update.distance)), h("td", {}, number(cell.loss)), h("td", {}, number(score(cell))));
    });
    fill(updates, rows.length
      ? table("Updates of the round", ["trainer", "verdict", "after", "upload", "bytes", "examples", "norm", "to average", "loss", scoreName(row)], rows, [1])
      : h("p", { class: "dim" }, number_ === 0 ? "The adapter of round 0 comes from the submission of the job, not from a trainer." : "No trainer was asked yet."));
  }

  async function measure() {
    if (row.status !== "published" || number_ === 0) {
      fill(alikeText, number_ === 0 ? "Round 0 is one vector: there is nothing to compare." : "Measured once the round is published.");
      return;
    }
    fill(alikeText, "Reading the updates…");
    const answer = await whenMeasured(key, number_, () => context.signal.aborted).catch((e) => ({ state: "failed", message: e.message }));
    if (answer.state !== "done") {
      fill(alikeText, `The updates cannot be measured: ${answer.message ?? "no answer"}. ${answer.next ?? ""}`);
      return;
    }
    measured = answer.measured;
    showUpdates();
    uploads.refresh();
    if (measured.alike.length < 2) {
      fill(alikeText, measured.updates.length < 2 ? "Fewer than two updates count: there is nothing to compare." : "The updates are no longer in the log.");
      return;
    }
    fill(alikeText, `Cosine of what each pair of trainers added to A⁰, mean over tensors${measured.alike.length < measured.updates.length ? `, of ${measured.alike.length} of ${measured.updates.length} updates` : ""}. Mean over pairs: ${number(measured.meanCosineOfChange)} of A − A⁰, ${number(measured.meanCosine, 4)} of A.`);
    alikeHolder.hidden = false;
    alike.refresh();
  }

  async function check() {
    verify.disabled = true;
    try {
      let answer = await post(path(key, "rounds", number_, "verification"));
      while (answer.state === "waiting" || answer.state === "running") {
        const share = answer.share ?? 0;
        const inner = h("div");
        inner.style.width = `${Math.round(share * 100)}%`;
        fill(verification, h("p", {}, answer.state === "waiting" ? "Waits for another verification…" : "Verifying…"),
          h("div", { class: "progress", role: "progressbar", "aria-label": "Verification", "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": Math.round(share * 100) }, inner));
        await new Promise((done) => setTimeout(done, 400));
        if (context.signal.aborted) return;
        answer = await get(path(key, "rounds", number_, "verification"));
      }
      fill(verification, verdict(answer));
    } catch (e) {
      fill(verification, h("div", { class: "notice bad" }, h("p", {}, `${e.code ? `${e.code}: ` : ""}${e.message}`), e.next ? h("p", {}, `Next: ${e.next}`) : null));
    } finally {
      verify.disabled = false;
    }
  }

  function verdict(answer) {
    if (answer.state === "failed") {
      return h("div", { class: "notice bad" }, h("p", {}, `${answer.code ?? ""} ${answer.message}`), h("p", {}, `Next: ${answer.next}`));
    }
    const kind = answer.sound ? "good" : answer.outcome === "archived" || answer.outcome === "not-in-log" ? "warn" : "bad";
    const text = answer.sound
      ? `Bit-identical: ${plural(answer.updates, "update")} recomputed to adapter ${answer.digest.slice(0, 12)}, and nothing else in the log differs.`
      : answer.outcome === "identical" ? "The round is bit-identical, but another part of the log is not as it should be."
      : `${answer.outcome}: ${answer.message ?? "the log is not what its own records say"}`;
    announce(text);
    return h("div", { class: `notice ${kind}` }, h("p", {}, text),
      h("p", { class: "dim" }, `${bytes(answer.bytes)} read and checked in ${seconds(answer.seconds)}.`),
      answer.differences.length ? h("ul", {}, answer.differences.map((each) => h("li", {}, each))) : null,
      answer.notes.length ? h("ul", {}, answer.notes.map((each) => h("li", {}, `note: ${each}`))) : null);
  }

  show();
  await load(true);
  decisions.refresh();
  measure();
  const stop = follow(key, async (from) => {
    if (from < 0 || from > number_ || context.signal.aborted) return;
    try {
      const next = await get(path(key, "rounds", number_), {}, context.signal);
      if (JSON.stringify(next) === JSON.stringify(row)) return;
      const wasPublished = row.status === "published";
      row = next;
      show();
      await load(true);
      uploads.refresh();
      decisions.refresh();
      if (!wasPublished && row.status === "published") measure();
    } catch (e) {
      if (!context.signal.aborted) context.live(e.message, false);
    }
  }, context.live);
  context.signal.addEventListener("abort", () => {
    stop();
    uploads.close();
    alike.close();
  });
}

/** Every decision about the round, a page at a time. */
function decisionTable(key, number_) {
  let from = 0;
  const body = h("div");
  const text = h("span", { class: "dim" });
  const back = h("button", { type: "button", hidden: true, onclick: () => go(Math.max(0, from - PAGE)) }, "Previous");
  const on = h("button", { type: "button", hidden: true, onclick: () => go(from + PAGE) }, "Next");
  async function go(next) {
    from = next;
    try {
      const answer = await get(path(key, "rounds", number_, "decisions"), { from, count: PAGE });
      fill(body, table("Decisions about the round", ["decision", "offset", "after", "kind", "about", "what", "answers"], answer.rows.map((each) => h("tr", {},
        h("td", {}, integer(each.sequence)), h("td", {}, integer(each.offset)), h("td", {}, seconds(each.seconds)), h("td", { class: "left" }, each.kind),
        h("td", { class: "left" }, each.about || DASH), h("td", { class: "text" }, each.text || DASH), h("td", { class: "left mono" }, each.answers))), [3, 4, 5, 6]));
      fill(text, `${answer.total ? `${from + 1}–${from + answer.rows.length} of ` : ""}${integer(answer.total)}${answer.whole ? "" : " or more"}`);
      back.hidden = on.hidden = answer.total <= PAGE;
      back.disabled = from === 0;
      on.disabled = from + PAGE >= answer.total;
    } catch (e) {
      fill(body, h("p", { class: "notice bad" }, `${e.message} ${e.next ?? ""}`));
    }
  }
  return {
    element: h("section", { "aria-labelledby": "h-decisions" }, h("div", { class: "bar" }, h("h2", { id: "h-decisions" }, "Decisions"), text, back, on), body),
    refresh: () => go(from),
  };
}
