// Time as a person sees it: everything is formatted in the viewer's own time zone (an IANA name), in the habits of the
// browser's language. Moments are seconds since 1970 (UTC), as in Slack's `ts` and `<!date^…>`.

const formats = new Map();
const PARTS = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** Intl formatters are slow to build and there are thousands of messages, so each kind is made once. */
function format(zone, options, language = navigator.language) {
  const key = `${language} ${zone} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language, { timeZone: zone, ...options }));
  return formats.get(key);
}

/** "3:05 PM", or "15:05" where people count so. */
export function clock(seconds, zone) {
  return format(zone, { hour: "numeric", minute: "2-digit" }).format(seconds * 1000);
}

/** "2026-11-27": the calendar day of the moment in `zone`. */
export function dayOf(seconds, zone) {
  const parts = partsOf(seconds, zone);
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/** "15:05" on a 24-hour clock, the shape of Slack's time pickers. */
export function timeOf(seconds, zone) {
  const parts = partsOf(seconds, zone);
  return `${parts.hour}:${parts.minute}`;
}

function partsOf(seconds, zone) {
  const found = format(zone, PARTS, "en-CA").formatToParts(seconds * 1000);
  return Object.fromEntries(found.map((part) => [part.type, part.value]));
}

/** The moment of a calendar day and a time of day in `zone`. A time skipped by daylight saving moves forward. */
export function momentOf(day, time, zone) {
  const asUtc = Date.parse(`${day}T${time}:00Z`) / 1000;
  let guess = asUtc;
  // Twice, because the offset at the first guess may be that of the other side of a daylight-saving change.
  for (let round = 0; round < 2; round += 1) {
    const shown = Date.parse(`${dayOf(guess, zone)}T${timeOf(guess, zone)}:00Z`) / 1000;
    guess += asUtc - shown;
  }
  return guess;
}

/** A calendar day moved by whole days. */
export function addDays(day, days) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86400000).toISOString().slice(0, 10);
}

/** "November 27, 2026" for a calendar day, which has no zone. */
export function dayLong(day) {
  return format("UTC", { dateStyle: "long" }).format(Date.parse(`${day}T00:00:00Z`));
}

/** "Nov 27, 2026" for a calendar day. */
export function dayShort(day) {
  return format("UTC", { dateStyle: "medium" }).format(Date.parse(`${day}T00:00:00Z`));
}

/** "Today", "Yesterday" or "Friday, November 27": the divider between days. */
export function dayDivider(seconds, zone, now = Date.now() / 1000) {
  const near = nearWord(seconds, zone, now);
  if (near && near !== "tomorrow") return capital(near);
  const year = dayOf(seconds, zone).slice(0, 4) === dayOf(now, zone).slice(0, 4) ? undefined : "numeric";
  return format(zone, { weekday: "long", month: "long", day: "numeric", year }).format(seconds * 1000);
}

/** "today at 3:05 PM" or "Nov 20 at 3:05 PM": for a thread's last reply. */
export function dayAndClock(seconds, zone, now = Date.now() / 1000) {
  const near = nearWord(seconds, zone, now);
  return `${near ?? format(zone, { month: "short", day: "numeric" }).format(seconds * 1000)} at ${clock(seconds, zone)}`;
}

/** The full moment, for tooltips. */
export function fullMoment(seconds, zone) {
  return format(zone, { dateStyle: "full", timeStyle: "medium" }).format(seconds * 1000);
}

function nearWord(seconds, zone, now) {
  const day = dayOf(seconds, zone);
  const today = dayOf(now, zone);
  if (day === today) return "today";
  if (day === addDays(today, -1)) return "yesterday";
  if (day === addDays(today, 1)) return "tomorrow";
  return null;
}

const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** "3 hours ago", "in 2 days". */
export function ago(seconds, now = Date.now() / 1000) {
  const apart = seconds - now;
  const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, length]) => Math.abs(apart) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(navigator.language, { numeric: "auto" }).format(Math.round(apart / size), unit);
}

/**
 * Slack's date tokens (`{date_short_pretty} at {time}` …) for one moment.
 * The tokens are those of docs.slack.dev/messaging/formatting-message-text (date formatting).
 */
export function dateTokens(seconds, template, zone, now = Date.now() / 1000) {
  const sameYear = dayOf(seconds, zone).slice(0, 4) === dayOf(now, zone).slice(0, 4);
  const text = (options) => format(zone, options).format(seconds * 1000);
  const year = sameYear ? undefined : "numeric";
  const near = nearWord(seconds, zone, now);
  const tokens = {
    date_num: () => dayOf(seconds, zone),
    date_slash: () => text({ year: "numeric", month: "2-digit", day: "2-digit" }),
    date: () => text({ month: "long", day: "numeric", year }),
    date_short: () => text({ month: "short", day: "numeric", year: "numeric" }),
    date_long: () => text({ weekday: "long", month: "long", day: "numeric", year: "numeric" }),
    date_pretty: () => near ?? tokens.date(),
    date_short_pretty: () => near ?? tokens.date_short(),
    date_long_pretty: () => near ?? tokens.date_long(),
    day_divider_pretty: () => near ?? text({ weekday: "long", month: "long", day: "numeric", year }),
    time: () => clock(seconds, zone),
    time_secs: () => text({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
    ago: () => ago(seconds, now),
  };
  return template.replace(/\{(\w+)\}/g, (whole, name) => tokens[name]?.() ?? whole);
}
