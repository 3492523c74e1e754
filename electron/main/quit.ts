import type { App, BrowserWindow, Dialog } from 'electron';
import type { LabClient } from '../../shared/contract/index.ts';
import type { Words } from './words.ts';

export interface QuitGuard {
  lab: LabClient & { close(): Promise<void> };
  window(): BrowserWindow | null;
  words(): Words;
}

/** Asks before a quit interrupts a training, and closes the lab before the program ends; `closed` says it is. */
export function guardQuit(
  app: Pick<App, 'on' | 'quit'>,
  dialog: Pick<Dialog, 'showMessageBox'>,
  guard: QuitGuard,
): { closed(): boolean } {
  let state: 'open' | 'closing' | 'closed' = 'open';
  app.on('before-quit', (event) => {
    if (state === 'closed') return;
    event.preventDefault();
    if (state === 'closing') return;
    state = 'closing';
    void closeIfAgreed(dialog, guard).then((closed) => {
      state = closed ? 'closed' : 'open';
      if (closed) app.quit();
    });
  });
  return { closed: () => state === 'closed' };
}

async function closeIfAgreed(dialog: Pick<Dialog, 'showMessageBox'>, guard: QuitGuard): Promise<boolean> {
  if ((await isTraining(guard.lab)) && !(await agrees(dialog, guard))) return false;
  // A lab that cannot close in order must not keep the program from ending: the store survives a kill.
  await guard.lab.close().catch((error: unknown) => console.error(error));
  return true;
}

async function isTraining(lab: LabClient): Promise<boolean> {
  const jobs = await lab.call('jobs.list', {}).catch(() => []);
  return jobs.some(({ kind, status }) => kind === 'run' && status === 'running');
}

async function agrees(dialog: Pick<Dialog, 'showMessageBox'>, guard: QuitGuard): Promise<boolean> {
  const words = guard.words();
  const options = {
    type: 'question' as const,
    message: words.trainingTitle,
    detail: words.trainingDetail,
    buttons: [words.keepTraining, words.quitAnyway],
    defaultId: 0,
    cancelId: 0,
  };
  const window = guard.window();
  const { response } = await (window
    ? dialog.showMessageBox(window, options)
    : dialog.showMessageBox(options));
  return response === 1;
}
