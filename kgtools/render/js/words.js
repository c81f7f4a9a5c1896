// The words of the page in its languages. What sources say stays in the language in which it is recorded.
const languages = data.languages;
let language = "en";
const languageChanged = [];

// The words for a key, with {0}, {1} … filled in; a key without words stands for itself.
function say(key, ...values) {
  const words = (languages[language] || {})[key] ?? languages.en[key] ?? key;
  return words.replace(/\{(\d)\}/g, (_, n) => (typeof values[n] === "number" ? values[n].toLocaleString(language) : apart(values[n])));
}
// A text within words of another direction keeps its own.
const apart = (text) => (language === "ar" ? `\u2068${text}\u2069` : text);
// A word of the vocabularies, such as a stance or a kind, which the data have in English.
const term = (kind, word) => (languages[language] || {})[`${kind}:${word}`] ?? languages.en[`${kind}:${word}`] ?? word;
const nameOf = (thing) => (thing.labels && thing.labels[language]) || thing.label;

// What the page answers; only a question of the library has it in other languages than English.
const titled = () => data.titles[language] || data.title;

function tellTitle() {
  const heading = document.querySelector("h1");
  heading.textContent = document.title = titled();
  heading.lang = data.titles[language] ? language : "en";
  byId("drawing").setAttribute("aria-label", titled());
}

function setLanguage(wanted) {
  language = languages[wanted] ? wanted : "en";
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  all("[data-say]").forEach((element) => { element.textContent = say(element.dataset.say); });
  all("[data-term]").forEach((element) => {
    const [kind, ...word] = element.dataset.term.split(":");
    element.textContent = term(kind, word.join(":"));
  });
  all("[data-say-name]").forEach((element) => element.setAttribute("aria-label", say(element.dataset.sayName)));
  all("[data-say-hint]").forEach((element) => element.setAttribute("placeholder", say(element.dataset.sayHint)));
  (data.sides || []).forEach((told, n) => {
    const named = (one) => (typeof one === "string" ? one : one[language] ?? one.en);
    all("#asked bdi")[n].textContent = told.map(([key, ...filling]) => say(key, ...filling.map(named))).join(language === "ar" ? "؛ " : "; ");
  });
  tellTitle();
  byId("language").value = language;
  languageChanged.forEach((tell) => tell());
}
