import fc from 'fast-check';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { compareTimes } from '../../../lib/cli/import/compare/compare.ts';
import { formatComparison } from '../../../lib/cli/import/compare/compare-view.ts';
import { readCrontab } from '../../../lib/cli/import/crontab/read-crontab.ts';
import type { Candidate, Reading } from '../../../lib/cli/import/found.ts';
import { readManifests } from '../../../lib/cli/import/k8s/read-manifests.ts';
import { maskCommand } from '../../../lib/cli/import/mask/mask-command.ts';
import { addEntries } from '../../../lib/cli/import/project/add-entries.ts';
import { planImport } from '../../../lib/cli/import/project/plan.ts';
import { readSchedulesFile } from '../../../lib/cli/import/project/schedules-file.ts';
import { formatReport } from '../../../lib/cli/import/report.ts';
import { CommandError } from '../../../lib/cli/shared/exit-codes.ts';
import { epochMs } from '../../../lib/units.ts';
import { countOf } from '../../support/thorough.ts';

/** Nothing of a secret in a command reaches what an import prints, writes or throws, whatever shape it has. */

/** Where a secret stands, as `§`. In the shell of a crontab or of `sh -c`. */
const SHAPES = String.raw`
mysql -p§ shop
mysql -uroot -p§ shop
mysql --password=§ shop
mysql --password § shop
mysqldump -u root -p'§' shop | gzip > /var/backups/shop.sql.gz
MYSQL_PWD=§ mysqldump shop
PGPASSWORD=§ psql -h db shop
PGPASSWORD='§' pg_dump shop > /tmp/x
env PGPASSWORD=§ pg_dump shop
export TOKEN=§; /opt/app/run.sh
export TOKEN='§' && /opt/app/run.sh
declare -x KEY=§; work
psql postgres://app:§@db.internal/shop
psql "postgresql://app:§@db.internal:5432/shop?sslmode=require"
mongodump --uri=mongodb+srv://app:§@cluster.example.net/shop
redis-cli -a § flushall
redis-cli -u redis://:§@cache:6379 ping
curl -u user:§ https://a.example
curl -uuser:§ https://a.example
curl -fsSu 'user:§' https://a.example
curl --user user:§ https://a.example
curl --user=§ https://a.example
curl --proxy-user 'u:§' https://a.example
curl https://user:§@a.example/report
curl https://§@a.example/report
curl -H 'Authorization: Bearer §' https://a.example
curl -H "Authorization: Basic §" https://a.example
curl -HX-Api-Key:§ https://a.example
curl --header 'Authorization: Bearer §' https://a.example
curl --header="X-Api-Key: §" https://a.example
curl --oauth2-bearer § https://a.example
curl -b session=§ https://a.example
curl -d '{"password":"§"}' https://a.example
curl -d password=§ https://a.example
curl --data-urlencode "token=§" https://a.example
curl "https://a.example/cron?key=§"
curl https://a.example/cron?key=§
curl https://a.example/#§
curl https://hooks.slack.com/services/T00000000/B00000000/§
curl -X POST https://hooks.slack.com/services/§/B00000000/x -d '{"text":"done"}'
curl https://discord.com/api/webhooks/1234/§
curl https://api.telegram.org/bot§/sendMessage
curl https://maker.ifttt.com/trigger/x/with/key/§
curl -fsS -m 10 --retry 5 https://hc-ping.com/§
curl hooks.slack.com/services/T0/B0/§
wget -qO- --http-password=§ https://a.example
wget --header="PRIVATE-TOKEN: §" https://a.example
wget ftp://user:§@ftp.example.com/file.csv
echo § | sudo -S systemctl restart nginx
echo '§' | docker login -u me --password-stdin
echo "§" | base64 -d | sh
echo § | base64 -d > /tmp/key
printf '%s' § | openssl enc -aes-256-cbc -pass stdin
printf "user:§\n" | chpasswd
openssl enc -d -aes-256-cbc -k § -in /srv/x
openssl enc -pass pass:§ -in /srv/x
gpg --batch --passphrase § -d /srv/x.gpg
gpg --passphrase-fd 0 <<< §
mysql shop <<< "set password = '§'"
cat <<EOF | mysql
cat << EOF > /tmp/x; § ; EOF
sshpass -p § ssh deploy@host uptime
sshpass -p§ scp /srv/x host:/srv/y
sshpass '-p§' rsync -a /srv/x host:/srv/y
lftp -u user,§ sftp.example.com
lftp -e 'open -u user,§ host; quit'
ftp -n <<< "user me §"
smbclient //server/share § -U user
smbclient //server/share -U user%§
sudo -p § ls
su - app -c 'PASSWORD=§ work'
sh -c "mysql -p§ shop"
bash -lc 'cd /app && ./run.sh --token §'
bash -c 'eval "$(echo § | base64 -d)"'
ssh host "mysql -p§ shop"
ssh -i /home/app/key.txt host 'TOKEN=§ work'
docker run -e DB_PASSWORD=§ registry.example.com/app
docker run --env=DB_PASSWORD=§ app
docker exec app php artisan x --key=§
kubectl create secret generic x --from-literal=password=§
aws configure set aws_secret_access_key §
AWS_ACCESS_KEY_ID=§ AWS_SECRET_ACCESS_KEY=§ aws s3 sync /data s3://bucket/data
s3cmd --access_key=§ --secret_key=§ sync /data s3://bucket
rclone sync /data :s3,access_key_id=§:bucket
RESTIC_PASSWORD=§ restic -r /srv/backup backup /data
restic --password-command 'echo §' backup /data
vault login § && work
npm publish --//registry.example.com/:_authToken=§
git clone https://oauth2:§@gitlab.example.com/a/b.git
git push https://§@github.com/a/b.git
git -c http.extraHeader='Authorization: Bearer §' fetch
az login --service-principal -u app -p § --tenant x
php /srv/app/cron.php § prod
php /srv/app/cron.php token=§
python /srv/app/job.py --api-key § --full
python -c "import x; x.run('§')"
node -e 'run("§")'
perl -e 'print "§"'
/opt/app/run.sh "$(echo §)"
/opt/app/run.sh ${'`'}echo §${'`'}
/opt/app/run.sh \§
/opt/app/run.sh x§
/opt/app/run.sh 'a'"§"
/opt/app/run.sh $'§'
work § hard
timeout 10m § work
nice -n 5 env -S § work
flock -n /var/lock/x.lock sshpass -p § ssh h
for t in § b; do /opt/run.sh $t; done
case $x in §) /opt/run.sh;; esac
PASSWORDS=(a § b); /opt/run.sh
if [ "$x" = § ]; then /opt/run.sh; fi
[[ $x == § ]] && /opt/run.sh
find /srv -name '§' -delete
sed -i s/x/§/ /etc/app.conf
awk -v k=§ '{print k}' /etc/app.conf
/opt/run.sh > /srv/§==
/opt/run.sh 2> §
/opt/run.sh # §
/opt/run.sh & TOKEN=§ work
(TOKEN=§ work; other)
-p§ work
node § x
npx § x
php § x
python § run
bash §
run-parts §
perl -w §
http POST https://a.example x:§
work backup §
`
  .trim()
  .split('\n')
  .filter((shape) => shape.includes('§') && !shape.includes('$"'));

