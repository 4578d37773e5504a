// Starts the page: reads the address, starts the session of the person named there, and shows their workspace.

import { el } from "./dom.js";
import { recall, remember } from "./memory.js";
import { at, parseRoute, permalinkPlace, watchRoute } from "./router.js";
import { startSession } from "./session.js";
import { createShell } from "./shell.js";
import { startTheme } from "./theme.js";
import { createToasts } from "./toast.js";

const FIRST_PERSON = "U0SAMPLEANA";
const root = document.getElementById("page");

const usualPerson = () => recall("person") ?? FIRST_PERSON;

/** A permalink leads here with `?channel=…&ts=…`; inside the page it changes the place without loading anything. */
function followPermalinks() {
  const asked = new URLSearchParams(location.search);
  if (asked.has("channel") && asked.has("ts")) {
    const thread = asked.get("thread_ts");
    history.replaceState(null, "", `/${at(usualPerson(), asked.get("channel"), ...(thread ? ["thread", thread] : ["at", asked.get("ts")]))}`);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const place = link && !event.ctrlKey && !event.metaKey ? permalinkPlace(new URL(link.href)) : null;
    if (!place) return;
    event.preventDefault();
    location.hash = at(parseRoute(location.hash).person ?? usualPerson(), ...place);
  });
}

function start() {
  startTheme();
  followPermalinks();
  const toast = createToasts();
  const sessions = new Map(); // person id → promise of a session
  let shell = null;
  let shownPerson = null;

  watchRoute(async (route) => {
    const personId = route.person ?? usualPerson();
    if (!route.screen) {
      location.replace(at(personId, "C0GENERAL"));
      return;
    }
    if (!sessions.has(personId)) sessions.set(personId, startSession(personId, toast));
    let session;
    try {
      session = await sessions.get(personId);
    } catch (error) {
      sessions.delete(personId);
      remember("person", null);
      showTrouble(error.message, personId !== FIRST_PERSON);
      return;
    }
    const now = parseRoute(location.hash);
    if (now.person !== personId) return; // somebody else was chosen while this one was loading
    if (shownPerson !== personId) {
      shell?.stop();
      for (const other of sessions.values()) other.then((each) => { each.shown = false; }, () => {});
      session.shown = true;
      shell = createShell(root, session.workspace, toast);
      shownPerson = personId;
      remember("person", personId);
    }
    await shell.show(now);
  });

  function showTrouble(sentence, another) {
    shell?.stop();
    shell = null;
    shownPerson = null;
    root.replaceChildren(el("div", { class: "empty trouble", role: "alert" }, el("h1", {}, "The workspace cannot be shown"), el("p", {}, sentence),
      el("p", {}, el("a", { href: another ? "/" : location.href, on: { click: () => setTimeout(() => location.reload()) } }, "Try again"))));
  }
}

start();
