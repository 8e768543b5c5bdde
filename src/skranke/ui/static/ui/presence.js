/* Who has which conversation open (MSG-5): tells which one stands here, and marks those that others have open. */
"use strict";
(() => {
  const post = document.getElementById("post"), AGAIN = 20000;
  if (!post) return;
  const openHere = () => document.getElementById("post-thread")?.dataset.thread ?? "";
  let here = openHere(), asked = 0;

  function show(open) {
    for (const mark of document.querySelectorAll("[data-open-by]")) {
      const names = open[mark.dataset.openBy] ?? "";
      mark.hidden = !names;
      if (mark.lastElementChild.textContent !== names) mark.lastElementChild.textContent = names;
    }
  }

  async function tell(left = "", keepalive = false) {
    const number = asked += 1;
    const tokens = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
    try {
      const answer = await fetch(post.dataset.presenceUrl, {
        method: "POST", keepalive, cache: "no-store",
        // The page asks by itself: nobody is at work.
        headers: { ...tokens, "Skranke-Unasked": "1" },
        body: new URLSearchParams({ samtale: keepalive ? "" : here, forlatt: left }),
      });
      const told = answer.ok ? (await answer.json()).open : null;
      if (told && number === asked) show(told);
    } catch { /* without contact the mark goes by itself after a minute */ }
  }

  document.body.addEventListener("htmx:afterSettle", () => {
    if (openHere() === here) return;
    const left = here;
    here = openHere();
    tell(left);
  });
  document.body.addEventListener("live", (event) => {
    if (event.detail.kinds.some((kind) => kind === "" || kind === "presence")) tell();
  });
  setInterval(() => tell(), AGAIN);
  addEventListener("pagehide", () => { if (here) tell(here, true); });
  // The page before may say that it left the same conversation after this one was opened.
  if (here) tell();
})();
