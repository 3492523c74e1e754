import sharp from 'sharp';

/** A PNG file of uint8 RGB pixels `[size, size, 3]`. */
export async function encodePng(pixels: Uint8Array, size: number): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toBuffer();
}
