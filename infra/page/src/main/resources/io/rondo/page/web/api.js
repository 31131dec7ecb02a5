// Questions to the server, and the stream of events.

export class Failure extends Error {
  constructor(status, body) {
    super(body.message ?? `the server answered ${status}`);
    this.status = status;
    this.code = body.code ?? "";
    this.next = body.next ?? "";
  }
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch (e) {
    if (e.name === "AbortError") throw e;
    throw new Failure(0, { code: "no-answer", message: "the server does not answer", next: "look whether it still runs" });
  }
  if (!answer.ok) {
    const body = await answer.json().catch(() => ({}));
    if (answer.status === 401 && body.code === "login-needed") dispatchEvent(new CustomEvent("rondo-login"));
    throw new Failure(answer.status, body);
  }
  return answer;
}

export const path = (key, ...rest) => ["/api/logs", encodeURIComponent(key), ...rest].join("/");

export async function get(url, parameters = {}, signal) {
  return (await ask(withParameters(url, parameters), { signal })).json();
}

export async function text(url, parameters = {}, signal) {
  return (await ask(withParameters(url, parameters), { signal })).text();
}

export async function post(url, body = {}) {
  const answer = await ask(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  return answer.json();
}

function withParameters(url, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null) query.append(name, each);
    }
  }
  const all = query.toString();
  return all ? `${url}?${all}` : url;
}

/**
 * Tells of every change of a log until it is closed: changed(from) with the first round that changed, state(text, isOn) with how it hears of it.
 * Where no stream can be had it asks now and then.
 */
export function follow(key, changed, state) {
  let source = null;
  let timer = null;
  let closed = false;
  const open = () => {
    source = new EventSource(path(key, "events"));
    source.addEventListener("open", () => state("live", true));
    source.addEventListener("change", (event) => changed(JSON.parse(event.data).from));
    source.addEventListener("error", () => {
      if (closed) return;
      if (source.readyState === EventSource.CLOSED) {
        state("asks every 10 s", false);
        timer = setTimeout(() => {
          changed(0);
          open();
        }, 10_000);
      } else {
        state("connecting…", false);
      }
    });
  };
  open();
  return () => {
    closed = true;
    source?.close();
    clearTimeout(timer);
  };
}
