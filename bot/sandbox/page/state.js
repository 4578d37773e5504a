// What the page knows: the workspace as one person sees it, kept true by the pushes of the live connection.
// Listeners hear `people`, `channels`, `bot`, `link`, `timeline` (detail: its key), `views`, `home`, `github`, `toast`.

const PAGE = 100; // messages a request

/** The key of a channel's top level, or of one thread in it. */
export function timelineKey(channel, thread) {
  return thread ? `${channel}/${thread}` : channel;
}

const byTime = (one, other) => (one.ts < other.ts ? -1 : one.ts > other.ts ? 1 : 0);

export class Workspace extends EventTarget {
  constructor(api) {
    super();
    this.api = api;
    this.me = null;
    this.team = null;
    this.people = new Map();
    this.channels = new Map();
    this.commands = [];
    this.shortcuts = [];
    this.bot = null;
    this.link = "connected";
    this.timelines = new Map(); // key → {messages, hasMore, ready}
    this.views = []; // open modals, the top one last
    this.home = undefined; // undefined: not asked yet; null: the app has published none
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Loads everything but messages. */
  async load() {
    const answer = await this.api.get("workspace");
    this.me = answer.me;
    this.team = answer.team ?? { name: "Sample Workspace" };
    this.people = new Map(answer.people.map((person) => [person.id, person]));
    this.commands = answer.commands;
    this.shortcuts = answer.shortcuts;
    this.bot = answer.bot;
    this.setChannels(answer.channels);
    this.tell("people");
    this.tell("bot");
  }

  setChannels(channels) {
    this.channels = new Map(channels.map((channel) => [channel.id, channel]));
    this.tell("channels");
  }

  setLink(link) {
    this.link = link;
    this.tell("link");
  }

  /** A person's name as shown beside messages. */
  nameOf(userId, fallback) {
    const person = this.people.get(userId);
    return person?.real_name || person?.name || fallback || "someone who left";
  }

  /** Who wrote a message: `{key, name, avatar, emoji, isApp, person}`; consecutive messages with one key are grouped. */
  authorOf(message) {
    if (message.bot_id || message.subtype === "bot_message") {
      const bot = this.people.get(message.user ?? this.bot?.bot_user_id);
      const name = message.username ?? bot?.real_name ?? this.bot?.name ?? "App";
      const avatar = message.icons?.image_48 ?? message.icons?.image_72 ?? bot?.avatar;
      const emoji = message.icons?.emoji?.replaceAll(":", "");
      return { key: `bot/${name}`, name, avatar, emoji, isApp: true, person: bot };
    }
    const person = this.people.get(message.user);
    return { key: message.user, name: this.nameOf(message.user), avatar: person?.avatar, isApp: Boolean(person?.is_bot), person };
  }

  /** What a channel is called: `#`-less name, or the other person of a direct message. */
  titleOf(channel) {
    return channel.kind === "im" ? this.nameOf(channel.user) : channel.name;
  }

  timeline(key) {
    if (!this.timelines.has(key)) this.timelines.set(key, { messages: [], hasMore: false, ready: false });
    return this.timelines.get(key);
  }

  /** Reads the newest page of a channel or thread; what arrived live meanwhile is kept. */
  async openTimeline(channel, thread) {
    const timeline = this.timeline(timelineKey(channel, thread));
    const before = new Set(timeline.messages.map((message) => message.ts));
    const answer = await this.api.get("messages", { channel, thread_ts: thread, limit: PAGE });
    const oldest = answer.messages[0]?.ts ?? "0";
    // After a long absence the newest page may not reach back to what is known: then a gap would be hidden between them.
    const joined = !answer.has_more || answer.messages.some((message) => before.has(message.ts));
    const known = new Map(answer.messages.map((message) => [message.ts, message]));
    // The covered span is as the server says; what lies before it, or arrived while the server answered, is kept.
    for (const message of timeline.messages) {
      const outside = timeline.ready && joined && message.ts < oldest;
      const meanwhile = !before.has(message.ts);
      if (!known.has(message.ts) && (outside || meanwhile)) known.set(message.ts, message);
    }
    timeline.messages = [...known.values()].sort(byTime);
    if (!timeline.ready || !joined) timeline.hasMore = answer.has_more;
    timeline.ready = true;
    this.tell("timeline", timelineKey(channel, thread));
  }

  /** Forgets all but the newest pages of a long history that nobody looks at any more. */
  trimTimeline(key) {
    const timeline = this.timelines.get(key);
    if (!timeline || timeline.messages.length <= 2 * PAGE) return;
    timeline.messages = timeline.messages.slice(-PAGE);
    timeline.hasMore = true;
  }

  /** Reads the page before the oldest message known. */
  async loadOlder(channel, thread) {
    const key = timelineKey(channel, thread);
    const timeline = this.timeline(key);
    const before = timeline.messages.find((message) => !message.ephemeral)?.ts;
    const answer = await this.api.get("messages", { channel, thread_ts: thread, before, limit: PAGE });
    const known = new Set(timeline.messages.map((message) => message.ts));
    timeline.messages = [...answer.messages.filter((message) => !known.has(message.ts)), ...timeline.messages].sort(byTime);
    timeline.hasMore = answer.has_more;
    this.tell("timeline", key);
  }

  /** After a lost connection: everything that is open is read again. */
  async catchUp() {
    await this.load();
    const open = [...this.timelines].filter(([, timeline]) => timeline.ready).map(([key]) => key.split("/"));
    await Promise.all(open.map(([channel, thread]) => this.openTimeline(channel, thread)));
    if (this.home !== undefined) this.tell("home");
    this.tell("github");
  }

  /** The one message with this ts, wherever it is shown. */
  find(channel, ts) {
    for (const [key, timeline] of this.timelines) {
      if (key.split("/")[0] !== channel) continue;
      const found = timeline.messages.find((message) => message.ts === ts);
      if (found) return found;
    }
    return null;
  }

  /** Applies one push of `/_/live`. */
  apply(push) {
    switch (push.type) {
      case "message":
      case "message_changed":
      case "ephemeral":
      case "ephemeral_changed":
        return this.put(push.channel, push.message);
      case "message_deleted":
      case "ephemeral_deleted":
        return this.remove(push.channel, push.ts);
      case "channels": return this.setChannels(push.channels);
      case "view_opened":
      case "view_pushed":
        this.views = [...this.views.filter((view) => view.id !== push.view.id), push.view];
        return this.tell("views");
      case "view_updated":
        this.views = this.views.map((view) => (view.id === push.view.id ? push.view : view));
        return this.tell("views");
      case "views_closed":
        this.views = this.views.filter((view) => !push.view_ids.includes(view.id));
        return this.tell("views");
      case "home":
        this.home = push.view;
        return this.tell("home");
      case "bot":
        this.bot = push.bot;
        return this.tell("bot");
      case "toast": return this.tell("toast", push);
      case "github": return this.tell("github");
      default: return undefined;
    }
  }

  put(channel, message) {
    const inThread = message.thread_ts && message.thread_ts !== message.ts;
    const keys = [];
    if (!inThread || message.subtype === "thread_broadcast") keys.push(channel);
    if (message.thread_ts) keys.push(timelineKey(channel, message.thread_ts));
    else keys.push(timelineKey(channel, message.ts)); // an open, still empty thread shows its first message too
    for (const key of keys) {
      const timeline = this.timelines.get(key);
      if (!timeline) continue;
      const older = timeline.hasMore && timeline.messages[0] && message.ts < timeline.messages[0].ts;
      if (older) continue;
      timeline.messages = [...timeline.messages.filter((known) => known.ts !== message.ts), message].sort(byTime);
      this.tell("timeline", key);
    }
  }

  /** Takes a message away, wherever it is shown. */
  remove(channel, ts) {
    for (const [key, timeline] of this.timelines) {
      if (key.split("/")[0] !== channel || !timeline.messages.some((message) => message.ts === ts)) continue;
      timeline.messages = timeline.messages.filter((message) => message.ts !== ts);
      this.tell("timeline", key);
    }
  }
}
