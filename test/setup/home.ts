import { Volume } from 'memfs';
import { posix } from 'node:path';
import { SETUPS } from '../../src/assistants/setups.ts';
import type { Answers, AssistantSetup } from '../../src/setup/assistant-setup.ts';
import type { Disk } from '../../src/setup/disk.ts';
import { lookAt } from '../../src/setup/found.ts';
import type { Machine } from '../../src/setup/machine.ts';
import { placesToLook } from '../../src/setup/places.ts';
import type { ProbedFacts } from '../../src/setup/places.ts';
import type { SetupPlan, SetupRequest } from '../../src/setup/plan-setup.ts';
import { planSetup } from '../../src/setup/plan-setup.ts';
import type { UninstallPlan } from '../../src/setup/plan-uninstall.ts';
import { planUninstall } from '../../src/setup/plan-uninstall.ts';
import { SHELLS } from '../../src/setup/shells.ts';
import type { Shell } from '../../src/setup/shells.ts';
import { removeEmptyFolders, writeFiles } from '../../src/setup/write-files.ts';

const HOME = '/home/ada';
export const NOT_PROBED: ProbedFacts = { zshFolder: null, documents: null };

export const ANSWERS: Answers = {
  apiKey: 'hak_acme_0123456789abcdef',
  endpoint: 'https://api.revenium.ai',
  email: 'ada@acme.com',
  tier: 'max_20x',
  organization: 'Acme Corp',
  product: null,
  cursorApiKey: 'crsr_0123456789abcdef',
  syncInterval: 5,
};

export function assistantNamed(id: string): AssistantSetup {
  const found = SETUPS.find((setup) => setup.id === id);
  if (!found) throw new Error(`no assistant ${id}`);
  return found;
}

export function shellsNamed(...names: string[]): Shell[] {
  return SHELLS.filter(({ id }) => names.includes(id));
}

export interface HomeFile {
  content: string;
  mode: number;
}

/** A home in memory on which the whole of setup can be run: look, plan, write. */
export class MemoryHome {
  readonly volume = new Volume();
  readonly disk: Disk;
  readonly machine: Machine;

  constructor(files: Readonly<Record<string, Buffer | string>> = {}, machine: Partial<Machine> = {}) {
    this.machine = { env: {}, home: HOME, cwd: HOME, platform: 'linux', parentPid: 1, ...machine };
    this.volume.mkdirSync(HOME, { recursive: true });
    // memfs follows node's types closely enough for what setup does with it.
    // Its folders lose count of their files when a rename replaces one, hence `rmdir`.
    this.disk = Object.assign(Object.create(this.volume.promises) as Disk, {
      rmdir: async (path: string) => {
        if (this.volume.readdirSync(path).length > 0) throw new Error('ENOTEMPTY');
        this.volume.rmSync(path, { recursive: true });
      },
    });
    for (const [path, content] of Object.entries(files)) this.put(path, content);
  }

  path(name: string): string {
    return posix.resolve(HOME, name);
  }

  put(name: string, content: Buffer | string, mode = 0o644): void {
    const path = this.path(name);
    this.volume.mkdirSync(posix.dirname(path), { recursive: true });
    this.volume.writeFileSync(path, content);
    this.volume.chmodSync(path, mode);
  }

  bytes(name: string): Buffer {
    return Buffer.from(this.volume.readFileSync(this.path(name)) as Buffer);
  }

  text(name: string): string {
    return this.bytes(name).toString('utf8');
  }

  has(name: string): boolean {
    return this.volume.existsSync(this.path(name));
  }

  /** Every file, folder and link below the home's root, byte for byte. */
  snapshot(): Record<string, HomeFile | string> {
    const all: Record<string, HomeFile | string> = {};
    const walk = (folder: string): void => {
      for (const name of this.volume.readdirSync(folder) as string[]) {
        const path = posix.join(folder, name);
        const stat = this.volume.lstatSync(path);
        if (stat.isSymbolicLink()) all[path] = `-> ${String(this.volume.readlinkSync(path))}`;
        else if (stat.isDirectory()) {
          all[path] = 'folder';
          walk(path);
        } else all[path] = { content: this.bytes(path).toString('latin1'), mode: Number(stat.mode) & 0o7777 };
      }
    };
    walk('/');
    return all;
  }

  async plan(request: Partial<SetupRequest> & Pick<SetupRequest, 'assistant'>): Promise<SetupPlan> {
    const found = await lookAt(placesToLook(SETUPS, this.machine, NOT_PROBED), this.machine, this.disk);
    const defaults = {
      answers: ANSWERS,
      shells: shellsNamed('bash'),
      byHand: [],
      settings: false,
      leaveProfiles: false,
    };
    const full = { ...defaults, ...request };
    return planSetup(full, found, this.machine, NOT_PROBED, SETUPS);
  }

  async setup(id = 'claude-code', request: Partial<SetupRequest> = {}): Promise<SetupPlan> {
    const plan = await this.plan({ assistant: assistantNamed(id), ...request });
    await writeFiles(plan.edits, this.disk, posix);
    return plan;
  }

  async uninstall(id = 'claude-code'): Promise<UninstallPlan> {
    const found = await lookAt(placesToLook(SETUPS, this.machine, NOT_PROBED), this.machine, this.disk);
    const plan = planUninstall(assistantNamed(id), found, this.machine, NOT_PROBED, SETUPS);
    await writeFiles(plan.edits, this.disk, posix);
    await removeEmptyFolders(plan.folders, this.disk);
    return plan;
  }
}
