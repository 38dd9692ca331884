import { execFile } from 'node:child_process';
import type { Context } from '../../../context.ts';
import type { ProgramCall } from './service-manager.ts';

export interface ProgramResult {
  ok: boolean;
  /** What it said, on one line. */
  said: string;
}

const TIMEOUT_MS = 30_000;

/** Runs a program of the machine; that it is missing is a result like any other. */
export function runProgram([program, ...words]: ProgramCall, { env, signal }: Context): Promise<ProgramResult> {
  return new Promise((resolve) => {
    execFile(program, words, { env: { ...env }, signal, timeout: TIMEOUT_MS, windowsHide: true }, (error, out, err) => {
      const said = `${err}${out}`.trim().replace(/\s+/g, ' ') || (error?.message ?? '');
      resolve({ ok: error === null, said });
    });
  });
}
