// What the composer offers while one types: slash commands and their words, people, channels, emoji.

import { avatar } from "./avatar.js";
import { el } from "./dom.js";
import { emojiFor, emojiNames } from "./emoji.js";

const MOST = 8; // candidates shown at once

/**
 * The first words a usage hint offers: "[new|list|show 12] …" gives new, list, show. Hints are written for people, so
 * whatever does not look like a plain word is left out.
 */
export function subcommands(hint) {
  const words = [];
  for (const part of hint.replace(/[[\]()]/g, "").split(/[|,·•]|\bor\b/)) {
    const word = /^\s*([a-z][a-z-]+)(?=\s|$)/.exec(part)?.[1];
    if (word && !words.includes(word)) words.push(word);
  }
  return words.length > 1 ? words : [];
}

/**
 * Completion for `field` (a textarea); `commands` says whether slash commands are offered here.
 * Returns `{node, key(event), refresh(), close()}`: `key` returns true where it used the key.
 */
export function createCompletion(field, workspace, { commands }) {
  const id = `completion-${Math.random().toString(36).slice(2)}`;
  const list = el("div", { role: "listbox", id, "aria-label": "Suggestions" });
  const help = el("div", { class: "completion-help" });
  const node = el("div", { class: "completion", hidden: true }, list, help);
  let found = []; // {label, detail, image, insert, from}
  let active = -1;

  function refresh() {
    const typed = field.value.slice(0, field.selectionStart);
    found = candidates(typed);
    // A candidate is chosen for the person only once part of it has been typed: Enter after "/task " sends "/task".
    active = found.length && typed.length > found[0].from ? 0 : -1;
    const command = commandOf(typed);
    help.replaceChildren();
    if (command && commands) help.append(el("code", {}, `${command.command} ${command.usage_hint}`), el("span", {}, command.description));
    draw();
  }

  function commandOf(typed) {
    return workspace.commands.find((command) => typed.split(/\s/, 1)[0] === command.command);
  }

  function candidates(typed) {
    const command = commandOf(typed);
    if (commands && /^\/[^\s]*$/.test(typed)) {
      return workspace.commands.filter((each) => each.command.startsWith(typed.toLowerCase())).map((each) => ({
        label: each.command, hint: each.usage_hint, detail: each.description, insert: `${each.command} `, from: 0, image: avatar(botOf(), "small"),
      }));
    }
    if (commands && command && /^\S+ \S*$/.test(typed)) {
      const from = command.command.length + 1;
      const start = typed.slice(from).toLowerCase();
      const words = subcommands(command.usage_hint).filter((word) => word.startsWith(start));
      if (words.length) return words.map((word) => ({ label: `${command.command} ${word}`, insert: `${word} `, from }));
    }
    const word = /(^|[\s(])([@#:])([\w+.-]*)$/.exec(typed);
    if (!word) return [];
    const from = typed.length - word[3].length - 1;
    const start = word[3].toLowerCase();
    if (word[2] === "@") return people(start, from);
    if (word[2] === "#") return channels(start, from);
    return start.length < 2 ? [] : emojiNames(start).slice(0, MOST).map((name) => ({
      label: `:${name}:`, insert: `:${name}: `, from, image: el("span", { class: "emoji" }, emojiFor(name)),
    }));
  }

  function botOf() {
    return workspace.people.get(workspace.bot?.bot_user_id) ?? workspace.bot;
  }

  function people(start, from) {
    const fits = (person) => [person.name, ...(person.real_name ?? "").split(" ")].some((name) => name.toLowerCase().startsWith(start));
    return [...workspace.people.values()].filter((person) => !person.deleted && fits(person)).slice(0, MOST).map((person) => ({
      label: person.real_name || person.name, hint: `@${person.name}`, detail: person.title, insert: `@${person.name} `, from, image: avatar(person, "small"),
    }));
  }

  function channels(start, from) {
    return [...workspace.channels.values()].filter((channel) => channel.kind !== "im" && channel.name.startsWith(start)).slice(0, MOST)
      .map((channel) => ({ label: `#${channel.name}`, detail: channel.topic, insert: `#${channel.name} `, from }));
  }

  function draw() {
    list.replaceChildren(...found.map((candidate, at) => el("div", {
      role: "option", id: `${id}-${at}`, class: at === active ? "candidate active" : "candidate", "aria-selected": String(at === active),
      on: { pointerdown: (event) => { event.preventDefault(); choose(at); } },
    }, candidate.image, el("strong", {}, candidate.label), candidate.hint ? el("span", { class: "candidate-hint" }, candidate.hint) : null,
    candidate.detail ? el("span", { class: "candidate-detail" }, candidate.detail) : null)));
    node.hidden = !found.length && !help.childNodes.length;
    if (found.length) field.setAttribute("aria-controls", id);
    else field.removeAttribute("aria-controls");
    if (active >= 0) field.setAttribute("aria-activedescendant", `${id}-${active}`);
    else field.removeAttribute("aria-activedescendant");
    list.querySelector(".active")?.scrollIntoView({ block: "nearest" });
  }

  function choose(at) {
    const { from, insert } = found[at];
    const after = field.value.slice(field.selectionStart);
    const before = field.value.slice(0, from) + insert;
    field.value = before + after.replace(/^ /, "");
    field.setSelectionRange(before.length, before.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function key(event) {
    if (!found.length || event.isComposing) return false;
    const moves = { ArrowDown: active + 1, ArrowUp: active < 0 ? found.length - 1 : active - 1 };
    if (moves[event.key] !== undefined) {
      active = (moves[event.key] + found.length) % found.length;
      draw();
      return true;
    }
    if (event.key === "Escape") {
      close();
      return true;
    }
    const whole = active >= 0 && field.value.slice(found[active].from).trimEnd() === found[active].insert.trimEnd();
    if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && active >= 0 && !whole)) {
      choose(Math.max(active, 0));
      return true;
    }
    return false;
  }

  function close() {
    found = [];
    active = -1;
    help.replaceChildren();
    draw();
  }

  return { node, key, refresh, close };
}
