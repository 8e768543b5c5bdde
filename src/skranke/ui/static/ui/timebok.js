/* Timebok: a double-click in the white area opens what can be made at that time. The buttons in the bar do the same. */
"use strict";
(() => {
  const STEP = 5, SNAP = 10;
  const pad = (number) => String(number).padStart(2, "0");

  document.addEventListener("dblclick", (event) => {
    const lane = event.target.closest?.("[data-new-at]");
    if (!lane || event.target.closest(".slot")) return;
    const unit = parseFloat(getComputedStyle(lane).getPropertyValue("--u")) || 7.6;
    const below = (event.clientY - lane.getBoundingClientRect().top) / unit * STEP;
    const minute = Number(lane.dataset.first) + Math.floor(below / SNAP) * SNAP;
    const at = `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
    htmx.ajax("GET", `${lane.dataset.newAt}&fra=${at}`, { target: "#panel" });
    getSelection()?.removeAllRanges();
  });
})();
