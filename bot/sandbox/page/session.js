// One person's session: what they know of the workspace, and the live connection that keeps it true.

import { createApi } from "./api.js";
import { connectLive } from "./live.js";
import { Workspace } from "./state.js";

/** Everything of one person, kept while the page is open, so that coming back to them loses nothing. */
export async function startSession(personId, toast) {
  const workspace = new Workspace(createApi(personId));
  workspace.addEventListener("toast", (event) => {
    if (session.shown) toast(event.detail.text, event.detail.level);
  });
  const session = { workspace, shown: false };
  let live = null;
  const connected = new Promise((resolve) => {
    live = connectLive(personId, {
      onPush: (push) => workspace.apply(push),
      onState: (state, again) => {
        workspace.setLink(state);
        // What happened while the connection was away was not pushed to anybody.
        if (state === "connected" && again && workspace.me) workspace.catchUp().catch(() => {});
        resolve();
      },
    });
  });
  // Connected first: what happens while the workspace is being read is then pushed, not missed.
  await connected;
  try {
    await workspace.load();
  } catch (error) {
    live.stop();
    throw error;
  }
  return session;
}
