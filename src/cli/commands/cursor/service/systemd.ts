import { folderFrom, pathsOf } from '../../../../setup/machine.ts';
import type { Context } from '../../../context.ts';
import type { ServiceManager } from './service-manager.ts';
import { SERVICE_TITLE } from './service-plan.ts';
import type { ServicePlan } from './service-plan.ts';

const UNIT = 'revenium-cursor.service';

/** A word as ExecStart reads it: quoted, and without its specifiers, variables and escapes. */
const word = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;

/** A user's unit. An exit of 2 (not configured) is not tried again; anything else once a minute. */
export const unitText = ({
  node,
  script,
  arguments: words,
}: ServicePlan): string => `# Written by: revenium-cursor service install
[Unit]
Description=${SERVICE_TITLE}
StartLimitIntervalSec=0

[Service]
ExecStart=${[node, script, ...words].map(word).join(' ')}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=60
RestartPreventExitStatus=2
TimeoutStopSec=10
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`;

function unitPath(context: Context): string {
  const paths = pathsOf(context);
  const folder = folderFrom(context, 'XDG_CONFIG_HOME') ?? paths.join(context.home, '.config');
  return paths.join(folder, 'systemd', 'user', UNIT);
}

const systemctl = (...words: string[]): readonly [string, ...string[]] => ['systemctl', '--user', ...words];

export const systemd: ServiceManager = {
  name: 'systemd',
  path: unitPath,
  logFile: () => '',
  content: (plan) => Buffer.from(unitText(plan)),
  ready: systemctl('list-units', '--quiet', '--no-pager'),
  unavailable: 'systemd does not run for this user: run "revenium-cursor sync" from cron instead, every few minutes',
  install: () => [systemctl('daemon-reload'), systemctl('enable', UNIT), systemctl('restart', UNIT)],
  stop: () => systemctl('stop', UNIT),
  uninstall: () => [systemctl('disable', '--now', UNIT)],
  afterUninstall: () => [systemctl('daemon-reload')],
  isActive: () => systemctl('is-active', '--quiet', UNIT),
  hints: [
    `It runs while you are logged in; "loginctl enable-linger" keeps it running.`,
    `Its output: journalctl --user -u ${UNIT}`,
  ],
};
