/* What a page cannot do alone: live progress, uploads that go on after a break, one press of a button instead of two. Every page works without it. */
"use strict";

/* The list of mistakes is read out first. */
const mistakes = document.querySelector("[data-focus]");
if (mistakes) mistakes.focus();

/* A second press while the first is on its way sends nothing. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 3000);
});

/* An examination's progress, as the server tells it. */
const live = document.querySelector("[data-events]");
if (live && window.EventSource && live.dataset.events) {
  const source = new EventSource(live.dataset.events);
  source.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    for (const place of live.querySelectorAll("[data-live]")) {
      const value = job[place.dataset.live];
      if (place.tagName === "PROGRESS") place.value = value;
      else place.textContent = value === null ? "" : value;
    }
    if (job.state !== "waiting" && job.state !== "running") {
      source.close();
      location.reload();
    }
  });
}

/* A large file goes in pieces; what broke off goes on where the server says it stands. */
const uploads = document.querySelector("form[data-upload]");
if (uploads && uploads.dataset.upload && window.fetch) {
  const piece = 8 << 20, field = (name) => uploads.elements[name];
  const status = uploads.querySelector("[data-upload-status]"), bar = uploads.querySelector("progress");
  const headers = { "X-CSRF-Token": field("csrf").value };
  const pause = (ms) => new Promise((go) => setTimeout(go, ms));
  const asked = async (url, options) => {
    for (let turn = 0; ; turn++) {
      try {
        const answer = await fetch(url, options), body = await answer.json();
        if (answer.ok || answer.status < 500) return [answer, body];
      } catch (error) {
        status.textContent = "The connection broke off; trying again.";
      }
      await pause(Math.min(30000, 1000 * 2 ** turn));
    }
  };
  uploads.addEventListener("submit", async (event) => {
    const file = field("file") && field("file").files[0];
    if (!file) return;
    event.preventDefault();
    const body = JSON.stringify({ name: file.name, size: file.size, sha256: field("sha256") ? field("sha256").value : "" });
    const [answer, made] = await asked(uploads.dataset.upload, { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body });
    if (!answer.ok) {
      status.textContent = made.error.fields && made.error.fields.length ? made.error.fields[0].text : made.error.message;
      return;
    }
    bar.hidden = false;
    for (let at = made.received; at < file.size;) {
      const [sent, now] = await asked(`/api/v1/evidence/${made.id}?offset=${at}`, { method: "PUT", headers, body: file.slice(at, at + piece) });
      if (!sent.ok && sent.status !== 409) {
        status.textContent = now.error.message;
        return;
      }
      at = sent.ok ? now.received : (await asked(`/api/v1/evidence/${made.id}`, { headers }))[1].received;
      bar.value = at / file.size;
      status.textContent = `${Math.floor((100 * at) / file.size)} % received`;
    }
    location.assign(made.next);
  });
}
