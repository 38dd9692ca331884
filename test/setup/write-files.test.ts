import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SETUPS } from '../../src/assistants/setups.ts';
import type { Disk } from '../../src/setup/disk.ts';
import { realDisk } from '../../src/setup/disk.ts';
import { lookAt } from '../../src/setup/found.ts';
import type { Machine } from '../../src/setup/machine.ts';
import { placesToLook } from '../../src/setup/places.ts';
import { planSetup } from '../../src/setup/plan-setup.ts';
import { writeFiles } from '../../src/setup/write-files.ts';
import { TestMachine } from '../support/machine.ts';
import { ANSWERS, assistantNamed, NOT_PROBED, shellsNamed } from './home.ts';

let home: TestMachine;
let machine: Machine;
beforeEach(() => {
  home = new TestMachine();
  machine = { env: {}, home: home.home, cwd: home.home, platform: 'linux', parentPid: 1 };
});
afterEach(() => {
  home.remove();
});

async function plan(shells = ['bash', 'fish'], settings = true) {
  const found = await lookAt(placesToLook(SETUPS, machine, NOT_PROBED), machine, realDisk);
  const request = {
    assistant: assistantNamed('claude-code'),
    answers: ANSWERS,
    shells: shellsNamed(...shells),
    byHand: [],
    settings,
    leaveProfiles: false,
  };
  return planSetup(request, found, machine, NOT_PROBED, SETUPS);
}

async function setup(disk: Disk = realDisk): Promise<void> {
  await writeFiles((await plan()).edits, disk, path);
}

/** A file system on which each write-like call first asks `before`, handles included. */
function watched(before: (call: string, at: string) => void): Disk {
  const wrap = <T extends (...args: never[]) => Promise<unknown>>(name: string, call: T): T =>
    (async (...args: Parameters<T>) => {
      before(name, String(args[0]));
      return await call(...args);
    }) as unknown as T;
  const changing = ['open', 'rename', 'unlink', 'mkdir', 'rmdir', 'chown'] as const;
  const disk = { ...realDisk };
  for (const name of changing) Object.assign(disk, { [name]: wrap(name, realDisk[name] as never) });
  const open = disk.open;
  disk.open = async (...args) => {
    const file = await open(...args);
    for (const name of ['writeFile', 'chown', 'chmod', 'sync'] as const)
      Object.assign(file, { [name]: wrap(`file.${name}`, file[name].bind(file) as never) });
    return file;
  };
  return disk;
}

