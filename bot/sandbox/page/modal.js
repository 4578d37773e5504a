// Modals: a stack of up to three views in one dialog. Each keeps what was typed while another lies on top of it.

import { drawBlocks, missingInputs, showErrors } from "./blocks.js";
import { button, el, iconButton } from "./dom.js";
import { plainOf } from "./mrkdwn.js";
import { Surface } from "./surface.js";

/** Shows the open views of `app.workspace` as they come and go. Returns `stop()`. */
export function createModals(app) {
  const { workspace } = app;
  const drawn = new Map(); // view id → {view, surface, form}
  let opener = null;
  const dialog = el("dialog", { class: "modal", on: { keydown, cancel, close: closed } });
  document.body.append(dialog);

  function sync() {
    const open = new Set(workspace.views.map((view) => view.id));
    for (const id of [...drawn.keys()]) if (!open.has(id)) drawn.delete(id);
    for (const view of workspace.views) {
      const known = drawn.get(view.id);
      if (known?.view !== view) drawn.set(view.id, drawView(view, known));
    }
    const top = workspace.views.at(-1);
    if (!top) {
      if (dialog.open) dialog.close();
      dialog.replaceChildren();
      giveFocusBack();
      return;
    }
    const { form } = drawn.get(top.id);
    dialog.setAttribute("aria-label", plainOf(top.title));
    if (dialog.firstChild === form && dialog.open) return;
    const place = whereFocusIs();
    dialog.replaceChildren(form);
    if (!dialog.open) {
      const active = document.activeElement;
      opener = { node: active, ts: active.closest(".message")?.dataset.ts, action: active.dataset.action };
      dialog.showModal();
    }
    focusIn(form, place);
  }

  /** To what had it, or to the same button of a message that was drawn anew meanwhile, or to the composer. */
  function giveFocusBack() {
    if (!opener) return;
    const message = opener.ts && document.querySelector(`.message[data-ts="${opener.ts}"]`);
    const again = message && opener.action ? message.querySelector(`[data-action="${CSS.escape(opener.action)}"]`) : message;
    const target = opener.node.isConnected && opener.node !== document.body ? opener.node : again ?? document.querySelector(".composer-field");
    opener = null;
    // Chromium has focused it already but left the caret in the closed dialog: only a second focus moves the caret.
    target?.blur();
    target?.focus();
  }

  function whereFocusIs() {
    const active = document.activeElement;
    const form = active?.closest?.("form.view");
    if (!form || !dialog.contains(form)) return null;
    return {
      view: form.dataset.view, block: active.closest("[data-block]")?.dataset.block, action: active.dataset.action,
      caret: typeof active.selectionStart === "number" ? active.selectionStart : null,
    };
  }

  /** After an update the person stays in the field they were in; a view that is new begins at its first field. */
  function focusIn(form, place) {
    if (place?.view === form.dataset.view && place.action) {
      const block = form.querySelector(`[data-block="${CSS.escape(place.block ?? "")}"]`);
      const control = block?.querySelector(`[data-action="${CSS.escape(place.action)}"]`);
      if (control) {
        control.focus();
        if (place.caret !== null && control.type === "text") control.setSelectionRange(place.caret, place.caret);
        return;
      }
    }
    const first = form.querySelector("[autofocus]") ?? form.querySelector(".view-body :is(input, textarea, button.select, button.picker)")
      ?? form.querySelector(".view-foot button:last-child") ?? form.querySelector(".view-head button:last-child");
    first?.focus();
  }

  function drawView(view, known) {
    const surface = new Surface({
      kind: "modal", workspace, container: { view_id: view.id }, earlier: known?.surface, keep: "all", fail: (error) => trouble(error.message),
    });
    const banner = el("div", { class: "view-trouble", role: "alert", hidden: true });
    const trouble = (sentence) => {
      banner.textContent = sentence;
      banner.hidden = !sentence;
    };
    const body = el("div", { class: "view-body blocks" }, drawBlocks(view.blocks, surface));
    const send = view.submit ? el("button", { type: "submit", class: "button primary solid" }, el("span", { class: "button-text" }, plainOf(view.submit))) : null;
    const dismiss = () => closeView(view);
    const form = el("form", { class: "view", novalidate: true, data: { view: view.id }, on: { submit } },
      el("header", { class: "view-head" },
        view.previous_view_id ? iconButton("back", "Back", { on: { click: dismiss } }) : null,
        el("h2", {}, plainOf(view.title)), iconButton("close", "Close", { on: { click: dismiss } })),
      banner, body,
      el("footer", { class: "view-foot" },
        view.submit || view.close ? button(plainOf(view.close) || "Cancel", { class: "button", on: { click: dismiss } }) : null, send));

    async function submit(event) {
      event.preventDefault();
      if (!send || send.getAttribute("aria-disabled") === "true") return;
      const values = surface.values();
      const missing = missingInputs(view.blocks, values);
      showErrors(form, missing);
      trouble("");
      if (Object.keys(missing).length) return;
      send.setAttribute("aria-disabled", "true");
      send.classList.add("busy");
      try {
        const answer = await workspace.api.post("submit", { view_id: view.id, values });
        if (answer.response_action === "errors") showErrors(form, answer.errors ?? {});
      } catch (error) {
        trouble(error.message);
      } finally {
        send.removeAttribute("aria-disabled");
        send.classList.remove("busy");
      }
    }
    return { view, surface, form };
  }

  function closeView(view) {
    // Closed at once, as in Slack; the app is told and its answer is not waited for.
    workspace.apply({ type: "views_closed", view_ids: [view.id] });
    app.attempt(() => workspace.api.post("close", { view_id: view.id }));
  }

  /** The browser wants to close the dialog (Escape, a phone's back gesture): that closes the view on top, no more. */
  function cancel(event) {
    if (event.target !== dialog) return;
    event.preventDefault();
    closeView(workspace.views.at(-1));
  }

  /** Browsers close a dialog without asking when they are asked too often; the views below the top one stay. */
  function closed() {
    if (!dialog.open && workspace.views.length) closeView(workspace.views.at(-1));
  }

  function keydown(event) {
    const top = workspace.views.at(-1);
    if (event.defaultPrevented || !top) return;
    if (event.key === "Escape") {
      event.preventDefault();
      closeView(top);
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) drawn.get(top.id).form.requestSubmit();
  }

  workspace.addEventListener("views", sync);
  sync();
  return function stop() {
    workspace.removeEventListener("views", sync);
    dialog.remove();
  };
}
