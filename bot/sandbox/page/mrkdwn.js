// Slack's mrkdwn drawn as DOM nodes: mentions, links, dates, bold, italic, strike, code, quotes and emoji.
// Text arrives with &, < and > escaped as Slack stores it; every leaf ends as a text node, so user text stays data.

import { el } from "./dom.js";
import { emojiFor, withEmoji } from "./emoji.js";
import { dateTokens, fullMoment } from "./time.js";

// Code, <…> tokens, emoji and bare links are taken out first and stand in the text as one private-use character each,
// so that an underscore in a link is never read as italics.
const FIRST_ATOM = 0xe000;
const LAST_ATOM = 0xf8ff;
const ATOMS = /`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+-]+(?:::skin-tone-\d)?):|(https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"])/g;
const STYLES = { "*": "strong", _: "em", "~": "s" };
const STYLED = /(?<![\p{L}\p{N}])([*_~])(?=\S)(.+?)(?<=\S)\1(?![\p{L}\p{N}])/su;

/** Undoes Slack's escaping of the three control characters. */
export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** A text object of Block Kit (`plain_text` or `mrkdwn`) as nodes. */
export function drawText(object, workspace) {
  if (!object) return [];
  if (object.type === "mrkdwn") return drawMrkdwn(object.text, workspace);
  return lines(object.emoji === false ? unescape(object.text) : withEmoji(unescape(object.text)));
}

/** A text object as a plain string, for labels and options. */
export function plainOf(object) {
  return object ? withEmoji(unescape(object.text)) : "";
}

/** mrkdwn as nodes: code blocks and quotes are block elements, the rest is inline. */
export function drawMrkdwn(text, workspace) {
  const nodes = [];
  text.split(/```/).forEach((part, at, parts) => {
    const fenced = at % 2 === 1 && at < parts.length - 1;
    if (fenced) nodes.push(el("pre", { class: "code-block" }, unescape(part.replace(/^\n|\n$/g, ""))));
    // An opening fence that is never closed is three characters like any other.
    else nodes.push(...quotesAndLines(trimAroundFence(at % 2 === 1 ? `\`\`\`${part}` : part, at, parts.length), workspace));
  });
  return nodes;
}

function trimAroundFence(part, at, count) {
  let trimmed = at > 0 ? part.replace(/^\n/, "") : part;
  if (at < count - 1) trimmed = trimmed.replace(/\n$/, "");
  return trimmed;
}

function quotesAndLines(text, workspace) {
  const nodes = [];
  let quoted = [];
  let plain = [];
  const endQuote = () => {
    if (quoted.length) nodes.push(el("blockquote", {}, inline(quoted.join("\n"), workspace)));
    quoted = [];
  };
  const endPlain = () => {
    if (plain.length) nodes.push(...inline(plain.join("\n"), workspace));
    plain = [];
  };
  if (text === "") return nodes;
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quote) {
      endPlain();
      quoted.push(quote[1]);
    } else {
      endQuote();
      plain.push(line);
    }
  }
  endQuote();
  endPlain();
  return nodes;
}

function inline(text, workspace) {
  const atoms = [];
  const keep = (node) => {
    if (FIRST_ATOM + atoms.length > LAST_ATOM) return "";
    atoms.push(node);
    return String.fromCharCode(FIRST_ATOM + atoms.length - 1);
  };
  const bare = text.replace(/[\ue000-\uf8ff]/g, "").replace(ATOMS, (whole, code, token, emoji, url) => {
    if (code) return keep(el("code", {}, unescape(code)));
    if (token) return keep(drawToken(token, workspace));
    if (emoji) return emojiFor(emoji) ? keep(drawEmoji(emoji)) : whole;
    return keep(drawLink(url, unescape(url)));
  });
  return styled(bare, atoms);
}

function styled(text, atoms) {
  const found = STYLED.exec(text);
  if (!found || found[2].includes("\n")) return leaves(text, atoms);
  const after = found.index + found[0].length;
  return [
    ...leaves(text.slice(0, found.index), atoms),
    el(STYLES[found[1]], {}, styled(found[2], atoms)),
    ...styled(text.slice(after), atoms),
  ];
}

function leaves(text, atoms) {
  return text.split(/([\ue000-\uf8ff])/).flatMap((part, at) => (
    at % 2 === 1 ? [atoms[part.charCodeAt(0) - FIRST_ATOM]] : lines(unescape(part))
  ));
}

function lines(text) {
  return text.split("\n").flatMap((line, at) => (at ? [el("br"), line] : [line])).filter((part) => part !== "");
}

/** One emoji, named for people who cannot see it. */
export function drawEmoji(name) {
  return el("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, emojiFor(name) ?? `:${name}:`);
}

/** A link that opens beside the page; addresses that are neither web nor mail stay text. */
export function drawLink(address, label) {
  const url = unescape(address);
  if (!/^(https?:|mailto:)/i.test(url)) return document.createTextNode(label);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** `@Ana Lima`, brighter where it is the reader. */
export function drawMention(userId, workspace, fallback) {
  const mine = userId === workspace.me.id;
  return el("span", { class: mine ? "mention mine" : "mention", data: { user: userId } }, `@${workspace.nameOf(userId, fallback)}`);
}

/** `#general`, a link to the channel. */
export function drawChannel(channelId, workspace, fallback) {
  const channel = workspace.channels.get(channelId);
  const name = channel?.name ?? fallback;
  if (!name) return el("span", { class: "mention" }, "a private channel");
  return el("a", { class: "mention", href: `#/${workspace.me.id}/${channelId}` }, `#${name}`);
}

/** A moment in the reader's own zone, with the full moment as its tooltip. */
export function drawDate(seconds, template, workspace, link) {
  const drawn = el("time", {
    datetime: new Date(seconds * 1000).toISOString(), title: fullMoment(seconds, workspace.me.tz),
  }, dateTokens(seconds, template, workspace.me.tz));
  return link ? el("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, drawn) : drawn;
}

function drawToken(token, workspace) {
  const [body, label] = splitLabel(token);
  const rest = body.slice(1);
  if (body[0] === "@") return drawMention(rest, workspace, label);
  if (body[0] === "#") return drawChannel(rest, workspace, label);
  if (body[0] !== "!") return drawLink(body, unescape(label ?? body.replace(/^mailto:/, "")));
  const [kind, ...details] = rest.split("^");
  if (kind === "date") {
    const seconds = Number(details[0]);
    const link = details[2] && /^https?:/.test(details[2]) ? details[2] : undefined;
    if (Number.isFinite(seconds) && details[1]) return drawDate(seconds, unescape(details[1]), workspace, link);
    return document.createTextNode(unescape(label ?? ""));
  }
  if (["here", "channel", "everyone"].includes(kind)) return el("span", { class: "mention mine" }, `@${kind}`);
  return el("span", { class: "mention" }, unescape(label ?? `@${kind}`));
}

function splitLabel(token) {
  const bar = token.indexOf("|");
  return bar < 0 ? [token, undefined] : [token.slice(0, bar), token.slice(bar + 1)];
}

/** What a person would type to get `text`: handles and channel names instead of ids, nothing escaped. */
export function typedForm(text, workspace) {
  return unescape(text.replace(/<([^<>\n]+)>/g, (whole, token) => {
    const [body, label] = splitLabel(token);
    if (body[0] === "@") return `@${workspace.people.get(body.slice(1))?.name ?? label ?? body.slice(1)}`;
    if (body[0] === "#") return `#${workspace.channels.get(body.slice(1))?.name ?? label ?? body.slice(1)}`;
    if (body[0] === "!") return `@${body.slice(1)}`;
    return body;
  }));
}
