import { topicArn } from '../account.ts';
import type { ServiceHandler } from '../gateway/service.ts';
import type { Fauxqs } from '../sqs/fauxqs.ts';
import type { MessageAttributes } from '../sqs/message.ts';

/** What somebody published to a topic. */
export interface Publication {
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
  readonly attributes: MessageAttributes;
}

export interface QueueSubscription {
  readonly topicArn: string;
  readonly queueArn: string;
}

export interface Topics {
  /** Makes a topic unless it is there. @returns its ARN */
  ensure(name: string): Promise<string>;
  /** Subscribes queues; one that was subscribed by this before and is not named any more is no longer. */
  subscribe(subscriptions: readonly QueueSubscription[]): Promise<void>;
  /** Publishes as a client would: to subscribed queues and to `onPublish`. */
  publish(publication: Pick<Publication, 'topicArn' | 'subject' | 'message'>): Promise<void>;
}

export interface SnsOptions {
  readonly fauxqs: Fauxqs;
  readonly region: string;
  /** Called after the topic has taken it. fauxqs's own spy knows no subject. */
  readonly onPublish: (publication: Publication) => void;
}

export interface Sns {
  readonly handler: ServiceHandler;
  readonly topics: Topics;
}

/** SNS in its query protocol, as fauxqs has it, with an ear on what is published. */
export function createSns({ fauxqs, region, onPublish }: SnsOptions): Sns {
  const call = async (form: URLSearchParams) => {
    const response = await fauxqs.call({ contentType: 'application/x-www-form-urlencoded', body: form.toString() });
    if (response.status === 200) for (const publication of publicationsIn(form)) onPublish(publication);
    return response;
  };
  const act = async (form: URLSearchParams) => {
    const response = await call(form);
    if (response.status !== 200) throw new Error(`SNS ${form.get('Action')}: ${response.body}`);
    return response;
  };

  const subscribed = new Map<string, string>();
  const subscribe = async ({ topicArn: arn, queueArn }: QueueSubscription): Promise<string> => {
    const form = new URLSearchParams({ Action: 'Subscribe', TopicArn: arn, Protocol: 'sqs', Endpoint: queueArn });
    const { body } = await act(form);
    return /<SubscriptionArn>(.*)<\/SubscriptionArn>/.exec(String(body))?.[1] ?? '';
  };

  return {
    handler: (request) => call(new URLSearchParams(request.body.toString())),
    topics: {
      async ensure(name) {
        await act(new URLSearchParams({ Action: 'CreateTopic', Name: name }));
        return topicArn(name, region);
      },
      async subscribe(subscriptions) {
        const wanted = new Map(subscriptions.map((each) => [`${each.topicArn} ${each.queueArn}`, each]));
        for (const [key, SubscriptionArn] of [...subscribed]) {
          if (wanted.has(key)) continue;
          await act(new URLSearchParams({ Action: 'Unsubscribe', SubscriptionArn }));
          subscribed.delete(key);
        }
        for (const [key, each] of wanted) if (!subscribed.has(key)) subscribed.set(key, await subscribe(each));
      },
      async publish({ topicArn: arn, subject, message }) {
        await act(
          new URLSearchParams({
            Action: 'Publish',
            TopicArn: arn,
            Message: message,
            ...(subject && { Subject: subject }),
          }),
        );
      },
    },
  };
}

function publicationsIn(form: URLSearchParams): readonly Publication[] {
  const prefixes = {
    Publish: [''],
    PublishBatch: [...form.keys()].flatMap(
      (key) => /^(PublishBatchRequestEntries\.member\.\d+\.)Id$/.exec(key)?.[1] ?? [],
    ),
  };
  const action = form.get('Action');
  if (action !== 'Publish' && action !== 'PublishBatch') return [];
  return prefixes[action].map((prefix) => ({
    topicArn: form.get('TopicArn') ?? '',
    subject: form.get(`${prefix}Subject`) ?? undefined,
    message: form.get(`${prefix}Message`) ?? '',
    attributes: attributesIn(form, `${prefix}MessageAttributes.entry.`),
  }));
}

function attributesIn(form: URLSearchParams, prefix: string): MessageAttributes {
  const names = [...form.entries()].filter(([key]) => key.startsWith(prefix) && key.endsWith('.Name'));
  return Object.fromEntries(
    names.map(([key, name]) => {
      const value = key.replace(/Name$/, 'Value.');
      return [
        name,
        {
          DataType: form.get(`${value}DataType`) ?? 'String',
          StringValue: form.get(`${value}StringValue`) ?? undefined,
          BinaryValue: form.get(`${value}BinaryValue`) ?? undefined,
        },
      ];
    }),
  );
}
