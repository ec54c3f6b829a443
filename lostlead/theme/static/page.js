// What a page does beyond being read: light or dark, contents on a phone, copying, printing. Without it all text is there.
(() => {
  const wide = matchMedia("(min-width: 75rem)");
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  function setUpMode() {
    const button = document.querySelector("button.mode");
    const tell = () => button.setAttribute("aria-pressed", String(window.lostlead.isDark()));
    button.addEventListener("click", () => {
      window.lostlead.choose(window.lostlead.isDark() ? "light" : "dark");
      tell();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
    tell();
  }

  // On a phone the contents cover the page; what lies below cannot be reached until they are closed.
  function setUpContents() {
    const opener = document.querySelector(".menu");
    const panel = document.getElementById("contents");
    const below = [".top", "main", ".foot", ".skip"].map((selector) => document.querySelector(selector));
    const show = (open) => {
      panel.classList.toggle("open", open);
      opener.setAttribute("aria-expanded", String(open));
      for (const part of below) part.inert = open;
      if (open) panel.querySelector(".close").focus();
      else opener.focus();
    };
    opener.setAttribute("role", "button");
    opener.setAttribute("aria-expanded", "false");
    opener.setAttribute("aria-controls", "contents");
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      show(true);
    });
    opener.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      show(true);
    });
    panel.querySelector(".close").addEventListener("click", (event) => {
      event.preventDefault();
      show(false);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && panel.classList.contains("open")) show(false);
    });
    matchMedia("(min-width: 60rem)").addEventListener("change", () => {
      if (panel.classList.contains("open")) show(false);
    });
  }

  // On a wide screen the contents scroll by themselves: the page that is read must be in sight.
  function showCurrentPage() {
    const panel = document.getElementById("contents");
    const here = panel.querySelector("[aria-current]");
    if (here) panel.scrollTop = here.offsetTop - panel.clientHeight / 3;
  }

  function copyByHand(text) {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copyByHand(text);
    }
  }

  function addCopyButton(block) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await copy(block.querySelector("pre").textContent);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 2000);
    });
    button.setAttribute("aria-live", "polite");
    block.prepend(button);
  }

  // What scrolls sideways can be reached by keyboard; what fits is no stop on the way. What is folded has no size yet.
  function makeReachable(box) {
    if (box.closest("details:not([open])")) return;
    const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (!scrolls) {
      box.removeAttribute("tabindex");
      box.removeAttribute("role");
      box.removeAttribute("aria-label");
      return;
    }
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", box.matches("pre") ? "Code, scrolls sideways" : "Table, scrolls sideways");
  }

  function openWhatIsAskedFor() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }

  // The Internet Archive lists the copies of every address; what stands there without this says how to ask it.
  function addArchivedCopies(link) {
    const copies = document.createElement("a");
    copies.href = `https://web.archive.org/web/*/${link.href}`;
    copies.textContent = "Archived copies";
    link.closest("dl").querySelector("dd").append(" ", copies);
  }

  setUpMode();
  setUpContents();
  showCurrentPage();
  each("div.highlight", addCopyButton);
  each('dl[id^="source-"] dt > a', addArchivedCopies);
  each(".print", (button) => button.addEventListener("click", () => window.print()));
  each("details.on-page", (fold) => (fold.open = wide.matches));
  const reach = new ResizeObserver((changes) => changes.forEach((change) => makeReachable(change.target)));
  each(".pst-scrollable-table-container, div.highlight pre", (box) => reach.observe(box));
  window.addEventListener("hashchange", openWhatIsAskedFor);
  openWhatIsAskedFor();
  // What is folded is printed too, but for code; afterwards the page is as before.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("article details:not([open], .code)")];
    for (const fold of opened) fold.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    const field = [...document.querySelectorAll("input[name=q]")].find((box) => box.checkVisibility());
    event.preventDefault();
    if (field) field.focus();
    else location.assign(document.querySelector(".find-link").href);
  });
})();
