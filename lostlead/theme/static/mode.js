// Runs before the page is drawn, so that a reader who chose light or dark never sees the other flash by.
(() => {
  const system = "screen and (prefers-color-scheme: dark)";
  const sheet = document.getElementById("dark");
  const show = (mode) => {
    sheet.media = mode === "dark" ? "screen" : mode === "light" ? "not all" : system;
    document.documentElement.dataset.theme = mode ?? "auto";
  };
  let kept = null;
  try {
    kept = localStorage.getItem("mode");
  } catch {
    // A browser that keeps nothing follows the system.
  }
  document.documentElement.classList.add("js");
  show(kept);
  window.lostlead = {
    isDark: () => matchMedia(sheet.media).matches,
    choose: (mode) => {
      show(mode);
      try {
        localStorage.setItem("mode", mode);
      } catch {
        // The choice then holds for this page only.
      }
    },
  };
})();
