import { Failure, get, post } from "./api.js";
import { fill, h } from "./dom.js";
import { job } from "./job.js";
import { jobs } from "./jobs.js";
import { round } from "./round.js";

const main = document.getElementById("main");
const trail = document.getElementById("trail");
const live = document.getElementById("live");
const foot = document.getElementById("foot");
const logout = document.getElementById("logout");
let current = null;
let isAtLogin = false;

function parts() {
  return location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);
}

async function show(isFirst) {
  current?.abort();
  current = new AbortController();
  const { signal } = current;
  const context = {
    signal,
    title: (text) => (document.title = `${text} · Rondo`),
    trail: (steps) => fill(trail, steps.map(([text, href]) => (href ? h("a", { href }, text) : h("span", { "aria-current": "page" }, text)))),
    live: (text, isOn) => {
      if (signal.aborted) return;
      live.textContent = text;
      live.className = `live ${isOn ? "on" : "off"}`;
    },
    reload: () => show(false),
  };
  fill(trail);
  live.textContent = "";
  const [key, what, number] = parts();
  try {
    if (!key) await jobs(main, context);
    else if (what === "rounds" && /^\d{1,6}$/.test(number ?? "")) await round(main, context, key, Number(number));
    else await job(main, context, key);
    if (!isFirst) main.focus({ preventScroll: false });
  } catch (e) {
    if (signal.aborted) return;
    if (e instanceof Failure && e.code === "login-needed") return;
    fill(main, h("h1", {}, "This cannot be shown"),
      h("div", { class: "notice bad", role: "alert" }, h("p", {}, `${e.code ? `${e.code}: ` : ""}${e.message}`), e.next ? h("p", {}, `Next: ${e.next}`) : null),
      h("p", {}, h("button", { type: "button", onclick: () => show(false) }, "Try again"), " ", h("a", { href: "#/" }, "All jobs")));
  }
}

function login() {
  if (isAtLogin) return;
  isAtLogin = true;
  current?.abort();
  fill(trail);
  live.textContent = "";
  document.title = "Log in · Rondo";
  const message = h("p", { class: "bad", role: "alert" });
  const password = h("input", { type: "password", name: "password", autocomplete: "current-password", required: true, id: "password" });
  const form = h("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      try {
        await post("/api/login", { password: password.value });
        isAtLogin = false;
        start();
      } catch (e) {
        fill(message, `${e.message}; ${e.next}`);
        password.select();
      }
    },
  }, h("label", { for: "password" }, "Password or token", password), h("button", { class: "main", type: "submit" }, "Log in"), message);
  fill(main, h("div", { class: "login" }, h("h1", {}, "Log in"), form));
  password.focus();
}

async function start() {
  try {
    const listing = await get("/api/logs");
    fill(foot, `Rondo ${listing.version}. This page only reads the log.`);
    logout.hidden = !listing.login;
    if (!parts().length && listing.logs.length === 1) history.replaceState(null, "", `#/${encodeURIComponent(listing.logs[0].key)}`);
  } catch (e) {
    if (e.code === "login-needed") return;
  }
  show(true);
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
logout.addEventListener("click", async () => {
  await post("/api/logout").catch(() => null);
  logout.hidden = true;
  login();
});
addEventListener("rondo-login", login);
addEventListener("hashchange", () => {
  isAtLogin = false;
  show(false);
  scrollTo(0, 0);
});
start();