/** By the looks of what people keep secret: passwords, tokens by known prefixes, keys, JWTs, hooks. */
const letters = (alphabet: string, [min, max]: readonly [number, number]) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: min, maxLength: max });
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const MIXED = `${LOWER}${LOWER.toUpperCase()}${DIGITS}`;
const canary = fc.oneof(
  fc.constantFrom(
    'hunter2',
    'correcthorse',
    'sesam-oeffne-dich',
    'Sommer2024',
    'tr0ub4dor',
    'letmeinplease',
    'qwertzuiop',
  ),
  letters(MIXED, [16, 40]).filter((text) => /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text)),
  letters(`${DIGITS}abcdef`, [24, 64]).filter((text) => /\d[a-f]|[a-f]\d/.test(text)),
  letters(MIXED, [36, 36]).map((text) => `ghp_${text}`),
  letters(DIGITS, [10, 12]).map((text) => `xoxb-${text}-${text}`),
  letters(LOWER.toUpperCase() + DIGITS, [16, 16]).map((text) => `AKIA${text}`),
  letters(MIXED, [24, 24]).map((text) => `sk_live_${text}`),
  fc
    .tuple(letters(MIXED, [20, 30]), letters(MIXED, [20, 40]))
    .map(([body, sign]) => `eyJhbGciOiJIUzI1NiJ9.${body}.${sign}`),
  letters(`${MIXED}/+`, [40, 40])
    .filter((text) => /\d/.test(text))
    .map((text) => `w${text}=`),
  letters(DIGITS, [6, 16]),
  fc.uuid(),
);

