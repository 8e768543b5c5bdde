/* Dragging the lower edge of an appointment. The new end is asked about in the panel, where it may as well be typed. */
"use strict";
(() => {
  const STEP = 5, DAY = 24 * 60;
  const pad = (number) => String(number).padStart(2, "0");
  let held = null;

  document.addEventListener("pointerdown", (event) => {
    const tile = event.target.closest?.(".edge")?.closest("[data-stretch]");
    if (!tile || event.button !== 0) return;
    event.preventDefault();
    const unit = parseFloat(getComputedStyle(tile.closest(".lane")).getPropertyValue("--u")) || 7.6;
    // What is drawn lies above the page and has no name: the tile itself may be drawn anew meanwhile, by news of others.
    const { left, top, width } = tile.getBoundingClientRect(), shape = document.createElement("div");
    shape.className = "stretched";
    Object.assign(shape.style, { left: `${left}px`, top: `${top}px`, width: `${width}px` });
    held = { address: tile.dataset.stretch, shape, top, unit, begins: Number(tile.dataset.begins), end: null };
  });

  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    const { shape, top, unit, begins } = held;
    const steps = Math.max(1, Math.round((event.clientY - top) / unit));
    held.end = Math.min(begins + steps * STEP, DAY - STEP);
    shape.style.height = `${(held.end - begins) / STEP * unit}px`;
    if (!shape.isConnected) document.body.append(shape);
  });

  document.addEventListener("pointerup", () => {
    if (!held) return;
    const { address, shape, end } = held;
    held = null;
    shape.remove();
    if (end === null) return;
    // The click that follows would open the appointment as it is.
    const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
    document.addEventListener("click", swallow, true);
    setTimeout(() => document.removeEventListener("click", swallow, true), 50);
    htmx.ajax("GET", `${address}?slutt=${pad(Math.floor(end / 60))}:${pad(end % 60)}`, "#panel");
  });

  document.addEventListener("pointercancel", () => {
    held?.shape.remove();
    held = null;
  });

  // A link can be dragged away by its edge, too.
  document.addEventListener("dragstart", (event) => { if (held) event.preventDefault(); });
})();
