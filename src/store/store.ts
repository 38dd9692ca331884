import type { Readable } from 'node:stream';
import type { DailyFigure } from '../usage/daily-figure.ts';
import type { Activity, EventState, PricedValues } from '../usage/event.ts';
import type { PullRequest } from '../usage/pull-request.ts';
import type { Snapshot } from '../usage/snapshot.ts';
import type { ReportRow, Sql } from '../reports/sql.ts';

/** What one request brings; written whole or not at all. */
export interface WriteBatch {
  events: readonly EventState[];
  activities: readonly Activity[];
  /** Closing records of a source that sends its rows in snapshots. */
  snapshots?: readonly Snapshot[];
}

export interface Written {
  /** Of the batch's snapshots, those whose rows are not all there: they were not applied. */
  incomplete: readonly Snapshot[];
}

/** One version of one thing that is administered (an organisation, a key, a seat …). Never changed, only followed. */
export interface ControlRecord {
  kind: string;
  /** Unique within its kind. */
  entityId: string;
  /** 1, 2, 3 … */
  version: number;
  org: string;
  atMs: number;
  /** Who did it: a key's id, or `server`. */
  author: string;
  data: Readonly<Record<string, unknown>>;
}

/** Prices an event once it is joined. */
export type Pricer = (event: EventState) => PricedValues;

/** From when until when an actor is which person, in what team. Segments of one actor do not overlap. */
export interface DirectoryRow {
  actor: string;
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  /** The person's canonical actor, `email:ada@acme.com`. */
  person: string;
  team: string | null;
  department: string | null;
}

/** A file's content; what holds it is released when the stream is closed. */
export interface Backup {
  bytes: number;
  content: Readable;
}

/**
 * Where events live. Every method rejects with `StoreUnavailable` while the engine cannot answer; nothing that was
 * resolved is lost after that, whatever is killed when.
 */
export interface Store {
  /** True where other processes write to it too: what they administer has to be read again from time to time. */
  readonly shared?: boolean;
  /** Joins the batch into what is there. Resolves once it is durable. Sending the same again changes nothing. */
  write(batch: WriteBatch): Promise<Written>;
  /** Observed events by id (64 hex digits), in no order; unknown ids are left out. */
  find(org: string, ids: readonly string[]): Promise<EventState[]>;
  /** A report: plain SQL that every engine reads alike. */
  query(sql: Sql): Promise<ReportRow[]>;
  /** Every version of every entity, oldest first. */
  readControl(): Promise<ControlRecord[]>;
  /** Appends versions; `ControlConflict` if one of them exists already, in which case none is written. */
  appendControl(records: readonly ControlRecord[]): Promise<void>;
  /** Puts these in the place of all rows of the organisation in the table `directory`, at once. */
  replaceDirectory(org: string, rows: readonly DirectoryRow[]): Promise<void>;
  /** Puts these in the place of all that the table `daily_figure` has of the same reporters' same days, at once. */
  replaceFigures(org: string, figures: readonly DailyFigure[]): Promise<void>;
  /** Keeps, in the table `pull_request`, the newest reading of each (repository, number). */
  writePullRequests(org: string, rows: readonly PullRequest[]): Promise<void>;
  /**
   * Removes what happened before a UTC day, for good; when somebody was first seen is kept. Absent where the engine
   * has no such thing.
   */
  forgetBefore?(day: number): Promise<void>;
  /**
   * All that is stored as one file, as it is at one moment at or after the call, while others read and write. Absent
   * where the engine keeps no file of its own.
   */
  backup?(): Promise<Backup>;
  /** Resolves if the store can write now. */
  ready(): Promise<void>;
  /** Finishes what was accepted, then closes the files. */
  close(): Promise<void>;
}

/** The engine cannot answer at present; the same request may succeed later. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** Somebody else wrote this version first: read again and decide again. */
export class ControlConflict extends Error {
  override readonly name = 'ControlConflict';
}
