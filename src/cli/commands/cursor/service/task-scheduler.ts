import { pathsOf } from '../../../../setup/machine.ts';
import type { ServiceManager } from './service-manager.ts';
import { SERVICE_TITLE } from './service-plan.ts';
import type { ServicePlan } from './service-plan.ts';
import { xml } from './xml.ts';

const TASK = 'Revenium\\Cursor sync';

/** A word as Windows programs take their command line apart (CommandLineToArgvW). */
const word = (text: string): string => `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;

/** A task of the user who creates it: from logon on, without a time limit, started again a minute after a failure. */
export const taskText = ({ node, script, arguments: words }: ServicePlan): string =>
  `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>${SERVICE_TITLE}</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Hidden>true</Hidden>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>999</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${xml(node)}</Command>
      <Arguments>${xml([script, ...words].map(word).join(' '))}</Arguments>
    </Exec>
  </Actions>
</Task>
`.replaceAll('\n', '\r\n');

/** The scheduler takes UTF-16 with a byte order mark alone. */
const encoded = (plan: ServicePlan): Buffer => Buffer.from(`\uFEFF${taskText(plan)}`, 'utf16le');

export const taskScheduler: ServiceManager = {
  name: 'Task Scheduler',
  path: (context) => pathsOf(context).join(context.home, '.cursor', 'revenium', 'cursor-sync.task.xml'),
  logFile: () => '',
  content: encoded,
  ready: ['schtasks', '/Query', '/FO', 'LIST'],
  unavailable: 'the Task Scheduler cannot be asked',
  install: (context) => [
    ['schtasks', '/Create', '/TN', TASK, '/XML', taskScheduler.path(context), '/F'],
    ['schtasks', '/Run', '/TN', TASK],
  ],
  stop: () => ['schtasks', '/End', '/TN', TASK],
  uninstall: () => [
    ['schtasks', '/End', '/TN', TASK],
    ['schtasks', '/Delete', '/TN', TASK, '/F'],
  ],
  isActive: () => ['schtasks', '/Query', '/TN', TASK],
  hints: ['It runs from your next logon on, and now.'],
};
