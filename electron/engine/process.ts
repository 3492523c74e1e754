import { enableProdMode } from '@tensorflow/tfjs-core';
import { toGraftError } from '../../shared/errors.ts';
import { computeHandlers } from './handlers/compute.ts';
import { documentHandlers } from './handlers/documents.ts';
import { featureMapHandlers } from './handlers/feature-map.ts';
import { mediaHandlers } from './handlers/media.ts';
import { statisticsHandlers } from './handlers/statistics.ts';
import { zooHandlers } from './handlers/zoo.ts';
import { engineMethods } from './protocol.ts';
import type { EngineMethod, EngineParams, FromEngine, ToEngine } from './protocol.ts';
import type { CallContext, EngineHandlers } from './handlers/context.ts';
import { createCall } from './handlers/context.ts';

/** Where the engine process starts: it answers requests from main until told to stop or main is gone. */

interface Port {
  send(message: FromEngine): void;
  onMessage(listener: (message: ToEngine) => void): void;
}

/** utilityProcess gives `process.parentPort`; child_process.fork gives `process.send`. */
interface ParentPort {
  postMessage(message: FromEngine): void;
  on(event: 'message', listener: (event: { data: ToEngine }) => void): void;
}

function openPort(): Port {
  const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort;
  if (parentPort) {
    return {
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data)),
    };
  }
  if (!process.send) throw new Error('The engine is started by Graft, not by hand');
  process.on('disconnect', () => process.exit(0));
  return {
    // Main may be leaving just now; then nobody needs the answer any more.
    send: (message) => process.send?.(message, () => undefined),
    onMessage: (listener) => process.on('message', (message) => listener(message as ToEngine)),
  };
}

const handlers: EngineHandlers = {
  ...mediaHandlers,
  ...featureMapHandlers,
  ...documentHandlers,
  ...statisticsHandlers,
  ...zooHandlers,
  ...computeHandlers,
};
const running = new Map<number, CallContext<EngineMethod>>();

async function answer(port: Port, id: number, method: EngineMethod, params: unknown): Promise<void> {
  const call = createCall<EngineMethod>((progress) => port.send({ type: 'progress', id, progress }));
  running.set(id, call);
  try {
    const parsed = engineMethods[method].params.parse(params);
    const handler = handlers[method] as (
      params: EngineParams<EngineMethod>,
      call: CallContext<EngineMethod>,
    ) => unknown;
    port.send({ type: 'result', id, result: await handler(parsed as EngineParams<EngineMethod>, call) });
  } catch (error) {
    const { code, params: details } = toGraftError(error);
    if (code === 'internal') console.error(error);
    port.send({ type: 'error', id, error: { code, params: details } });
  } finally {
    running.delete(id);
  }
}

// Without it tfjs advertises its other packages at every start.
enableProdMode();

// Ctrl+C reaches the whole terminal group: main decides whether to stop in order.
process.on('SIGINT', () => undefined);

const port = openPort();
port.onMessage((message) => {
  if (message.type === 'request') void answer(port, message.id, message.method, message.params);
  if (message.type === 'control') running.get(message.id)?.control[message.action]();
  if (message.type === 'shutdown') process.exit(0);
});
port.send({ type: 'ready' });
