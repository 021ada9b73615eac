// What a form does by itself when JavaScript is there; without it the button does the same.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-sends-form]")) event.target.form.requestSubmit();
});

// The place of a figure is brought into view on its page; the page itself, where somebody asked for it.
const showMark = (asked) => {
  const paper = document.querySelector(".paper");
  const mark = paper?.querySelector(".mark");
  if (mark) paper.scrollTop += mark.getBoundingClientRect().top - paper.getBoundingClientRect().top - paper.clientHeight / 3;
  if (paper && asked) paper.scrollIntoView({ block: "nearest" });
};
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id === "ban-goc") showMark(event.detail.requestConfig.triggeringEvent?.type === "click");
});
showMark(false);
document.documentElement.classList.add("scripted");
