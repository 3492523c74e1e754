import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import type { LabClient } from '../../shared/contract/index.ts';
import { answer, eventNames } from '../../shared/session.ts';
import { CALL, EVENT } from '../preload/ipc-names.ts';
import { isOwnPage } from './origin.ts';

/** Answers the window's calls. A message from any page or frame but our own is refused unread. */
export function answerCalls(ipc: Pick<IpcMain, 'handle'>, lab: LabClient): void {
  ipc.handle(CALL, (event, method: unknown, params: unknown) => {
    if (!isTrusted(event)) throw new Error('Refused: not the window of Graft');
    return answer(lab, method, params);
  });
}

/** Tells a window every event of the lab, until it is gone. */
export function forwardEvents(lab: LabClient, contents: WebContents): void {
  const stops = eventNames.map((name) =>
    lab.on(name, (payload) => {
      if (!contents.isDestroyed()) contents.send(EVENT, name, payload);
    }),
  );
  contents.once('destroyed', () => stops.forEach((stop) => stop()));
}

function isTrusted({ sender, senderFrame }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && isOwnPage(senderFrame.url);
}
