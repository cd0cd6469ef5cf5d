// On every page, before it is drawn: the chosen theme. Then the switch, printing, and live pages.
"use strict";
(() => {
  const root = document.documentElement;
  const store = {
    get() { try { return localStorage.getItem("twiceshy-theme") || ""; } catch { return ""; } },
    set(value) { try { localStorage.setItem("twiceshy-theme", value); } catch { /* not kept */ } },
  };
  const show = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  show(store.get());

  document.addEventListener("DOMContentLoaded", () => {
    const choice = document.getElementById("theme");
    choice.value = store.get();
    choice.closest("label").hidden = false;
    choice.addEventListener("change", () => { store.set(choice.value); show(choice.value); });
    for (const button of document.querySelectorAll("[data-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    }
    if (root.dataset.live) watch(root.dataset.live);
  });

  // Closed parts would be missing on paper.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const part of closed) part.open = true;
  });
  addEventListener("afterprint", () => { for (const part of closed) part.open = false; });

  // A served page asks now and then whether a report has changed, and if so is loaded anew.
  async function watch(shown) {
    for (;;) {
      await new Promise((wake) => setTimeout(wake, 1500));
      if (document.hidden) continue;
      try {
        const answer = await fetch(root.dataset.root + "-/state", { cache: "no-store" });
        if (answer.ok && (await answer.text()) !== shown) { location.reload(); return; }
      } catch { /* the server has gone; it may come back */ }
    }
  }
})();
