/** Whom the suite can tell apart. `other` answers no address that is known here. */
export type EndpointKind = 'embedded' | 'ministack' | 'localstack' | 'moto' | 'aws' | 'other';

/** Why a cloud cannot support a check, by the check's name. */
export type Limits = Readonly<Record<string, string>>;

/** The same reason for several checks. */
export const limited = (reason: string, checks: readonly string[]): Limits =>
  Object.fromEntries(checks.map((check) => [check, reason]));

/** The tests of the repository that an emulator's DynamoDB is put under, as one check. */
export const STORE_CONTRACT = "the store's contract holds over its DynamoDB";

/** The deployment of a changed app: without it, the checks of what changed are not made either. */
export const UPDATE = 'a changed app deploys over it';

/** The checks in which a function has to run. */
export const RUNNING = [
  'a message delivered twice makes one run',
  'a message of a run that has ended is acknowledged, and runs nothing',
  'an input comes to the job as it was sent, whatever its characters',
  "a message that is no run's goes to the dead-letter queue, with the reason",
  'a failed attempt is made again after its backoff, as the same run',
  'a job that outlives its timeout hears its signal, is recorded as timed out, and runs again',
  'a run that fails for good leaves a dead letter, with its run, attempts and error, and is told',
  'a dead letter moved back by hand has its run go on, with a new round of attempts',
  'a dead letter moved back by StartMessageMoveTask has its run go on, its attributes kept',
  'a run that is asked for while another of its job runs waits for it, and runs after it',
  'a lock is free after its run, and its token rises with each taking',
  'a run whose process is killed is taken over, as the same run',
  'a loop that never yields is ended with its function, and its run taken over',
  'a dead letter turns its alarm on, and the topic is told',
  'a failed run turns on the alarm that all jobs share',
  'a due time of a schedule leaves one completed record',
  'a one-time schedule fires, and is deleted when it has',
  'a schedule is due by the clock of its zone',
  'a due time that never comes is recorded as missed, and told',
  'a missed due time is made up for by a later run',
  'a message that comes too late is recorded as skipped',
  "a due time on a day of its calendar is recorded as skipped, with the calendar's name",
  'a run whose message was lost is sent again',
  'the watchdog looks every minute',
  'a job that stayed goes on',
];

const NO_METRIC_MATH = 'CloudFormation refuses Metrics in AWS::CloudWatch::Alarm; these alarms are left out';
const NO_EMBEDDED_METRICS = 'it makes no metrics of log lines in the embedded metric format';
const NO_SCHEDULE_UPDATE = 'CloudFormation leaves a changed AWS::Scheduler::Schedule as it was';

/**
 * What is known not to be supported, as seen with the versions in docs/emulators.md. The lists are closed: any other
 * check that an endpoint cannot support fails there. An unknown endpoint is taken at its word instead.
 */
export const LIMITS: Readonly<Record<EndpointKind, Limits>> = {
  embedded: {
    ...limited('it evaluates alarms, but has no CloudWatch API', [
      'alarms over one metric are there, and tell the topic',
      'alarms over several metrics are there',
      'an alarm that goes on tells the topic',
    ]),
    ...limited('it runs functions, but has no Lambda API', [
      'functions have their runtime, memory, timeout and variables',
      'functions write to a log group of their own',
      'mappings hand over one message at a time, and take failures by item',
    ]),
    ...limited('it encrypts nothing and knows no policies', [
      'queues are encrypted, and refuse plain HTTP',
      'the alert topic is encrypted with a key of its own',
    ]),
    'the table forgets ended runs by their time to live':
      'it keeps the records of ended runs until `npm start -- --fresh`',
  },
  ministack: {
    'alarms over several metrics are there': NO_METRIC_MATH,
    'a failed run turns on the alarm that all jobs share': NO_EMBEDDED_METRICS,
    'a dead letter turns its alarm on, and the topic is told':
      'it has no AWS/SQS metrics, so no alarm over them changes',
    'a dead letter moved back by StartMessageMoveTask has its run go on, its attributes kept':
      'its SQS has no StartMessageMoveTask',
    'a due time that cannot be delivered becomes a dead letter in the delivery queue, with its scheduled time':
      'it ignores the DeadLetterConfig of a schedule',
    'what a schedule leaves to EventBridge is filled in': 'it sends <aws.scheduler.…> as it stands',
    ...limited('CloudFormation drops ScheduleExpressionTimezone', [
      'schedules have their zone',
      'a changed schedule has its new zone',
    ]),
    'a schedule is due by the clock of its zone': 'it reads every expression in UTC',
    'the alert topic is encrypted with a key of its own': 'CloudFormation drops KmsMasterKeyId of AWS::SNS::Topic',
    'the table forgets ended runs by their time to live':
      'CloudFormation drops TimeToLiveSpecification of AWS::DynamoDB::Table',
    'CloudFormation itself refuses a name that another stack has':
      'CloudFormation takes a name that exists, and the resource is then of both stacks',
  },
  localstack: {
    'a run that is asked for while another of its job runs waits for it, and runs after it':
      'its event source mappings hand over one message at a time, whatever MaximumConcurrency says',
    'a failed run turns on the alarm that all jobs share': NO_EMBEDDED_METRICS,
    ...limited(NO_SCHEDULE_UPDATE, [
      'a changed schedule has its new expression, and the rest of it',
      'a changed schedule has its new zone',
    ]),
  },
  moto: {
    ...limited('CloudFormation passes AWS::Scheduler::ScheduleGroup and AWS::Scheduler::Schedule over in silence', [
      'schedules have their expression, queue, retries and dead-letter queue',
      'schedules have their zone',
      'what a schedule leaves to EventBridge is filled in',
      'a schedule without an input sends a notification of its own',
      'a word that EventBridge does not document is sent as it stands, or left out',
      'no schedule is left',
      'no schedule group is left',
      'a due time that cannot be delivered becomes a dead letter in the delivery queue, with its scheduled time',
      'what AWS does not document of a schedule is taken, or refused as invalid',
    ]),
    ...limited('CloudFormation passes AWS::CloudWatch::Alarm over in silence', [
      'alarms over one metric are there, and tell the topic',
      'alarms over several metrics are there',
      'an alarm that goes on tells the topic',
      'no alarm is left',
    ]),
    'queues are encrypted, and refuse plain HTTP': 'CloudFormation passes AWS::SQS::QueuePolicy over in silence',
    'dead-letter queues take dead letters of their own queue only': 'its SQS drops RedriveAllowPolicy',
    'the table forgets ended runs by their time to live':
      'CloudFormation drops TimeToLiveSpecification of AWS::DynamoDB::Table',
    'functions have their runtime, memory, timeout and variables':
      'CloudFormation drops Architectures of AWS::Lambda::Function',
    'functions write to a log group of their own': 'CloudFormation drops LoggingConfig of AWS::Lambda::Function',
    [UPDATE]: 'the second change set of a stack is not found ("Stack with id cdk-deploy-change-set does not exist")',
  },
  aws: {},
  other: {},
};
