// What a person can do with a message: the bar that appears on it, its menu, its keys, reactions, editing, deleting.

import { confirmPress } from "./confirm.js";
import { button, el, iconButton } from "./dom.js";
import { REACTIONS, emojiFor } from "./emoji.js";
import { openMenu } from "./menu.js";
import { typedForm } from "./mrkdwn.js";
import { openPopover } from "./popover.js";

const QUICK = ["white_check_mark", "eyes", "raised_hands"];

/** Adds the bar of actions to a drawn message; done on first hover or focus, since most messages never need one. */
export function showActions(node, message, app, place) {
  if (message.ephemeral || node.querySelector(":scope > .message-bar")) return;
  const react = iconButton("smile", "Add a reaction…", { on: { click: () => pickReaction(react, message, app, place) } });
  const more = iconButton("more", "More actions", {
    "aria-haspopup": "menu", "aria-expanded": "false", on: { click: () => openMessageMenu(more, node, message, app, place) },
  });
  node.append(el("div", { class: "message-bar", role: "toolbar", "aria-label": "Message actions" },
    QUICK.map((name) => button("", {
      class: "icon-button quick", title: `React with :${name}:`, "aria-label": `React with ${name.replaceAll("_", " ")}`,
      on: { click: () => app.react(place.channel, message, name) },
    }, emojiFor(name))),
    react,
    place.thread ? null : iconButton("reply", "Reply in thread", { on: { click: () => app.openThread(place.channel, message) } }),
    more));
}

/** Keys on a focused message: T thread, R reaction, M menu, E edit, Delete. Returns true where the key meant something. */
export function messageKey(event, node, message, app, place) {
  if (message.ephemeral || event.ctrlKey || event.metaKey || event.altKey) return false;
  const own = message.user === app.workspace.me.id && !message.subtype;
  const bar = () => [...node.querySelectorAll(":scope > .message-bar button")];
  const keys = {
    t: () => !place.thread && app.openThread(place.channel, message),
    r: () => bar().find((control) => control.title.startsWith("Add")).click(),
    m: () => bar().at(-1).click(),
    e: () => own && editMessage(node, message, app, place),
    Delete: () => own && deleteMessage(message, app, place),
  };
  if (!keys[event.key]) return false;
  showActions(node, message, app, place);
  keys[event.key]();
  return true;
}

function pickReaction(anchor, message, app, place) {
  const box = el("div", { class: "reaction-picker", role: "group", "aria-label": "Reactions" }, REACTIONS.map((name) => button("", {
    class: "icon-button", title: `:${name}:`, "aria-label": name.replaceAll("_", " "),
    on: { click: () => { close(); app.react(place.channel, message, name); } },
  }, emojiFor(name))));
  box.addEventListener("keydown", (event) => {
    const controls = [...box.children];
    const step = { ArrowRight: 1, ArrowDown: 6, ArrowLeft: -1, ArrowUp: -6 }[event.key];
    if (!step) return;
    event.preventDefault();
    controls.at((controls.indexOf(document.activeElement) + step) % controls.length)?.focus();
  });
  const close = openPopover(anchor, box, { end: true });
  box.firstElementChild.focus();
}

function openMessageMenu(anchor, node, message, app, place) {
  const { workspace } = app;
  const own = message.user === workspace.me.id && !message.subtype && !message.bot_id;
  const shortcuts = workspace.shortcuts.filter((shortcut) => shortcut.type === "message");
  const items = [];
  if (!place.thread) items.push({ label: "Reply in thread", icon: "reply", choose: () => app.openThread(place.channel, message) });
  items.push({ label: "Copy text", icon: "chat", choose: () => copyText(message, app) });
  if (own) {
    items.push(null,
      { label: "Edit message", icon: "open", choose: () => editMessage(node, message, app, place) },
      { label: "Delete message…", icon: "close", danger: true, choose: () => deleteMessage(message, app, place) });
  }
  if (shortcuts.length) items.push(null);
  for (const shortcut of shortcuts) {
    items.push({
      label: shortcut.name, detail: workspace.bot?.name, icon: "plus",
      choose: () => app.attempt(() => workspace.api.post("shortcut", {
        callback_id: shortcut.callback_id, container: { channel: place.channel, ts: message.ts },
      })),
    });
  }
  openMenu(anchor, "Message actions", items, { end: true });
}

async function copyText(message, app) {
  try {
    await navigator.clipboard.writeText(typedForm(message.text ?? "", app.workspace));
    app.toast("Copied.", "info");
  } catch {
    app.toast("The browser did not allow copying. Select the text and copy it by hand.");
  }
}

async function deleteMessage(message, app, place) {
  const sure = await confirmPress({
    title: { type: "plain_text", text: "Delete message" },
    text: { type: "plain_text", text: "This message is taken away for everybody. That cannot be undone." },
    confirm: { type: "plain_text", text: "Delete" }, style: "danger",
  }, app.workspace);
  if (sure) app.attempt(() => app.workspace.api.post("delete", { channel: place.channel, ts: message.ts }));
}

function editMessage(node, message, app, place) {
  const content = node.querySelector(".content");
  const field = el("textarea", { class: "text-input", rows: 2, "aria-label": "Edit message", value: typedForm(message.text ?? "", app.workspace) });
  const finish = () => {
    editor.replaceWith(content);
    node.focus();
  };
  const save = async () => {
    const done = await app.attempt(() => app.workspace.api.post("edit", { channel: place.channel, ts: message.ts, text: field.value }));
    if (done) finish();
  };
  const editor = el("div", { class: "message-editor" }, field, el("div", { class: "dialog-foot" },
    button("Cancel", { class: "button", on: { click: finish } }), button("Save", { class: "button primary", on: { click: save } })));
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") finish();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      save();
    }
  });
  content.replaceWith(editor);
  field.focus();
}
