import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';

const FOLDER = path.resolve(import.meta.dirname, '../../fixtures/dashboard-pictures');

/**
 * Run in an empty page: the share of blocks of 16 pixels whose mean colour differs by more than a tenth. Fonts are drawn
 * a little differently by every version of a browser, which means evens out; what moves, comes or goes it does not.
 */
const DIFFERENCE = `async ([one, other]) => {
  const blocks = async (base64) => {
    const image = new Image();
    image.src = 'data:image/png;base64,' + base64;
    await image.decode();
    const [width, height] = [Math.ceil(image.width / 16), Math.ceil(image.height / 16)];
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, width, height);
    return { size: image.width + 'x' + image.height, data: context.getImageData(0, 0, width, height).data };
  };
  const [a, b] = [await blocks(one), await blocks(other)];
  if (a.size !== b.size) return 1;
  let different = 0;
  for (let i = 0; i < a.data.length; i += 4)
    if ([0, 1, 2].some((channel) => Math.abs(a.data[i + channel] - b.data[i + channel]) > 25)) different++;
  return different / (a.data.length / 4);
}`;

/** How much two pictures differ: 0 not at all, 1 everywhere or in size. */
export async function differenceOf(empty: Page, one: Buffer, other: Buffer): Promise<number> {
  const given = JSON.stringify([one.toString('base64'), other.toString('base64')]);
  return await empty.evaluate<number>(`(${DIFFERENCE})(${given})`);
}

/** The picture that was looked at. With UPDATE_PICTURES set it becomes what is there now. @throws where there is none */
export function reference(name: string, now: Buffer): Buffer {
  const file = path.join(FOLDER, `${name}.png`);
  if (process.env.UPDATE_PICTURES !== undefined) {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, now);
  }
  if (!existsSync(file)) throw new Error(`there is no picture ${name}: make it with UPDATE_PICTURES=1 and look at it`);
  return readFileSync(file);
}
