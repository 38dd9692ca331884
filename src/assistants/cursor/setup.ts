import type { AssistantSetup } from '../../setup/assistant-setup.ts';
import { pathsOf } from '../../setup/machine.ts';
import { tiersOf } from '../../usage/tiers.ts';

const MINUTE_MS = 60_000;

/** Cursor sends nothing itself: our own sync reads these, no shell does. */
export const cursorSetup: AssistantSetup = {
  id: 'cursor',
  label: 'Cursor',
  binary: 'revenium-cursor',
  folder: (machine) => pathsOf(machine).join(machine.home, '.cursor', 'revenium'),
  fields: ['cursorApiKey', 'apiKey', 'email', 'tier', 'organization', 'product', 'syncInterval', 'endpoint'],
  tiers: tiersOf('cursor'),
  variables: (answers) => ({
    CURSOR_API_KEY: answers.cursorApiKey,
    REVENIUM_API_KEY: answers.apiKey,
    REVENIUM_ENDPOINT: answers.endpoint,
    REVENIUM_SUBSCRIBER_EMAIL: answers.email,
    REVENIUM_ORGANIZATION_NAME: answers.organization,
    REVENIUM_PRODUCT_NAME: answers.product,
    CURSOR_SUBSCRIPTION_TIER: answers.tier,
    REVENIUM_SYNC_INTERVAL_MS: String((answers.syncInterval ?? 5) * MINUTE_MS),
  }),
  answers: (values) => ({
    ...(values.CURSOR_API_KEY && { cursorApiKey: values.CURSOR_API_KEY }),
    ...(values.REVENIUM_API_KEY && { apiKey: values.REVENIUM_API_KEY }),
    ...(values.REVENIUM_ENDPOINT && { endpoint: values.REVENIUM_ENDPOINT }),
    ...(values.REVENIUM_SUBSCRIBER_EMAIL && { email: values.REVENIUM_SUBSCRIBER_EMAIL }),
    ...(values.REVENIUM_ORGANIZATION_NAME && { organization: values.REVENIUM_ORGANIZATION_NAME }),
    ...(values.REVENIUM_PRODUCT_NAME && { product: values.REVENIUM_PRODUCT_NAME }),
    ...(values.CURSOR_SUBSCRIPTION_TIER && { tier: values.CURSOR_SUBSCRIPTION_TIER }),
    ...(Number(values.REVENIUM_SYNC_INTERVAL_MS) >= MINUTE_MS && {
      syncInterval: Math.round(Number(values.REVENIUM_SYNC_INTERVAL_MS) / MINUTE_MS),
    }),
  }),
  attributes: [],
  profileTag: null,
  history: false,
  memory: /^state\.json|\.(?:lock|holder\.json)$/,
  settingsFile: null,
};
