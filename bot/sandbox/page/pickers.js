// The elements of Block Kit that pick something: options, people, channels, days and times.

import { avatar } from "./avatar.js";
import { drawDatePicker } from "./calendar.js";
import { el } from "./dom.js";
import { plainOf } from "./mrkdwn.js";
import { drawSelect, matching } from "./select.js";
import { clock, dayOf, momentOf, timeOf } from "./time.js";

const LISTS = /^(multi_)?(static|external|users|conversations|channels)_select$/;

export function isPicker(type) {
  return LISTS.test(type) || ["datepicker", "timepicker", "datetimepicker"].includes(type);
}

/** Draws a picker; `field` as for `drawElement`. */
export function drawPicker(element, field) {
  if (element.type === "datepicker") return drawDay(element, field);
  if (element.type === "timepicker") return drawTime(element, field);
  if (element.type === "datetimepicker") return drawDayAndTime(element, field);
  return drawList(element, field);
}

function optionChoice(option, group) {
  return {
    value: option.value, label: plainOf(option.text), detail: option.description ? plainOf(option.description) : undefined,
    group: group ? plainOf(group.label) : undefined,
  };
}

const optionChoices = (holder) => [
  ...(holder.options ?? []).map((option) => optionChoice(option)),
  ...(holder.option_groups ?? []).flatMap((group) => group.options.map((option) => optionChoice(option, group))),
];

function personChoice(person) {
  return { value: person.id, label: person.real_name || person.name, detail: person.title, image: avatar(person, "small") };
}

function conversationChoice(channel, workspace) {
  return { value: channel.id, label: channel.kind === "im" ? workspace.titleOf(channel) : `#${channel.name}` };
}

/** What a list offers: all its choices, and those chosen at first. */
function sourceOf(element, workspace) {
  const kind = LISTS.exec(element.type)[2];
  const people = () => [...workspace.people.values()].filter((person) => !person.deleted).map(personChoice);
  const places = (wanted) => [...workspace.channels.values()].filter(wanted).map((channel) => conversationChoice(channel, workspace));
  const picked = (one, several) => several ?? (one ? [one] : []);
  const chosenFrom = (all, ids) => ids.map((id) => all.find((choice) => choice.value === id) ?? { value: id, label: id });
  if (kind === "users") {
    const all = people();
    return { all, chosen: chosenFrom(all, picked(element.initial_user, element.initial_users)) };
  }
  if (kind === "channels") {
    const all = places((channel) => channel.kind === "channel" && !channel.is_archived);
    return { all, chosen: chosenFrom(all, picked(element.initial_channel, element.initial_channels)) };
  }
  if (kind === "conversations") {
    const names = { public: "channel", private: "private", im: "im" };
    const include = element.filter?.include?.map((name) => names[name]);
    const all = places((channel) => !channel.is_archived && (!include || include.includes(channel.kind)));
    return { all, chosen: chosenFrom(all, picked(element.initial_conversation, element.initial_conversations)) };
  }
  const chosen = picked(element.initial_option, element.initial_options).map((option) => optionChoice(option));
  return { all: kind === "static" ? optionChoices(element) : null, chosen };
}

function drawList(element, { blockId, surface, label, dispatch, input }) {
  const many = element.type.startsWith("multi_");
  const { all, chosen } = sourceOf(element, surface.workspace);
  const valueOf = (picked) => (many ? picked.map((choice) => choice.value) : picked[0]?.value ?? null);
  const state = surface.hold(blockId, element, { chosen, value: valueOf(chosen) }, { input, dispatch });
  const send = (picked) => dispatch && surface.press(control, blockId, element, valueOf(picked));
  const control = drawSelect({
    label, many, chosen: state.chosen, most: element.max_selected_items,
    placeholder: plainOf(element.placeholder) || (many ? "Select options" : "Select an option"),
    find: all ? (query) => matching(all, query) : (query) => askApp(query),
    changed: (picked) => {
      surface.set(blockId, element, { chosen: picked, value: valueOf(picked) });
      if (!many) send(picked);
    },
    commit: (picked) => { if (many) send(picked); },
  });

  async function askApp(query) {
    const least = element.min_query_length ?? 3;
    if (query.length < least) return [];
    await new Promise((resolve) => { setTimeout(resolve, 150); }); // a word being typed is one question, not five
    return optionChoices(await surface.options(blockId, element, query));
  }
  return control;
}

function drawDay(element, { blockId, surface, label, dispatch, input }) {
  const state = surface.hold(blockId, element, { value: element.initial_date ?? null }, { input, dispatch });
  const control = drawDatePicker({
    day: state.value, placeholder: plainOf(element.placeholder), label, zone: surface.workspace.me.tz, clearable: input,
    choose: (day) => {
      surface.set(blockId, element, { value: day });
      if (dispatch) surface.press(control, blockId, element, day);
    },
  });
  return control;
}

function drawTime(element, { blockId, surface, label, dispatch, input }) {
  const state = surface.hold(blockId, element, { value: element.initial_time ?? null }, { input, dispatch });
  const control = drawClock({
    label, placeholder: plainOf(element.placeholder) || "Select a time", time: state.value,
    changed: (time) => {
      surface.set(blockId, element, { value: time });
      if (dispatch) surface.press(control, blockId, element, time);
    },
  });
  return control;
}

function drawDayAndTime(element, { blockId, surface, label, dispatch, input }) {
  const zone = surface.workspace.me.tz;
  const state = surface.hold(blockId, element, { value: element.initial_date_time ?? null }, { input, dispatch });
  let day = state.value === null ? null : dayOf(state.value, zone);
  let time = state.value === null ? null : timeOf(state.value, zone);
  const changed = () => {
    const value = day && time ? momentOf(day, time, zone) : null;
    surface.set(blockId, element, { value });
    if (dispatch && value !== null) surface.press(box, blockId, element, value);
  };
  const box = el("div", { class: "day-and-time", role: "group", "aria-label": label },
    drawDatePicker({ day, label: `${label}, date`, zone, clearable: input, choose: (next) => { day = next; changed(); } }),
    drawClock({ label: `${label}, time`, placeholder: "Select a time", time, changed: (next) => { time = next; changed(); } }),
    el("span", { class: "zone" }, zone.replaceAll("_", " ")));
  return box;
}

/** A list of half hours; any other time can be typed ("17:05", "5:05 pm", "9"). */
function drawClock({ label, placeholder, time, changed }) {
  const choice = (value) => ({ value, label: clock(Date.parse(`2000-01-01T${value}:00Z`) / 1000, "UTC") });
  const halves = Array.from({ length: 48 }, (_, at) => choice(`${String(Math.floor(at / 2)).padStart(2, "0")}:${at % 2 ? "30" : "00"}`));
  return drawSelect({
    label, placeholder, mark: "clock", chosen: time ? [choice(time)] : [],
    find: (query) => {
      const typed = readTime(query);
      return typed ? [choice(typed), ...matching(halves, query).filter((half) => half.value !== typed)] : matching(halves, query);
    },
    changed: (picked) => changed(picked[0]?.value ?? null),
  });
}

function readTime(text) {
  const found = /^(\d{1,2})(?:[:.h]?(\d{2}))?\s*(am|pm|a|p)?$/i.exec(text);
  if (!found) return null;
  let hour = Number(found[1]);
  const half = found[3]?.[0].toLowerCase();
  if (half && (hour < 1 || hour > 12)) return null;
  if (half) hour = (hour % 12) + (half === "p" ? 12 : 0);
  const minute = Number(found[2] ?? 0);
  return hour < 24 && minute < 60 ? `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}` : null;
}
