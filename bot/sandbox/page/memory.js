// What this browser remembers. A browser that may not store anything simply forgets: nothing depends on it.

/** Keeps `value` (null forgets it) beyond this visit, or with `tab` only for this tab. */
export function remember(name, value, tab = false) {
  try {
    const storage = tab ? sessionStorage : localStorage;
    if (value === null) storage.removeItem(name);
    else storage.setItem(name, JSON.stringify(value));
  } catch {
    // Private windows and full storage: the page works without.
  }
}

/** What was remembered under `name`, or null. */
export function recall(name, tab = false) {
  try {
    return JSON.parse((tab ? sessionStorage : localStorage).getItem(name));
  } catch {
    return null;
  }
}
