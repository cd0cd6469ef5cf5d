// The filter of the action board. Without it, the page shows everything that is open.
"use strict";
(() => {
  const form = document.getElementById("filter");
  const board = document.querySelector(".board");
  const [words, overdue, done, shown] =
    ["words", "overdue", "done", "shown"].map((id) => document.getElementById(id));
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const owners = [...board.querySelectorAll(".owner-items")].map((section) => ({
    section,
    name: fold(section.querySelector("h2").firstChild.textContent),
    items: [...section.querySelectorAll("li")].map((item) => ({
      item,
      text: fold(item.textContent),
      late: item.classList.contains("is-late"),
      done: item.classList.contains("is-done"),
    })),
  }));

  function apply() {
    const wanted = fold(words.value).split(/\s+/).filter(Boolean);
    let count = 0;
    board.classList.toggle("with-done", done.checked);
    for (const { section, name, items } of owners) {
      let visible = 0;
      for (const { item, text, late, done: isDone } of items) {
        const fits = wanted.every((word) => text.includes(word) || name.includes(word));
        item.hidden = !(fits && (late || !overdue.checked) && (done.checked || !isDone));
        visible += !item.hidden;
      }
      section.hidden = visible === 0;
      count += visible;
    }
    shown.textContent = shown.dataset.says.replace("{n}", count);
  }

  if (location.hash === "#overdue") overdue.checked = true;
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
})();