const READABLE = { path: 'x', timezone: 'UTC', form: 'user' } as const;

/** All that the import would print, write and throw. */
function outputsOf(read: () => Reading): string {
  let reading: Reading;
  try {
    reading = read();
  } catch (error) {
    if (error instanceof CommandError) return `${error.message}${JSON.stringify(error)}`;
    throw error;
  }
  const candidates = reading.found.filter((each): each is Candidate => each.kind === 'candidate');
  const plan = planImport(candidates, { jobs: [], entries: [], group: '' });
  const schedules = addEntries(readSchedulesFile('export const schedules = {};'), plan.entries);
  const compared = candidates.map((line) => {
    const from = epochMs(Date.parse('2027-01-01T00:00Z'));
    const comparison = compareTimes(line, { cron: line.cron, timezone: line.timezone, dst: 'skip' }, from, 1);
    return `${line.shown} ${formatComparison(comparison, line.timezone, pc.createColors(false))}`;
  });
  return [
    formatReport(reading, plan, pc.createColors(false)),
    ...plan.stubs.flatMap(({ path, text }) => [path, text]),
    schedules,
    ...compared,
    JSON.stringify(reading),
  ].join('\n');
}

/** Whether a secret, or a part of it that gives it away, is in what is printed. */
function expectNone(outputs: string, secret: string): void {
  expect(outputs.toLowerCase()).not.toContain(secret.toLowerCase());
  for (let at = 0; at + 8 <= secret.length; at += 4) {
    const part = secret.slice(at, at + 8).toLowerCase();
    // The beginning of every token of its kind.
    if (!/^(?:sk_live_|eyjhbgci|xoxb-)/.test(part)) expect(outputs.toLowerCase()).not.toContain(part);
  }
}

test('there are shapes enough', () => {
  expect(new Set(SHAPES).size).toBeGreaterThanOrEqual(100);
});

describe.each(SHAPES)('a secret in a command: %s', (shape) => {
  const runs = { numRuns: countOf(15, 2) };

  test('is in nothing that comes of a line of a crontab', () => {
    fc.assert(
      fc.property(canary, (secret) => {
        const command = shape.replaceAll('§', secret).replaceAll('%', '\\%');
        expectNone(
          outputsOf(() => readCrontab({ ...READABLE, text: `0 2 * * * ${command}\n` })),
          secret,
        );
        expectNone(
          outputsOf(() => readCrontab({ ...READABLE, text: `0 25 * * * ${command}\n` })),
          secret,
        );
        expectNone(
          outputsOf(() => readCrontab({ ...READABLE, form: undefined, text: `0 2 * * * ${command}\nA=1\n` })),
          secret,
        );
      }),
      runs,
    );
  });

  test('is in nothing that comes of a CronJob', () => {
    fc.assert(
      fc.property(canary, (secret) => {
        const script = shape.replaceAll('§', secret);
        for (const container of [
          { command: ['sh', '-c', script] },
          { command: script.split(' ') },
          { args: [script] },
        ]) {
          expectNone(
            outputsOf(() => cronJobWith({ containers: [{ name: 'main', image: 'app', ...container }] })),
            secret,
          );
        }
      }),
      runs,
    );
  });
});

function cronJobWith(pod: object, spec: object = {}): Reading {
  const text = stringify({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly', namespace: 'shop' },
    spec: { schedule: '0 2 * * *', timeZone: 'UTC', jobTemplate: { spec: { template: { spec: pod } } }, ...spec },
  });
  return { ...readManifests({ path: 'x.yaml', text, timezone: 'UTC' }), notes: [] };
}

