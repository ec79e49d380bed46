// Names the visible controls that are less than 44 pixels high or wide. A field hidden in its label counts as the label.
() => {
  const found = [];
  for (const control of document.querySelectorAll("a[href], button, summary, select, textarea, input")) {
    const label = control.closest("label");
    const target = label && (control.type === "radio" || control.type === "checkbox" || control.type === "file") ? label : control;
    const box = target.getBoundingClientRect();
    const seen = box.width > 1 && target.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (!seen || control.type === "hidden" || control.matches(".skip")) continue;
    if (box.height < 43.5 || box.width < 43.5) {
      const name = (control.getAttribute("aria-label") || target.textContent || control.name).trim().slice(0, 30);
      found.push(`${control.tagName.toLowerCase()}.${[...control.classList].join(".")} “${name}”: ${Math.round(box.width)}x${Math.round(box.height)}`);
    }
  }
  return found;
}
