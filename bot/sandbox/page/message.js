// One message: who, when, what (text or blocks), files, reactions, its thread, and the actions on it.

import { avatar } from "./avatar.js";
import { drawBlocks } from "./blocks.js";
import { button, el, icon } from "./dom.js";
import { emojiFor, emojiText } from "./emoji.js";
import { drawMrkdwn, typedForm } from "./mrkdwn.js";
import { Surface } from "./surface.js";
import { clock, dayAndClock, fullMoment } from "./time.js";

const ONLY_EMOJI = /^\s*(:[a-z0-9_+-]+:\s*){1,8}$/; // such messages are drawn larger
const QUIET = new Set(["channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "group_join", "group_leave"]);

/**
 * Draws a message. `app` is what the page can do (see shell.js); `place` is `{channel, thread, compact}`, where `compact`
 * leaves out the author of a consecutive message; `earlier` is the surface of the drawing that this one replaces.
 */
export function drawMessage(message, app, place, earlier) {
  const { workspace } = app;
  const author = workspace.authorOf(message);
  const seconds = Number(message.ts);
  const zone = workspace.me.tz;
  const surface = new Surface({
    kind: "message", workspace, container: { channel: place.channel, ts: message.ts }, earlier, fail: (error) => app.toast(error.message),
  });
  const stamp = (text, className) => el("time", {
    class: className, datetime: new Date(seconds * 1000).toISOString(), title: fullMoment(seconds, zone),
  }, text);
  const classes = ["message", place.compact && "compact", message.ephemeral && "ephemeral", QUIET.has(message.subtype) && "quiet"];
  const node = el("div", {
    class: classes.filter(Boolean).join(" "), role: "article", tabindex: -1, data: { ts: message.ts },
    "aria-label": `${author.name}, ${clock(seconds, zone)}${message.ephemeral ? ", only visible to you" : ""}: ${typedForm(message.text ?? "", workspace)}`,
  },
    message.ephemeral ? drawOnlyYou(message, app, place) : null,
    el("div", { class: "gutter" }, place.compact ? stamp(clock(seconds, zone).replace(/\s?[AP]M/i, ""), "hover-time") : drawPicture(author)),
    el("div", { class: "body" },
      place.compact ? null : el("div", { class: "head" },
        el("span", { class: "author" }, author.name),
        author.isApp ? el("span", { class: "badge" }, "APP") : null,
        stamp(clock(seconds, zone), "time")),
      drawContent(message, surface),
      drawFiles(message.files),
      drawReactions(message, app, place),
      place.thread ? null : drawThreadLine(message, app, place)));
  return { node, surface };
}

function drawPicture(author) {
  if (author.emoji && emojiFor(author.emoji)) return el("span", { class: "avatar emoji-avatar", "aria-hidden": "true" }, emojiFor(author.emoji));
  return avatar({ ...author.person, name: author.name, real_name: author.name, avatar: author.avatar });
}

function drawOnlyYou(message, app, place) {
  return el("div", { class: "only-you" }, icon("eye"), "Only visible to you",
    button("Dismiss", { class: "link", on: { click: () => app.attempt(() => app.workspace.api.post("delete", { channel: place.channel, ts: message.ts })) } }));
}

function drawContent(message, surface) {
  const edited = message.edited ? el("span", { class: "edited", title: "This message was changed" }, " (edited)") : null;
  if (message.blocks?.length) return el("div", { class: "content blocks" }, drawBlocks(message.blocks, surface), edited);
  return el("div", { class: ONLY_EMOJI.test(message.text) ? "content text jumbo" : "content text" }, drawMrkdwn(message.text ?? "", surface.workspace), edited);
}

function drawFiles(files) {
  if (!files?.length) return null;
  return el("div", { class: "files" }, files.map((file) => {
    const address = file.url_private ?? file.permalink;
    const name = file.title || file.name;
    if (file.mimetype?.startsWith("image/")) {
      return el("figure", { class: "image-block" }, el("figcaption", {}, name), el("img", { src: address, alt: file.alt_txt || name, loading: "lazy" }));
    }
    return el("a", { class: "file", href: address, target: "_blank", rel: "noopener" }, icon("external"), name);
  }));
}

function drawReactions(message, app, place) {
  if (!message.reactions?.length) return null;
  const { workspace } = app;
  const chips = message.reactions.map((reaction) => {
    const mine = reaction.users.includes(workspace.me.id);
    const who = reaction.users.map((user) => (user === workspace.me.id ? "You" : workspace.nameOf(user))).join(", ");
    return button("", {
      class: "reaction", "aria-pressed": String(mine), title: `${who} reacted with :${reaction.name}:`,
      "aria-label": `${reaction.name.replaceAll("_", " ")}, ${reaction.count}: ${who}`,
      on: { click: () => app.react(place.channel, message, reaction.name) },
    }, el("span", { class: "emoji" }, emojiText(reaction.name)), el("span", {}, String(reaction.count)));
  });
  return el("div", { class: "reactions" }, chips);
}

function drawThreadLine(message, app, place) {
  if (!message.reply_count) return null;
  const { workspace } = app;
  const pictures = (message.reply_users ?? []).slice(0, 4).map((user) => avatar(workspace.people.get(user), "tiny"));
  const count = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
  return el("a", { class: "thread-line", href: app.address(place.channel, "thread", message.ts) },
    pictures, el("span", { class: "thread-count" }, count),
    message.latest_reply
      ? el("span", { class: "thread-last" }, `Last reply ${dayAndClock(Number(message.latest_reply), workspace.me.tz)}`) : null);
}
