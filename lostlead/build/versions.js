// Leads from a page to the same page in another version. Loaded by every page of every version from the folder above.
(() => {
  const versions = [/* the versions */];
  const root = new URL(".", document.currentScript.src).href;
  const [here, ...rest] = location.href.slice(root.length).split(/[?#]/)[0].split("/");
  const page = rest.join("/") || "index.html";
  const place = document.querySelector(".page-head");
  if (!place) return;

  const newest = versions[0];
  const shown = here === "latest" ? newest : versions.find((one) => one.name === here);
  if (!shown) return;

  function link(folder, version, words) {
    const there = version.pages.includes(page);
    const anchor = document.createElement("a");
    anchor.href = `${root}${folder}/${there ? page : "index.html"}`;
    anchor.textContent = there ? words : `${words}: front page (this page is not in it)`;
    if (folder === here) anchor.setAttribute("aria-current", "page");
    const item = document.createElement("li");
    item.append(anchor);
    return item;
  }

  const box = document.createElement("details");
  box.className = "get versions";
  const name = document.createElement("summary");
  name.textContent = `Version ${shown.name}${shown === newest ? "" : ` (the newest is ${newest.name})`}`;
  const list = document.createElement("ul");
  list.append(link("latest", newest, `The newest version, now ${newest.name}`));
  for (const one of versions) list.append(link(one.name, one, `Version ${one.name} of ${one.date}`));
  box.append(name, list);
  place.append(box);
})();