describe('writing', () => {
  it('goes through links, relative ones and those that lead nowhere yet', async () => {
    home.write('dotfiles/bashrc', 'alias a=b\n');
    fs.symlinkSync('dotfiles/bashrc', home.path('.bashrc'));
    fs.symlinkSync(home.path('dotfiles/not-yet'), home.path('.profile'));
    await setup();
    expect(fs.readlinkSync(home.path('.bashrc'))).toBe('dotfiles/bashrc');
    expect(home.read('dotfiles/bashrc')).toMatch(/^alias a=b\n# >>> revenium >>>\n/);
    expect(home.read('dotfiles/not-yet')).toMatch(/^# >>> revenium >>>\n/);
    const { code } = await home.run('revenium-metering', ['uninstall']);
    expect(code).toBe(0);
    expect(home.read('dotfiles/bashrc')).toBe('alias a=b\n');
    expect(fs.readlinkSync(home.path('.profile'))).toBe(home.path('dotfiles/not-yet'));
    expect(fs.existsSync(home.path('dotfiles/not-yet'))).toBe(false);
  });

  it('keeps the modes of profiles, and makes what holds a key private', async () => {
    home.write('.bashrc', 'x\n');
    fs.chmodSync(home.path('.bashrc'), 0o640);
    home.write('.claude/settings.json', '{}', 0o644);
    await setup();
    expect([home.mode('.bashrc'), home.mode('.claude/settings.json')]).toEqual([0o640, 0o600]);
    expect([home.mode('.claude/revenium.env'), home.mode('.claude/revenium.fish')]).toEqual([0o600, 0o600]);
    expect(home.mode('.local/state/revenium/setup.json')).toBe(0o600);
    expect([home.mode('.local'), home.mode('.config/fish')]).toEqual([0o700, 0o700]);
    await home.run('revenium-metering', ['uninstall']);
    expect([home.mode('.bashrc'), home.mode('.claude/settings.json')]).toEqual([0o640, 0o644]);
  });

  it.runIf(process.getuid?.() === 0)('keeps the owner, also of what root makes in somebody’s home', async () => {
    home.write('.bashrc', 'x\n');
    for (const name of ['.', '.bashrc']) fs.chownSync(home.path(name), 1234, 1234);
    await setup();
    const owners = ['.bashrc', '.profile', '.claude', '.claude/revenium.env', '.config/fish/config.fish'];
    expect(owners.map((name) => fs.statSync(home.path(name)).uid)).toEqual(owners.map(() => 1234));
  });

  it('mends the mode of an env file that others can read', async () => {
    await setup();
    fs.chmodSync(home.path('.claude/revenium.env'), 0o644);
    await setup();
    expect(home.mode('.claude/revenium.env')).toBe(0o600);
  });
});

describe('what cannot be written', () => {
  const refused = async (make: () => void, disk: Disk = realDisk): Promise<string> => {
    home.write('.bashrc', 'mine\n');
    home.write('.claude/settings.json', '{"a": 1}');
    make();
    const before = home.snapshot();
    const message = await setup(disk).then(
      () => 'nothing was refused',
      (error: unknown) => String(error),
    );
    expect(home.snapshot()).toEqual(before);
    return message;
  };

  it('a profile that is read-only', async () => {
    expect(await refused(() => fs.chmodSync(home.path('.bashrc'), 0o444))).toMatch(/\.bashrc: permission denied/);
  });

  it('a folder where a profile belongs', async () => {
    const message = await refused(() => {
      fs.rmSync(home.path('.bashrc'));
      fs.mkdirSync(home.path('.bashrc'));
    });
    expect(message).toMatch(/\.bashrc: a folder is in the way/);
  });

  it('a file where a folder belongs', async () => {
    expect(await refused(() => fs.writeFileSync(home.path('.config'), ''))).toMatch(
      /config\.fish: a file is in the way/,
    );
  });

  it('links in a circle', async () => {
    const message = await refused(() => {
      fs.symlinkSync('.profile', home.path('.profile2'));
      fs.symlinkSync('.profile2', home.path('.profile'));
    });
    expect(message).toMatch(/\.profile: its symbolic links lead in a circle/);
  });

  it('a settings file that is no JSON', async () => {
    const message = await refused(() => fs.writeFileSync(home.path('.claude/settings.json'), '{"a": '));
    expect(message).toMatch(/settings\.json is not a JSON object/);
  });

  it('a file that changes between planning and writing', async () => {
    home.write('.bashrc', 'mine\n');
    const { edits } = await plan();
    home.write('.bashrc', 'mine, edited\n');
    const before = home.snapshot();
    await expect(writeFiles(edits, realDisk, path)).rejects.toThrow('has changed in the meantime');
    expect(home.snapshot()).toEqual(before);
  });

  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });

  it('a full disk, wherever it fills up', async () => {
    home.write('.bashrc', 'mine\n');
    let calls = 0;
    await writeFiles(
      (await plan()).edits,
      watched(() => calls++),
      path,
    );
    await home.run('revenium-metering', ['uninstall']);
    expect(calls).toBeGreaterThan(20);
    const before = home.snapshot();
    for (let at = 0; at < calls; at++) {
      let call = 0;
      const disk = watched((name) => {
        const now = call++;
        // What is taken away needs no space.
        if (now === at && !/unlink|rmdir/.test(name)) throw full;
      });
      const { edits } = await plan();
      const outcome = await writeFiles(edits, disk, path).then(() => 'done', String);
      if (outcome === 'done') await home.run('revenium-metering', ['uninstall']);
      else expect(outcome).toMatch(/the disk is full/);
      expect(home.snapshot()).toEqual(before);
    }
  });
});

