// The thread pane: a message, its replies, and where to reply.

import { createComposer } from "./composer.js";
import { el, iconButton } from "./dom.js";
import { createMessages } from "./messages.js";

/** The pane of one thread. Returns `{node, stop, focus}`. */
export function createThread(app, { channel, thread }) {
  const { workspace } = app;
  const info = workspace.channels.get(channel);
  const place = info?.kind === "im" ? workspace.titleOf(info) : `# ${info?.name ?? ""}`;
  const messages = createMessages(app, { channel, thread, label: "Replies" });
  const composer = createComposer(app, { channel, thread, placeholder: "Reply…", sending: messages.toNewest });
  const close = () => app.go(channel);
  const node = el("aside", {
    class: "thread-pane", "aria-label": "Thread",
    on: { keydown: (event) => { if (event.key === "Escape" && !event.defaultPrevented) close(); } },
  },
    el("header", { class: "pane-head" }, el("h2", {}, "Thread", el("span", { class: "pane-place" }, place)),
      iconButton("close", "Close the thread", { on: { click: close } })),
    messages.node, composer.node);
  return { node, stop: messages.stop, focus: composer.focus };
}
