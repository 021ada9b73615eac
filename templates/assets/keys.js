// One-letter keys: a key presses what says data-key. They can be turned off (WCAG 2.1.4), and never act
// while something is being typed.
(() => {
  const store = window.localStorage;
  const off = () => store.getItem("keys") === "off";
  const show = () => document.documentElement.classList.toggle("keyed", !off());
  const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;

  // Also in what comes later into the page: a question that is asked again after its mail was read anew.
  const prepare = () => {
    document.querySelectorAll("[data-keys]").forEach((line) => { line.hidden = false; });
    document.querySelectorAll("[data-keys-switch]").forEach((box) => { box.checked = !off(); });
    show();
  };
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-switch]")) return;
    store.setItem("keys", event.target.checked ? "on" : "off");
    show();
  });
  document.addEventListener("htmx:afterSettle", prepare);
  prepare();

  const step = (way) => {
    const tasks = [...document.querySelectorAll("a.task")];
    const at = tasks.indexOf(document.activeElement);
    const next = tasks[at < 0 ? 0 : Math.min(Math.max(at + way, 0), tasks.length - 1)];
    if (next) next.focus();
    return next !== undefined;
  };

  // One press, one decision: a second one while the next page is on its way would fall on that page's question.
  let left = false;
  window.addEventListener("pageshow", () => { left = false; });
  document.addEventListener("submit", (event) => { left = event.target.method === "post"; });

  const press = (wanted) => {
    const focusIn = (details) => {
      details.open = true;
      details.querySelector("select, textarea, input:not([type=hidden])")?.focus();
    };
    if (wanted.tagName === "SUMMARY") focusIn(wanted.parentElement);
    else wanted.click();
  };

  document.addEventListener("keydown", (event) => {
    if (left || off() || event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event.target)) return;
    const letter = event.key.toLowerCase();
    if (!/^[a-z]$/.test(letter)) return;
    const wanted = document.querySelector(`[data-key="${letter}"]`);
    if (wanted) press(wanted);
    else if (!(letter === "j" && step(-1)) && !(letter === "k" && step(1))) return;
    event.preventDefault();
  });

  // A figure that is changed is meant.
  document.addEventListener("input", (event) => {
    if (!event.target.matches("input.figure")) return;
    const tick = event.target.closest("tr").querySelector("input[type=checkbox]");
    if (tick) tick.checked = true;
  });
})();
