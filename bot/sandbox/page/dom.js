// Building and updating DOM nodes. Text always becomes a text node: nothing here, or anywhere in the page, parses HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * A new element. `props`: `class`, `on` (event name → listener), `data` (dataset), `style` (CSS property → value); `value`, `checked`
 * and `disabled` are set as properties; everything else is an attribute, left out when null, undefined or false.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "style") for (const [rule, setting] of Object.entries(value)) node.style.setProperty(rule, setting);
    else if (name === "value" || name === "checked" || name === "disabled") node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

/** Appends nodes, strings and nested arrays of them; null and false are nothing. */
export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child);
  }
}

/** Makes the children of `parent` exactly `nodes`, moving only what is out of place so that focus and scrolling survive. */
export function reconcile(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

// Line drawings on a 20 × 20 grid: stroked, never filled, so that they take the colour of the text around them.
const DRAWINGS = {
  hash: "M8 3 6.5 17M13.5 3 12 17M3.5 7.5h13M3 12.5h13",
  lock: "M5.5 9h9v7.5h-9zM7.5 9V6.5a2.5 2.5 0 0 1 5 0V9",
  home: "M3.5 9.5 10 4l6.5 5.5M5.5 8.5v8h9v-8M8.5 16.5v-4.5h3v4.5",
  chat: "M4 4.5h12v8.5H9.5L6 16v-3H4z",
  github: "M6 5.5v9M6 5.5a1.5 1.5 0 1 0-.01 0M6 17.5a1.5 1.5 0 1 0-.01 0M14 8.5a1.5 1.5 0 1 0-.01 0M14 8.5c0 3-3 3-8 4",
  chevron: "m6 8 4 4 4-4",
  back: "m11.5 5-5 5 5 5",
  close: "m5 5 10 10M15 5 5 15",
  menu: "M3.5 5.5h13M3.5 10h13M3.5 14.5h13",
  more: "M10 5.2v.1M10 10v.1M10 14.8v.1",
  reply: "M4 4.5h12v8.5H9.5L6 16v-3H4zM7.5 8h5M7.5 10.2h3",
  smile: "M10 3a7 7 0 1 0 .01 0M7.5 8v.6M12.5 8v.6M6.8 11.5c1.4 2.3 5 2.3 6.4 0",
  send: "M4 16.5 17 10 4 3.5 6 10zM6 10h6",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  calendar: "M4 5.5h12v11H4zM4 8.8h12M7.2 3.5v3.4M12.8 3.5v3.4",
  clock: "M10 3a7 7 0 1 0 .01 0M10 6v4.2l2.7 1.8",
  moon: "M15.5 12.2A6.5 6.5 0 0 1 7.8 4.5a6.5 6.5 0 1 0 7.7 7.7z",
  sun: "M10 6.8a3.2 3.2 0 1 0 .01 0M10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M15.7 4.3l-1.4 1.4M5.7 14.3l-1.4 1.4",
  person: "M10 4a3 3 0 1 0 .01 0M4 16.5c.8-4 11.2-4 12 0",
  eye: "M2.5 10c3.5-6 11.5-6 15 0-3.5 6-11.5 6-15 0zM10 7.8a2.2 2.2 0 1 0 .01 0",
  plus: "M10 4v12M4 10h12",
  external: "M8 5H4.5v10.5H15V12M11 4.5h4.5V9M15 5l-6.5 6.5",
  down: "M10 4v11.5M5 11l5 5 5-5",
  open: "M10 3.5a6.5 6.5 0 1 0 .01 0M10 9.2a.8.8 0 1 0 .01 0",
  closed: "M10 3.5a6.5 6.5 0 1 0 .01 0M7 10.2l2.2 2.2 4-4.3",
};

/** A decorative icon; the control around it carries the words. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", DRAWINGS[name]);
  svg.append(path);
  return svg;
}

/** A button with a spoken name; `props` as for `el`. */
export function button(label, props = {}, ...children) {
  return el("button", { type: "button", ...props }, ...(children.length ? children : [label]));
}

/** A button that shows only an icon; `label` is its name and its tooltip. */
export function iconButton(name, label, props = {}) {
  return el("button", { type: "button", title: label, "aria-label": label, ...props, class: `icon-button ${props.class ?? ""}` }, icon(name));
}
