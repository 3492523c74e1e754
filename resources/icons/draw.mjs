/** Draws icon.png, which electron-builder makes every platform's icon from: `node resources/icons/draw.mjs`. */
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const SIDE = 1024;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
await sharp(here('icon.svg'), { density: 144 }).resize(SIDE, SIDE).png({ compressionLevel: 9 }).toFile(here('icon.png'));
