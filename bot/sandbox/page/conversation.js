// A channel or direct message: its heading, its beginning with something to try, its messages and the composer.

import { avatar } from "./avatar.js";
import { createComposer } from "./composer.js";
import { button, el, icon, iconButton } from "./dom.js";
import { createMessages } from "./messages.js";

/** The screen of one conversation, at the message `target` if one is given. Returns `{node, stop, focus}`. */
export function createConversation(app, channelId, target) {
  const { workspace } = app;
  const channel = workspace.channels.get(channelId);
  const withBot = channel.kind === "im" && channel.user === workspace.bot?.bot_user_id;
  const title = workspace.titleOf(channel);
  const shown = channel.kind === "im" ? title : `#${title}`;
  const composer = createComposer(app, { channel: channelId, placeholder: `Message ${shown}`, sending: () => messages.toNewest() });
  const intro = drawIntro(app, channel, withBot, composer);
  const messages = createMessages(app, { channel: channelId, intro, target, label: `Messages in ${shown}` });
  const head = el("header", { class: "main-head" });
  const foot = el("div", { class: "main-foot" });

  function drawAround() {
    const now = workspace.channels.get(channelId) ?? channel;
    head.replaceChildren(...drawHead(app, now, withBot));
    if (now.is_archived) foot.replaceChildren(el("p", { class: "join-bar" }, "This channel is archived."));
    else if (!now.is_member && now.kind === "channel") foot.replaceChildren(drawJoin(app, now));
    else if (foot.firstChild !== composer.node) foot.replaceChildren(composer.node);
  }
  drawAround();
  workspace.addEventListener("channels", drawAround);
  workspace.addEventListener("bot", drawAround);
  app.focusMessages = messages.focusNewest;

  const toComposer = (event) => {
    if (event.key === "Escape" && event.target.classList.contains("message")) composer.focus();
  };

  return {
    node: el("div", { class: "screen", on: { keydown: toComposer } }, head, messages.node, foot),
    focus: target ? () => {} : composer.focus,
    stop() {
      messages.stop();
      workspace.removeEventListener("channels", drawAround);
      workspace.removeEventListener("bot", drawAround);
    },
  };
}

function drawHead(app, channel, withBot) {
  const { workspace } = app;
  if (withBot) return drawAppHead(app, "messages");
  const person = workspace.people.get(channel.user);
  const title = channel.kind === "im"
    ? [avatar(person, "small"), workspace.titleOf(channel)]
    : [icon(channel.kind === "private" ? "lock" : "hash"), channel.name];
  const needsBot = channel.kind !== "im" && channel.is_member && !channel.bot_is_member && workspace.bot;
  return [
    app.menuButton(), el("h1", {}, title), el("span", { class: "topic" }, channel.kind === "im" ? person?.title : channel.topic),
    needsBot ? button(`Add ${workspace.bot.name}`, {
      class: "button small",
      on: { click: () => app.attempt(() => workspace.api.post("invite", { channel: channel.id, user: workspace.bot.bot_user_id })) },
    }) : null,
    channel.kind === "im" ? null : el("span", { class: "member-count", title: memberNames(workspace, channel) }, icon("person"),
      el("span", { class: "visually-hidden" }, "Members: "), String(memberList(channel).length)),
  ].filter(Boolean);
}

const memberList = (channel) => (Array.isArray(channel.members) ? channel.members : []);

function memberNames(workspace, channel) {
  return memberList(channel).map((id) => workspace.nameOf(id)).join(", ");
}

/** The heading of the app: its name, whether it is connected, and its two tabs. `tab` is "home" or "messages". */
export function drawAppHead(app, tab) {
  const { workspace } = app;
  const bot = workspace.bot;
  const link = (name, label, address) => el("a", { href: address, class: "tab", "aria-current": name === tab ? "page" : undefined }, label);
  return [
    app.menuButton(), avatar(workspace.people.get(bot.bot_user_id) ?? bot, "small"), el("h1", {}, bot.name), el("span", { class: "badge" }, "APP"),
    el("span", { class: bot.connected ? "dot on" : "dot", title: bot.connected ? "Connected" : "Not connected" }),
    el("nav", { class: "tabs", "aria-label": bot.name },
      link("home", "Home", app.address("home")), link("messages", "Messages", app.address(app.botChannel() ?? "messages"))),
  ];
}

function drawJoin(app, channel) {
  return el("div", { class: "join-bar" }, el("span", {}, "You are looking at ", el("strong", {}, `#${channel.name}`)),
    button("Join channel", { class: "button primary", on: { click: () => app.attempt(() => app.workspace.api.post("join", { channel: channel.id })) } }));
}

/** The very beginning of a conversation, with examples that one press puts into the composer. */
function drawIntro(app, channel, withBot, composer) {
  const { workspace } = app;
  const other = channel.kind === "im" && !withBot ? workspace.people.get(channel.user)
    : [...workspace.people.values()].find((person) => !person.is_bot && !person.deleted && person.id !== workspace.me.id);
  const examples = examplesFor(channel, withBot, other?.name ?? "bo").filter((text) => (
    !text.startsWith("/") || workspace.commands.some((command) => text.split(" ")[0] === command.command)));
  const sentence = withBot ? `This is between you and ${workspace.bot.name}: what concerns you arrives here.`
    : channel.kind === "im" ? `This is the beginning of your conversation with ${workspace.titleOf(channel)}.`
      : `This is the very beginning of #${channel.name}.${channel.topic ? ` ${channel.topic}.` : ""}`;
  return el("div", { class: "intro" },
    channel.kind === "im" ? avatar(workspace.people.get(channel.user), "large") : el("span", { class: "intro-mark" }, icon(channel.kind === "private" ? "lock" : "hash")),
    el("h2", {}, channel.kind === "im" ? workspace.titleOf(channel) : `#${channel.name}`),
    el("p", {}, sentence),
    examples.length ? el("p", { class: "intro-try" }, "Try: ", examples.map((text) => button(text, {
      class: "example", title: "Put this into the composer", on: { click: () => composer.insert(text) },
    }))) : null);
}

function examplesFor(channel, withBot, handle) {
  if (withBot) return ["/task", "/scrum help", "/triage new Export button does nothing !high"];
  if (channel.kind === "im") return [`/chat @${handle} The build is green`];
  const byName = {
    triage: ["/triage", "/triage new Export button does nothing category:bug !high"],
    alerts: ["/task list is:late", "/scrum setup"],
    random: ["Good morning! :wave:", `/task new Water the plants @${handle} due:friday`],
  };
  return byName[channel.name] ?? [`/task new Fix the login page @${handle} due:tomorrow`, "/task list", "/scrum help"];
}

/** Opens the side bar on a narrow window. */
export function drawMenuButton(openDrawer) {
  return iconButton("menu", "Open the side bar", { class: "drawer-button", on: { click: openDrawer } });
}
