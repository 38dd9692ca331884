/**
 * A shell profile's text as setup edits it: every byte that is not ours comes out as it went in, whatever its
 * encoding. UTF-16 is what PowerShell 5.1 writes; all else is handled byte by byte.
 */
export interface ProfileText {
  text: string;
  /** Our own words in the terms of `text`. */
  own: (words: string) => string;
  encode: (text: string) => Buffer;
}

const BYTES = {
  own: (words: string): string => Buffer.from(words, 'utf8').toString('latin1'),
  encode: (text: string): Buffer => Buffer.from(text, 'latin1'),
};

const UTF16 = {
  own: (words: string): string => words,
  encode: (text: string): Buffer => Buffer.from(text, 'utf16le'),
};

export function decodeProfile(bytes: Uint8Array): ProfileText {
  const buffer = Buffer.from(bytes);
  const utf16 = buffer.length % 2 === 0 && buffer[0] === 0xff && buffer[1] === 0xfe;
  return utf16 ? { text: buffer.toString('utf16le'), ...UTF16 } : { text: buffer.toString('latin1'), ...BYTES };
}
