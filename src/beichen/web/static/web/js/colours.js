// Design tokens as colours that a canvas understands: custom properties are resolved through a probe.
const probe = document.createElement("span");
probe.hidden = true;

export function colour(name) {
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(--${name})`;
  const [red, green, blue, alpha] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  return `rgba(${red}, ${green}, ${blue}, ${alpha ?? 1})`;
}
