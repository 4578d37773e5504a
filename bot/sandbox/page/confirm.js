// "Are you sure?": the confirm object of a button or menu, and the page's own question before a message is deleted.

import { button, el } from "./dom.js";
import { drawText, plainOf } from "./mrkdwn.js";

/** Asks in a small modal; resolves to true only for the confirming button. */
export function confirmPress(confirm, workspace) {
  return new Promise((resolve) => {
    const danger = confirm.style === "danger";
    const dialog = el("dialog", { class: "confirm", "aria-label": plainOf(confirm.title) },
      el("h2", {}, plainOf(confirm.title)),
      el("div", { class: "confirm-text" }, drawText(confirm.text, workspace)),
      el("div", { class: "dialog-foot" },
        button(plainOf(confirm.deny) || "Cancel", { class: "button", on: { click: () => dialog.close("no") } }),
        button(plainOf(confirm.confirm) || "Yes", {
          class: `button ${danger ? "danger-solid" : "primary"}`, autofocus: true, on: { click: () => dialog.close("yes") },
        })));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
