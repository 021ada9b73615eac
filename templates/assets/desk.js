// What a form does by itself when JavaScript is there; without it the button does the same.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-sends-form]")) event.target.form.requestSubmit();
});

// What a page awaits is not put in the place of a control that has the focus, of an open dialogue or of a
// form somebody has begun: it is said that it is there, and shown as soon as these are left.
const isBegun = (field) =>
  field.type === "file" ? field.files.length > 0
  : field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
  : field.options ? field.selectedIndex !== Math.max(0, [...field.options].findIndex((one) => one.defaultSelected))
  : field.type !== "hidden" && field.value !== field.defaultValue;
const isBusy = (part) =>
  part.querySelector(":focus, dialog[open], .deeds details[open]") !== null ||
  [...part.querySelectorAll("input, textarea, select")].some(isBegun);
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.dataset.awaits === "held" && isBusy(event.detail.target)) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const asks = event.detail.requestConfig.elt;
  if (asks.dataset.awaits === undefined || !event.detail.shouldSwap || !isBusy(event.detail.target)) return;
  event.detail.shouldSwap = false;
  asks.dataset.awaits = "held";
  asks.querySelector("[data-held]").hidden = false;
});

// The place of a figure is brought into view on its page; the page itself, where somebody asked for it.
const showMark = (asked) => {
  const paper = document.querySelector(".paper");
  const mark = paper?.querySelector(".mark");
  if (mark) paper.scrollTop += mark.getBoundingClientRect().top - paper.getBoundingClientRect().top - paper.clientHeight / 3;
  if (paper && asked) paper.scrollIntoView({ block: "nearest" });
  if (asked) document.querySelector(".piece")?.scrollIntoView({ block: "nearest" });
};
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id === "ban-goc") showMark(event.detail.requestConfig.triggeringEvent?.type === "click");
});
showMark(false);
document.documentElement.classList.add("scripted");
