// What the page has: elements by id, and its data.
const byId = (id) => document.getElementById(id);
const all = (selector) => Array.from(document.querySelectorAll(selector));

const data = JSON.parse(byId("data").textContent);

const CHANGES = ["added", "removed", "changed"]; // what became of a thing, where two answers are compared
// What the first picture need not wait for.
const afterPicture = (todo) => setTimeout(todo, 200);

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) { element.textContent = text; element.dir = "auto"; }
  return element;
}

// Without accents, vowel signs and tatweel, one form for each letter, so that a name is found however it is spelt.
const fold = (text) => text.normalize("NFKD").replace(/[\p{M}\u0640]/gu, "").replace(/[أإآٱ]/g, "ا").replace(/ى/g, "ي")
  .replace(/ة/g, "ه").replace(/ؤ/g, "و").replace(/ئ/g, "ي").toLowerCase();
