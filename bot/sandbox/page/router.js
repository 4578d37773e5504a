// Where the person is, kept in the address: `#/<person>/<place>` with place a channel, `<channel>/thread/<ts>`,
// `<channel>/at/<ts>` (one message of it), `home` or `github[/<owner>/<repository>[/<number>]]`. Deep links and the browser's back button work because of it.

/** The route of an address fragment: `{person, screen, channel?, thread?, message?, repository?, number?}`. */
export function parseRoute(hash) {
  const [person, place, ...rest] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const route = { person: person || null, screen: null };
  if (!place) return route;
  if (place === "home") return { ...route, screen: "home" };
  if (place === "github") {
    const [owner, name, number] = rest;
    return { ...route, screen: "github", repository: name ? `${owner}/${name}` : null, number: number ? Number(number) : null };
  }
  const named = (word) => (rest[0] === word && rest[1] ? rest[1] : null);
  return { ...route, screen: "channel", channel: place, thread: named("thread"), message: named("at") };
}

/** The address fragment of a place of `person`: `at(me, "C1", "thread", ts)`. */
export function at(person, ...place) {
  return `#/${[person, ...place].join("/")}`;
}

/** The place that a permalink means, for `at`: `/archives/C1/p1700000000000100?thread_ts=…`. Null for other addresses. */
export function permalinkPlace(url) {
  const found = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(url.pathname);
  if (!found || url.origin !== location.origin) return null;
  const thread = url.searchParams.get("thread_ts");
  return thread ? [found[1], "thread", thread] : [found[1], "at", `${found[2]}.${found[3]}`];
}

/** Calls `onRoute(route)` now and whenever the address changes. */
export function watchRoute(onRoute) {
  window.addEventListener("hashchange", () => onRoute(parseRoute(location.hash)));
  onRoute(parseRoute(location.hash));
}
