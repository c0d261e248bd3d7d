/** The script of a page: details on hover, focus and tap, moves by arrow keys, and filters that the address keeps. */
export const SCRIPT = String.raw`"use strict";
document.documentElement.classList.add("js");
document.addEventListener("DOMContentLoaded", () => {
  const byId = (id) => document.getElementById(id);
  const [matrix, panel, body, more, form] = ["matrix", "panel", "panel-body", "panel-more", "filters"].map(byId);
  const LINK = "a[href^='#r']";
  let shown;
  let isPinned = false;
  let timer;

  function articlesIn(text) {
    const made = document.createElement("template");
    made.innerHTML = text;
    return [...made.content.children];
  }

  function contentOf(id) {
    const listed = byId(id);
    if (listed) return listed.cloneNode(true);
    const spare = byId("n" + id.slice(1));
    return spare && articlesIn(spare.textContent)[0];
  }

  function show(link, pinned) {
    clearTimeout(timer);
    isPinned = pinned;
    if (shown !== link) {
      const id = link.hash.slice(1);
      const content = contentOf(id);
      if (!content) return;
      close();
      content.querySelector("h3").id = "panel-title";
      body.replaceChildren(...content.children);
      more.hidden = !byId(id);
      more.firstElementChild.href = "#" + id;
      shown = link;
      isPinned = pinned;
      link.classList.add("shown");
      panel.hidden = false;
      panel.scrollTop = 0;
      place(link.getBoundingClientRect());
    }
    if (!pinned) return;
    panel.focus();
    // On a phone the panel stands over the lower part of the window; the cell keeps that distance.
    link.scrollIntoView({ block: "nearest" });
  }

  function place(cell) {
    const { clientWidth: width, clientHeight: height } = document.documentElement;
    const size = panel.getBoundingClientRect();
    const left = Math.max(8, Math.min(cell.left, width - size.width - 8));
    const isBelow = cell.bottom + size.height < height || cell.top < size.height;
    const top = isBelow ? cell.bottom : cell.top - size.height;
    panel.style.left = left + scrollX + "px";
    panel.style.top = Math.max(8, top) + scrollY + "px";
  }

  function close() {
    clearTimeout(timer);
    if (!shown) return;
    const link = shown;
    const hadFocus = panel.contains(document.activeElement);
    shown = undefined;
    isPinned = false;
    link.classList.remove("shown");
    panel.hidden = true;
    if (hadFocus) {
      link.classList.add("left");
      link.focus();
      link.classList.remove("left");
    }
  }

  const later = (milliseconds, work) => {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds);
  };
  const closeUnlessPinned = () => isPinned || close();

  matrix.addEventListener("pointerover", (event) => {
    const link = event.target.closest(LINK);
    if (event.pointerType === "mouse" && link && !isPinned) later(shown ? 60 : 150, () => show(link, false));
  });
  matrix.addEventListener("pointerout", (event) => {
    if (event.pointerType === "mouse" && !isPinned) later(300, closeUnlessPinned);
  });
  panel.addEventListener("pointerenter", () => clearTimeout(timer));
  panel.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse" && !isPinned && !panel.contains(document.activeElement)) later(300, closeUnlessPinned);
  });
  matrix.addEventListener("focusin", ({ target }) => {
    if (!target.matches(LINK)) return;
    rove(target);
    if (target.matches(":focus-visible") && !target.classList.contains("left")) show(target, false);
  });
  const leaves = ({ relatedTarget }) => relatedTarget && !panel.contains(relatedTarget) && relatedTarget !== shown && close();
  matrix.addEventListener("focusout", leaves);
  panel.addEventListener("focusout", leaves);
  matrix.addEventListener("click", (event) => {
    const link = event.target.closest(LINK);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link, true);
  });
  byId("panel-close").addEventListener("click", close);
  more.addEventListener("click", () => setTimeout(close));
  document.addEventListener("pointerdown", ({ target }) => {
    if (!panel.contains(target) && !target.closest("#matrix " + LINK)) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.target.matches("#matrix " + LINK)) move(event);
  });

  const parts = [...matrix.tBodies];
  const rows = parts.flatMap((part) => [...part.rows]);
  const articles = [...document.querySelectorAll("#list article")];
  const waiting = [...document.querySelectorAll("#list noscript")];
  let isWanted = () => true;
  let current;
  for (const link of matrix.querySelectorAll(LINK)) link.tabIndex = -1;

  function rove(link) {
    if (current) current.tabIndex = -1;
    current = link;
    if (current) current.tabIndex = 0;
  }

  const isSeen = (link) => !link.closest("[hidden]");
  const roveToFirst = () => rove([...matrix.querySelectorAll(LINK)].find(isSeen));

  function move(event) {
    const link = event.target;
    const row = link.closest("tr");
    const along = [...row.querySelectorAll(LINK)].filter(isSeen);
    const at = along.indexOf(link);
    const column = link.closest("td").cellIndex;
    const beyond = (step) => {
      for (let index = rows.indexOf(row) + step; rows[index]; index += step) {
        const found = rows[index].cells[column].querySelector(LINK);
        if (found && isSeen(found)) return found;
      }
    };
    const ways = {
      ArrowLeft: () => along[at - 1],
      ArrowRight: () => along[at + 1],
      ArrowUp: () => beyond(-1),
      ArrowDown: () => beyond(1),
      Home: () => along[0],
      End: () => along[along.length - 1],
    };
    if (!Object.hasOwn(ways, event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = ways[event.key]();
    if (next) next.focus();
  }

  const [search, gateway, count, nothing] = ["q", "g", "count", "nothing"].map(byId);
  const boxes = [...form.querySelectorAll("[name=status]")];

  function readAddress() {
    const given = new URLSearchParams(location.search);
    const wanted = given.getAll("status");
    search.value = given.get("q") || "";
    gateway.value = given.get("gateway") || "";
    if (gateway.selectedIndex < 0) gateway.selectedIndex = 0;
    for (const box of boxes) box.checked = wanted.includes(box.value);
  }

  function writeAddress() {
    const kept = new URLSearchParams();
    if (search.value) kept.set("q", search.value);
    for (const box of boxes) if (box.checked) kept.append("status", box.value);
    if (gateway.value) kept.set("gateway", gateway.value);
    const text = kept.toString();
    history.replaceState(null, "", location.pathname + (text && "?" + text) + location.hash);
  }

  function fill(mayGoOn) {
    while (waiting.length && mayGoOn()) {
      const some = waiting.splice(0, 10);
      const made = articlesIn(some.map(({ textContent }) => textContent).join(""));
      for (const article of made) article.hidden = !isWanted(article);
      articles.push(...made);
      const part = document.createElement("div");
      part.className = "some";
      part.append(...made);
      part.hidden = made.every(({ hidden }) => hidden);
      some[0].before(part);
      for (const spare of some) spare.remove();
    }
    if (!waiting.length && isFiltered) tell();
  }
  const whenIdle = window.requestIdleCallback || ((work) => setTimeout(() => work({ timeRemaining: () => 1 }), 50));
  const fillSlowly = () => whenIdle((deadline) => {
    let isFirst = true;
    fill(() => isFirst ? !(isFirst = false) : deadline.timeRemaining() > 8);
    if (waiting.length) fillSlowly();
  });

  let lines;
  let shownColumn = 0;
  let isFiltered = false;
  function linesOf() {
    lines = lines || rows.map((row) => {
      const [name, ...cells] = row.cells;
      const keys = cells.map(({ dataset }) => (dataset.s ? dataset.s.split(" ") : []));
      return { row, text: name.textContent.toLowerCase(), cells, keys };
    });
    return lines;
  }

  function showColumn(column) {
    if (column === shownColumn) return;
    shownColumn = column;
    matrix.classList.toggle("single", column > 0);
    for (const cells of [[...matrix.tHead.rows[0].cells].slice(1), ...linesOf().map((line) => line.cells)]) {
      cells.forEach((cell, index) => { cell.hidden = column > 0 && index + 1 !== column; });
    }
  }

  function tell() {
    const part = (some, all, word) => some.toLocaleString("en") + " of " + all.toLocaleString("en") + " " + word;
    const inList = articles.filter(({ hidden }) => !hidden).length;
    const seen = rows.filter(({ hidden }) => !hidden).length;
    count.textContent = part(seen, rows.length, "providers") + ", " + part(inList, articles.length + waiting.length, "in the list below");
    nothing.hidden = seen > 0;
  }

  function filter() {
    close();
    isFiltered = true;
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const statuses = boxes.filter(({ checked }) => checked).map(({ value }) => value);
    const column = gateway.selectedIndex;
    const fits = (keys) => keys.length > 0 && (!statuses.length || statuses.some((each) => keys.includes(each)));
    const isNamed = linesOf().map(({ text }) => words.every((word) => text.includes(word)));
    showColumn(column);
    linesOf().forEach(({ row, keys }, index) => {
      const meant = column ? [keys[column - 1]] : keys;
      row.hidden = !(isNamed[index] && meant.some(fits));
    });
    isWanted = ({ dataset }) =>
      isNamed[dataset.p] && (column === 0 || Number(dataset.g) === column) && fits(dataset.s.split(" "));
    for (const article of articles) article.hidden = !isWanted(article);
    // A part that nothing shows of would keep its estimated height.
    for (const part of [...parts, ...document.querySelectorAll(".some")]) {
      part.hidden = [...part.children].every(({ hidden }) => hidden);
    }
    tell();
    if (!current || !isSeen(current)) roveToFirst();
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => { filter(); writeAddress(); });
  form.addEventListener("reset", () => setTimeout(() => { filter(); writeAddress(); }));
  readAddress();
  if (location.search) filter();
  fillSlowly();
  addEventListener("beforeprint", () => fill(() => true));
  roveToFirst();
  const isSpare = /^#r\d+$/.test(location.hash) && !byId(location.hash.slice(1));
  const asked = isSpare && matrix.querySelector("a[href='" + location.hash + "']");
  if (asked) show(asked, true);
});
`;
