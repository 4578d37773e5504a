// A place where Block Kit is drawn (a message, a modal, the App Home): what was typed and chosen there, and how a press
// reaches the app. Keyed by block_id and action_id, because Slack keeps what was typed while both stay the same.

import { confirmPress } from "./confirm.js";

const key = (blockId, actionId) => `${blockId}\n${actionId}`;

export class Surface {
  /**
   * `container` names the place for the server: `{channel, ts}` or `{view_id}`. `fail(error)` shows a refused press.
   * `earlier` is the surface that this one replaces, `keep` what survives of it: "all" (modals) or "inputs" (elsewhere).
   */
  constructor({ kind, workspace, container, fail, earlier = null, keep = "inputs" }) {
    this.kind = kind;
    this.workspace = workspace;
    this.container = container;
    this.fail = fail;
    this.fields = new Map(); // key → {blockId, actionId, type, state, input}
    this.kept = new Map();
    if (earlier) for (const [name, field] of earlier.fields) if (keep === "all" || field.input) this.kept.set(name, field);
  }

  /** Registers an element that holds a value, and returns its state: what was there before, or `initial`. */
  hold(blockId, element, initial, { input, dispatch }) {
    const name = key(blockId, element.action_id);
    const before = this.kept.get(name);
    const state = before && before.type === element.type ? before.state : initial;
    this.fields.set(name, { blockId, actionId: element.action_id, type: element.type, state, input, tells: dispatch, unsent: state !== initial });
    return state;
  }

  /** Remembers a changed state; `state.value` is what the server gets. */
  set(blockId, element, state) {
    const field = this.fields.get(key(blockId, element.action_id));
    field.state = state;
    field.unsent = true;
  }

  /** `{block_id: {action_id: value}}` of everything here that holds a value. */
  values() {
    const values = {};
    for (const field of this.fields.values()) (values[field.blockId] ??= {})[field.actionId] = field.state.value;
    return values;
  }

  /** Asks for confirmation where the element wants it, then sends the action; `control` is busy until the app answered. */
  async press(control, blockId, element, value, confirm = element.confirm) {
    if (control.getAttribute("aria-disabled") === "true") return;
    if (confirm && !(await confirmPress(confirm, this.workspace))) return;
    control.setAttribute("aria-disabled", "true");
    control.classList.add("busy");
    try {
      await this.sendTyped(blockId, element);
      await this.send(blockId, element.action_id, value);
    } catch (error) {
      this.fail(error);
    } finally {
      control.removeAttribute("aria-disabled");
      control.classList.remove("busy");
    }
  }

  send(blockId, actionId, value) {
    return this.workspace.api.post("action", { container: this.container, block_id: blockId, action_id: actionId, value });
  }

  /** Slack's payload of a press holds everything typed around it, so inputs that were not told yet go first. */
  async sendTyped(blockId, element) {
    for (const field of this.fields.values()) {
      const pressed = field.blockId === blockId && field.actionId === element.action_id;
      if (field.input && field.unsent && !pressed && !field.tells) await this.send(field.blockId, field.actionId, field.state.value);
      field.unsent = false;
    }
  }

  /** The options of an external select for what was typed. */
  async options(blockId, element, query) {
    return this.workspace.api.post("options", { container: this.container, block_id: blockId, action_id: element.action_id, value: query });
  }
}
