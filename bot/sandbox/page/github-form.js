// The short form for a new issue on the GitHub screen.

import { button, el } from "./dom.js";

/** Makes an issue in `repository` as `login`; `done()` is called when it is made or given up. */
export function drawIssueForm(app, repository, login, done) {
  const title = el("input", { class: "text-input", type: "text", required: true, maxlength: 256, placeholder: "Title", "aria-label": "Title" });
  const body = el("textarea", { class: "text-input", rows: 3, placeholder: "What happened? (optional)", "aria-label": "Description" });
  const submit = async (event) => {
    event.preventDefault();
    const made = await app.attempt(() => app.workspace.api.post("github/issues", {
      login, repository, title: title.value.trim(), body: body.value.trim() || undefined,
    }));
    if (made) done();
  };
  return el("form", { class: "issue-form", "aria-label": `New issue in ${repository}`, on: { submit } }, title, body,
    el("div", { class: "dialog-foot" }, button("Cancel", { class: "button", on: { click: done } }),
      el("button", { type: "submit", class: "button primary" }, `Create as ${login}`)));
}
