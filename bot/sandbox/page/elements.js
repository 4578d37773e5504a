// The interactive elements of Block Kit that are pressed, ticked or typed into. Those that are picked from a list or a
// calendar are in pickers.js.

import { button, el, icon } from "./dom.js";
import { drawText, plainOf } from "./mrkdwn.js";
import { openMenu } from "./menu.js";
import { drawPicker, isPicker } from "./pickers.js";

/**
 * Draws one element. `field` says where it stands: `{blockId, surface, label, dispatch, input}`; `dispatch` is true where
 * a change is sent to the app at once, `input` inside an input block.
 */
export function drawElement(element, field) {
  const node = drawKind(element, field);
  if (element.action_id) {
    const control = node.matches("button, input, textarea") ? node : node.querySelector("button, input, textarea");
    control?.setAttribute("data-action", element.action_id);
    if (element.focus_on_load) control?.setAttribute("autofocus", "");
  }
  return node;
}

function drawKind(element, field) {
  switch (element.type) {
    case "button": return drawButton(element, field);
    case "overflow": return drawOverflow(element, field);
    case "checkboxes": return drawTicks(element, field, "checkbox");
    case "radio_buttons": return drawTicks(element, field, "radio");
    case "plain_text_input": return drawTextInput(element, field, "text");
    case "email_text_input": return drawTextInput(element, field, "email");
    case "url_text_input": return drawTextInput(element, field, "url");
    case "number_input": return drawTextInput(element, field, "number");
    case "image": return el("img", { class: "accessory-image", src: element.image_url, alt: element.alt_text ?? "" });
    default:
      if (isPicker(element.type)) return drawPicker(element, field);
      return el("span", { class: "unknown" }, `(${element.type} cannot be drawn here)`);
  }
}

function drawButton(element, { blockId, surface }) {
  const style = { primary: "primary", danger: "danger" }[element.style] ?? "";
  const control = button("", {
    class: `button ${style}`, "aria-label": element.accessibility_label, title: element.url,
    on: {
      click: () => {
        if (element.url && /^https?:/i.test(element.url)) window.open(element.url, "_blank", "noopener");
        surface.press(control, blockId, element);
      },
    },
  }, el("span", { class: "button-text" }, plainOf(element.text)), element.url ? icon("external") : null);
  return control;
}

function drawOverflow(element, { blockId, surface, label }) {
  const control = button("", {
    class: "button overflow", "aria-label": `More actions${label ? ` for ${label}` : ""}`, "aria-haspopup": "menu", "aria-expanded": "false",
    on: {
      click: () => openMenu(control, "More actions", element.options.map((option) => ({
        label: plainOf(option.text),
        detail: option.description ? plainOf(option.description) : undefined,
        choose: () => {
          if (option.url && /^https?:/i.test(option.url)) window.open(option.url, "_blank", "noopener");
          surface.press(control, blockId, element, option.value);
        },
      })), { end: true }),
    },
  }, icon("more"));
  return control;
}

function drawTicks(element, { blockId, surface, label, dispatch, input }, kind) {
  const many = kind === "checkbox";
  const initial = many ? (element.initial_options ?? []).map((option) => option.value) : element.initial_option?.value ?? null;
  const state = surface.hold(blockId, element, { value: initial }, { input, dispatch });
  const name = `${blockId}-${element.action_id}-${Math.random().toString(36).slice(2)}`;
  const boxes = element.options.map((option) => el("input", {
    type: kind, name, value: option.value, checked: many ? state.value.includes(option.value) : state.value === option.value,
    on: { change },
  }));
  const group = el("div", { class: "ticks", role: many ? "group" : "radiogroup", "aria-label": label },
    element.options.map((option, at) => el("label", { class: "tick" }, boxes[at], el("span", {},
      el("span", { class: "tick-text" }, drawText(option.text, surface.workspace)),
      option.description ? el("span", { class: "tick-detail" }, drawText(option.description, surface.workspace)) : null))));

  function change() {
    const picked = boxes.filter((box) => box.checked).map((box) => box.value);
    const value = many ? picked : picked[0] ?? null;
    surface.set(blockId, element, { value });
    if (dispatch) surface.press(group, blockId, element, value);
  }
  return group;
}

function drawTextInput(element, { blockId, surface, label, dispatch, input }, type) {
  const initial = element.initial_value ?? null;
  const state = surface.hold(blockId, element, { value: initial === null ? null : String(initial) }, { input, dispatch });
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const left = el("span", { class: "characters-left", "aria-live": "polite" });
  const control = el(element.multiline ? "textarea" : "input", {
    class: "text-input", type: element.multiline ? undefined : type === "number" ? "text" : type, rows: element.multiline ? 4 : undefined,
    inputmode: type === "number" ? (element.is_decimal_allowed ? "decimal" : "numeric") : undefined,
    placeholder: element.placeholder ? plainOf(element.placeholder) : undefined, maxlength: element.max_length, "aria-label": label,
    value: state.value ?? "", autocomplete: "off",
    on: {
      input: () => {
        surface.set(blockId, element, { value: control.value === "" ? null : control.value });
        countLeft();
        if (dispatch && triggers.includes("on_character_entered")) surface.press(control, blockId, element, control.value);
      },
      keydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || element.multiline || !dispatch || !triggers.includes("on_enter_pressed")) return;
        event.preventDefault(); // Enter means this action here, not the modal's submit
        surface.press(control, blockId, element, control.value);
      },
    },
  });

  function countLeft() {
    const rest = (element.max_length ?? Infinity) - control.value.length;
    left.textContent = rest <= 40 ? String(rest) : "";
    left.title = "characters left";
  }
  countLeft();
  return el("div", { class: "text-field" }, control, left);
}
