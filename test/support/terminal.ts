import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** A command in a real terminal, by way of tmux: typed into and read as a person would. */
export class Terminal {
  private readonly socket = `revenium-test-${randomUUID()}`;

  /** The command's exit code is printed when it ends, as `[exit 0]`. */
  constructor(command: readonly string[], env: Readonly<Record<string, string | undefined>>) {
    const pairs = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
    const line = ['env', '-i', 'TERM=screen-256color', ...pairs, ...command].map(quote).join(' ');
    this.tmux('-f', '/dev/null', 'new-session', '-d', '-x', '110', '-y', '50', `${line}; echo "[exit $?]"; sleep 600`);
  }

  private tmux(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync('tmux', ['-L', this.socket, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  screen(): string {
    return this.tmux('capture-pane', '-p', '-J').trimEnd();
  }

  /** Waits until the screen shows it; gives the screen. */
  async shows(what: string | RegExp): Promise<string> {
    for (let tries = 0; tries < 600; tries++) {
      const screen = this.screen();
      if (typeof what === 'string' ? screen.includes(what) : what.test(screen)) return screen;
      await delay(50);
    }
    throw new Error(`the terminal never showed ${String(what)}:\n${this.screen()}`);
  }

  type(text: string): void {
    this.tmux('send-keys', '-l', text);
  }

  /** As tmux names them: `Enter`, `C-c`, `Down`. */
  press(...keys: string[]): void {
    this.tmux('send-keys', ...keys);
  }

  /** Answers a question once it is asked. */
  async answer(question: string, text = ''): Promise<void> {
    await this.shows(question);
    if (text) this.type(text);
    this.press('Enter');
  }

  close(): void {
    spawnSync('tmux', ['-L', this.socket, 'kill-server']);
  }
}
