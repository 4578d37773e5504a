// Block Kit drawn as DOM: every layout block the product uses. Elements inside blocks come from elements.js.

import { el } from "./dom.js";
import { drawElement } from "./elements.js";
import { drawText, plainOf } from "./mrkdwn.js";
import { drawRichText } from "./richtext.js";

/** The blocks of a message or view, in order; `surface` is where they stand. */
export function drawBlocks(blocks, surface) {
  return blocks.map((block, at) => {
    const node = drawBlock(block, surface, block.block_id ?? `block-${at}`);
    node.classList.add("block");
    node.dataset.block = block.block_id ?? `block-${at}`;
    return node;
  });
}

function drawBlock(block, surface, blockId) {
  const { workspace } = surface;
  switch (block.type) {
    case "section": return drawSection(block, surface, blockId);
    case "context":
      return el("div", { class: "context" }, block.elements.map((element) => (
        element.type === "image"
          ? el("img", { class: "context-image", src: element.image_url, alt: element.alt_text ?? "" })
          : el("span", { class: "context-text" }, drawText(element, workspace)))));
    case "divider": return el("hr", { class: "divider" });
    case "header": return el("h3", { class: "header" }, drawText(block.text, workspace));
    case "actions":
      return el("div", { class: "actions" }, block.elements.map((element) => drawElement(element, {
        blockId, surface, label: labelOf(element), dispatch: true, input: false,
      })));
    case "image": return drawImage(block, workspace);
    case "input": return drawInput(block, surface, blockId);
    case "rich_text": return drawRichText(block, workspace);
    case "table": return drawTable(block, workspace);
    default: return el("div", { class: "unknown" }, `(a ${block.type} block cannot be drawn here)`);
  }
}

function labelOf(element) {
  return plainOf(element.placeholder) || plainOf(element.text) || element.action_id;
}

function drawSection(block, surface, blockId) {
  const text = el("div", { class: "section-text" },
    block.text ? el("div", {}, drawText(block.text, surface.workspace)) : null,
    block.fields ? el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, drawText(field, surface.workspace)))) : null);
  if (!block.accessory) return el("div", { class: "section" }, text);
  const label = plainOf(block.accessory.placeholder) || text.textContent.slice(0, 80);
  return el("div", { class: "section" }, text, el("div", { class: "accessory" }, drawElement(block.accessory, {
    blockId, surface, label, dispatch: true, input: false,
  })));
}

function drawImage(block, workspace) {
  const source = block.image_url ?? block.slack_file?.url;
  return el("figure", { class: "image-block" },
    block.title ? el("figcaption", {}, drawText(block.title, workspace)) : null,
    el("img", { src: source, alt: block.alt_text ?? "", loading: "lazy" }));
}

function drawInput(block, surface, blockId) {
  const label = plainOf(block.label);
  const control = drawElement(block.element, { blockId, surface, label, dispatch: Boolean(block.dispatch_action), input: true });
  const error = `error-${Math.random().toString(36).slice(2)}`;
  const field = control.matches("button, input, textarea") ? control : control.querySelector("input, textarea, button");
  field?.setAttribute("aria-describedby", error);
  if (!block.optional) field?.setAttribute("aria-required", "true");
  return el("div", { class: "input" },
    el("div", { class: "label" }, label, block.optional ? el("span", { class: "optional" }, " (optional)") : null),
    control,
    el("div", { class: "field-error", id: error, role: "alert" }),
    block.hint ? el("div", { class: "hint" }, drawText(block.hint, surface.workspace)) : null);
}

function drawTable(block, workspace) {
  const settings = block.column_settings ?? [];
  const cell = (content, column, tag) => el(tag, {
    class: settings[column]?.is_wrapped ? "wrapped" : undefined, style: { "text-align": settings[column]?.align ?? "left" },
    scope: tag === "th" ? "col" : undefined,
  }, content.type === "rich_text" ? drawRichText(content, workspace) : drawText({ type: "plain_text", text: content.text ?? "" }, workspace));
  const [head, ...rows] = block.rows;
  return el("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": "Table" }, el("table", {},
    el("thead", {}, el("tr", {}, head.map((content, column) => cell(content, column, "th")))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((content, column) => cell(content, column, "td")))))));
}

/** Shows errors under their input blocks (`{block_id: sentence}`), clears the others, and moves to the first one. */
export function showErrors(root, errors) {
  let first = null;
  for (const node of root.querySelectorAll(".input")) {
    const sentence = errors[node.dataset.block];
    const control = node.querySelector("[aria-describedby]");
    node.classList.toggle("invalid", Boolean(sentence));
    node.querySelector(".field-error").textContent = sentence ?? "";
    if (sentence) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
    if (sentence && !first) first = control;
  }
  first?.focus();
  first?.scrollIntoView({ block: "center" });
}

/** What Slack itself refuses before the app is asked: required inputs left empty, text too short. */
export function missingInputs(blocks, values) {
  const errors = {};
  blocks.forEach((block, at) => {
    if (block.type !== "input") return;
    const blockId = block.block_id ?? `block-${at}`;
    const value = values[blockId]?.[block.element.action_id];
    const empty = value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
    if (empty && !block.optional) errors[blockId] = "Please complete this required field.";
    else if (!empty && block.element.min_length && value.length < block.element.min_length) {
      errors[blockId] = `Please use at least ${block.element.min_length} characters.`;
    }
  });
  return errors;
}
