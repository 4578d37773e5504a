// A floating box beside a control (menus, lists, calendars). The browser's popover layer keeps it above modals, closes
// it on Escape or a click elsewhere, and gives the focus back.

const GAP = 4; // pixels between the control and the box
const EDGE = 8; // pixels kept free at the window's edge

/**
 * Shows `box` beside `anchor`: below it, or above where there is more room. Returns `close()`.
 * `onClose` runs once, however the box was closed. `wide`: at least as wide as the anchor. `end`: right edges aligned.
 */
export function openPopover(anchor, box, { onClose = () => {}, wide = false, end = false } = {}) {
  box.popover = "auto";
  box.classList.add("popover");
  // Inside an open modal everything outside is inert, so the box lives where its control lives.
  (anchor.closest("dialog") ?? document.body).append(box);
  anchor.setAttribute("aria-expanded", "true");
  box.showPopover();
  const place = () => placeBeside(anchor, box, wide, end);
  place();
  const resized = new ResizeObserver(place);
  resized.observe(box);

  let open = true;
  const finish = () => {
    if (!open) return;
    open = false;
    resized.disconnect();
    window.removeEventListener("resize", close);
    anchor.setAttribute("aria-expanded", "false");
    box.remove();
    onClose();
  };
  function close() {
    if (!open) return;
    const hadFocus = box.contains(document.activeElement);
    if (box.matches(":popover-open")) box.hidePopover();
    finish();
    // The layer gives the focus back to what had it before; a keyboard user expects the control that opened the box.
    if (hadFocus && anchor.isConnected) anchor.focus();
  }
  box.addEventListener("toggle", (event) => {
    if (event.newState === "closed") finish();
  });
  // The key must close only this box: without this, one Escape would also close the modal beneath it.
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close();
  });
  window.addEventListener("resize", close);
  return close;
}

function placeBeside(anchor, box, wide, end) {
  const at = anchor.getBoundingClientRect();
  if (wide) box.style.minWidth = `${at.width}px`;
  box.style.maxHeight = "";
  const height = box.offsetHeight;
  const width = box.offsetWidth;
  const below = innerHeight - at.bottom - GAP - EDGE;
  const above = at.top - GAP - EDGE;
  const under = below >= height || below >= above;
  box.style.maxHeight = `${Math.max(under ? below : above, 120)}px`;
  const shown = Math.min(height, under ? below : above);
  box.style.top = `${under ? at.bottom + GAP : Math.max(at.top - GAP - shown, EDGE)}px`;
  const left = end ? at.right - width : at.left;
  box.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
}
