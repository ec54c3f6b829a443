// "Choose your own reading": a form over the readings that the page of all readings lists. Everything is computed already;
// the form looks the combination up, and the verdict follows from the parts by the rule of the page on method.
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
  const say = (value) =>
    typeof value === "number" ? value.toLocaleString("en", { maximumFractionDigits: 10, useGrouping: Math.abs(value) >= 10000 }) : String(value);

  // Put the texts in, and give each part its readings as [options, value, threshold, outcome, working].
  // How they are packed, ``readings_shown.island`` says.
  function unpack(data) {
    const text = (at) => data.texts[at];
    const value = (told) => (Array.isArray(told) ? text(told[0]) : told);
    for (const part of data.parts) {
      for (const choice of part.choices) choice.options = choice.options.map((option) => option.map(text));
      const options = (place) => part.choices.reduceRight((found, { options: { length } }) => {
        const option = place % length;
        place = (place - option) / length;
        return [option, ...found];
      }, []);
      const columns = [part.values, part.thresholds, part.outcomes, part.workings];
      part.readings = part.places.map((place, at) =>
        [options(place), ...columns.map((column) => value(column[column.length > 1 ? at : 0]))]);
      part.exclusions = part.exclusions.map(([named, reason]) => [named, text(reason)]);
    }
    return data;
  }

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

  function workingTable(working, { columns, texts }) {
    const shown = working.map((at) => columns[at]);
    const table = make("table", { className: "working" });
    const head = table.createTHead().insertRow();
    for (const [name] of shown) head.append(make("th", { scope: "col" }, name));
    const body = table.createTBody();
    shown[0][1].forEach((_, line) => {
      const row = body.insertRow();
      for (const [, cells, inWords] of shown) row.insertCell().append(String((inWords ? texts[cells[line]] : cells[line]) ?? ""));
    });
    return table;
  }

  const choose = (selects, options) => options.forEach((option, at) => { selects[at].value = String(option); });
  const picked = (selects) => selects.map((select) => Number(select.value));

  function control(place, data) {
    const id = data.claim.toLowerCase();
    const forms = data.parts.map((part) => {
      const found = new Map(part.readings.map((reading) => [reading[0].join(), reading]));
      const reason = (options) =>
        part.exclusions.find(([named]) => named.every((those, at) => those === null || those.includes(options[at])))[1];
      const selects = part.choices.map((choice) => {
        const select = make("select", { id: `${id}-${part.name}-${choice.name}` });
        choice.options.forEach(([name], at) => select.append(make("option", { value: String(at) }, name)));
        return select;
      });
      choose(selects, part.readings[0][0]);
      const outcome = make("div", { className: "outcome", role: "status" });
      const behind = make("details", {}, make("summary", {}, "The figures behind it"));
      const adjusted = make("p", { className: "adjusted", role: "status" });
      return { part, found, reason, selects, outcome, behind, adjusted, touched: false };
    });
    const verdict = make("div", { role: "status" });
    const copied = make("span", { role: "status" });

    // The address names what differs from the first reading of each part.
    const address = () => MARK + forms.flatMap(({ part, selects }) =>
      part.choices.flatMap((choice, at) => (Number(selects[at].value) === part.readings[0][0][at] ? [] :
        [`${part.name}.${choice.name}=${encodeURIComponent(choice.options[selects[at].value][0])}`]))).join(";");

    // Where the new combination is left out, take the nearest that is computed and say what changed with it.
    function settle({ part, found, reason, selects, adjusted }, changed) {
      adjusted.textContent = "";
      const options = picked(selects);
      if (found.has(options.join())) return;
      const same = (other) => other.filter((option, at) => option === options[at]).length;
      const near = part.readings.map(([other]) => other).filter((other) => other[changed] === options[changed]);
      if (!near.length) return;
      const nearest = near.reduce((best, other) => (same(other) > same(best) ? other : best));
      const moved = part.choices.flatMap((choice, at) =>
        nearest[at] === options[at] ? [] : [`“${choice.asks}” is now “${choice.options[nearest[at]][0]}”`]);
      adjusted.textContent = `${moved.join("; ")}. ${reason(options)}`;
      choose(selects, nearest);
    }

    function show({ part, found, reason, outcome, behind, selects }) {
      const options = picked(selects);
      const reading = found.get(options.join());
      behind.hidden = true;
      outcome.className = "outcome";
      if (!reading) {
        outcome.replaceChildren(make("strong", {}, "Not computed. "), reason(options));
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
        make("p", { className: "definition" }, sentence[0].toUpperCase() + sentence.slice(1)),
      );
      if (part.proposition === null) outcome.append(told(decide(data.kind, [[true, holds]])));
      if (working !== null) {
        behind.hidden = false;
        const box = make("div", { className: "working-box", tabIndex: 0, role: "group" }, workingTable(data.workings[working], data));
        box.setAttribute("aria-label", "Figures behind the reading");
        behind.replaceChildren(behind.firstElementChild, box);
      }
      return holds;
    }

    function update() {
      const propositions = data.propositions.map((proposition) => [...proposition]);
      for (const form of forms) {
        const holds = show(form);
        if (form.touched && form.part.proposition !== null) propositions[form.part.proposition][1] = holds;
      }
      if (forms.some((form) => form.part.proposition !== null)) {
        verdict.replaceChildren(told(decide(data.kind, propositions)),
          make("p", {}, "What you do not choose stays as on this page."));
      }
      copied.textContent = "";
    }

    function fromAddress() {
      if (!location.hash.startsWith(MARK)) return false;
      const wanted = new Map(location.hash.slice(MARK.length).split(";").map((pair) => pair.split("=").map(decodeURIComponent)));
      for (const form of forms) {
        const { part, selects } = form;
        choose(selects, part.readings[0][0]);
        form.touched = part.choices.some((choice) => wanted.has(`${part.name}.${choice.name}`));
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

    const dataPage = document.querySelector('a[href*="data.html#"]')?.getAttribute("href").split("#")[0];
    for (const form of forms) {
      const fields = form.part.choices.map((choice, at) =>
        make("div", { className: "field" }, make("label", { htmlFor: form.selects[at].id }, choice.asks), form.selects[at]));
      const links = make("p", { className: "rests-on" }, "Rests on: ");
      form.part.tables.forEach(([name, anchor], at) =>
        links.append(at ? ", " : "", dataPage ? make("a", { href: `${dataPage}#${anchor}` }, name) : name));
      place.append(make("fieldset", {}, make("legend", {}, `“${form.part.words}”`), make("p", { className: "asks" }, form.part.asks),
        ...fields, form.adjusted, form.outcome, form.behind, links));
      form.selects.forEach((select, at) => select.addEventListener("change", () => {
        form.touched = true;
        settle(form, at);
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
    if (island) control(place, unpack(JSON.parse(island.textContent)));
  }
})();
