/** Writes items until four hundred were tried, prints which were acknowledged and what was reported, and is killed. */
import { perform } from '../../../lib/local/dynamodb/dynalite.ts';
import { KeptStore } from '../../../lib/local/dynamodb/kept-store.ts';
import { toCreateTable } from '../../../lib/local/dynamodb/table-properties.ts';
import { runsTable } from './runs-table.ts';

const { TableName } = runsTable;
const [directory = ''] = process.argv.slice(2);
const events: string[] = [];
const kept = await KeptStore.open({
  directory,
  prepare: () => {},
  observer: { onRefuses: () => events.push('refuses'), onReopened: () => events.push('reopened') },
});
const call = (operation: string, input: object) => kept.use((store) => perform(store, operation, input));

await call('CreateTable', toCreateTable(runsTable));
while (!JSON.stringify(await call('DescribeTable', { TableName })).includes('ACTIVE'));
const acknowledged: number[] = [];
for (let id = 0; id < 400; id++) {
  const Item = { pk: { S: 'JOB#report' }, sk: { S: `RUN#${id}` }, filling: { S: 'x'.repeat(4000) } };
  await call('PutItem', { TableName, Item }).then(
    () => acknowledged.push(id),
    () => {},
  );
}
process.stdout.write(JSON.stringify({ acknowledged, events }), () => process.kill(process.pid, 'SIGKILL'));
