// The GitHub screen: repositories, their issues, one issue with its comments, and the sign-in that waits for approval.
// Data comes from `/_/github/…`; comments are read from the local GitHub's own REST API.

import { avatar } from "./avatar.js";
import { button, el, icon } from "./dom.js";
import { drawIssueForm } from "./github-form.js";
import { ago } from "./time.js";

const SIGN_IN = "/github/login/device";

/** The screen; `route` may name a repository and an issue number. Returns `{node, stop, focus}`. */
export function createGithub(app, route) {
  const { workspace } = app;
  const body = el("div", { class: "github", tabindex: -1 });
  const crumbs = el("nav", { class: "crumbs", "aria-label": "Where you are" });
  const head = el("header", { class: "main-head" }, app.menuButton(), icon("github"), el("h1", {}, "GitHub"), crumbs);
  let state = null;
  let comments = null;
  let login = null;
  let shown = "open";
  let stopped = false;

  async function load() {
    const answer = await workspace.api.get("github/state");
    if (stopped) return;
    state = answer;
    login ??= state.me ?? state.accounts.find((account) => account.type !== "Bot")?.login ?? null;
    const issue = currentIssue();
    if (issue?.comments) await loadComments(issue);
    else comments = [];
    draw();
  }

  /** Null where they may not be read without an account (private repositories): then the issue's own page shows them. */
  async function loadComments(issue) {
    try {
      const response = await fetch(new URL(issue.comments_url).pathname);
      comments = response.ok ? await response.json() : null;
    } catch {
      comments = null;
    }
  }

  function currentIssue() {
    const repository = state.repositories.find((each) => each.full_name === route.repository);
    return repository?.issues.find((issue) => issue.number === route.number) ?? null;
  }

  function draw() {
    const typed = body.querySelector("textarea")?.value;
    crumbs.replaceChildren(...drawCrumbs());
    const issue = currentIssue();
    const parts = route.number ? (issue ? drawIssue(issue) : [drawMissing()]) : [drawSignIn(), ...drawRepositories()];
    body.replaceChildren(...parts);
    const field = body.querySelector("textarea");
    if (typed && field) field.value = typed;
  }

  function drawCrumbs() {
    if (!route.repository) return [];
    const parts = [el("a", { href: app.address("github") }, "all repositories"), el("a", { href: app.address("github", route.repository) }, route.repository)];
    if (route.number) parts.push(el("span", {}, `#${route.number}`));
    return parts;
  }

  function drawMissing() {
    return el("div", { class: "empty" }, el("h2", {}, "There is no such issue"), el("p", {}, "It may be in another repository."));
  }

  function drawSignIn() {
    const waiting = state.devices.filter((device) => device.state === "pending");
    const link = (code) => el("a", { class: "button primary", href: code ? `${SIGN_IN}?user_code=${code}` : SIGN_IN, target: "_blank", rel: "noopener" },
      "Open the sign-in page", icon("external"));
    return el("section", { class: "card sign-in", "aria-label": "Sign-in" }, el("div", {},
      el("h2", {}, state.me ? `You own the account ${state.me}` : "You have no GitHub account"),
      el("p", {}, waiting.length ? ["A sign-in waits for approval. Its code is ", el("code", {}, waiting.at(-1).user_code), "."]
        : state.me ? ["To tell the bot that it is yours, type ", el("code", {}, "/scrum link"), " in a channel: it gives you a code to enter here."]
          : "That is fine: everything in the workspace works without one.")),
    waiting.length || state.me ? link(waiting.at(-1)?.user_code) : null);
  }

  function drawRepositories() {
    const wanted = state.repositories.filter((each) => !route.repository || each.full_name === route.repository);
    if (!wanted.length) return [el("div", { class: "empty" }, el("h2", {}, "No repositories"))];
    return [drawFilter(), ...wanted.map(drawRepository)];
  }

  function drawFilter() {
    const choice = (value, label) => button(label, {
      class: "filter", "aria-pressed": String(shown === value), on: { click: () => { shown = value; draw(); body.querySelector("[aria-pressed=true]").focus(); } },
    });
    return el("div", { class: "filters", role: "group", "aria-label": "Which issues" }, choice("open", "Open"), choice("closed", "Closed"), drawActing());
  }

  function drawActing() {
    const people = state.accounts.filter((account) => account.type !== "Bot");
    const select = el("select", { "aria-label": "Act on GitHub as", on: { change: () => { login = select.value; draw(); } } },
      people.map((account) => el("option", { value: account.login }, account.login)));
    select.value = login;
    return el("label", { class: "acting" }, "Act as ", select);
  }

  function drawRepository(repository) {
    const issues = repository.issues.filter((issue) => issue.state === shown);
    const openForm = button("New issue", {
      class: "button small", on: {
        click: () => {
          const form = drawIssueForm(app, repository.full_name, login, () => form.replaceWith(openForm));
          openForm.replaceWith(form);
          form.querySelector("input").focus();
        },
      },
    });
    return el("section", { class: "card", "aria-label": repository.full_name },
      el("div", { class: "card-head" }, el("h2", {}, el("a", { href: app.address("github", repository.full_name) }, repository.full_name)), openForm),
      issues.length ? el("ul", { class: "issues" }, issues.map((issue) => drawRow(repository, issue)))
        : el("p", { class: "soft" }, shown === "open" ? "No open issues. Make one here, or from Slack." : "Nothing was closed yet."));
  }

  function drawRow(repository, issue) {
    return el("li", {}, el("a", { class: "issue-row", href: app.address("github", repository.full_name, issue.number) },
      stateMark(issue), el("span", { class: "issue-text" }, el("span", {}, el("strong", {}, issue.title), issue.labels.map(drawLabel)),
        el("span", { class: "soft" }, `#${issue.number} by ${issue.user.login}, ${agoOf(issue.created_at)}${issue.comments ? ` · ${issue.comments} ${issue.comments === 1 ? "comment" : "comments"}` : ""}`)),
      el("span", { class: "faces", title: issue.assignees.map((each) => each.login).join(", ") }, issue.assignees.map((each) => face(each, "small")))));
  }

  function drawIssue(issue) {
    const update = (change) => app.attempt(() => workspace.api.post("github/issues/update", {
      login, repository: route.repository, number: route.number, ...change,
    }));
    const open = issue.state === "open";
    return [el("article", { class: "card issue" },
      el("h2", {}, issue.title, el("span", { class: "soft" }, ` #${issue.number}`)),
      el("p", { class: "issue-state" }, el("span", { class: `state ${issue.state}` }, stateMark(issue), issue.state), issue.labels.map(drawLabel)),
      drawRemark(issue.user, issue.created_at, issue.body || "No description."),
      drawComments(issue),
      drawAnswer(issue, open, update)), drawAssignees(issue, update)];
  }

  function drawComments(issue) {
    if (comments === null) return el("p", {}, el("a", { href: issue.html_url, target: "_blank", rel: "noopener" }, `Read its ${issue.comments} comments`));
    return comments.map((comment) => drawRemark(comment.user, comment.created_at, comment.body));
  }

  function drawAnswer(issue, open, update) {
    const field = el("textarea", { class: "text-input", rows: 3, placeholder: "Leave a comment", "aria-label": "Comment" });
    const comment = async () => {
      if (!field.value.trim()) return;
      const done = await app.attempt(() => workspace.api.post("github/comments", {
        login, repository: route.repository, number: route.number, body: field.value,
      }));
      if (done) field.value = "";
    };
    return el("div", { class: "answer" }, field, el("div", { class: "dialog-foot" }, drawActing(),
      button(open ? "Close issue" : "Reopen issue", { class: "button", on: { click: () => update({ state: open ? "closed" : "open" }) } }),
      button("Comment", { class: "button primary", on: { click: comment } })));
  }

  function drawAssignees(issue, update) {
    const names = issue.assignees.map((account) => account.login);
    const boxes = state.accounts.filter((account) => account.type !== "Bot").map((account) => el("label", { class: "tick" }, el("input", {
      type: "checkbox", value: account.login, checked: names.includes(account.login),
      on: { change: () => update({ assignees: [...box.querySelectorAll(":checked")].map((each) => each.value) }) },
    }), face(account, "small"), account.login));
    const box = el("fieldset", { class: "card assignees" }, el("legend", {}, "Assignees"), boxes);
    return box;
  }

  const again = () => app.attempt(load);
  workspace.addEventListener("github", again);
  body.append(el("div", { class: "list-note" }, "Loading…"));
  again();
  return {
    node: el("div", { class: "screen" }, head, body),
    focus: () => body.focus(),
    stop() {
      stopped = true;
      workspace.removeEventListener("github", again);
    },
  };
}

const agoOf = (stamp) => ago(Date.parse(stamp) / 1000);

function face(account, size) {
  return avatar({ id: account.login, name: account.login, avatar: new URL(account.avatar_url, location.href).pathname }, size);
}

function stateMark(issue) {
  return el("span", { class: `issue-mark ${issue.state}`, title: issue.state }, icon(issue.state === "open" ? "open" : "closed"),
    el("span", { class: "visually-hidden" }, issue.state));
}

function drawLabel(label) {
  return el("span", { class: "github-label", style: { "--label": `#${label.color ?? "888888"}` } }, label.name);
}

function drawRemark(user, stamp, text) {
  return el("section", { class: "remark", "aria-label": `${user.login}, ${agoOf(stamp)}` }, face(user, "small"), el("div", {},
    el("div", { class: "remark-head" }, el("strong", {}, user.login), el("span", { class: "soft" }, agoOf(stamp))),
    el("div", { class: "remark-text" }, text)));
}
