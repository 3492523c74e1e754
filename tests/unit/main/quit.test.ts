import { EventEmitter } from 'node:events';
import type { App, Dialog, MessageBoxOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { guardQuit } from '../../../electron/main/quit.ts';
import { wordsFor } from '../../../electron/main/words.ts';
import type { LabClient } from '../../../shared/contract/index.ts';

/** A quit as Electron runs it: announced, perhaps prevented, and asked for again by the guard. */
function program(jobs: { kind: string; status: string }[], response: number) {
  const events = new EventEmitter();
  const asked: MessageBoxOptions[] = [];
  const close = vi.fn(() => Promise.resolve());
  let ended = false;
  const quit = (): void => {
    let prevented = false;
    events.emit('before-quit', { preventDefault: () => (prevented = true) });
    if (!prevented) ended = true;
  };
  const dialog = {
    showMessageBox: ((options: MessageBoxOptions) => {
      asked.push(options);
      return Promise.resolve({ response, checkboxChecked: false });
    }) as Dialog['showMessageBox'],
  };
  const lab = {
    call: () => Promise.resolve(jobs),
    on: () => () => undefined,
    close,
  } as unknown as LabClient & {
    close(): Promise<void>;
  };
  const app = { on: events.on.bind(events) as unknown as App['on'], quit };
  guardQuit(app, dialog, { lab, window: () => null, words: () => wordsFor('en', '') });
  return { quit, asked, close, ended: () => ended };
}

const training = [{ kind: 'run', status: 'running' }];

describe('quitting', () => {
  it('closes the lab, then ends', async () => {
    const { quit, asked, close, ended } = program([{ kind: 'import', status: 'running' }], 0);
    quit();
    expect(ended()).toBe(false);
    await vi.waitFor(() => expect(ended()).toBe(true));
    expect(close).toHaveBeenCalledOnce();
    expect(asked).toEqual([]);
  });

  it('goes on training when asked to', async () => {
    const { quit, asked, close, ended } = program(training, 0);
    quit();
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    await new Promise((settled) => setImmediate(settled));
    expect(close).not.toHaveBeenCalled();
    expect(ended()).toBe(false);
    quit();
    await vi.waitFor(() => expect(asked).toHaveLength(2));
  });

  it('interrupts the training when the person agrees, and asks only once', async () => {
    const { quit, asked, ended } = program(training, 1);
    quit();
    quit();
    await vi.waitFor(() => expect(ended()).toBe(true));
    expect(asked).toHaveLength(1);
    expect(asked[0]!.buttons?.[asked[0]!.defaultId!]).toBe('Keep Training');
  });
});
