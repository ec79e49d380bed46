// Names everything that sticks out: downwards the document, where only its panes scroll; sideways the document, any pane
// that would scroll sideways (unless it says so with data-scrolls-sideways), and any visible control that lies outside
// the window.
() => {
  const width = document.documentElement.clientWidth;
  const name = (element) => {
    const id = element.id ? `#${element.id}` : "";
    const classes = [...element.classList].map((word) => `.${word}`).join("");
    return `${element.tagName.toLowerCase()}${id}${classes}`;
  };
  const found = [];
  if (document.documentElement.scrollWidth > width) {
    found.push(`document: ${document.documentElement.scrollWidth} > ${width}`);
  }
  const { scrollHeight, clientHeight } = document.scrollingElement;
  if (getComputedStyle(document.body).overflowY === "hidden" && scrollHeight > clientHeight) {
    found.push(`document: ${scrollHeight} high in ${clientHeight}, though only its panes scroll`);
  }
  for (const element of document.querySelectorAll("body, body *")) {
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
    const meant = element.closest("[data-scrolls-sideways]");
    if (scrolls && !meant && element.clientWidth && element.scrollWidth > element.clientWidth) {
      found.push(`${name(element)}: ${element.scrollWidth} > ${element.clientWidth}`);
    }
  }
  for (const control of document.querySelectorAll("a[href], button, input, select, textarea")) {
    const box = control.getBoundingClientRect();
    const seen = box.width > 1 && control.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const meant = control.closest("[data-scrolls-sideways]");
    if (seen && !meant && (box.left < -1 || box.right > width + 1)) {
      found.push(`${name(control)}: from ${Math.round(box.left)} to ${Math.round(box.right)} of ${width}`);
    }
  }
  return found;
}
