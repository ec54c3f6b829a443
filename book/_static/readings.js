// "Choose your own reading": a form over the readings that the page lists in full. Everything is computed already; the
// form looks the combination up, and the verdict follows from the parts by the rule of the page on method.
(() => {
  const MARK = "#reading:";
  const OUTCOMES = { 1: ["✔", "holds", "holds"], 0: ["✘", "fails", "fails"], null: ["?", "stays undecided", "open"] };
  const VERDICTS = {
    Supported: ["✔", "verdict-supported"], "Partly supported": ["◐", "verdict-partly-supported"],
    Contradicted: ["✘", "verdict-contradicted"], Unproven: ["?", "verdict-unproven"],
    "Not a factual claim": ["○", "verdict-not-a-factual-claim"],
  };

  const make = (name, settings = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(settings)) {
      if (key in element) element[key] = value;
      else element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  };
  const say = (value) => (typeof value === "number" ? value.toLocaleString("en", { maximumFractionDigits: 10 }) : String(value));

  function decide(kind, propositions) {
    const core = propositions.filter(([isCore]) => isCore).map(([, holds]) => holds);
    const detail = propositions.filter(([isCore]) => !isCore).map(([, holds]) => holds);
    const decided = core.filter((holds) => holds !== null);
    if (kind === "opinion") return "Not a factual claim";
    if (!decided.length) return "Unproven";
    if (!decided.some(Boolean)) return "Contradicted";
    if (core.every(Boolean) && !detail.includes(0)) return "Supported";
    return "Partly supported";
  }

  // A verdict in words, with its sign and colour.
  function told(words) {
    const [sign, style] = VERDICTS[words];
    return make("p", { className: `chosen-verdict ${style}` }, "The claim, read so: ", make("strong", {}, `${sign} ${words}`), ".");
  }

  function workingTable(working) {
    const table = make("table", { className: "working" });
    const head = table.createTHead().insertRow();
    for (const name of working.columns) head.append(make("th", { scope: "col" }, name));
    const body = table.createTBody();
    for (const cells of working.rows) {
      const row = body.insertRow();
      for (const cell of cells) row.insertCell().append(cell === null ? "" : String(cell));
    }
    return table;
  }

  function control(place, data) {
    const id = data.claim.toLowerCase();
    const forms = data.parts.map((part) => {
      const found = new Map(part.readings.map((reading) => [reading[0].join(), reading]));
      const excluded = new Map(part.leftOut.map(([options, why]) => [options.join(), part.reasons[why]]));
      const selects = part.choices.map((choice) => {
        const select = make("select", { id: `${id}-${part.name}-${choice.name}` });
        choice.options.forEach(([name], at) => select.append(make("option", { value: String(at) }, name)));
        return select;
      });
      part.readings[0][0].forEach((option, at) => { selects[at].value = String(option); });
      const outcome = make("div", { className: "outcome", role: "status" });
      const behind = make("details", {}, make("summary", {}, "The figures behind it"));
      return { part, found, excluded, selects, outcome, behind };
    });
    const verdict = make("div", { role: "status" });
    const copied = make("span", { role: "status" });

    const chosen = (form) => form.selects.map((select) => Number(select.value));
    const address = () =>
      MARK + forms.map(({ part, selects }) => part.choices.map((choice, at) =>
        `${encodeURIComponent(`${part.name}.${choice.name}`)}=${encodeURIComponent(choice.options[selects[at].value][0])}`).join(";")).join(";");

    function show({ part, found, excluded, outcome, behind, selects }) {
      const options = selects.map((select) => Number(select.value));
      const reading = found.get(options.join());
      behind.hidden = true;
      outcome.className = "outcome";
      if (!reading) {
        outcome.replaceChildren(make("strong", {}, "Not computed. "), excluded.get(options.join()));
        return null;
      }
      const [, value, threshold, holds, working] = reading;
      const [sign, word, style] = OUTCOMES[holds];
      const unit = part.rule === "is" || !part.unit ? "" : ` ${part.unit}`;
      let sentence = part.sentence;
      part.choices.forEach((choice, at) => { sentence = sentence.replaceAll(`{${choice.name}}`, choice.options[options[at]][1]); });
      outcome.classList.add(`outcome-${style}`);
      outcome.replaceChildren(
        make("p", {}, make("strong", {}, `${sign} It ${word}: ${value === null ? "not known" : say(value) + unit}`),
          ` (needed: ${part.rule} ${say(threshold)}).`),
        make("p", { className: "definition" }, sentence),
      );
      if (part.proposition === null) outcome.append(told(decide(data.kind, [[true, holds]])));
      if (working !== null) {
        behind.hidden = false;
        const box = make("div", { className: "working-box", tabIndex: 0, role: "group" }, workingTable(data.workings[working]));
        box.setAttribute("aria-label", "Figures behind the reading");
        behind.replaceChildren(behind.firstElementChild, box);
      }
      return holds;
    }

    function update() {
      const propositions = data.propositions.map((proposition) => [...proposition]);
      for (const form of forms) {
        const holds = show(form);
        if (form.part.proposition !== null) propositions[form.part.proposition][1] = holds;
      }
      if (forms.some((form) => form.part.proposition !== null)) {
        verdict.replaceChildren(told(decide(data.kind, propositions)),
          make("p", {}, "The parts of the claim that have no choice here stay as on this page."));
      }
      copied.textContent = "";
    }

    function fromAddress() {
      if (!location.hash.startsWith(MARK)) return false;
      const wanted = new Map(location.hash.slice(MARK.length).split(";").map((pair) => pair.split("=").map(decodeURIComponent)));
      for (const { part, selects } of forms) {
        part.choices.forEach((choice, at) => {
          const position = choice.options.findIndex(([name]) => name === wanted.get(`${part.name}.${choice.name}`));
          if (position >= 0) selects[at].value = String(position);
        });
      }
      return true;
    }

    const copy = make("button", { type: "button" }, "Copy the address of this reading");
    copy.addEventListener("click", async () => {
      history.replaceState(null, "", address());
      try {
        await navigator.clipboard.writeText(location.href);
        copied.textContent = " Copied.";
      } catch {
        copied.textContent = " The address of this page now keeps your choice: copy it there.";
      }
    });

    for (const form of forms) {
      const fields = form.part.choices.map((choice, at) =>
        make("div", { className: "field" }, make("label", { htmlFor: form.selects[at].id }, choice.asks), form.selects[at]));
      const links = make("p", { className: "rests-on" }, "Rests on: ");
      form.part.tables.forEach(([name, anchor], at) => {
        const known = document.querySelector(`a[href$="#${CSS.escape(anchor)}"]`);
        links.append(at ? ", " : "", known ? make("a", { href: known.getAttribute("href") }, name) : name);
      });
      place.append(make("fieldset", {}, make("legend", {}, `“${form.part.words}”`), make("p", { className: "asks" }, form.part.asks),
        ...fields, form.outcome, form.behind, links));
      form.selects.forEach((select) => select.addEventListener("change", () => {
        history.replaceState(null, "", address());
        update();
      }));
    }
    place.append(verdict, make("p", {}, copy, copied));
    const shared = fromAddress();
    update();
    place.hidden = false;
    if (shared) place.scrollIntoView();
    window.addEventListener("hashchange", () => { if (fromAddress()) { update(); place.scrollIntoView(); } });
  }

  for (const place of document.querySelectorAll(".choose-reading")) {
    const island = place.querySelector('script[type="application/json"]');
    if (island) control(place, JSON.parse(island.textContent));
  }
})();
