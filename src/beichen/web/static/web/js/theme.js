// The switch of appearance: the cookie decides on the server, so that no page flashes; this saves the reload.
const form = document.querySelector("[data-theme-switch]");

form?.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button) return;
  event.preventDefault();
  const data = new FormData(form);
  data.set("theme", button.value);
  const root = document.documentElement;
  if (button.value === "system") delete root.dataset.theme;
  else root.dataset.theme = button.value;
  for (const other of form.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
  document.dispatchEvent(new CustomEvent("beichen:theme"));
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok) form.submit();
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  document.dispatchEvent(new CustomEvent("beichen:theme")),
);
