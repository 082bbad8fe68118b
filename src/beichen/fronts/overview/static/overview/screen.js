// The overview: drilling down without a reload.
const view = () => document.getElementById("region-view");
const map = document.querySelector("bc-map");

async function show(address, { isNew }) {
  const answer = await fetch(address, { headers: { "X-Fragment": "region" } });
  if (!answer.ok) {
    location.assign(address);
    return;
  }
  const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("region-view");
  view().replaceWith(part);
  if (isNew) history.pushState(null, "", address);
  part.focus({ preventScroll: true });
  for (const link of document.querySelectorAll(".sheet-district")) {
    link.classList.toggle("is-chosen", link.dataset.regionLink === part.dataset.region);
  }
  map?.show(part.dataset.bounds, part.dataset.region);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-region-link], #region-view .crumbs a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(link.href.baseVal ?? link.href, { isNew: true });
});
document.addEventListener("beichen:region", (event) =>
  show(`${location.pathname}?region=${encodeURIComponent(event.detail)}`, { isNew: true }),
);
addEventListener("popstate", () => show(location.href, { isNew: false }));