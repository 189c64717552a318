/** Words that are known to be no secret. What is in no list here, and has no form of `words.ts`, is masked. */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Programs: their names are no secrets. */
export const PROGRAMS = words(`
  : [ [[ ansible ansible-playbook apt apt-get artisan awk aws az base64 bash borg bundle bunzip2 bzip2 cat cd certbot chmod chown
  chronic clamscan command composer consul convert cp createdb curl cut dash date dd debian-sa1 df diff dig docker
  docker-compose dropdb drush du duplicity echo env exec exim exit expect export false ffmpeg find flock fstrim ftp gcloud git
  gpg grep gunzip gzip head helm http hostname ifconfig influx ionice ip java jq kill killall kinit ksh kubectl kubectx lftp ln
  logger logrotate ls mail mailx make mc mkdir mongo mongodump mongorestore mongosh msmtp mutt mv mysql mysqladmin mysqlcheck
  mysqldump nc ncat nice node nodejs nohup npm npx ntpdate nvm openssl perl pg_basebackup pg_dump pg_dumpall pg_restore php
  pigz ping pip pkill pnpm podman poetry printf ps psql python python2 python3 rabbitmqctl rails rake rclone redis-cli
  restic rm rmdir rsnapshot rsync ruby run-parts runuser s3cmd sc scp screen sed sendmail service set setsid sftp sh shutdown
  sleep smartctl smbclient snmpget socat sort sqlcmd sqlite3 sqlplus ssh ssh-add sshpass stat su sudo swaks symfony sync
  systemctl tail tar tee telnet terraform test time timeout tmux touch tr true tsx type umask uniq unzip updatedb uv vacuumdb
  vault wait wc wget which wp xargs xz yarn yum zcat zip zsh zstd
`);

/** Programs whose words may be anything: none of them tells one command from another. */
export const TALKATIVE = words('echo printf sshpass expect openssl read logger base64 passwd chpasswd');

/** Programs that run what their option -c holds. */
export const SHELLS = words('sh bash dash zsh ksh su runuser');

export const KEYWORDS = words('if then else elif fi while until do done esac { } !');

/** Short options in one word, and short options with their value, as everyone writes them. */
export const CLUSTERS = words(`
  -fsS -fsSL -fSs -fs -fL -fsL -sS -sSf -sSL -sSLf -Ss -sL -sf -sfL -sk -fsSk -qO- -qO -nv -nc -np -rf -fr -Rf -rv -av -avz
  -az -azv -aq -rz -rlt -czf -cjf -cJf -xzf -xjf -tzf -zcf -zxf -cf -xf -czvf -xvf -la -lh -ltr -al -lc -ec -eu -euo -ex -xe
  -euxo -ic -xc -mtime -mmin -name -type -delete -exec -maxdepth -mindepth -print -size -newer -empty -ne -eq -gt -lt -ge -le
  -nt -ot -c2 -c3 -n19 -n10 -n1 -Fc -jar -server -it -ti -rm -qq -yq -vv -vvv
`);

/** Other words that are part of the language, not of what is said in it. */
export const SIGNS = words(`] ]] = == != ! \\! -a -o \\; {} + GET POST PUT PATCH DELETE HEAD OPTIONS`);

/** Options with a number that says how often or how long. */
export const COUNTED = words(
  '--retry --retry-delay --retry-max-time --max-time --connect-timeout --tries --timeout --wait -n -c -mtime -mmin -maxdepth -mindepth',
);

/** What jobs are about: subcommands, tasks and scripts are made of these. */
export const VOCABULARY = words(`
  account accounts aggregate all alert alerts analytics app apply archive artisan audit backup backups balance batch billing
  bin build cache cart catalog check checks clean cleanup clear clearsessions close collect compact compare compress compute
  config console convert copy create cron csv customer customers daily data database day days db default delete deploy diff
  digest disk down download dump email emails etl events every exec expire export failed feed feeds fetch file files fill
  finance fix flush full gc generate global group health healthcheck heartbeat hour hourly images import incremental index
  ingest init install inventory invoice invoices jobs job list load local log logs mail mailer main maintenance manage merge
  metrics migrate migrations minute month monthly move newsletter night nightly notify offsite open optimize order orders
  partial payments pending poll prices process products production prune publish pull purge push queue queues rake rates
  rebuild reconcile refresh reindex remind reminder reminders remove renew rent repair replicate report reports reset restart
  resync retry rotate rotation run runner sales scan schedule schedules scheduler search send sessions shop sitemap snapshot
  snapshots stale start stats status stock stop store summary sync system table tables task tasks temp test thumbnails tick
  tidy tmp top trial update updates upgrade upload usage users vacuum verify warm warmup watch week weekly work worker write
  year yearly
`);

/** Where files of a machine are. */
export const ROOTS = words(`
  app apps backup backups bin boot code data dev etc home lib lib64 media mnt opt proc root run sbin scripts snap srv sys tmp
  usr var work workspace www
`);
