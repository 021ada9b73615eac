// What a form does by itself when JavaScript is there; without it the button does the same.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-sends-form]")) event.target.form.requestSubmit();
});
document.documentElement.classList.add("scripted");
