// Requests to the local Slack as one person: the `/_/…` interface of docs/local-workspace.md.

/** A request that was refused or did not arrive. `code` is Slack's error code, `message` a sentence for the person. */
export class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** What `personId` may ask of the server; every method answers with the server's JSON or throws `Refused`. */
export function createApi(personId) {
  async function request(path, options) {
    let response;
    try {
      response = await fetch(`/_/${path}`, options);
    } catch {
      throw new Refused("unreachable", "The local workspace does not answer. It runs as long as the program that started it.");
    }
    const answer = await response.json().catch(() => ({ ok: false, error: `HTTP ${response.status}` }));
    if (!answer.ok) throw new Refused(answer.error ?? "unknown", answer.message ?? `That did not work (${answer.error}).`);
    return answer;
  }

  return {
    personId,
    /** Reads; `params` without a value are left out. */
    get(path, params = {}) {
      const query = new URLSearchParams({ as: personId });
      for (const [name, value] of Object.entries(params)) if (value !== undefined && value !== null) query.set(name, value);
      return request(`${path}?${query}`);
    },
    /** Does something as the person. */
    post(path, body = {}) {
      return request(path, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ as: personId, ...body }),
      });
    },
  };
}
