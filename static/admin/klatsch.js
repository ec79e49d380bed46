/* Names for what the widgets of the supervisors' room draw without one. */

const name = (element, words) => {
  if (words && !element.ariaLabel) element.ariaLabel = words.trim()
}

/* A select with a search in it shows another element in its place, which has no label of its own. */
const nameSelects = () => {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const words = select.labels?.[0]?.textContent ?? select.ariaLabel ?? select.name
    const drawn = select.nextElementSibling
    for (const part of drawn?.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]") ?? []) {
      name(part, words)
    }
  }
}

const nameSearches = () => {
  for (const field of document.querySelectorAll("input[placeholder]")) {
    if (!field.labels?.length) name(field, field.placeholder)
  }
}

const nameAll = () => {
  nameSelects()
  nameSearches()
}

addEventListener("DOMContentLoaded", () => {
  nameAll()
  new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true })
})
