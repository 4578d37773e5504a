// Pop-up menus: arrows move, Home and End jump, letters find, Enter chooses, Escape closes.

import { el, icon } from "./dom.js";
import { openPopover } from "./popover.js";

/**
 * Opens a menu beside `anchor`. `items`: `{label, detail?, icon?, image?, checked?, danger?, choose}`, or null for a line
 * between groups. With `checked` given the items are radio items.
 */
export function openMenu(anchor, label, items, { wide = false, end = false } = {}) {
  const box = el("div", { class: "menu", role: "menu", "aria-label": label });
  const nodes = items.map((item) => (item ? drawItem(item) : el("hr", { role: "separator" })));
  box.append(...nodes);
  const choices = nodes.filter((node) => node.tagName === "BUTTON");
  const close = openPopover(anchor, box, { wide, end });

  function drawItem(item) {
    const radio = item.checked !== undefined;
    return el("button", {
      type: "button", class: item.danger ? "menu-item danger" : "menu-item", tabindex: -1,
      role: radio ? "menuitemradio" : "menuitem", "aria-checked": radio ? String(item.checked) : undefined,
      on: { click: () => { close(); item.choose(); } },
    }, item.image ?? (item.icon ? icon(item.icon) : null), el("span", { class: "menu-text" }, item.label,
      item.detail ? el("span", { class: "menu-detail" }, item.detail) : null), item.checked ? icon("check") : null);
  }

  box.addEventListener("keydown", (event) => {
    const now = choices.indexOf(document.activeElement);
    const steps = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: -1 };
    let next = steps[event.key];
    if (next === undefined && event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.key !== " ") {
      const order = [...choices.slice(now + 1), ...choices.slice(0, now + 1)];
      const found = order.find((choice) => choice.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()));
      next = found ? choices.indexOf(found) : undefined;
    }
    if (event.key === "Tab") close();
    if (next === undefined) return;
    event.preventDefault();
    choices.at(next % choices.length)?.focus();
  });
  (choices.find((choice) => choice.getAttribute("aria-checked") === "true") ?? choices[0])?.focus();
}
