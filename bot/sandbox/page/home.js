// The App Home tab: the view that the app has published for this person.

import { drawBlocks } from "./blocks.js";
import { drawAppHead } from "./conversation.js";
import { el } from "./dom.js";
import { Surface } from "./surface.js";

const FIRST_VIEW_WAIT = 2500; // milliseconds

/** The screen of the Home tab. Returns `{node, stop, focus}`. */
export function createHome(app) {
  const { workspace } = app;
  const head = el("header", { class: "main-head" });
  const body = el("div", { class: "home-body blocks" });
  const scroller = el("div", { class: "home", role: "region", tabindex: -1, "aria-label": `${workspace.bot.name}: Home` }, body);
  let surface = null;
  let waited = false;
  const waiting = setTimeout(() => { waited = true; drawHome(); }, FIRST_VIEW_WAIT);

  function drawHome() {
    if (workspace.home === undefined && !waited) {
      body.replaceChildren(el("div", { class: "list-note" }, "Loading…"));
      return;
    }
    const view = workspace.home;
    if (!view && !waited) return; // the app publishes its first view a moment after the tab was opened
    if (!view) {
      body.replaceChildren(el("div", { class: "empty" }, el("h2", {}, "Nothing here yet"),
        el("p", {}, `${workspace.bot.name} has not drawn your Home tab. It does so when it is connected and you open this tab.`),
        el("p", {}, "Meanwhile, type ", el("code", {}, "/task"), " in any channel.")));
      return;
    }
    const action = body.contains(document.activeElement) ? document.activeElement.dataset.action : null;
    surface = new Surface({
      kind: "home", workspace, container: { view_id: view.id }, earlier: surface, fail: (error) => app.toast(error.message),
    });
    body.replaceChildren(...drawBlocks(view.blocks, surface));
    if (action) body.querySelector(`[data-action="${CSS.escape(action)}"]`)?.focus({ preventScroll: true });
  }

  function drawHeading() {
    head.replaceChildren(...drawAppHead(app, "home"));
  }

  drawHeading();
  drawHome();
  app.attempt(async () => {
    const { view } = await workspace.api.post("home");
    // The app may publish a view while the request is under way; what is pushed is never older than the answer.
    if (view || workspace.home === undefined) workspace.apply({ type: "home", view });
  });
  workspace.addEventListener("home", drawHome);
  workspace.addEventListener("bot", drawHeading);
  workspace.addEventListener("channels", drawHeading);
  return {
    node: el("div", { class: "screen" }, head, scroller),
    focus: () => scroller.focus(),
    stop() {
      clearTimeout(waiting);
      workspace.removeEventListener("home", drawHome);
      workspace.removeEventListener("bot", drawHeading);
      workspace.removeEventListener("channels", drawHeading);
    },
  };
}
