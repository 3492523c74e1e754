import { app, dialog, protocol, shell } from 'electron';
import { errorText, toGraftError } from '../../shared/errors.ts';
import { declareScheme } from './protocol.ts';
import { confinePages } from './security.ts';
import { startShell } from './shell.ts';
import { wordsFor } from './words.ts';

/** Where the desktop program starts. A second start brings the first one's window to the front and ends. */
if (app.requestSingleInstanceLock()) {
  app.enableSandbox();
  declareScheme(protocol);
  confinePages(app, shell);
  void app.whenReady().then(startShell).catch(giveUp);
} else {
  app.quit();
}

function giveUp(error: unknown): void {
  const { code, params } = toGraftError(error);
  const language = app.getLocale().startsWith('zh') ? 'zh' : 'en';
  dialog.showErrorBox(wordsFor(language, '').cannotStart, errorText(code, params, language));
  app.exit(1);
}
