// Tables of class "sortable" get buttons in their heads, those of class "filterable" a box to filter by.
// Without this script the whole table is there, in the order of the data.
(() => {
  const numberOf = (text) => Number.parseFloat(text.replace(/,/g, ""));

  function sortBy(table, column, head) {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const texts = rows.map((row) => row.cells[column].textContent.trim());
    const numeric = texts.every((text) => text === "" || text === "not stated" || /^[-+]?[\d.,]+$/.test(text));
    const order = rows.map((row, at) => [row, numeric ? numberOf(texts[at]) : texts[at]]);
    order.sort(([, a], [, b]) => {
      const step = numeric ? (Number.isNaN(a) ? -Infinity : a) - (Number.isNaN(b) ? -Infinity : b) || 0 : a.localeCompare(b);
      return up ? step : -step;
    });
    body.append(...order.map(([row]) => row));
  }

  function makeSortable(table) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sortBy(table, column, head));
      head.append(button);
    });
  }

  function makeFilterable(table) {
    const box = document.createElement("input");
    box.type = "search";
    box.className = "table-filter";
    box.placeholder = "Show rows with …";
    box.setAttribute("aria-label", "Show only rows of the table below that contain this text");
    const count = document.createElement("p");
    count.className = "table-count";
    count.setAttribute("role", "status");
    box.addEventListener("input", () => {
      const wanted = box.value.trim().toLowerCase();
      const rows = [...table.tBodies[0].rows];
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
      count.textContent = wanted ? `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows` : "";
    });
    const frame = table.closest(".pst-scrollable-table-container") ?? table;
    frame.before(box, count);
  }

  // What is folded waits until it is opened: a page of long tables is there sooner.
  function whenOpen(table, setUp) {
    const fold = table.closest("details:not([open])");
    if (fold) fold.addEventListener("toggle", () => setUp(table), { once: true });
    else setUp(table);
  }

  for (const table of document.querySelectorAll("table.sortable")) whenOpen(table, makeSortable);
  for (const table of document.querySelectorAll("table.filterable")) whenOpen(table, makeFilterable);
})();