describe('a secret beside the command', () => {
  test.each([
    ['in a variable', '§', 'API_URL=https://u:§@h/x\nTOKEN=§\nPATH=/usr/bin:§\n"MY §" = x\n0 2 * * * work\n'],
    ['in the standard input', '§', '0 2 * * * mail ops%user: §%password: §%\n'],
    ['in the input of a percent sign of no command', '§', '0 2 * * * %§\n'],
    ['in the place of a user', '§', '0 2 * * * A=§ work\n'],
    ['in a field of the schedule', '§', '0 2 * * § work\n'],
    ['in a list of the schedule', '§', '0 2 * * mon,§ work\n'],
    ['in a range of the schedule', '§', '0 2 * 1-§ * work\n'],
    ['where a field is missing', '§', '0 2 * * mysql -p§ shop\n'],
    ['in a line that is none', '§', 'PASSWORD §\n0 2 * * * work\n'],
    ['in a file that is no crontab', '§', '{\n"a": "§"\n"b": 1\n}\n'],
    ['in a line too long', '§', `0 2 * * * work §${' x'.repeat(3000)}\n`],
    ['behind @reboot', '§', '@reboot /opt/run.sh --token §\n'],
    ['behind a macro that is none', '§', '@never mysql -p§\n'],
  ])('%s is in nothing that comes of a crontab', (_, mark, text) => {
    fc.assert(
      fc.property(canary, fc.constantFrom('user', 'system', undefined), (secret, form) => {
        expectNone(
          outputsOf(() => readCrontab({ ...READABLE, form, text: text.replaceAll(mark, secret) })),
          secret,
        );
      }),
      { numRuns: countOf(40, 10) },
    );
  });

  test('in a CronJob is in nothing that comes of it', () => {
    fc.assert(
      fc.property(canary, (secret) => {
        const container = { name: 'main', image: 'app', command: ['work'] };
        const env = [
          { name: 'TOKEN', value: secret },
          { name: `${secret} x`, value: 'x' },
        ];
        const pods = [
          { containers: [{ ...container, env }] },
          { containers: [{ ...container, image: `u:${secret}@h/app` }] },
          { containers: [container], initContainers: [{ ...container, env, command: ['sh', '-c', `x ${secret}`] }] },
        ];
        for (const pod of pods)
          expectNone(
            outputsOf(() => cronJobWith(pod)),
            secret,
          );
        const schedule = { schedule: `0 2 * * ${secret}` };
        expectNone(
          outputsOf(() => cronJobWith({ containers: [container] }, schedule)),
          secret,
        );
        const broken = `kind: CronJob\nspec: { schedule: "0 25 * * *", x: ${secret} }\n- ${secret}: [\n`;
        const manifest = { path: 'x.yaml', text: broken, timezone: 'UTC' };
        expectNone(
          outputsOf(() => ({ ...readManifests(manifest), notes: [] })),
          secret,
        );
      }),
      { numRuns: countOf(60, 15) },
    );
  });
});

test('a secret at any place of any command is in nothing that is shown of it', () => {
  const place = fc.record({
    shape: fc.constantFrom(...SHAPES),
    at: fc.nat(),
    secret: canary,
    glue: fc.constantFrom(' ', " '", ' "'),
  });
  fc.assert(
    fc.property(place, ({ shape, at, secret, glue }) => {
      // Behind the first word: what begins a line is its program.
      const words = shape.replaceAll('§', 'x').split(' ');
      const index = 1 + (at % words.length);
      const quote = glue.trim();
      const command = [...words.slice(0, index), `${quote}${secret}${quote}`, ...words.slice(index)].join(' ');
      fc.pre(!isProgramPlace(words, index, secret));
      expect(maskCommand(command).shown.toLowerCase()).not.toContain(secret.toLowerCase());
    }),
    { numRuns: countOf(30_000, 3000) },
  );
});

/** Where a shell would run the secret: behind `&&`, and such. A plain word is a program there. */
const isProgramPlace = (words: readonly string[], index: number, secret: string): boolean =>
  /^[a-z-]+\d?$/.test(secret) &&
  /^(?:\|\|?|&&?|;|then|do|if|else|elif|while|until|!|\{|\(.*|.*;|.*\)|['"(]*[A-Za-z_]+=.*|-[a-z]*c)$/.test(
    words[index - 1] ?? '',
  );
