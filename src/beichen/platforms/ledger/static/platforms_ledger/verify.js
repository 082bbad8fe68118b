// <bc-verify>: checks a certificate in the browser while the house cannot be reached, by what was kept of it: the
// issuer's keys, which stand in the page, and its status lists, which are kept each time the page is opened with a
// network. It does as `beichen_proof.credential` does; with a network the form goes to the house, which knows more.
const KEPT = "beichen-verify-1";
const PATIENCE_MILLISECONDS = 3000;
const OPEN_CLAIMS = ["iss", "vct", "exp", "nbf", "iat", "status", "cnf"];
const STATES = ["valid", "revoked", "suspended"];
const DEEPEST = 16;

class Refused extends Error {}
const refuse = (reason) => {
  throw new Refused(reason);
};

const bytes = (text) => {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) refuse("malformed");
  const padded = text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4);
  try {
    return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
  } catch {
    return refuse("malformed");
  }
};
const encoded = (content) =>
  btoa(String.fromCharCode(...content)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const parsed = (text) => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes(text)));
  } catch (error) {
    if (error instanceof Refused) throw error;
    return refuse("malformed");
  }
};
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// The payload of a token of one of these types that one of the keys signed.
async function opened(token, keys, types) {
  const parts = token.split(".");
  if (parts.length !== 3) refuse("malformed");
  const [head, body] = [parsed(parts[0]), parsed(parts[1])];
  if (!isObject(head) || !isObject(body) || !types.includes(head.typ) || "crit" in head) refuse("malformed");
  const named = keys.filter((key) => !("kid" in head) || key.kid === head.kid);
  if (!named.length) refuse("unknown-issuer");
  const message = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
  for (const { kty, crv, x, y } of named) {
    if (kty !== "EC" || crv !== "P-256" || head.alg !== "ES256") continue;
    const kind = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, kind, false, ["verify"]);
    if (await crypto.subtle.verify(kind, key, bytes(parts[2]), message)) return body;
  }
  return refuse("forged");
}

