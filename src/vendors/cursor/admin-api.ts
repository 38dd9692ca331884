import type { VendorApiOptions } from '../vendor-api.ts';
import { VendorApi } from '../vendor-api.ts';
import type { VendorProfile } from '../vendor-profile.ts';

export const CURSOR: VendorProfile = {
  name: 'Cursor',
  url: 'https://api.cursor.com',
  variable: 'CURSOR_API_BASE_URL',
  headers: (key) => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }),
  perMinute: 20,
  hints: {
    unauthorized:
      'Give a team Admin API key (Cursor dashboard, Settings, API Keys): revenium-cursor setup --cursor-api-key …, or the settings of the server.',
    forbidden: "The Admin API needs a team's admin key, and on some plans Enterprise; a personal key will not do.",
  },
};

/** Cursor's Admin API. */
export class AdminApi extends VendorApi {
  /** @throws UsageError for a base address that no key may be sent to */
  constructor(options: VendorApiOptions) {
    super(CURSOR, options);
  }
}
