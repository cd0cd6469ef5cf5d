// Search as you type over the index that was built with the pages. Its parts are scripts, because
// a page that was opened from a file may load scripts beside it, but not fetch data.
"use strict";
(() => {
  const MOST = 50;
  const root = document.documentElement.dataset.root;
  const field = document.getElementById("q");
  const list = document.getElementById("results");
  const told = document.getElementById("told");

  const parts = new Map();
  let documents = null;
  const shards = new Map();
  const texts = new Map();

  globalThis.twiceshyReports = (rows) => { documents = rows; };
  globalThis.twiceshyWords = (name, words) => { shards.set(name, words); };
  globalThis.twiceshyText = (name, text) => { texts.set(name, text); };

  function load(file) {
    if (!parts.has(file)) {
      parts.set(file, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = `${root}search/${file}.js`;
        script.onload = () => done();
        script.onerror = () => failed(new Error(file));
        document.head.append(script);
      }));
    }
    return parts.get(file);
  }

  // Folded and cut as library/words.py does it: accents fall, Japanese comes in pairs of letters.
  const JOINED = /[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]/;
  const RUN = new RegExp(`${JOINED.source}+|(?:(?!${JOINED.source})[\\p{L}\\p{N}])+`, "gu");
  const letter = (one) => JOINED.test(one) ? one
    : one.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replaceAll("ß", "ss");
  const fold = (text) => [...text.normalize("NFKC")].map(letter).join("");

  // What has to occur: beginnings of words, and of Japanese every pair of letters.
  function terms(query) {
    const found = [];
    for (const run of fold(query).match(RUN) || []) {
      const joined = JOINED.test(run);
      if (!joined || run.length === 1) found.push({ term: run, joined, whole: false });
      else for (let n = 0; n + 1 < run.length; n += 1)
        found.push({ term: run.slice(n, n + 2), joined, whole: true });
    }
    return found.slice(0, 24).map((one) => ({ ...one, term: one.term.slice(0, 40) }));
  }

  function shardOf(term) {
    const code = term.codePointAt(0);
    const plain = (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
    return plain ? `w-${String.fromCodePoint(code)}` : `w-x${code % 32}`;
  }

  // Postings are pairs of (step from the report before, weight).
  function gather({ term, whole }) {
    const scores = new Map();
    const words = shards.get(shardOf(term)) || {};
    const add = (postings, factor) => {
      let report = 0;
      for (let n = 0; n < postings.length; n += 2) {
        report += postings[n];
        scores.set(report, Math.max(scores.get(report) || 0, postings[n + 1] * factor));
      }
    };
    if (whole) { if (Object.hasOwn(words, term)) add(words[term], 1); return scores; }
    for (const word of Object.keys(words))
      if (word.startsWith(term)) add(words[word], word === term ? 2 : 1);
    return scores;
  }

  function ranked(wanted) {
    let total = null;
    for (const one of wanted) {
      const scores = gather(one);
      const rarity = Math.log(1 + documents.reports.length / (1 + scores.size));
      const next = new Map();
      for (const [report, score] of scores)
        if (total === null || total.has(report))
          next.set(report, (total === null ? 0 : total.get(report)) + score * (0.2 + rarity));
      total = next;
    }
    return [...total].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  }

  // Text with what was searched for marked. Only text nodes are made: nothing is read as HTML.
  function marked(element, text, wanted) {
    let at = 0;
    for (const [start, end] of places(text, wanted)) {
      if (start < at) continue;
      element.append(text.slice(at, start));
      const mark = document.createElement("mark");
      mark.textContent = text.slice(start, end);
      element.append(mark);
      at = end;
    }
    element.append(text.slice(at));
    return element;
  }

  function places(text, wanted, most = 40) {
    const found = [];
    for (const { 0: run, index } of text.normalize("NFC") === text ? text.matchAll(RUN) : []) {
      const word = fold(run);
      for (const { term, joined } of wanted) {
        if (!joined && word.startsWith(term)) found.push([index, index + run.length]);
        else if (joined && word.length === run.length)
          for (let n = word.indexOf(term); n >= 0; n = word.indexOf(term, n + 1))
            found.push([index + n, index + n + term.length]);
      }
      if (found.length >= most) break;
    }
    return found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  }

  function snippet(text, wanted) {
    const [first] = places(text, wanted, 1);
    if (!first) return "";
    const start = Math.max(0, text.lastIndexOf(" ", Math.max(0, first[0] - 70)));
    let end = text.indexOf(" ", first[1] + 130);
    if (end < 0 || end > first[1] + 200) end = Math.min(text.length, first[1] + 150);
    return (start > 0 ? "… " : "") + text.slice(start, end).trim() + (end < text.length ? " …" : "");
  }

  function element(name, className, lang) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (lang) made.lang = lang;
    return made;
  }

  function card(report, wanted) {
    const item = element("li", "card");
    const meta = element("p", "meta");
    const title = element("h2", "", report.lang);
    const link = element("a");
    link.href = `${root}${report.href}`;
    marked(link, report.title, wanted);
    title.append(link);
    for (const [words, name] of [[report.date, ""], [report.severity, "severity"], ...report.about.map((words) => [words, ""])]) {
      if (!words) continue;
      const piece = element("span", name);
      marked(piece, words, wanted);
      meta.append(piece);
    }
    const lead = element("p", "lead", report.lang);
    marked(lead, report.lead, wanted);
    item.append(meta, title, lead);
    return { item, lead };
  }

  let turn = 0;
  async function search() {
    const mine = (turn += 1);
    const query = field.value.trim();
    const wanted = terms(query);
    remember(query);
    if (!wanted.length) { list.replaceChildren(); told.textContent = told.dataset.type; return; }
    try {
      const names = new Set(wanted.map(({ term }) => shardOf(term)));
      await load("reports");
      await Promise.all([...names].filter((name) => documents.shards.includes(name)).map(load));
    } catch {
      if (mine === turn) { list.replaceChildren(); told.textContent = told.dataset.failed; }
      return;
    }
    if (mine !== turn) return;
    show(ranked(wanted).map(([place]) => documents.reports[place]), wanted, mine);
  }

  function show(found, wanted, mine) {
    const cards = found.slice(0, MOST).map((report) => ({ report, ...card(report, wanted) }));
    list.replaceChildren(...cards.map(({ item }) => item));
    const { none, one, many, first } = told.dataset;
    told.textContent = !found.length ? none : found.length === 1 ? one : many.replace("{n}", found.length);
    if (found.length > MOST) told.textContent += `, ${first.replace("{n}", MOST)}`;
    for (const each of cards.slice(0, 12)) if (!places(each.report.lead, wanted, 1).length) why(each, wanted, mine);
  }

  // Where neither title nor summary has the words, a piece of the text that does.
  async function why({ report, lead }, wanted, mine) {
    try { await load(report.text); } catch { return; }
    const piece = mine === turn ? snippet(texts.get(report.text) || "", wanted) : "";
    if (piece) { lead.replaceChildren(); marked(lead, piece, wanted); }
  }

  function remember(query) {
    try {
      history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname);
    } catch { /* a page that was opened from a file keeps its address */ }
  }

  let waiting = 0;
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 80); });
  document.getElementById("find").addEventListener("submit", (event) => { event.preventDefault(); search(); });
  field.value = (new URLSearchParams(location.search).get("q") || "").slice(0, 200);
  search();
  if (!field.value) field.focus();
})();
