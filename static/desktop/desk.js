// The desk's own behaviour on every page; a screen's own module comes with its page. The server renders: these only
// connect keys, the doorbell and small comforts.
import { announcements } from "./components/announce.js";
import { comboboxes, lookUp } from "./components/combobox.js";
import { dueTimes } from "./components/due-times.js";
import { comforts } from "./components/comforts.js";
import { connection } from "./components/connection.js";
import { dialogs, openDialog } from "./components/dialog.js";
import { keepFocus } from "./components/focus.js";
import { listenForKeys } from "./components/keys.js";
import { lookAgain } from "./components/looks-again.js";
import { scanner } from "./components/scanner.js";
import { toasts } from "./components/toast.js";
import { compose, composer } from "./composer.js";
import { proposals } from "./proposals.js";

announcements();
dialogs();
keepFocus();
comforts();
connection();
toasts();
composer();
proposals();
scanner();
comboboxes();
lookUpWhatWasAsked();
dueTimes();
listenForKeys({ openDialog, compose });
lookAgain({ openDialog });

// A page that is not there asks who was looked for, and leads to the desk with it.
function lookUpWhatWasAsked() {
  const field = document.getElementById("who");
  if (field?.value) document.addEventListener("DOMContentLoaded", () => lookUp(field, field.value));
}
