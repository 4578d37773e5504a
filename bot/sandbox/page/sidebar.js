// The side bar: who am I, channels, direct messages, the app, GitHub, and the colours.

import { avatar } from "./avatar.js";
import { button, el, icon, iconButton } from "./dom.js";
import { openMenu } from "./menu.js";

/** The side bar. `app.route()` says what is open. Returns `{node, refresh, stop}`. */
export function createSidebar(app) {
  const { workspace } = app;
  const switcher = button("", { class: "who", "aria-haspopup": "menu", "aria-expanded": "false", on: { click: chooseWho } });
  const lists = el("div", { class: "side-lists" });
  const theme = el("button", { type: "button", class: "side-row", on: { click: changeTheme } });
  const node = el("nav", { class: "sidebar", "aria-label": "Workspace" },
    el("div", { class: "side-head" }, el("span", { class: "workspace-name" }),
      iconButton("close", "Close the side bar", { class: "drawer-button", on: { click: app.closeDrawer } })),
    switcher, lists, el("div", { class: "side-foot" }, theme));

  function refresh() {
    const { me } = workspace;
    node.querySelector(".workspace-name").textContent = workspace.team.name;
    switcher.replaceChildren(avatar(me), el("span", { class: "who-text" },
      el("strong", {}, me.real_name || me.name), el("span", {}, roleOf(me))), icon("chevron"));
    switcher.setAttribute("aria-label", `You are ${me.real_name || me.name}, ${roleOf(me)}. Switch person`);
    const focused = lists.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const scrolled = lists.scrollTop;
    lists.replaceChildren(...drawLists());
    lists.scrollTop = scrolled;
    if (focused) lists.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
    const dark = app.theme() === "dark";
    theme.replaceChildren(icon(dark ? "sun" : "moon"), dark ? "Light colours" : "Dark colours");
  }

  function chooseWho() {
    const people = [...workspace.people.values()].filter((person) => !person.is_bot && !person.deleted);
    openMenu(switcher, "Who am I?", people.map((person) => ({
      label: person.real_name || person.name, detail: roleOf(person), image: avatar(person, "small"), checked: person.id === workspace.me.id,
      choose: () => app.become(person.id),
    })), { wide: true });
  }

  function changeTheme() {
    app.changeTheme();
    refresh();
  }

  function drawLists() {
    const all = [...workspace.channels.values()];
    const byName = (one, other) => workspace.titleOf(one).localeCompare(workspace.titleOf(other));
    const channels = all.filter((channel) => channel.kind !== "im" && !channel.is_archived).sort(byName);
    const joined = channels.filter((channel) => channel.is_member);
    const others = channels.filter((channel) => !channel.is_member);
    return [
      section("Channels", joined.map(channelRow)),
      others.length ? section("Other channels", others.map(channelRow)) : null,
      section("Direct messages", people().map(personRow)),
      workspace.bot ? section("Apps", [appRow(), ...appTabs()]) : null,
      section("Elsewhere", [row({ address: app.address("github"), mark: icon("github"), label: "GitHub", here: app.route().screen === "github" })]),
    ].filter(Boolean);
  }

  function people() {
    const known = [...workspace.people.values()].filter((person) => !person.is_bot && !person.deleted && person.id !== workspace.me.id);
    return known.sort((one, other) => workspace.nameOf(one.id).localeCompare(workspace.nameOf(other.id)));
  }

  function directWith(userId) {
    return [...workspace.channels.values()].find((channel) => channel.kind === "im" && channel.user === userId);
  }

  function channelRow(channel) {
    return row({
      address: app.address(channel.id), mark: icon(channel.kind === "private" ? "lock" : "hash"), label: channel.name, unread: channel.unread,
      here: app.route().channel === channel.id, faded: !channel.is_member,
    });
  }

  function personRow(person) {
    const channel = directWith(person.id);
    return row({
      // A conversation that does not exist yet is opened under the person's id and then shown under its own.
      address: app.address(channel?.id ?? person.id), mark: avatar(person, "tiny"), label: workspace.nameOf(person.id),
      unread: channel?.unread, direct: true, here: Boolean(channel) && app.route().channel === channel.id,
    });
  }

  function appRow() {
    const { bot } = workspace;
    return el("div", { class: "app-row" }, avatar(workspace.people.get(bot.bot_user_id) ?? bot, "tiny"), el("span", {}, bot.name),
      el("span", { class: "app-state", role: "status" }, el("span", { class: bot.connected ? "dot on" : "dot" }),
        bot.connected ? "connected" : "not connected"));
  }

  function appTabs() {
    const route = app.route();
    const direct = directWith(workspace.bot.bot_user_id);
    return [
      row({ address: app.address("home"), mark: icon("home"), label: "Home", here: route.screen === "home", inner: true }),
      row({
        address: app.address(direct?.id ?? workspace.bot.bot_user_id), mark: icon("chat"), label: "Messages", unread: direct?.unread,
        here: Boolean(direct) && route.channel === direct.id, inner: true, direct: true,
      }),
    ];
  }

  for (const name of ["channels", "people", "bot"]) workspace.addEventListener(name, refresh);
  refresh();
  return {
    node, refresh,
    stop() {
      for (const name of ["channels", "people", "bot"]) workspace.removeEventListener(name, refresh);
    },
  };
}

function roleOf(person) {
  return person.title || (person.is_admin ? "Admin" : "Member");
}

function section(title, rows) {
  return el("section", { class: "side-section", "aria-label": title }, el("h2", {}, title), el("div", { role: "list" }, rows.map((each) => (
    el("div", { role: "listitem" }, each)))));
}

function row({ address, mark, label, unread = 0, here, faded, inner, direct }) {
  const classes = ["side-row", unread && !here && "unread", here && "here", faded && "faded", inner && "inner"].filter(Boolean).join(" ");
  return el("a", { class: classes, href: address, "aria-current": here ? "page" : undefined }, mark, el("span", { class: "side-label" }, label),
    unread && !here ? el("span", { class: direct ? "count strong" : "count", "aria-label": `${unread} unread` }, String(unread)) : null);
}
