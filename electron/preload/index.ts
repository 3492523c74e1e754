import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { bridgeOf } from './bridge.ts';

contextBridge.exposeInMainWorld('graft', bridgeOf(ipcRenderer, webUtils));
