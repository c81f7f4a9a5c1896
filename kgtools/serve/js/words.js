// The words of the page in its languages. What the graph and the server say stays as they say it.
const byId = (id) => document.getElementById(id);
const languages = JSON.parse(byId("words").textContent);
const RIGHT_TO_LEFT = "ar";
let language = "en";
const languageChanged = [];

function make(name, text = "", attributes = {}) {
  const element = document.createElement(name);
  element.textContent = text;
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
}

// The words for a key, with {0}, {1} … filled in; a text within them keeps its own direction.
function say(key, ...values) {
  const words = Object.hasOwn(languages[language], key) ? languages[language][key] : key;
  return words.replace(/\{(\d)\}/g, (_, n) => (typeof values[n] === "number" ? values[n].toLocaleString(language) : `\u2068${values[n]}\u2069`));
}

function setLanguage(wanted) {
  language = Object.hasOwn(languages, wanted) ? wanted : "en";
  document.documentElement.lang = language;
  document.documentElement.dir = language === RIGHT_TO_LEFT ? "rtl" : "ltr";
  document.querySelectorAll("[data-say]").forEach((element) => { element.textContent = say(element.dataset.say); });
  document.querySelectorAll("[data-say-name]").forEach((element) => element.setAttribute("aria-label", say(element.dataset.sayName)));
  document.title = `${say("ask")} · ${say("title")}`;
  byId("language").value = language;
  languageChanged.forEach((tell) => tell());
}

const ownLanguage = () => navigator.languages.map((one) => one.slice(0, 2)).find((one) => Object.hasOwn(languages, one)) || "en";
// What is spoken to those who do not see the page.
const announce = (text) => { byId("spoken").textContent = text; };
