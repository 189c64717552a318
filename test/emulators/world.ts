import {
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-scheduler';
import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { createTick, tickClients } from '../../lib/emulators/index.ts';
import { type EpochMs, milliseconds } from '../../lib/units.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { type Definition, expressionOf, History, minuteOf } from './model.ts';

/** What the endpoint does wrong. `lost`: a message is sent, and its answer lost. `empty`: the list has nobody in it. */
export const FAULTS = ['list', 'empty', 'read', 'send', 'lost', 'delete'] as const;
export type Fault = (typeof FAULTS)[number];

export const POLL_MS = 10_000;

/** A due time of a schedule, as text: `a 2026-11-23T12:01Z`. */
export type Due = `${string} ${string}`;
export const dueOf = (name: string, time: number): Due => `${name} ${minuteOf(time)}`;

/** A tick, on a virtual clock, at an endpoint in memory that can fail; and all that can be seen from outside of it. */
export class World {
  readonly clock: VirtualClock;
  readonly history = new History();
  readonly sent: Due[] = [];
  /** When each due time was tried first. */
  readonly triedAt = new Map<Due, EpochMs>();
  readonly missed: Due[] = [];
  /** What the tick has deleted at the endpoint. */
  readonly deleted: { readonly name: string; readonly definition: Definition }[] = [];
  readonly answersLost = new Set<Due>();
  startedAt: EpochMs;
  #faults: ReadonlySet<Fault> = new Set();
  readonly #tick;
  readonly #datePrecisionMs: number;

  constructor({ now, datePrecisionMs }: { readonly now: string; readonly datePrecisionMs: number }) {
    this.clock = new VirtualClock(now);
    this.startedAt = this.clock.now();
    this.#datePrecisionMs = datePrecisionMs;
    this.#tick = createTick({
      clients: this.#clients(),
      groups: ['belfry-dev'],
      clock: this.clock,
      pollEvery: milliseconds(POLL_MS),
      observer: {
        onMissedWhileOff: ({ name }, times) => this.missed.push(...times.map((time) => dueOf(name, time))),
      },
    });
  }

  /** The first list is answered: otherwise there is no tick. */
  async start(): Promise<void> {
    this.fail([...this.#faults].filter((fault) => fault !== 'list'));
    this.startedAt = this.clock.now();
    await this.#tick.start();
  }

  async stop(): Promise<void> {
    await this.#tick.stop();
  }

  /** From now on the endpoint has these faults, and no others. */
  fail(faults: readonly Fault[]): void {
    this.#faults = new Set(faults);
  }

  change(name: string, definition: Definition | undefined): void {
    this.history.change(name, this.clock.now(), definition);
  }

  #clients() {
    const connection = { endpoint: 'http://localhost', region: 'us-east-1' };
    const clients = tickClients({ ...connection, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
    const scheduler = mockClient(clients.scheduler);
    scheduler.on(ListSchedulesCommand).callsFake(() => this.#list());
    scheduler.on(GetScheduleCommand).callsFake(({ Name }) => this.#read(Name));
    scheduler.on(DeleteScheduleCommand).callsFake(({ Name }) => this.#delete(Name));
    const sqs = mockClient(clients.sqs);
    sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: 'http://localhost/reports' });
    sqs.on(SendMessageCommand).callsFake(({ MessageBody }) => this.#send(MessageBody));
    return clients;
  }

  #list() {
    this.#failOn('list');
    const isEmpty = this.#faults.has('empty');
    this.history.look({ at: this.clock.now(), isEmpty, couldRead: !this.#faults.has('read') });
    return { Schedules: isEmpty ? [] : this.history.names().map((Name) => ({ Name, ...this.#dates(Name) })) };
  }

  #read(Name: string) {
    this.#failOn('read');
    const definition = this.history.current(Name)?.definition;
    if (definition === undefined) throw new ResourceNotFoundException({ message: Name, Message: Name, $metadata: {} });
    return {
      Name,
      Arn: `arn:aws:scheduler:us-east-1:000000000000:schedule/belfry-dev/${Name}`,
      ...this.#dates(Name),
      ScheduleExpression: expressionOf(definition),
      State: definition.isEnabled ? 'ENABLED' : 'DISABLED',
      ActionAfterCompletion: definition.deletes ? 'DELETE' : 'NONE',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: 'arn:aws:sqs:us-east-1:000000000000:reports',
        RoleArn: 'arn:aws:iam::000000000000:role/scheduler',
        Input: `${Name} <aws.scheduler.scheduled-time>`,
      },
    };
  }

  #delete(name: string) {
    this.#failOn('delete');
    const definition = this.history.current(name)?.definition;
    if (definition !== undefined) this.deleted.push({ name, definition });
    this.change(name, undefined);
    return {};
  }

  #send(body: string) {
    const [name = '', time = ''] = body.split(' ');
    const due = dueOf(name, Date.parse(time));
    if (!this.triedAt.has(due)) this.triedAt.set(due, this.clock.now());
    this.#failOn('send');
    this.sent.push(due);
    if (this.#faults.has('lost')) this.answersLost.add(due);
    this.#failOn('lost');
    return {};
  }

  #failOn(fault: Fault): void {
    if (this.#faults.has(fault)) throw new Error(`the emulator fails to ${fault}`);
  }

  #dates(name: string) {
    const { createdAt = 0, at = 0 } = this.history.current(name) ?? {};
    const toDate = (instant: number) => new Date(instant - (instant % this.#datePrecisionMs));
    return { CreationDate: toDate(createdAt), LastModificationDate: toDate(at) };
  }
}
