// Short notices at the edge of the window: what Slack's client says when something did not work.

import { el, iconButton } from "./dom.js";

const STAYS = { error: 9000, info: 5000 }; // milliseconds

/** Returns `show(text, level)`; `level` is "error" or "info". The same notice is not shown twice at once. */
export function createToasts() {
  const region = el("div", { class: "toasts", popover: "manual", role: "region", "aria-label": "Notices" });
  document.body.append(region);

  return function show(text, level = "error") {
    if ([...region.children].some((shown) => shown.dataset.text === text)) return;
    const remove = () => {
      toast.remove();
      if (!region.children.length && region.matches(":popover-open")) region.hidePopover();
    };
    const toast = el("div", { class: `toast ${level}`, role: level === "error" ? "alert" : "status", data: { text } },
      el("span", {}, text), iconButton("close", "Dismiss", { on: { click: remove } }));
    region.append(toast);
    // Shown anew each time, so that notices lie above a modal that was opened after the last one.
    if (region.matches(":popover-open")) region.hidePopover();
    region.showPopover();
    setTimeout(remove, STAYS[level] ?? STAYS.info);
  };
}
