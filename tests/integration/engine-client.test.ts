import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEngineClient, type EngineClientOptions } from '../../electron/engine/client.ts';
import type { Engine } from '../../electron/engine/protocol.ts';

const entry = join(import.meta.dirname, 'tiny-engine.ts');

function tinyEngine(options: Partial<EngineClientOptions> = {}): Engine {
  const engine = createEngineClient({ entry, firstWait: 1, ...options });
  onTestFinished(() => engine.close());
  return engine;
}

function stateOf(engine: Engine, wanted: Engine['state']): Promise<void> {
  return new Promise((resolve) => {
    const stop = engine.onState((state) => {
      if (state !== wanted) return;
      stop();
      resolve();
    });
  });
}

const places = { libraryDir: '/l', cacheDir: '/c', runsDir: '/r' };

test('a request made before the process is ready is answered once it is', async () => {
  const engine = tinyEngine();
  expect(engine.state).toBe('starting');
  const info = await engine.request('info', {}).result;
  expect(info.label).toBe('tiny');
  expect(info.pid).toBe(engine.pid);
});

test('typed arrays arrive as what they were', async () => {
  const { probabilities } = await tinyEngine().request('predict', { run: 'r1', items: [], places }).result;
  expect(probabilities).toEqual(Float32Array.of(0.25, 0.75, 1, 0));
});

test('an error of the engine arrives with its code and parameters', async () => {
  const request = tinyEngine().request('thumbnail', { path: '/a', out: '/b', size: 64 });
  await expect(request.result).rejects.toMatchObject({
    code: 'file.missing',
    params: { path: '/nowhere.jpg' },
  });
});

test('parameters and results that do not fit the protocol are refused', async () => {
  const engine = tinyEngine({ args: ['nonsense'] });
  await expect(engine.request('info', {}).result).rejects.toMatchObject({
    code: 'engine.answer',
    params: { method: 'info' },
  });
  await expect(engine.request('thumbnail', { path: '', out: '', size: 1 }).result).rejects.toThrow('path');
});

test('a request under way can be cancelled', async () => {
  const engine = tinyEngine();
  const { result, control } = engine.request('scan', { path: '/a', kind: 'auto' }, () => control('cancel'));
  await expect(result).rejects.toMatchObject({ code: 'cancelled' });
});

test('kill -9: what was under way rejects with engine.lost, what waited is answered by the next process', async () => {
  const engine = tinyEngine();
  const states: string[] = [];
  engine.onState((state) => states.push(state));
  let first: number | undefined;
  const scan = engine.request('scan', { path: '/a', kind: 'auto' }, () => {
    first = engine.pid;
    process.kill(first!, 'SIGKILL');
  });
  await expect(scan.result).rejects.toMatchObject({ code: 'engine.lost' });
  const info = await engine.request('info', {}).result;
  expect(info.pid).not.toBe(first);
  expect(engine.restarts).toBe(1);
  expect(states).toEqual(['ready', 'lost', 'starting', 'ready']);
});

test('a process that keeps dying is given up, and says how often it died', async () => {
  const engine = tinyEngine({ args: ['die'], mostDeaths: 3 });
  const info = engine.request('info', {}).result;
  await expect(info).rejects.toMatchObject({ code: 'engine.failed', params: { deaths: 3 } });
  expect(engine.state).toBe('failed');
  expect(engine.restarts).toBe(2);
  await expect(engine.request('info', {}).result).rejects.toMatchObject({ code: 'engine.failed' });
});

test('a file that is not there is given up too, not waited for', async () => {
  const engine = tinyEngine({ entry: join(import.meta.dirname, 'no-such-engine.ts'), mostDeaths: 2 });
  await stateOf(engine, 'failed');
});

test('restarting brings a new process', async () => {
  const engine = tinyEngine();
  const before = await engine.request('info', {}).result;
  await engine.restart();
  expect(engine.state).toBe('ready');
  expect((await engine.request('info', {}).result).pid).not.toBe(before.pid);
});

test('the engine leaves when the process that started it is killed', async () => {
  const client = join(import.meta.dirname, '../../electron/engine/client.ts');
  const script = `const { createEngineClient } = await import(${JSON.stringify(client)});
    const engine = createEngineClient({ entry: ${JSON.stringify(entry)} });
    console.log((await engine.request('info', {}).result).pid)`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(isAlive(pid)).toBe(true);
  // The engine inherits the pipe: its end is the end of both processes.
  const bothGone = once(parent.stderr, 'end');
  parent.kill('SIGKILL');
  parent.stderr.resume();
  await bothGone;
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
