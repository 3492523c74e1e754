import { WebSocket } from 'ws';
import type { Channel } from '../../../shared/session.ts';

const UNSUPPORTED_DATA = 1003;
const INVALID_PAYLOAD = 1007;

/** A WebSocket as a channel of JSON frames; anything else on it ends the connection. */
export function socketChannel(socket: WebSocket): Channel {
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    },
    onFrame(handler) {
      const onMessage = (data: unknown, isBinary: boolean): void => {
        if (isBinary) return socket.close(UNSUPPORTED_DATA);
        const frame = parse(String(data));
        if (frame === undefined) socket.close(INVALID_PAYLOAD);
        else handler(frame);
      };
      socket.on('message', onMessage);
      return () => socket.off('message', onMessage);
    },
    onClose(handler) {
      socket.on('close', handler);
      return () => socket.off('close', handler);
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
