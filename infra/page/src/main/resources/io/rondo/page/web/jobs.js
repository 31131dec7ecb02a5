import { get } from "./api.js";
import { DASH, h, fill, logHref, plural, when } from "./dom.js";

/** All logs: the jobs, with what each goes on from, and their branches. */
export async function jobs(main, context) {
  const listing = await get("/api/logs", {}, context.signal);
  context.title("Jobs");
  const own = listing.logs.filter((log) => !log.branch);
  const head = h("div", { class: "head" }, h("h1", {}, "Jobs"));
  const lead = h("p", { class: "lead" }, `${plural(own.length, "job")} of ${listing.place}`);
  if (own.length === 0) {
    fill(main, head, lead, h("p", { class: "notice" }, "No job has been submitted yet. Submit one with: rondo job submit job.yaml. It shows here within seconds."));
  } else {
    fill(main, head, lead, h("ul", { class: "cards" }, own.map((log) => card(log, listing.logs))));
  }
  const timer = setInterval(async () => {
    const next = await get("/api/logs").catch(() => null);
    if (next && JSON.stringify(next.logs) !== JSON.stringify(listing.logs) && !context.signal.aborted) context.reload();
  }, 10_000);
  context.signal.addEventListener("abort", () => clearInterval(timer));
}

function card(log, all) {
  const branches = all.filter((other) => other.branch && other.job === log.job);
  const children = all.filter((other) => !other.branch && other.parentJob === log.job);
  return h("li", {},
    h("a", { href: logHref(log.key) }, log.job),
    h("p", {}, log.method ? `${log.method}, ${log.adapter} on ${log.model}, ${plural(log.rounds, "round")}` : "its submission cannot be read"),
    log.submittedAt ? h("p", {}, `submitted ${when(log.submittedAt)}`) : null,
    log.parentJob ? h("p", {}, `goes on from round ${log.parentRound} of `, h("a", { href: logHref(log.parentJob) }, log.parentJob)) : null,
    children.length ? h("p", {}, "continued by ", children.map((child, i) => [i ? ", " : null, h("a", { href: logHref(child.key) }, child.job)])) : null,
    branches.length ? h("p", {}, "branches: ", branches.map((branch, i) => [i ? ", " : null, h("a", { href: logHref(branch.key) }, branch.branch)])) : null);
}

/** Where a job comes from and what goes on from it, as a tree of links. */
export function lineage(key, listing, origin) {
  const [job] = key.split(":");
  const logs = listing.logs;
  const node = (log, seen) => {
    const name = log.branch ? `branch ${log.branch}` : log.job;
    const below = log.branch ? [] : logs.filter((other) => (other.branch && other.job === log.job)
      || (!other.branch && other.parentJob === log.job && !seen.has(other.key)));
    const how = log.branch ? " replayed under other rules" : log.parentJob ? ` from round ${log.parentRound}` : "";
    return h("li", {}, log.key === key ? h("strong", { "aria-current": "page" }, name) : h("a", { href: logHref(log.key) }, name),
      how ? h("span", { class: "dim" }, `,${how}`) : null,
      below.length ? h("ul", {}, below.map((other) => node(other, new Set([...seen, other.key])))) : null);
  };
  let top = logs.find((log) => log.key === job);
  const seen = new Set();
  while (top?.parentJob && !seen.has(top.key)) {
    seen.add(top.key);
    const parent = logs.find((log) => !log.branch && log.job === top.parentJob);
    if (!parent) break;
    top = parent;
  }
  const known = top ? h("ul", { class: "tree" }, node(top, new Set([top.key]))) : h("p", { class: "dim" }, DASH);
  const elsewhere = origin && !logs.some((log) => log.job === origin.job)
    ? h("p", {}, `This job continues from round ${origin.round} of job ${origin.job}, which this page does not show (UUID ${origin.uuid}, adapter `, h("code", {}, origin.digest.slice(0, 12)), ").")
    : null;
  return [elsewhere, known];
}
