import { UsageError } from '../../../errors.ts';
import { CHECKS } from '../../../setup/answers.ts';
import type { Field } from '../../../setup/assistant-setup.ts';
import { shortPath } from '../../../setup/machine.ts';
import { seatMicros } from '../../../usage/seat-prices.ts';
import type { Tier } from '../../../usage/tiers.ts';
import { ask } from '../../prompt.ts';
import { usesIde } from './ide.ts';
import { REQUIRED } from './options.ts';
import type { SetupRun } from './setup-run.ts';

const QUESTIONS: Readonly<Record<Exclude<Field, 'tier'>, string>> = {
  apiKey: 'API key of the metering endpoint',
  cursorApiKey: 'Admin API key of your Cursor team (Cursor dashboard > Settings > API Keys)',
  email: 'Your e-mail address, to put usage down to',
  organization: 'Organisation or department, for reports',
  product: 'Product or project, for reports',
  syncInterval: 'Minutes between two syncs',
  endpoint: 'Metering endpoint',
};

/** May be left out; with a default to accept by Enter, leaving out needs a word of its own. */
const OPTIONAL: readonly Field[] = ['email', 'organization', 'product'];
const NONE = '-';

/** As inquirer wants it: true, or what is wrong. */
function validator(field: Field, { assistant, options }: SetupRun): (text: string) => true | string {
  return (text) => {
    if (REQUIRED.includes(field) && text.trim() === '') return 'This one is needed.';
    if (OPTIONAL.includes(field) && text.trim() === NONE) return true;
    try {
      CHECKS[field](text, { insecure: options.insecure ?? false, tiers: assistant.tiers });
      return true;
    } catch (error) {
      if (error instanceof UsageError) return error.hint ? `${error.message}. ${error.hint}` : error.message;
      throw error;
    }
  };
}

/** `fallback`: what an empty answer stands for. A key is never shown, not even as a default. */
export async function askFor(field: Field, fallback: string, run: SetupRun): Promise<string> {
  if (field === 'tier') return await askForTier(run, fallback);
  const optional = OPTIONAL.includes(field);
  const message = QUESTIONS[field] + (optional ? ` (${fallback ? `"${NONE}"` : 'empty'}: none)` : '');
  const validate = validator(field, run);
  return await ask(run.context, async (prompts, settings) => {
    if (REQUIRED.includes(field)) return await prompts.password({ message, validate, mask: '*' }, settings);
    const text = await prompts.input({ message, validate, ...(fallback && { default: fallback }) }, settings);
    return optional && text.trim() === NONE ? '' : text;
  });
}

function priceOf(tier: Tier): string {
  const micros = seatMicros(tier);
  if (tier.seat === null) return 'paid by use';
  if (micros === null) return 'price by agreement';
  const seat = `$${micros / 1_000_000} a month`;
  return tier.billing === 'metered' ? `${seat} and use` : seat;
}

async function askForTier({ assistant, context }: SetupRun, fallback: string): Promise<string> {
  const choices = [
    ...assistant.tiers.map((tier) => ({ value: tier.id, name: `${tier.label}, ${priceOf(tier)}` })),
    { value: '', name: 'I do not know' },
  ];
  return await ask(context, (prompts, settings) =>
    prompts.select({ message: 'Subscription', choices, default: fallback, pageSize: choices.length }, settings),
  );
}

/** Where the variables go: an IDE that is started from a desktop never reads a shell's profile. */
export async function askForSettings({ assistant, context, options, shells }: SetupRun): Promise<boolean> {
  if (!assistant.settingsFile || options.skipShellUpdate || options.shell !== undefined) return false;
  const ide = await usesIde(assistant, context);
  const file = `In ${shortPath(context, assistant.settingsFile(context))}: reaches terminals and IDEs alike`;
  const profile = `In the profile of ${shells.join(' and ')}: reaches what is started from that shell`;
  const choices = [
    { value: false, name: profile },
    { value: true, name: ide ? `${file} (recommended: you use an IDE)` : file },
  ];
  const message = `Where should ${assistant.label} find this?`;
  return await ask(context, (prompts, settings) => prompts.select({ message, default: ide, choices }, settings));
}

/** What to do about a key that will not do; `null`: go on without asking the endpoint. */
export async function askWhatNow(run: SetupRun, final: boolean): Promise<'apiKey' | 'endpoint' | 'again' | null> {
  const choices = [
    { value: 'apiKey' as const, name: 'Give the key again' },
    { value: 'endpoint' as const, name: 'Give another endpoint' },
    { value: 'again' as const, name: 'Try once more' },
    ...(final ? [] : [{ value: null, name: 'Go on without checking the key' }]),
  ];
  return await ask(run.context, (prompts, settings) => prompts.select({ message: 'What now?', choices }, settings));
}
