// Rows of the navigation that are wider than their place: what does not fit goes under "more", but never the place where
// the reader is. Without a script the row is scrolled sideways.

function closing(menu) {
  const close = () => (menu.open = false);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    close();
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) close();
  });
  document.addEventListener("click", (event) => menu.contains(event.target) || close());
}

function moreOf(row) {
  const item = document.createElement("li");
  const menu = document.createElement("details");
  const name = document.createElement("summary");
  const rest = document.createElement("ul");
  item.className = "nav-more";
  name.textContent = row.dataset.more;
  menu.append(name, rest);
  item.append(menu);
  closing(menu);
  return { item, menu, rest };
}

function fitted(row) {
  const list = row.querySelector("ul");
  const items = [...list.children];
  const current = items.find((one) => one.querySelector("[aria-current]"));
  const { item, menu, rest } = moreOf(row);
  const isWide = () => list.scrollWidth > list.clientWidth + 1;

  row.classList.add("is-fitted");
  return () => {
    menu.open = false;
    row.classList.remove("is-wrapped");
    list.replaceChildren(...items);
    rest.replaceChildren();
    if (!isWide()) return;
    list.append(item);
    for (const one of items.filter((each) => each !== current).reverse()) {
      if (!isWide()) break;
      rest.prepend(one);
    }
    row.classList.toggle("is-wrapped", isWide()); // where one is, and the menu, are too much for a line
  };
}

for (const row of document.querySelectorAll("nav[data-more]")) {
  const fit = fitted(row);
  let width = 0;
  new ResizeObserver(() => {
    if (row.clientWidth === width) return;
    width = row.clientWidth;
    if (!row.contains(document.activeElement)) fit();
  }).observe(row);
  document.fonts.ready.then(fit);
}
