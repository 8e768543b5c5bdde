/* Timebok: a double-click in the white area opens what can be made at that time, as the buttons in the bar do; the
   starts of smart slots (PLN-13); and a blue dot on a free time that somebody else is about to book (CAL-16). */
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

  const book = document.getElementById("timeboken"), AGAIN = 20000;
  if (!book) return;

  // ---- the starts of smart slots, shown all the time
  const KEPT = "skranke-starts";
  function showStarts(shown) {
    book.classList.toggle("starts-shown", shown);
    for (const button of book.querySelectorAll("[data-starts]")) button.setAttribute("aria-pressed", String(shown));
  }
  const wanted = () => sessionStorage.getItem(KEPT) === "1";
  book.addEventListener("click", (event) => {
    if (!event.target.closest("[data-starts]")) return;
    sessionStorage.setItem(KEPT, wanted() ? "0" : "1");
    showStarts(wanted());
  });
  document.body.addEventListener("htmx:afterSettle", () => showStarts(wanted()));
  showStarts(wanted());

  // ---- what others are about to book
  const inPanel = () => document.querySelector("#ny-time-skjema [name=time]")?.value ?? "";
  let here = "", asked = 0, open = {};

  function mark() {
    for (const dot of document.querySelectorAll(".slot > .dot")) {
      dot.parentElement.classList.remove("in-hand");
      dot.remove();
    }
    for (const [slot, names] of Object.entries(open)) {
      const tile = document.getElementById(`t-${slot}`), dot = document.createElement("i");
      if (!tile?.classList.contains("free")) continue;
      const words = document.createElement("span");
      dot.className = "dot";
      words.className = "sr";
      words.textContent = book.dataset.inHandText.replace("{navn}", names);
      dot.title = words.textContent;
      dot.append(words);
      tile.classList.add("in-hand");
      tile.prepend(dot);
    }
  }

  async function tell(left = "", keepalive = false) {
    const number = asked += 1;
    const tokens = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
    try {
      const answer = await fetch(book.dataset.inHandUrl, {
        method: "POST", keepalive, cache: "no-store",
        // The page asks by itself: nobody is at work.
        headers: { ...tokens, "Skranke-Unasked": "1" },
        body: new URLSearchParams({ time: keepalive ? "" : here, forlatt: left }),
      });
      if (!answer.ok || number !== asked) return;
      ({ open } = await answer.json());
      mark();
    } catch { /* without contact the dot goes by itself after a minute */ }
  }

  function follow() {
    mark();
    const now = inPanel();
    if (now === here) return;
    const left = here;
    here = now;
    tell(left);
  }

  document.body.addEventListener("htmx:afterSettle", follow);
  document.body.addEventListener("live", (event) => {
    if (event.detail.kinds.some((kind) => kind === "" || kind === "in_hand")) tell();
  });
  setInterval(() => { if (here || Object.keys(open).length) tell(); }, AGAIN);
  addEventListener("pagehide", () => { if (here) tell(here, true); });
  here = inPanel();
  tell();
})();