describe('killed at any moment', () => {
  it('every file is either old or new, and the next run ends well', async () => {
    const files = {
      '.bashrc': 'mine\n',
      '.claude/settings.json': '{"a": 1}\n',
      '.config/fish/config.fish': 'set x 1\n',
    };
    const restore = (): void => {
      for (const name of fs.readdirSync(home.home)) fs.rmSync(home.path(name), { recursive: true });
      for (const [name, content] of Object.entries(files)) home.write(name, content);
    };
    // Folders that a killed run has made are empty, or in use; the next one cannot know that they are new.
    const contents = (): Record<string, string> =>
      Object.fromEntries(
        Object.entries(home.snapshot()).filter(
          ([name, content]) => content !== 'folder' && !name.endsWith('setup.json'),
        ),
      );
    restore();
    const old = contents();
    let calls = 0;
    await writeFiles(
      (await plan()).edits,
      watched(() => calls++),
      path,
    );
    const fresh = contents();
    for (let at = 0; at < calls; at++) {
      restore();
      let call = 0;
      // From then on the process is no more: nothing it would still do happens.
      const disk = watched(() => {
        if (call++ >= at) throw new Error('killed');
      });
      await expect(writeFiles((await plan()).edits, disk, path)).rejects.toThrow();
      for (const [name, content] of Object.entries(contents()))
        if (!name.endsWith('.revenium-tmp'))
          expect([old[name], fresh[name]], `${name} after ${at} calls`).toContain(content);
      await setup();
      expect(contents()).toEqual(fresh);
      expect((await home.run('revenium-metering', ['uninstall'])).code).toBe(0);
      expect(contents()).toEqual(old);
    }
  });
});

describe('a key', () => {
  /** Reads, as often as it can, everything that it finds below a folder, and prints what holds the key. */
  const SPY = `
    const fs = require('node:fs'), path = require('node:path');
    const [root, key] = process.argv.slice(1);
    const look = (folder) => {
      let names; try { names = fs.readdirSync(folder); } catch { return; }
      for (const name of names) {
        const at = path.join(folder, name);
        try { if (fs.readFileSync(at, 'utf8').includes(key)) console.log('READ ' + at); } catch (e) { if (e.code === 'EISDIR') look(at); }
      }
    };
    const end = Date.now() + 20000;
    console.log('READY');
    const again = () => { for (let i = 0; i < 20; i++) look(root); if (Date.now() < end) setImmediate(again); };
    process.stdin.on('end', () => process.exit(0)).resume();
    again();`;

  it.runIf(process.getuid?.() === 0)('is never readable to a second user while it is written', async () => {
    fs.chmodSync(home.home, 0o755);
    for (const name of ['.claude', '.config/fish', '.local/state/revenium']) {
      fs.mkdirSync(home.path(name), { recursive: true });
    }
    for (const name of ['.claude', '.config', '.config/fish', '.local', '.local/state', '.local/state/revenium'])
      fs.chmodSync(home.path(name), 0o755);
    home.write('.claude/settings.json', '{}\n', 0o644);
    const spy = spawn(process.execPath, ['-e', SPY, home.home, ANSWERS.apiKey], {
      uid: 65534,
      gid: 65534,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // The spy is not blind: what is open to all, it reads.
    home.write('open-to-all', ANSWERS.apiKey);
    let seen = '';
    spy.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await new Promise<void>((resolve) =>
      spy.stdout.once('data', () => {
        resolve();
      }),
    );
    for (let i = 0; i < 30; i++) {
      await setup();
      await home.run('revenium-metering', ['uninstall']);
    }
    await setup();
    const ended = new Promise((resolve) => spy.on('exit', resolve));
    spy.stdin.end();
    await ended;
    const lines = [...new Set(seen.trim().split('\n'))];
    expect(lines).toEqual(['READY', `READ ${home.path('open-to-all')}`]);
    expect(home.read('.claude/revenium.env')).toContain(ANSWERS.apiKey);
  });

  it('is in no file that others could read, at any step', async () => {
    home.write('.claude/settings.json', '{}\n', 0o644);
    const open: string[] = [];
    const inspect = (): void => {
      for (const [name, content] of Object.entries(home.snapshot()))
        if (content.includes(ANSWERS.apiKey) && !content.startsWith('600 '))
          open.push(`${name}: ${content.slice(0, 3)}`);
    };
    await writeFiles((await plan()).edits, watched(inspect), path);
    inspect();
    expect(open).toEqual([]);
  });
});
