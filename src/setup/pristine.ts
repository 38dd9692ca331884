import type { AssistantSetup } from './assistant-setup.ts';
import type { Pristine } from './draft.ts';
import { readEnvFile } from './env-file.ts';
import type { EnvRecord } from './env-file.ts';
import { readJsonEnv, withoutJsonEnv } from './json-env.ts';
import { beforeOf } from './manifest.ts';
import type { BlockTag } from './profile-block.ts';
import { BLOCK_TAGS, inspectProfile } from './profile-block.ts';
import { removeBlockLine, removeLegacyBlock, separator } from './profile-edit.ts';
import { decodeProfile } from './profile-text.ts';

/** What each kind of file would be without us. */

/**
 * An env file that already meters comes from an older package of this product: it is taken over, and not brought
 * back. Anything else under that name is somebody's own.
 */
export const pristineEnv =
  (assistant: AssistantSetup): Pristine =>
  (bytes, old) => {
    if (old) return beforeOf(old);
    const meters = bytes !== null && assistant.answers(readEnvFile(bytes.toString('utf8'))).apiKey !== undefined;
    return meters ? null : bytes;
  };

/** A file that only we can have written. */
export const pristineTwin: Pristine = (_, old) => (old ? beforeOf(old) : null);

/** The profile without the lines of `tags`; what setup had put between it and the block goes too. */
export const profileWithout =
  (tags: readonly BlockTag[]): Pristine =>
  (bytes, old) => {
    if (bytes === null) return null;
    const { text, encode } = decodeProfile(bytes);
    const left = tags.reduce(removeBlockLine, text);
    const others = Object.keys(inspectProfile(left).lines).length > 0;
    const before = old && beforeOf(old);
    if (others || before === undefined) return encode(left);
    if (before === null) return left === '' ? null : encode(left);
    const beforeText = decodeProfile(before).text;
    return ['\n', '\r\n'].some((eol) => left === beforeText + separator(beforeText, eol)) ? before : encode(left);
  };

/** As `profileWithout` for all, and without the older package's block for this assistant, which does not come back. */
export const pristineProfile =
  (tag: BlockTag): Pristine =>
  (bytes, old) => {
    const left = profileWithout(BLOCK_TAGS)(bytes, old);
    if (left === null) return null;
    const { text, encode } = decodeProfile(left);
    return encode(removeLegacyBlock(text, tag));
  };

/** `ours`: the variables as setup last wrote them. A settings file of which nothing else is left had been made by us. */
export const settingsWithout =
  (path: string, ours: EnvRecord): Pristine =>
  (bytes, old) => {
    if (bytes === null) return null;
    const before = (old && beforeOf(old)) ?? null;
    const left = withoutJsonEnv(bytes, path, ours, readJsonEnv(before, path));
    return old?.before === null && left.toString('utf8').trim() === '{}' ? null : left;
  };
