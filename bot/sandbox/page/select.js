// A searchable list box (the combobox pattern): one choice or several, fixed options or options asked from the app.
// Typing filters, arrows move, Enter chooses, Escape closes; Backspace in an empty search takes the last of several away.

import { el, icon } from "./dom.js";
import { openPopover } from "./popover.js";

/**
 * The control. `choices`: `{value, label, detail?, group?, image?}`.
 * `find(query)` returns matching choices, or a promise of them. `chosen`: the choices picked at first. `changed(chosen)`.
 * `most`: how many may be picked where `many`. `commit(chosen)` runs when the list of a multiple choice is closed.
 */
export function drawSelect({ label, placeholder, find, chosen = [], many = false, most = Infinity, changed, commit = () => {}, mark }) {
  let picked = [...chosen];
  let dirty = false;
  const value = el("span", { class: "select-value" });
  const control = el("button", {
    type: "button", class: "select", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false",
    on: { click: open, keydown: openByKey },
  }, mark ? icon(mark) : null, value, icon("chevron"));
  drawValue();

  function drawValue() {
    const text = picked.map((choice) => choice.label).join(", ");
    control.setAttribute("aria-label", `${label}: ${text || placeholder || "nothing chosen"}`);
    value.classList.toggle("unset", !picked.length);
    if (!picked.length) value.replaceChildren(placeholder || "Choose…");
    else if (many) value.replaceChildren(...picked.map((choice) => el("span", { class: "chip" }, choice.label)));
    else value.replaceChildren(picked[0].image?.cloneNode(true) ?? "", picked[0].label);
  }

  function openByKey(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      open();
    } else if (event.key === "Backspace" && many && picked.length) {
      set(picked.slice(0, -1));
      finish();
    }
  }

  function set(next) {
    picked = next;
    dirty = true;
    drawValue();
    changed(picked);
  }

  function finish() {
    if (dirty) commit(picked);
    dirty = false;
  }

  function open() {
    if (control.getAttribute("aria-disabled") === "true" || control.getAttribute("aria-expanded") === "true") return;
    const id = `list-${Math.random().toString(36).slice(2)}`; // for ARIA to point to
    const list = el("div", { role: "listbox", id, class: "list", "aria-label": label, "aria-multiselectable": many ? "true" : undefined });
    const search = el("input", {
      type: "text", class: "list-search", role: "combobox", "aria-label": `Search ${label}`, "aria-controls": id, "aria-expanded": "true",
      "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", placeholder: "Type to search",
      on: { input: () => refresh(), keydown: keys },
    });
    const box = el("div", { class: "select-box" }, search, list);
    let shown = [];
    let active = 0;
    let asked = 0;
    const close = openPopover(control, box, { wide: true, onClose: finish });
    search.focus();
    refresh();

    async function refresh() {
      const turn = asked += 1;
      const answer = find(search.value.trim());
      if (answer instanceof Promise) list.replaceChildren(el("div", { class: "list-note" }, "Searching…"));
      let found = [];
      let trouble = null;
      try {
        found = await answer;
      } catch (error) {
        trouble = error.message;
      }
      if (turn !== asked) return; // a later search has been asked meanwhile
      shown = found;
      active = Math.max(0, shown.findIndex((choice) => isPicked(choice)));
      draw(trouble);
    }

    function isPicked(choice) {
      return picked.some((other) => other.value === choice.value);
    }

    function draw(trouble) {
      const nodes = [];
      shown.forEach((choice, at) => {
        if (choice.group && choice.group !== shown[at - 1]?.group) nodes.push(el("div", { class: "list-group", role: "presentation" }, choice.group));
        nodes.push(el("div", {
          role: "option", id: `${id}-${at}`, class: "list-option", "aria-selected": String(isPicked(choice)), data: { value: choice.value },
          on: { click: () => choose(at), pointermove: () => { if (active !== at) { active = at; point(); } } },
        }, choice.image, el("span", { class: "list-text" }, choice.label,
          choice.detail ? el("span", { class: "list-detail" }, choice.detail) : null), icon("check")));
      });
      if (!nodes.length) nodes.push(el("div", { class: "list-note", role: trouble ? "alert" : "status" }, trouble ?? "Nothing matches."));
      list.replaceChildren(...nodes);
      point(true);
    }

    function point(scroll = false) {
      for (const node of list.querySelectorAll("[role=option]")) node.classList.toggle("active", node.id === `${id}-${active}`);
      const node = list.querySelector(".active");
      search.setAttribute("aria-activedescendant", node?.id ?? "");
      if (scroll) node?.scrollIntoView({ block: "nearest" });
    }

    function choose(at) {
      const choice = shown[at];
      if (!choice) return;
      if (!many) {
        set([choice]);
        close();
        return;
      }
      if (isPicked(choice)) set(picked.filter((other) => other.value !== choice.value));
      else if (picked.length < most) set([...picked, choice]);
      draw();
    }

    function keys(event) {
      const last = shown.length - 1;
      const steps = { ArrowDown: active >= last ? 0 : active + 1, ArrowUp: active <= 0 ? last : active - 1, PageDown: Math.min(active + 8, last), PageUp: Math.max(active - 8, 0) };
      if (steps[event.key] !== undefined) {
        event.preventDefault();
        active = steps[event.key];
        point(true);
      } else if (event.key === "Enter") {
        event.preventDefault();
        choose(active);
      } else if (event.key === "Tab") close();
      else if (event.key === "Backspace" && many && !search.value && picked.length) {
        set(picked.slice(0, -1));
        draw();
      }
    }
  }

  return control;
}

/** Choices whose label or detail holds every word of the query; those that begin with it come first. */
export function matching(choices, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const hay = (choice) => `${choice.label} ${choice.detail ?? ""}`.toLowerCase();
  const found = choices.filter((choice) => words.every((word) => hay(choice).includes(word)));
  const first = (choice) => (words.length && choice.label.toLowerCase().startsWith(words[0]) ? 0 : 1);
  return words.length && !choices.some((choice) => choice.group) ? [...found].sort((a, b) => first(a) - first(b)) : found;
}
