// What every page can do beyond its links: choose light or dark, and `/` for the search field.

const root = document.documentElement;
const THEMES = ["", "light", "dark"];
const NAMES = { "": "auto", light: "light", dark: "dark" };

for (const button of document.querySelectorAll("[data-choose-theme]")) {
  const show = () => { button.querySelector("span").textContent = `Theme: ${NAMES[root.dataset.theme ?? ""]}`; };
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? "") + 1) % THEMES.length];
    root.dataset.theme = next;
    document.cookie = `recall_theme=${next}; path=/; max-age=31536000; samesite=strict`;
    show();
  });
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = [...document.querySelectorAll("input[type=search]")].find((one) => one.checkVisibility());
  if (!field) return;
  event.preventDefault();
  field.select();
});
