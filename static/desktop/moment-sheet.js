// The sheet in which a moment is marked or amended, wherever it is opened.

function markMoments() {
  const sheet = document.getElementById("moment-sheet");
  if (!sheet) return;
  const url = document.body.dataset.mark;
  let begins = false; // an empty form, in the middle of a conversation
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mark-moment]");
    if (!button || !url) return;
    const byKey = event.detail === 0; // M: from the entry that has the focus
    const entry = button.closest(".entry") || (byKey ? document.activeElement?.closest(".entry") : null);
    const query = entry ? `?entry=${entry.id.slice(1)}` : "";
    begins = !entry;
    window.htmx.ajax("GET", `${url}${query}`, { target: "#moment-form", swap: "innerHTML", source: sheet });
  });
  // The customer's words that stand in the composer are not typed twice.
  sheet.addEventListener("htmx:afterSettle", (event) => {
    const said = document.getElementById("verbatim")?.value.trim();
    const field = sheet.querySelector("[name=reason]");
    if (event.detail.target.id !== "moment-form" || !begins) return;
    begins = false;
    if (!said || !field || field.value) return;
    field.value = said.slice(0, field.maxLength);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // What has the focus keeps it: else the composer would move away under the finger.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("[data-mark-moment]")) event.preventDefault();
  });
  // Another kind suggests another action, another time and another team, unless somebody has chosen their own.
  sheet.addEventListener("change", (event) => {
    if (!event.target.matches("[data-suggests]")) return;
    for (const name of ["suggestion", "due", "to"]) {
      const field = event.target.form.elements[name];
      const offered = [...event.target.options].map((option) => option.dataset[name]);
      const empty = !field.value && name !== "to"; // nowhere is a choice too
      if (empty || offered.includes(field.value)) field.value = event.target.selectedOptions[0].dataset[name];
    }
  });
  document.body.addEventListener("marked", () => sheet.close());
}

markMoments();
