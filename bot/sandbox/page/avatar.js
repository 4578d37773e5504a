// Pictures of people and apps: their image, or initials on a colour of their own where there is none.

import { el } from "./dom.js";

const HUES = [265, 205, 160, 25, 340, 95, 230, 45, 300, 185];

/** The picture of a person (or of an app: `{name, avatar, emoji}`); decorative, the name stands beside it. */
export function avatar(person, size = "") {
  const name = person?.real_name || person?.name || "?";
  const box = el("span", { class: `avatar ${size}`, "aria-hidden": "true", style: { "--hue": String(hueOf(person?.id ?? name)) } });
  const initials = () => box.replaceChildren(el("span", {}, initialsOf(name)));
  if (person?.avatar) {
    box.append(el("img", { src: person.avatar, alt: "", loading: "lazy", on: { error: initials } }));
  } else initials();
  return box;
}

function initialsOf(name) {
  const words = name.replace(/\(.*?\)/g, "").trim().split(/\s+/).filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0].toUpperCase()).join("") || "?";
}

function hueOf(text) {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + character.codePointAt(0)) % 9973;
  return HUES[sum % HUES.length];
}
