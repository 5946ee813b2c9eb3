// @ts-check
/**
 * Light or dark: as the visitor chose it, or as the system is.
 *
 * @param {HTMLElement} button turns it.
 * @param {() => void} [onPaint] called whenever it has changed, not at first.
 */
export function openTheme(button, onPaint) {
  const root = document.documentElement;
  const chosen = localStorage.getItem("theme");
  const isDark = chosen === "dark" || (!chosen && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = isDark ? "dark" : "light";
  function turn() {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    onPaint?.();
  }
  button.addEventListener("click", turn);
  return { turn };
}
