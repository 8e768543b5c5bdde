/* Asks the browser for a passkey and sends its answer with the form. */
"use strict";
(() => {
  const form = document.querySelector("form[data-passkey]");
  const failed = document.querySelector("[data-passkey-failed]");
  if (!form) return;

  async function answer() {
    const asked = JSON.parse(form.dataset.asked);
    const made = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
    return JSON.stringify(made.toJSON());
  }

  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    failed.hidden = true;
    try {
      form.elements.answer.value = await answer();
      form.requestSubmit();
    } catch {
      failed.hidden = false;
    }
  });
})();
