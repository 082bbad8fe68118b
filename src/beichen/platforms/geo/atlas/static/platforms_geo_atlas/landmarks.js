// Landmarks over the map of <bc-map>: which are shown, read when their layer is switched on. What draws them is
// loaded with the first of them, and never without any.
const DRAWN_BY = "./scene.js";

class Landmarks {
  known = new Map(); // group → its models

  constructor(host, sources) {
    this.host = host;
    this.sources = sources;
  }

  async show() {
    const { host } = this;
    const wanted = Object.keys(this.sources).filter((group) => !host.hidden_.has(group));
    await Promise.all(wanted.map((group) => this.read(group)));
    const models = wanted.flatMap((group) => this.known.get(group));
    if (!models.length && !this.scene) return;
    const { Scene } = await import(DRAWN_BY);
    this.scene ??= new Scene(host, models[0].at);
    await this.scene.hold(models);
  }

  async read(group) {
    if (this.known.has(group)) return;
    const answer = await fetch(this.sources[group]);
    const found = answer.ok ? await answer.json() : { models: [], refused: 0 };
    this.known.set(group, found.models.map((one) => ({ ...one, name: `${group} ${one.key}` })));
    if (found.refused) this.say(found.refused);
  }

  say(count) {
    const note = document.createElement("p");
    note.className = "map-note";
    note.setAttribute("role", "status");
    note.textContent = this.host.dataset.refused.replace("{count}", count);
    this.host.append(note);
  }
}

export function landmarks(host) {
  const sources = host.base.metadata.landmarks ?? {};
  if (!Object.keys(sources).length) return;
  const shown = new Landmarks(host, sources);
  const show = () => shown.show().catch((error) => console.warn("landmarks:", error.message));
  host.addEventListener("beichen:switched", ({ detail }) => sources[detail] && show());
  show();
}