// Puts disclosures in the places that the signed token keeps for them; each is used once.
class Opening {
  static async of(texts) {
    const opening = new Opening();
    opening.kept = new Map();
    opening.seen = new Set();
    for (const text of texts) {
      const content = parsed(text);
      const digest = encoded(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
      const isSound = Array.isArray(content) && [2, 3].includes(content.length) && typeof content[0] === "string";
      if (!isSound || opening.kept.has(digest)) refuse("malformed");
      opening.kept.set(digest, content);
    }
    return opening;
  }

  take(digest, length) {
    if (typeof digest !== "string" || this.seen.has(digest)) refuse("forged");
    this.seen.add(digest);
    const found = this.kept.get(digest);
    if (found && found.length !== length) refuse("forged");
    return found;
  }

  fill(value, depth = 0) {
    if (depth > DEEPEST) refuse("malformed");
    if (Array.isArray(value)) return value.flatMap((one) => this.element(one, depth));
    if (!isObject(value)) return value;
    const hidden = value._sd ?? [];
    if (!Array.isArray(hidden) || "..." in value) refuse("malformed");
    const found = new Map();
    for (const [name, one] of Object.entries(value)) {
      if (name !== "_sd" && name !== "_sd_alg") found.set(name, this.fill(one, depth + 1));
    }
    for (const digest of hidden) {
      const disclosure = this.take(digest, 3);
      if (!disclosure) continue;
      const [, name, one] = disclosure;
      if (typeof name !== "string" || name === "_sd" || name === "..." || found.has(name)) refuse("forged");
      found.set(name, this.fill(one, depth + 1));
    }
    return Object.fromEntries(found);
  }

  element(value, depth) {
    if (isObject(value) && Object.keys(value).length === 1 && "..." in value) {
      const disclosure = this.take(value["..."], 2);
      return disclosure ? [this.fill(disclosure[1], depth + 1)] : [];
    }
    return [this.fill(value, depth + 1)];
  }

  finish() {
    for (const digest of this.kept.keys()) if (!this.seen.has(digest)) refuse("forged");
  }
}

// What a certificate says: its signature, its disclosures and its times are good.
export async function read(text, trust, now) {
  const { bounds, issuer, jwks } = trust;
  const [token, ...disclosures] = text.trim().split("~");
  const isShort = text.trim().length <= bounds.text && disclosures.length <= bounds.disclosures;
  if (!isShort || !disclosures.length || disclosures.at(-1) !== "") refuse("malformed");
  const parts = token.split(".");
  const told = parts.length === 3 ? parsed(parts[1]) : null;
  if (!isObject(told) || typeof told.iss !== "string") refuse("malformed");
  if (told.iss !== issuer) refuse("unknown-issuer");
  const payload = await opened(token, jwks.keys, ["dc+sd-jwt", "vc+sd-jwt"]);
  if ((payload._sd_alg ?? "sha-256") !== "sha-256") refuse("malformed");
  const opening = await Opening.of(disclosures.slice(0, -1));
  const claims = opening.fill(payload);
  opening.finish();
  if (OPEN_CLAIMS.some((name) => name in claims && !(name in payload))) refuse("forged");
  for (const name of ["exp", "nbf"]) if (name in claims && typeof claims[name] !== "number") refuse("malformed");
  if ("exp" in claims && now > claims.exp + bounds.leeway) refuse("expired");
  if ("nbf" in claims && now < claims.nbf - bounds.leeway) refuse("not-yet-valid");
  return claims;
}

// How a certificate stands in a status list that was kept; null where nothing can be said.
export async function stateOf(claims, token, trust, now) {
  const place = claims.status?.status_list;
  if (!place || !token) return null;
  const payload = await opened(token.trim(), trust.jwks.keys, ["statuslist+jwt"]);
  const { bits, lst } = payload.status_list ?? {};
  if (payload.sub !== place.uri || ![1, 2, 4, 8].includes(bits) || typeof lst !== "string") return null;
  const stream = new Blob([bytes(lst)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const content = new Uint8Array(await new Response(stream).arrayBuffer());
  const bit = place.idx * bits;
  if (!Number.isInteger(place.idx) || place.idx < 0 || bit >> 3 >= content.length) return null;
  const value = (content[bit >> 3] >> (bit & 7)) & ((1 << bits) - 1);
  return { state: STATES[value] ?? "revoked", at: payload.iat, isOld: now > payload.exp };
}

class Verify extends HTMLElement {
  connectedCallback() {
    this.trust = this.json("verify-trust");
    this.sentences = this.json("verify-sentences");
    this.form = this.querySelector("form");
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.keep().catch(() => {});
  }

  json(id) {
    return JSON.parse(document.getElementById(id).textContent);
  }

  // The lists of today, for the day without a network.
  async keep() {
    const store = await caches.open(KEPT);
    for (const path of Object.values(this.trust.lists)) {
      const answer = await fetch(path);
      if (answer.ok) await store.put(path, answer);
    }
  }

  async isAlive() {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
      return (await fetch(this.getAttribute("alive"), { cache: "no-store", signal })).ok;
    } catch {
      return false;
    }
  }

  async submitted(event) {
    if (this.isSure || !globalThis.crypto?.subtle) return;
    event.preventDefault();
    if (await this.isAlive()) {
      this.isSure = true;
      this.form.submit();
      return;
    }
    const [file] = this.form.elements.namedItem("file").files;
    const pasted = this.form.elements.namedItem("text").value.trim();
    await this.check(pasted || (file ? (await file.text()).trim() : ""));
  }

  async check(text) {
    const now = Date.now() / 1000;
    try {
      const claims = await read(text, this.trust, now);
      const path = this.trust.lists[claims.status?.status_list?.uri];
      const kept = path ? await (await caches.open(KEPT)).match(path) : undefined;
      const found = await stateOf(claims, kept ? await kept.text() : "", this.trust, now).catch(() => null);
      if (found && found.state !== "valid") this.show(this.sentences[found.state], claims, "");
      else this.show(this.sentences.sound, claims, this.known(found));
    } catch (error) {
      const reason = error instanceof Refused ? error.message : "malformed";
      this.show(this.sentences[reason], null, "");
    }
  }

  known(found) {
    if (!found) return this.sentences.unknown;
    const time = new Date(found.at * 1000).toLocaleString(document.documentElement.lang);
    return this.sentences[found.isOld ? "old" : "valid"].replace("%(time)s", time);
  }

  show(verdict, claims, state) {
    const part = this.querySelector("[data-result]");
    part.querySelector("[data-verdict]").textContent = verdict;
    part.querySelector("[data-state]").textContent = state;
    const rows = claims ? this.rows(claims) : [];
    part.querySelector("[data-rows]").replaceChildren(
      ...rows.map(([label, value]) => {
        const [row, term, said] = ["div", "dt", "dd"].map((name) => document.createElement(name));
        [term.textContent, said.textContent] = [label, String(value)];
        row.append(term, said);
        return row;
      }),
    );
    part.hidden = false;
    part.scrollIntoView({ block: "nearest" });
  }

  rows(claims) {
    const kind = this.trust.kinds[claims.vct];
    const found = kind ? [[this.sentences.certificate, kind.name]] : [];
    if (claims.issuing_body) found.push([this.sentences.body, claims.issuing_body]);
    if (claims.number) found.push([this.sentences.number, claims.number]);
    for (const [key, field] of Object.entries(kind?.fields ?? {})) {
      if (key in claims) found.push([field.name, field.choices[claims[key]] ?? claims[key]]);
    }
    return found;
  }
}

customElements.define("bc-verify", Verify);
