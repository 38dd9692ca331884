import { pathsOf } from '../../../../setup/machine.ts';
import type { Context } from '../../../context.ts';
import type { ServiceManager } from './service-manager.ts';
import type { ServicePlan } from './service-plan.ts';
import { xml } from './xml.ts';

const LABEL = 'ai.revenium.cursor-sync';

const strings = (words: readonly string[], indent: string): string =>
  words.map((text) => `${indent}<string>${xml(text)}</string>`).join('\n');

/** A user's agent: started at login, and again a minute after it has failed. */
export const plistText = ({ node, script, arguments: words, logFile }: ServicePlan): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${strings([node, script, ...words], '    ')}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>60</integer>
  <key>ProcessType</key>
  <string>Background</string>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardOutPath</key>
  <string>${xml(logFile)}</string>
  <key>StandardErrorPath</key>
  <string>${xml(logFile)}</string>
</dict>
</plist>
`;

const domain = ({ uid }: Context): string => `gui/${uid ?? ''}`;
const target = (context: Context): string => `${domain(context)}/${LABEL}`;

const plistPath = (context: Context): string =>
  pathsOf(context).join(context.home, 'Library', 'LaunchAgents', `${LABEL}.plist`);

export const launchd: ServiceManager = {
  name: 'launchd',
  path: plistPath,
  logFile: (context) => pathsOf(context).join(context.home, 'Library', 'Logs', 'revenium-cursor.log'),
  content: (plan) => Buffer.from(plistText(plan)),
  ready: ['launchctl', 'version'],
  unavailable: 'launchctl cannot be run',
  before: (context) => [['launchctl', 'bootout', target(context)]],
  install: (context) => [['launchctl', 'bootstrap', domain(context), plistPath(context)]],
  // An agent that was just told to go may still be about, and then none can be put in its place.
  waitsMs: [500, 1000, 2000, 4000],
  stop: (context) => ['launchctl', 'bootout', target(context)],
  uninstall: (context) => [['launchctl', 'bootout', target(context)]],
  isActive: (context) => ['launchctl', 'print', target(context)],
  hints: ['It runs while you are logged in.', 'Its output: ~/Library/Logs/revenium-cursor.log'],
};
