// Where messages and slash commands are typed. What was typed survives a failed send, a change of channel and a reload.

import { createCompletion } from "./completion.js";
import { el, iconButton } from "./dom.js";
import { recall, remember } from "./memory.js";

const HISTORY = 50; // sent texts remembered a person

/** The composer of `{channel, thread}`; `sending()` is called when something is sent. Returns `{node, focus(), insert(text)}`. */
export function createComposer(app, { channel, thread = null, placeholder, sending = () => {} }) {
  const { workspace } = app;
  const draftName = `draft ${workspace.me.id} ${channel} ${thread ?? ""}`;
  const historyName = `sent ${workspace.me.id}`;
  let recalled = -1; // how far back in the history the person has gone; -1: not in it
  let waiting = 0;

  const field = el("textarea", {
    class: "composer-field", rows: 1, placeholder, "aria-label": placeholder, "aria-autocomplete": "list", value: recall(draftName, true) ?? "",
    on: { input: changed, keydown, click: () => completion.refresh(), blur: () => completion.close() },
  });
  const completion = createCompletion(field, workspace, { commands: !thread });
  const send = iconButton("send", "Send", { class: "send", on: { click: submit } });
  const state = el("span", { class: "composer-state", role: "status" });
  const starter = (character, label) => el("button", {
    type: "button", class: "icon-button starter", title: label, "aria-label": label, on: { click: () => insertAt(character) },
  }, character);
  const node = el("div", { class: "composer" }, completion.node, el("div", { class: "composer-box" }, field,
    el("div", { class: "composer-foot" },
      thread ? null : starter("/", "Slash commands"), starter("@", "Mention somebody"), starter("#", "Name a channel"),
      state, el("span", { class: "composer-keys" }, "Enter sends · Shift + Enter: new line"), send)));
  queueMicrotask(fit);

  function fit() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 240)}px`;
    send.classList.toggle("ready", field.value.trim() !== "");
  }

  function changed() {
    remember(draftName, field.value, true);
    fit();
    completion.refresh();
  }

  function put(text) {
    field.value = text;
    remember(draftName, text, true);
    fit();
  }

  function insertAt(character) {
    const command = character === "/";
    const start = command ? 0 : field.selectionStart;
    const glue = !command && start > 0 && !/\s/.test(field.value[start - 1]) ? " " : "";
    if (!command || !field.value.startsWith("/")) field.setRangeText(glue + character, start, start, "end");
    field.focus();
    changed();
  }

  function keydown(event) {
    if (completion.key(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === "ArrowUp" && event.altKey) {
      event.preventDefault();
      app.focusMessages?.();
    } else if (event.key === "ArrowUp" && (field.value === "" || recalled >= 0)) recallSent(event, recalled + 1);
    else if (event.key === "ArrowDown" && recalled >= 0) recallSent(event, recalled - 1);
    else if (event.key.length === 1) recalled = -1;
  }

  function recallSent(event, back) {
    const history = recall(historyName, true) ?? [];
    if (back >= history.length) return;
    event.preventDefault();
    recalled = back;
    put(back < 0 ? "" : history[back]);
    field.setSelectionRange(field.value.length, field.value.length);
  }

  async function submit() {
    const text = field.value.trim();
    if (!text) return;
    const history = recall(historyName, true) ?? [];
    remember(historyName, [text, ...history.filter((sent) => sent !== text)].slice(0, HISTORY), true);
    recalled = -1;
    if (thread && isCommand(text)) {
      app.toast(`${text.split(/\s/, 1)[0]} is not supported in threads. Sorry!`);
      return;
    }
    put("");
    completion.close();
    sending();
    waiting += 1;
    state.textContent = "Sending…";
    const done = await app.attempt(() => (isCommand(text)
      ? workspace.api.post("command", { channel, text })
      : workspace.api.post("say", { channel, text, thread_ts: thread ?? undefined })));
    waiting -= 1;
    if (!waiting) state.textContent = "";
    if (!done) put(field.value ? `${text}\n${field.value}` : text);
  }

  // Everything that begins with a slash and a letter is a command for Slack, known or not.
  const isCommand = (text) => /^\/[a-z]/i.test(text);

  return {
    node,
    focus: () => field.focus(),
    insert(text) {
      put(text);
      field.focus();
      field.setSelectionRange(text.length, text.length);
      completion.refresh();
    },
  };
}
