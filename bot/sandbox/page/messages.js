// The list of messages of a channel or a thread: days, groups, scrolling back through history, staying at the newest.

import { button, el, icon, reconcile } from "./dom.js";
import { drawMessage } from "./message.js";
import { messageKey, showActions } from "./message-actions.js";
import { timelineKey } from "./state.js";
import { dayDivider, dayOf } from "./time.js";

const GROUP_SECONDS = 300; // consecutive messages of one author within five minutes share one heading
const NEAR = 60; // pixels from an edge that count as being there

/**
 * The list for `{channel, thread}`. `intro` is shown above the very first message; `target` is the ts of a message to
 * begin at, instead of the newest. Returns `{node, stop, focusNewest, toNewest}`.
 */
export function createMessages(app, { channel, thread, intro = null, label, target = null }) {
  const { workspace } = app;
  const key = timelineKey(channel, thread);
  const drawn = new Map(); // ts → {message, day, shape, compact, node, surface}
  const days = new Map();
  const unreadAtFirst = thread ? 0 : workspace.channels.get(channel)?.unread ?? 0;
  const newLine = el("div", { class: "new-line", role: "separator", "aria-label": "New messages" }, el("span", {}, "New"));
  const feed = el("div", { class: "feed", role: "feed", "aria-label": label, on: { keydown, pointerover: hover, focusin: hover } });
  const scroller = el("div", { class: "scroller", on: { scroll } }, el("div", { class: "feed-space" }), feed);
  const jump = button("", { class: "jump", hidden: true, on: { click: toNewest } }, icon("down"), "New messages");
  const announce = el("div", { class: "visually-hidden", "aria-live": "polite" });
  const node = el("div", { class: "messages" }, scroller, jump, announce);
  let pinned = !target;
  let loading = false;
  let newFrom = null;
  let newest = null;
  let readUpTo = null;
  let frame = null;

  function draw() {
    frame = null;
    const timeline = workspace.timelines.get(key);
    if (!timeline?.ready) return;
    const { messages } = timeline;
    if (newest === null && unreadAtFirst) newFrom = firstUnread(messages);
    const focused = rememberFocus();
    const nodes = [];
    if (!timeline.hasMore && intro) nodes.push(intro);
    if (timeline.hasMore) nodes.push(el("div", { class: "list-note" }, "Earlier messages…"));
    let before = null;
    let dayBefore = null;
    for (const message of messages) {
      const day = drawn.get(message.ts)?.day ?? dayOf(Number(message.ts), workspace.me.tz);
      const sameDay = before && day === dayBefore;
      dayBefore = day;
      if (!sameDay && !thread) nodes.push(dayNode(day, Number(message.ts)));
      if (message.ts === newFrom) nodes.push(newLine);
      nodes.push(row(message, day, sameDay && message.ts !== newFrom && continues(before, message)));
      if (thread && message.ts === thread) nodes.push(repliesLine(messages.length - 1));
      before = message;
    }
    if (!messages.length && !intro) nodes.push(el("div", { class: "list-note" }, "No messages yet."));
    reconcile(feed, nodes);
    const kept = new Set(messages.map((message) => message.ts));
    for (const ts of [...drawn.keys()]) if (!kept.has(ts)) drawn.delete(ts);
    restoreFocus(focused);
    rove();
    noticeNew(messages);
    if (pinned) toNewest();
  }

  function drawNow() {
    cancelAnimationFrame(frame);
    draw();
  }

  function row(message, day, compact) {
    const known = drawn.get(message.ts);
    if (known && known.message === message && known.compact === compact) return known.node;
    const shape = JSON.stringify(message);
    if (known && known.shape === shape && known.compact === compact) {
      known.message = message;
      return known.node;
    }
    const fresh = drawMessage(message, app, { channel, thread, compact }, known?.surface);
    drawn.set(message.ts, { message, day, shape, compact, ...fresh });
    return fresh.node;
  }

  function continues(before, message) {
    return workspace.authorOf(before).key === workspace.authorOf(message).key && !message.ephemeral && !before.ephemeral
      && Number(message.ts) - Number(before.ts) < GROUP_SECONDS && !(thread && before.ts === thread)
      && Boolean(before.subtype) === Boolean(message.subtype);
  }

  function dayNode(day, seconds) {
    const text = dayDivider(seconds, workspace.me.tz);
    if (days.get(day)?.textContent !== text) days.set(day, el("div", { class: "day", role: "separator", "aria-label": text }, el("span", {}, text)));
    return days.get(day);
  }

  function repliesLine(count) {
    return el("div", { class: "replies-line" }, count ? `${count} ${count === 1 ? "reply" : "replies"}` : "No replies yet");
  }

  function firstUnread(messages) {
    const others = messages.filter((message) => message.user !== workspace.me.id && !message.ephemeral);
    return others.at(-unreadAtFirst)?.ts ?? null;
  }

  function noticeNew(messages) {
    const last = messages.at(-1);
    if (newest !== null && last && last.ts > newest) {
      if (last.user !== workspace.me.id) announce.textContent = drawn.get(last.ts).node.getAttribute("aria-label");
      jump.hidden = pinned;
      if (last.user === workspace.me.id) pinned = true;
    }
    newest = last?.ts ?? "0";
    markRead();
  }

  /** Tells the server how far was read; only while the person can actually see the newest message. */
  function markRead() {
    if (thread || !pinned || document.hidden) return;
    const ts = workspace.timelines.get(key).messages.filter((message) => !message.ephemeral).at(-1)?.ts;
    if (!ts || ts === readUpTo || !workspace.channels.get(channel)?.unread) return;
    readUpTo = ts;
    app.attempt(() => workspace.api.post("read", { channel, ts }));
  }

  // A message that changed is drawn anew; whoever stood on one of its buttons stays there, or on the message.
  function rememberFocus() {
    const active = document.activeElement;
    const holder = feed.contains(active) ? active.closest(".message") : null;
    return holder && { ts: holder.dataset.ts, action: active.dataset?.action, inside: active !== holder, active };
  }

  function restoreFocus(focused) {
    if (!focused || (focused.active.isConnected && document.activeElement === focused.active)) return;
    const holder = drawn.get(focused.ts)?.node;
    const control = focused.action && holder?.querySelector(`[data-action="${CSS.escape(focused.action)}"]`);
    (control || holder)?.focus({ preventScroll: true });
  }

  function rove() {
    if (!feed.querySelector(".message[tabindex='0']")) [...feed.querySelectorAll(":scope > .message")].at(-1)?.setAttribute("tabindex", "0");
  }

  function holderOf(event) {
    const holder = event.target.closest?.(".message");
    return holder && drawn.get(holder.dataset.ts) ? [holder, drawn.get(holder.dataset.ts).message] : [null, null];
  }

  function hover(event) {
    const [holder, message] = holderOf(event);
    if (!holder) return;
    showActions(holder, message, app, { channel, thread });
    if (event.type !== "focusin") return;
    for (const other of feed.querySelectorAll(".message[tabindex='0']")) other.setAttribute("tabindex", "-1");
    holder.setAttribute("tabindex", "0");
  }

  function keydown(event) {
    const [holder, message] = holderOf(event);
    if (!holder || event.target !== holder) return;
    const rows = [...feed.querySelectorAll(":scope > .message")];
    const now = rows.indexOf(holder);
    const target = { ArrowUp: rows[now - 1], ArrowDown: rows[now + 1], Home: rows[0], End: rows.at(-1) }[event.key];
    if (target) {
      event.preventDefault();
      target.focus();
    } else if (messageKey(event, holder, message, app, { channel, thread })) event.preventDefault();
  }

  async function scroll() {
    pinned = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
    if (pinned) {
      jump.hidden = true;
      markRead();
    }
    const timeline = workspace.timelines.get(key);
    if (loading || !timeline?.ready || !timeline.hasMore || scroller.scrollTop > NEAR * 8) return;
    loading = true;
    await app.attempt(async () => {
      const fromEnd = () => scroller.scrollHeight - scroller.scrollTop;
      const kept = fromEnd();
      await workspace.loadOlder(channel, thread);
      drawNow();
      scroller.scrollTop += fromEnd() - kept; // what is being read stays where it is
    });
    loading = false;
  }

  async function showTarget() {
    const has = () => workspace.timelines.get(key).messages.some((message) => message.ts === target);
    while (!has() && workspace.timelines.get(key).hasMore) await workspace.loadOlder(channel, thread);
    drawNow();
    const found = drawn.get(target)?.node;
    if (!found) throw new Error("That message is not there any more.");
    pinned = false;
    found.classList.add("target");
    found.scrollIntoView({ block: "center" });
    found.focus({ preventScroll: true });
  }

  function toNewest() {
    scroller.scrollTop = scroller.scrollHeight;
    pinned = true;
    jump.hidden = true;
  }

  // Many changes in quick succession are drawn once, with the next picture of the screen.
  const onTimeline = (event) => {
    if (event.detail === key) frame ??= requestAnimationFrame(draw);
  };
  const onPeople = () => { drawn.clear(); draw(); };
  const onVisible = () => { if (!document.hidden && workspace.timelines.get(key)?.ready) markRead(); };
  workspace.addEventListener("timeline", onTimeline);
  workspace.addEventListener("people", onPeople);
  document.addEventListener("visibilitychange", onVisible);
  // Pictures that load and windows that are resized change the height; who was at the newest message stays there.
  const sized = new ResizeObserver(() => { if (pinned) toNewest(); });
  sized.observe(feed);
  sized.observe(scroller);

  if (workspace.timelines.get(key)?.ready) draw();
  else feed.append(el("div", { class: "list-note" }, "Loading…"));
  app.attempt(async () => {
    await workspace.openTimeline(channel, thread);
    if (target) await showTarget();
  });

  return {
    node, toNewest,
    focusNewest: () => [...feed.querySelectorAll(":scope > .message")].at(-1)?.focus(),
    stop() {
      cancelAnimationFrame(frame);
      workspace.trimTimeline(key);
      workspace.removeEventListener("timeline", onTimeline);
      workspace.removeEventListener("people", onPeople);
      document.removeEventListener("visibilitychange", onVisible);
      sized.disconnect();
    },
  };
}
