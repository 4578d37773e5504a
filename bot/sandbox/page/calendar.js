// The calendar of a date picker: a month as a grid; arrows move by days and weeks, Page Up and Down by months.

import { button, el, icon, iconButton } from "./dom.js";
import { openPopover } from "./popover.js";
import { addDays, dayLong, dayOf, dayShort } from "./time.js";

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** A button that shows the picked day and opens the calendar. `choose(day)` gets `YYYY-MM-DD`, or null when cleared. */
export function drawDatePicker({ day, placeholder, label, zone, choose, clearable }) {
  const text = el("span", { class: day ? "" : "unset" }, day ? dayShort(day) : placeholder || "Select a date");
  const control = button("", {
    class: "picker", "aria-haspopup": "dialog", "aria-expanded": "false", "aria-label": `${label}: ${text.textContent}`,
    on: { click: () => openCalendar(control, day, zone, clearable && Boolean(day), set) },
  }, icon("calendar"), text);
  function set(next) {
    day = next;
    text.classList.toggle("unset", !next);
    text.textContent = next ? dayShort(next) : placeholder || "Select a date";
    control.setAttribute("aria-label", `${label}: ${text.textContent}`);
    choose(next);
  }
  return control;
}

function openCalendar(anchor, picked, zone, clearable, choose) {
  const today = dayOf(Date.now() / 1000, zone);
  let at = picked ?? today;
  const heading = el("strong", { "aria-live": "polite" });
  const grid = el("div", { class: "calendar-grid", role: "grid" });
  const move = (months) => () => { at = addMonths(at, months); draw(false); };
  const box = el("div", { class: "calendar", role: "dialog", "aria-label": "Choose a date" },
    el("div", { class: "calendar-head" },
      iconButton("back", "Previous month", { on: { click: move(-1) } }), heading,
      iconButton("back", "Next month", { class: "flip", on: { click: move(1) } })),
    grid,
    el("div", { class: "calendar-foot" }, button("Today", { class: "link", on: { click: () => pick(today) } }),
      clearable ? button("Clear", { class: "link", on: { click: () => pick(null) } }) : null));
  const close = openPopover(anchor, box);

  function pick(day) {
    close();
    choose(day);
  }

  function draw(focus = true) {
    const first = `${at.slice(0, 7)}-01`;
    heading.textContent = monthName(first);
    const start = addDays(first, -weekday(first));
    const names = WEEKDAYS.map((name) => (
      el("span", { role: "columnheader", "aria-label": name, class: "calendar-weekday" }, name.slice(0, 2))));
    const rows = [el("div", { role: "row", class: "calendar-week" }, names)];
    for (let week = 0; week < 6; week += 1) {
      const days = WEEKDAYS.map((_, index) => addDays(start, week * 7 + index));
      if (week > 3 && days[0].slice(0, 7) > at.slice(0, 7)) break;
      rows.push(el("div", { role: "row", class: "calendar-week" }, days.map((day) => el("button", {
        type: "button", role: "gridcell", tabindex: day === at ? 0 : -1, data: { day }, "aria-label": dayLong(day),
        "aria-selected": String(day === picked), "aria-current": day === today ? "date" : undefined,
        class: day.slice(0, 7) === at.slice(0, 7) ? "calendar-day" : "calendar-day other",
        on: { click: () => pick(day) },
      }, String(Number(day.slice(8)))))));
    }
    grid.replaceChildren(...rows);
    if (focus) grid.querySelector("[tabindex='0']").focus();
  }

  grid.addEventListener("keydown", (event) => {
    const moves = {
      ArrowLeft: () => addDays(at, -1), ArrowRight: () => addDays(at, 1), ArrowUp: () => addDays(at, -7), ArrowDown: () => addDays(at, 7),
      PageUp: () => addMonths(at, -1), PageDown: () => addMonths(at, 1),
      Home: () => addDays(at, -weekday(at)), End: () => addDays(at, 6 - weekday(at)),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    at = moves[event.key]();
    draw();
  });
  draw();
}

const utc = (day) => new Date(`${day}T00:00:00Z`);
const weekday = (day) => (utc(day).getUTCDay() + 6) % 7; // Monday is 0

function monthName(day) {
  return new Intl.DateTimeFormat(navigator.language, { month: "long", year: "numeric", timeZone: "UTC" }).format(utc(day));
}

function addMonths(day, months) {
  const date = utc(`${day.slice(0, 7)}-01`);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return `${date.toISOString().slice(0, 8)}${String(Math.min(Number(day.slice(8)), last)).padStart(2, "0")}`;
}
