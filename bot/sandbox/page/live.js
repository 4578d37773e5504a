// The live connection: pushes from `/_/live` as they happen, and a new attempt whenever it breaks.

const FIRST_WAIT = 400; // milliseconds
const LONGEST_WAIT = 5000; // milliseconds

/**
 * Connects as `personId` until `stop()` is called.
 * `onPush(push)` gets every push; `onState("connected" | "reconnecting", again)` tells the state, `again` being true when
 * an earlier connection was lost and things may have been missed. The first connection says `fresh`: as in Slack, ephemeral
 * messages and open modals do not survive the page being loaded anew.
 */
export function connectLive(personId, { onPush, onState }) {
  let socket = null;
  let wait = FIRST_WAIT;
  let stopped = false;
  let timer = null;
  let lost = false;
  let fresh = true;

  function connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/_/live?as=${encodeURIComponent(personId)}${fresh ? "&fresh=1" : ""}`);
    socket.addEventListener("message", (event) => {
      const push = JSON.parse(event.data);
      if (push.type === "hello") {
        wait = FIRST_WAIT;
        fresh = false;
        onState("connected", lost);
        lost = false;
      } else onPush(push);
    });
    socket.addEventListener("close", () => {
      if (stopped) return;
      lost = true;
      onState("reconnecting", true);
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 1.7, LONGEST_WAIT);
    });
  }

  connect();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      socket.close();
    },
  };
}
