// The rich_text block: sections, lists, code and quotes made of styled elements (docs.slack.dev rich-text-block).

import { el } from "./dom.js";
import { drawChannel, drawDate, drawEmoji, drawLink, drawMention } from "./mrkdwn.js";

/** A rich_text block, or a cell of a table that holds one. */
export function drawRichText(block, workspace) {
  return el("div", { class: "rich-text" }, block.elements.map((part) => drawPart(part, workspace)));
}

function drawPart(part, workspace) {
  const inside = () => part.elements.map((element) => drawElement(element, workspace));
  switch (part.type) {
    case "rich_text_section": return el("div", { class: "rich-section" }, inside());
    case "rich_text_preformatted": return el("pre", { class: "code-block" }, inside());
    case "rich_text_quote": return el("blockquote", {}, inside());
    case "rich_text_list":
      return el(part.style === "ordered" ? "ol" : "ul", {
        class: "rich-list", start: part.offset ? part.offset + 1 : undefined, style: { "margin-left": `${(part.indent ?? 0) * 24}px` },
      }, part.elements.map((item) => el("li", {}, drawPart(item, workspace))));
    default: return null;
  }
}

function drawElement(element, workspace) {
  switch (element.type) {
    case "text": return dress(textLines(element.text), element.style);
    case "link": return dress(drawLink(element.url, element.text ?? element.url), element.style);
    case "emoji": return drawEmoji(element.name);
    case "user": return dress(drawMention(element.user_id, workspace), element.style);
    case "channel": return dress(drawChannel(element.channel_id, workspace), element.style);
    case "broadcast": return el("span", { class: "mention mine" }, `@${element.range}`);
    case "usergroup": return el("span", { class: "mention" }, `@${element.usergroup_id}`);
    case "date": return dress(drawDate(element.timestamp, element.format, workspace, element.url), element.style);
    case "color": return el("code", {}, element.value);
    default: return null;
  }
}

function textLines(text) {
  return text.split("\n").flatMap((line, at) => (at ? [el("br"), line] : [line]));
}

function dress(content, style = {}) {
  let drawn = content;
  if (style.code) drawn = el("code", {}, drawn);
  if (style.strike) drawn = el("s", {}, drawn);
  if (style.italic) drawn = el("em", {}, drawn);
  if (style.bold) drawn = el("strong", {}, drawn);
  return drawn;
}
