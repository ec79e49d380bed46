// The desk's own behaviour on every page; a screen's own module comes with its page. The server renders: these only
// connect keys, the doorbell and small comforts.
import { comboboxes } from "./components/combobox.js";
import { dueTimes } from "./components/due-times.js";
import { comforts } from "./components/comforts.js";
import { dialogs, openDialog } from "./components/dialog.js";
import { listenForKeys } from "./components/keys.js";
import { lookAgain } from "./components/looks-again.js";
import { scanner } from "./components/scanner.js";
import { toasts } from "./components/toast.js";
import { compose, composer } from "./composer.js";
import { proposals } from "./proposals.js";

dialogs();
comforts();
toasts();
composer();
proposals();
scanner();
comboboxes();
dueTimes();
listenForKeys({ openDialog, compose });
lookAgain({ openDialog });
