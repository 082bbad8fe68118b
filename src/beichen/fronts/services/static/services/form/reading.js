// A picture whose texts are being read: the page looks again by itself until it knows, for a minute and a half.
const PAUSE = 3000;
const MOST = 30;

async function look(part, tries) {
  if (!tries || !part.isConnected) return;
  let next = null;
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (answer.ok) {
      next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
    }
  } catch {
    next = null; // without a network it tries again
  }
  if (next && !next.hasAttribute("data-waiting")) part.replaceWith(document.adoptNode(next));
  else setTimeout(() => look(part, tries - 1), PAUSE);
}

for (const part of document.querySelectorAll("[data-waiting]")) setTimeout(() => look(part, MOST), PAUSE);
