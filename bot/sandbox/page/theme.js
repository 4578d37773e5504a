// Light or dark: what the system prefers, unless the person chose otherwise in this browser.

import { recall, remember } from "./memory.js";

const NAME = "colours";

/** "light" or "dark", as shown now. */
export function currentTheme() {
  return document.documentElement.dataset.theme;
}

function apply() {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme = recall(NAME) ?? system;
}

/** Applies the colours now and whenever the system changes its mind. */
export function startTheme() {
  apply();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
}

/** Changes to the other colours and remembers the choice. */
export function switchTheme() {
  const next = currentTheme() === "dark" ? "light" : "dark";
  remember(NAME, next);
  document.documentElement.dataset.theme = next;
}
