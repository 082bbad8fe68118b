// Reading and judging answers in the browser, as forms/reading.py, forms/judging.py and forms/formats.py do it on the
// server: the same declaration, another implementation of JSON Schema. tests/test_agreement.py holds both together.
import { format } from "../../vendor/json-schema/format.js";
import { Validator } from "../../vendor/json-schema/validator.js";

const DRAFT = "2020-12";
const [LONGEST, MOST_ROWS, MOST_CHOICES, PASSES] = [20000, 50, 300, 10];
const NUMBER = /^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?$/;
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\ud800-\udfff\ufeff]/gu;
const WRAPPERS = new Set(["properties", "items", "allOf", "if", "$ref"]);

// Formats, overriding those of the library where the server reads more strictly.
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const isDate = (text) => {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!found || found[1] === "0000") return false;
  const [year, month, day] = found.slice(1).map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
};
const isIdentityNumber = (text) => {
  if (!/^[1-9][0-9]{16}[0-9X]$/.test(text)) return false;
  if (!isDate(`${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`)) return false;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(text[at]), 0);
  return "10X98765432"[sum % 11] === text[17];
};
const isCreditCode = (text) => {
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(text)) return false;
  let [sum, weight] = [0, 1];
  for (const letter of text.slice(0, 17)) {
    sum += CREDIT.indexOf(letter) * weight;
    weight = (weight * 3) % 31;
  }
  return CREDIT[(31 - (sum % 31)) % 31] === text[17];
};
Object.assign(format, {
  date: isDate,
  email: (text) => /^[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}$/.test(text),
  telephone: (text) =>
    /^(?:\+?86-?)?(?:1[3-9][0-9]{9}|0[0-9]{2,3}-?[1-9][0-9]{6,7}(?:-[0-9]{1,6})?)$/.test(text),
  "identity-number": isIdentityNumber,
  "credit-code": isCreditCode,
});

// What Python's str.strip takes away and a browser's trim() does not, and the other way round.
const BLANKS = "[\\u0009-\\u000d\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const ROUND = new RegExp(`^${BLANKS}|${BLANKS}$`, "g");

const cleaned = (text) => {
  const start = [...text].slice(0, LONGEST).join("");
  return start.replaceAll("\r\n", "\n").replace(CONTROLS, "").replace(ROUND, "");
};
const lastOf = (given, name) => cleaned(given[name]?.at(-1) ?? "");

export const rowsOf = (field, given, name) => {
  const text = lastOf(given, `${name}.count`);
  const count = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
  return Math.max(0, Math.min(count, field.maxItems ?? MOST_ROWS, MOST_ROWS));
};

const readers = {
  string(field, given, name) {
    const text = lastOf(given, name);
    const isCode = field.format === "identity-number" || field.format === "credit-code";
    return (isCode ? text.toUpperCase().replaceAll(" ", "") : text) || undefined;
  },
  number(field, given, name) {
    const text = lastOf(given, name);
    if (!text) return undefined;
    return NUMBER.test(text) ? Number(text) : text;
  },
  boolean(field, given, name) {
    const text = lastOf(given, name);
    return text ? ({ true: true, on: true, false: false }[text] ?? text) : undefined;
  },
  array(field, given, name) {
    if (field.items.type === "object") {
      return Array.from({ length: rowsOf(field, given, name) }, (_, number) =>
        read(field.items, given, `${name}.${number}.`),
      );
    }
    let sent = (given[name] ?? []).slice(0, MOST_CHOICES);
    if (!field.items.enum) sent = sent.flatMap((one) => one.split(/\r\n|[\n\r]/)).slice(0, MOST_CHOICES);
    const values = [...new Set(sent.map(cleaned).filter(Boolean))];
    return values.length ? values : undefined;
  },
  object: (field, given, name) => read(field, given, `${name}.`),
};
readers.integer = readers.number;

// given: {name: [text, …]}, as FormData has it.
export function read(schema, given, before = "") {
  const found = {};
  for (const [name, field] of Object.entries(schema.properties)) {
    const value = readers[field.type](field, given, before + name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

const conditions = new WeakMap();
const holds = (condition, answers) => {
  if (!conditions.has(condition)) conditions.set(condition, new Validator(condition, DRAFT));
  return conditions.get(condition).validate(answers).valid;
};

const effects = (schema, answers) =>
  (schema.allOf ?? []).map((rule) => (holds(rule.if, answers) ? rule.then : rule.else)).filter(Boolean);

export function hidden(schema, answers) {
  const names = effects(schema, answers).flatMap((effect) =>
    Object.entries(effect.properties ?? {})
      .filter(([, one]) => one === false)
      .map(([name]) => name),
  );
  return new Set(names);
}

export function demanded(schema, answers) {
  const gone = hidden(schema, answers);
  const names = [...(schema.required ?? []), ...effects(schema, answers).flatMap((one) => one.required ?? [])];
  return new Set(names.filter((name) => !gone.has(name)));
}

export function pruned(schema, answers) {
  let kept = { ...answers };
  for (let pass = 0; pass < PASSES; pass += 1) {
    const gone = [...hidden(schema, kept)].filter((name) => Object.hasOwn(kept, name));
    if (!gone.length) break;
    kept = Object.fromEntries(Object.entries(kept).filter(([name]) => !gone.includes(name)));
  }
  const unasked = hidden(schema, kept);
  const isObject = (one) => typeof one === "object" && one !== null && !Array.isArray(one);
  for (const [name, field] of Object.entries(schema.properties)) {
    if (unasked.has(name)) continue;
    const value = kept[name];
    if (field.type === "object") kept[name] = pruned(field, isObject(value) ? value : {});
    else if (field.type === "array" && field.items.type === "object") {
      const rows = Array.isArray(value) ? value : [];
      kept[name] = rows.map((row) => pruned(field.items, isObject(row) ? row : {}));
    }
  }
  return kept;
}

// [{path: "partners.0.name", keyword, limit}], one a field.
export function faults(schema, answers) {
  const found = new Map();
  for (const error of new Validator(schema, DRAFT, false).validate(answers).errors) {
    if (WRAPPERS.has(error.keyword)) continue;
    const path = error.instanceLocation.split("/").slice(1).map((one) => one.replaceAll("~1", "/").replaceAll("~0", "~"));
    const named = /^(?:Instance does not have required property|Property) "([^"]*)"/.exec(error.error);
    if (error.keyword === "required" || error.keyword === "additionalProperties") path.push(named?.[1] ?? "");
    const name = path.join(".");
    const keyword = error.keyword === "additionalProperties" ? "unknown" : error.keyword;
    if (!found.has(name)) found.set(name, { path: name, keyword, limit: limitOf(schema, error) });
  }
  return [...found.values()];
}

function limitOf(schema, error) {
  const steps = error.keywordLocation.split("/").slice(1);
  let part = schema;
  for (const step of steps) part = part?.[step.replaceAll("~1", "/").replaceAll("~0", "~")];
  return typeof part === "number" ? part : undefined;
}

export function fieldAt(schema, path) {
  let found = schema;
  for (const step of path.split(".")) found = /^[0-9]+$/.test(step) ? found?.items : found?.properties?.[step];
  return found ?? {};
}

// The sentence of a fault, from those that the server sends in the reader's language.
export function sentenceOf(schema, fault, sentences) {
  const field = fieldAt(schema, fault.path);
  let key = fault.keyword;
  if (key === "type" || key === "format") key = `${key}:${field[key]}`;
  else if (key === "const" && field.type !== "boolean") key = "enum";
  return (sentences[key] ?? sentences.type).replace("{limit}", fault.limit ?? "");
}
