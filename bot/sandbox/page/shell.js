// The frame around the screens of one person: side bar, the open screen, the thread beside it, modals; and the `app`
// object through which screens reach the rest of the page.

import { createConversation, drawMenuButton } from "./conversation.js";
import { el } from "./dom.js";
import { createGithub } from "./github.js";
import { createHome } from "./home.js";
import { createModals } from "./modal.js";
import { at, parseRoute } from "./router.js";
import { createSidebar } from "./sidebar.js";
import { currentTheme, switchTheme } from "./theme.js";
import { createThread } from "./thread.js";

/** What screens may do for `workspace`; see the comment of each. */
function createApp(workspace, toast, shell) {
  const me = workspace.me.id;
  return {
    workspace, toast,
    route: () => parseRoute(location.hash),
    /** The link to a place of this person. */
    address: (...place) => at(me, ...place),
    go: (...place) => { location.hash = at(me, ...place); },
    /** Shows the workspace as another person, in the same channel where they may see it. */
    become(personId) {
      const { screen, channel, repository } = parseRoute(location.hash);
      if (screen === "channel") location.hash = at(personId, channel.startsWith("D") ? "" : channel);
      else location.hash = at(personId, ...(repository ? [screen, repository] : [screen]));
    },
    /** Runs a request; a refusal becomes a toast. True where it went well. */
    async attempt(request) {
      try {
        await request();
        return true;
      } catch (error) {
        toast(error.message);
        return false;
      }
    },
    react(channel, message, name) {
      const mine = message.reactions?.some((reaction) => reaction.name === name && reaction.users.includes(me));
      return this.attempt(() => workspace.api.post(mine ? "unreact" : "react", { channel, ts: message.ts, name }));
    },
    openThread: (channel, message) => { location.hash = at(me, channel, "thread", message.thread_ts ?? message.ts); },
    /** The conversation with the app; its id as a person where none was opened yet. */
    botChannel: () => [...workspace.channels.values()].find((channel) => (
      channel.kind === "im" && channel.user === workspace.bot?.bot_user_id))?.id ?? workspace.bot?.bot_user_id,
    menuButton: () => drawMenuButton(() => shell.drawer(true)),
    closeDrawer: () => shell.drawer(false),
    theme: currentTheme,
    changeTheme: switchTheme,
  };
}

/** The frame around the screens of one person. Returns `{show(route), stop()}`. */
export function createShell(root, workspace, toast) {
  const shell = { drawer };
  const app = createApp(workspace, toast, shell);
  const sidebar = createSidebar(app);
  const stopModals = createModals(app);
  const link = el("div", { class: "link-state", role: "status" });
  const main = el("main", { class: "main" });
  const side = el("div", { class: "side-pane" });
  const shade = el("div", { class: "shade", on: { click: () => drawer(false) } });
  const frame = el("div", { class: "frame" }, sidebar.node, shade, el("div", { class: "panes" }, link, el("div", { class: "pane-row" }, main, side)));
  let screen = null;
  let screenKey = null;
  let thread = null;
  let threadKey = null;

  function drawer(open) {
    const was = frame.classList.toggle("drawer-open", open);
    if (was) sidebar.node.querySelector("button, a").focus();
    else main.querySelector(".drawer-button")?.focus();
  }
  sidebar.node.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && frame.classList.contains("drawer-open")) drawer(false);
  });

  function drawLink() {
    link.textContent = workspace.link === "connected" ? "" : "Reconnecting to the workspace…";
    link.hidden = workspace.link === "connected";
  }

  function drawTitle() {
    const unread = [...workspace.channels.values()].filter((channel) => channel.unread && channel.is_member).length;
    const channel = workspace.channels.get(app.route().channel);
    const place = channel ? (channel.kind === "im" ? workspace.titleOf(channel) : `#${channel.name}`) : app.route().screen === "home" ? "Home" : "GitHub";
    document.title = `${unread ? `(${unread}) ` : ""}${place} – ${workspace.nameOf(workspace.me.id)}`;
  }

  function build(route) {
    if (route.screen === "home") return createHome(app);
    if (route.screen === "github") return createGithub(app, route);
    return createConversation(app, route.channel, route.message);
  }

  async function show(route) {
    if (route.screen === "channel" && !workspace.channels.has(route.channel)) {
      const opened = workspace.people.has(route.channel) && await openDirect(route.channel);
      const known = [...workspace.channels.values()];
      const first = known.find((channel) => channel.name === "general") ?? known.find((channel) => channel.is_member);
      location.replace(app.address(opened || first?.id || "home"));
      return;
    }
    const key = [route.screen, route.channel, route.message, route.repository, route.number].join(" ");
    if (key !== screenKey) {
      screen?.stop();
      screen = build(route);
      screenKey = key;
      main.replaceChildren(screen.node);
      frame.classList.remove("drawer-open");
      if (!document.querySelector("dialog[open]")) screen.focus();
    }
    const wanted = route.thread ? `${route.channel} ${route.thread}` : null;
    if (wanted !== threadKey) {
      thread?.stop();
      thread = route.thread ? createThread(app, { channel: route.channel, thread: route.thread }) : null;
      threadKey = wanted;
      side.replaceChildren(...(thread ? [thread.node] : []));
      frame.classList.toggle("with-thread", Boolean(thread));
      (thread ?? screen).focus();
    }
    sidebar.refresh();
    drawTitle();
  }

  async function openDirect(user) {
    let channel = null;
    await app.attempt(async () => {
      ({ channel } = await workspace.api.post("open", { user }));
      const id = channel.id ?? channel;
      if (!workspace.channels.has(id)) await workspace.load();
      channel = id;
    });
    return channel;
  }

  workspace.addEventListener("link", drawLink);
  workspace.addEventListener("channels", drawTitle);
  drawLink();
  root.replaceChildren(frame);
  return {
    show,
    stop() {
      screen?.stop();
      thread?.stop();
      sidebar.stop();
      stopModals();
      workspace.removeEventListener("link", drawLink);
      workspace.removeEventListener("channels", drawTitle);
    },
  };
}
